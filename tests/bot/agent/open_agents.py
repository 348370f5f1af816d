"""Advisors over the shared knowledge base whose agent talks to the scripted endpoint, and one finished turn."""

from __future__ import annotations

from dataclasses import replace

from bot.advisor import Advisor
from bot.engines.agent import warm
from bot.journal import Journal
from bot.kit import OnFirstUse
from bot.pipeline import run_steps
from bot.types import Conversation, Event, Turn

KEY = "sk-very-secret-key"
BUDGET_S = 15.0
OPENING_S = 90.0


def with_endpoint(advisor: Advisor, url: str | None, budget: float = BUDGET_S, journal: Journal | None = None) -> Advisor:
    """An advisor over the same knowledge whose agent talks to ``url`` (None: nothing configured)."""
    settings = replace(
        advisor.kit.settings, llm_base_url=url, llm_model="scripted" if url else None, llm_api_key=KEY, llm_timeout_s=budget
    )
    return Advisor(replace(advisor.kit, settings=settings, agent=OnFirstUse(), journal=journal))


def opened(advisor: Advisor) -> Advisor:
    """The same advisor, its agent open: what the libraries cost at first use is no part of a test's clock."""
    from bot.engines.agent.runtime import Agent

    warm(advisor.kit)
    assert advisor.kit.agent.get(lambda: Agent(advisor.kit), OPENING_S) is not None, advisor.kit.agent.problem
    return advisor


def finished(advisor: Advisor, question: str, conversation: Conversation, heard: list[Event] | None = None) -> Turn:
    """One turn by the agent, to its end, with its trace and findings."""
    kit = replace(advisor.kit, engine="agent")
    turn = run_steps(
        Turn("t", question, conversation, advisor.today()), kit, on_event=heard.append if heard is not None else None
    )
    assert turn.answer is not None
    return turn


def kinds(turn: Turn) -> set[str]:
    """The kinds of warnings that an answer carries."""
    assert turn.answer is not None
    return {w.kind for w in turn.answer.warnings}
