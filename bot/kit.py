"""The collaborators a step may use. Passed in, never looked up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot.errors import AdvisorError
from bot.replies import Replies
from bot.settings import Settings
from bot.types import OnEvent
from knowledge.base import KnowledgeBase

if TYPE_CHECKING:
    from bot.engines.agent.runtime import Agent
    from bot.journal import Journal


class Closable(Protocol):
    """Something open."""

    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class OnFirstUse(Generic[T]):
    """Opened once, in the background, by whoever needs it first; a failed opening is tried again the next time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._opening = False
        self._value: T | None = None
        self.problem: str | None = None  # why the last opening failed

    def get(self, opener: Callable[[], T], wait_s: float) -> T | None:
        """The open thing, or None when it is not open after ``wait_s`` seconds or cannot be opened."""
        with self._lock:
            if self._value is None and not self._opening:
                self._opening = True
                self._ready.clear()
                threading.Thread(target=self._open, args=(opener,), name="opening", daemon=True).start()
        self._ready.wait(max(0.0, wait_s))
        return self._value

    def _open(self, opener: Callable[[], T]) -> None:
        try:
            self._value, self.problem = opener(), None
        except Exception as problem:
            self.problem = str(problem) if isinstance(problem, AdvisorError) else type(problem).__name__
        finally:
            self._opening = False
            self._ready.set()

    def close(self) -> None:
        """Close what was opened; the next use opens anew."""
        with self._lock:
            value, self._value = self._value, None
        if value is not None:
            value.close()


@dataclass(frozen=True)
class Kit:
    """Knowledge, replies, settings and the journal of one advisor; its agent, opened on first use."""

    knowledge: KnowledgeBase
    replies: Replies
    settings: Settings
    journal: Journal | None = None
    engine: str = "builtin"
    agent: OnFirstUse[Agent] = field(default_factory=OnFirstUse, repr=False, compare=False)
    on_event: OnEvent | None = field(default=None, repr=False, compare=False)  # of the turn under way
