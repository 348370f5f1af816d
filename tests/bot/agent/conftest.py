"""A scripted endpoint, and advisors that use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.advisor import Advisor
from bot.journal import Journal
from tests.bot.agent.open_agents import opened, with_endpoint
from tests.bot.agent.scripted import Scripted, serve


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Scripted]:
    """The scripted server of all agent tests; each test gives it its own script."""
    with serve() as scripted:
        yield scripted


@pytest.fixture(scope="session")
def agent_advisor(advisor: Advisor, endpoint: Scripted) -> Iterator[Advisor]:
    """An advisor with an open agent and a comfortable budget."""
    made = opened(with_endpoint(advisor, endpoint.url))
    yield made
    made.kit.agent.close()


@pytest.fixture(scope="session")
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
