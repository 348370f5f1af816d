"""How good an encoder is, on questions it has not seen (see ``training --measure``).

Citizens' questions are split in five by their wording (equal questions stay together). A held-out question ranks
all measures: a measure's score is the best similarity of its passages, points and remaining questions. Beside it
stands BM25 over the same texts, and the sum of both. ``region`` ranks only the measures of the region asked about,
as the product does once it knows the region.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.texts.lexical import Bm25
from knowledge.texts.library import load_library
from knowledge.texts.normalise import matching_form
from knowledge.texts.training_data import DATA, INDEXED, QUESTIONS, Text
from knowledge.types import Vectors

FOLDS = 5
LEXICAL_SHARE = 0.3
Encode = Callable[[Sequence[str]], Vectors]
Trainer = Callable[[Sequence[Text]], Encode]
Figures = dict[str, tuple[float, float]]
Floats = npt.NDArray[np.float32]


def folds(texts: Sequence[Text], seed: int = 1) -> npt.NDArray[np.int64]:
    """Per text its fold: 0 … 4 for citizens' questions, -1 for all other texts."""
    keys = [matching_form(t.text) if t.kind == "question" else "" for t in texts]
    names = sorted(set(keys) - {""})
    fold = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % FOLDS, strict=True))
    return np.array([fold.get(k, -1) for k in keys])


def _best_per_measure(scores: Floats, measures: npt.NDArray[np.int64], count: int) -> Floats:
    """(queries, texts) → (queries, measures): the best text of each measure."""
    best = np.full((count, len(scores)), -np.inf, dtype=np.float32)
    np.maximum.at(best, measures, scores.T)
    return best.T


def recall(scores: Floats, gold: Sequence[frozenset[int]]) -> tuple[float, float]:
    """Percent of queries with a right measure first, and among the first five."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    hits = [[int(m) in right for m in row] for row, right in zip(order, gold, strict=True)]
    return 100 * sum(h[0] for h in hits) / len(hits), 100 * sum(any(h) for h in hits) / len(hits)


def compare(
    encode: Encode, index: Sequence[Text], queries: Sequence[str], gold: Sequence[frozenset[str]], regions: Mapping[str, str]
) -> Figures:
    """Recall at 1 and 5 of dense, BM25 and both, over all measures and over those of the right region."""
    number = {m: i for i, m in enumerate(regions)}
    rows = np.array([number[t.measure] for t in index])
    right = [frozenset(number[m] for m in g) for g in gold]
    bm25 = Bm25.build([t.text for t in index])
    lexical = np.stack([bm25.scores(q) / max(bm25.ideal(q), 1e-6) for q in queries]).astype(np.float32)
    dense = encode(queries) @ encode([t.text for t in index]).T
    scores = {"dense": _best_per_measure(dense, rows, len(number)), "bm25": _best_per_measure(lexical, rows, len(number))}
    scores["both"] = scores["dense"] + LEXICAL_SHARE * scores["bm25"]
    asked = [{regions[m] for m in g} for g in gold]
    near = np.array([[r in a for r in regions.values()] for a in asked])
    figures = {name: recall(s, right) for name, s in scores.items()}
    return figures | {f"{name}, region": recall(np.where(near, s, -np.inf), right) for name, s in scores.items()}


def _mean(rows: Sequence[Figures]) -> dict[str, list[float]]:
    return {k: [round(float(np.mean([r[k][i] for r in rows])), 1) for i in (0, 1)] for k in rows[0]}


def region_of_measures(data: Path = DATA) -> dict[str, str]:
    """measure id → region code, in the library's order."""
    library = load_library([data / "documents"])
    return {m: library.document_of(m).region for m in library.measures}


def lookup_cases(path: Path) -> tuple[list[str], list[frozenset[str]]]:
    """Questions and right measures of a case file (``evals/cases/dev/lookup.jsonl``); cases without one are left out."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [r for r in rows if r["gold"]["measures"]]
    return [r["turns"][-1] for r in rows], [frozenset(r["gold"]["measures"] + r["gold"]["acceptable"]) for r in rows]


def measure(train: Trainer, texts: Sequence[Text], cases: Path | None) -> dict[str, dict[str, list[float]]]:
    """Five trainings, each without a fifth of the citizens' questions; and the dev cases, when a file is given."""
    fold, regions = folds(texts), region_of_measures()
    own: list[Figures] = []
    other: list[Figures] = []
    for number in range(FOLDS):
        held = [t for t, f in zip(texts, fold, strict=True) if f == number]
        words = {matching_form(t.text) for t in held}
        seen = [t for t in texts if t.kind not in QUESTIONS or matching_form(t.text) not in words]
        encode = train(seen)
        index = [t for t in seen if t.kind in INDEXED]
        own.append(compare(encode, index, [t.text for t in held], [frozenset({t.measure}) for t in held], regions))
        if cases:
            other.append(compare(encode, index, *lookup_cases(cases), regions))
    return {"citizens' questions, 5 folds": _mean(own)} | ({"dev lookup cases": _mean(other)} if other else {})
