"""Ask the advisor turn by turn, as a citizen does."""

from __future__ import annotations

from datetime import date

from bot.advisor import Advisor
from bot.types import Answer


def ask(advisor: Advisor, *turns: str, region: str | None = "370100", as_of: date | str = "2023-10-15") -> Answer:
    """The answer to the last of several turns of one conversation."""
    conversation = advisor.start(region, as_of)
    for turn in turns:
        reply = advisor.reply(conversation, turn)
        conversation = reply.conversation
    return reply.answer
