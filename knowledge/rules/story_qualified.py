"""Categories of people named by a quantity or a day: 「2个失业八个月的」「两个登记了4个月，五个7个月」「一个19，一个22」.

A rule of the data says how long or how old people must be; people whom it does not fit belong to another category.
What is said once may be said of several groups: the clauses after it go on with the same measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Qualified
from knowledge.rules.lexicon import STOP, Lexicon, Pattern, is_day, mark_index
from knowledge.rules.situation import months_between
from knowledge.rules.story_dates import Day
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_people import PEOPLE, Claims, each, several_ages
from knowledge.rules.story_text import COUNTED_UNITS, HIRING, Reading, Text, clause_end, clause_start, reading_of
from knowledge.rules.units import convert, convertible, quantity

_HE = re.compile(r"(?:那)?(?:他|她|这人|那人|这个人|那个人|小伙|大姐|人家)")
_ONE_PERSON = re.compile(r"他|她|这人|那人|这孩子|那孩子|这小伙|这姑娘|这大姐|人家|这位|那位|该员工|这员工")
_TAKEN_ON = re.compile(r"招|录用|雇|聘|吸纳|签(?:了)?[他她]|进来|我(?:公司|厂|店|单位)")
_ALL_OF = re.compile(r"(?:都|全|均|也)(?:已经)?[^，,。；;]{0,6}$")
_OTHER_MATTER = re.compile(r"合同|签|社保|保险|缴|交|工资|元|块|补|证|租|干了|上班")
_NOBODY = Decimal(0)
_AGES = (Decimal(14), Decimal(70))  # a bare number in a list of people's ages


@dataclass(frozen=True, slots=True)
class _Item:
    """One group of a list: how many (None when only the value is given), and the index of the value."""

    people: int | None
    value: int


def qualified(text: Text, lexicon: Lexicon, as_of: date, claims: Claims) -> Iterator[Reading]:
    """A quantity or day said about people decides to which category they belong."""
    for pattern, m in _occurrences(text, lexicon):
        rule = pattern.qualified
        assert rule is not None
        said = _marked(text, m)
        if claims.within(said.start, said.end) or (isinstance(said, Quantity) and not _in_unit(said, rule)):
            continue
        start, end = text.places[m.start()], text.places[m.end()]
        if isinstance(said, Quantity) and rule.unit != "岁" and _list(text, lexicon, pattern.fact, m, claims, rule):
            continue
        fits = _fitting_day(rule, said, as_of) if isinstance(said, Day) else _fitting(rule, said)
        outer = _counted_around(text, lexicon, start, end, claims, bool(fits))
        other = _elsewhere(rule, said, as_of)
        if fits is False and other is None:
            continue  # not of this category; another rule may say of which
        if outer is not None:
            _assign(text, lexicon, pattern.fact, fits, (outer, start, end), claims, other)
            if isinstance(said, Quantity):
                claims.taken[mark_index(m.group(1))] = _mute(said)
        elif fits and _of_all(text, m.start(1)):
            if isinstance(said, Quantity):
                claims.taken[mark_index(m.group(1))] = _mute(said)
            claims.used.append((start, end))
            yield Reading(FactValue(pattern.fact.id, frozenset({"all"}), said.raw), said.start, said.end)
        elif fits is not None and _one_person(text):
            target = pattern.fact if fits else lexicon.specs.get(other or "")
            claims.used.append((start, end))
            if target is not None:
                yield Reading(FactValue(target.id, Decimal(1), text.text[start:end]), said.start, said.end)
    _ages(text, lexicon, claims)


def _elsewhere(rule: Qualified, said: Day | Quantity, as_of: date) -> str | None:
    """The category of people whom a rule does not fit."""
    if rule.beyond is None:
        return rule.otherwise
    since = months_between(said.last, as_of) if isinstance(said, Day) else convert(said.low, said.unit, rule.unit)
    return rule.beyond_to if since >= quantity(rule.beyond, rule.unit) else rule.otherwise


def _marked(text: Text, m: re.Match[str]) -> Day | Quantity:
    return text.days[mark_index(m.group(1))] if is_day(m.group(1)) else text.quantities[mark_index(m.group(1))]


def _occurrences(text: Text, lexicon: Lexicon) -> list[tuple[Pattern, re.Match[str]]]:
    """Where rules occur, in the order of the text; of several about one quantity the longest words first."""
    found = [(pattern, m) for pattern in lexicon.qualified.within(text.masked) for m in pattern.find(text.masked)]
    return sorted(found, key=lambda f: (f[1].start(1), -len(f[0].literal)))


def _mute(q: Quantity) -> Reading:
    """A claim on a quantity that is no fact of its own."""
    return Reading(FactValue("", _NOBODY), q.start, q.end, True)


def _one_person(text: Text) -> bool:
    """「这孩子2021年毕业，一直没上班，我们才招进来」: one person taken on, nobody counted."""
    counted = any(q.unit in ("人", "名") or (q.unit == "个" and q.value != 1) for q in text.quantities)
    return not counted and bool(_ONE_PERSON.search(text.text)) and bool(_TAKEN_ON.search(text.text))


def _list(text: Text, lexicon: Lexicon, fact: FactSpec, m: re.Match[str], claims: Claims, rule: Qualified) -> bool:
    """「两个登记了4个月，五个7个月」「登记时间分别是8个月、7个月、3个月」; whether the words were such a list."""
    first = mark_index(m.group(1))
    start, end = text.places[m.start()], text.places[m.end()]
    items = [_Item(_head(text, start, end, claims), first), *_following(text, end, rule, claims)]
    if len(items) < 2:
        return False
    if all(i.people is None for i in items[1:]):
        items[0] = _Item(None, first)
        total = _whole(text, Decimal(len(items)), start, claims)
        if total is None and not re.search(
            r"分别|依次", text.text[clause_start(text.text, start) : text.quantities[first].start]
        ):
            return False
        if total is not None:
            claims.taken[total] = _mute(text.quantities[total])
        _count_items(text, lexicon, fact, rule, items, claims)
    elif all(i.people is not None for i in items):
        heads = [text.quantities[i.people].value for i in items if i.people is not None]
        _take_items(text, lexicon, fact, rule, items, claims)
        total = _whole(text, sum(heads, _NOBODY), start, claims)
        if total is not None:
            claims.taken[total] = _mute(text.quantities[total])
    else:
        return False
    claims.used.append((start, max(text.quantities[i.value].end for i in items)))
    return True


def _head(text: Text, start: int, end: int, claims: Claims) -> int | None:
    """The number of people in the clause of the first value."""
    a, b = clause_start(text.text, start), clause_end(text.text, end)
    return _people_in(text, a, b, claims)


def _people_in(text: Text, a: int, b: int, claims: Claims) -> int | None:
    found = [
        i for i, q in enumerate(text.quantities) if a <= q.start and q.end <= b and q.unit in PEOPLE and i not in claims.taken
    ]
    return found[0] if len(found) == 1 else None


def _following(text: Text, at: int, rule: Qualified, claims: Claims) -> list[_Item]:
    """The clauses after a value that give the same kind of value for other people."""
    items: list[_Item] = []
    start = clause_end(text.text, at) + 1
    while start < len(text.text):
        end = clause_end(text.text, start)
        inside = [(i, q) for i, q in enumerate(text.quantities) if start <= q.start and q.end <= end]
        values = [
            i for i, q in inside if q.unit and convertible(q.unit, rule.unit) and q.unit not in PEOPLE and i not in claims.taken
        ]
        if (
            len(values) != 1
            or _OTHER_MATTER.search(text.text[start:end])
            or any(d.start >= start and d.end <= end for d in text.days)
        ):
            break
        items.append(_Item(_people_in(text, start, end, claims), values[0]))
        if text.text[end : end + 1] in "。；;！!？?\n" and end < len(text.text):
            break
        start = end + 1
    return items


def _whole(text: Text, number: Decimal, before: int, claims: Claims) -> int | None:
    """The free number of people that a list sums up to."""
    people = [i for i, q in enumerate(text.quantities) if q.unit in PEOPLE and q.exact and i not in claims.taken]
    return next((i for i in people if text.quantities[i].value == number and text.quantities[i].end <= before), None)


def _take_items(text: Text, lexicon: Lexicon, fact: FactSpec, rule: Qualified, items: list[_Item], claims: Claims) -> None:
    for n, item in enumerate(items):
        assert item.people is not None
        value, people = text.quantities[item.value], text.quantities[item.people]
        claims.taken[item.value] = _mute(value)
        fits = _fitting(rule, value)
        target = fact if fits else lexicon.specs.get(rule.otherwise or "")
        if fits is None:
            claims.vague.append((fact.id, text.text[min(value.start, people.start) : max(value.end, people.end)]))
        if fits is None or target is None:
            claims.taken[item.people] = _mute(people)
        else:
            claims.taken[item.people] = replace(reading_of(target, text, people), adds=n > 0 and people.exact, negated=False)


def _count_items(text: Text, lexicon: Lexicon, fact: FactSpec, rule: Qualified, items: list[_Item], claims: Claims) -> None:
    """Each value is one person's."""
    verdicts = [(_fitting(rule, text.quantities[i.value]), i) for i in items]
    for fits, item in verdicts:
        q = text.quantities[item.value]
        claims.taken[item.value] = _mute(q)
        if fits is None:
            claims.vague.append((fact.id, q.raw))
    for spec, chosen in ((fact, True), (lexicon.specs.get(rule.otherwise or ""), False)):
        one = [i for fits, i in verdicts if fits is chosen]
        if one and spec is not None:
            first = text.quantities[one[0].value]
            raw = "、".join(text.quantities[i.value].raw for i in one)
            claims.taken[one[0].value] = Reading(FactValue(spec.id, Decimal(len(one)), raw), first.start, first.end)


def _ages(text: Text, lexicon: Lexicon, claims: Claims) -> None:
    """「登记失业的小年轻：一个19，一个22，还有一个25」: each a person of that age."""
    rules = [p for p in lexicon.qualified if p.qualified is not None and p.qualified.unit == "岁"]
    pattern = next((p for p in rules if any(w in text.text for w in (p.lead, "登了失业", "登记了失业") if len(w) >= 4)), None)
    if pattern is None or pattern.qualified is None:
        return
    pairs = []
    for i, q in enumerate(text.quantities):
        nxt = text.quantities[i + 1] if i + 1 < len(text.quantities) else None
        if nxt is None or q.unit not in PEOPLE or i in claims.taken or i + 1 in claims.taken:
            continue
        between = text.text[q.end : nxt.start]
        aged = nxt.unit == "岁" or (nxt.unit == "" and _AGES[0] <= nxt.value <= _AGES[1])
        if aged and re.fullmatch(r"(?:刚满|刚刚|刚|才|今年|满|是|已经|都)*", between):
            pairs.append((i, i + 1))
    if len(pairs) < 2:
        return
    heads = sum((text.quantities[i].value for i, _ in pairs), _NOBODY)
    total = _whole(text, heads, text.quantities[pairs[0][0]].start, claims)
    if total is not None:
        claims.taken[total] = _mute(text.quantities[total])
    first = True
    for i, j in pairs:
        q, age = text.quantities[i], text.quantities[j]
        fits = _between(pattern.qualified, age.low, age.high)
        claims.taken[j] = _mute(age)
        claims.taken[i] = replace(reading_of(pattern.fact, text, q), adds=not first, negated=False) if fits else _mute(q)
        first = first and not fits
    start, end = text.quantities[pairs[0][0]].start, text.quantities[pairs[-1][1]].end
    claims.used.append((start, end))
    # what is said next of one of them (「那个25的才登记了俩月」) counts nobody anew
    claims.used.append((end, clause_end(text.text, min(end + 1, len(text.text)), "。；;！!？?\n")))


def _assign(
    text: Text,
    lexicon: Lexicon,
    fact: FactSpec,
    fits: bool | None,
    place: tuple[int, int, int],
    claims: Claims,
    other: str | None,
) -> None:
    outer, start, end = place
    q = text.quantities[outer]
    if each(text.text[: q.start]) and several_ages(text, q):
        fits = None
    target = fact if fits else lexicon.specs.get(other or "")
    if fits is None:
        claims.vague.append((fact.id, text.text[min(q.start, start) : max(q.end, end)]))
    if fits is None or target is None:
        claims.taken[outer] = Reading(FactValue("", _NOBODY), q.start, q.end, True)
    else:
        again = any(r.value.fact == target.id for r in claims.taken.values())  # 「一个失业8个月，一个失业一年多」
        reading = reading_of(target, text, q)
        claims.taken[outer] = replace(reading, adds=reading.adds or (again and q.exact))
        (claims.weak.discard if fits else claims.weak.add)(outer)
    claims.used.append((min(q.start, start), max(q.end, end)))


def _of_all(text: Text, at: int) -> bool:
    """Whether something is said of all the people, or of the one person, spoken of before."""
    alone = not any(q.unit in PEOPLE for q in text.quantities) and _HE.match(text.text)
    return bool(alone or _ALL_OF.search(text.masked[:at]))


def _in_unit(q: Quantity, rule: Qualified) -> bool:
    """Whether a quantity is of the rule's kind; only ages are said without their unit (「一个19，一个22」), and no number of months."""
    return convertible(q.unit, rule.unit) and (q.unit != "" or rule.unit == "岁")


def _fitting(rule: Qualified, q: Quantity) -> bool | None:
    """Whether a quantity lies within a rule's bounds; None when its words leave it open."""
    low, high = (convert(x, q.unit, rule.unit) if x.is_finite() else x for x in (q.low, q.high))
    return _between(rule, low, high)


def _fitting_day(rule: Qualified, day: Day, as_of: date) -> bool | None:
    """Whether a day lies in this year, or as long ago as a rule says."""
    if rule.this_year:
        return day.first.year == as_of.year if day.first.year == day.last.year else None
    return _between(rule, months_between(day.last, as_of), months_between(day.first, as_of))


def _between(rule: Qualified, low: Decimal, high: Decimal) -> bool | None:
    if rule.at_least is not None:
        edge = quantity(rule.at_least, rule.unit)
        return True if low >= edge else False if high < edge else None
    edge = quantity(rule.at_most or "0", rule.unit)
    return True if high <= edge else False if low > edge else None


def _counted_around(text: Text, lexicon: Lexicon, start: int, end: int, claims: Claims, fits: bool) -> int | None:
    """The quantity of people that a qualification speaks of: just before it, or after it with its noun."""
    taken = (claims.taken.keys() - (claims.weak if fits else set())) | text.sums
    free = [i for i, q in enumerate(text.quantities) if q.unit in COUNTED_UNITS and i not in taken and q.unit != "岁"]
    before = [i for i in free if text.quantities[i].end <= start]
    if before and _near(text, text.quantities[before[-1]].end, start):
        return before[-1]
    if before and _in_the_next_clause(text, text.quantities[before[-1]], start):
        return before[-1]
    after = [i for i in free if text.quantities[i].start >= end]
    if after and _near(text, end, text.quantities[after[0]].start):
        return after[0]
    return _only_one(text, lexicon, start, claims)


def _only_one(text: Text, lexicon: Lexicon, start: int, claims: Claims) -> int | None:
    """「招了个26岁的小伙，初中毕业，登记失业三个月」: people hired, described over several clauses, no others mentioned."""
    people = [i for i, q in enumerate(text.quantities) if q.unit in PEOPLE and i not in claims.taken and q.end <= start]
    if len(people) != 1:
        return None
    q = text.quantities[people[0]]
    hired = HIRING.search(text.text[max(0, q.start - 6) : q.start])
    named = lexicon.nouns.finditer(text.text, q.end, min(q.end + 14, start))
    own_noun = q.value != 1 and any(m.start() - q.end <= 8 and lexicon.noun_facts[m.group(0)].part_of for m in named)
    told = re.search(r"还有|另外|一拨|其余|剩下", text.text[max(0, q.start - 6) : q.start])
    return people[0] if start - q.end <= 24 and (hired or told) and not own_noun else None


_OF_WHOM = re.compile(r"[^，,。；;：:、！!？?\n]{1,6}[，,](?:是|已经|已|从)?")  # 「俩大姐，登记失业十个月了」


def _in_the_next_clause(text: Text, people: Quantity, start: int) -> bool:
    """Whether a clause that begins with the qualification follows some people at once, who are one group of several."""
    others = any(q.unit in PEOPLE and q.end <= people.start for q in text.quantities)
    return others and people.unit in PEOPLE and _OF_WHOM.fullmatch(text.text[people.end : start]) is not None


def _near(text: Text, end: int, start: int) -> bool:
    between = re.sub(
        r"(?:是)?[\d一二三四五六七八九十]+(?:多|来|几|出头)?岁(?:的|左右|出头)?[、，,]?", "", text.text[max(end, 0) : start]
    )
    return end <= start and len(between) <= 8 and not any(c in STOP for c in between)
