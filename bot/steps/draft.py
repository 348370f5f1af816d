"""Step 4: an engine writes a draft."""

from __future__ import annotations

from dataclasses import replace

from bot.engines import builtin
from bot.kit import Kit
from bot.types import Turn


def draft(turn: Turn, kit: Kit) -> Turn:
    """Set ``turn.draft``."""
    return replace(turn, draft=builtin.draft(turn, kit))
