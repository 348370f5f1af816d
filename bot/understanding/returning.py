"""A message that returns to what was spoken of before the last topic: 「回头说招人那个，最晚到哪天」 after a talk about loans.

The earlier exchange that its words name becomes the one under discussion, with its benefit and its facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.types import Conversation, Exchange
from bot.understanding.cues import cue_rows
from bot.understanding.parts import content_runs
from knowledge.base import KnowledgeBase
from knowledge.rules.names import is_named
from knowledge.texts.normalise import grams, matching_form

SHARED = 0.5  # what a neighbouring pair of characters shared with an earlier message adds to the evidence
NAMED = 1.0  # what the name of the benefit that was discussed adds
LONGEST = 600  # characters of a message that are searched


@dataclass(frozen=True, slots=True)
class _Words:
    """How people say that they return: in so many words, to the first question, or to 「招人那个」."""

    back: re.Pattern[str]
    first: re.Pattern[str]
    thing: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    rows = cue_rows()["returning"]
    return _Words(re.compile(rows["back"]), re.compile(rows["first"]), re.compile(rows["thing"]))


def returns(question: str) -> bool:
    """Whether a message says in so many words that it goes back to something earlier."""
    words = _words()
    form = matching_form(question)
    return bool(words.back.search(form) or words.first.search(form))


def brought_back(question: str, conversation: Conversation, knowledge: KnowledgeBase) -> Conversation:
    """The conversation with the exchange that a message returns to as its latest; unchanged when it returns to none."""
    exchanges = [e for e in conversation.exchanges if e.answer.status != "refused" and e.understanding is not None]
    form = matching_form(question)
    if len(exchanges) < 2:
        return conversation
    words = _words()
    if words.first.search(form):
        return _with_latest(conversation, exchanges[0])
    said = bool(words.back.search(form))
    if not said and not words.thing.search(form):
        return conversation
    own = _without_return(form)
    fits = [(_nearness(own, e, knowledge), i) for i, e in enumerate(exchanges)]
    score, best = max(fits, key=lambda x: (round(x[0], 3), x[1]))
    last = fits[-1][0]
    # Without a word of return, only what the message names apart from the last topic brings something back.
    named = _named(own, exchanges[best], knowledge) and not _named(own, exchanges[-1], knowledge)
    if exchanges[best] is exchanges[-1] or score <= last or not (said or named):
        return conversation
    return _with_latest(conversation, exchanges[best])


def _with_latest(conversation: Conversation, exchange: Exchange) -> Conversation:
    others = tuple(e for e in conversation.exchanges if e is not exchange)
    return replace(conversation, exchanges=(*others, exchange))


def _without_return(form: str) -> str:
    return _words().back.sub(" ", form)


def _nearness(own: str, exchange: Exchange, knowledge: KnowledgeBase) -> float:
    """How near the words of a message are to what an exchange said and was answered with."""
    cited = [(c.measure, c.quote) for c in exchange.answer.citations]
    evidence = knowledge.evidence(own[:LONGEST]).points
    points = [p for m in dict.fromkeys(m for m, _ in cited[:1]) for p in knowledge.points_of.get(m, ())]
    quotes = [q for m, q in cited if m == (cited[0][0] if cited else None)]
    spoken = [p for p in points if any(p.quote in q or q in p.quote for q in quotes)]
    near = max((evidence.get(p.id, 0.0) for p in spoken), default=0.0)
    shared = _pairs(own) & _pairs(exchange.question)
    return near + SHARED * len(shared) + NAMED * _named(own, exchange, knowledge)


def _named(own: str, exchange: Exchange, knowledge: KnowledgeBase) -> bool:
    """Whether a message says a name of the benefit that an exchange was about."""
    benefit = knowledge.rulebook.benefits.get(exchange.benefit or "")
    return benefit is not None and is_named(benefit, own)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(g for run in content_runs(matching_form(text)) for g in grams(run, (2,)))
