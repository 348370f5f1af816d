"""Another benefit in the place of one that the asker's facts rule out: the like one for people, or for borrowers, of their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.engines.builtin.choosing import WEIGHED
from bot.engines.builtin.match import Match
from bot.engines.builtin.presumed import presume_ordinary
from bot.engines.builtin.writing import Writer
from bot.types import Understanding
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.conditions import leaves
from knowledge.rules.eligibility import COUNTED_CONDITION
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import relevance

CLOSE = 0.3  # a benefit this close to the best one may be the one that was meant


def not_ruled_out(
    u: Understanding, match: Match, matches: Sequence[Match], writer: Writer, shown: Sequence[Benefit]
) -> tuple[Match, dict[str, FactValue], CalculationResult]:
    """The benefit with its result; a sibling when the facts rule it out but not the sibling.

    Siblings carry the same name for other people (「…（高校毕业生）」, 「…（登记失业人员）」), or are a sum of
    the same kind in the same measure.
    """
    knowledge = writer.kit.knowledge
    facts = presume_ordinary(match.benefit, u.facts)
    result = calculate(match.benefit, facts, u.as_of, knowledge.library)
    if result.failing is None:
        return match, facts, result
    fits = {m.benefit.id: m.score for m in matches}
    on_figure = fails_on_a_figure(u, match.benefit, result)
    region = u.region or match.benefit.region
    near = {m.benefit.id for m in matches[:WEIGHED] if not on_figure and m.score >= match.score - CLOSE and _alike(m, match)}
    siblings = [
        b
        for b in knowledge.rulebook.in_region(region, u.as_of)
        if b not in shown
        and (b.amount is None or match.benefit.amount is None or b.amount.unit == match.benefit.amount.unit)
        and (
            _siblings(match.benefit, b, on_figure)
            or (b.id in near and b.amount is not None)
            or _meant_for(match.benefit, result, b, u.facts)
        )
    ]
    asker = set(match.benefit.spec.audience)
    siblings.sort(key=lambda b: (-relevance(b, u.facts), set(b.spec.audience) == asker, -fits.get(b.id, 0.0), b.id))
    for sibling in siblings:
        other_facts = presume_ordinary(sibling, u.facts)
        other = calculate(sibling, other_facts, u.as_of, knowledge.library)
        lacking = 2 if _meant_instead(match.benefit, sibling) else 1
        if other.failing is None and relevance(sibling, u.facts) >= relevance(match.benefit, u.facts) - lacking:
            return Match(sibling, fits.get(sibling.id, match.score), match.named), other_facts, other
    return match, facts, result


def _meant_for(one: Benefit, result: CalculationResult, other: Benefit, facts: Mapping[str, FactValue]) -> bool:
    """Whether what rules one benefit out is just what another of its kind asks for (a loan to partners, not to one person)."""
    if other.amount is None or (one.spec.kind, one.region) != (other.spec.kind, other.region) or result.failing is None:
        return False
    failed = {leaf.fact for c in one.conditions if c.id == result.failing.id for leaf in leaves(c.node) if leaf.kind == "choice"}
    own = [leaf for c in other.conditions for leaf in leaves(c.node) if leaf.fact in failed & facts.keys()]
    return any(isinstance(v := facts[leaf.fact].value, frozenset) and v <= leaf.choices for leaf in own)


def _meant_instead(one: Benefit, other: Benefit) -> bool:
    """Whether two loans of a clause are for other borrowers: whoever asks for the one as a firm has told of themselves for the other."""
    units = {b.amount.unit for b in (one, other) if b.amount is not None}
    return one.spec.kind == other.spec.kind == "loan" and one.measure == other.measure and len(units) == 1


def _alike(one: Match, other: Match) -> bool:
    """Whether two matches are benefits of one kind for one sort of asker in one place (two loans to persons)."""
    a, b = one.benefit, other.benefit
    return (a.spec.kind, a.spec.per, a.region) == (b.spec.kind, b.spec.per, b.region)


def _siblings(one: Benefit, other: Benefit, on_figure: bool) -> bool:
    """Same name for other people; or, unless a number that the asker gave is what failed, a like sum of the measure."""
    if one.id == other.id or other.amount is None or one.region != other.region:
        return False
    return one.stem == other.stem or (not on_figure and one.measure == other.measure and one.spec.kind == other.spec.kind)


def fails_on_a_figure(u: Understanding, benefit: Benefit, result: CalculationResult) -> bool:
    """Whether a number that the asker gave is what rules the benefit out."""
    assert result.failing is not None
    if result.failing.id == COUNTED_CONDITION:
        return any(f.startswith("hires.") for f in u.facts)
    condition = next((c for c in benefit.conditions if c.id == result.failing.id), None)
    facts = [leaf.fact for leaf in leaves(condition.node)] if condition else []
    behind = {f for f in u.facts if f in benefit.reads}
    return any(benefit.facts[f].type not in ("bool", "choice") for f in facts) and bool(behind)
