"""Which missing fact matters most: the one whose answer would leave the least uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from knowledge.rules.conditions import Leaf, Verdict, leaves
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.intervals import INFINITY, Interval
from knowledge.rules.rulebook import Benefit
from knowledge.rules.situation import Situation

VerdictOf = Callable[[Benefit, Situation], Verdict]
RangeOf = Callable[[Benefit, Situation], Interval]
_CLEARLY_MORE = Decimal(1000)  # an answer far above any small count, to see what a large one would do


def by_influence(
    benefit: Benefit, situation: Situation, missing: Iterable[str], now: Interval, verdict_of: VerdictOf, range_of: RangeOf
) -> tuple[str, ...]:
    """The missing facts, the one that narrows the amount (``now``) most first; ties keep the order of the data."""
    names = list(missing)
    if len(names) < 2:
        return tuple(names)
    counts = benefit.amount.counts if benefit.amount else ()
    rank: dict[str, tuple[int, Decimal]] = {}
    for fact in names:
        sibling = next((f for f in rank if f in counts and fact in counts), None)  # one question covers all categories
        rank[fact] = rank[sibling] if sibling else _uncertainty_after(benefit, situation, fact, now, verdict_of, range_of)
    return tuple(sorted(names, key=lambda fact: rank[fact]))


def _uncertainty_after(
    benefit: Benefit, situation: Situation, fact: str, now: Interval, verdict_of: VerdictOf, range_of: RangeOf
) -> tuple[int, Decimal]:
    """(number of answers that leave it unbounded, mean width of the others) over typical answers to one fact.

    ``now``: the range of the amount before any answer, which facts outside the formula do not change.
    """
    nodes = [*(c.node for c in benefit.conditions), *benefit.branches]
    used = [leaf for node in nodes for leaf in leaves(node) if leaf.fact == fact]
    changes_value = fact in benefit.value_facts
    widths = []
    for answer in typical_answers(situation.spec(fact), used, situation):
        after = Situation(situation.specs, {**situation.facts, fact: answer}, situation.as_of, situation.assumed)
        widths.append(_width(verdict_of(benefit, after), range_of(benefit, after) if changes_value else now))
    bounded = [w for w in widths if w != INFINITY]
    mean = sum(bounded, Decimal(0)) / len(bounded) if bounded else Decimal(0)
    return len(widths) - len(bounded), mean


def _width(verdict: Verdict, value: Interval) -> Decimal:
    """How uncertain the amount is: 0 when known, infinite when unbounded."""
    if verdict == "unmet":
        return Decimal(0)
    low = min(value.low, Decimal(0)) if verdict == "unknown" else value.low
    return INFINITY if value.high == INFINITY else value.high - low


def typical_answers(spec: FactSpec, used: Iterable[Leaf], situation: Situation) -> tuple[FactValue, ...]:
    """Answers on either side of everything that the benefit asks about a fact."""
    if spec.type == "bool":
        return (FactValue(spec.id, True), FactValue(spec.id, False))
    if spec.type == "choice":
        return tuple(FactValue(spec.id, frozenset({key})) for key in spec.choices)
    if spec.type == "date":
        day = timedelta(days=1)
        days = [d for leaf in used for edge in (leaf.first, leaf.last) if edge for d in (edge - day, edge, edge + day)]
        return tuple(FactValue(spec.id, d) for d in days) or (FactValue(spec.id, situation.as_of),)
    low, high = spec.span
    edges = [e + d for leaf in used for e in (leaf.low, leaf.high) if e.is_finite() for d in (-1, 1)]
    values = {min(max(e, low), high) for e in edges or (Decimal(0), _CLEARLY_MORE)}
    return tuple(FactValue(spec.id, v) for v in sorted(values))
