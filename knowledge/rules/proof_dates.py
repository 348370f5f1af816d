"""Dates in clauses, and the proof that a benefit's validity agrees with the deadline that binds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from knowledge.numerals import numbers_in
from knowledge.rules.benefits import BenefitSpec, ValiditySpec
from knowledge.rules.facts import day_range
from knowledge.rules.situation import add_months
from knowledge.texts.library import Library
from knowledge.types import Deadline, Measure

_DAY = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?|(?<!\d)(\d{1,2})月(?:(\d{1,2})日)?")


def dates_in(text: str) -> frozenset[date]:
    """Every day written in a text; a bare month or year stands for its first and last day.

    「2月4日」 without a year takes the year named before it.
    """
    found: set[date] = set()
    year = 0
    for m in _DAY.finditer(text):
        year = int(m[1]) if m[1] else year
        month, day = m[2] or m[4], m[3] or m[5]
        if year:
            try:
                found.update(day_range(year, int(month) if month else None, int(day) if day else None))
            except ValueError:
                continue
    return frozenset(found)


def window_end(since: date | None, quote: str) -> date | None:
    """The last day of 「…起一个月内」: the day before the same day a month later."""
    if since is None:
        return None
    for number in numbers_in(quote):
        if number.unit in ("个月", "年") and number.value < 100:
            return add_months(since, int(number.value * (12 if number.unit == "年" else 1))) - timedelta(days=1)
    return None


def months_of(validity: ValiditySpec) -> int | None:
    """How many calendar months an entitlement lasts (「从2020年2月至6月」 is five), when both ends are stated."""
    since, until = validity.since, validity.until
    return (until.year - since.year) * 12 + until.month - since.month + 1 if since and until else None


def binding(spec: BenefitSpec, measure: Measure) -> tuple[Deadline, ...]:
    """The deadlines of a measure that bind the benefit's quote."""
    spans, at = [], measure.text.find(spec.quote)
    while at >= 0:
        spans.append((measure.start + at, measure.start + at + len(spec.quote)))
        at = measure.text.find(spec.quote, at + 1)
    return tuple(d for d in measure.deadlines if any(a < d.binds_end and b > d.binds_start for a, b in spans))


def validity_problems(spec: BenefitSpec, library: Library) -> Iterator[tuple[str, str]]:
    """(key, problem) when the stated validity is not that of the clause."""
    measure, document = library.measures[spec.measure], library.document_of(spec.measure)
    own = [d for d in binding(spec, measure) if not _about_an_event(d, spec)]
    v = spec.validity
    if v.quote is None:
        if own:
            yield "validity", f"条款写了期限「{own[0].quote}」，这里是空的"
        elif document.valid_until:
            yield "validity", f"文件写了有效期「{document.valid_clause}」，这里是空的（measure 写 {document.id}/closing）"
        return
    for day in (v.since, v.until):
        if (
            day
            and day not in dates_in(v.quote)
            and not any(day in (d.since, d.until) and d.quote in v.quote for d in measure.deadlines)
        ):
            yield "validity", f"日期 {day} 不在原文「{v.quote[:40]}」"
    if v.measure and v.measure != spec.measure:
        if own:
            yield "validity", f"条款自己写了期限「{own[0].quote}」，不应引用 {v.measure}"
        elif v.until != document.valid_until:
            yield "validity", f"文件有效期到 {document.valid_until}，这里写的是 {v.until}"
        return
    stated = [d for d in binding(spec, measure) if d.quote in v.quote or v.quote in d.quote]
    if not stated:
        yield "validity", f"「{v.quote[:40]}」不约束所引的这句话"
    elif not any(d.until == v.until and (v.since in (None, d.since) or v.since in dates_in(v.quote)) for d in stated):
        yield "validity", f"条款的期限是 {stated[0].since or ''} 至 {stated[0].until}，这里写的是 {v.since or ''} 至 {v.until}"


def _about_an_event(deadline: Deadline, spec: BenefitSpec) -> bool:
    """Whether the clause limits when something happened, not until when the entitlement lasts."""
    quotes = [spec.event_window.quote] if spec.event_window else []
    quotes += [c.quote for c in (*spec.conditions, *spec.limits) if c.quote]
    return any(deadline.quote in q for q in quotes)
