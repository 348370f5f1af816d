"""The later day that a question is about: 「过了年还能申请吗」「7月以后还有吗」 asks about another day than as_of.

A day on which somebody will apply, or that is said to be today, takes the place of as_of.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, date, timedelta

from bot.understanding.cues import load_cues
from knowledge.numerals import value_of
from knowledge.rules.situation import add_months
from knowledge.rules.story_dates import days_in

_AFTER_MONTH = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:以后|之后|往后|过后|后)")
_TOMORROW = re.compile(r"明(?:天|儿|日)(?:再|去|才|来|办|申请|交|还)")
_NEXT_MONTH = re.compile(r"下个?月")
_TODAY = re.compile(r"(?:现在|如今|眼下|今天|今儿|这都|(?<!的|人)都)(?:都|已经|已|是|就|到)*$")
_APPLIES = re.compile(
    r"(?:再|才|去|来|份|底|初|以后|之后|的时候|，|,|我|俺|们|想|要|打算|准备|时)*(?:申请|申领|申报|办(?!的)|提交|交材料|递)"
)


def day_of_asking(question: str, as_of: date) -> date:
    """The day for which the answer must hold: as_of, or a later one said to be today (「现在2026年了」) or that of applying."""
    for day in days_in(question, as_of):
        today = _TODAY.search(question[: day.start]) and question[day.end : day.end + 1] != "毕"
        if day.first > as_of and day.first.year < MAXYEAR and (today or _APPLIES.match(question, day.end)):
            return day.first
    return as_of


def later_day(question: str, as_of: date) -> date | None:
    """The first day of the later time that a question names; None when it names none."""
    if as_of.year >= MAXYEAR - 1:
        return None
    if _TOMORROW.search(question):
        return as_of + timedelta(days=1)
    if load_cues().speaks_of_next_year(question):
        return date(as_of.year + 1, 1, 1)
    named = _AFTER_MONTH.search(question)
    month = value_of(named[1]) if named else None
    if month is not None and 1 <= month <= 12:
        year = as_of.year if month >= as_of.month else as_of.year + 1
        return add_months(date(year, int(month), 1), 1)
    return add_months(as_of.replace(day=1), 1) if _NEXT_MONTH.search(question) else None
