"""The weights of the abstention are what the fit of the shipped samples gives, and the fit does what it says."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from bot.advisor import Advisor
from bot.evidence import FEATURES, FILE, calibration, probability
from evals.calibrate import CURVE, as_data, collect, read_samples
from evals.calibration import Result, auc, calibrate, ece, fit
from evals.cases import case_files, load_cases
from evals.plots import standalone_curves
from evals.sources import load_sources


@pytest.fixture(scope="module")
def result() -> Result:
    return calibrate(read_samples())


def test_the_shipped_weights_are_those_of_the_fit(result: Result) -> None:
    shipped, fitted = yaml.safe_load(FILE.read_text(encoding="utf-8")), as_data(result.model)
    assert shipped.keys() == fitted.keys()
    assert list(shipped["weights"].values()) == pytest.approx(list(fitted["weights"].values()), abs=0.01)  # type: ignore[attr-defined]
    assert [shipped[k] for k in ("intercept", "threshold")] == pytest.approx(
        [fitted[k] for k in ("intercept", "threshold")], abs=0.01
    )


def test_the_published_curve_is_that_of_the_fit(result: Result) -> None:
    assert CURVE.read_text(encoding="utf-8") == standalone_curves(result.curves, "答了多少", "其中答错")


def test_on_clusters_not_seen_the_fit_is_better_than_the_weights_by_hand(result: Result) -> None:
    fitted, hand = result.fitted, result.by_hand
    assert fitted.auc > hand.auc and fitted.ece < hand.ece / 2 and fitted.brier < hand.brier and fitted.aurc < hand.aurc
    assert fitted.refused <= hand.refused


def test_no_evidence_counts_against_an_answer() -> None:
    assert all(w >= 0 for w in calibration().weights.values())
    none = dict.fromkeys(FEATURES, 0.0)
    assert probability(none) < calibration().threshold < probability(dict.fromkeys(FEATURES, 1.0))


def test_a_feature_that_speaks_against_answers_gets_no_weight() -> None:
    draw = np.random.default_rng(1)
    good = draw.random(400)
    x = np.column_stack([good, 1 - good + 0.1 * draw.random(400)])
    weights, intercept = fit(x, good + 0.2 * draw.random(400) > 0.6)
    assert weights[0] > 0 and weights[1] == 0 and intercept < 0


def test_measures_of_quality() -> None:
    p, y = np.array([0.1, 0.4, 0.6, 0.9]), np.array([False, True, False, True])
    assert auc(p, y) == 0.75
    assert ece(np.array([0.25] * 4), np.array([True, False, False, False])) == 0


def test_samples_are_of_development_cases_and_still_what_the_search_finds(advisor: Advisor) -> None:
    cases = {c.id: c for c in load_cases(case_files("dev"), load_sources().library)}
    samples = read_samples()
    assert {s.case for s in samples} <= cases.keys()
    some = [s for s in samples if len(cases[s.case].turns) == 1][::40]
    found = list(collect([cases[s.case] for s in some], advisor))
    # One question may be read otherwise than when the samples were taken; many mean that they must be taken anew.
    apart = [abs(new.features[f] - old.features[f]) for new, old in zip(found, some, strict=True) for f in FEATURES]
    assert float(np.mean(apart)) < 0.01, "advisor eval calibrate"
    assert sum(new.answers != old.answers for new, old in zip(found, some, strict=True)) <= len(some) // 20


def test_locked_cases_are_never_collected(advisor: Advisor) -> None:
    case = load_cases(case_files("dev"), load_sources().library)[0].model_copy(update={"part": "locked"})
    with pytest.raises(ValueError, match="locked"):
        list(collect([case], advisor))
