"""Which missing fact matters most: the one whose answer would leave the least uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from knowledge.rules.conditions import Leaf, leaves
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.intervals import INFINITY
from knowledge.rules.rulebook import Benefit
from knowledge.rules.situation import Situation

Width = Callable[[Benefit, Situation], Decimal]
_CLEARLY_MORE = Decimal(1000)  # an answer far above any small count, to see what a large one would do


def by_influence(benefit: Benefit, situation: Situation, missing: Iterable[str], width: Width) -> tuple[str, ...]:
    """The missing facts, the one that narrows the amount most first; ties keep the order of the data."""
    names = list(missing)
    if len(names) < 2:
        return tuple(names)
    return tuple(sorted(names, key=lambda fact: _uncertainty_after(benefit, situation, fact, width)))


def _uncertainty_after(benefit: Benefit, situation: Situation, fact: str, width: Width) -> tuple[int, Decimal]:
    """(number of answers that leave it unbounded, mean width of the others) over typical answers to one fact."""
    nodes = [*(c.node for c in benefit.conditions), *benefit.branches]
    used = [leaf for node in nodes for leaf in leaves(node) if leaf.fact == fact]
    answers = typical_answers(situation.spec(fact), used, situation)
    widths = []
    for answer in answers:
        widths.append(width(benefit, Situation(situation.specs, {**situation.facts, fact: answer}, situation.as_of)))
    bounded = [w for w in widths if w != INFINITY]
    mean = sum(bounded, Decimal(0)) / len(bounded) if bounded else Decimal(0)
    return len(widths) - len(bounded), mean


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
    edges = [e + d for leaf in used for e in (leaf.low, leaf.high) if e.is_finite() for d in (-1, 0, 1)]
    values = {min(max(e, low), high) for e in [*edges, Decimal(0), Decimal(1), _CLEARLY_MORE]}
    return tuple(FactValue(spec.id, v) for v in sorted(values))
