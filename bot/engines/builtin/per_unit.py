"""「一个月拿多少，8个月总共多少」: what a sum over months and people comes to for one month, one person, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.engines.builtin.writing import Writer
from bot.understanding.cues import cue_rows
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit, expression_facts
from knowledge.texts.library import Library
from knowledge.texts.normalise import matching_form

_ONE = Decimal(1)
_UNITS = {"month": "个月", "person": "人"}


def with_line(
    writer: Writer, question: str, benefit: Benefit, result: CalculationResult, facts: Mapping[str, FactValue]
) -> CalculationResult:
    """The result with a first line of working for one month or person, where the question asks for that too."""
    asked = _asked(question)
    if not asked or benefit.amount is None or not result.is_settled or not result.steps:
        return result
    library = writer.kit.knowledge.library
    open_ = frozenset(c.id for c in benefit.conditions)  # what is still to be confirmed is taken as the sum took it
    if calculate(benefit, facts, writer.as_of, library, open_).amount != result.amount:
        return result  # added up of several people, each with a number of their own
    one = _for_one(benefit, facts, asked, writer.as_of, library)
    if one is None or one.amount is None or not one.is_settled or not one.steps or not 0 < one.amount < (result.amount or 0):
        return result
    last = one.steps[-1]
    label = writer.kit.replies(f"amount.per_{'_'.join(sorted(asked))}")
    line = replace(last, text=f"{label}：{last.text}", value=one.amount, unit=result.unit)
    return replace(result, steps=(line, *result.steps))


def _asked(question: str) -> frozenset[str]:
    """Of what one is asked about: a month, a person, or a month of a person."""
    form = matching_form(question)
    found = [m for m in re.finditer(cue_rows()["per_unit"], form) if m["person"] or m["month"]]
    return frozenset(kind for kind in _UNITS if found and found[0][kind])


def _for_one(
    benefit: Benefit, facts: Mapping[str, FactValue], asked: frozenset[str], as_of: date, library: Library
) -> CalculationResult | None:
    """The benefit for one month or person; None when the sum counts none of what is asked about."""
    amount = benefit.amount
    assert amount is not None
    single = dict(facts)
    for kind in asked:
        told = [f for f in _numbered(benefit, kind) if f in facts and facts[f].exact and isinstance(facts[f].value, Decimal)]
        many = [f for f in told if facts[f].value != 0]
        for i, fact in enumerate(many):
            single[fact] = FactValue(fact, _ONE if i == 0 or fact not in amount.counts else Decimal(0), "1")
        if not many and not any(f in benefit.defaults for f in _numbered(benefit, kind)):
            return None
    return calculate(benefit, single, as_of, library, frozenset(c.id for c in benefit.conditions))


def _numbered(benefit: Benefit, kind: str) -> list[str]:
    """The facts of a sum that count months, or people."""
    assert benefit.amount is not None
    behind = dict.fromkeys((*benefit.amount.counts, *expression_facts(benefit.amount, benefit.facts)))
    return [f for f in behind if benefit.facts[f].unit == _UNITS[kind]]
