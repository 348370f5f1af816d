"""Stretches of time in a message: the days between two named days, the months from one to another, the one day told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from knowledge.numerals import value_of
from knowledge.rules.facts import FactValue, date_value, day_range
from knowledge.rules.story_dates import Day
from knowledge.rules.story_numbers import Quantity, words_only
from knowledge.rules.story_slots import Slots

_TO = re.compile(r"[到至—~-]")
_LINK = 3  # characters that may stand between two days of one stretch
_LONGEST_SPAN = 62  # days: a longer stretch between two days is no number of days worked
_FIRST_MONTH = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})(?:月份?)?[到至~-]$")  # 「2至4月」
_MONTH_TO_MONTH = re.compile(r"(?:份|起|开始|，|,|一直|领|交|缴|干|发|做|开|免|减|拿|就)*[到至—~-](?:今年|当年|了)?")


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """「3月到8月」: six months, both ends counted."""

    number: Decimal
    raw: str
    start: int
    end: int


def month_spans(reader: Slots) -> Iterator[MonthSpan]:
    """The stretches from one month to another of the same year that a message names."""
    text = reader.text.text
    whole = [d for d in reader.text.days if _is_month(d)]
    for a, b in pairwise(whole):
        if a.first.year == b.first.year and a.first < b.first and _MONTH_TO_MONTH.fullmatch(text[a.end : b.start]):
            number = Decimal(b.first.month - a.first.month + 1)
            yield MonthSpan(number, text[a.start : b.end], a.start, b.end)
    for d in whole:
        before = _FIRST_MONTH.search(text[: d.start])
        first = None if before is None else value_of(before[1])
        if before is not None and first is not None and 1 <= first < d.first.month and "月" not in before.group(0):
            yield MonthSpan(d.first.month - first + 1, text[before.start() : d.end], before.start(), d.end)
    for b in whole:
        earlier = [a for a in whole if a.first < b.first and a.first.year == b.first.year]
        if _COUNTED_TO.search(text[: b.start]) and len(earlier) == 1 and len(whole) == 2:
            number = Decimal(b.first.month - earlier[0].first.month + 1)
            yield MonthSpan(number, f"{earlier[0].raw}到{b.raw}", earlier[0].start, b.end)


_COUNTED_TO = re.compile(r"(?:算|交|缴|补|截|干|发)(?:到|至|止到)$")  # 「六月进来的…算到十一月底」


def _is_month(day: Day) -> bool:
    """Whether a day is said as a whole month."""
    return (day.first, day.last) == day_range(day.first.year, day.first.month)


def month_span(reader: Slots) -> None:
    """The one stretch of months is the number of months that the benefit asks for."""
    told = {**reader.known, **reader.filled}
    facts = (*reader.benefit.value_facts, *reader.benefit.defaults)
    wanted = {f for f in facts if reader.benefit.facts[f].type == "months" and f not in told}
    spans = [s for s in month_spans(reader) if _beside(reader, s)]
    if len(wanted) == 1 and len({s.number for s in spans}) == 1:
        reader.fill(FactValue(next(iter(wanted)), spans[0].number, spans[0].raw), *within(reader, spans[0]))


def _beside(reader: Slots, span: MonthSpan) -> bool:
    """Whether a stretch stands in the part of the message in which the benefit's own numbers do, where they are told apart by 「；」."""
    text = reader.text.text.replace(";", "；")
    start, end = text.rfind("；", 0, span.start) + 1, text.find("；", span.end)
    part = text[start : end if end >= 0 else len(text)]
    own = [v.raw for f, v in {**reader.known, **reader.filled}.items() if f in reader.benefit.value_facts and v.raw in text]
    return "；" not in text or not own or any(raw in part for raw in own)


def within(reader: Slots, span: MonthSpan) -> list[Quantity]:
    """The days and bare numbers that a stretch of months is said with, as quantities that are then taken."""
    days = [words_only(d.start, d.end, d.raw) for d in reader.text.days]
    return [q for q in (*days, *reader.text.quantities) if span.start <= q.start and q.end <= span.end]


def day_span(reader: Slots) -> None:
    """「1月26号就开工了，一直干到2月9号」: the days between two named days, both counted."""
    wanted = [
        f for f in reader.benefit.reads if reader.benefit.facts[f].type == "days" and f not in {**reader.known, **reader.filled}
    ]
    days = [d for d in reader.text.days if d.first == d.last]
    text = reader.text.text
    spans = [(a, b) for a, b in pairwise(days) if a.first < b.first and _TO.search(text[a.end : b.start])]
    if len(wanted) != 1 or len(spans) != 1:
        return
    start, end = spans[0]
    window = reader.benefit.spec.event_window
    last = min(end.first, window.until) if window and window.until else end.first
    number = max((last - start.first).days + 1, 0)
    if number <= _LONGEST_SPAN:
        reader.fill(FactValue(wanted[0], Decimal(number), f"{start.raw}到{end.raw}"))


def day_by_elimination(reader: Slots) -> None:
    """The only day in a message, or the only stretch of days, is the only day that the benefit asks for."""
    dates = [f for f in reader.benefit.needs if reader.benefit.facts[f].type == "date"]
    days, text = reader.text.days, reader.text.text
    if len(dates) != 1 or dates[0] in reader.known or not days:
        return
    if len(days) == 1 and not _ends(text, days[0]):
        reader.fill(date_value(dates[0], days[0].first, days[0].last, days[0].raw))
    elif len(days) == 2 and len(text[days[0].end : days[1].start]) <= _LINK and _TO.search(text[days[0].end : days[1].start]):
        counted = any(reader.benefit.facts[f].type == "days" for f in reader.benefit.reads)  # then the day asked for is the first
        last = days[0].last if counted else days[1].last
        reader.fill(date_value(dates[0], days[0].first, last, f"{days[0].raw}到{days[1].raw}"))


def _ends(text: str, day: Day) -> bool:
    """Whether a day is said as an end (「到2月9号为止」)."""
    return bool(re.search(r"[到至]$", text[: day.start]) or re.match(r"为止|之前|以前|前|到期|截止", text[day.end :]))
