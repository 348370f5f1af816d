"""The product in one list. A step is ``(turn, kit) -> turn``; the first that sets an answer ends the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from bot.kit import Kit
from bot.steps.draft import draft
from bot.steps.record import record
from bot.steps.reread import reread
from bot.steps.retrieve import retrieve
from bot.steps.screen import screen
from bot.steps.understand import understand
from bot.steps.verify import verify
from bot.types import OnEvent, Turn

Step = Callable[[Turn, Kit], Turn]

SEARCHING: tuple[Step, ...] = (screen, understand, retrieve, reread)  # whether and where the documents answer
STEPS: tuple[Step, ...] = (*SEARCHING, draft, verify)
FINALLY: Step = record


def run_steps(turn: Turn, kit: Kit, steps: Sequence[Step] = STEPS, on_event: OnEvent | None = None) -> Turn:
    """Pass a turn through the steps until one answers it; time each; journal the end."""
    kit = replace(kit, on_event=on_event)
    timings: dict[str, float] = {}
    for step in steps:
        if on_event:
            on_event(("step", step.__name__))
        started = perf_counter()
        turn = step(turn, kit)
        timings[step.__name__] = round((perf_counter() - started) * 1000, 2)
        if turn.answer is not None:
            break
    if turn.answer is not None:
        turn = replace(turn, answer=turn.answer.model_copy(update={"timings_ms": timings}), timings_ms=timings)
    return FINALLY(turn, kit)
