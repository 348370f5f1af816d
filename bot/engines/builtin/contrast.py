"""Two kinds under one clause (「划成大型跟划成中型差多少」「普通那档和困难企业那档，哪个多」): the sum of each, then the difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.engines.builtin.completing import completed
from bot.engines.builtin.contract import to_contract, verdict_to_contract
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.presumed import presume_ordinary, special_standings
from bot.engines.builtin.writing import Writer, chinese_date, office_of
from bot.types import Draft, Turn, Understanding
from bot.understanding.cues import load_cues
from knowledge.numerals import format_amount, normalise_width
from knowledge.regions import cities_of
from knowledge.rules.calculator import CalculationResult, calculate, variants
from knowledge.rules.conditions import leaves
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.rows import rows_in
from knowledge.rules.rulebook import Benefit
from knowledge.rules.situation import Situation
from knowledge.rules.story_numbers import quantities_in
from knowledge.texts.normalise import matching_form

WEIGHED = 4  # leading matches that may be what is contrasted
MOST = 4  # kinds put side by side
COUNTED_PEOPLE_UNITS = ("人", "名", "位", "个", "本", "张")
LEAST_SUM = 1000  # yuan: a bare number from here on may be a sum; years are told with their word
SUPPOSED = "（假定）"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the kinds that are put side by side: what it is called, what is supposed, and whether it is a count of one."""

    name: str
    facts: Mapping[str, FactValue]
    standing: str | None = None  # the yes-or-no fact that makes it; None for a choice and for the ordinary kind


@dataclass(frozen=True, slots=True)
class Sum:
    """What one kind brings, by which benefit."""

    kind: Kind
    benefit: Benefit
    result: CalculationResult
    facts: Mapping[str, FactValue]
    odd: tuple[str, ...] = ()  # words of numbers that nothing took


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The sums of the kinds that the message contrasts; None when it contrasts none or one of them gives no sum."""
    u = turn.understanding
    assert u is not None
    contrasts = load_cues().contrasts(u.question)
    if (
        not contrasts
        or rows_in(normalise_width(u.question)) is not None
        or turn.uncovered
        or turn.lent
        or len(cities_of(u.regions_named)) > 1
        or len(set(u.years_named)) > 1
    ):
        return None
    tried: set[str] = set()
    for match in match_benefits(turn, writer.kit.knowledge)[:WEIGHED]:
        if match.benefit.measure in tried or match.benefit.amount is None:
            continue
        tried.add(match.benefit.measure)
        family = _family(match.benefit, u, writer)
        for kinds in _contrasted(u, family):
            sums = _merged(s for k in kinds if (s := _sum_of(k, family, turn, writer)) is not None)
            if 2 <= len(sums) <= MOST and len(sums) == len(_merged_kinds(kinds, sums)) and not _left_over(sums, u):
                return _written(sums, writer)
    return None


def _told_one_by_one(u: Understanding) -> bool:
    """Whether firms or people are told of one by one, each with numbers of its own."""
    rows = rows_in(normalise_width(u.question))
    return rows is not None and rows.kind != "phase"


def _family(benefit: Benefit, u: Understanding, writer: Writer) -> tuple[Benefit, ...]:
    """The benefits of one measure that pay the same sort of asker in the same way."""
    own = (benefit.measure, benefit.spec.kind, benefit.spec.per)
    here = writer.kit.knowledge.rulebook.benefits.values()
    like = [b for b in here if (b.measure, b.spec.kind, b.spec.per) == own and b.amount is not None and not b.spec.on_request]
    return (benefit, *(b for b in like if b.id != benefit.id))


def _contrasted(u: Understanding, family: Sequence[Benefit]) -> Iterable[tuple[Kind, ...]]:
    """Every way in which the message puts kinds of these benefits side by side."""
    specs = {f: b.facts[f] for b in family for f in (*b.reads, *_levels(b)) if f in b.facts}
    for fact, spec in specs.items():
        if any(_counted(b, fact, u) for b in family):
            continue  # 「俩初级一个高级」 tells how many of each, and contrasts nothing
        keys = _named(spec, u.standalone) if spec.type == "choice" else ()
        if len(keys) > 1:
            yield tuple(Kind(spec.choices[k].name, _chosen(family, fact, k, spec.choices[k].name)) for k in keys)
    standings = [f for f in _standings(family) if f in u.facts and u.facts[f].value is True]
    ordinary = load_cues().names_the_ordinary(u.question)
    if len(standings) + ordinary > 1:
        kinds = [Kind(specs[s].name, _only(s, standings), s) for s in standings]
        yield (*kinds, *((Kind("", _only(None, standings)),) if ordinary else ()))


def _counted(benefit: Benefit, fact: str, u: Understanding) -> bool:
    """Whether more than one of what a choice tells apart was told with its number."""
    counts = benefit.amount.counts if benefit.amount else ()
    told = [
        c for c in counts if fact in benefit.facts[c].implies and c in u.facts and u.facts[c].raw not in benefit.facts[c].nouns
    ]
    return len(told) > 1


def _named(spec: FactSpec, text: str) -> tuple[str, ...]:
    """The choices that a text names, by the longest word that stands there (「高级技师」 is no 「高级」)."""
    form = matching_form(text)
    by_word: dict[str, list[str]] = {}
    for key, choice in spec.choices.items():
        for word in choice.words:
            by_word.setdefault(matching_form(word), []).append(key)
    found: set[str] = set()
    for word in sorted(by_word, key=len, reverse=True):
        if word in form:
            found |= {*by_word[word]}
            form = form.replace(word, " ")
    return tuple(k for k in spec.choices if k in found)


def _levels(benefit: Benefit) -> tuple[str, ...]:
    """Choices that say which of its counts is meant (the level of a certificate)."""
    counts = benefit.amount.counts if benefit.amount else ()
    implied = dict.fromkeys(f for c in counts for f in benefit.facts[c].implies)
    return tuple(f for f in implied if f in benefit.facts and benefit.facts[f].type == "choice")


def _chosen(family: Sequence[Benefit], fact: str, key: str, name: str) -> dict[str, FactValue]:
    """What choosing one kind means: the choice itself, and one of what is counted under it and none of the others."""
    supposed = {fact: FactValue(fact, frozenset({key}), name)}
    for benefit in family:
        for count in benefit.amount.counts if benefit.amount else ():
            if fact in benefit.facts[count].implies:
                number = Decimal(benefit.facts[count].implies[fact] == key)
                supposed[count] = FactValue(count, number, name if number else SUPPOSED)
    return supposed


def _standings(family: Sequence[Benefit]) -> tuple[str, ...]:
    """Yes-or-no facts that select a branch or that one benefit of the family asks for and not all."""
    asked = [{leaf.fact for c in b.conditions for leaf in leaves(c.node) if b.facts[leaf.fact].type == "bool"} for b in family]
    own = [f for facts in asked for f in sorted(facts) if not all(f in other for other in asked)]
    return tuple(dict.fromkeys((*(f for b in family for f in special_standings(b)), *own)))


def _only(standing: str | None, standings: Sequence[str]) -> dict[str, FactValue]:
    return {s: FactValue(s, s == standing, SUPPOSED) for s in standings}


def _sum_of(kind: Kind, family: Sequence[Benefit], turn: Turn, writer: Writer) -> Sum | None:
    """The sum of one kind: by the benefit that pays for its standing, else by the first that pays at all."""
    u = turn.understanding
    assert u is not None
    found: list[Sum] = []
    for benefit in family:
        if kind.standing is not None and kind.standing not in benefit.reads:
            continue
        own = replace(u, facts={**u.facts, **kind.facts}, new_facts=u.new_facts | kind.facts.keys())
        facts = presume_ordinary(benefit, own.facts)
        supposed = frozenset(c.id for c in benefit.conditions)
        result = calculate(benefit, facts, u.as_of, writer.kit.knowledge.library, supposed)
        odd: tuple[str, ...] = ()
        if result.missing and result.failing is None:
            done = completed(replace(turn, understanding=own), writer, benefit, facts, result)
            facts, odd = done.facts, done.odd
            result = calculate(benefit, facts, u.as_of, writer.kit.knowledge.library, supposed)
        if result.amount and not result.missing and result.failing is None:
            found.append(Sum(kind, benefit, result, facts, odd))
    if kind.standing is not None:  # the benefit that is only for those of this standing says more than one that is for all
        found.sort(key=lambda s: kind.standing not in {leaf.fact for c in s.benefit.conditions for leaf in leaves(c.node)})
    return found[0] if found else None


def _merged(sums: Iterable[Sum]) -> list[Sum]:
    """Kinds that bring the same sum by the same benefit are one: 「小微」 is micro and small."""
    kept: list[Sum] = []
    for one in sums:
        same = next((i for i, s in enumerate(kept) if (s.benefit, s.result.amount) == (one.benefit, one.result.amount)), None)
        if same is None:
            kept.append(one)
        else:
            before = kept[same].kind
            kept[same] = replace(kept[same], kind=replace(before, name="、".join(filter(None, (before.name, one.kind.name)))))
    return kept


def _merged_kinds(kinds: Sequence[Kind], sums: Sequence[Sum]) -> list[Sum]:
    """The sums, when together they stand for every kind; none when a kind brings no sum."""
    named = "、".join(s.kind.name for s in sums)
    return [*sums] if all(k.name in named for k in kinds) else []


def _left_over(sums: Sequence[Sum], u: Understanding) -> bool:
    """Whether a number of the message is counted under none of the kinds: then each has numbers of its own."""
    taken = [v.raw for s in sums for f, v in s.facts.items() if f in s.benefit.reads and v.raw]
    figures = {p.figure for s in sums if s.benefit.amount for p in s.benefit.amount.figures()}
    for q in quantities_in(normalise_width(u.question)):
        tells = (q.unit in COUNTED_PEOPLE_UNITS and q.value > 1) or (q.unit in ("元", "万元", "") and q.value >= LEAST_SUM)
        if tells and q.exact and q.value not in figures and not any(q.raw in raw or raw in q.raw for raw in taken):
            return True
    return any(not any(word in raw or raw in word for raw in taken) for s in sums for word in s.odd)


def _written(sums: Sequence[Sum], writer: Writer) -> Draft:
    r = writer.kit.replies
    names = [_name(s, writer) for s in sums]
    for one, name in zip(sums, names, strict=True):
        key = "contrast.maximum" if one.result.is_maximum else "contrast.exact"
        marks = "".join(dict.fromkeys(writer.cite(s.measure, s.quote) for s in one.result.steps))
        working = "；".join(s.text for s in one.result.steps)
        said = {"name": name, "amount": format_amount(one.result.amount or Decimal(0)), "unit": one.result.unit}
        writer.say(f"{r(key, **said)}：{working}{marks}。")
        writer.calculations.append(to_contract(writer, one.benefit, one.result, one.facts))
        writer.eligibility.append(verdict_to_contract(writer, one.benefit, one.result))
    _say_difference(sums, names, writer)
    _say_conditions(sums, writer)
    first = sums[0].benefit
    library = writer.kit.knowledge.library
    until = first.spec.validity.until
    if until is not None and until >= writer.as_of:
        at = writer.cite(first.spec.validity.measure or first.measure, first.spec.validity.quote or first.spec.quote)
        writer.say(f"{r('contrast.until', until=chinese_date(until))}{at}。")
    writer.refer(office_of(writer.kit, library.documents[first.document], library.measures[first.measure]))
    return writer.draft("answered", benefit=first.id)


def _name(one: Sum, writer: Writer) -> str:
    """What a kind is called: as chosen, by the branch of the clause that pays for it, or as the benefit is called."""
    if one.kind.name and one.kind.standing is None:
        return one.kind.name
    facts = {**one.benefit.defaults, **one.facts}
    possible = variants(one.benefit, Situation(one.benefit.facts, facts, writer.as_of))
    return next((v.name for v in possible[:1] if v.name), None) or one.benefit.name


def _say_difference(sums: Sequence[Sum], names: Sequence[str], writer: Writer) -> None:
    """By how much the greatest is more than the least, worked out here."""
    ordered = sorted(zip(sums, names, strict=True), key=lambda x: -(x[0].result.amount or Decimal(0)))
    (most, name), (least, _) = ordered[0], ordered[-1]
    assert most.result.amount is not None and least.result.amount is not None
    high, low, gap = (
        format_amount(x) for x in (most.result.amount, least.result.amount, most.result.amount - least.result.amount)
    )
    writer.figures += [gap, high, low, *names]  # a name may hold a number (「七大高耗能行业」)
    if most.result.amount == least.result.amount:
        writer.say(writer.kit.replies("contrast.same", high=high, unit=most.result.unit))
    else:
        writer.say(writer.kit.replies("contrast.gap", gap=gap, unit=most.result.unit, high=high, low=low, name=name))


def _say_conditions(sums: Sequence[Sum], writer: Writer) -> None:
    """Conditions of all kinds that the message leaves open; those that make the kinds differ are what is contrasted."""
    supposed = {f for s in sums for f in s.kind.facts}
    found: dict[str, str] = {}
    for one in sums:
        about = {c.id for c in one.benefit.conditions if any(leaf.fact in supposed for leaf in leaves(c.node))}
        for c in one.result.assessment.conditions:
            if c.verdict == "unknown" and c.id not in about:
                found.setdefault(c.text, writer.cite(c.measure, c.quote))
    if found:
        texts = "；".join(f"{text}{mark}" for text, mark in list(found.items())[:5])
        writer.say(f"{writer.kit.replies('amount.condition_unknown')}：{texts}。")
