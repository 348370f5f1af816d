"""Days in everyday Chinese, relative to as_of: 「去年六月」「今年5月10号」「上个月」「21年毕业」「半年前」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from knowledge.numerals import value_of
from knowledge.rules.facts import EARLIEST_YEAR, day_range
from knowledge.rules.situation import add_months

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_YEAR_WORDS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "大前年": -3, "明年": 1, "后年": 2}
_MONTH_WORDS = {"这个月": 0, "本月": 0, "上个月": -1, "上月": -1, "上上个月": -2, "下个月": 1}
_DAY_WORDS = {"今天": 0, "昨天": -1, "前天": -2, "大前天": -3}
_CN_YEAR = r"[一二]{1}[〇零九][〇零一二三四五六七八九]{2}"
_FULL = re.compile(
    rf"(\d{{4}}|{_CN_YEAR})(?:年|[-./])(?:({_N})(?:月份?|[-./](?=\d))(?:({_N})[日号]?)?)?(年?初|年?底|上半年|下半年)?"
)
_SHORT = re.compile(
    rf"(?<![\d.])([012]\d|零[一二三四五六七八九]|二[〇零一二三四五])年(?=(?:{_N})月|毕业|毕的业|大学毕|考|入职|招|拿|发|取得|参保|开始|来|底|初|年|失业险|失业保险|社保|全年|夏天|秋天)(?:({_N})月份?(?:({_N})[日号])?)?"
)
_WORDED = re.compile(
    rf"(大前年|去年|今年|前年|上年|本年|明年|后年)(?:的)?(?:({_N})月份?(?:({_N})[日号])?|(年?初|年?底|上半年|下半年|春天|夏天|秋天|冬天))?"
)
_CLASS_OF = re.compile(r"(?<!\d)(\d{4}|[012]\d)届")
_MONTH = re.compile(rf"(上上个月|上个月|这个月|本月|上月|下个月)(?:({_N})[日号])?")
_BARE = re.compile(
    rf"(?:(?<![\d.个])(?=\d)|(?<![\d.个零〇一二三四五六七八九十])(?=\D))({_N})月份?(?:({_N})[日号])?(?!薪|工资|供)"
)
_AGO = re.compile(r"(半|\d+|[一二两三四五六七八九十]+)(个月|年|天|周|个星期)(多)?(?:之前|以前|前)")
_DAYS = re.compile(r"大前天|今天|昨天|前天")
_PARTS = {
    "初": (1, 2),
    "底": (11, 12),
    "上半年": (1, 6),
    "下半年": (7, 12),
    "春天": (3, 5),
    "夏天": (6, 8),
    "秋天": (9, 11),
    "冬天": (12, 12),
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day or vague day in a text: first and last day that it may mean."""

    first: date
    last: date
    start: int
    end: int
    raw: str


def days_in(text: str, as_of: date) -> tuple[Day, ...]:
    """Every day that a text names, left to right, none overlapping."""
    found: list[Day] = []
    for read in (_class_of, _full, _worded, _short, _month, _ago, _plain_days, _bare):
        for day in read(text, as_of):
            if all(day.end <= f.start or day.start >= f.end for f in found):
                found.append(day)
    found += [day for d in found for day in _until(text, d)]
    return tuple(sorted((_narrowed(text, d) for d in found), key=lambda d: d.start))


_TO_DAY = re.compile(rf"(?:一直)?(?:干|做|忙|上班|开工)?[到至~—-]({_N})[日号]")


def _until(text: str, day: Day) -> Iterator[Day]:
    """「2月1号到9号」: the second day is of the same month."""
    m = _TO_DAY.match(text, day.end)
    number = _int(m[1]) if m else None
    if (
        m is None
        or number is None
        or day.first != day.last
        or not day.first.day < number <= day_range(day.first.year, day.first.month)[1].day
    ):
        return
    end = day.first.replace(day=number)
    yield Day(end, end, m.start(1), m.end(), m.group(0)[m.start(1) - m.start() :])


_THIRD = re.compile(r"初|上旬|中旬|下旬|月?底|月?末")


def _narrowed(text: str, day: Day) -> Day:
    """「3月初」「2月下旬」: a third of the month."""
    m = _THIRD.match(text, day.end)
    whole_month = day.first.day == 1 and day.last.month == day.first.month and day.last.day > 27
    if m is None or not whole_month:
        return day
    part = m.group(0).removeprefix("月")
    # whoever means the 10th says 「上旬」: 「初」 is the first week
    first, last = {"初": (1, 7), "上旬": (1, 10), "中旬": (11, 20)}.get(part, (21, day.last.day))
    return Day(day.first.replace(day=first), day.first.replace(day=last), day.start, m.end(), day.raw + m.group(0))


def _int(word: str | None) -> int | None:
    if not word:
        return None
    value = value_of(word)
    return int(value) if value is not None else None


def _year(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    digits = word.translate(str.maketrans("〇零一二三四五六七八九", "00123456789"))
    return int(digits) if digits.isdigit() else None


def _day(m: re.Match[str], year: int | None, month: int | None, day: int | None, part: str | None = None) -> Iterator[Day]:
    if year is None:
        return
    try:
        if part and month is None:
            a, b = _PARTS[part if part in _PARTS else part[-1]]
            first, last = day_range(year, a)[0], day_range(year, b)[1]
        else:
            first, last = day_range(year, month, day)
    except ValueError:
        return
    yield Day(first, last, m.start(), m.end(), m.group(0))


def _class_of(text: str, as_of: date) -> Iterator[Day]:
    """「2023届」「23届」: somebody who graduates in that year."""
    for m in _CLASS_OF.finditer(text):
        yield from _day(m, int(m[1]) if len(m[1]) == 4 else 2000 + int(m[1]), None, None)


def _full(text: str, as_of: date) -> Iterator[Day]:
    for m in _FULL.finditer(text):
        year = _year(m[1])
        if year and 1950 <= year <= as_of.year + 20:
            yield from _day(m, year, _int(m[2]), _int(m[3]), m[4])


def _short(text: str, as_of: date) -> Iterator[Day]:
    for m in _SHORT.finditer(text):
        two = _year(m[1])
        if two is not None and 2000 + two <= as_of.year + 1:
            yield from _day(m, 2000 + two, _int(m[2]), _int(m[3]))


def _worded(text: str, as_of: date) -> Iterator[Day]:
    for m in _WORDED.finditer(text):
        year = as_of.year + _YEAR_WORDS[m[1]]
        for day in _day(m, year, _int(m[2]), _int(m[3]), m[4]):
            yield Day(
                day.first,
                min(day.last, as_of) if m[1] in ("今年", "本年") and day.first <= as_of else day.last,
                day.start,
                day.end,
                day.raw,
            )


def _month(text: str, as_of: date) -> Iterator[Day]:
    for m in _MONTH.finditer(text):
        month = _shifted(as_of.replace(day=1), months=_MONTH_WORDS[m[1]])
        if month is not None:
            yield from _day(m, month.year, month.month, _int(m[2]))


def _bare(text: str, as_of: date) -> Iterator[Day]:
    """A month without a year is the latest one that has begun."""
    for m in _BARE.finditer(text):
        month = _int(m[1])
        if month and 1 <= month <= 12:
            yield from _day(m, as_of.year if month <= as_of.month else as_of.year - 1, month, _int(m[2]))


def _ago(text: str, as_of: date) -> Iterator[Day]:
    for m in _AGO.finditer(text):
        count = Decimal("0.5") if m[1] == "半" else value_of(m[1])
        if count is None:
            continue
        if m[2] in ("天", "周", "个星期"):
            days = int(count * (1 if m[2] == "天" else 7))
            centre, slack = _shifted(as_of, days=-days), days // 7
        else:
            months = int(count * (12 if m[2] == "年" else 1)) + (6 if m[3] and m[2] == "年" else 0)
            centre, slack = _shifted(as_of, months=-months), 15 if m[2] == "个月" else 45
        first = centre and _shifted(centre, days=-slack)
        if centre and first:
            yield Day(first, _shifted(centre, days=min(slack, (as_of - centre).days)) or centre, m.start(), m.end(), m.group(0))


def _plain_days(text: str, as_of: date) -> Iterator[Day]:
    for m in _DAYS.finditer(text):
        day = _shifted(as_of, days=_DAY_WORDS[m.group(0)])
        if day is not None:
            yield Day(day, day, m.start(), m.end(), m.group(0))


def _shifted(day: date, *, months: int = 0, days: int = 0) -> date | None:
    """The day so many months and days away; None where nobody's story reaches (「3000年前」) or the calendar ends."""
    try:
        shifted = add_months(day, months) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return shifted if shifted.year >= EARLIEST_YEAR else None
