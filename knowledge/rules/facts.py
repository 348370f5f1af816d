"""Facts: what a citizen or an employer says about themselves, typed, with a unit.

``FactSpec`` is one entry of ``knowledge/data/lexicon/facts.yaml``; ``FactValue`` is what somebody said.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from knowledge.errors import FactError
from knowledge.rules.intervals import compile_expression
from knowledge.rules.story_numbers import Quantity, quantities_in
from knowledge.rules.units import convert, convertible


def _decimal(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else value


Figure = Annotated[Decimal, BeforeValidator(_decimal)]
FactType = Literal["count", "money", "percent", "months", "days", "years", "age", "date", "bool", "choice"]
Value = Decimal | bool | date | frozenset[str]

_PATTERN_WORDS = re.compile("[\u4e00-\u9fff]{2,}")


class Strict(BaseModel):
    """A data model that refuses unknown keys and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(Strict):
    """One answer of a choice fact. A word may stand under several choices (「小微」→ micro and small)."""

    name: str
    words: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()  # broader choices that it replaces when both are named


class Qualified(Strict):
    """A category named by a quantity or a day: 「失业N的」 with at least half a year, 「D毕业」 in the year of as_of.

    When it does not fit, the people belong to another category (``otherwise``).
    """

    pattern: str
    at_least: str | None = None
    at_most: str | None = None
    unit: str = "个月"
    this_year: bool = False  # the day lies in the year of as_of
    otherwise: str | None = None  # the count to which people belong when the quantity does not fit
    beyond: str | None = None  # from this quantity on they belong to ``beyond_to`` instead
    beyond_to: str | None = None


class FactSpec(Strict):
    """A fact: what it is, in which unit, between which bounds, how it is asked and how people say it."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")
    name: str
    type: FactType
    unit: str = ""
    min: Figure | None = None
    max: Figure | None = None
    ask: str
    example: str
    about: str = ""
    choices: dict[str, Choice] = {}
    words: dict[bool, tuple[str, ...]] = {}
    patterns: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()  # words for the things counted: 「应届生」 in 「6个应届生」
    beside: tuple[str, ...] = ()  # its nouns count only in a message that says one of these (「师傅」 insured against accidents)
    zero: tuple[str, ...] = ()  # words that mean the number 0: 「没裁员」
    means: dict[str, str] = {}  # words that mean a quantity: 「无固定期限」: 50年
    holders: str | None = None  # the fact for how many people the counted things belong to
    holder_words: tuple[str, ...] = ()  # words that say they belong to several people
    modifiers: tuple[str, ...] = ()  # words before a broader noun that narrow it to this category: 「新毕业的」本科生
    derive: str | None = None  # formula over other facts
    part_of: str | None = None  # a category of another count
    sum_of: tuple[str, ...] = ()  # when not stated itself: the sum of those of these that are stated
    first_of: tuple[str, ...] = ()  # when not stated itself: the first of these that is stated
    clause: tuple[str, ...] = ()  # words by which a clause speaks of this fact
    implies: dict[str, str | bool] = {}  # what else is known once this is said (true, or a count above 0)
    exclusive: bool = True  # for choice: one answer at a time
    qualified: tuple[Qualified, ...] = ()
    strong: bool = False  # its patterns outrank nouns: 「裁了3个老员工」 are three laid off
    bare: bool = False  # for counts: a noun without a number means one (「考了中级证」)
    ask_whole: bool = False  # derived, but people know it as one number: asked for itself unless a part is known
    open: bool = False  # a parameter that the documents leave open (minimum wage …): asked for, never assumed
    remains_of: str | None = None  # what is left of people after those of another count: said instead of taking them off
    repeats: bool = False  # people for whom something was had that a benefit excludes (「不重复享受」)
    varies: bool = False  # may differ among the people hired (「其中3个只签了半年」)
    context: bool = False  # understood in a story although no benefit asks for it

    @property
    def said(self) -> frozenset[str]:
        """The words by which people tell this fact, those of its patterns without their numbers."""
        listed = (
            *self.nouns,
            *(w for ws in self.words.values() for w in ws),
            *(w for c in self.choices.values() for w in c.words),
        )
        return frozenset(listed) | {w for p in self.patterns for w in _PATTERN_WORDS.findall(p)}

    @property
    def numeric(self) -> bool:
        """Whether values are numbers."""
        return self.type not in ("date", "bool", "choice")

    @property
    def span(self) -> tuple[Decimal, Decimal]:
        """Least and greatest value allowed (infinite when the file gives none)."""
        return (self.min if self.min is not None else Decimal(0), self.max if self.max is not None else Decimal("Infinity"))

    @property
    def derived_from(self) -> tuple[str, ...]:
        """The facts in its formula, by name; none when it is not derived. :raises ValueError: the formula is malformed."""
        return tuple(sorted(compile_expression(self.derive).names)) if self.derive else ()


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of some of the people only: 「其中3个只签了半年」. ``count`` None: of the rest.

    ``of``: the category to which these people belong, when the words name one. ``nested``: they are some of those
    just spoken of (「这14个里」).
    """

    count: Decimal | None
    value: Value
    low: Decimal | None = None
    high: Decimal | None = None
    of: str | None = None
    nested: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class FactValue:
    """What was said about one fact.

    ``value``: number in the fact's unit, bool, day, or the set of choices that the words leave possible.
    ``low``/``high``: bounds of an approximate number (「十来个」) or of a vague day (「去年六月」).
    ``parts``: given when it differs among the people; then ``low``/``high`` span them all.
    """

    fact: str
    value: Value
    raw: str = ""
    low: Decimal | date | None = None
    high: Decimal | date | None = None
    parts: tuple[Part, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether one value is meant."""
        if self.parts:
            return False
        if isinstance(self.value, frozenset):
            return len(self.value) == 1
        return self.low is None and self.high is None


Facts = Mapping[str, FactValue]


def as_number(value: Decimal | date | None) -> Decimal | None:
    """A bound when it is a number."""
    return value if isinstance(value, Decimal) else None


_DATE = re.compile(r"^(\d{4})[-/.年](?:(\d{1,2})(?:[-/.月](?:(\d{1,2})日?)?)?)?$")
_BARE = re.compile(r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$")


EARLIEST_YEAR = 1900  # no day before it belongs to anybody's story


def day_range(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """First and last day of a year, a month or a day. :raises ValueError: no such day."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def date_value(fact: str, first: date, last: date, raw: str) -> FactValue:
    """A day, or a vague day when ``first`` and ``last`` differ."""
    return FactValue(fact, last, raw) if first == last else FactValue(fact, last, raw, first, last)


def describe(spec: FactSpec) -> str:
    """Unit, range and an example of a fact, for messages."""
    parts = [f"单位：{spec.unit}" if spec.unit else ""]
    if spec.numeric:
        low, high = spec.span
        parts.append(f"范围：{low:f} 到 {high:f}" if high.is_finite() else f"范围：不小于 {low:f}")
    if spec.choices:
        parts.append("可选：" + "、".join(f"{key}（{c.name}）" for key, c in spec.choices.items()))
    return "；".join(p for p in [*parts, f"例如：{spec.example}"] if p)


def _wrong(spec: FactSpec, raw: str, why: str) -> FactError:
    return FactError(f"「{spec.name}」（{spec.id}）的值「{raw}」{why}。{describe(spec)}。")


def unknown_fact(name: str, known: Mapping[str, FactSpec]) -> FactError:
    """The error for a fact that no benefit knows, naming near matches."""
    titles = {s.name: s.id for s in known.values()}
    near = get_close_matches(name, [*known, *titles], n=3, cutoff=0.4)
    hint = "、".join(f"{titles.get(n, n)}（{known[titles.get(n, n)].name}）" for n in near)
    return FactError(
        f"没有「{name}」这项情况。{'您是否要用：' + hint + '？' if hint else ''}用 advisor benefits 可看每项待遇要问哪些情况。"
    )


def parse_fact(spec: FactSpec, raw: str | bool | int | Decimal | date, as_of: date) -> FactValue:
    """Read one value typed by a person or a program.

    :raises FactError: wrong type, unit or range; names the fact, its unit, its range and an example.
    """
    text = str(raw).strip()
    if not text:
        raise _wrong(spec, text, "是空的")
    if spec.type == "bool":
        return _parse_bool(spec, text)
    if spec.type == "choice":
        return _parse_choice(spec, text)
    if spec.type == "date":
        return _parse_date(spec, text, as_of)
    return _parse_number(spec, text)


def _parse_bool(spec: FactSpec, text: str) -> FactValue:
    yes = {"true", "yes", "y", "1", "是", "是的", "有", "对", "符合", *spec.words.get(True, ())}
    no = {"false", "no", "n", "0", "否", "不是", "没有", "无", "不符合", *spec.words.get(False, ())}
    if text.lower() not in yes | no:
        raise _wrong(spec, text, "看不出是“是”还是“否”")
    return FactValue(spec.id, text.lower() in yes, text)


def _parse_choice(spec: FactSpec, text: str) -> FactValue:
    if text in spec.choices:
        return FactValue(spec.id, frozenset({text}), text)
    exact = {key for key, c in spec.choices.items() if text == c.name}
    found = exact or {key for key, c in spec.choices.items() if text in c.words or any(w in text for w in (c.name, *c.words))}
    if not found:
        raise _wrong(spec, text, "不在可选范围内")
    return FactValue(spec.id, frozenset(found), text)


def _parse_date(spec: FactSpec, text: str, as_of: date) -> FactValue:
    match = _DATE.match(text)
    try:
        if match:
            year, month, day = (int(g) if g else None for g in match.groups())
            assert year is not None
            first, last = day_range(year, month, day)
            if first.year < EARLIEST_YEAR or last.year > as_of.year + 100:
                raise _wrong(spec, text, "不像是真实的日期")
            return date_value(spec.id, first, last, text)
    except ValueError:
        raise _wrong(spec, text, "不是一个存在的日期") from None
    raise _wrong(spec, text, "不是日期")


def _parse_number(spec: FactSpec, text: str) -> FactValue:
    if _BARE.match(text):
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise _wrong(spec, text, "不是数") from None
        return FactValue(spec.id, checked(spec, value, text), text)
    found = quantities_in(text.lstrip("-−负"))
    if len(found) != 1:
        raise _wrong(spec, text, "不是一个数")
    return _quantity_value(spec, found[0], text)


def _quantity_value(spec: FactSpec, q: Quantity, text: str) -> FactValue:
    """A quantity of a text in the fact's unit, with its bounds when the words are vague."""
    if not convertible(q.unit, spec.unit):
        raise _wrong(spec, text, f"单位不对（写的是「{q.unit}」）")
    sign = -1 if text[0] in "-−负" else 1
    value, low, high = (convert(x, q.unit, spec.unit) * sign if x.is_finite() else x for x in (q.value, q.low, q.high))
    if q.exact:
        return FactValue(spec.id, checked(spec, value, text), text)
    return FactValue(spec.id, checked(spec, value, text), text, low, high)


def checked(spec: FactSpec, value: Decimal, raw: str) -> Decimal:
    """``value`` when it lies within the fact's bounds. :raises FactError: it does not."""
    low, high = spec.span
    if not value.is_finite() or value < low or value > high:
        raise _wrong(spec, raw, "超出范围" if value >= 0 else "不能是负数" if low >= 0 else "超出范围")
    if spec.type == "count" and value != value.to_integral_value():
        raise _wrong(spec, raw, "应当是整数")
    return value
