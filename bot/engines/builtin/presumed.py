"""Special standings that nobody claims are taken as not held, and said so.

A clause may pay more to firms of a special standing (重点项目, 高耗能行业 …). Asking every shopkeeper whether
she runs a steel works is no service: without a word of it the ordinary branch is computed, and the other
branches are named with their sums.
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.rules.conditions import leaves
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit

PRESUMED = "（未提到）"


def special_standings(benefit: Benefit) -> tuple[str, ...]:
    """Yes-or-no facts that only select a branch of the amount; none when every branch needs one."""
    selecting = [[leaf.fact for leaf in leaves(node) if benefit.facts[leaf.fact].type == "bool"] for node in benefit.branches]
    if not selecting or selecting[-1]:  # the last branch must be the ordinary one
        return ()
    conditions = {leaf.fact for c in benefit.conditions for leaf in leaves(c.node)}
    return tuple(dict.fromkeys(f for facts in selecting for f in facts if f not in conditions))


def presume_ordinary(benefit: Benefit, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """The facts with every unmentioned special standing taken as not held."""
    extra = {f: FactValue(f, False, PRESUMED) for f in special_standings(benefit) if f not in facts}
    return {**facts, **extra}


def wholes_of(benefit: Benefit) -> tuple[str, ...]:
    """The totals of people whose categories a benefit counts (「招了6个人」 before who they are)."""
    counts = benefit.amount.counts if benefit.amount else ()
    return tuple(dict.fromkeys(p for c in counts if (p := benefit.facts[c].part_of)))
