"""The hand-worked cases of ``tests/knowledge/benefits/*.yaml``: one test per case, amounts written as arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.intervals import compile_expression, evaluate
from knowledge.rules.rulebook import Rulebook

FOLDER = Path(__file__).parents[1] / "benefits"
EXPECTATIONS = {"amount", "range", "verdict", "missing", "failing", "validity", "maximum", "minimum", "open"}


def cases() -> list[Any]:
    """Every case of every file, named by file and title."""
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["cases"] for path in sorted(FOLDER.glob("*.yaml"))}
    return [pytest.param(case, id=f"{stem}: {case['title']}") for stem, found in files.items() for case in found]


def worked(arithmetic: Any) -> Decimal:
    """The value of an amount written as arithmetic, to the fen."""
    return evaluate(compile_expression(str(arithmetic)), {}).low.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def result_of(case: dict[str, Any], rulebook: Rulebook) -> CalculationResult:
    """What the calculator says about a case."""
    as_of = case["as_of"]
    assert isinstance(as_of, date)
    facts: dict[str, FactValue] = {name: rulebook.fact(name, str(raw), as_of) for name, raw in (case["facts"] or {}).items()}
    return calculate(rulebook.find(case["benefit"]), facts, as_of, rulebook.library)


@pytest.mark.parametrize("case", cases())
def test_a_hand_worked_case(case: dict[str, Any], rulebook: Rulebook) -> None:
    """The calculator gives the amount, range, verdict, failing condition, missing fact and validity that a person worked out."""
    result, expected = result_of(case, rulebook), case["expected"]
    assert case["reason"]
    assert set(expected) <= EXPECTATIONS
    if "amount" in expected:
        assert result.amount == worked(expected["amount"])
    if "range" in expected:
        low, high = (None if edge is None else worked(edge) for edge in expected["range"])
        assert (result.amount, result.low, result.high) == (None, low, high)
    if "missing" in expected:
        wanted = expected["missing"] if isinstance(expected["missing"], list) else [expected["missing"]]
        assert set(wanted) <= set(result.missing)
    if "failing" in expected:
        assert result.failing is not None
        assert result.failing.id == expected["failing"]
    if "verdict" in expected:
        assert result.assessment.verdict == expected["verdict"]
    if "validity" in expected:
        assert result.validity == expected["validity"]
    if "maximum" in expected:
        assert result.is_maximum is expected["maximum"]
    if "minimum" in expected:
        assert result.is_minimum is expected["minimum"]
    if "open" in expected:
        assert (result.open_text is not None) is expected["open"]
