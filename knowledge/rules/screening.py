"""The screener: every benefit in force in a region on a day, judged on what is known, most useful first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from knowledge.rules.calculator import calculate
from knowledge.rules.eligibility import Assessment, assess_situation
from knowledge.rules.facts import Facts
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.situation import Situation

_VERDICT_RANK = {"met": 0, "unknown": 1, "unmet": 2}
_IRRELEVANT = Decimal("0.001")  # weight of a benefit that nothing said so far speaks of
_MONEY = ("subsidy", "refund", "loan", "award", "housing", "insurance")  # kinds that a citizen counts in yuan


def screen(
    rulebook: Rulebook, facts: Facts, region: str | None, as_of: date, audience: str | None = None, include_expired: bool = False
) -> tuple[Assessment, ...]:
    """Judge every benefit that governs ``region`` on ``as_of``.

    :param audience: only benefits for this audience (employer, person, …). :param include_expired: also those whose
        deadline has passed, after the others.
    :returns: what the facts speak of first, met before unknown, sums that can be computed before services; unmet last.
    """
    situation = Situation(rulebook.facts, facts, as_of)
    found: list[tuple[tuple[int, ...], int, Assessment]] = []
    for benefit in rulebook.in_region(region, as_of):
        if benefit.spec.on_request or (audience is not None and audience not in benefit.spec.audience):
            continue
        assessment = assess_situation(benefit, situation, rulebook.library)
        if assessment.validity != "not_yet_issued" and (include_expired or assessment.validity != "expired"):
            found.append((_rank(benefit, assessment, facts), len(found), assessment))
    return tuple(a for *_, a in sorted(found, key=lambda row: row[:2]))


def relevance(benefit: Benefit, facts: Facts) -> int:
    """How many of the facts that a benefit asks for have been stated."""
    return sum(1 for fact in benefit.reads if fact in facts)


def _worth(benefit: Benefit) -> int:
    """A benefit whose sum can be computed counts most, then one that pays, then services."""
    if benefit.amount is not None and (benefit.amount.expression or benefit.amount.branches):
        return 6
    return 2 if benefit.spec.kind in _MONEY else 1


def _rank(benefit: Benefit, assessment: Assessment, facts: Facts) -> tuple[int, ...]:
    return (
        1 if assessment.validity == "expired" else 0,
        2 if assessment.verdict == "unmet" else 0,
        -min(relevance(benefit, facts), 1),
        _VERDICT_RANK[assessment.verdict],
        -_worth(benefit),
        -relevance(benefit, facts),
    )


def deciding_fact(
    target: Benefit | Sequence[Assessment], facts: Facts, already_asked: Collection[str], as_of: date, rulebook: Rulebook
) -> str | None:
    """The one missing fact that changes the outcome most, or None when nothing (new) is missing.

    For one benefit: the fact that narrows its amount (or decides it) most. For a screening: the fact that decides
    the most benefits, those that the stated facts speak of and sums of money counting more.
    """
    if isinstance(target, Benefit):
        result = calculate(target, facts, as_of, rulebook.library)
        return next((f for f in result.missing if f not in already_asked), None)
    weights: dict[str, Decimal] = defaultdict(Decimal)
    for assessment in target:
        benefit = rulebook.benefits[assessment.benefit]
        open_conditions = [c for c in assessment.conditions if c.missing_fact and not c.presumed]
        if assessment.verdict != "unknown" or assessment.validity == "expired":
            continue
        weight = Decimal(relevance(benefit, facts) ** 2) * _worth(benefit) or _IRRELEVANT
        for condition in open_conditions:
            assert condition.missing_fact is not None
            if condition.missing_fact not in already_asked:
                weights[condition.missing_fact] += weight / len(open_conditions)
    return max(weights, key=lambda fact: weights[fact]) if weights else None
