"""The calculator: how much, step by step, each step with its clause. Decimal only, to the fen.

With every fact known the result is one amount; with a condition failed it is 0 and names the condition; with a
fact missing it is the range from least to most, with the missing facts in order of influence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

from knowledge.numerals import format_amount
from knowledge.rules.apportion import Left, apportion
from knowledge.rules.benefits import Amount, Parameter
from knowledge.rules.benefits import Step as StepSpec
from knowledge.rules.conditions import Verdict, judge, undecided
from knowledge.rules.eligibility import Assessment, ConditionVerdict, ValidityState, askable, assess_situation, counted
from knowledge.rules.facts import Facts, FactValue
from knowledge.rules.influence import by_influence
from knowledge.rules.intervals import INFINITY, Interval, compile_expression, evaluate, point
from knowledge.rules.rulebook import COUNTED, Benefit, expression_facts
from knowledge.rules.situation import Situation
from knowledge.rules.units import base_unit
from knowledge.texts.library import Library

_FEN = Decimal("0.01")
_COMPUTED = re.compile(r"\{([^{}]*\([^{}]*)\}")  # 「{min(months, limit)}」 in a line of working


@dataclass(frozen=True, slots=True)
class Step:
    """A line of working: what is computed, its value (None while a fact is missing), and its clause."""

    text: str
    value: Decimal | None
    unit: str
    quote: str
    measure: str


@dataclass(frozen=True, slots=True)
class CalculationResult:
    """How much a benefit comes to.

    ``amount`` is None when facts are missing (then ``low``..``high``; ``high`` None means without bound) or when
    the document gives no figure (``open_text``). ``failing`` names the condition that makes it 0.
    """

    benefit: str
    name: str
    amount: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    is_maximum: bool
    is_minimum: bool
    steps: tuple[Step, ...]
    missing: tuple[str, ...]
    failing: ConditionVerdict | None
    open_text: str | None
    decided_by: str | None
    inputs: Mapping[str, str]
    assessment: Assessment
    defaulted: tuple[ConditionVerdict, ...] = ()  # quantities taken because nothing was said
    left: tuple[Left, ...] = ()  # people who are not counted

    @property
    def validity(self) -> ValidityState:
        """Whether the benefit can be had on as_of."""
        return self.assessment.validity

    @property
    def is_settled(self) -> bool:
        """Whether the facts give one sum that nothing rules out."""
        return self.amount is not None and not self.missing and self.failing is None

    @property
    def assumed(self) -> tuple[ConditionVerdict, ...]:
        """Conditions taken as met although nothing was said."""
        return (*self.assessment.presumed, *self.defaulted)


@dataclass(frozen=True, slots=True)
class _Variant:
    """The formula and figures of one branch."""

    expression: str
    parameters: Mapping[str, Parameter]
    name: str | None = None


def calculate(
    benefit: Benefit, facts: Facts, as_of: date, library: Library, supposed: frozenset[str] = frozenset()
) -> CalculationResult:
    """Compute a benefit.

    :param supposed: ids of conditions taken as met as long as the facts leave them open; shown as suppositions.
    :raises FactError: a fact holds a value of the wrong type.
    """
    facts, left = apportion(benefit, facts, as_of)
    situation = Situation(benefit.facts, {**benefit.defaults, **facts}, as_of, frozenset(benefit.defaults) - set(facts))
    assessment = assess_situation(benefit, situation, library, supposed)
    amount = _over_years(benefit, facts)
    inputs = {f: facts[f].raw or str(facts[f].value) for f in benefit.needs if f in facts}
    empty = CalculationResult(
        benefit=benefit.id, name=benefit.name, amount=None, low=None, high=None, unit=amount.unit if amount else "",
        is_maximum=bool(amount and amount.maximum), is_minimum=bool(amount and amount.minimum), steps=(),
        missing=assessment.missing, failing=assessment.failing, open_text=amount.open if amount else None,
        decided_by=amount.decided_by if amount else None, inputs=inputs, assessment=assessment,
        defaulted=_defaulted(benefit, facts), left=left,
    )  # fmt: skip
    if amount is None or not (amount.expression or amount.branches):
        return empty
    return _with_amount(empty, benefit, amount, situation, supposed)


def _over_years(benefit: Benefit, facts: Facts) -> Amount | None:
    """The amount; what is paid by the year (「元/年」) is a plain sum once it is added up over years that were told."""
    amount = benefit.amount
    if amount is None or not amount.unit.endswith("/年"):
        return amount
    told = [facts[f].value for f in expression_facts(amount, benefit.facts) if benefit.facts[f].type == "years" and f in facts]
    return amount.model_copy(update={"unit": base_unit(amount.unit)}) if any(v != 1 for v in told) else amount


def _defaulted(benefit: Benefit, facts: Facts) -> tuple[ConditionVerdict, ...]:
    return tuple(
        ConditionVerdict(f, f"{benefit.facts[f].name}按{v.raw}算", "unknown", benefit.spec.quote, benefit.measure, f, True)
        for f, v in benefit.defaults.items() if f not in facts
    )  # fmt: skip


def _with_amount(
    empty: CalculationResult, benefit: Benefit, amount: Amount, situation: Situation, supposed: frozenset[str]
) -> CalculationResult:
    possible = variants(benefit, situation)
    failing = empty.failing
    if failing is None and not possible:
        failing = ConditionVerdict("branch", "属于条款列出的情形", "unmet", amount.quote or benefit.spec.quote, benefit.measure)
    if failing is not None:
        zero = Decimal("0.00")
        return replace(empty, amount=zero, low=zero, high=zero, failing=failing, missing=())
    in_full = amount_range(benefit, situation)
    value = in_full.hull(point(Decimal(0))) if empty.assessment.verdict == "unknown" else in_full
    missing = missing_facts(benefit, situation, empty.assessment, supposed)
    if value.exact and not missing:
        return replace(empty, amount=_fen(value.low), low=_fen(value.low), high=_fen(value.high), missing=(),
                       steps=_steps(benefit, amount, possible[0], situation))  # fmt: skip
    ordered = by_influence(benefit, situation, missing, in_full, quick_verdict, amount_range)
    steps = _steps(benefit, amount, possible[0], situation) if len(possible) == 1 else ()
    return replace(
        empty, low=_fen(value.low), high=None if value.high == INFINITY else _fen(value.high), missing=ordered, steps=steps
    )


def _fen(value: Decimal) -> Decimal:
    return value.quantize(_FEN, ROUND_HALF_UP)


def variants(benefit: Benefit, situation: Situation) -> tuple[_Variant, ...]:
    """The branches that the facts leave possible, in order; the first that is met ends the list."""
    amount = benefit.amount
    assert amount is not None
    if not amount.branches:
        return (_Variant(amount.expression or "0", amount.parameters),)
    found = []
    for branch, node in zip(amount.branches, benefit.branches, strict=True):
        verdict = judge(node, situation)
        if verdict != "unmet":
            found.append(
                _Variant(branch.expression or amount.expression or "0", {**amount.parameters, **branch.parameters}, branch.name)
            )
        if verdict == "met":
            break
    return tuple(found)


def amount_range(benefit: Benefit, situation: Situation) -> Interval:
    """The range of the amount if every condition is met."""
    possible = variants(benefit, situation)
    if not possible:
        return point(Decimal(0))
    values = [
        _capped(benefit, _evaluate(variant, benefit, s))
        for variant in possible
        for s in _allocations(variant, benefit, situation)
    ]
    result = reduce(Interval.hull, values)
    return result if _some_branch_holds(benefit, situation) else result.hull(point(Decimal(0)))


def _some_branch_holds(benefit: Benefit, situation: Situation) -> bool:
    """Whether one branch is sure to hold, whatever is still open."""
    return not benefit.branches or benefit.branches_cover_all or any(judge(n, situation) == "met" for n in benefit.branches)


def _allocations(variant: _Variant, benefit: Benefit, situation: Situation) -> tuple[Situation, ...]:
    """When categories differ in what they bring and none is stated: all in one category, for each, and none."""
    counts = benefit.amount.counts if benefit.amount else ()
    each = [c for c in counts if c in compile_expression(variant.expression).names]
    if not each or any(c in situation.facts for c in counts):
        return (situation,)
    total = counted(benefit, situation) or point(Decimal(0))
    none = {c: FactValue(c, Decimal(0)) for c in counts}
    chosen = [none, *({**none, c: FactValue(c, min(total.high, situation.spec(c).span[1]))} for c in each)]
    return tuple(Situation(situation.specs, {**situation.facts, **extra}, situation.as_of, situation.assumed) for extra in chosen)


def _evaluate(variant: _Variant, benefit: Benefit, situation: Situation) -> Interval:
    return evaluate(compile_expression(variant.expression), _names(variant.expression, variant, benefit, situation))


def _names(expression: str, variant: _Variant, benefit: Benefit, situation: Situation) -> dict[str, Interval]:
    counts = benefit.amount.counts if benefit.amount else ()
    number = (counted(benefit, situation) if counts else None) or point(Decimal(0))
    named = number.exact or any(c in situation.facts and situation.number(c).low > 0 for c in counts)
    names: dict[str, Interval] = {}
    for name in compile_expression(expression).names:
        if name in variant.parameters:
            names[name] = point(variant.parameters[name].figure)
        elif name == COUNTED:
            names[name] = number
        elif name in counts and name not in situation.facts and named:
            names[name] = point(Decimal(0))  # once some are named, a category nobody mentioned counts none
        else:
            names[name] = situation.number(name)
    return names


def _capped(benefit: Benefit, value: Interval) -> Interval:
    cap = benefit.amount.cap if benefit.amount else None
    if cap is None:
        return value
    limit = cap.figure
    return Interval(min(value.low, limit), min(value.high, limit))


def missing_facts(
    benefit: Benefit, situation: Situation, assessment: Assessment, supposed: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Every fact that the amount still hangs on, in the order of the data."""
    found: list[str] = list(assessment.missing)
    for condition in benefit.conditions:
        if not condition.presumed and condition.id not in supposed:
            found += [a for f in undecided(condition.node, situation) for a in askable(f, situation)]
    for node in benefit.branches:
        found += [a for f in undecided(node, situation) for a in askable(f, situation)]
        if judge(node, situation) == "met":
            break
    amount = benefit.amount
    assert amount is not None
    number = counted(benefit, situation)
    if number is not None and not number.exact:
        vague = [c for c in amount.counts if c in situation.facts and not situation.facts[c].exact]
        found += vague or [c for c in amount.counts if c not in situation.facts]
    names = {n for v in variants(benefit, situation) for n in compile_expression(v.expression).names} - set(amount.counts)
    found += [
        a
        for f in expression_facts(amount, benefit.facts)
        if f in names and not situation.number(f).exact
        for a in askable(f, situation)
    ]
    return tuple(dict.fromkeys(found))


def quick_verdict(benefit: Benefit, situation: Situation) -> Verdict:
    """The verdict without its explanation, for weighing what a missing fact would change."""
    number = counted(benefit, situation)
    if number is not None and number.high <= 0:
        return "unmet"
    open_ = number is not None and number.low <= 0
    for condition in benefit.conditions:
        verdict = judge(condition.node, situation)
        if verdict == "unmet":
            return "unmet"
        open_ = open_ or (verdict == "unknown" and not condition.presumed)
    return "unknown" if open_ else "met"


def _steps(benefit: Benefit, amount: Amount, variant: _Variant, situation: Situation) -> tuple[Step, ...]:
    """The lines of working, then the cap where it binds."""
    texts = amount.steps or (_plain(variant.expression),)
    steps = []
    for i, raw in enumerate(texts):
        spec = StepSpec(text=raw) if isinstance(raw, str) else raw
        last = i == len(texts) - 1
        source = spec.expression or (variant.expression if last else None)
        own = evaluate(compile_expression(source), _names(source, variant, benefit, situation)) if source else None
        cited = next((p for n, p in variant.parameters.items() if "{" + n + "}" in spec.text), None)
        quote = spec.quote or (cited.quote if cited else amount.quote or benefit.spec.quote)
        measure = spec.measure or (cited.measure if cited else None) or benefit.measure
        number = own.low if own is not None and own.exact else None
        if number == 0 and spec.expression and len(texts) > 1:
            continue
        steps.append(Step(_filled(spec.text, variant, benefit, situation), number, spec.unit or amount.unit, quote, measure))
    cap = amount.cap
    if cap is not None and (value := _evaluate(variant, benefit, situation)).exact and value.low > cap.figure:
        text = (
            f"超过封顶 {format_amount(cap.figure)} 元，按封顶计"
            if base_unit(cap.unit) in ("元", "万元")
            else f"超过上限 {cap.value} {cap.unit}，按上限计"
        )
        steps.append(Step(text, cap.figure, amount.unit, cap.quote, cap.measure or benefit.measure))
    return tuple(steps)


def _plain(expression: str) -> str:
    """A formula as a line of working when the data gives none."""
    named = expression
    for name in sorted(compile_expression(expression).names, key=len, reverse=True):
        named = named.replace(name, "{" + name + "}")
    return named.replace("*", "×").replace(" / ", " ÷ ")


def _filled(text: str, variant: _Variant, benefit: Benefit, situation: Situation) -> str:
    """``{name}`` replaced by the figure, the fact's value, or what the fact is when it is unknown.

    ``{min(months, limit)}`` is computed: the working shows the number that the sum is made with.
    """
    result = _COMPUTED.sub(lambda m: _computed(m[1], variant, benefit, situation), text)
    for name, parameter in variant.parameters.items():
        result = result.replace("{" + name + "}", format_amount(parameter.value))
    if "{" + COUNTED + "}" in result:
        number = counted(benefit, situation)
        result = result.replace("{" + COUNTED + "}", _shown(number, "人数"))
    for name in [part.split("}")[0] for part in result.split("{")[1:]]:
        if name in benefit.facts:
            spec = benefit.facts[name]
            shown = _shown(situation.number(name), spec.name) if spec.numeric else spec.name
            result = result.replace("{" + name + "}", shown)
    return result


def _computed(expression: str, variant: _Variant, benefit: Benefit, situation: Situation) -> str:
    compiled = compile_expression(expression)
    value = evaluate(compiled, _names(expression, variant, benefit, situation))
    fact = next((n for n in expression.replace("(", " ").replace(",", " ").split() if n in benefit.facts), "")
    return _shown(value, benefit.facts[fact].name if fact else expression)


def _shown(value: Interval | None, name: str) -> str:
    if value is None or not value.exact:
        return f"〔{name}〕"
    return format_amount(value.low)
