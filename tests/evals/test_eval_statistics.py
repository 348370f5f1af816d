"""Intervals and tests against values known from the literature or worked by hand."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import statistics
from evals.statistics import Observation, area_under, estimate, holm, kappa, mcnemar, paired_difference, risk_coverage, wilson


def test_doctests() -> None:
    assert doctest.testmod(statistics).failed == 0


def test_wilson_matches_published_values() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998, table I
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 400), st.data())
def test_wilson_holds_its_value(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


def test_clusters_widen_the_interval() -> None:
    alone = [Observation(float(i % 2), 1, str(i)) for i in range(80)]
    together = [Observation(float(i // 8 % 2), 1, str(i // 8)) for i in range(80)]
    narrow, wide = estimate(alone), estimate(together)
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)
    assert (narrow.clusters, wide.clusters) == (80, 10)


def test_weights_are_denominators() -> None:
    got = estimate([Observation(0.5, 2, "a"), Observation(0.0, 8, "b")])
    assert got is not None
    assert got.value == pytest.approx(0.1)
    assert estimate([]) is None


def test_the_same_data_give_the_same_interval() -> None:
    data = [Observation(float(i % 3 == 0), 1, str(i % 7)) for i in range(50)]
    assert estimate(data) == estimate(data)


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(1, 9) == pytest.approx(0.021484375)
    assert mcnemar(5, 5) == 1


def test_paired_difference_sees_a_loss() -> None:
    before = [Observation(1.0, 1, str(i)) for i in range(40)]
    after = [Observation(float(i >= 8), 1, str(i)) for i in range(40)]
    d = paired_difference(before, after)
    assert (d.value, d.worse, d.better) == (-0.2, 8, 0)
    assert d.p < 0.01
    assert d.high < 0
    with pytest.raises(ValueError, match="同样的用例"):
        paired_difference(before, after[:3])


def test_holm_never_falls_below_the_raw_value() -> None:
    raw = {"a": 0.01, "b": 0.02, "c": 0.9}
    adjusted = holm(raw)
    assert adjusted == pytest.approx({"a": 0.03, "b": 0.04, "c": 0.9})


def test_kappa() -> None:
    assert kappa([1, 1, 0, 0], [1, 1, 0, 0]) == 1
    assert kappa([1, 0, 1, 0], [1, 1, 0, 0]) == 0


def test_risk_coverage_counts_only_answers() -> None:
    items = [(0.9, True, True), (0.8, True, False), (0.7, False, False), (0.6, True, True)]
    points = risk_coverage(items)
    assert points == [(0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(1 / 3))]
    assert area_under(points) == pytest.approx((0 + 0.5 + 1 / 3) / 3)
    assert area_under([]) == 0
