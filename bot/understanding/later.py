"""The later day that a question is about: 「过了年还能申请吗」「7月以后还有吗」 asks about another day than as_of."""

from __future__ import annotations

import re
from datetime import MAXYEAR, date

from bot.understanding.cues import load_cues
from knowledge.numerals import value_of
from knowledge.rules.situation import add_months

_AFTER_MONTH = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:以后|之后|往后|过后|后)")
_NEXT_MONTH = re.compile(r"下个?月")


def later_day(question: str, as_of: date) -> date | None:
    """The first day of the later time that a question names; None when it names none."""
    if as_of.year >= MAXYEAR - 1:
        return None
    if load_cues().speaks_of_next_year(question):
        return date(as_of.year + 1, 1, 1)
    named = _AFTER_MONTH.search(question)
    month = value_of(named[1]) if named else None
    if month is not None and 1 <= month <= 12:
        year = as_of.year if month >= as_of.month else as_of.year + 1
        return add_months(date(year, int(month), 1), 1)
    return add_months(as_of.replace(day=1), 1) if _NEXT_MONTH.search(question) else None
