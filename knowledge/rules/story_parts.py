"""What is said of some of the people only: 「其中3个只签了半年」「签一年的6个，签10个月的2个」「俩没交社保」「剩下的都签了两年」.

Read before people are counted, so that the number of a part is never taken for the number of all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Part, as_number
from knowledge.rules.lexicon import STOP, Lexicon, Pattern, mark_index, said_in
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_people import Claims
from knowledge.rules.story_text import HIRING, Reading, Text, clause_end, clause_start, fact_value, fits

_SENTENCE = STOP.replace("、", "")
_PEOPLE = ("个", "人", "名", "位", "号人")
_SINGLED_OUT = re.compile(
    r"(?:其中|里头|里面|当中|之中|中间|里|另外|另|还有|剩下?(?:的|来)?|其余(?:的)?|余下(?:的)?)(?:那|有|的|头|面)*$"
)
_THERE_ARE = re.compile(r"有$")
_ONLY = re.compile(r"只|才|没|不到|未|就")
_BY_NAME = re.compile(r"(?:就|只有|除了|单是?|唯独)[^，,。]{0,8}[小老][一-龥]")
_INCLUDING = re.compile(r"包括|连带|连同|含")
_REST = re.compile(r"剩下|剩的|其余|余下|别的|别人|其他|旁人")
_THESE = re.compile(r"(?:这|那|[他她我咱俺]们|咱)$")
_AMONG = re.compile(r"^(?:个|人|名|位)?(?:人)?(?:里|当中|之中|中)")
_OF_THEM = re.compile(r"(?:以上|以下|以内|多|出头|左右)?(?:的|了)?(?:有|是|就|只有|那)?")
_BETWEEN = re.compile(r"(?:人|员工|职工|工人|孩子)?(?:的|是|就|才|只|给|也|还|又|则|她们|他们|了)*")
_ALL = re.compile(r"都|全|均|统统")
_NOT = re.compile(r"(?:没有?|不|未|没给)(?:给|有|在|被)?$")


@dataclass(frozen=True, slots=True)
class _Said:
    """A value of a fact in a clause, and where it stands."""

    spec: FactSpec
    value: FactValue
    start: int
    end: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A value said of ``people`` (index of a quantity; None: the rest), whose category may still be found out."""

    said: _Said
    people: int | None
    nested: bool = False
    one: bool = False  # one person, spoken of by name (「就小孙才交了10个月」)
    own: bool = True  # False: the number also counts these people (「6个应届生签两年」)


def parts_in(text: Text, lexicon: Lexicon, claims: Claims) -> list[Pending]:
    """Facts said of some of the people; their numbers and values are claimed."""
    found: list[Pending] = []
    for start, end in _clauses(text.text):
        for said in _values(text, lexicon, start, end):
            people = _people(text, lexicon, said, start, end)
            if people is None:
                counted = _counted_in(text, said, start)
                if counted is not None:
                    found.append(Pending(said, counted, own=False))
                continue
            i, nested = people
            one = i is None and _by_name(text, start, said.start)
            found.append(Pending(said, i, nested or one, one))
            if i is not None:
                q = text.quantities[i]
                claims.taken[i] = Reading(FactValue("", Decimal(0)), q.start, q.end, True)
                claims.used.append((min(q.start, said.start), max(q.end, said.end)))
            if said.quantity is not None:
                v = text.quantities[said.quantity]
                claims.taken[said.quantity] = Reading(FactValue("", Decimal(0)), v.start, v.end, True)
                claims.used.append((said.start, said.end))
        found += _in_a_row(text, found, end, claims)
        rest = _rest(text, found, start, end, claims)
        if rest is not None:
            found.append(rest)
    return found


def _in_a_row(text: Text, found: list[Pending], end: int, claims: Claims) -> list[Pending]:
    """「合同一个两年俩一年」: after a part, people and value follow each other without the words of the fact."""
    last = found[-1] if found else None
    if last is None or last.people is None or last.said.quantity is None or not last.own:
        return []
    more: list[Pending] = []
    at = last.said.end
    following = [(i, q) for i, q in enumerate(text.quantities) if at <= q.start and q.end <= end]
    for (i, people), (j, value) in itertools.pairwise(following):
        counts = people.unit in _PEOPLE and people.exact and i not in claims.taken and j not in claims.taken
        near = re.fullmatch(r"[，,、和]?(?:另外?)?", text.text[at : people.start]) and _BETWEEN.fullmatch(
            text.text[people.end : value.start]
        )
        if counts and near and fits(last.said.spec, value):
            for k, q in ((i, people), (j, value)):
                claims.taken[k] = Reading(FactValue("", Decimal(0)), q.start, q.end, True)
            claims.used.append((people.start, value.end))
            more.append(Pending(_Said(last.said.spec, fact_value(last.said.spec, value), value.start, value.end, j), i))
            at = value.end
    return more


def _rest(text: Text, found: list[Pending], start: int, end: int, claims: Claims) -> Pending | None:
    """「剩下的都是两年」 after a part: the same fact of the others, without its words."""
    last = found[-1] if found else None
    if last is None or not last.own or last.said.quantity is None or last.said.start >= start:
        return None
    inside = [(i, q) for i, q in enumerate(text.quantities) if start <= q.start and q.end <= end]
    values = [(i, q) for i, q in inside if i not in claims.taken and fits(last.said.spec, q)]
    if (
        len(values) != 1
        or not _REST.search(text.text[start : values[0][1].start])
        or any(q.unit in _PEOPLE for _, q in inside if not _INCLUDING.search(text.text[start : q.start]))
    ):
        return None
    i, q = values[0]
    claims.taken[i] = Reading(FactValue("", Decimal(0)), q.start, q.end, True)
    return Pending(_Said(last.said.spec, fact_value(last.said.spec, q), q.start, q.end, i), None)


def _counted_in(text: Text, said: _Said, start: int) -> int | None:
    """The one number of people earlier in the clause of a value."""
    people = [
        i for i, q in enumerate(text.quantities) if start <= q.start and q.end <= said.start and q.unit in _PEOPLE and q.exact
    ]
    return people[0] if len(people) == 1 and said.quantity is not None else None


def finished(text: Text, lexicon: Lexicon, pending: list[Pending], claims: Claims) -> Iterator[Reading]:
    """The parts as readings, once it is known whom each number counts.

    A value beside the number that counts people is a part of its own only when the message gives another value too.
    """
    by_fact: dict[str, list[Pending]] = {}
    for p in pending:
        by_fact.setdefault(p.said.spec.id, []).append(p)
    for fact, group in by_fact.items():
        own = [p for p in group if p.own]
        differ = len({p.said.value.value for p in group}) > 1
        kept = group if differ and (own or len(group) > 1) else own
        if not kept:
            continue
        parts = [_part(text, lexicon, p, claims) for p in kept]
        place = (kept[0].said.start, kept[0].said.end)
        if any(p.count is not None for p in parts):
            yield Reading(_with_parts(fact, parts), *place)
        else:  # 「剩下的都签两年」 alone says it of all
            yield Reading(FactValue(fact, parts[0].value, parts[0].raw, parts[0].low, parts[0].high), *place)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        end = clause_end(text, at, _SENTENCE)
        yield at, end
        at = end + 1


def _with_parts(fact: str, parts: list[Part]) -> FactValue:
    """One value with its parts, spanning them all."""
    raw = "、".join(p.raw for p in parts)
    numbers = [x for p in parts if isinstance(p.value, Decimal) for x in (p.low or p.value, p.high or p.value)]
    if numbers:
        return FactValue(fact, parts[0].value, raw, min(numbers), max(numbers), tuple(parts))
    return FactValue(fact, parts[0].value, raw, parts=tuple(parts))


def _part(text: Text, lexicon: Lexicon, p: Pending, claims: Claims) -> Part:
    value = p.said.value
    low, high = as_number(value.low), as_number(value.high)
    if p.one:
        start = clause_start(text.text, p.said.start, _SENTENCE)
        here = lexicon.nouns.search(text.text, start, p.said.start)
        kind = lexicon.noun_facts[here.group(0)] if here else None
        return Part(Decimal(1), value.value, low, high, kind.id if kind and kind.part_of else None, True, value.raw)
    if p.people is None:
        return Part(None, value.value, low, high, raw=f"其余{value.raw}")
    q = text.quantities[p.people]
    taken = claims.taken.get(p.people)
    of = (taken.value.fact or None) if taken is not None else None
    start = clause_start(text.text, q.start, _SENTENCE)
    return Part(
        q.value, value.value, low, high, of or _noun(text.text, lexicon, start, q, p.said), p.nested, f"{q.raw}{value.raw}"
    )


def _values(text: Text, lexicon: Lexicon, start: int, end: int) -> Iterator[_Said]:
    """Values of facts that may vary among people, stated in one clause; the first of each fact."""
    best: dict[int, tuple[Pattern, re.Match[str]]] = {}
    for pattern in lexicon.varying.within(text.masked):
        for m in pattern.find(text.masked):
            i = mark_index(m.group(1))
            q = text.quantities[i]
            inside = start <= text.places[m.start()] and q.end <= end
            if inside and fits(pattern.fact, q) and (i not in best or pattern.weight > best[i][0].weight):
                best[i] = pattern, m
    for i, (pattern, m) in best.items():
        q = text.quantities[i]
        yield _Said(pattern.fact, fact_value(pattern.fact, q), text.places[m.start()], max(q.end, text.places[m.end()]), i)
    taken: list[tuple[int, int]] = []
    for word in lexicon.varying_words.within(text.text[start:end]):
        said = next(said_in(word.text, text.text, start, end), None)
        if said is None or any(a < said.end() and said.start() < b for a, b in taken):
            continue
        at = said.start()
        taken.append(said.span())
        value = word.value
        if isinstance(value, bool) and _NOT.search(text.text[max(start, at - 3) : at]):
            value = not value
        yield _Said(word.fact, FactValue(word.fact.id, _as_value(value), word.text), *said.span(), None)


def _as_value(value: bool | str | Decimal) -> bool | Decimal | frozenset[str]:
    return frozenset({value}) if isinstance(value, str) else value


def _people(text: Text, lexicon: Lexicon, said: _Said, start: int, end: int) -> tuple[int | None, bool] | None:
    """(the number of people of whom a value is said, whether they are some of those just named); None: of everybody.

    The number is None when the value is said of the rest.
    """
    clause = text.text[start:end]
    candidates = []
    nested = False
    for i, q in enumerate(text.quantities):
        if i == said.quantity or not (start <= q.start and q.end <= end) or not q.exact:
            continue
        bare = q.unit == "" and q.end == end and q.start >= said.end
        if q.unit not in _PEOPLE and not bare:
            continue
        before, after = text.text[max(0, q.start - 8) : q.start], text.text[q.end :]
        if _THESE.search(before):
            if _AMONG.match(after):
                nested = True
            else:
                return None  # 「这17个都签了一年」 says it of those already named
            continue
        if q.value < 1 or re.match(r"月|半月", after):
            continue
        candidates.append((i, q))
    chosen = [(i, q) for i, q in candidates if _of_some(text.text, lexicon, q, said, start, nested)]
    if chosen:
        v = text.quantities[said.quantity] if said.quantity is not None else said
        i, q = min(chosen, key=lambda c: min(abs(c[1].start - v.end), abs(v.start - c[1].end)))
        nested = nested or bool(re.search(r"其中|里头?|里面|当中", text.text[start : q.start]))
        return i, nested
    if not candidates and (one := _just_named(text, lexicon, start)) is not None:
        return one, True
    if not candidates and _by_name(text, start, said.start):
        return None, True
    if not candidates and _REST.search(clause[: said.start - start]):
        return None, False
    return None


def _by_name(text: Text, start: int, at: int) -> bool:
    """「只有小崔刚来，一共才交8个月」: one person singled out by name, in the clause of a value or in the one before."""
    if _BY_NAME.search(text.text[start:at]):
        return True
    if start == 0 or text.text[start - 1] not in "，,":
        return False
    before = clause_start(text.text, start - 1, _SENTENCE)
    return bool(_BY_NAME.search(text.text[before : start - 1])) and not any(before <= q.start < start for q in text.quantities)


_ONE_NAMED = re.compile(r"(?:有|其中|里头|里面)(?:的)?$")
_SOME_NAMED = re.compile(r"(?:其中|里头|里面|里|中|当中)(?:有)?$")


def _just_named(text: Text, lexicon: Lexicon, start: int) -> int | None:
    """「有一个后来不愿干长，改签成八个月了」: the one person that the clause before singles out and says nothing else of."""
    if start == 0 or text.text[start - 1] not in "，,":
        return None
    before = clause_start(text.text, start - 1, _SENTENCE)
    inside = [(i, q) for i, q in enumerate(text.quantities) if before <= q.start and q.end < start]
    if len(inside) != 1 or inside[0][1].unit not in _PEOPLE or not inside[0][1].exact:
        return None
    i, q = inside[0]
    counted = lexicon.nouns.search(text.text, q.end, start - 1) or HIRING.search(text.text[before:start])
    named = _ONE_NAMED if q.value == 1 else _SOME_NAMED
    return i if named.search(text.text[before : q.start]) and not counted else None


def _of_some(text: str, lexicon: Lexicon, q: Quantity, said: _Said, start: int, nested: bool) -> bool:
    """Whether a number of people singles out some of them, instead of counting all."""
    before = text[max(0, start - 1) : q.start]
    if nested or _SINGLED_OUT.search(text[start : q.start]):
        return True
    if _THERE_ARE.search(before):
        return bool(_ONLY.search(text[q.end : max(said.end, q.end)]) or _REST.search(text[said.end :]))
    if said.end <= q.start:  # 「签一年的6个」「社保只上了17」
        between = text[said.end : q.start]
        return bool(_OF_THEM.fullmatch(between)) and not HIRING.search(text[start : said.start])
    if lexicon.nouns.search(text, q.end, max(said.start, q.end)):
        return False  # 「6个应届生签两年」 counts them
    if _ALL.search(text[q.end : max(said.end, q.end)]):
        return False  # 「六个人全是三年合同」「四个失业保险都交了五年」 says it of all
    return not HIRING.search(text[start : q.start]) and bool(_BETWEEN.fullmatch(text[q.end : max(said.start, q.end)]))


def _noun(text: str, lexicon: Lexicon, start: int, q: Quantity, said: _Said) -> str | None:
    """The category that the clause names for these people: 「初级里有3个人」「3个大学生只签半年」."""
    for m in lexicon.nouns.finditer(text, start, max(said.start, q.start, start)):
        spec = lexicon.noun_facts[m.group(0)]
        if spec.part_of:
            return spec.id
    return None
