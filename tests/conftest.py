"""What every test shares: a clean environment, one day, and one open advisor on an index built once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from bot.advisor import Advisor, open_advisor
from bot.journal import Journal
from bot.settings import Settings
from bot.surfaces.ingesting import ingest_files
from knowledge.base import DATA, KnowledgeBase

TODAY = date(2026, 11, 20)
ROOT = Path(__file__).parent.parent
_FOREIGN = ("ADVISOR_", "LANGCHAIN_", "LANGSMITH_", "OPENAI_", "TIKTOKEN_", "HF_", "CHROMA_")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of the person who runs the tests reaches them, and no test reaches that person's home."""
    kept = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            del os.environ[name]
    os.environ["ADVISOR_HOME"] = str(tmp_path_factory.mktemp("unused-home"))
    os.environ["COLUMNS"] = "200"  # tables and panels at one width everywhere
    yield
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index is built by the first test that needs it. Shared: read only."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    """The default settings on a fixed day, nothing journaled."""
    return Settings(home=home, today=TODAY, journal=False)


@pytest.fixture(scope="session")
def advisor(settings: Settings) -> Advisor:
    """The advisor as shipped, builtin engine, no journal."""
    return open_advisor(settings)


@pytest.fixture(scope="session")
def knowledge(advisor: Advisor) -> KnowledgeBase:
    """The open knowledge base."""
    return advisor.knowledge


@pytest.fixture
def journaled(advisor: Advisor, tmp_path: Path) -> Iterator[Advisor]:
    """The same advisor with a journal of its own in ``tmp_path``."""
    journal = Journal(tmp_path / "journal.sqlite")
    yield Advisor(replace(advisor.kit, journal=journal, settings=replace(advisor.kit.settings, home=tmp_path, journal=True)))
    journal.close()


@pytest.fixture
def built_home(advisor: Advisor, home: Path, tmp_path: Path) -> Path:
    """A private copy of a home with a finished index, to be damaged or added to."""
    target = tmp_path / "home"
    shutil.copytree(home, target)
    return target


@pytest.fixture(scope="session")
def ingested(advisor: Advisor, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Advisor]:
    """Open an advisor, on a home of its own, that has ingested every document of a folder."""

    def ingest(folder: Path) -> Advisor:
        target = tmp_path_factory.mktemp(folder.name) / "home"
        shutil.copytree(home, target)
        ingest_files(Settings(home=target), [folder], {}, Console(quiet=True))
        return open_advisor(Settings(home=target, today=TODAY, journal=False))

    return ingest


@pytest.fixture
def copied_data(tmp_path: Path) -> Callable[[], Path]:
    """Copy the shipped data to a folder where a test may change it."""

    def copy() -> Path:
        target = tmp_path / "data"
        shutil.copytree(DATA, target)
        return target

    return copy
