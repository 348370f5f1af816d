"""Reading a message once the benefit is known: few facts are open, so looser words are enough to fill them.

``story`` reads without knowing what a message is about, and needs the words of each fact close to its number. Here
only the facts of one benefit compete: a sum said per month is multiplied by the months beside it, the words of a fact
may stand further off, people may be counted without saying again who they are, and what only one open fact can take
is that fact. Two candidates on either side, and nothing is filled: then the product asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from knowledge.numerals import normalise_width
from knowledge.rules.calculator import figure
from knowledge.rules.facts import FactSpec, FactValue, date_value
from knowledge.rules.intervals import compile_expression
from knowledge.rules.lexicon import STOP, Lexicon, compile_lexicon
from knowledge.rules.rulebook import Benefit, Rulebook, expression_facts
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_reading import read
from knowledge.rules.story_text import Readings, Text, clause_end, clause_start, fact_value, fits, prepare, rate_fits, rate_of

PEOPLE_UNITS = ("人", "个", "名", "位", "号人")
_COUNTED_PEOPLE = ("人", "名", "位", "")
_PART = re.compile(r"(?:其中|里面|里头|当中|之中)(?:有|的)?$")
_COUNTING = ("个", "人", "名", "位", "口", "本", "张", "号人")
_NO_PEOPLE = re.compile(
    r"^(?:补贴|补助|政策|问题|事|条件|文件|都|月|地方|办法|城市|年头|钱|方案|口径|项目|比例|档|阶段|半月|小时|学时|点|百分点|多月|季度|部门|局|电话|说法|选|能|哪|证|企业|公司|厂|店)"
)
_RATE = re.compile(r"(?:每|一)(?:个)?(?:人)?$|每$|第$|上$|这$|那$|哪$|几$|各$")
# 「一个」 speaks of one of the people only in such words; elsewhere it is an article (「一个纸箱厂」)
_ONE_OF_THEM = re.compile(r"(?:其中|里头?|里面|另外|还有|还|又|招了?|来了|走了|另)有?(?:的)?\|(?!企业|公司|厂|月|[\d一二三四五六七八九十百千])|\|(?:没|只|才|已|签|登记|走了|辞|离职|不干|领过|拿过)")
_WHOLE_YEAR = re.compile(r"一整年|全年|整年|一年到头|年年月月")
PAID = "hires.paid_otherwise"
_SENTENCE = STOP.replace("、", "")
_REACH = 16  # how far the words of a fact may stand from its number here


@dataclass(frozen=True, slots=True)
class Directed:
    """What a message says about one benefit: facts found, and the numbers of people or sums that nothing took."""

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    odd: tuple[Quantity, ...] = ()
    guessed: frozenset[str] = frozenset()  # facts found by elimination alone


@dataclass
class _Reader:
    """One message read for one benefit."""

    benefit: Benefit
    lexicon: Lexicon
    text: Text
    readings: Readings
    known: Mapping[str, FactValue]
    filled: dict[str, FactValue] = field(default_factory=dict)
    used: set[tuple[int, int]] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)

    def open_specs(self) -> list[FactSpec]:
        """Facts of the benefit that are still open and that people state as one figure."""
        vague = {fact for fact, _ in self.readings.vague}
        said = {**self.known, **self.filled}
        inputs = [x for f in self.benefit.needs if f not in said for x in _inputs(self.benefit.facts[f])]
        if not any(x in said for x in inputs):
            inputs = [x for x in inputs if "*" in _formula(self.benefit, x)]
        inputs = [x for x in inputs if not any(c in said for c in self.benefit.facts[x].sum_of)]
        return [
            self.benefit.facts[f]
            for f in dict.fromkeys([*self.benefit.needs, *inputs])
            if f not in said and f not in vague and _fillable(self.benefit, f, said)
        ]

    def free(self) -> list[Quantity]:
        """Exact quantities that no fact of this benefit has taken."""
        claimed = {
            (r.start, r.end) for r in self.readings.found if r.value.fact in self.benefit.reads or not r.value.fact
        } | self.used
        return [q for q in self.text.quantities if q.exact and (q.start, q.end) not in claimed]

    def fill(self, value: FactValue, *taken: Quantity) -> None:
        low, high = self.benefit.facts[value.fact].span
        if isinstance(value.value, Decimal) and not low <= value.value <= high:
            return
        self.filled[value.fact] = value
        self.used |= {(q.start, q.end) for q in taken}


def _inputs(spec: FactSpec) -> tuple[str, ...]:
    """The facts that a derived one is worked out from; none for an alias."""
    names = tuple(sorted(compile_expression(spec.derive).names)) if spec.derive else ()
    return names if len(names) > 1 else ()


def _formula(benefit: Benefit, fact: str) -> str:
    """The formula of the open fact that a fact goes into."""
    return next((benefit.facts[f].derive or "" for f in benefit.needs if fact in _inputs(benefit.facts[f])), "")


def read_for(
    rulebook: Rulebook, benefit: Benefit, facts: Mapping[str, FactValue], message: str, as_of: date
) -> Directed:
    """What ``message`` says about ``benefit`` beyond the facts already known."""
    if benefit.amount is None:
        return Directed()
    lexicon = compile_lexicon(rulebook)
    message = normalise_width(message)
    text, _ = prepare(message, as_of, lexicon)
    reader = _Reader(benefit, lexicon, text, read(message, as_of, lexicon), facts)
    _paid_otherwise(reader)
    _people_of_one_kind(reader)
    _by_pairs(reader)
    _by_distant_words(reader)
    _by_elimination(reader)
    _day_by_elimination(reader)
    return Directed(reader.filled, tuple(_odd(reader)), frozenset(reader.guessed))


def _paid_otherwise(reader: _Reader) -> None:
    """People for whom a benefit was had that this one excludes by name; other benefits had exclude nobody."""
    amount = reader.benefit.amount
    less = [f for f in (amount.less if amount else ()) if f == PAID]
    if not less:
        return
    text = reader.text.text
    named = [n for e in reader.benefit.spec.exclusions for n in e.names]
    people = [
        q
        for q in reader.text.quantities
        if q.exact and q.unit in PEOPLE_UNITS and _had(named, text[clause_start(text, q.start, _SENTENCE) : clause_end(text, q.end, _SENTENCE)])
    ]
    if people:
        last = people[-1]
        value = fact_value(reader.benefit.facts[PAID], last)
        reader.fill(value, *people)
        reader.known = {**reader.known, PAID: value}
    elif PAID in reader.known and not any(_tail(n) in text for n in named):
        reader.filled[PAID] = FactValue(PAID, Decimal(0), reader.known[PAID].raw)


def _had(names: list[str], clause: str) -> bool:
    """Whether a clause says that one of these was had: 「其中俩已经领过一次性扩岗补助」."""
    return any(_tail(n) in clause for n in names) and bool(re.search(r"[领拿申报享用]\S{0,3}(?:过|了)|已经|受过", clause))


def _tail(name: str) -> str:
    """The part of a name that people say."""
    return name.removeprefix("一次性").removeprefix("创业")


def _people_of_one_kind(reader: _Reader) -> None:
    """「招一个应届生给1500，我招了4个」: the only kind of people spoken of is the kind that was counted."""
    amount = reader.benefit.amount
    counts = amount.counts if amount else ()
    specs = {c: reader.benefit.facts[c] for c in counts}
    if not specs or any(c in reader.known for c in counts) or any(c in {f for f, _ in reader.readings.vague} for c in counts):
        return
    if not all(s.part_of for s in specs.values()):
        return
    wholes = {s.part_of for s in specs.values()}
    if any(reader.lexicon.specs[r.value.fact].part_of in wholes for r in reader.readings.found if r.value.fact):
        return  # the message itself says who they are
    spoken = _kinds_spoken_of(reader)
    kinds = spoken & set(specs)
    if len(kinds) != 1 or (spoken - kinds):
        return
    kind = next(iter(kinds))
    whole = specs[kind].part_of
    while whole is not None and whole not in reader.known:
        whole = reader.benefit.facts[whole].part_of
    if whole is not None:
        total = reader.known[whole]
        reader.fill(FactValue(kind, total.value, total.raw, total.low, total.high))
        return
    people = [q for q in reader.free() if _counts_people(reader.text.text, q)]
    if len(people) == 1:
        reader.fill(fact_value(specs[kind], people[0]), people[0])


def _kinds_spoken_of(reader: _Reader) -> set[str]:
    """Categories of people whose names stand anywhere in the message, the narrower hiding the wider."""
    found: set[str] = set()
    message = reader.text.text
    for spec in reader.lexicon.specs.values():
        if spec.type != "count" or not spec.part_of:
            continue
        words = [*spec.nouns, *(spec.modifiers if any(w in message for w in _wider_nouns(spec, reader.lexicon)) else ())]
        if any(_spoken(w, message) for w in words):
            found.add(spec.id)
    wholes = {reader.lexicon.specs[f].part_of for f in found}
    return {f for f in found if f not in wholes}


def _spoken(word: str, message: str) -> bool:
    """Whether a word stands in the message and is not denied (「也不是困难人员」)."""
    at = message.find(word)
    return at >= 0 and not re.search(r"(?:不是|不算|没有|不属于|并非|又不|也不)[^，,。]{0,4}$", message[max(0, at - 8) : at])


def _wider_nouns(spec: FactSpec, lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.specs[spec.part_of].nouns if spec.part_of else ()


def _counts_people(text: str, q: Quantity) -> bool:
    before, after = text[max(0, q.start - 2) : q.start], text[q.end : q.end + 4]
    return q.unit in PEOPLE_UNITS and q.value > 1 and not _NO_PEOPLE.match(after) and not _RATE.search(before)


def _by_pairs(reader: _Reader) -> None:
    """「四天上了20人，后面三天上35人」: a product of two facts, said pair by pair, is the sum of the pairs."""
    for f in reader.benefit.needs:
        spec = reader.benefit.facts[f]
        factors = [x.strip() for x in (spec.derive or "").split("*")]
        if len(factors) != 2 or f in reader.known or any(x not in reader.benefit.facts for x in factors):
            continue
        one, other = (reader.benefit.facts[x] for x in factors)
        firsts, seconds = ([q for q in reader.text.quantities if q.exact and _measures(s, reader.text.text, q)] for s in (one, other))
        in_turn = sorted([(q.start, 0) for q in firsts] + [(q.start, 1) for q in seconds])
        kinds = [kind for _, kind in in_turn]
        if len(firsts) != len(seconds) or len(firsts) < 2 or kinds != [kinds[0], 1 - kinds[0]] * len(firsts):
            continue
        total = sum((fact_value(one, a).value * b.value for a, b in zip(firsts, seconds, strict=True)), Decimal(0))  # type: ignore[operator]
        raw = "＋".join(f"{a.raw}×{b.raw}" for a, b in zip(firsts, seconds, strict=True))
        for x in factors:
            reader.known = {k: v for k, v in reader.known.items() if k != x}
        reader.fill(FactValue(f, total, raw), *firsts, *seconds)


def _measures(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "count" and spec.unit in _COUNTED_PEOPLE:
        return _counts_people(text, q)
    return fits(spec, q) and q.unit != "" and not _RATE.search(text[max(0, q.start - 2) : q.start])


def _by_distant_words(reader: _Reader) -> None:
    """The words of an open fact, in their order, within reach of a number that can be its value."""
    offers: list[tuple[int, int, str, Quantity]] = []
    vague = {fact for fact, _ in reader.readings.vague}
    specs = {s.id: s for s in _with_inputs(reader) if s.id not in vague}
    for spec in specs.values():
        for q in reader.free():
            if _can_be(spec, reader.text.text, q) and (score := _nearness(spec, reader.text.text, q)):
                offers.append((-score, q.start, spec.id, q))
    for _, _, fact, q in sorted(offers, key=lambda o: o[:3]):
        if fact in reader.filled or (q.start, q.end) in reader.used:
            continue
        rivals = [o for o in offers if o[3] == q and o[2] != fact and o[0] <= -_nearness(specs[fact], reader.text.text, q)]
        if not rivals:
            composed = _composed(reader, specs[fact], q)
            if composed is not None:
                reader.fill(*composed)


def _with_inputs(reader: _Reader) -> Iterator[FactSpec]:
    """The open facts, and the numbers that open ones derive from."""
    for f in reader.benefit.reads:
        spec = reader.benefit.facts[f]
        if spec.numeric and f not in reader.known and spec.type != "age" and not spec.part_of:
            yield spec


def _nearness(spec: FactSpec, text: str, q: Quantity) -> int:
    """How well the words before or after a number are those of a fact: characters of its longest pattern that fits, else 0."""
    start = max((text.rfind(c, 0, q.start) for c in "。；;！!？?\n"), default=-1) + 1
    before, after = text[max(start, q.start - _REACH) : q.start], text[q.end : q.end + 6]
    best = 0
    for pattern in spec.patterns:
        if "N" not in pattern:
            continue
        head, tail = pattern.split("N", 1)
        pieces = [p for p in re.split(r"\.\.", head) if p]
        tails = [p for p in re.split(r"\.\.", tail) if p]
        if _in_order(pieces, before) and _in_order(tails, after) and (pieces or tails):
            best = max(best, sum(map(len, pieces)) + sum(map(len, tails)))
    return best if best >= 2 else 0


def _in_order(pieces: list[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _by_elimination(reader: _Reader) -> None:
    """What only one open fact can take, and nothing else in the message could be."""
    missing = reader.open_specs()
    for spec in missing:
        takers = [s for s in missing if s is not spec and s.id not in reader.filled and _rivals(s, spec)]
        candidates = [q for q in reader.free() if _can_be(spec, reader.text.text, q) and not _hired(reader, spec, q)]
        same = candidates and len({q.value for q in candidates}) == 1 and len({q.unit for q in candidates}) == 1
        if same and not takers and not spec.open and spec.id not in reader.filled:
            composed = _composed(reader, spec, candidates[0])
            if composed is not None:
                reader.fill(*composed, *candidates[1:])
                reader.guessed.add(spec.id)


def _hired(reader: _Reader, spec: FactSpec, q: Quantity) -> bool:
    """Whether a number counts people hired, whom a total of staff does not mean."""
    owners = {r.value.fact for r in reader.readings.found if (r.start, r.end) == (q.start, q.end) and r.value.fact}
    return "职工" in spec.name and any(reader.lexicon.specs[f].about in ("hire", "certificate") for f in owners)


def _day_by_elimination(reader: _Reader) -> None:
    """The only day in a message is the only day that the benefit asks for."""
    dates = [f for f in reader.benefit.needs if reader.benefit.facts[f].type == "date"]
    days = reader.text.days
    if len(dates) == 1 and dates[0] not in reader.known and len(days) == 1:
        day = days[0]
        reader.fill(date_value(dates[0], day.first, day.last, day.raw))


def _composed(reader: _Reader, spec: FactSpec, q: Quantity) -> tuple[FactValue, *tuple[Quantity, ...]] | None:
    """A number as the fact's value: a sum said per month or per person is multiplied by the months or people beside it."""
    if spec.type != "money" or rate_fits(spec, reader.text.text, q):
        return fact_value(spec, q), q
    said = rate_of(reader.text.text, q)
    own = {k for k, mark in (("person", "/人"), ("month", "/月")) if mark in spec.unit}
    if own - said:
        return None
    factors: list[Quantity] = []
    raw, value = q.raw, fact_value(spec, q).value
    assert isinstance(value, Decimal)
    for what in sorted(said - own):
        factor = _factor(reader, what)
        if factor is None:
            return None
        number, words, taken = factor
        value, raw = value * number, f"{raw}×{words}"
        factors += taken
    return FactValue(spec.id, value, raw), q, *factors


def _factor(reader: _Reader, what: str) -> tuple[Decimal, str, list[Quantity]] | None:
    """The only number of months (or of people) in the message."""
    text = reader.text
    if what == "month":
        spans = [q for q in text.quantities if q.exact and q.unit in ("个月", "年", "季度") and _is_span(text.text, q)]
        months = {q.value * {"个月": 1, "年": 12, "季度": 3}[q.unit] for q in spans}
        if len(months) == 1:
            return next(iter(months)), spans[0].raw, spans
        return (Decimal(12), "12个月", []) if not months and _WHOLE_YEAR.search(text.text) else None
    people = [q for q in text.quantities if q.exact and _counts_people(text.text, q)]
    return (people[0].value, people[0].raw, people) if len({q.value for q in people}) == 1 else None


def _is_span(text: str, q: Quantity) -> bool:
    """Not 「每月」「一个月980」: a number of months, not the unit of a rate."""
    return not (q.value == 1 and re.match(r"[\d一二两三四五六七八九十百千]|交|缴|免|减|给", text[q.end : q.end + 1]))


def _can_be(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "money" and q.unit not in ("元", "万元") and q.value < 1000:
        return False  # a bare small number is hardly a sum of money
    if spec.type in ("count", "days") and q.value == 1:
        return False  # 「一个人一天补多少」 asks for a rate
    if spec.type == "months" and not _is_span(text, q):
        return False
    people = spec.type != "count" or spec.unit not in _COUNTED_PEOPLE or q.unit in PEOPLE_UNITS
    return fits(spec, q) and people and (spec.type != "count" or not _RATE.search(text[max(0, q.start - 2) : q.start]))


def _fillable(benefit: Benefit, fact: str, known: Mapping[str, FactValue]) -> bool:
    """Open numbers that people state as one figure; categories of people are never guessed."""
    spec = benefit.facts[fact]
    counts = benefit.amount.counts if benefit.amount else ()
    known_parts = [f for f in benefit.facts if spec.derive and f in known and f in spec.derive]
    alone = spec.derive is None or spec.ask_whole
    return (
        spec.numeric
        and spec.type != "age"
        and alone
        and not known_parts
        and not spec.part_of
        and (spec.id not in counts or (len(counts) == 1 and spec.about != "hire"))
    )


def _rivals(one: FactSpec, other: FactSpec) -> bool:
    """Whether two facts could claim the same quantity."""
    same = one.type == other.type or {one.type, other.type} <= {"months", "years"}
    return same and (one.type != "count" or one.unit == other.unit) and (one.type != "money" or one.unit == other.unit)


def _odd(reader: _Reader) -> Iterator[Quantity]:
    """Numbers of people (or sums of money) that no fact took although this benefit counts such things.

    With one of these a computed amount may rest on half the story: the product must ask instead of stating it.
    Figures of the clause itself (「一人1000」) are none, nor is a number that sums up what was counted.
    """
    benefit, text, readings = reader.benefit, reader.text.text, reader.readings
    amount = benefit.amount
    assert amount is not None
    figures = {figure(p) for p in amount.parameters.values()}
    figures |= {figure(p) for b in amount.branches for p in b.parameters.values()}
    measured = [benefit.facts[f] for f in expression_facts(amount, benefit.facts)]
    counts_people = bool(amount.counts) or any(s.type == "count" and s.unit in _COUNTED_PEOPLE for s in measured)
    money = any(s.type == "money" for s in measured)
    counted = [
        r.value.value for r in readings.found if r.value.fact in amount.counts and isinstance(r.value.value, Decimal)
    ]
    sums = _sums(reader, counted)
    for q in readings.unclaimed:
        if (q.start, q.end) in reader.used:
            continue
        before, after = text[max(0, q.start - 2) : q.start], text[q.end : q.end + 4]
        people = q.unit in _COUNTING and not _NO_PEOPLE.match(after) and not _RATE.search(before)
        single = q.value == 1 and not _ONE_OF_THEM.search(text[max(0, q.start - 6) : q.start] + "|" + after)
        household = q.unit == "口" and after[:1] == "子"  # 「两口子」
        unplaced = people and not single and not household and q.value not in sums
        sum_left = q.unit in ("元", "万元") and q.value not in figures and q.value >= 100
        if (counts_people and unplaced) or (money and sum_left):
            yield q
    for spec in (benefit.facts[f] for f in benefit.defaults):
        if spec.type == "count" and spec.unit == "人" and spec.id not in {**reader.known, **reader.filled}:
            yield from (q for q in reader.free() if _counts_people(text, q) and q.value not in sums)
    used = {r.value.fact for r in readings.found if r.value.fact in benefit.reads}
    if counts_people:
        yield from (q for q in reader.text.quantities if _partial(q, text, readings, used))


def _sums(reader: _Reader, counted: list[Decimal]) -> set[Decimal]:
    """Numbers that only sum up, or say again, what was counted (「六个人全是三年合同」)."""
    people = [v.value for f, v in {**reader.known, **reader.filled}.items() if reader.lexicon.specs[f].type == "count" and isinstance(v.value, Decimal)]
    values = list(dict.fromkeys([*counted, *people]))[:6]
    kinds = [v for v in people if v][:6]
    found = {sum(counted, Decimal(0)), *values}
    for mask in range(1, 1 << len(kinds)):
        found.add(sum((v for i, v in enumerate(kinds) if mask >> i & 1), Decimal(0)))
    return found


def _partial(q: Quantity, text: str, readings: Readings, used: set[str]) -> bool:
    """「其中60个已经不干了」: a part of the people, taken by a fact that this benefit does not read."""
    takers = {r.value.fact for r in readings.found if (r.start, r.end) == (q.start, q.end)}
    return bool(q.unit in _COUNTING and _PART.search(text[: q.start]) and takers and not takers & used)
