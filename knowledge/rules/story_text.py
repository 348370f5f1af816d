"""A stretch of text prepared for reading: days and quantities found, masked, and what a quantity can be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.numerals import normalise_width
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import MARKS, MOST, STOP, Lexicon, day_mark, quantity_mark
from knowledge.rules.story_dates import Day, days_in
from knowledge.rules.story_numbers import Quantity, quantities_in
from knowledge.rules.story_quoted import is_bare_figure, is_said_of_the_policy, of_another_year
from knowledge.rules.units import convert, convertible

COUNTED_UNITS = ("", "个", "人", "张", "次", "家", "名")
HIRING = re.compile(r"招|录用|雇|聘|吸纳|新来|新进|新添|新收|新增了?(?=[\d一二两三四五六七八九十仨俩])")
_NOT = re.compile(r"(?:不是|并不是|可不是|不止|没有|哪有)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One statement about one fact. ``negated``: the words deny this value (「不是6个」)."""

    value: FactValue
    start: int
    end: int
    negated: bool = False
    adds: bool = False  # 「又招了2个」


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its quantities and days found, and its masked form with the place of each masked character."""

    text: str
    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    masked: str
    places: tuple[int, ...]
    sums: frozenset[int] = frozenset()  # quantities without a unit that are sums of the clauses: they count nobody


@dataclass(frozen=True, slots=True)
class Readings:
    """All statements of a text, and the quantities that no fact claims."""

    found: tuple[Reading, ...]
    unclaimed: tuple[Quantity, ...]
    vague: tuple[tuple[str, str], ...] = ()  # (fact, words) that name a category by an unclear quantity
    quantities: tuple[Quantity, ...] = ()  # all of them, claimed or not
    text: str = ""  # what the places of the quantities count in

    def denied(self, q: Quantity) -> bool:
        """「是5个不是3个」: whether the words before a number say that it is not so."""
        return bool(_NOT.search(self.text[: q.start]))


def prepare(text: str, as_of: date, lexicon: Lexicon) -> tuple[Text, tuple[re.Match[str], ...]]:
    """Find days, nouns and quantities; a quantity inside a noun (「离校2年内…」) is part of the noun."""
    text = re.sub(r"[ \t\u3000*]+", "", normalise_width(MARKS.sub("", text)))
    nouns = tuple(lexicon.nouns.finditer(text))
    inside = [m.span() for m in nouns]
    days = tuple(d for d in days_in(text, as_of) if not any(a <= d.start and d.end <= b for a, b in inside))[:MOST]
    quantities = tuple(
        q for q in quantities_in(text, tuple((d.start, d.end) for d in days))
        if not any(a <= q.start and q.end <= b for a, b in inside) and not is_said_of_the_policy(text, q) and not of_another_year(text, q, as_of.year - 1)
    )[:MOST]  # fmt: skip
    masked, places, at = [], [], 0
    marks = sorted(
        [(q.start, q.end, quantity_mark(q.unit, i)) for i, q in enumerate(quantities)]
        + [(d.start, d.end, day_mark(i)) for i, d in enumerate(days)]
    )
    for start, end, mark in marks:
        masked.append(text[at:start] + mark)
        places += [*range(at, start), start]
        at = end
    masked.append(text[at:])
    places += range(at, len(text) + 1)
    sums = frozenset(i for i, q in enumerate(quantities) if is_bare_figure(q, lexicon.sums))
    return Text(text, quantities, days, "".join(masked), tuple(places), sums), nouns


_INTEREST = 30  # per cent: facts that go no higher are rates of interest


_NO_COUNT = 50  # a bare number from here on counts nobody's certificates


def is_sum_of(spec: FactSpec, q: Quantity) -> bool:
    """Whether a bare number beside a thing is the sum put forward for it (「那初级是500？」), and no count."""
    return spec.type == "count" and spec.about == "certificate" and q.unit == "" and q.value >= _NO_COUNT


def fits(spec: FactSpec, q: Quantity) -> bool:
    """Whether a quantity can be a value of a fact, by its unit."""
    if spec.type == "money":
        return q.unit in ("元", "万元") or (q.unit == "" and q.value >= 100) or (q.unit == "元/人" and "/人" in spec.unit)
    if spec.type in ("months", "years"):
        return q.unit in ("年", "个月", "季度")
    if spec.type == "percent":
        bare = q.unit == "" and spec.span[1] <= _INTEREST  # 「年利率五点五」; a share of people is said with its unit
        return q.unit in ("%", "成") or bare
    if spec.type in ("days", "age"):
        return q.unit in (("天", "日", "周") if spec.type == "days" else ("岁",))
    if spec.unit in ("学时", "次", "平方米"):
        return q.unit in {"学时": ("学时", "小时"), "次": ("次",), "平方米": ("平方米", "亩")}[spec.unit]
    large = q.unit == "" and "万" in q.raw  # 「40万职工教育经费」 counts no staff
    return spec.type == "count" and q.unit in COUNTED_UNITS and not large and convertible(q.unit, spec.unit)


def rate_of(text: str, q: Quantity) -> frozenset[str]:
    """What a sum of money is said per: {'person', 'month'} for 「每人每月1100块」, empty for a plain sum."""
    before = text[max(clause_start(text, q.start), q.start - 24) : q.start]
    per = set()
    if re.search(r"每人|人均|每个人|每位|一人|一个人(?!月)", before):
        per.add("person")
    if re.search(r"每个?月|月均|一个月|[每一]人一月|按月", before):
        per.add("month")
    return frozenset(per)


def rate_fits(spec: FactSpec, text: str, q: Quantity) -> bool:
    """A sum said per person or per month is no total, and a total is no rate."""
    if spec.type != "money":
        return True
    said, own = rate_of(text, q), {"person": "/人" in spec.unit, "month": "/月" in spec.unit}
    wanted = frozenset(k for k, v in own.items() if v)
    return said == wanted or (not said and wanted == {"month"}) or (said <= wanted and len(wanted) == 1)


def fact_value(spec: FactSpec, q: Quantity) -> FactValue:
    """A quantity as a value of a fact, in the fact's unit, with bounds when vague."""
    unit, factor = ("%", Decimal(10)) if q.unit == "成" else (q.unit if q.unit != "个" else "", Decimal(1))
    unit = "" if spec.type == "count" else unit
    value, low, high = (convert(x * factor, unit, spec.unit) if x.is_finite() else x for x in (q.value, q.low, q.high))
    return FactValue(spec.id, value, q.raw) if q.exact else FactValue(spec.id, value, q.raw, low, high)


_ADDS = re.compile(r"又|再(?!翻|看|数|算|问|查|核|说|次|加上)|另外|额外|还(?:招|有|来)|加上")


def reading_of(spec: FactSpec, text: Text, q: Quantity) -> Reading:
    """What a quantity says about a fact: negated (「不是6个」) or added to what was said before (「又招了2个」)."""
    before = text.text[max(0, q.start - 3) : q.start]
    clause = text.text[clause_start(text.text, q.start) : q.start]
    adds = spec.type == "count" and bool(_ADDS.search(clause))
    return Reading(fact_value(spec, q), q.start, q.end, bool(_NOT.search(before)), adds)


def clause_start(text: str, at: int, stops: str = STOP) -> int:
    """Where the clause that holds a place begins."""
    return max((text.rfind(c, 0, at) for c in stops), default=-1) + 1


def clause_end(text: str, at: int, stops: str = STOP) -> int:
    """Where the clause that holds a place ends."""
    ends = [e for c in stops if (e := text.find(c, at)) >= 0]
    return min(ends, default=len(text))


def before_in_clause(text: str, at: int, stops: str = STOP) -> str:
    """The part of the clause before a place."""
    return text[clause_start(text, at, stops) : at]


def hires_people(text: str, at: int) -> bool:
    """Whether the clause speaks of people hired, not of the asker."""
    return bool(HIRING.search(text[clause_start(text, at) : clause_end(text, at)]))
