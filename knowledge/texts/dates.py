"""Days as documents write them: 「2024年5月20日」, 「二〇二四年五月二十日」, and the day of issue among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from knowledge.numerals import chinese_value

_NIL = "〇零○О"  # what stands for nought in a written year, scans included
DAY = rf"(?:\d{{4}}年\d{{1,2}}月\d{{1,2}}日|[{_NIL}一二三四五六七八九]{{4}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日)"
SIGNATURE = re.compile(r"^[^，。；：]{2,60}(?:人民政府|办公厅|办公室|委员会|管委会|部|厅|局|中心|领导小组|专班|总工会)$")
_PARTS = re.compile(
    rf"([\d{_NIL}一二三四五六七八九]{{4}})年(\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})日"
)
_PRINTED = re.compile(rf"(?:[^，。；]{{0,40}}?){DAY}(?:印发)?")
_DATED = re.compile(r"(成文|印发|发文|公布|发布)(?:日期|时间)[：|]*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_ISO = re.compile(r"[^，。；：\d|]{0,40}(\d{4})-(\d{1,2})-(\d{1,2})")
_DIGITS = str.maketrans(f"{_NIL}一二三四五六七八九", "0" * len(_NIL) + "123456789")


def day_of(year: str, month: str, day: str) -> date | None:
    """A day from its digits; None for one that does not exist (「2月31日」 in a bad scan)."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def days_in(text: str) -> Iterator[date]:
    """Every whole day that a text names, in order."""
    for year, month, day in _PARTS.findall(text):
        found = day_of(year.translate(_DIGITS), _count(month), _count(day))
        if found:
            yield found


def _count(word: str) -> str:
    return word if word.isdigit() else str(int(chinese_value(word) or 0))


def is_day(line: str) -> bool:
    """Whether a line is a date and nothing else."""
    return bool(re.fullmatch(DAY, line))


def issue_date(text: str) -> date | None:
    """The date in the signature of a document, else in its print line, else in the table of a web page, if it states one.

    The day under the issuer's name is the day of issue; 「…2024年4月23日印发」 only says when it was printed.
    """
    lines = text.split("\n")
    for above, line in reversed(tuple(pairwise(lines))):
        if is_day(line) and SIGNATURE.match(above) and (day := next(days_in(line), None)):
            return day
    for line in reversed(lines):
        if _PRINTED.fullmatch(line) and (day := next(days_in(line), None)):
            return day
    for line in lines:
        if (iso := _ISO.fullmatch(line)) and (day := day_of(*iso.groups())):
            return day
    dated = {kind: day for kind, *parts in reversed(_DATED.findall(text)) if (day := day_of(*parts))}
    return next((dated[kind] for kind in ("成文", "印发", "发文", "公布", "发布") if kind in dated), None)
