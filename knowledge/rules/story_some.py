"""Clauses that set some of the people apart: what they say of these in the words of the clause before, and what nothing reads.

「失业险都交够一年多，就初级里头小孙才交了10个月」: the clause does not say again what was paid for ten months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Part, as_number
from knowledge.rules.lexicon import STOP
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_slots import PEOPLE_UNITS, Slots
from knowledge.rules.story_text import clause_end, fact_value, fits

_SET_APART = re.compile(
    r"(?:里头|里面|其中|当中|[级的人]里)(?:头|面)?有|(?:还|另|就|只)有(?:一|[俩两仨三]|\d)?个|另外?(?:一|[俩两仨三]|\d)个|"
    r"剩下(?:的)?(?:那)?(?:一|[俩两仨三]|\d)|就[小老][一-龥]|[级的人]里头?[小老][一-龥]"
)
_LIMITED = re.compile(
    r"才|只|没(?:有)?(?:交|签|缴|上|满|够|成|评|毕业|登|过)|不够|不满|还没|刚(?:来|交|登|签)|离职|走了|辞了|退休|不干|变卦|考研|半年|"
    r"个月|[前去大]年就?(?:毕业|登|拿|发)|毕业[^，,。；;]{0,3}年"
)
_SENTENCE = STOP.replace("、", "")
_ENDS = "。；;！!？?\n"
_SHOWN = 14  # characters of a clause that are shown as not understood


def told_of_some(reader: Slots) -> None:
    """「就五级里头有一个新来的才交了7个月」: how long it is for these, of what was told of all in the clause before."""
    for start, end in _set_apart(reader):
        text = reader.text.text
        inside = [q for q in reader.text.quantities if start <= q.start and q.end <= end and q.exact]
        people = [q for q in inside if q.unit in PEOPLE_UNITS and q.value >= 1]
        spec = _told_before(reader, start)
        spans = [q for q in inside if spec is not None and fits(spec, q)]
        if spec is None or len(spans) != 1 or len(people) > 1 or _part_read(reader, start, end):
            continue
        known = reader.known[spec.id]
        if known.parts or not isinstance(known.value, Decimal):
            continue
        some = fact_value(spec, spans[0])
        number = people[0].value if people else Decimal(1)
        noun = reader.lexicon.nouns.search(text, start, spans[0].start)
        kind = reader.lexicon.noun_facts[noun.group(0)] if noun else None
        of = kind.id if kind is not None and kind.part_of else None
        these = Part(number, some.value, as_number(some.low), as_number(some.high), of, True, f"{text[start:end]}")
        rest = Part(None, known.value, as_number(known.low), as_number(known.high), raw=known.raw)
        reader.known = {f: v for f, v in reader.known.items() if f != spec.id}
        reader.fill(FactValue(spec.id, known.value, f"{known.raw}、{some.raw}", parts=(these, rest)), *inside)


def set_apart_unread(reader: Slots) -> Iterator[Quantity]:
    """Clauses that set some of the people apart with a limit, and of which nothing was read for this benefit."""
    text = reader.text.text
    for start, end in _set_apart(reader):
        clause = text[start:end]
        if _LIMITED.search(clause) and not _read_in(reader, start, end):
            yield Quantity(Decimal(0), "", start, end, clause[-_SHOWN:], Decimal(0), Decimal(0))


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
    return any(start <= r.start and r.end <= end and r.value.parts for r in reader.readings.found)


def _read_in(reader: Slots, start: int, end: int) -> bool:
    """Whether a fact of the benefit was read in a stretch, or a number of it taken."""
    reads = set(reader.benefit.reads)
    taken = any(start <= a and b <= end for a, b in reader.used)
    return taken or any(
        start <= r.start and r.end <= end and (r.value.fact in reads or r.value.parts) for r in reader.readings.found
    )
