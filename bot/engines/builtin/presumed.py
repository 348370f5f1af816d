"""Special standings that nobody claims are taken as not held, and said so.

A clause may pay more to firms of a special standing (重点项目, 高耗能行业 …). Asking every shopkeeper whether
she runs a steel works is no service: without a word of it the ordinary branch is computed, and the other
branches are named with their sums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from knowledge.rules.conditions import Leaf, judge, leaves, undecided
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit, expression_facts
from knowledge.rules.situation import Situation

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


MOST_SUPPOSED = 3


def supposable(benefit: Benefit, facts: Mapping[str, FactValue], as_of: date) -> frozenset[str]:
    """Ids of the conditions that nothing was said about, to be taken as met: 「符合下面条件的话，是 6,000 元」.

    None when one of them rests on a number of the sum itself, when something vague was said about it, or when they
    are more than three.
    """
    situation = Situation(benefit.facts, {**benefit.defaults, **facts}, as_of)
    figures = set(expression_facts(benefit.amount, benefit.facts)) | set(benefit.amount.counts) if benefit.amount else set()
    found: set[str] = set()
    for condition in benefit.conditions:
        if judge(condition.node, situation) != "unknown":
            continue
        open_facts = set(undecided(condition.node, situation))
        if condition.presumed and not open_facts & facts.keys():
            continue
        told = (leaf for leaf in leaves(condition.node) if leaf.fact in facts and benefit.facts[leaf.fact].type == "percent")
        if any(judge(leaf, situation) == "unmet" for leaf in told):
            return frozenset()  # 「裁员率5.6%」 fails one way of meeting it: the other is asked for
        if open_facts & figures or any(f in facts and not _may_be(benefit, facts[f]) for f in open_facts):
            return frozenset()
        found.add(condition.id)
    return frozenset(found) if len(found) <= MOST_SUPPOSED else frozenset()


def _may_be(benefit: Benefit, value: FactValue) -> bool:
    """Whether what was said leaves a kind of asker open (「餐馆」: a firm or a trader), so that the one asked for may be supposed."""
    spec = benefit.facts[value.fact]
    return spec.type == "choice" and spec.about == "employer" and isinstance(value.value, frozenset) and len(value.value) > 1


def narrowed(benefit: Benefit, facts: Mapping[str, FactValue], supposed: frozenset[str]) -> dict[str, FactValue]:
    """The facts with a kind that was left open narrowed to what the supposed conditions ask for."""
    result = dict(facts)
    for condition in (c for c in benefit.conditions if c.id in supposed):
        named = list(leaves(condition.node))
        fact = named[0].fact
        plain = isinstance(condition.node, Leaf) or condition.node.op == "any"
        if plain and all(leaf.fact == fact for leaf in named) and fact in result and _may_be(benefit, result[fact]):
            value = result[fact].value
            assert isinstance(value, frozenset)
            asked_for = frozenset[str]().union(*(leaf.choices for leaf in named))
            result[fact] = replace(result[fact], value=value & asked_for)
    return result


def wholes_of(benefit: Benefit) -> tuple[str, ...]:
    """The totals of people whose categories a benefit counts (「招了6个人」 before who they are)."""
    counts = benefit.amount.counts if benefit.amount else ()
    return tuple(dict.fromkeys(p for c in counts if (p := benefit.facts[c].part_of)))
