"""What one stretch of text says about facts: each reading with its place. Assembling them is ``story``'s work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledge.numerals import normalise_width
from knowledge.rules.facts import FactSpec, FactValue, Value, date_value
from knowledge.rules.lexicon import STOP, Lexicon, Pattern, Word, day_mark, mark_index, quantity_mark
from knowledge.rules.situation import months_between
from knowledge.rules.story_dates import Day, days_in
from knowledge.rules.story_numbers import Quantity, quantities_in
from knowledge.rules.units import convert, convertible, quantity

_COUNTED_UNITS = ("", "个", "人", "张", "次", "家", "名")
_EACH = re.compile(r"各(?:考|拿|招|有|来|是|取得)?了?$")
_HE = re.compile(r"(?:那)?(?:他|她|这人|那人|这个人|那个人|小伙|大姐|人家)")
_ALL_OF = re.compile(r"(?:都|全|均|也)(?:已经)?[^，,。；;]{0,6}$")
_UNIT_PRICE = re.compile(r"每|补|给\d|奖|发\d|领\d")
_LINK = re.compile(r"^(?:有|招了|招|共|一共|总共|是|录了|录用|来了|就|大概|差不多|也|又|还|的|：|:|数)*$")
_ALL = re.compile(r"(?:都是|全是|全都是|全部是|全部都是|均为|都|全)(?:些)?$")
HIRING = re.compile(r"招|录用|雇|聘|吸纳|新来|新进")
_OBTAIN = re.compile(r"考|拿|取得|下来|发|过了|评|有|办|得")
_GOT = re.compile(r"考|拿|取得|下来|发|过了|评|得了|刚")
_INTENT = re.compile(r"没|想|打算|准备|要考|备考|报名|报考|不够|还差|去考|学")
_NEGATION = re.compile(r"(?:没有?|不|未|无|并非|不是|没能|从没|还没|不算|非)(?:在|被|是|有|给|再|能|属于|符合)?$")
_ASKING_BEFORE = re.compile(
    r"(?:要不要|是不是|需不需要|用不用|是否|有没有|必须|必需|需要|是不是得|得先|除非|只有)(?:是|得|给|要)?$"
)
_ASKING_AFTER = re.compile(
    r"^(?:吗|么|没有[，,？?。！]|没有$|没[，,？?]|没$|不[，,？?]|不$|才|的话|算不算|是什么|怎么|有什么|是多少|标准)"
)
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


@dataclass(frozen=True, slots=True)
class Readings:
    """All statements of a text, and the quantities that no fact claims."""

    found: tuple[Reading, ...]
    unclaimed: tuple[Quantity, ...]
    vague: tuple[tuple[str, str], ...] = ()  # (fact, words) that name a category by an unclear quantity


def prepare(text: str, as_of: date, lexicon: Lexicon) -> tuple[Text, tuple[re.Match[str], ...]]:
    """Find days, nouns and quantities; a quantity inside a noun (「离校2年内…」) is part of the noun."""
    text = re.sub(r"[ \t\u3000*]+", "", normalise_width(text))
    nouns = tuple(lexicon.nouns.finditer(text))
    inside = [m.span() for m in nouns]
    days = tuple(d for d in days_in(text, as_of) if not any(a <= d.start and d.end <= b for a, b in inside))
    quantities = tuple(
        q for q in quantities_in(text, tuple((d.start, d.end) for d in days))
        if not any(a <= q.start and q.end <= b for a, b in inside)
    )  # fmt: skip
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
    return Text(text, quantities, days, "".join(masked), tuple(places)), nouns


def read(text: str, as_of: date, lexicon: Lexicon) -> Readings:
    """Every statement in one stretch of text."""
    prepared, nouns = prepare(text, as_of, lexicon)
    claims: dict[int, Reading] = {}
    used: list[tuple[int, int]] = []
    vague = _qualified(prepared, lexicon, claims, used)
    strong = {i for i, p in _best_patterns(prepared, lexicon).items() if p.fact.strong}
    found = list(_nouns(prepared, nouns, lexicon, claims, used, strong))
    for i, pattern in _best_patterns(prepared, lexicon).items():
        if i not in claims:
            claims[i] = _reading(pattern.fact, prepared, prepared.quantities[i])
            found += [_reading(spec, prepared, prepared.quantities[i]) for spec in pattern.shared]
    found += [claims[i] for i in sorted(claims) if not _unit_price(prepared, prepared.quantities[i])]
    found += _days(prepared, lexicon, as_of)
    found += _words(prepared.text, lexicon, used)
    unclaimed = tuple(q for i, q in enumerate(prepared.quantities) if i not in claims)
    return Readings(tuple(sorted(found, key=lambda r: r.start)), unclaimed, tuple(vague))


def _unit_price(text: Text, q: Quantity) -> bool:
    """Whether 「一个」 is the unit of a rate somebody quotes (「招一个补1000」), not a count."""
    if q.value != 1 or q.unit not in ("个", "人"):
        return False
    clause = text.text[_clause_start(text.text, q.start) : _clause_end(text.text, q.start)]
    return text.text[max(0, q.start - 3) : q.start].find("每") >= 0 or (
        bool(_UNIT_PRICE.search(clause)) and bool(re.search(r"[\d百千]", clause))
    )


def fits(spec: FactSpec, q: Quantity) -> bool:
    """Whether a quantity can be a value of a fact, by its unit."""
    if spec.type == "money":
        return q.unit in ("元", "万元") or (q.unit == "" and q.value >= 10)
    if spec.type in ("months", "years"):
        return q.unit in ("年", "个月", "季度")
    if spec.type == "percent":
        return q.unit in ("%", "成")
    if spec.type in ("days", "age"):
        return q.unit in (("天", "日", "周") if spec.type == "days" else ("岁",))
    if spec.unit == "学时":
        return q.unit in ("学时", "小时")
    return spec.type == "count" and q.unit in _COUNTED_UNITS and convertible(q.unit, spec.unit)


_PER_MONTH = re.compile(r"(?:一|1|每)个?月(?:交|缴|要交|要缴|得交|是|大概|差不多)?[\d一二两三四五六七八九十百千]")


def rate_of(text: str, q: Quantity) -> frozenset[str]:
    """What a sum of money is said per: {'person', 'month'} for 「每人每月1100块」, empty for a plain sum."""
    before = text[max(_clause_start(text, q.start), q.start - 12) : q.start]
    per = set()
    if re.search(r"每人|人均|每个人|每位|一人|一个人(?!月)", before):
        per.add("person")
    if re.search(r"每个?月|月均|一个月|每人一月|按月", before):
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


def _reading(spec: FactSpec, text: Text, q: Quantity) -> Reading:
    before = text.text[max(0, q.start - 3) : q.start]
    clause = text.text[_clause_start(text.text, q.start) : q.start]
    adds = spec.type == "count" and bool(re.search(r"又|再|另外|额外|还(?:招|有|来)|加上", clause))
    return Reading(fact_value(spec, q), q.start, q.end, bool(_NOT.search(before)), adds)


def _clause_start(text: str, at: int) -> int:
    return max((text.rfind(c, 0, at) for c in STOP), default=-1) + 1


def _clause_end(text: str, at: int) -> int:
    ends = [e for c in STOP if (e := text.find(c, at)) >= 0]
    return min(ends, default=len(text))


def _qualified(text: Text, lexicon: Lexicon, claims: dict[int, Reading], used: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """「2个失业八个月的」: the inner quantity decides to which category the counted people belong."""
    vague: list[tuple[str, str]] = []
    for pattern in lexicon.qualified:
        for m in pattern.find(text.masked):
            inner = mark_index(m.group(1))
            q = text.quantities[inner]
            qualified = pattern.qualified
            assert qualified is not None
            if inner in claims or not convertible(q.unit, qualified.unit):
                continue
            outer = _counted_around(text, inner, m, claims)
            if outer is None:
                one = not any(q.unit in ("个", "人", "名") for q in text.quantities) and _HE.match(text.text)
                if (one and _fitting(qualified.at_least, qualified.at_most, q, qualified.unit)) or (
                    _ALL_OF.search(text.masked[: m.start(1)])
                    and _fitting(qualified.at_least, qualified.at_most, q, qualified.unit)
                ):
                    claims[inner] = Reading(FactValue(pattern.fact.id, frozenset({"all"}), q.raw), q.start, q.end)
                continue
            fact = _fitting(qualified.at_least, qualified.at_most, q, qualified.unit)
            target = pattern.fact if fact else lexicon_other(lexicon, qualified.otherwise)
            if fact is None:
                vague.append((pattern.fact.id, text.text[text.quantities[outer].start : text.places[m.end()]]))
                claims[outer] = claims[inner] = Reading(FactValue("", Decimal(0)), q.start, q.end, True)
            elif target is not None:
                claims[outer] = _reading(target, text, text.quantities[outer])
                claims[inner] = Reading(FactValue("", Decimal(0)), q.start, q.end, True)
            used.append(
                (min(text.quantities[outer].start, text.places[m.start()]), max(text.quantities[outer].end, text.places[m.end()]))
            )
    return vague


def _counted_around(text: Text, inner: int, m: re.Match[str], claims: dict[int, Reading]) -> int | None:
    """The quantity of people that a qualification speaks of: just before it, or after it with its noun."""
    before, after = inner - 1, inner + 1
    while before >= 0 and text.quantities[before].unit == "岁":  # 「1个50岁、登记失业七个月的」
        before -= 1
    found = text.quantities
    free = [i for i in (before, after) if 0 <= i < len(found) and i not in claims and found[i].unit in _COUNTED_UNITS]
    if before in free and _near(text, found[before].end, text.places[m.start()]):
        return before
    if after in free and _near(text, text.places[m.end()], found[after].start):
        return after
    return _only_one(text, inner, claims)


def _only_one(text: Text, inner: int, claims: dict[int, Reading]) -> int | None:
    """「招了个26岁的小伙，初中毕业，登记失业三个月」「十二个大姐，登记失业都八个月了」: the only people there are."""
    people = [i for i in range(inner) if text.quantities[i].unit in ("个", "人", "名") and i not in claims]
    others = [q for q in text.quantities if q.unit in ("个", "人", "名") and q.start > text.quantities[inner].end]
    if len(people) == 1 and not others:
        distance = text.quantities[inner].start - text.quantities[people[0]].end
        hired = HIRING.search(text.text[max(0, text.quantities[people[0]].start - 6) : text.quantities[people[0]].start])
        return (
            people[0] if distance <= 24 and (hired or HIRING.search(text.text) or text.quantities[people[0]].value > 1) else None
        )
    return None


def lexicon_other(lexicon: Lexicon, fact: str | None) -> FactSpec | None:
    """The spec of the category that takes the rest."""
    return next((s for s in lexicon.noun_facts.values() if s.id == fact), None)


def _fitting(at_least: str | None, at_most: str | None, q: Quantity, unit: str) -> bool | None:
    """Whether a quantity lies within bounds; None when its words leave it open."""
    low, high = (convert(x, q.unit, unit) if x.is_finite() else x for x in (q.low, q.high))
    if at_least is not None:
        edge = quantity(at_least, unit)
        return True if low >= edge else False if high < edge else None
    edge = quantity(at_most or "0", unit)
    return True if high <= edge else False if low > edge else None


def _near(text: Text, end: int, start: int) -> bool:
    between = re.sub(r"[\d一二三四五六七八九十]+岁(?:的)?[、，,]?", "", text.text[max(end, 0) : start])
    return end <= start and len(between) <= 8 and not any(c in STOP for c in between)


def _nouns(
    text: Text,
    nouns: tuple[re.Match[str], ...],
    lexicon: Lexicon,
    claims: dict[int, Reading],
    used: list[tuple[int, int]],
    strong: set[int],
) -> Iterator[Reading]:
    """Counts by what is counted: 「6个应届生」「应届生6个」「应届生和失业青年各3个」「都是应届生」「考了中级证」."""
    bare = [m for m in nouns if lexicon.noun_facts[m.group(0)].bare]
    got = any(_GOT.search(_before_in_clause(text.text, m.start())) for m in bare)
    several = len({lexicon.noun_facts[m.group(0)].id for m in bare}) > 1
    for m in nouns:
        spec = lexicon.noun_facts[m.group(0)]
        if any(a <= m.start() and m.end() <= b for a, b in used):
            continue
        i = _counting(text, m, claims, strong)
        if spec.bare and not _obtained(text.text, m, got):
            continue
        if i is not None:
            used.append((min(text.quantities[i].start, m.start()), m.end()))
            if not _each(text, i):
                claims[i] = _reading(spec, text, text.quantities[i])
            else:
                yield _reading(spec, text, text.quantities[i])
        elif spec.bare and _stated_bare(text.text, m, got, several):
            used.append(m.span())
            yield Reading(FactValue(spec.id, Decimal(1), m.group(0)), m.start(), m.end())
        elif _ALL.search(text.text[_clause_start(text.text, m.start()) : m.start()]) and spec.part_of:
            used.append(m.span())
            yield Reading(FactValue(spec.id, frozenset({"all"}), m.group(0)), m.start(), m.end())


def _each(text: Text, i: int) -> bool:
    return bool(_EACH.search(text.text[: text.quantities[i].start]))


def _counting(text: Text, noun: re.Match[str], claims: dict[int, Reading], strong: set[int]) -> int | None:
    """The quantity that counts a noun: just before it, or just after it."""
    before = [i for i, q in enumerate(text.quantities) if q.end <= noun.start() and q.unit in _COUNTED_UNITS]
    if before:
        q = text.quantities[before[-1]]
        between = text.text[q.end : noun.start()]
        others = [x for x in text.quantities if q.end <= x.start < noun.start() and x.unit != "岁"]
        free = before[-1] not in claims and before[-1] not in strong
        if (
            free
            and len(between) <= 10
            and not others
            and not any(c in STOP for c in between)
            and not re.search(r"招|和|跟|裁|各", between)
        ):
            return before[-1]
    for i, q in enumerate(text.quantities):
        if q.start >= noun.end() and q.unit in _COUNTED_UNITS and i not in claims and i not in strong:
            between = text.text[noun.end() : q.start]
            if _LINK.match(between) and len(between) <= 4:
                return i
            chained = text.text[noun.end() : q.start]
            if _EACH.search(chained) and len(chained) <= 16 and "，" not in chained:
                return i
            break
    return None


def _before_in_clause(text: str, at: int) -> str:
    return text[_clause_start(text, at) : at]


def _obtained(text: str, noun: re.Match[str], got: bool) -> bool:
    """Whether a certificate is one obtained: not one wanted, nor an old one beside a new one."""
    before = _before_in_clause(text, noun.start())
    clause = before + text[noun.end() : _clause_end(text, noun.end())]
    return not _INTENT.search(before) and (bool(_GOT.search(clause)) or not got or "有" not in before)


def _stated_bare(text: str, noun: re.Match[str], got: bool, several: bool) -> bool:
    """Whether a noun without a number says that there is one: obtained, not planned, not an old one beside a new one."""
    before = _before_in_clause(text, noun.start())
    clause = before + text[noun.end() : _clause_end(text, noun.end())]
    return not ("分别" in clause or (several and not _OBTAIN.search(clause))) and (bool(_GOT.search(clause)) or not got)


def _best_patterns(text: Text, lexicon: Lexicon) -> dict[int, Pattern]:
    best: dict[int, Pattern] = {}
    for pattern in lexicon.numbers:
        for m in pattern.find(text.masked):
            i = mark_index(m.group(1))
            q = text.quantities[i]
            if pattern.fact.type in ("months", "years") and _PER_MONTH.match(text.text[q.start :]):
                continue  # 「一个月40万」 is a rate, not a duration
            if (
                not fits(pattern.fact, q)
                or not rate_fits(pattern.fact, text.text, q)
                or (pattern.fact.about == "person" and _hires_people(text.text, q.start))
            ):
                continue
            if i not in best or pattern.weight > best[i].weight:
                best[i] = pattern
    return best


def _days(text: Text, lexicon: Lexicon, as_of: date) -> Iterator[Reading]:
    best: dict[int, Pattern] = {}
    for pattern in lexicon.days:
        for m in pattern.find(text.masked):
            i = mark_index(m.group(1))
            if (i not in best or pattern.weight > best[i].weight) and not _hires_graduated(pattern.fact, text.text, text.days[i]):
                best[i] = pattern
    for i, pattern in best.items():
        day = text.days[i]
        value = (
            date_value(pattern.fact.id, day.first, day.last, day.raw)
            if pattern.fact.type == "date"
            else since(pattern.fact, day, as_of)
        )
        yield Reading(value, day.start, day.end)


def since(spec: FactSpec, day: Day, as_of: date) -> FactValue:
    """A span of months said by its beginning: 「失业保险从2021年3月开始交」."""
    low, high = (convert(months_between(d, as_of), "个月", spec.unit) for d in (day.last, day.first))
    return FactValue(spec.id, low, day.raw) if low == high else FactValue(spec.id, low, day.raw, low, high)


def _hires_graduated(spec: FactSpec, text: str, day: Day) -> bool:
    return spec.about == "person" and _hires_people(text, day.start)


def _hires_people(text: str, at: int) -> bool:
    """Whether the clause speaks of people hired, not of the asker."""
    return bool(HIRING.search(text[_clause_start(text, at) : _clause_end(text, at)]))


def _words(text: str, lexicon: Lexicon, used: list[tuple[int, int]]) -> Iterator[Reading]:
    """Yes/no facts, choices and zeros, longest words first, with negation; questions state nothing."""
    hidden = [m.span() for c in lexicon.compounds if c in text for m in re.finditer(c, text)]
    for words in (lexicon.amounts, lexicon.flags, lexicon.choices):
        taken: dict[str, list[tuple[int, int]]] = {}
        for word in words:
            if word.text not in text:
                continue
            for m in re.finditer(re.escape(word.text), text):
                own = [s for s in taken.get(word.fact.id, []) if s != m.span() or word.fact.type != "choice"]
                if any(a < m.end() and m.start() < b for a, b in [*own, *used]) or _question(text, m):
                    continue
                if any(a <= m.start() and m.end() <= b and (a, b) != m.span() for a, b in hidden):
                    continue
                if word.fact.about == "person" and _hires_people(text, m.start()):
                    continue
                taken.setdefault(word.fact.id, []).append(m.span())
                if (value := _word_value(word, text, m)) is not None:
                    yield Reading(FactValue(word.fact.id, value, word.text), m.start(), m.end(), False)


def _question(text: str, m: re.Match[str]) -> bool:
    before, after = text[_clause_start(text, m.start()) : m.start()], text[m.end() :]
    return bool(_ASKING_BEFORE.search(before) or _ASKING_AFTER.match(after))


def _word_value(word: Word, text: str, m: re.Match[str]) -> Value | None:
    negated = bool(_NEGATION.search(text[max(0, m.start() - 4) : m.start()]))
    if isinstance(word.value, bool):
        if negated and not word.value:
            return None  # 「不是没工作」 says neither
        return word.value and not negated
    if isinstance(word.value, Decimal):
        return word.value
    every = frozenset(word.fact.choices)
    return every - {word.value} if negated else frozenset({word.value})
