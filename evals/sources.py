"""What scorers may look things up in: the documents, the regions, the numbers that need no clause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import knowledge.regions
from bot.replies import load_replies
from knowledge.regions import Gazetteer, load_gazetteer
from knowledge.texts.library import Library, load_library

DATA = Path(knowledge.regions.__file__).parent / "data"


@dataclass(frozen=True)
class Sources:
    """Read-only references of the scorers. They come from the stored texts, never from the answer."""

    library: Library
    gazetteer: Gazetteer
    constants: tuple[str, ...]  # hotlines


@lru_cache(maxsize=1)
def load_sources() -> Sources:
    """The shipped documents and regions."""
    library = load_library([DATA / "documents"])
    return Sources(library, load_gazetteer(DATA / "lexicon" / "regions.yaml"), load_replies().constants)
