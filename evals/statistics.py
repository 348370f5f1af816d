"""Intervals and tests. Every number that is published carries one; every comparison is paired.

References: Wilson (1927); Miller, *Adding Error Bars to Evals* (arXiv 2411.00640) for clustering; McNemar
(1947), exact form; Holm (1979). Random draws are seeded: the same data give the same interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

DRAWS = 10_000
SEED = 20231015
Z = 1.959963984540054  # the 97.5 % point of the normal distribution
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observation:
    """One judged case: value in 0 … 1, the size of its denominator, and what it is resampled with."""

    value: float
    weight: float
    group: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval, the number of cases and of clusters behind it."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Difference:
    """B − A on the same cases, with its 95 % interval and a two-sided p-value."""

    value: float
    low: float
    high: float
    p: float
    n: int
    better: int  # cases where B is higher
    worse: int  # cases where B is lower


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which ``percent`` of a hundred of the values lie (nearest rank). :raises ValueError: no values.

    >>> percentile([3.0, 1.0, 2.0], 50)
    2.0
    """
    if not values:
        raise ValueError("没有可统计的数值。")
    return sorted(values)[min(len(values) - 1, percent * len(values) // 100)]


def wilson(successes: float, n: float) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion; (0, 1) when nothing was observed.

    >>> tuple(round(x, 3) for x in wilson(0, 300))
    (0.0, 0.013)
    """
    if n <= 0:
        return 0.0, 1.0
    p = successes / n
    centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def estimate(observations: Sequence[Observation], draws: int = DRAWS) -> Estimate | None:
    """The weighted mean with the wider of the Wilson and the cluster-bootstrap interval; None for no case.

    Wilson covers rates near 0 and 1, where a bootstrap of identical values has no width; the bootstrap
    covers dependence inside a cluster, which Wilson ignores. Wilson counts cases, not figures.
    """
    if not observations:
        return None
    sums, weights = _per_cluster(observations)
    total = float(weights.sum())
    value = float(sums.sum()) / total
    low, high = wilson(value * len(observations), len(observations))
    if len(sums) > 1:
        means = _bootstrap(sums, weights, draws)
        low, high = min(low, float(np.quantile(means, 0.025))), max(high, float(np.quantile(means, 0.975)))
    return Estimate(value, min(low, value), max(high, value), len(observations), len(sums))


def paired_difference(a: Sequence[Observation], b: Sequence[Observation], draws: int = DRAWS) -> Difference:
    """B − A over the same cases in the same order: cluster bootstrap; exact McNemar when both are yes-or-no.

    :raises ValueError: the two lists differ in length.
    """
    if len(a) != len(b):
        raise ValueError(f"配对比较需要同样的用例：{len(a)} 与 {len(b)}")
    gaps = [Observation((y.value - x.value), 1.0, x.group) for x, y in zip(a, b, strict=True)]
    better, worse = sum(g.value > 0 for g in gaps), sum(g.value < 0 for g in gaps)
    if not gaps:
        return Difference(0.0, 0.0, 0.0, 1.0, 0, 0, 0)
    sums, weights = _per_cluster(gaps)
    value = float(sums.sum() / weights.sum())
    means = _bootstrap(sums, weights, draws)
    low, high = float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
    binary = all(o.value in (0.0, 1.0) for o in (*a, *b))
    p = mcnemar(better, worse) if binary else bootstrap_p(means)
    return Difference(value, min(low, value), max(high, value), p, len(gaps), better, worse)


def mcnemar(better: int, worse: int) -> float:
    """Exact two-sided p-value that discordant pairs fall evenly: a binomial test at ½.

    >>> round(mcnemar(0, 6), 4)
    0.0312
    """
    n = better + worse
    if n == 0:
        return 1.0
    tail: float = sum(comb(n, k) for k in range(min(better, worse) + 1)) / (1 << n)
    return min(1.0, 2 * tail)


def bootstrap_p(means: Floats) -> float:
    """Two-sided p-value from bootstrap means of a difference: twice the share on the far side of 0."""
    far = min(int((means <= 0).sum()), int((means >= 0).sum()))
    return min(1.0, 2 * (far + 1) / (len(means) + 1))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjustment over a family of tests.

    >>> holm({"a": 0.01, "b": 0.04})
    {'a': 0.02, 'b': 0.04}
    """
    adjusted: dict[str, float] = {}
    floor = 0.0
    ordered = sorted(p_values.items(), key=lambda kv: kv[1])
    for i, (name, p) in enumerate(ordered):
        floor = max(floor, min(1.0, p * (len(ordered) - i)))
        adjusted[name] = floor
    return adjusted


def kappa(a: Sequence[float], b: Sequence[float]) -> float:
    """Cohen's κ of two yes-or-no raters; 1 when both always agree on one value.

    :raises ValueError: the two lists differ in length or are empty.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"κ 需要两组同样多的判断：{len(a)} 与 {len(b)}")
    observed = sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
    pa, pb = sum(a) / len(a), sum(b) / len(b)
    expected = pa * pb + (1 - pa) * (1 - pb)
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def risk_coverage(items: Sequence[tuple[float, bool, bool]]) -> list[tuple[float, float]]:
    """Points (coverage, risk) as more is answered, most confident first; unanswered cases are never covered.

    ``items``: (confidence, answered, right). Coverage is of all items; risk is the share wrong of the covered.
    """
    points, wrong = [], 0
    answered = sorted((i for i in items if i[1]), key=lambda i: -i[0])
    for count, (_, _, right) in enumerate(answered, start=1):
        wrong += not right
        points.append((count / len(items), wrong / count))
    return points


def area_under(points: Sequence[tuple[float, float]]) -> float:
    """Mean risk over the coverages reached (AURC); 0 for no point."""
    return sum(risk for _, risk in points) / len(points) if points else 0.0


def _per_cluster(observations: Sequence[Observation]) -> tuple[Floats, Floats]:
    """Weighted sums and weights of each cluster, shape ``(clusters,)``."""
    numbers: dict[str, int] = {}
    for o in observations:
        numbers.setdefault(o.group, len(numbers))
    sums, weights = np.zeros(len(numbers)), np.zeros(len(numbers))
    for o in observations:
        sums[numbers[o.group]] += o.value * o.weight
        weights[numbers[o.group]] += o.weight
    return sums, weights


def _bootstrap(sums: Floats, weights: Floats, draws: int) -> Floats:
    """Means of ``draws`` resamples of whole clusters, shape ``(draws,)``."""
    picked = np.random.default_rng(SEED).integers(len(sums), size=(draws, len(sums)), dtype=np.int32)
    totals = weights[picked].sum(axis=1)
    means: Floats = np.divide(sums[picked].sum(axis=1), totals, out=np.zeros(draws), where=totals > 0)
    return means
