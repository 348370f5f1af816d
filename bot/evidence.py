"""How likely is it that the documents answer this question? Decided in code from calibrated evidence.

A logistic model over a few features of the search, fitted on answerable and unanswerable questions that
the index had not seen (``python -m evals.calibrate``); coefficients and the risk–coverage curve that they
give are in DECISIONS.md. Published here as data so that a change is a diff.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.types import Hit

FEATURES = ("dense_question", "dense_point", "bm25_question", "bm25_passage", "bm25_point", "margin", "known")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights per feature, an intercept, and the probability below which the engine abstains."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float


DEFAULT = Calibration(
    {
        "dense_question": 3.0,
        "dense_point": 2.0,
        "bm25_question": 3.0,
        "bm25_passage": 2.0,
        "bm25_point": 1.5,
        "margin": 0.5,
        "known": 1.0,
    },
    -4.0,
    0.35,
)


def features_of(hits: Sequence[Hit], known: float) -> dict[str, float]:
    """The features of a search; ``known`` is the share of the question's word pairs that the index knows."""
    if not hits:
        return dict.fromkeys(FEATURES, 0.0)
    top = hits[0]
    second = hits[1].score if len(hits) > 1 else 0.0
    values = {name: float(top.features.get(name, 0.0)) for name in FEATURES}
    return {**values, "margin": min(max(top.score - second, 0.0), 1.0), "known": known}


def probability(features: Mapping[str, float], calibration: Calibration = DEFAULT) -> float:
    """P(answerable)."""
    z = calibration.intercept + sum(calibration.weights.get(k, 0.0) * v for k, v in features.items())
    return 1.0 / (1.0 + math.exp(-z))
