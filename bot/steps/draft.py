"""Step 5: an engine writes a draft."""

from __future__ import annotations

from dataclasses import replace

from bot.engines import agent, builtin
from bot.kit import Kit
from bot.steps.verify import defects
from bot.types import Turn


def draft(turn: Turn, kit: Kit) -> Turn:
    """Set ``turn.draft``: the builtin engine's, or the agent's written over the builtin engine's evidence."""
    own = builtin.draft(turn, kit)
    if kit.engine != "agent" or turn.suspect:
        return replace(turn, draft=own)
    return agent.draft(turn, kit, own, lambda d: defects(d, turn, kit))
