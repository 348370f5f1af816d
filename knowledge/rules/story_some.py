"""Clauses that set some of the people apart: what they say of these in the words of the clause before, and what nothing reads.

「失业险都交够一年多，就初级里头小孙才交了10个月」: the clause does not say again what was paid for ten months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Part, as_number
from knowledge.rules.lexicon import STOP
from knowledge.rules.story_kinds import of_joblessness
from knowledge.rules.story_numbers import Quantity, words_only
from knowledge.rules.story_slots import PEOPLE_UNITS, Slots
from knowledge.rules.story_text import clause_end, fact_value, fits

_SET_APART = re.compile(
    r"(?:里头|里面|其中|当中|[级的人]里)(?:头|面)?有|(?:还|另|就|只)有(?:一|[俩两仨三]|\d)?个|(?:(?<=[，,；;])|^|其实)有(?:一|[俩两仨三]|\d)(?:个|名|位)|另外?(?:一|[俩两仨三]|\d)个|"
    r"剩下(?:的)?(?:那)?(?:一|[俩两仨三]|\d)(?!个?月|年|天)|就[小老][一-龥]|[级的人]里头?[小老][一-龥]"
)
_LIMITED = re.compile(
    r"才|只|没(?:有)?(?:交|签|缴|上|满|够|成|评|毕业|登|过)|不够|不满|还没|刚(?:来|交|登|签)|离职|走了|辞了|退休|不干|变卦|考研|半年|"
    r"个月|[前去大]年就?(?:毕业|登|拿|发)|毕业[^，,。；;]{0,3}年"
)
# 「4个是今年刚毕业的，一个是2021年毕业的」: who the people are, part by part.
_PARTED = re.compile(
    r"(?:[\d一二两三四五六七八九十]+(?:个|人|名|位)|[俩仨])是[^，,。；;]{2,14}[，,、；;](?:另外|还有)?"
    r"(?:[\d一二两三四五六七八九十]+(?:个|人|名|位)|[俩仨])是"
)
_LEFT_SCHOOL = re.compile(r"毕业(?:了|都|已经|已|有|快|整|满)*$")
_SENTENCE = STOP.replace("、", "")
_ENDS = "。！!？?\n"
_SHOWN = 14  # characters of a clause that are shown as not understood


def told_of_some(reader: Slots) -> None:
    """「就五级里头有一个新来的才交了7个月」: how long it is for these, of what was told of all before.

    The length may stand in the clause after (「还有个新来的考了中级，失业保险才交8个月」).
    """
    text = reader.text.text
    for start, end in _set_apart(reader):
        inside = [q for q in reader.text.quantities if start <= q.start and q.end <= end and q.exact]
        people = [q for q in inside if q.unit in PEOPLE_UNITS and q.value >= 1]
        spec = _told_before(reader, start)
        last = clause_end(text, min(end + 1, len(text)), _SENTENCE)
        spans = [q for q in inside if spec is not None and fits(spec, q)]
        if spec is not None and not spans:
            spans = [q for q in reader.text.quantities if end < q.start and q.end <= last and spec.id in reader.owners(q)]
        all_told = _of_all(reader, spec, start) if spec is not None else None
        if (
            spec is None
            or all_told is None
            or len(spans) != 1
            or of_joblessness(text, spans[0])
            or len(people) > 1
            or _part_read(reader, start, last)
        ):
            continue
        some = fact_value(spec, spans[0])
        number = people[0].value if people else Decimal(1)
        noun = reader.lexicon.nouns.search(text, start, end)
        kind = reader.lexicon.noun_facts[noun.group(0)] if noun else None
        of = kind.id if kind is not None and kind.part_of else None
        these = Part(number, some.value, as_number(some.low), as_number(some.high), of, True, text[start:end])
        rest = Part(None, all_told.value, as_number(all_told.low), as_number(all_told.high), raw=all_told.raw)
        reader.known = {f: v for f, v in reader.known.items() if f != spec.id}
        reader.fill(FactValue(spec.id, all_told.value, f"{all_told.raw}、{some.raw}", parts=(these, rest)), *inside, *spans)


def _of_all(reader: Slots, spec: FactSpec, start: int) -> FactValue | None:
    """What was told of a fact before a place, once and of everybody."""
    told = [r.value for r in reader.readings.found if r.value.fact == spec.id and r.end <= start]
    return told[0] if len(told) == 1 and not told[0].parts and isinstance(told[0].value, Decimal) else None


def set_apart_unread(reader: Slots) -> Iterator[Quantity]:
    """Clauses that set some of the people apart with a limit, and of which nothing was read for this benefit."""
    text = reader.text.text
    for m in _PARTED.finditer(text):
        if not _counted_in(reader, m.start(), clause_end(text, m.end(), _SENTENCE)):
            yield words_only(m.start(), m.end(), m.group(0)[:_SHOWN])
    for start, end in _set_apart(reader):
        clause = text[start:end]
        if _LIMITED.search(clause) and not _read_in(reader, start, end):
            yield words_only(start, end, clause[-_SHOWN:])


def _set_apart(reader: Slots) -> Iterator[tuple[int, int]]:
    text, at = reader.text.text, 0
    while at < len(text):
        end = clause_end(text, at, _SENTENCE)
        if _SET_APART.search(text, at, end):
            yield at, end
        at = end + 1


def _told_before(reader: Slots, start: int) -> FactSpec | None:
    """The length of time told last before a place, in the same sentence, that may differ among people."""
    text = reader.text.text
    sentence = max((text.rfind(c, 0, start) for c in _ENDS), default=-1) + 1
    specs = reader.lexicon.specs
    told = [
        specs[r.value.fact] for r in reader.readings.found
        if sentence <= r.start and r.end <= start and r.value.fact in reader.benefit.needs and r.value.fact in reader.known
    ]  # fmt: skip
    spans = [s for s in told if s.varies and s.type in ("months", "years")]
    return spans[-1] if spans else None


def _part_read(reader: Slots, start: int, end: int) -> bool:
    return any(v.parts for v in _read_within(reader, start, end))


def _read_within(reader: Slots, start: int, end: int) -> list[FactValue]:
    return [r.value for r in reader.readings.found if start <= r.start and r.end <= end]


def _used_within(reader: Slots, start: int, end: int) -> bool:
    return any(start <= a and b <= end for a, b in reader.used)


def limits_some(reader: Slots, q: Quantity) -> bool:
    """Whether a number stands in a clause that sets some of the people apart, so that it is not of all of them."""
    within = ((a, b) for a, b in _set_apart(reader) if a <= q.start and q.end <= b)
    return any(_LIMITED.search(reader.text.text[a:b]) for a, b in within)


def _counted_in(reader: Slots, start: int, end: int) -> bool:
    """Whether people whom the benefit counts, or parts of them, were read in a stretch, or a number of it taken."""
    counts = {f for f in reader.benefit.value_facts if reader.benefit.facts[f].type == "count"}
    return _used_within(reader, start, end) or any(v.parts or v.fact in counts for v in _read_within(reader, start, end))


def _read_in(reader: Slots, start: int, end: int) -> bool:
    """Whether a fact of the benefit was read in a stretch, people who are none of those it counts, or a number of it taken."""
    reads, specs = set(reader.benefit.reads), reader.lexicon.specs
    inside = [q for q in reader.text.quantities if start <= q.start and q.end <= end]
    text = reader.text.text
    jobless = any(  # sets apart who is counted; how long ago somebody left school may leave them out
        q.unit in ("年", "个月") and of_joblessness(text, q) and not _LEFT_SCHOOL.search(text[: q.start]) for q in inside
    )
    if jobless or _used_within(reader, start, end):
        return True
    here = [v.fact for v in _read_within(reader, start, end) if v.fact]
    mine = {reader.benefit.facts[f].about for f in reader.benefit.value_facts if reader.benefit.facts[f].type == "count"}
    others = any(specs[f].part_of and specs[f].type == "count" and specs[f].about in mine for f in here)
    raws = [q.raw for q in inside]
    parts = [p for v in (*(r.value for r in reader.readings.found), *reader.filled.values()) for p in v.parts]
    return others or bool(reads & set(here)) or any(p.raw.startswith(raw) for p in parts for raw in raws)
