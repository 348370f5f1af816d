"""Which side of a comparison is more, and by how much, or that both say the same: worked out from what the clauses state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.engines.builtin.select import SUM_UNITS
from bot.engines.builtin.writing import Writer
from bot.understanding.cues import load_cues
from knowledge.numerals import format_amount, numbers_in
from knowledge.texts.normalise import grams, matching_form
from knowledge.types import Point

_MONTHS = {"年": 12, "个月": 1, "月": 1}
_DURATION = re.compile(r"(?<!\d)(\d{1,3})\s*(个月|年)(?!\d|度|底|初|末|内各)")
CONTAINED = 0.8  # share of the shorter side's pairs of characters that the other has where both say the same
_Figures = frozenset[tuple[Decimal, str]]


def say_verdict(writer: Writer, titles: Sequence[str], sides: Sequence[Sequence[Point]], question: str, duration: bool) -> None:
    """The verdict on two sides; nothing when they do not state the same kind of figure."""
    r = writer.kit.replies
    names = {"one": titles[0], "other": titles[1]}
    one, other = (_durations(s) if duration else _figures(s) for s in sides)
    if not one or not other or {u for _, u in one} != {u for _, u in other}:
        if not one and not other and load_cues().asks_the_same(question) and _alike(*sides):
            writer.say(r("compare.alike", **names))
        return
    if one == other:
        writer.say(r("compare.same", **names))
    elif len(one) == len(other) == 1:
        (mine, unit), (theirs, _) = *one, *other
        gap = f"{format_amount(abs(mine - theirs))} {_said(unit)}"
        writer.figures.append(gap)
        first = names if mine > theirs else {"one": names["other"], "other": names["one"]}
        writer.say(r("compare.longer" if duration else "compare.more", **first, gap=gap))
    elif load_cues().asks_the_same(question):
        writer.say(r("compare.differ", **names))


def _said(unit: str) -> str:
    """A difference of shares is one of points."""
    return "个百分点" if unit == "%" else unit


def _figures(points: Sequence[Point]) -> _Figures:
    """Sums and shares that a side's clause states."""
    found = (n for p in points if not p.silent for n in numbers_in(p.plain))
    return frozenset((n.value, n.unit) for n in found if n.unit in SUM_UNITS)


def _durations(points: Sequence[Point]) -> _Figures:
    """Lengths of time that a side's clause states, in months."""
    found = (m for p in points if not p.silent for m in _DURATION.finditer(p.plain))
    return frozenset((Decimal(m[1]) * _MONTHS[m[2]], "个月") for m in found)


def _alike(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether one side says all that the other says."""
    a, b = (frozenset(grams(matching_form("".join(p.plain for p in s)), (2,))) for s in (one, other))
    return len(a & b) >= CONTAINED * min(len(a), len(b))
