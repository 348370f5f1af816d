"""A calculation and its verdict as the JSON contract shows them (``bot.types``)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.citations import token_number
from bot.engines.builtin.presumed import PRESUMED
from bot.engines.builtin.writing import Writer
from bot.types import CalculationResult as CalculationOut
from bot.types import CalculationStep, ConditionResult, EligibilityResult
from knowledge.numerals import format_amount
from knowledge.rules.apportion import Left
from knowledge.rules.calculator import CalculationResult
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit


def to_contract(writer: Writer, benefit: Benefit, result: CalculationResult, facts: Mapping[str, FactValue]) -> CalculationOut:
    """The calculation as the contract shows it; step citations are quote numbers until rendering."""
    steps = tuple(
        CalculationStep(
            text=s.text, value="" if s.value is None else format(s.value.normalize(), "f"), unit=s.unit,
            citation=token_number(writer.cite(s.measure, s.quote)),
        )
        for s in result.steps
    )  # fmt: skip
    left_out = tuple(
        CalculationStep(
            text=who_is_left_out(writer, left), value=format(left.number.normalize(), "f"), unit="人", citation=token_number(writer.cite(left.measure, left.quote)),
        )
        for left in result.left
    )  # fmt: skip
    exact = result.amount is not None and not result.missing
    bounded = not exact and result.low is not None and result.high is not None and result.high < Decimal(10) ** 12
    return CalculationOut(
        benefit=benefit.id, name=benefit.name, inputs=contract_inputs(benefit, facts),
        amount=f"{result.amount:.2f}" if exact else None,
        low=f"{result.low:.2f}" if bounded else None, high=f"{result.high:.2f}" if bounded else None,
        unit=result.unit or "元", is_maximum=result.is_maximum, steps=(*left_out, *steps) if exact else (),
    )  # fmt: skip


def contract_inputs(benefit: Benefit, facts: Mapping[str, FactValue]) -> dict[str, float | int | str | bool]:
    """What the calculation was fed, as values that :meth:`Advisor.calculate` takes back: numbers, yes or no, days, choices.

    Facts behind a derived one (layoffs behind the layoff rate) are included; standings taken as not held are not.
    """
    inputs: dict[str, float | int | str | bool] = {}
    behind = set(benefit.reads)
    for fact, said in facts.items():
        if fact not in behind or said.raw == PRESUMED:
            continue
        value = said.value
        if isinstance(value, bool):
            inputs[fact] = value
        elif isinstance(value, Decimal):
            inputs[fact] = int(value) if value == value.to_integral_value() else float(value)
        elif isinstance(value, frozenset):
            inputs[fact] = "、".join(benefit.facts[fact].choices[c].name for c in sorted(value))
        else:
            inputs[fact] = value.isoformat()
    return inputs


def verdict_to_contract(writer: Writer, benefit: Benefit, result: CalculationResult) -> EligibilityResult:
    """The verdict as the contract shows it; citations of conditions are quote numbers until rendering."""
    conditions = tuple(
        ConditionResult(text=c.text, verdict=c.verdict, citation=token_number(writer.cite(c.measure, c.quote)))
        for c in result.assessment.conditions
    )
    verdict = "unmet" if result.failing is not None else result.assessment.verdict
    amount = f"{result.amount:.2f}" if result.amount is not None and not result.missing else None
    return EligibilityResult(benefit=benefit.id, name=benefit.name, verdict=verdict, amount=amount, conditions=conditions)


def who_is_left_out(writer: Writer, left: Left) -> str:
    """Who is not counted, and the condition that they miss."""
    return writer.kit.replies("amount.left", number=format_amount(left.number), text=left.text)
