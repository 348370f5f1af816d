"""Step 3: the first search, always; and how likely it is that the documents answer."""

from __future__ import annotations

from bot.kit import Kit
from bot.retrieval import search
from bot.types import Turn


def retrieve(turn: Turn, kit: Kit) -> Turn:
    """Set hits, points, confidence, and what lies outside (uncovered topic, another city's rule)."""
    return search(turn, kit, _cited_before(turn))


def _cited_before(turn: Turn) -> str | None:
    """The measure just cited, as long as the place and the year are the same."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    if last is None or not last.answer.citations or (last.understanding and last.understanding.region != u.region):
        return None
    first = last.answer.citations[0]
    if u.years_named and first.issued and first.issued.year not in u.years_named:
        return None
    return first.measure
