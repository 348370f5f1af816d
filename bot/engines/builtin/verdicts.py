"""Yes or no before a sum, and why not: a figure put forward that is wrong, more than there is, still in time, the condition missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.engines.builtin import premise
from bot.engines.builtin.writing import Writer, quoted, source_line
from bot.types import Understanding
from bot.understanding.cues import load_cues
from knowledge.numerals import format_amount
from knowledge.rules.calculator import CalculationResult
from knowledge.rules.conditions import leaves
from knowledge.rules.eligibility import COUNTED_CONDITION, ConditionVerdict
from knowledge.rules.facts import FactValue
from knowledge.rules.intervals import compile_expression
from knowledge.rules.rulebook import Benefit
from knowledge.rules.situation import Situation

_SHARE = " * 100"
_FINE = Decimal("0.01")


def say_first(
    writer: Writer, understanding: Understanding, benefit: Benefit, result: CalculationResult, facts: Mapping[str, FactValue]
) -> None:
    """What must be said before the sum."""
    writer.say(premise.of_day(writer, understanding, benefit.measure, benefit.spec.quote))
    if result.failing is not None or result.open_text is not None:
        return
    writer.say(premise.of_sum(writer, understanding, result))
    wanted = facts.get(benefit.amount.wanted) if benefit.amount and benefit.amount.wanted else None
    if wanted is not None and isinstance(wanted.value, Decimal) and result.amount is not None and wanted.value > result.amount:
        writer.say(writer.kit.replies("amount.above", wanted=format_amount(wanted.value), unit=result.unit))
    held = facts.get(benefit.amount.held) if benefit.amount and benefit.amount.held else None
    if held is not None and held.exact and isinstance(held.value, Decimal) and result.amount is not None:
        key = "amount.short" if held.value < result.amount else "amount.enough"
        figures = {"held": format_amount(held.value), "amount": format_amount(result.amount), "unit": result.unit}
        writer.say(writer.kit.replies(key, **figures))
    if load_cues().asks_in_time(understanding.question) and _in_time(benefit, result):
        writer.say(writer.kit.replies("validity.in_time"))


def _in_time(benefit: Benefit, result: CalculationResult) -> bool:
    """Whether the deadline, or the time allowed since the event, is known not to have passed."""
    within = benefit.spec.apply_within
    if result.validity not in ("in_force", "open"):
        return False
    if within is not None:
        return any(c.text == within.text and c.verdict == "met" and not c.presumed for c in result.assessment.conditions)
    return benefit.spec.validity.until is not None


def refuse(writer: Writer, benefit: Benefit, failing: ConditionVerdict, facts: Mapping[str, FactValue]) -> None:
    """Say which condition is not met, with the rate that it turns on worked out."""
    mark = writer.cite(failing.measure, failing.quote)
    text = writer.kit.replies("amount.zero", name=quoted(benefit.name))
    rate = worked_out_rate(benefit, failing.id, facts, writer.as_of)
    if rate:
        writer.figures.append(rate)
    writer.say(f"{text}：要求“{failing.text}”，您说的情况不满足{f'（{rate}）' if rate else ''}{mark}。")
    if failing.id == COUNTED_CONDITION:
        writer.say(writer.kit.replies("amount.not_listed"))
    _quote_condition(writer, benefit, failing)


def _quote_condition(writer: Writer, benefit: Benefit, failing: ConditionVerdict) -> None:
    """The clause of the condition that is missed; the benefit's own where it holds the condition."""
    library = writer.kit.knowledge.library
    own = failing.quote in benefit.spec.quote
    measure, quote = (benefit.measure, benefit.spec.quote) if own else (failing.measure, failing.quote)
    source = source_line(library.document_of(measure), library.measures[measure])
    writer.say(f"> 原文：{source}“{quote}”{writer.cite(measure, quote)}")
    if not own:
        summary = writer.kit.replies("amount.rule", summary=benefit.spec.summary.rstrip("。"))
        writer.say(f"{summary}{writer.cite(benefit.measure, benefit.spec.quote)}。")


def worked_out_rate(benefit: Benefit, condition: str, facts: Mapping[str, FactValue], as_of: date) -> str:
    """「上年度裁员率：6 ÷ 28 = 21.43%」 for the condition that turns on it; '' when it was told or does not follow."""
    found = next((c for c in benefit.conditions if c.id == condition), None)
    situation = Situation(benefit.facts, facts, as_of)
    for fact in dict.fromkeys(leaf.fact for leaf in leaves(found.node)) if found else ():
        spec = benefit.facts[fact]
        if fact in facts or spec.type != "percent" or not (spec.derive or "").endswith(_SHARE):
            continue
        value = situation.number(fact)
        expression = (spec.derive or "").removesuffix(_SHARE)
        names = {n: situation.number(n) for n in compile_expression(expression).names}
        if not value.exact or not all(v.exact for v in names.values()):
            continue
        for name in sorted(names, key=len, reverse=True):
            expression = expression.replace(name, format_amount(names[name].low))
        return f"{spec.name}：{expression.replace(' / ', ' ÷ ')} = {format_amount(value.low.quantize(_FINE))}%"
    return ""
