"""What the shipped encoder learns from: texts that belong to measures, halves of articles of law, and synonyms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.regions import load_gazetteer
from knowledge.texts.chunking import passages_of, token_counter
from knowledge.texts.deadlines import sentences
from knowledge.texts.library import load_library
from knowledge.texts.normalise import grams
from knowledge.texts.points import load_points, load_questions

DATA = Path(__file__).parent.parent / "data"
QUESTIONS = frozenset({"question", "point_question"})
INDEXED = QUESTIONS | {"passage", "plain"}  # what the product's index holds
Ints = npt.NDArray[np.int64]

# Laws on work, social insurance and public service speak the language of the policy documents.
NEAR = re.compile(
    "就业|失业|社会保险|劳动|工资|用人单位|职业|培训|创业|补贴|工伤|养老|医疗保险|高校毕业生|残疾人|退役军人|中小企业|税收"
)
_ARTICLE = re.compile(r"^\s*(第[一二三四五六七八九十百千零]+条)[\s　]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its measure, and its kind: passage, sentence, title, question, plain, quote, point_question."""

    measure: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a law, split in two at a sentence end; ``near`` is True for employment law."""

    law: int
    head: str
    tail: str
    near: bool


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as bags of n-grams: ``ids[starts[i]:starts[i + 1]]`` are the vocabulary rows of text i."""

    ids: Ints
    starts: Ints

    def take(self, rows: Ints) -> Bags:
        """The bags of some rows, in that order."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        index = np.repeat(self.starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])
        return Bags(self.ids[index], starts)

    def thinned(self, share: float, rng: np.random.Generator) -> Bags:
        """Each n-gram dropped with probability ``share`` (a text may become empty)."""
        keep = rng.random(len(self.ids)) >= share
        kept = np.concatenate([[0], np.cumsum(keep)])
        return Bags(self.ids[keep], kept[self.starts])

    def __len__(self) -> int:
        return len(self.starts) - 1


def joined(parts: Sequence[Bags]) -> Bags:
    """Bags one after another."""
    before = np.cumsum([0, *(len(p.ids) for p in parts)])
    starts = [p.starts[1:] + n for p, n in zip(parts, before, strict=False)]
    return Bags(np.concatenate([p.ids for p in parts]), np.concatenate([[0], *starts]))


def bags_of(texts: Iterable[str], rows: Mapping[str, int], sizes: tuple[int, ...]) -> Bags:
    """Tokenise texts over a vocabulary; unknown n-grams are left out."""
    ids: list[int] = []
    starts = [0]
    for text in texts:
        ids.extend(rows[g] for g in grams(text, sizes) if g in rows)
        starts.append(len(ids))
    return Bags(np.array(ids, dtype=np.int64), np.array(starts, dtype=np.int64))


def load_texts(data: Path = DATA) -> tuple[Text, ...]:
    """Everything that belongs to a measure: passages, sentences, titles, citizens' questions, points."""
    library = load_library([data / "documents"])
    regions = load_gazetteer(data / "lexicon" / "regions.yaml")
    count = token_counter()
    texts: list[Text] = []
    for measure in library.measures.values():
        document = library.document_of(measure.id)
        passages = passages_of(document, measure, regions.name(document.region), count)
        texts += [Text(measure.id, f"{p.header}\n{p.text}", "passage") for p in passages]
        texts += [Text(measure.id, s.text, "sentence") for s in sentences(measure.text) if len(s.text) > 12]
        texts.append(Text(measure.id, measure.title, "title"))
    texts += [Text(q.measure, q.text, "question") for q in load_questions([data / "questions"])]
    for point in load_points([data / "points"]):
        texts += [Text(point.measure, point.plain, "plain"), Text(point.measure, point.quote, "quote")]
        texts += [Text(point.measure, q, "point_question") for q in point.questions]
    return tuple(texts)


def _halves(text: str) -> tuple[str, str] | None:
    """Split near the middle, after a sentence or clause; None when there is no such place."""
    cuts = [m.end() for m in re.finditer("[。；：\\n]|，", text) if 0.25 < m.end() / len(text) < 0.75]
    if not cuts:
        return None
    cut = min(cuts, key=lambda c: abs(c / len(text) - 0.5) + (0.2 if text[c - 1] == "，" else 0.0))
    return text[:cut], text[cut:]


def load_articles(root: Path, limit: int = 320) -> tuple[Article, ...]:
    """Articles of all laws (Markdown files) under ``root``, cut to ``limit`` characters and halved."""
    result: list[Article] = []
    for number, path in enumerate(sorted(root.rglob("*.md"))):
        parts = _ARTICLE.split(path.read_text(encoding="utf-8"))
        near = bool(NEAR.search(path.stem))
        for body in parts[2::2]:
            text = re.sub(r"^#.*$", "", body, flags=re.MULTILINE).strip()[:limit]
            halves = _halves(text) if len(text) >= 40 else None
            if halves:
                result.append(Article(number, *halves, near or len(NEAR.findall(text)) >= 2))
    return tuple(result)


def choose_vocabulary(texts: Iterable[tuple[str, float]], size: int, sizes: tuple[int, ...], least: float = 3.0) -> list[str]:
    """The ``size`` heaviest n-grams; ``texts`` are (text, weight), an n-gram weighs the sum over its texts."""
    weight: defaultdict[str, float] = defaultdict(float)
    for text, w in texts:
        for gram in set(grams(text, sizes)):
            weight[gram] += w
    frequent = [(-w, g) for g, w in weight.items() if w >= least or len(g) == 1]
    return [g for _, g in sorted(frequent)[:size]]
