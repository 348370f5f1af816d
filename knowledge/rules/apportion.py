"""People who differ: of 8 hired, 2 signed for ten months only. Who of them counts for a benefit, and who does not.

A fact that was said of some of the people only (``FactValue.parts``) is judged for each part by itself; the people of
a part that fails are taken off the number counted, with the condition that they fail. When the words leave open who
is who, nothing is taken off, the fact stays open, and the product asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from knowledge.rules.conditions import Condition, Verdict, judge, leaves
from knowledge.rules.facts import Facts, FactValue, Part
from knowledge.rules.rulebook import Benefit, expression_facts
from knowledge.rules.situation import Situation

_NOBODY = Decimal(0)


@dataclass(frozen=True, slots=True)
class Left:
    """People who are not counted, and the condition that they fail."""

    number: Decimal
    text: str
    quote: str
    measure: str


@dataclass(frozen=True, slots=True)
class _Split:
    """One fact's parts by verdict."""

    fact: str
    condition: Condition
    met: Decimal
    unmet: Decimal
    good: Part | None
    bad: Part | None
    rest: Part | None
    rest_verdict: Verdict | None
    nested: bool
    of: str | None


def apportion(benefit: Benefit, facts: Facts, as_of: date) -> tuple[Facts, tuple[Left, ...]]:
    """The facts with those who fail taken off the people counted, and who they are."""
    bases = _bases(benefit, facts)
    facts = _remaining(benefit, facts, bases)
    varying = [f for f in benefit.needs if f in facts and facts[f].parts]
    if not varying or not bases:
        return facts, ()
    result = dict(facts)
    left: list[Left] = []
    splits = [s for f in varying if (s := _split(benefit, facts, f, as_of)) is not None]
    for split in splits:
        taken = _taken(split, result, bases, not left, _counted_elsewhere(benefit, facts))
        if taken is None and split.bad is not None and not split.met and split.unmet == _total(result, bases, split.of):
            result[split.fact] = _value(split.fact, split.bad)  # all of them fail
        if taken is None:
            continue  # who is who stays open: the fact keeps its parts and is asked for
        base, number = taken
        if number:
            before = result[base]
            assert isinstance(before.value, Decimal)
            result[base] = replace(before, value=before.value - number, raw=f"{before.raw}，除去{number}")
            left.append(Left(number, split.condition.text, split.condition.quote, split.condition.measure))
        kept = split.good or (split.rest if split.rest_verdict == "met" else None)
        if kept is None:
            del result[split.fact]
        else:
            result[split.fact] = _value(split.fact, kept)
    return result, tuple(left)


def _value(fact: str, part: Part) -> FactValue:
    return FactValue(fact, part.value, part.raw, part.low, part.high)


def _total(facts: Facts, bases: tuple[str, ...], of: str | None) -> Decimal:
    """How many people are counted, of one category when the words name it."""
    own = tuple(b for b in bases if b == of) or bases
    return sum((v for b in own if isinstance(v := facts[b].value, Decimal)), _NOBODY)


def _remaining(benefit: Benefit, facts: Facts, bases: tuple[str, ...]) -> Facts:
    """「走了一个，现在在的是8个」: the number that remains is the number counted, and those who left are in it already."""
    for fact in facts:
        left = benefit.facts[fact].remains_of if fact in benefit.facts else None
        now = facts[fact]
        if left is None or len(bases) != 1 or not now.exact or not isinstance(now.value, Decimal):
            continue
        before = facts[bases[0]]
        if isinstance(before.value, Decimal) and now.value <= before.value:
            kept = {f: v for f, v in facts.items() if f != left}
            return {**kept, bases[0]: replace(before, value=now.value, raw=now.raw)}
    return facts


def _bases(benefit: Benefit, facts: Facts) -> tuple[str, ...]:
    """The stated numbers of people from which those who fail are taken."""
    amount = benefit.amount
    if amount is None:
        return ()
    stated = [c for c in amount.counts if c in facts]
    wholes = [p for c in amount.counts if (p := benefit.facts[c].part_of) and p in facts]
    people = [f for f in expression_facts(amount, benefit.facts) if benefit.facts[f].type == "count" and f in facts]
    found = [f for f in dict.fromkeys(stated or wholes or people) if facts[f].exact and isinstance(facts[f].value, Decimal)]
    return tuple(found)


def _split(benefit: Benefit, facts: Facts, fact: str, as_of: date) -> _Split | None:
    """The parts of a fact judged one by one; None when a verdict stays open or no condition asks for the fact."""
    condition = next((c for c in benefit.conditions if any(leaf.fact == fact for leaf in leaves(c.node))), None)
    if condition is None:
        return None
    met = unmet = _NOBODY
    good: Part | None = None
    bad: Part | None = None
    rest: Part | None = None
    rest_verdict: Verdict | None = None
    counts = benefit.amount.counts if benefit.amount else ()
    mine = [p for p in facts[fact].parts if p.of is None or not counts or p.of in counts or benefit.facts[p.of].part_of is None]
    for part in mine:
        verdict = _judged(part, fact, condition, benefit, facts, as_of)
        if part.count is None:
            rest, rest_verdict = part, verdict
        elif verdict == "unknown":
            return None
        elif verdict == "met":
            met, good = met + part.count, part
        else:
            unmet, bad = unmet + part.count, part
    named = {p.of for p in mine if p.of}
    nested = any(p.nested for p in mine)
    of = next(iter(named)) if len(named) == 1 else None
    return _Split(fact, condition, met, unmet, good, bad, rest, rest_verdict, nested, of)


def _judged(
    part: Part, fact: str, condition: Condition, benefit: Benefit, facts: Mapping[str, FactValue], as_of: date
) -> Verdict:
    own = {**benefit.defaults, **facts, fact: FactValue(fact, part.value, part.raw, part.low, part.high)}
    return judge(condition.node, Situation(benefit.facts, own, as_of))


def _counted_elsewhere(benefit: Benefit, facts: Facts) -> bool:
    """Whether people of a category that this benefit does not count were told of too."""
    counts = benefit.amount.counts if benefit.amount else ()
    wholes = {benefit.facts[c].part_of for c in counts} - {None}
    others = (f for f in facts if f in benefit.facts and benefit.facts[f].part_of in wholes and f not in counts)
    return any(facts[f].value for f in others)


def _taken(split: _Split, facts: Facts, bases: tuple[str, ...], first: bool, elsewhere: bool) -> tuple[str, Decimal] | None:
    """From which number how many are taken off; None when the words leave it open."""
    counted_beside = split.of is not None and any(b != split.of for b in bases)
    if split.of is not None:
        bases = tuple(b for b in bases if b == split.of) or bases
    total = _total(facts, bases, split.of)
    everybody = total == split.met + split.unmet
    if (len(bases) > 1 or (elsewhere and not everybody)) and split.of is None and split.unmet:
        return None  # those who fail may be the people whom another benefit counts
    base = bases[0]
    others = total - split.met - split.unmet
    if others < 0 or (not first and not split.nested):
        return None
    if split.met and split.unmet:
        if others and split.rest_verdict is None:
            return None
        off = split.unmet + (others if split.rest_verdict == "unmet" else _NOBODY)
    elif split.unmet:
        if split.rest_verdict == "unmet" or (not others and not (counted_beside and split.rest_verdict == "met")):
            return None
        off = split.unmet  # all of one category, where those of the others meet it
    elif split.rest_verdict == "met":
        off = _NOBODY
    else:
        off = others  # 「签一年以上的14个」: the others did not
    return (base, off) if split.rest_verdict != "unknown" else None
