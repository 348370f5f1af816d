"""What scorers may look things up in: the documents, the regions, the numbers that need no clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.replies import load_replies
from knowledge.base import DATA
from knowledge.regions import Gazetteer, load_gazetteer
from knowledge.texts.library import Library, load_library
from knowledge.texts.points import load_topics


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
    topics = load_topics(DATA / "uncovered" / "topics.yaml")
    hotlines = {number for topic in topics for number in re.findall(r"\d{3,}", topic.ask)}
    constants = tuple(dict.fromkeys((*load_replies().constants, *sorted(hotlines))))
    return Sources(library, load_gazetteer(DATA / "lexicon" / "regions.yaml"), constants)
