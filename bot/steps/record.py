"""Step 7: one journal row a turn, with everything needed to replay it."""

from __future__ import annotations

from bot.kit import Kit
from bot.types import Turn


def record(turn: Turn, kit: Kit) -> Turn:
    """Write the journal row; a journal that cannot be written never costs the user the answer."""
    if kit.journal is not None:
        kit.journal.write(turn, kit.knowledge.index_version)
    return turn
