"""Reading a message once the benefit is known: few facts are open, so looser words are enough to fill them.

``story`` reads without knowing what a message is about, and needs the words of each fact close to its number. Here
only the facts of one benefit compete: a sum said per month is multiplied by the months beside it, the words of a fact
may stand further off, people may be counted without saying again who they are, and what only one open fact can take
is that fact. Two candidates on either side, and nothing is filled: then the product asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from knowledge.numerals import normalise_width
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import compile_lexicon
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.story_kinds import (
    kinds_of_people,
    lengths_of_people,
    one_each,
    paid_otherwise,
    people_of_one_kind,
    whose_things,
)
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_reading import read
from knowledge.rules.story_slots import (
    COUNTED_PEOPLE,
    PEOPLE_UNITS,
    Directed,
    Slots,
    can_be,
    counts_people,
    nearness,
    rivals,
)
from knowledge.rules.story_some import limits_some, told_of_some
from knowledge.rules.story_spans import day_by_elimination, day_span, month_span
from knowledge.rules.story_sums import both_together, composed_value, listed_sums, two_shares
from knowledge.rules.story_text import Readings, Text, fact_value, fits, hires_people, prepare
from knowledge.rules.story_unplaced import unplaced

_OWN_UNIT = ("学时", "平方米")  # units that nothing else is said in
_PER = re.compile(r"[每一]个?人?$")  # 「一人一天200」; 「这9天」 is a span
_SINCE_WHEN = re.compile(
    r"(?:前|以前|之前)?[才刚就]?(?:去|来)?(?:办|登|失|毕|离|下)[了的]?(?:过)?(?:失业|登记|的|业|校|岗)"
)  # 「上俩月才登的失业」


def read_for(rulebook: Rulebook, benefit: Benefit, facts: Mapping[str, FactValue], message: str, as_of: date) -> Directed:
    """What ``message`` says about ``benefit`` beyond the facts already known."""
    if benefit.amount is None:
        return Directed()
    text, readings = _read(rulebook, normalise_width(message), as_of)
    reader = Slots(benefit, compile_lexicon(rulebook), text, readings, facts)
    paid_otherwise(reader)
    people_of_one_kind(reader)
    kinds_of_people(reader)
    lengths_of_people(reader)
    one_each(reader)
    told_of_some(reader)
    _by_pairs(reader)
    _by_shifts(reader)
    _by_distant_words(reader)
    two_shares(reader)
    both_together(reader)
    listed_sums(reader)
    day_span(reader)
    month_span(reader)
    _without_those(reader)
    _by_elimination(reader)
    day_by_elimination(reader)
    whose_things(reader)
    odd = dict.fromkeys((*unplaced(reader), *reader.doubtful))
    return Directed(reader.filled, tuple(odd), frozenset(reader.guessed))


@lru_cache(maxsize=32)
def _read(rulebook: Rulebook, message: str, as_of: date) -> tuple[Text, Readings]:
    """A message prepared and read once for all the benefits that it may be about."""
    lexicon = compile_lexicon(rulebook)
    return prepare(message, as_of, lexicon)[0], read(message, as_of, lexicon)


def _by_pairs(reader: Slots) -> None:
    """「四天上了20人，后面三天上35人」: a product of two facts, said pair by pair, is the sum of the pairs."""
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        factors = [x.strip() for x in (spec.derive or "").split("*")]
        if len(factors) != 2 or f in reader.known or any(x not in reader.benefit.facts for x in factors):
            continue
        one, other = (reader.benefit.facts[x] for x in factors)
        firsts, seconds = (
            [q for q in reader.text.quantities if q.exact and _measures(s, reader.text.text, q)] for s in (one, other)
        )
        firsts, seconds = (_without_the_sum(side) for side in (firsts, seconds))
        in_turn = sorted([(q.start, 0) for q in firsts] + [(q.start, 1) for q in seconds])
        kinds = [kind for _, kind in in_turn]
        if len(firsts) != len(seconds) or len(firsts) < 2 or kinds != [kinds[0], 1 - kinds[0]] * len(firsts):
            continue
        total = sum((a.value * b.value for a, b in zip(firsts, seconds, strict=True)), Decimal(0))
        raw = "＋".join(f"{a.raw}×{b.raw}" for a, b in zip(firsts, seconds, strict=True))
        for x in factors:
            reader.known = {k: v for k, v in reader.known.items() if k != x}
        reader.fill(FactValue(f, total, raw), *firsts, *seconds)


def _without_the_sum(told: list[Quantity]) -> list[Quantity]:
    """「4天…6天…这十天」: the numbers without one that sums the others up."""
    total = sum((q.value for q in told), Decimal(0))
    return [q for q in told if len(told) < 3 or q.value * 2 != total]


_SHIFT = re.compile(r"(?:[白夜早中晚甲乙丙大小]班|[一二三四]车间|[一二三四]组|男工?|女工?)(?:的|有|是|各)?$")


_PLUS = re.compile(r"[^，,。；;\d]{0,6}(?:加上?|和|跟)[^，,。；;\d]{0,8}")  # 「跑外卖的26个加代驾的17个」


def _by_shifts(reader: Slots) -> None:
    """「白班22人夜班14人」: people counted shift by shift are counted together."""
    text = reader.text.text
    people = [q for q in reader.free() if counts_people(text, q)]
    by_shift = all(_SHIFT.search(text[: q.start]) for q in people)
    added = all(_PLUS.fullmatch(text[a.end : b.start]) for a, b in pairwise(people))
    if len(people) < 2 or not (by_shift or added):
        return
    told = {**reader.known, **reader.filled}
    defaults = [reader.benefit.facts[f] for f in reader.benefit.defaults if f not in told and f in reader.benefit.value_facts]
    specs = {s.id: s for s in (*reader.open_specs(), *defaults)}.values()
    open_counts = [s for s in specs if s.type == "count" and s.unit in COUNTED_PEOPLE and s.about != "hire"]
    if len(open_counts) == 1:
        total = sum((q.value for q in people), Decimal(0))
        reader.fill(FactValue(open_counts[0].id, total, "＋".join(q.raw for q in people)), *people)


def _measures(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "count" and spec.unit in COUNTED_PEOPLE:
        return counts_people(text, q)
    return fits(spec, q) and q.value > 1 and q.unit != "" and not _PER.search(text[max(0, q.start - 2) : q.start])


def _by_distant_words(reader: Slots) -> None:
    """The words of an open fact, in their order, within reach of a number that can be its value."""
    offers: list[tuple[int, int, str, Quantity]] = []
    vague = {fact for fact, _ in reader.readings.vague}
    specs = {s.id: s for s in _with_inputs(reader) if s.id not in vague}
    for spec in specs.values():
        for q in reader.free():
            score = nearness(spec, reader.text.text, q) if can_be(spec, reader.text.text, q) and not _held(reader, spec, q) else 0
            if score and not _said_of_another(reader, spec, q, score) and not _hired(reader, spec, q):
                offers.append((-score, q.start, spec.id, q))
    for _, _, fact, q in sorted(offers, key=lambda o: o[:3]):
        if fact in reader.filled or (q.start, q.end) in reader.used:
            continue
        rivals = [o for o in offers if o[3] == q and o[2] != fact and o[0] <= -nearness(specs[fact], reader.text.text, q)]
        if not rivals:
            composed = composed_value(reader, specs[fact], q)
            if composed is not None:
                reader.fill(composed[0], *composed[1])


_PERSONS = re.compile(r"人|工人|职工|员工|师傅|同事|徒弟|伙计|小伙|姑娘|老师")


def _held(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether a number for the holders says again how many things are held (「四个都给补吗」 of certificates)."""
    things = [f for f, s in reader.benefit.facts.items() if s.holders == spec.id]
    if not things or q.unit in ("人", "名", "位", "口") or _PERSONS.match(reader.text.text, q.end):
        return False
    numbers = [v.value for f in things if f in reader.known and isinstance(v := reader.known[f], FactValue)]
    held = [n for n in numbers if isinstance(n, Decimal)]
    return reader.counts_things(q) or q.value in {*held, sum(held, Decimal(0))}


def _said_of_another(reader: Slots, spec: FactSpec, q: Quantity, score: int) -> bool:
    """Whether the words before a number say more exactly what it is, and that is another fact (「基准利率」, not 「利率」)."""
    owners = reader.owners(q)
    if spec.type == "percent":
        owners |= {f for f, s in reader.lexicon.specs.items() if s.type == "percent"}
    others = [reader.lexicon.specs[f] for f in owners if f != spec.id]
    return any(o.type == spec.type and nearness(o, reader.text.text, q) > score for o in others)


_NOT_SO = re.compile(r"[^，,。；;\d]{0,6}(?:没|未|不)(?:有|给|在)?(?P<what>[^，,。；;]{2})")


def _without_those(reader: Slots) -> None:
    """「一共77人，其中4个实习生没参保，其余都参保」: a number of people asked for is the whole less those who are not so."""
    text = reader.text.text
    specs = [s for s in reader.open_specs() if s.type == "count" and s.unit in COUNTED_PEOPLE]
    people = [q for q in reader.text.quantities if q.exact and q.unit in PEOPLE_UNITS]
    for spec in specs:
        for whole, some in pairwise(people):
            denied = _NOT_SO.match(text, some.end)
            within = re.search(r"其中|里头|里面|当中", text[whole.end : some.start])
            if denied and within and some.value < whole.value and any(denied["what"] in w for w in (*spec.clause, *spec.nouns)):
                reader.fill(FactValue(spec.id, whole.value - some.value, f"{whole.raw}－{some.raw}"), whole, some)
                return


def _with_inputs(reader: Slots) -> Iterator[FactSpec]:
    """The open facts, and the numbers that open ones derive from."""
    counts = reader.benefit.amount.counts if reader.benefit.amount else ()
    wholes = {reader.benefit.facts[c].part_of for c in counts}
    for f in reader.benefit.reads:
        spec = reader.benefit.facts[f]
        if f in wholes:
            continue  # a total of people is counted by its own words only
        alias = spec.derived_from
        settled = (len(alias) == 1 and alias[0] in reader.known) or any(x in reader.known for x in spec.first_of)
        if spec.numeric and f not in reader.known and spec.type != "age" and not spec.part_of and not settled:
            yield spec


def _by_elimination(reader: Slots) -> None:
    """What only one open fact can take, and nothing else in the message could be."""
    missing = reader.open_specs()
    for spec in missing:
        takers = [s for s in missing if s is not spec and s.id not in reader.filled and rivals(s, spec)]
        candidates = [q for q in reader.free() if can_be(spec, reader.text.text, q) and not _hired(reader, spec, q)]
        candidates = [q for q in candidates if not _held(reader, spec, q) and not _ourselves(spec, reader.text.text, q)]
        if spec.type == "percent":  # a rate is never another rate
            candidates = [q for q in candidates if not _said_of_another(reader, spec, q, 0)]
        if spec.type in ("months", "years"):
            candidates = [q for q in candidates if not limits_some(reader, q)]
        if spec.type == "months":
            candidates = [
                q for q in candidates if not (_tells_who_they_are(reader, spec, q) or _plainly_another(reader, spec, q))
            ]
        candidates = _in_all(reader, candidates)
        kinds = {"人" if q.unit in PEOPLE_UNITS else q.unit for q in candidates}
        values = {fact_value(spec, q).value for q in candidates}
        same = candidates and len(values) == 1 and (len(kinds) == 1 or spec.type != "count")
        if same and not takers and not spec.open and spec.id not in reader.filled:
            composed = composed_value(reader, spec, candidates[0])
            if composed is not None:
                reader.fill(composed[0], *composed[1], *candidates[1:])
                if spec.unit not in _OWN_UNIT:
                    reader.guessed.add(spec.id)


_IN_ALL = re.compile(r"(?:一共|总共|拢共|统共|合计|加起来|加一块儿?|加一起)(?:是|有)?$")


def _in_all(reader: Slots, candidates: list[Quantity]) -> list[Quantity]:
    """「带着仨徒弟，一共四口人」: of several numbers of people the one that sums them up."""
    people = [q for q in candidates if q.unit in PEOPLE_UNITS or q.unit == "口"]
    total = {q.value for q in people if _IN_ALL.search(reader.text.text[: q.start])}
    if len(people) != len(candidates) or len(total) != 1 or any(q.value > max(total) for q in people):
        return candidates
    return [q for q in people if q.value in total]


def _tells_who_they_are(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether a span of time belongs to words that say what kind of people somebody means (「失业半年的1000」), not to their contract."""
    heads = {p.source_text.split("N")[0].strip(".") for p in reader.lexicon.qualified if p.fact.id != spec.id}
    text = reader.text.text
    return any(h and text[: q.start].endswith(h) for h in heads) or bool(_SINCE_WHEN.match(text[q.end :]))


def _plainly_another(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether words that mean one fact only say what a number is (「离退休还差8个月」): it is no length of anything else."""
    return any(f != spec.id and reader.lexicon.specs[f].strong for f in reader.owners(q))


_OURSELVES = re.compile(r"(?:我|俺|咱|我们|俺们|咱们)$")


def _ourselves(spec: FactSpec, text: str, q: Quantity) -> bool:
    """「俺仨合伙」 counts the askers, whom nobody has hired."""
    return spec.about == "hire" and bool(_OURSELVES.search(text[max(0, q.start - 2) : q.start]))


def _hired(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether a number counts people hired or certified, whom a number of staff does not mean.

    Trainees are staff called graduates (「4个毕业生在我们这儿见习」); so other words than those of hiring leave it open.
    """
    others = any(reader.lexicon.specs[f].about in ("hire", "certificate") for f in reader.owners(q))
    return spec.about == "employer" and others and ("职工" in spec.name or hires_people(reader.text.text, q.start))
