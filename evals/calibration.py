"""Evidence of searches and whether the best measure answered → a fitted model, how well it holds, its risk–coverage curve.

Needs no advisor: the samples that ``evals.calibrate`` collected are data, so that anybody can fit them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from bot.evidence import FEATURES, Calibration, probability
from evals.statistics import SEED, area_under, risk_coverage

RIDGE = 30.0  # on standardised features; at 10 likeness to a point takes nearly all the weight, and the curves hardly differ
FOLDS = 10
BINS = 10
STEP = 0.1  # thresholds are multiples of this: the few unanswerable questions that reach it support no finer choice
# The round weights of the versions before 0.3, set by hand: what a fit is compared with, and how strict the decisions
# beside the threshold stay.
BY_HAND = Calibration(
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
    threshold=0.35,
    elsewhere=0.5,
    province=0.6,
)
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Sample(BaseModel):
    """One searched question: its evidence, and whether the best measure answers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    group: str
    answers: bool  # the best measure is one that may be cited
    answerable: bool  # the documents hold an answer, in this measure or another
    uncovered: bool  # decided already: an uncovered topic was nearer
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well probabilities separate and hold, and what a threshold does to the questions that reach it."""

    auc: float
    ece: float
    brier: float
    aurc: float
    threshold: float
    refused: int  # answerable questions below the threshold
    misled: int  # of these, those whose best measure is a wrong one
    caught: int  # unanswerable questions below the threshold


@dataclass(frozen=True, slots=True)
class Result:
    """A fit beside the weights by hand. Probabilities of the fit are of questions that it had not seen."""

    model: Calibration
    fitted: Quality
    by_hand: Quality
    answerable: int  # of the questions that reach the threshold
    unanswerable: int
    reliability: tuple[tuple[float, float, int], ...]  # (mean probability, share answered, questions) per bin
    curves: Mapping[str, tuple[tuple[float, float], ...]]


def calibrate(samples: Sequence[Sample]) -> Result:
    """Fit, judge by cross-validation over clusters, and choose the threshold."""
    x = np.array([[s.features[name] for name in FEATURES] for s in samples])
    y = np.array([s.answers for s in samples])
    reach = np.array([not s.uncovered for s in samples])
    there = np.array([s.answerable for s in samples])
    hand = np.array([probability(s.features, BY_HAND) for s in samples])
    unseen = cross_validated(x, y, [s.group for s in samples])
    threshold = _threshold(unseen[reach & there], int((hand[reach & there] < BY_HAND.threshold).sum()))
    weights, intercept = fit(x, y)
    raw = Calibration(dict(zip(FEATURES, weights.tolist(), strict=True)), intercept, threshold, 0.0, 0.0)
    model = _as_strict(raw, np.array([probability(s.features, raw) for s in samples])[reach], hand[reach])
    return Result(
        model, _quality(unseen, y, reach, there, threshold), _quality(hand, y, reach, there, BY_HAND.threshold),
        int((reach & there).sum()), int((reach & ~there).sum()), reliability(unseen, y),
        {"拟合（交叉验证）": _curve(unseen, y), "手定": _curve(hand, y)},
    )  # fmt: skip


def fit(x: Floats, y: Bools) -> tuple[Floats, float]:
    """Weights and intercept of a ridge logistic regression without negative weights, on raw features.

    Newton's method; as long as a weight comes out negative, the most negative feature is left out and the rest fitted anew.
    """
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / spread
    active = list(range(x.shape[1]))
    while True:
        found = _newton(z[:, active], y)
        if not active or found[:-1].min() >= 0:
            break
        active.pop(int(found[:-1].argmin()))
    weights = np.zeros(x.shape[1])
    weights[active] = found[:-1] / spread[active]
    return weights, float(found[-1] - weights @ mean)


def _newton(z: Floats, y: Bools) -> Floats:
    """Coefficients, the intercept last and not shrunk."""
    design = np.column_stack([z, np.ones(len(z))])
    ridge = np.diag([RIDGE] * z.shape[1] + [1e-6])
    found = np.zeros(design.shape[1])
    for _ in range(100):
        p = _sigmoid(design @ found)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + ridge
        step = np.linalg.solve(hessian, design.T @ (p - y) + ridge @ found)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return found


def _sigmoid(z: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-z))
    return found


def cross_validated(x: Floats, y: Bools, groups: Sequence[str]) -> Floats:
    """The probability of each sample by a model that has seen no sample of its cluster."""
    names = sorted(set(groups))
    fold_of = {name: i % FOLDS for i, name in enumerate(np.random.default_rng(SEED).permutation(names))}
    folds = np.array([fold_of[g] for g in groups])
    found = np.zeros(len(y))
    for fold in range(FOLDS):
        held = folds == fold
        weights, intercept = fit(x[~held], y[~held])
        found[held] = _sigmoid(x[held] @ weights + intercept)
    return found


def _threshold(p: Floats, allowed: int) -> float:
    """The highest threshold that refuses no more answerable questions, ``p``, than the weights by hand do."""
    steps = [round(i * STEP, 2) for i in range(1, int(1 / STEP))]
    return max((t for t in steps if int((p < t).sum()) <= allowed), default=steps[0])


def _as_strict(model: Calibration, p: Floats, hand: Floats) -> Calibration:
    """The same model, its decisions about other regions as strict as by hand: passed by as many questions."""
    marks = [float(np.quantile(p, float((hand < t).mean()))) for t in (BY_HAND.elsewhere, BY_HAND.province)]
    return Calibration(model.weights, model.intercept, model.threshold, round(marks[0], 2), round(marks[1], 2))


def _quality(p: Floats, y: Bools, reach: Bools, there: Bools, threshold: float) -> Quality:
    below = reach & (p < threshold)
    return Quality(
        auc(p, y), ece(p, y), float(((p - y) ** 2).mean()), area_under(_curve(p, y)), threshold, int((below & there).sum()),
        int((below & there & ~y).sum()), int((below & ~there).sum()),
    )  # fmt: skip


def _curve(p: Floats, y: Bools) -> tuple[tuple[float, float], ...]:
    return tuple(risk_coverage([(float(a), True, bool(b)) for a, b in zip(p, y, strict=True)]))


def auc(p: Floats, y: Bools) -> float:
    """The chance that an answerable question has the higher probability; ties count half."""
    good, bad = p[y], p[~y]
    if not len(good) or not len(bad):
        return 0.5
    wins = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
    return float(wins)


def reliability(p: Floats, y: Bools) -> tuple[tuple[float, float, int], ...]:
    """(mean probability, share answered, questions) of each filled bin of equal width."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return tuple((float(p[b].mean()), float(y[b].mean()), int(b.sum())) for i in range(BINS) if (b := bins == i).any())


def ece(p: Floats, y: Bools) -> float:
    """Expected calibration error over bins of equal width."""
    return sum(abs(mean - share) * n for mean, share, n in reliability(p, y)) / len(y)
