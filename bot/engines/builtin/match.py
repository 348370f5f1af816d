"""Which benefits a question is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bot.types import Turn
from bot.understanding.followup import FOLLOWUP_LENGTH, name_parts
from knowledge.base import KnowledgeBase
from knowledge.regions import covers
from knowledge.rules.conditions import judge, leaves
from knowledge.rules.facts import FactValue
from knowledge.rules.names import is_partly_named, named_in
from knowledge.rules.rulebook import Benefit, expression_facts
from knowledge.rules.screening import relevance
from knowledge.rules.situation import Situation
from knowledge.texts.normalise import grams, matching_form

POOL = 8  # measures of the search that may lend a benefit
ALIAS = 0.45  # the question says a name of the benefit
QUOTE = 0.35  # the best point of the measure rests on the benefit's clause
OVERLAP = 0.5  # share of the benefit's words that the question holds
FACTS = 0.06  # per stated fact that the benefit asks for, up to four
CONTINUED = 0.35  # the benefit under discussion, in a follow-up
SUPERSEDED = -0.4
COMPUTES = 0.2  # the amount is computed from a number that the user stated
OTHER_DOCUMENT = -0.5  # another document is asked for
SPECIFIC = 0.15  # per condition of its own that the story meets, up to two
NEAR = 0.12  # benefits this close to the best are the same answer's branches


@dataclass(frozen=True, slots=True)
class Match:
    """A benefit and how well it fits."""

    benefit: Benefit
    score: float
    named: bool


def match_benefits(turn: Turn, knowledge: KnowledgeBase) -> tuple[Match, ...]:
    """Benefits that the question may be about, best first."""
    u = turn.understanding
    assert u is not None
    rulebook = knowledge.rulebook
    measures = {h.measure.id: h.score for h in turn.hits[:POOL]}
    top = max(measures.values(), default=0.0) or 1.0
    text = matching_form(u.standalone if u.is_followup else u.question)
    words = {g for g in grams(text) if len(g) > 1}
    best_quotes = _best_quotes(turn, knowledge)
    found: list[Match] = []
    now = matching_form(u.question)
    # a follow-up that says a name speaks of that benefit, not of the one before
    named_now = named_in(rulebook, now) if u.is_followup else frozenset[str]()
    if u.is_followup and u.benefit is None and not named_now and len(now) <= FOLLOWUP_LENGTH:
        named_now = frozenset(b.id for b in rulebook.benefits.values() if is_partly_named(b, name_parts(now)))  # 「公积金呢」
    for benefit in rulebook.benefits.values():
        named = benefit.id in (named_now or named_in(rulebook, text))
        continued = u.benefit == benefit.id and not (named_now and not named)
        if not (benefit.measure in measures or continued):
            continue
        if not _within(benefit, turn, knowledge) or (benefit.spec.on_request and not named and not continued):
            continue
        score = max(measures.get(benefit.measure, 0.0), 0.0) / top
        score += ALIAS * named + CONTINUED * continued
        score += OVERLAP * _overlap(benefit, words)
        score += QUOTE * max((w for q, w in best_quotes if q in benefit.spec.quote or benefit.spec.quote in q), default=0.0)
        score += FACTS * min(relevance(benefit, u.facts), 4)
        score += COMPUTES * _computes(benefit, u.facts)
        score += SPECIFIC * min(_met(benefit, u.facts, u.as_of), 2)
        if not u.documents and rulebook.superseded_by(benefit, u.as_of) is not None:
            score += SUPERSEDED
        if u.documents and not u.years_named and benefit.document not in u.documents:
            score += OTHER_DOCUMENT
        found.append(Match(benefit, score, named))
    return tuple(sorted(found, key=lambda m: (-m.score, m.benefit.id)))


def _met(benefit: Benefit, facts: Mapping[str, FactValue], as_of: date) -> int:
    """How many of its own conditions, beyond what everybody meets, the story says are met (「认定了经营困难」)."""
    situation = Situation(benefit.facts, facts, as_of)
    own = [c for c in benefit.conditions if not c.presumed and all(leaf.kind == "bool" for leaf in leaves(c.node))]
    return sum(1 for c in own if any(leaf.fact in facts for leaf in leaves(c.node)) and judge(c.node, situation) == "met")


def _computes(benefit: Benefit, facts: Mapping[str, FactValue]) -> bool:
    """Whether the amount is computed from a number that the user stated: nobody states one for nothing."""
    if benefit.amount is None:
        return False
    used = {*benefit.amount.counts, *expression_facts(benefit.amount, benefit.facts)}
    return any(isinstance(facts[f].value, Decimal) for f in used if f in facts)


def _within(benefit: Benefit, turn: Turn, knowledge: KnowledgeBase) -> bool:
    u = turn.understanding
    assert u is not None
    if not knowledge.rulebook.issued(benefit, u.as_of):
        return False
    if not (u.documents or u.years_named) and knowledge.rulebook.repealed(benefit, u.as_of):
        return False
    return u.region is None or covers(benefit.region, u.region)


def _overlap(benefit: Benefit, words: set[str]) -> float:
    texts = (benefit.name, *benefit.spec.aliases, benefit.spec.summary)
    return max((len(own & words) / (len(own) + 2) for own in map(_pairs, texts)), default=0.0)


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(g for g in grams(text) if len(g) > 1)


def _best_quotes(turn: Turn, knowledge: KnowledgeBase) -> list[tuple[str, float]]:
    """Quotes of the strongest points, weighted by their evidence."""
    ranked = sorted(turn.points.items(), key=lambda kv: -kv[1])[:6]
    top = ranked[0][1] if ranked else 1.0
    return [(knowledge.points_by_id[p].quote, s / top) for p, s in ranked if p in knowledge.points_by_id]


def leading(matches: Sequence[Match]) -> tuple[Match, ...]:
    """The best match and those so near to it that the question may mean them as well."""
    if not matches:
        return ()
    return tuple(m for m in matches[:4] if m.score >= matches[0].score - NEAR)
