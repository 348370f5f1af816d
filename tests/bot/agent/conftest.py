"""A scripted endpoint, and advisors that use it: the shared knowledge base, their own agent and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.advisor import Advisor
from bot.engines.agent import warm
from bot.journal import Journal
from bot.kit import OnFirstUse
from bot.pipeline import run_steps
from bot.types import Conversation, Event, Turn
from tests.bot.agent.scripted import Scripted, serve

KEY = "sk-very-secret-key"
BUDGET_S = 12.0
Ask = Callable[..., Turn]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Scripted]:
    """The scripted server of all agent tests; each test gives it its own script."""
    with serve() as scripted:
        yield scripted


def with_endpoint(advisor: Advisor, url: str | None, budget: float = BUDGET_S, journal: Journal | None = None) -> Advisor:
    """An advisor over the same knowledge whose agent talks to ``url``."""
    settings = replace(
        advisor.kit.settings, llm_base_url=url, llm_model="scripted" if url else None, llm_api_key=KEY, llm_timeout_s=budget
    )
    return Advisor(replace(advisor.kit, settings=settings, agent=OnFirstUse(), journal=journal))


def opened(advisor: Advisor) -> Advisor:
    """The same advisor, its agent open: what the libraries cost at first use is no part of a test's clock."""
    from bot.engines.agent.runtime import Agent

    warm(advisor.kit)
    assert advisor.kit.agent.get(lambda: Agent(advisor.kit), 60.0) is not None
    return advisor


@pytest.fixture(scope="session")
def agent_advisor(advisor: Advisor, endpoint: Scripted) -> Iterator[Advisor]:
    """An advisor with an open agent and a comfortable budget."""
    made = opened(with_endpoint(advisor, endpoint.url))
    yield made
    made.kit.agent.close()


@pytest.fixture
def hasty_advisor(advisor: Advisor, endpoint: Scripted) -> Iterator[Advisor]:
    """The same with a budget of two seconds: for servers that never answer."""
    made = opened(with_endpoint(advisor, endpoint.url, budget=2.0))
    yield made
    made.kit.agent.close()


@pytest.fixture
def journaled_agent(advisor: Advisor, endpoint: Scripted, tmp_path: Path) -> Iterator[Advisor]:
    """An agent whose turns are journaled in ``tmp_path``."""
    journal = Journal(tmp_path / "journal.sqlite")
    made = opened(with_endpoint(advisor, endpoint.url, journal=journal))
    yield made
    made.kit.agent.close()
    journal.close()


def turn_of(advisor: Advisor, question: str, conversation: Conversation, heard: list[Event] | None = None) -> Turn:
    """One finished turn by the agent, with its trace and findings."""
    kit = replace(advisor.kit, engine="agent")
    return run_steps(Turn("t", question, conversation, advisor.today()), kit, on_event=heard.append if heard is not None else None)
