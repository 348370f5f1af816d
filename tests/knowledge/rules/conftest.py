"""One library and one rulebook for all tests of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.rules.rulebook import Rulebook, load_rulebook
from knowledge.texts.library import Library, load_library

DATA = Path(__file__).parents[3] / "knowledge" / "data"


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped documents."""
    return load_library([DATA / "documents"])


@pytest.fixture(scope="session")
def rulebook(library: Library) -> Rulebook:
    """The shipped benefits."""
    return load_rulebook(DATA, library)
