"""What the conversation gives to a message: the topic, the place, the facts and the questions that stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.types import Ask, Conversation
from knowledge.rules.facts import FactValue


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation gives to a message."""

    topic: str
    region: str | None  # of the talk so far
    facts: Mapping[str, FactValue]
    benefit: str | None
    wanted: Ask | None
    pending: tuple[str, ...]  # facts asked for and still open, latest first
    just_asked: bool = False  # the last answer ended in a question of ours
    unknown_place: str | None = None
    measure: str | None = None  # id of the measure that carried the last answer
    at_home: bool = False  # the asker said to be in the region

    @property
    def asked_fact(self) -> str | None:
        """The fact asked for most recently that is still open."""
        return self.pending[0] if self.pending else None


def context_of(conversation: Conversation) -> Context:
    """What stands before the next message. A place picked in the selector since the last one counts more than any said before."""
    last = conversation.last
    if last is None or last.understanding is None:
        return Context("", conversation.region, {}, None, None, ())
    u = last.understanding
    pending = tuple(f for f in reversed(conversation.asked) if f not in u.facts or not u.facts[f].exact)
    carried = u.ask if u.ask is not Ask.CONVERSATION else None
    picked = conversation.region != u.picked
    cited = last.answer.citations
    return Context(
        u.standalone, conversation.region if picked else u.region or conversation.region, u.facts, last.benefit, carried, pending,
        bool(last.answer.missing), None if picked else u.unknown_place, cited[0].measure if cited else None,
        u.at_home and not picked,
    )  # fmt: skip
