"""How likely is it that the best measure answers this question? Decided in code from calibrated evidence.

A logistic model over a few features of the search. ``advisor eval calibrate`` collects the features on the
development cases, through the same steps as in production, and fits the weights: ridge, none below zero, so that
a better match never counts against an answer. They stand in ``prompts/calibration.yaml``, so that a
change is a diff; the risk–coverage curve and how well the probabilities hold are in DECISIONS.md.
The model says whether a subject is there. Whether the one thing asked about it is there is read from the points
(``bot.engines.builtin.select``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.replies import PROMPTS
from knowledge.types import Hit

FEATURES = ("dense_question", "dense_point", "bm25_question", "bm25_passage", "bm25_point", "margin", "known")
FILE = PROMPTS / "calibration.yaml"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights per feature, an intercept, and the probabilities that decide."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float  # below it the engine abstains
    elsewhere: float  # from it on a measure of another region is worth naming
    province: float  # from it on a measure of the province answers for a place without documents of its own


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """Read the shipped calibration once."""
    return Calibration(**yaml.safe_load(FILE.read_text(encoding="utf-8")))


def features_of(hits: Sequence[Hit], known: float) -> dict[str, float]:
    """The features of a search; ``known`` is the share of the question's word pairs that the index knows."""
    if not hits:
        return dict.fromkeys(FEATURES, 0.0)
    top = hits[0]
    second = hits[1].score if len(hits) > 1 else 0.0
    values = {name: float(top.features.get(name, 0.0)) for name in FEATURES}
    return {**values, "margin": min(max(top.score - second, 0.0), 1.0), "known": known}


def probability(features: Mapping[str, float], model: Calibration | None = None) -> float:
    """P(the best measure answers)."""
    model = model or calibration()
    z = model.intercept + sum(model.weights.get(k, 0.0) * v for k, v in features.items())
    return 1.0 / (1.0 + math.exp(-z))
