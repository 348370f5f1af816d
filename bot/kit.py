"""The collaborators a step may use. Passed in, never looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.replies import Replies
from bot.settings import Settings
from knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from bot.journal import Journal


@dataclass(frozen=True)
class Kit:
    """Knowledge, replies, settings and the journal of one advisor."""

    knowledge: KnowledgeBase
    replies: Replies
    settings: Settings
    journal: Journal | None = None
    engine: str = "builtin"
