"""Figures of a claim against the clauses that it rests on: value and unit, and what they are said of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.claims import Claim
from bot.types import CalculationResult
from knowledge.numerals import Number, numbers_in, values_in

# Units that say the same kind of thing; a bare number matches any.
_CLASSES: Mapping[str, str] = {
    "元": "money", "元/人": "money", "元/学时": "money", "万元": "money", "%": "percent", "‰": "permille", "个百分点": "points",
    "个月": "months", "年": "years", "月": "month", "月份": "month", "日": "day", "号": "day", "天": "days", "岁": "age",
    "人": "people", "人次": "people", "个": "items", "次": "times", "倍": "times-of", "学时": "hours", "小时": "hours",
}  # fmt: skip
_POLICY_CLASSES = frozenset({"money", "percent", "permille", "points", "times-of"})
FIRST_YEAR = 1900  # 「2023年」 is a date, 「3年」 a length of time
_OF_THE_USER = re.compile(r"您|你|按.{0,6}(说|讲)|如果|假如|假设|不是|并非|不符|不一致|有误|没有.{0,4}(这么|那么)|不对|听说")
_MOST = re.compile(r"不超过|不高于|最高|最多|上限|以内|以下|封顶|至多")
_CAP = re.compile(r"(?:不超过|不高于|最高|最多|上限为?)[^，。；、]{0,12}$")


@dataclass(frozen=True, slots=True)
class Known:
    """Where figures may come from beside a claim's own clauses."""

    said: str  # the user's words
    constants: tuple[str, ...]  # hotlines
    as_of: date
    calculated: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates that a claim may name: of the day itself, of issue, of validity; and the days left."""

    days: tuple[date, ...]
    left: tuple[int, ...] = ()

    def holds(self, n: Number) -> bool:
        """Whether a number is the year, month, day or rest of one of them, by its unit."""
        parts = {
            "年": {d.year for d in self.days}, "月": {d.month for d in self.days}, "月份": {d.month for d in self.days},
            "日": {d.day for d in self.days}, "号": {d.day for d in self.days}, "天": set(self.left),
        }  # fmt: skip
        return n.value in parts.get(n.unit, {x for d in self.days for x in (d.year, d.month, d.day)} if not n.unit else set())


def calculated_in(calculations: Iterable[CalculationResult]) -> frozenset[Decimal]:
    """Every number of the calculations: names, amounts, bounds, working, inputs."""
    texts: list[str] = []
    for c in calculations:
        texts += [c.name, *(s.text for s in c.steps), *(s.value for s in c.steps), *(str(v) for v in c.inputs.values())]
        texts += [v for v in (c.amount, c.low, c.high) if v]
    return frozenset[Decimal]().union(*map(values_in, texts))


def unsupported(claim: Claim, known: Known, calendar: Calendar) -> list[Number]:
    """Figures of a claim that neither its clauses, nor a calculation, nor the user's words hold."""
    stated = [n for q in claim.quotes for n in numbers_in(q)]
    labels = frozenset[Decimal]().union(
        *(values_in(f"{s.measure.label}　{s.document.title}　{s.document.doc_no or ''}") for s in claim.sources)
    )
    said = numbers_in(known.said)
    hotlines = frozenset[Decimal]().union(*map(values_in, known.constants))
    wrong = []
    for n in numbers_in(claim.text):
        if n.value in known.calculated or _counts_nothing(n, claim.text) or any(same(n, s) for s in stated):
            continue
        if calendar.holds(n) or (not n.unit and n.value in hotlines) or (n.value in labels and _names_a_place(n)):
            continue
        if any(same(n, s) for s in said) and (class_of(n) not in _POLICY_CLASSES or _OF_THE_USER.search(claim.text)):
            continue
        wrong.append(n)
    return wrong


def holders(n: Number, quotes: Sequence[tuple[str, str]]) -> str:
    """The tokens of quotes that hold a figure: 「[M2][M5]」, at most two."""
    return "".join([f"[M{i}]" for i, (_, q) in enumerate(quotes, 1) if any(same(n, m) for m in numbers_in(q))][:2])


def _names_a_place(n: Number) -> bool:
    """Whether a number can be that of an article, a document or its year."""
    return n.unit in ("条", "号", "") or (n.unit == "年" and n.value > FIRST_YEAR)


def _counts_nothing(n: Number, text: str) -> bool:
    """「每招1人」「一」: a one that is no figure."""
    return n.value <= 1 and (
        not n.unit or (class_of(n) in ("people", "items", "times") and "每" in text[max(0, n.start - 4) : n.start])
    )


def bare_maximum(claim: Claim, calculated: frozenset[Decimal]) -> list[str]:
    """Figures that the clause gives as a maximum and the claim as a plain sum; calculated sums are code's own words."""
    if _MOST.search(claim.text):
        return []
    wrong = []
    for n in numbers_in(claim.text):
        if class_of(n) not in ("money", "percent") or n.value in calculated:
            continue
        places = [(q, m) for q in claim.quotes for m in numbers_in(q) if same(n, m)]
        if places and all(_CAP.search(q[: m.start]) for q, m in places):
            wrong.append(n.raw)
    return wrong


def class_of(n: Number) -> str:
    """What kind of thing a number counts, by its unit."""
    return _CLASSES.get(n.unit, n.unit)


def same(a: Number, b: Number) -> bool:
    """Equal in value and kind of unit; years and months are converted."""
    for x, y in ((a, b), (b, a)):
        if class_of(x) == "years" and class_of(y) == "months" and x.value * 12 == y.value:
            return True
    if a.value != b.value:
        return False
    return not a.unit or not b.unit or class_of(a) == class_of(b)
