"""What the browser tests share: one fake advisor, one served page, one browser a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bot.surfaces.browsing import chromium, free_port, open_page, serving
from tests.bot.surfaces.web_fake import FakeAdvisor


@pytest.fixture(scope="module")
def served_advisor() -> FakeAdvisor:
    return FakeAdvisor()


@pytest.fixture(scope="module")
def address(served_advisor: FakeAdvisor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(served_advisor, tmp_path_factory.mktemp("home"), free_port()) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    opened = open_page(browser, address)
    yield opened
    assert opened.outside == []
    assert opened.problems == []
    opened.context.close()
