"""The clause that speaks of the asker's situation, when what fits best by name is a neighbouring benefit.

「离退休还差8个月，失业金领满了，还能领吗」 names the unemployment benefit, but another sentence of the measure is about those
who have had it to the end. That sentence answers, with its own verdict, and no fact of the neighbour is asked for.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.engines.builtin import lookup
from bot.engines.builtin.calculation import write_calculation
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.presumed import presume_ordinary
from bot.engines.builtin.select import Selection, hit_of
from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from bot.types import Ask, Draft, Turn, Understanding
from bot.understanding.cues import load_cues
from knowledge.base import KnowledgeBase
from knowledge.regions import covers
from knowledge.rules.calculator import calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.names import is_named
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import relevance
from knowledge.rules.story_directed import read_for
from knowledge.texts.normalise import matching_form
from knowledge.types import Point

CLEARLY = 1.25  # so much more evidence than the neighbour's own clause has
NEARER = 1.1  # the same where the neighbour states no sum and the clause permits something
STRONG = 1.4  # evidence from which a point is near to what was said, not only nearer than others
_PERMITS = re.compile(r"可以?|允许|不影响|照样")


def turned(turn: Turn, kit: Kit) -> Turn:
    """A follow-up whose words are clearly about another benefit than the one before: that one comes under discussion.

    「那登记失业都八九个月的呢」 after graduates; 「店让水淹了，能缓缓不」 after how much is lent.
    """
    u = turn.understanding
    assert u is not None
    if u.benefit is None or not u.is_followup or u.answers_fact or len(u.parts) > 1 or load_cues().is_correction(u.question):
        return turn
    here = kit.knowledge.rulebook.benefits[u.benefit]
    if is_named(here, matching_form(u.question)):
        return turn
    found = _spoken_of(turn, kit.knowledge, here, CLEARLY)
    if found is None or not u.new_facts & set(found[1].reads) or (u.ask is Ask.LOOKUP and not found[1].states_sum):
        return turn
    return replace(turn, understanding=replace(u, benefit=found[1].id))


def write(turn: Turn, writer: Writer) -> Draft | None:
    """「能不能…」: what the clause about the asker's situation says; None when the benefit that fits best gives a sum or is meant."""
    u = turn.understanding
    assert u is not None
    if u.ask is not Ask.ELIGIBILITY or u.answers_fact or not turn.hits:
        return None
    knowledge = writer.kit.knowledge
    matches = match_benefits(turn, knowledge)
    if not matches:
        return None
    first = matches[0].benefit
    nearer = CLEARLY if first.states_sum else NEARER
    found = _spoken_of(turn, knowledge, first, nearer)
    if found is None or (nearer == NEARER and not _PERMITS.search(found[0].plain)) or _comes_to_a_sum(u, first, writer):
        return None
    point, benefit = found
    facts = _facts(u, benefit, writer)
    result = calculate(benefit, facts, u.as_of, knowledge.library)
    if result.failing is not None or result.assessment.verdict == "met":
        return writer.draft(write_calculation(turn, writer, benefit, result, facts), benefit=benefit.id)
    lookup.write_selection(writer, Selection(hit_of(knowledge, point.measure), (point,), (1.0,)), u)
    return writer.draft("answered", benefit=benefit.id)


def _comes_to_a_sum(u: Understanding, benefit: Benefit, writer: Writer) -> bool:
    result = calculate(benefit, _facts(u, benefit, writer), u.as_of, writer.kit.knowledge.library)
    return result.amount is not None and result.failing is None


def _facts(u: Understanding, benefit: Benefit, writer: Writer) -> dict[str, FactValue]:
    more = read_for(writer.kit.knowledge.rulebook, benefit, u.facts, u.question, u.as_of).facts
    return presume_ordinary(benefit, {**more, **u.facts})


def _spoken_of(turn: Turn, knowledge: KnowledgeBase, here: Benefit, nearer: float) -> tuple[Point, Benefit] | None:
    """The point that the words are clearly about and a benefit that rests on it, not on the clause of the one at hand."""
    u = turn.understanding
    assert u is not None
    measures = {h.measure.id for h in turn.hits[:4]}
    known = knowledge.points_by_id
    scores = {p: s for p, s in turn.points.items() if p in known and not known[p].silent and known[p].measure in measures}
    if not scores:
        return None
    best = known[max(scores, key=lambda p: scores[p])]
    own = max((s for p, s in scores.items() if here.rests_on(known[p].measure, known[p].quote)), default=0.0)
    if scores[best.id] < max(STRONG, nearer * own) or here.rests_on(best.measure, best.quote):
        return None
    rulebook = knowledge.rulebook
    there = [
        b
        for b in rulebook.resting_on(best.measure, best.quote)
        if (u.region is None or covers(b.region, u.region)) and not b.spec.on_request and _governs(b, here, u, knowledge)
    ]
    if not there or here in there:
        return None
    return best, max(there, key=lambda b: (relevance(b, u.facts), b.id))


def _governs(benefit: Benefit, here: Benefit, u: Understanding, knowledge: KnowledgeBase) -> bool:
    """Whether a benefit is none of an older document than the one at hand, nor one that is settled anew."""
    documents, rulebook = knowledge.library.documents, knowledge.rulebook
    older = documents[benefit.document].issued_from < documents[here.document].issued_from
    return rulebook.issued(benefit, u.as_of) and not older and rulebook.superseded_by(benefit, u.as_of) is None
