"""Step 3: the first search, always; and how likely it is that the documents answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.evidence import calibration
from bot.kit import Kit
from bot.retrieval import nearness, search
from bot.types import Ask, Turn
from knowledge.rules.story_directed import read_for

CONTEXT = 200  # characters of the talk before
OUR_WORDS = 0.85  # share of its words that citizens' questions hold, or the message is about something else altogether
_PERSONAL = (Ask.VALIDITY, Ask.ELIGIBILITY, Ask.AMOUNT, Ask.COMBINATION)
FAR = 0.65  # a question whose nearest measure and topic are this far names no subject


def retrieve(turn: Turn, kit: Kit) -> Turn:
    """Set hits, points, confidence, and what lies outside (uncovered topic, another city's rule)."""
    found = search(turn, kit, _cited_before(turn))
    return _in_the_talk(turn, kit, found) or found


def _in_the_talk(turn: Turn, kit: Kit, alone: Turn) -> Turn | None:
    """A message that is near to nothing when read alone (「今年2月才招的，还能申请吗」), read with what was said before it."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    before = last.understanding if last else None
    if before is None or not before.standalone or u.is_followup or u.ask not in _PERSONAL:
        return None
    known = kit.knowledge.searcher.index.lexical["question"].coverage(u.question)
    near_nothing = nearness(alone) <= FAR and known >= OUR_WORDS
    if alone.confidence >= calibration().threshold or not (near_nothing or _tells_its_numbers(turn, kit)):
        return None
    topic = f"{before.standalone} {u.question}"[-CONTEXT:]
    facts = {**before.facts, **u.facts}
    own = replace(u, standalone=topic, is_followup=True, region=u.region or before.region, facts=facts)
    found = search(replace(turn, understanding=own), kit, _cited_before(replace(turn, understanding=own)))
    return found if found.confidence >= calibration().threshold else None


def _tells_its_numbers(turn: Turn, kit: Kit) -> bool:
    """Whether a message gives the numbers that a sum under the measure just cited is made of (「我们站65个人」)."""
    u, measure = turn.understanding, _cited_before(turn)
    assert u is not None
    rulebook = kit.knowledge.rulebook
    for benefit in (b for b in rulebook.benefits.values() if b.measure == measure and b.amount is not None):
        told = {**u.facts, **read_for(rulebook, benefit, u.facts, u.question, u.as_of).facts}
        if any(isinstance(told[f].value, Decimal) for f in benefit.value_facts if f in told):
            return True
    return False


def _cited_before(turn: Turn) -> str | None:
    """The measure just cited, as long as the place and the year are the same."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    if last is None or not last.answer.citations or (last.understanding and last.understanding.region != u.region):
        return None
    first = last.answer.citations[0]
    if u.years_named and first.issued and first.issued.year not in u.years_named:
        return None
    return first.measure
