"""One turn handed to the model: everything that the graph, its middleware and its tools share while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from bot.engines.agent.desk import Desk
from bot.types import Draft, Event, Finding

Check = Callable[[Draft], tuple[Finding, ...]]


@dataclass
class Errand:
    """A turn's desk, clock, ears and gate. Lives as long as the turn; passed as the graph's context."""

    desk: Desk
    own: Draft  # what the builtin engine would say
    check: Check  # every defect of a draft
    emit: Callable[[Event], None]  # progress for the surface; must not block
    deadline: float  # on the monotonic clock
    findings: list[Finding] = field(default_factory=list)  # of every draft that was rejected
    model_calls: int = 0
    retries: int = 0
    characters: int = 0  # written by the model, thinking included
    draft: Draft | None = None  # the accepted one
    declined: bool = False  # the model says that the evidence does not answer

    @property
    def seconds_left(self) -> float:
        """Until the turn's budget is spent; never negative."""
        return max(0.0, self.deadline - monotonic())

    def progress(self, text: str) -> None:
        """Tell the surface what is going on, in a few words."""
        self.emit(("progress", text))
