"""Filling a benefit's open facts by elimination: the one sum of money nobody claimed must be the one sum it asks for.

``story`` reads a message without knowing what it is about. Once the benefit is known, few facts are open;
a quantity that no fact of this benefit has claimed, and that only one open fact can take, is that fact.
Two candidates on either side, and nothing is filled: then the product asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from knowledge.numerals import normalise_width
from knowledge.rules.calculator import figure
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import compile_lexicon
from knowledge.rules.rulebook import Benefit, Rulebook, expression_facts
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_reading import read
from knowledge.rules.story_text import Readings, fact_value, fits, prepare, rate_fits

_PEOPLE = ("人", "名", "位", "")


def fill_by_elimination(
    rulebook: Rulebook, benefit: Benefit, facts: Mapping[str, FactValue], text: str, as_of: date
) -> dict[str, FactValue]:
    """The facts of ``benefit`` that a message states without their usual words; empty when anything is ambiguous."""
    lexicon = compile_lexicon(rulebook)
    text = normalise_width(text)
    prepared, _ = prepare(text, as_of, lexicon)
    readings = read(text, as_of, lexicon)
    claimed = {(r.start, r.end) for r in readings.found if r.value.fact in benefit.reads or not r.value.fact}
    free = [q for q in prepared.quantities if q.exact and (q.start, q.end) not in claimed]
    vague = {fact for fact, _ in readings.vague}
    missing = [
        benefit.facts[f]
        for f in benefit.needs
        if f not in facts and f not in vague and _fillable(benefit, benefit.facts[f], facts)
    ]
    filled: dict[str, FactValue] = {}
    for spec in missing:
        takers = [s for s in missing if s is not spec and _rivals(s, spec)]
        candidates = [q for q in free if _can_be(spec, prepared.text, q)]
        if len(candidates) == 1 and not takers:
            filled[spec.id] = fact_value(spec, candidates[0])
    return filled


_PART = re.compile(r"(?:其中|里面|里头|当中|之中)(?:有|的)?$")
_COUNTING = ("个", "人", "名", "位", "口", "本", "张", "号人")
_NO_PEOPLE = re.compile(
    r"^(?:补贴|补助|政策|问题|事|条件|文件|都|月|地方|办法|城市|年头|钱|方案|口径|项目|比例|档|阶段|半月|小时|学时|点|百分点|多月|季度|部门|局|电话|说法|选|能|哪)"
)
_WHOLE_SENTENCE_RATE = re.compile(r"(?:每|一)(?:个)?(?:人)?$|每$|第$|上$|这$|那$|哪$|几$|各$")


def unaccounted(rulebook: Rulebook, benefit: Benefit, text: str, as_of: date) -> tuple[Quantity, ...]:
    """Numbers of people (or sums of money) in a message that no fact took although this benefit counts such things.

    With one of these a computed amount may rest on half the story: the product must ask instead of stating it.
    Figures of the clause itself (「一人1000」) are none.
    """
    if benefit.amount is None:
        return ()
    lexicon = compile_lexicon(rulebook)
    text = normalise_width(text)
    readings = read(text, as_of, lexicon)
    figures = {figure(p) for p in benefit.amount.parameters.values()}
    figures |= {figure(p) for b in benefit.amount.branches for p in b.parameters.values()}
    counts_people = bool(benefit.amount.counts) or any(
        benefit.facts[f].type == "count" and benefit.facts[f].unit in _PEOPLE
        for f in expression_facts(benefit.amount, benefit.facts)
    )
    money = any(benefit.facts[f].type == "money" for f in expression_facts(benefit.amount, benefit.facts))
    odd: list[Quantity] = []
    for q in readings.unclaimed:
        before, after = text[max(0, q.start - 2) : q.start], text[q.end : q.end + 4]
        people = q.unit in _COUNTING and not _NO_PEOPLE.match(after) and not _WHOLE_SENTENCE_RATE.search(before)
        if (counts_people and people and not (q.value == 1 and q.unit in ("个", "人") and re.match(r"人|月", after))) or (
            money and q.unit in ("元", "万元") and q.value not in figures and q.value >= 100
        ):
            odd.append(q)
    counted = [
        r.value.value for r in readings.found if r.value.fact in benefit.amount.counts and isinstance(r.value.value, Decimal)
    ]
    odd = [q for q in odd if len(counted) < 2 or q.value != sum(counted)]  # 「中级俩，高级一个，三个人都…」 sums up
    used = {r.value.fact for r in readings.found if r.value.fact in benefit.reads}
    odd += [q for q in prepare(text, as_of, lexicon)[0].quantities if counts_people and _partial(q, text, readings, used)]
    return tuple(odd)


def _partial(q: Quantity, text: str, readings: Readings, used: set[str]) -> bool:
    """「其中60个已经不干了」: a part of the people, taken by a fact that this benefit does not read."""
    takers = {r.value.fact for r in readings.found if (r.start, r.end) == (q.start, q.end)}
    return bool(q.unit in _COUNTING and _PART.search(text[: q.start]) and takers and not takers & used)


def _fillable(benefit: Benefit, spec: FactSpec, facts: Mapping[str, FactValue]) -> bool:
    """Open numbers that people state as one figure; categories of people are never guessed."""
    counts = benefit.amount.counts if benefit.amount else ()
    known_parts = [f for f in benefit.facts if spec.derive and f in facts and f in spec.derive]
    return (
        spec.numeric
        and spec.type != "age"
        and spec.id not in counts
        and not spec.part_of
        and not known_parts
        and (spec.derive is None or spec.ask_whole)
    )


def _rivals(one: FactSpec, other: FactSpec) -> bool:
    """Whether two facts could claim the same quantity."""
    same = one.type == other.type or {one.type, other.type} <= {"months", "years"}
    return same and (one.type != "count" or one.unit == other.unit) and (one.type != "money" or one.unit == other.unit)


def _can_be(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "money" and q.unit not in ("元", "万元") and q.value < 1000:
        return False  # a bare small number is hardly a sum of money
    if spec.type in ("count", "days") and q.value == 1:
        return False  # 「一个人一天补多少」 asks for a rate
    return (
        fits(spec, q)
        and rate_fits(spec, text, q)
        and (spec.type != "count" or spec.unit not in _PEOPLE or q.unit in ("人", "个", "名", "位", "号人"))
    )
