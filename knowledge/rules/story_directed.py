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
from knowledge.rules.intervals import compile_expression
from knowledge.rules.lexicon import STOP, compile_lexicon
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.story_kinds import kinds_of_people, lengths_of_people, paid_otherwise, people_of_one_kind
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_reading import read
from knowledge.rules.story_slots import (
    COUNTED_PEOPLE,
    PEOPLE_UNITS,
    Directed,
    Slots,
    can_be,
    counts_people,
    is_span,
    nearness,
    rivals,
)
from knowledge.rules.story_spans import day_by_elimination, day_span, month_span, month_spans, within
from knowledge.rules.story_text import Readings, Text, clause_start, fact_value, fits, hires_people, prepare, rate_fits, rate_of
from knowledge.rules.story_unplaced import in_same_words, unplaced

_WHOLE_YEAR = re.compile(r"一整年|全年|整年|一年到头|年年月月")
_OWN_UNIT = ("学时", "平方米")  # units that nothing else is said in
_LEAST_SUM = 100  # yuan: smaller numbers are no premiums of a firm
_EACH = re.compile(r"每个?(?:人|职工|员工)|一人")
_BY_STAFF = re.compile(r"职工|员工|大伙|大家|个人|自己|工人|护工|伙计|他们|她们|师傅|工资里")
_TOGETHER = re.compile(r"加|连|和|带|跟|合计|一共|总共|统共|全部")
_PAYS = re.compile(r"交|缴|出|方|那块|那份|部分|掏|付")
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
    _by_pairs(reader)
    _by_shifts(reader)
    _by_distant_words(reader)
    _two_shares(reader)
    _both_together(reader)
    _listed_sums(reader)
    day_span(reader)
    month_span(reader)
    _without_those(reader)
    _by_elimination(reader)
    day_by_elimination(reader)
    return Directed(reader.filled, tuple(unplaced(reader)), frozenset(reader.guessed))


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
        in_turn = sorted([(q.start, 0) for q in firsts] + [(q.start, 1) for q in seconds])
        kinds = [kind for _, kind in in_turn]
        if len(firsts) != len(seconds) or len(firsts) < 2 or kinds != [kinds[0], 1 - kinds[0]] * len(firsts):
            continue
        total = sum((a.value * b.value for a, b in zip(firsts, seconds, strict=True)), Decimal(0))
        raw = "＋".join(f"{a.raw}×{b.raw}" for a, b in zip(firsts, seconds, strict=True))
        for x in factors:
            reader.known = {k: v for k, v in reader.known.items() if k != x}
        reader.fill(FactValue(f, total, raw), *firsts, *seconds)


_SHIFT = re.compile(r"(?:[白夜早中晚甲乙丙大小]班|[一二三四]车间|[一二三四]组|男工?|女工?)(?:的|有|是|各)?$")


def _by_shifts(reader: Slots) -> None:
    """「白班22人夜班14人」: people counted shift by shift are counted together."""
    people = [q for q in reader.free() if counts_people(reader.text.text, q)]
    if len(people) < 2 or not all(_SHIFT.search(reader.text.text[: q.start]) for q in people):
        return
    open_counts = [s for s in reader.open_specs() if s.type == "count" and s.unit in COUNTED_PEOPLE]
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
            score = nearness(spec, reader.text.text, q) if can_be(spec, reader.text.text, q) else 0
            if score and not _said_of_another(reader, spec, q, score) and not _hired(reader, spec, q):
                offers.append((-score, q.start, spec.id, q))
    for _, _, fact, q in sorted(offers, key=lambda o: o[:3]):
        if fact in reader.filled or (q.start, q.end) in reader.used:
            continue
        rivals = [o for o in offers if o[3] == q and o[2] != fact and o[0] <= -nearness(specs[fact], reader.text.text, q)]
        if not rivals:
            composed = _composed(reader, specs[fact], q)
            if composed is not None:
                reader.fill(composed[0], *composed[1])


def _said_of_another(reader: Slots, spec: FactSpec, q: Quantity, score: int) -> bool:
    """Whether the words before a number say more exactly what it is, and that is another fact (「基准利率」, not 「利率」)."""
    owners = reader.owners(q)
    if spec.type == "percent":
        owners |= {f for f, s in reader.lexicon.specs.items() if s.type == "percent"}
    others = [reader.lexicon.specs[f] for f in owners if f != spec.id]
    return any(o.type == spec.type and nearness(o, reader.text.text, q) > score for o in others)


def _two_shares(reader: Slots) -> None:
    """「厂里交的三万一，大伙儿自己那份一万四」「每人每月单位交21、个人交9块」: a whole that two sides pay, said as two sums."""
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        sides = [x.strip() for x in (spec.derive or "").split("+")]
        if spec.type != "money" or len(sides) != 2 or all(x in {**reader.known, **reader.filled} for x in sides):
            continue
        text = reader.text.text
        sums = [q for q in reader.text.quantities if q.exact and q.unit in ("", "元", "万元") and _share_of(text, q) is not None]
        if len(sums) != 2 or [_share_of(text, q) for q in sums] != ["firm", "staff"]:
            continue
        times = _times(reader, rate_of(text, sums[0]))
        if times is None or (times == 1 and min(q.value for q in sums) < _LEAST_SUM):
            continue
        for side, q in zip(sides, sums, strict=True):
            reader.fill(FactValue(side, q.value * times, q.raw), q)
        reader.known = {k: v for k, v in reader.known.items() if k not in (f, *sides)}
        reader.filled[f] = FactValue(f, (sums[0].value + sums[1].value) * times, f"{sums[0].raw}＋{sums[1].raw}")


_REACH = 40  # characters before a sum in which both sides are named


def _both_together(reader: Slots) -> None:
    """「厂里交的跟工人个人交的加一块8万6」: one sum that is said to be both sides' is the whole that they pay."""
    text = reader.text.text
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        sides = [x.strip() for x in (spec.derive or "").split("+")]
        if spec.type != "money" or len(sides) != 2 or f in {**reader.known, **reader.filled}:
            continue
        for q in (q for q in reader.text.quantities if q.exact and q.unit in ("", "元", "万元") and q.value >= _LEAST_SUM):
            before = text[max(0, text.rfind("。", 0, q.start) + 1, q.start - _REACH) : q.start]
            both = _BY_FIRM.search(before) and _BY_STAFF.search(before) and _SUMMED.search(before[-14:])
            if (
                both
                and rate_fits(spec, text, q)
                and not any(
                    o.end <= q.start and o.start >= q.start - len(before) for o in reader.text.quantities if o.value >= _LEAST_SUM
                )
            ):
                reader.known = {k: v for k, v in reader.known.items() if k not in sides}
                reader.fill(fact_value(spec, q), q)
                return


_BY_FIRM = re.compile(r"单位|公司|企业|厂|店")
_SUMMED = re.compile(r"加一块|加一起|加起来|合计|一共|共|拢起来|拢一块|凑一块|凑起来|合起来|总共|合着")


def _share_of(text: str, q: Quantity) -> str | None:
    """Whose share the clause before a sum says it is."""
    clause = text[clause_start(text, q.start, STOP) : q.start]
    if _TOGETHER.search(clause):
        return None
    if _BY_STAFF.search(_EACH.sub("", clause)):
        return "staff"
    return "firm" if _PAYS.search(clause) else None


def _times(reader: Slots, per: frozenset[str]) -> Decimal | None:
    """How many months and people a rate stands for; None when the message does not say."""
    times = Decimal(1)
    for what in sorted(per):
        factor = _factor(reader, what)
        if factor is None:
            return None
        times *= factor[0]
        reader.used |= {(q.start, q.end) for q in factor[2]}
    return times


def _listed_sums(reader: Slots) -> None:
    """「一个给了15万，一个给了8万」: sums told one after the other in the same words are one fact's, added up."""
    for fact, value in {**reader.known, **reader.filled}.items():
        if fact not in reader.benefit.reads or reader.benefit.facts[fact].type != "money":
            continue
        first = next((q for q in reader.text.quantities if q.raw == value.raw), None)
        more = [q for q in reader.free() if first is not None and q.start >= first.end and in_same_words(reader, q)]
        more = [q for q in more if _share_of(reader.text.text, q) == (_share_of(reader.text.text, first) if first else None)]
        if first is not None and more:
            total = sum((q.value for q in more), first.value)
            reader.fill(FactValue(fact, total, "＋".join(q.raw for q in (first, *more))), first, *more)


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
        alias = compile_expression(spec.derive).names if spec.derive else frozenset()
        settled = (len(alias) == 1 and alias <= set(reader.known)) or any(x in reader.known for x in spec.first_of)
        if spec.numeric and f not in reader.known and spec.type != "age" and not spec.part_of and not settled:
            yield spec


def _by_elimination(reader: Slots) -> None:
    """What only one open fact can take, and nothing else in the message could be."""
    missing = reader.open_specs()
    for spec in missing:
        takers = [s for s in missing if s is not spec and s.id not in reader.filled and rivals(s, spec)]
        candidates = [q for q in reader.free() if can_be(spec, reader.text.text, q) and not _hired(reader, spec, q)]
        if spec.type == "percent":  # a rate is never another rate
            candidates = [q for q in candidates if not _said_of_another(reader, spec, q, 0)]
        if spec.type == "months":
            candidates = [q for q in candidates if not _tells_who_they_are(reader, spec, q)]
        kinds = {"人" if q.unit in PEOPLE_UNITS else q.unit for q in candidates}
        values = {fact_value(spec, q).value for q in candidates}
        same = candidates and len(values) == 1 and (len(kinds) == 1 or spec.type != "count")
        if same and not takers and not spec.open and spec.id not in reader.filled:
            composed = _composed(reader, spec, candidates[0])
            if composed is not None:
                reader.fill(composed[0], *composed[1], *candidates[1:])
                if spec.unit not in _OWN_UNIT:
                    reader.guessed.add(spec.id)


def _tells_who_they_are(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether a span of time belongs to words that say what kind of people somebody means (「失业半年的1000」), not to their contract."""
    heads = {p.source_text.split("N")[0].strip(".") for p in reader.lexicon.qualified if p.fact.id != spec.id}
    text = reader.text.text
    return any(h and text[: q.start].endswith(h) for h in heads) or bool(_SINCE_WHEN.match(text[q.end :]))


def _hired(reader: Slots, spec: FactSpec, q: Quantity) -> bool:
    """Whether a number counts people hired or certified, whom a number of staff does not mean.

    Trainees are staff called graduates (「4个毕业生在我们这儿见习」); so other words than those of hiring leave it open.
    """
    others = any(reader.lexicon.specs[f].about in ("hire", "certificate") for f in reader.owners(q))
    return spec.about == "employer" and others and ("职工" in spec.name or hires_people(reader.text.text, q.start))


def _composed(reader: Slots, spec: FactSpec, q: Quantity) -> tuple[FactValue, tuple[Quantity, ...]] | None:
    """A number as the fact's value: a sum said per month or per person is multiplied by the months or people beside it."""
    if spec.type != "money" or rate_fits(spec, reader.text.text, q):
        return fact_value(spec, q), (q,)
    said = rate_of(reader.text.text, q)
    own = {k for k, mark in (("person", "/人"), ("month", "/月")) if mark in spec.unit}
    lacking = own - said - {"month"}  # a base said per person is the month's, unless it is said otherwise
    if lacking and not (lacking == {"person"} and _one_counted(reader)):
        return None
    factors: list[Quantity] = []
    raw, value = q.raw, fact_value(spec, q).value
    assert isinstance(value, Decimal)
    for what in sorted(said - own):
        factor = _factor(reader, what)
        if factor is not None and what == "month":
            _also_months(reader, spec, factor[2])
        if factor is None:
            return None
        number, words, taken = factor
        value, raw = value * number, f"{raw}×{words}"
        factors += taken
    return FactValue(spec.id, value, raw), (q, *factors)


def _one_counted(reader: Slots) -> bool:
    """Whether one person is counted, so that a sum is that person's (「招了个困难人员，单位每月替她交1100」)."""
    counts = reader.benefit.amount.counts if reader.benefit.amount else ()
    return (
        sum((v.value for c in counts if c in reader.known and isinstance((v := reader.known[c]).value, Decimal)), Decimal(0)) == 1
    )


def _also_months(reader: Slots, spec: FactSpec, months: list[Quantity]) -> None:
    """The months of a monthly sum are also the months that the benefit asks for (「每个月免9万，一共免了3个月」)."""
    open_months = [s for s in reader.open_specs() if s.type == "months" and s.id != spec.id]
    if len(open_months) == 1 and months:
        reader.filled[open_months[0].id] = fact_value(open_months[0], months[0])


def _factor(reader: Slots, what: str) -> tuple[Decimal, str, list[Quantity]] | None:
    """The only number of months (or of people) in the message."""
    text = reader.text
    if what == "month":
        spans = [q for q in text.quantities if q.exact and q.unit in ("个月", "年", "季度") and is_span(text.text, q)]
        months = {q.value * {"个月": 1, "年": 12, "季度": 3}[q.unit] for q in spans}
        if len(months) == 1:
            return next(iter(months)), spans[0].raw, spans
        stretches = list(month_spans(reader))
        if not months and len({s.number for s in stretches}) == 1:
            return stretches[0].number, stretches[0].raw, within(reader, stretches[0])
        return (Decimal(12), "12个月", []) if not months and _WHOLE_YEAR.search(text.text) else None
    people = [q for q in text.quantities if q.exact and counts_people(text.text, q)]
    return (people[0].value, people[0].raw, people) if len({q.value for q in people}) == 1 else None
