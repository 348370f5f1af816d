"""Sums of money in a message, for one benefit: what two sides pay, sums told one after the other, a sum per month or per person."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import STOP
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_slots import (
    Slots,
    counts_people,
    is_span,
)
from knowledge.rules.story_spans import month_spans, within
from knowledge.rules.story_text import clause_start, fact_value, rate_fits, rate_of
from knowledge.rules.story_unplaced import in_same_words

_WHOLE_YEAR = re.compile(r"一整年|全年|整年|一年到头|年年月月")
_LEAST_SUM = 100  # yuan: smaller numbers are no premiums of a firm
_EACH = re.compile(r"每个?(?:人|职工|员工)|一人")
_BY_STAFF = re.compile(r"职工|员工|大伙|大家|个人|自己|工人|护工|伙计|他们|她们|师傅|工资里")
_TOGETHER = re.compile(r"加|连|和|带|跟|合计|一共|总共|统共|全部")
_PAYS = re.compile(r"交|缴|出|方|那块|那份|部分|掏|付")


def two_shares(reader: Slots) -> None:
    """「厂里交的三万一，大伙儿自己那份一万四」「每人每月单位交21、个人交9块」: a whole that two sides pay, said as two sums."""
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        sides = [x.strip() for x in (spec.derive or "").split("+")]
        if spec.type != "money" or len(sides) != 2 or all(x in {**reader.known, **reader.filled} for x in sides):
            continue
        text = reader.text.text
        sums = [q for q in reader.text.quantities if q.exact and q.unit in ("", "元", "万元") and _share_of(text, q) is not None]
        if len(sums) != 2 or [_share_of(text, q) for q in sums] != ["firm", "staff"]:
            continue
        times = _times(reader, rate_of(text, sums[0]))
        if times is None or (times == 1 and min(q.value for q in sums) < _LEAST_SUM):
            continue
        for side, q in zip(sides, sums, strict=True):
            reader.fill(FactValue(side, q.value * times, q.raw), q)
        reader.known = {k: v for k, v in reader.known.items() if k not in (f, *sides)}
        reader.filled[f] = FactValue(f, (sums[0].value + sums[1].value) * times, f"{sums[0].raw}＋{sums[1].raw}")


_REACH = 40  # characters before a sum in which both sides are named


def both_together(reader: Slots) -> None:
    """「厂里交的跟工人个人交的加一块8万6」: one sum that is said to be both sides' is the whole that they pay."""
    text = reader.text.text
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        sides = [x.strip() for x in (spec.derive or "").split("+")]
        if spec.type != "money" or len(sides) != 2 or f in {**reader.known, **reader.filled}:
            continue
        for q in (q for q in reader.text.quantities if q.exact and q.unit in ("", "元", "万元") and q.value >= _LEAST_SUM):
            before = text[max(0, text.rfind("。", 0, q.start) + 1, q.start - _REACH) : q.start]
            both = _BY_FIRM.search(before) and _BY_STAFF.search(before) and _SUMMED.search(before[-14:])
            if (
                both
                and rate_fits(spec, text, q)
                and not any(
                    o.end <= q.start and o.start >= q.start - len(before) for o in reader.text.quantities if o.value >= _LEAST_SUM
                )
            ):
                reader.known = {k: v for k, v in reader.known.items() if k not in sides}
                reader.fill(fact_value(spec, q), q)
                return


_BY_FIRM = re.compile(r"单位|公司|企业|厂|店")


_SUMMED = re.compile(r"加一块|加一起|加起来|合计|一共|共|拢起来|拢一块|凑一块|凑起来|合起来|总共|合着")


def _share_of(text: str, q: Quantity) -> str | None:
    """Whose share the clause before a sum says it is."""
    clause = text[clause_start(text, q.start, STOP) : q.start]
    if _TOGETHER.search(clause):
        return None
    if _BY_STAFF.search(_EACH.sub("", clause)):
        return "staff"
    return "firm" if _PAYS.search(clause) else None


def _times(reader: Slots, per: frozenset[str]) -> Decimal | None:
    """How many months and people a rate stands for; None when the message does not say."""
    times = Decimal(1)
    for what in sorted(per):
        factor = _factor(reader, what)
        if factor is None:
            return None
        times *= factor[0]
        reader.used |= {(q.start, q.end) for q in factor[2]}
    return times


def listed_sums(reader: Slots) -> None:
    """「一个给了15万，一个给了8万」: sums told one after the other in the same words are one fact's, added up."""
    for fact, value in {**reader.known, **reader.filled}.items():
        if fact not in reader.benefit.reads or reader.benefit.facts[fact].type != "money":
            continue
        first = next((q for q in reader.text.quantities if q.raw == value.raw), None)
        more = [q for q in reader.free() if first is not None and q.start >= first.end and in_same_words(reader, q)]
        more = [q for q in more if _share_of(reader.text.text, q) == (_share_of(reader.text.text, first) if first else None)]
        if first is not None and more:
            total = sum((q.value for q in more), first.value)
            reader.fill(FactValue(fact, total, "＋".join(q.raw for q in (first, *more))), first, *more)


def composed_value(reader: Slots, spec: FactSpec, q: Quantity) -> tuple[FactValue, tuple[Quantity, ...]] | None:
    """A number as the fact's value: a sum said per month or per person is multiplied by the months or people beside it."""
    if (share := _of_a_span(reader, spec, q)) is not None:
        return share, (q,)
    if spec.type != "money" or rate_fits(spec, reader.text.text, q):
        return fact_value(spec, q), (q,)
    said = rate_of(reader.text.text, q)
    own = {k for k, mark in (("person", "/人"), ("month", "/月")) if mark in spec.unit}
    lacking = own - said - {"month"}  # a base said per person is the month's, unless it is said otherwise
    if lacking and not (lacking == {"person"} and _one_counted(reader)):
        return None
    factors: list[Quantity] = []
    raw, value = q.raw, fact_value(spec, q).value
    assert isinstance(value, Decimal)
    for what in sorted(said - own):
        factor = _factor(reader, what)
        if factor is not None and what == "month":
            _also_months(reader, spec, factor[2])
        if factor is None:
            return None
        number, words, taken = factor
        value, raw = value * number, f"{raw}×{words}"
        factors += taken
    return FactValue(spec.id, value, raw), (q, *factors)


_A_MONTH = re.compile(r"每个?月|一个月|月均|/月|按月|月月|单月")


def _of_a_span(reader: Slots, spec: FactSpec, q: Quantity) -> FactValue | None:
    """「2月到4月该交30万」: what a month comes to of a sum told of several."""
    text = reader.text.text
    spans = [s for s in month_spans(reader) if s.end <= q.start and not re.search(r"[，,。；;！!？?]", text[s.end : q.start])]
    if not spec.unit.endswith("/月") or not spans or _A_MONTH.search(text):
        return None
    value = fact_value(spec, q).value
    assert isinstance(value, Decimal)
    return FactValue(spec.id, value / spans[-1].number, f"{q.raw}÷{spans[-1].number}")


def _one_counted(reader: Slots) -> bool:
    """Whether one person is counted, so that a sum is that person's (「招了个困难人员，单位每月替她交1100」)."""
    counts = reader.benefit.amount.counts if reader.benefit.amount else ()
    return (
        sum((v.value for c in counts if c in reader.known and isinstance((v := reader.known[c]).value, Decimal)), Decimal(0)) == 1
    )


def _also_months(reader: Slots, spec: FactSpec, months: list[Quantity]) -> None:
    """The months of a monthly sum are also the months that the benefit asks for (「每个月免9万，一共免了3个月」)."""
    open_months = [s for s in reader.open_specs() if s.type == "months" and s.id != spec.id]
    if len(open_months) == 1 and months:
        reader.filled[open_months[0].id] = fact_value(open_months[0], months[0])


def _factor(reader: Slots, what: str) -> tuple[Decimal, str, list[Quantity]] | None:
    """The only number of months (or of people) in the message."""
    text = reader.text
    if what == "month":
        spans = [q for q in text.quantities if q.exact and q.unit in ("个月", "年", "季度") and is_span(text.text, q)]
        months = {q.value * {"个月": 1, "年": 12, "季度": 3}[q.unit] for q in spans}
        if len(months) == 1:
            return next(iter(months)), spans[0].raw, spans
        stretches = list(month_spans(reader))
        if not months and len({s.number for s in stretches}) == 1:
            return stretches[0].number, stretches[0].raw, within(reader, stretches[0])
        return (Decimal(12), "12个月", []) if not months and _WHOLE_YEAR.search(text.text) else None
    people = [q for q in text.quantities if q.exact and counts_people(text.text, q)]
    return (people[0].value, people[0].raw, people) if len({q.value for q in people}) == 1 else None
