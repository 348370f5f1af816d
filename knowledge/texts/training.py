"""Trains the shipped encoder: ``python -m knowledge.texts.training [--laws DIR] [--measure] [--bpe]``.

A text's vector is the normalised sum of the rows of its n-grams. Two stages, on one CPU core, in minutes:

1. *General language*: the two halves of an article of law are nearest to each other among the halves of other
   articles of the same and of other laws (InfoNCE, van den Oord et al. 2018).
2. *Citizens' language*: a question is nearer to what belongs to its measure – other people's questions, the
   measure's text, plain points – than to everything else (neighbourhood components, Goldberger et al. 2004: the
   sum over all texts of the measure counts, so a question need not resemble an unrelated part of its measure).

In the second stage words for one thing (``data/lexicon/synonyms.yaml``) are drawn together as well. n-grams are
dropped at random, so that no single one decides. The mean over seeds that start from the same first
stage is kept. ``--laws`` is a folder of laws in Markdown; without it the first stage is left out.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from knowledge.texts.encoder_folder import save_encoder
from knowledge.texts.encoders import SHIPPED, SIZES
from knowledge.texts.points import load_synonyms
from knowledge.texts.training_bench import Encode, measure
from knowledge.texts.training_bpe import write_bpe
from knowledge.texts.training_data import (
    DATA,
    QUESTIONS,
    Article,
    Bags,
    Ints,
    Text,
    bags_of,
    choose_vocabulary,
    joined,
    load_articles,
    load_texts,
)  # fmt: skip
from knowledge.types import Vectors

SYNONYMS = DATA / "lexicon" / "synonyms.yaml"
BETAS = (0.9, 0.99)
NEVER = -1e4  # a logit that is out of the running
LITTLE = 5  # halves with fewer known n-grams teach nothing


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that changes the result besides the data."""

    dimension: int = 256
    vocabulary: int = 45_000
    temperature: float = 0.05
    law_steps: int = 800
    law_batch: int = 768
    law_rate: float = 5e-3
    law_dropout: float = 0.2
    same_law: int = 8  # articles of one law in a batch: hard negatives
    steps: int = 150
    questions: int = 512  # anchors of a batch
    others: int = 1536  # texts they are compared with, of all topics and documents
    rate: float = 3e-3
    dropout: float = 0.3
    synonym_weight: float = 0.2
    synonym_temperature: float = 0.1
    words: int = 256  # synonyms of a batch
    seeds: tuple[int, ...] = (0, 1, 2)


class Table:
    """The n-gram rows under training: Adam (Kingma & Ba 2015) on the rows of a batch only."""

    def __init__(self, rows: torch.Tensor) -> None:
        self.rows = rows.clone()
        self._first, self._second = torch.zeros_like(rows), torch.zeros_like(rows)
        self._steps = 0

    def vectors(self, bags: Bags) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Unit vectors of shape (len(bags), dimension), the rows they used, and those rows' values."""
        numbers, ids = np.unique(bags.ids, return_inverse=True)
        touched = torch.from_numpy(numbers)
        values = self.rows[touched].requires_grad_(True)
        total = functional.embedding_bag(torch.from_numpy(ids), values, torch.from_numpy(bags.starts[:-1]), mode="sum")
        return functional.normalize(total, dim=1, eps=1e-6), touched, values

    def descend(self, loss: torch.Tensor, touched: torch.Tensor, values: torch.Tensor, rate: float) -> float:
        """One step down the gradient of ``loss``; returns its value."""
        (gradient,) = torch.autograd.grad(loss, values)
        self._steps += 1
        first = self._first[touched].lerp_(gradient, 1 - BETAS[0])
        second = self._second[touched].mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
        self._first[touched], self._second[touched] = first, second
        size = (second / (1 - BETAS[1] ** self._steps)).sqrt_().add_(1e-8)
        self.rows[touched] = values.detach().addcdiv_(first, size, value=-rate / (1 - BETAS[0] ** self._steps))
        return float(loss.detach())


def _rate(step: int, steps: int, peak: float) -> float:
    """Linear warm-up over a twentieth, then linear decay to a fiftieth."""
    return peak * min((step + 1) / max(1, steps // 20), 1.0) * max(0.02, 1 - step / steps)


def first_rows(bags: Bags, count: int, settings: Settings) -> torch.Tensor:
    """Random rows, scaled by inverse document frequency: rare n-grams say more."""
    texts = np.repeat(np.arange(len(bags)), np.diff(bags.starts))
    frequency = np.bincount(np.unique(texts * count + bags.ids) % count, minlength=count)
    idf = np.log((len(bags) + 1) / (frequency + 1))
    rows = torch.randn(count, settings.dimension, generator=torch.Generator().manual_seed(0)) / settings.dimension**0.5
    rarity = torch.from_numpy((idf / idf.mean()).astype(np.float32))
    return torch.mul(rows, rarity[:, None])


def learn_laws(rows: torch.Tensor, articles: Sequence[Article], heads: Bags, tails: Bags, settings: Settings) -> torch.Tensor:
    """Stage 1. Employment law comes four times as often as other law."""
    rng, table = np.random.default_rng(0), Table(rows)
    usable = (np.diff(heads.starts) > LITTLE) & (np.diff(tails.starts) > LITTLE)
    weight = np.cumsum(np.array([4.0 if a.near else 1.0 for a in articles]) * usable)
    law = np.array([a.law for a in articles])
    first = np.searchsorted(law, np.arange(law.max() + 2))
    for step in range(settings.law_steps):
        seeds = np.unique(np.searchsorted(weight, rng.random(settings.law_batch // settings.same_law) * weight[-1]))
        groups = [np.flatnonzero(usable[first[n] : first[n + 1]]) + first[n] for n in law[seeds]]
        chosen = np.unique(np.concatenate([rng.choice(g, min(settings.same_law, len(g)), replace=False) for g in groups]))
        both = joined([heads.take(chosen), tails.take(chosen)]).thinned(settings.law_dropout, rng)
        vectors, touched, values = table.vectors(both)
        head, tail = vectors[: len(chosen)], vectors[len(chosen) :]
        logits, right = head @ tail.T / settings.temperature, torch.arange(len(chosen))
        loss = functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)
        value = table.descend(loss / 2, touched, values, _rate(step, settings.law_steps, settings.law_rate))
        if step % 100 == 99:
            print(f"  laws {step + 1}: {value:.3f}", flush=True)
    return table.rows


def nearest_own(logits: torch.Tensor, same: torch.Tensor, itself: torch.Tensor) -> torch.Tensor:
    """-log of the share that texts of the own group hold; rows without such a text are left out.

    ``logits``, ``same`` (same group) and ``itself`` (the very same text) have shape (asked, others).
    """
    own = same & ~itself
    everything = logits.masked_fill(itself, NEVER).logsumexp(1)
    return (everything - logits.masked_fill(~own, NEVER).logsumexp(1))[own.any(1)].mean()


def each_own(logits: torch.Tensor, same: torch.Tensor, itself: torch.Tensor) -> torch.Tensor:
    """The same, but every text of the own group must come near, not just one (supervised contrast, Khosla et al. 2020)."""
    own = (same & ~itself).float()
    logits = logits.masked_fill(itself, NEVER)
    share = (logits - logits.logsumexp(1, keepdim=True)).masked_fill(itself, 0.0)
    return -((share * own).sum(1) / own.sum(1).clamp(min=1)).mean()


@dataclass(frozen=True)
class Lesson:
    """What stage 2 learns from: bags of texts and the measure of each; bags of synonyms and the set of each."""

    texts: Bags
    measures: Ints
    questions: Ints  # rows of texts that are questions
    synonyms: Bags
    sets: Ints


def lesson_of(texts: Sequence[Text], numbers: Mapping[str, int]) -> Lesson:
    """Tokenise the texts and the synonyms over a vocabulary."""
    names = {m: i for i, m in enumerate(sorted({t.measure for t in texts}))}
    words = [(word, i) for i, group in enumerate(load_synonyms(SYNONYMS)) for word in group]
    return Lesson(
        bags_of((t.text for t in texts), numbers, SIZES), np.array([names[t.measure] for t in texts]),
        np.flatnonzero([t.kind in QUESTIONS for t in texts]), bags_of((w for w, _ in words), numbers, SIZES),
        np.array([i for _, i in words]),
    )  # fmt: skip


def learn_questions(rows: torch.Tensor, lesson: Lesson, settings: Settings, seed: int) -> torch.Tensor:
    """Stage 2, from one seed."""
    rng, table = np.random.default_rng(seed), Table(rows)

    def pick(pool: Ints, count: int) -> Ints:
        return rng.choice(pool, min(count, len(pool)), replace=False)

    def pairs(left: Ints, right: Ints, groups: Ints) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.from_numpy(groups[left][:, None] == groups[right]), torch.from_numpy(left[:, None] == right)

    every, words = np.arange(len(lesson.texts)), np.arange(len(lesson.synonyms))
    for step in range(settings.steps):
        asked, others, some = (
            pick(lesson.questions, settings.questions),
            pick(every, settings.others),
            pick(words, settings.words),
        )
        batch = joined([lesson.texts.take(asked), lesson.texts.take(others)]).thinned(settings.dropout, rng)
        vectors, touched, values = table.vectors(joined([batch, lesson.synonyms]))
        question, other, word = vectors[: len(asked)], vectors[len(asked) : len(batch)], vectors[len(batch) :]
        loss = nearest_own(question @ other.T / settings.temperature, *pairs(asked, others, lesson.measures))
        near = each_own(word[some] @ word.T / settings.synonym_temperature, *pairs(some, words, lesson.sets))
        loss = loss + settings.synonym_weight * near
        table.descend(loss, touched, values, _rate(step, settings.steps, settings.rate))
    return table.rows


@dataclass(frozen=True)
class Prepared:
    """A vocabulary and the rows after stage 1."""

    vocabulary: Sequence[str]
    rows: torch.Tensor

    @property
    def numbers(self) -> Mapping[str, int]:
        """n-gram → row."""
        return {gram: i for i, gram in enumerate(self.vocabulary)}


def prepare(texts: Sequence[Text], articles: Sequence[Article], settings: Settings) -> Prepared:
    """Choose the vocabulary and run stage 1 (without articles: random rows)."""
    weighted: list[tuple[str, float]] = [(t.text, 3.0 if t.kind in QUESTIONS else 2.0) for t in texts]
    weighted += [(a.head + a.tail, 0.2 if a.near else 0.04) for a in articles]
    vocabulary = choose_vocabulary(weighted, settings.vocabulary, SIZES)
    numbers = {gram: i for i, gram in enumerate(vocabulary)}
    heads, tails = (bags_of(halves, numbers, SIZES) for halves in ([a.head for a in articles], [a.tail for a in articles]))
    own = bags_of((t.text for t in texts), numbers, SIZES)
    rows = first_rows(joined([heads, own]), len(vocabulary), settings)
    return Prepared(vocabulary, learn_laws(rows, articles, heads, tails, settings) if articles else rows)


def finish(prepared: Prepared, texts: Sequence[Text], settings: Settings) -> Vectors:
    """Stage 2 from every seed, averaged. Shape (vocabulary, dimension)."""
    lesson = lesson_of(texts, prepared.numbers)
    tables = [learn_questions(prepared.rows, lesson, settings, seed) for seed in settings.seeds]
    return np.asarray(torch.stack(tables).mean(0).numpy(), dtype=np.float32)


def encode_with(prepared: Prepared, vectors: Vectors) -> Encode:
    """An encoding function for measuring, before anything is written."""
    table, numbers = torch.from_numpy(vectors), prepared.numbers

    def encode(texts: Sequence[str]) -> Vectors:
        bags = bags_of(texts, numbers, SIZES)
        total = functional.embedding_bag(torch.from_numpy(bags.ids), table, torch.from_numpy(bags.starts[:-1]), mode="sum")
        return np.asarray(functional.normalize(total, dim=1).numpy(), dtype=np.float32)

    return encode


def _digest(parts: Iterable[str]) -> str:
    h = hashlib.sha256()
    for part in parts:
        h.update(part.encode() + b"\0")
    return h.hexdigest()[:16]


def card_of(
    texts: Sequence[Text], articles: Sequence[Article], settings: Settings, figures: Mapping[str, object]
) -> dict[str, object]:
    """What the model was made from, how, and how good it is."""
    kinds = sorted({t.kind for t in texts})
    synonyms = load_synonyms(SYNONYMS)
    return {
        "model": "static vectors of overlapping characters and character pairs; a text is their normalised sum",
        "data": {
            k: {"texts": len(own), "digest": _digest(own)} for k in kinds for own in [[t.text for t in texts if t.kind == k]]
        }
        | {"synonyms": {"texts": sum(map(len, synonyms)), "digest": _digest(w for group in synonyms for w in group)}}
        | {"articles of law": {"texts": len(articles), "digest": _digest(a.head + a.tail for a in articles)}},
        "settings": asdict(settings),
        "percent of questions with a right measure [first, among the first five]": figures,
        "reproduce": "python -m knowledge.texts.training --laws DIR --measure --cases evals/cases/dev/lookup.jsonl",
    }


def main() -> None:
    """Train on everything and write the folder; with ``--measure`` also the figures of the card."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--laws", type=Path, help="folder of laws in Markdown (stage 1)")
    parser.add_argument("--cases", type=Path, help="dev lookup cases to measure on as well")
    parser.add_argument("--measure", action="store_true", help="five more trainings, each without a fifth of the questions")
    parser.add_argument("--bpe", action="store_true", help="train the token counter's encoding instead")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    if arguments.bpe:
        print(f"{write_bpe(arguments.laws)} tokens")
        return
    torch.set_num_threads(1)  # sums in a fixed order: the same bytes every time
    settings, texts = Settings(), load_texts(DATA)
    articles = load_articles(arguments.laws) if arguments.laws else ()
    print(f"{len(texts)} texts, {len(articles)} articles", flush=True)
    prepared = prepare(texts, articles, settings)
    figures: dict[str, dict[str, list[float]]] = {}
    if arguments.measure:
        figures = measure(lambda seen: encode_with(prepared, finish(prepared, seen, settings)), texts, arguments.cases)
        print(figures, flush=True)
    save_encoder(
        arguments.out, prepared.vocabulary, finish(prepared, texts, settings), card_of(texts, articles, settings, figures)
    )


if __name__ == "__main__":
    main()
