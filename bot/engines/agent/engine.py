"""turn → draft by a language model, over evidence that code found first; whatever goes wrong, the builtin draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from bot.citations import citation_for
from bot.engines.agent.desk import Desk
from bot.engines.agent.errand import Check, Errand
from bot.engines.agent.lookups import lay_first_evidence
from bot.kit import Kit
from bot.types import Draft, Event, Notice, Turn

if TYPE_CHECKING:
    from bot.engines.agent.runtime import Agent

FIRST_CITATIONS = 5


def draft(turn: Turn, kit: Kit, own: Draft, check: Check) -> Turn:
    """The turn with the model's draft, or with ``own``; ``trace`` says what happened.

    :param own: the builtin engine's draft, the evidence to start from and the answer to fall back on.
        Where it abstains, that decision of the code stands and no model is asked.
    :param check: every defect of a draft (the pipeline's gate).
    """
    if not kit.settings.agent_available:
        return replace(turn, draft=degraded(own, kit), trace={"failure": "not configured"})
    if own.status == "not_found":
        return replace(turn, draft=own, trace={"settled": True})
    deadline = monotonic() + kit.settings.llm_timeout_s
    desk = Desk.lay(turn, kit, own)
    lay_first_evidence(desk, turn.hits)
    _show_citations(desk, kit)
    agent = kit.agent.get(lambda: _open(kit), deadline - monotonic())
    if agent is None:
        return replace(turn, draft=degraded(own, kit), trace={"failure": kit.agent.problem or "still opening"})
    errand = Errand(desk, own, check, kit.on_event or _unheard, deadline)
    failure = agent.run(errand)
    written = own if errand.declined else errand.draft if errand.draft is not None and failure is None else degraded(own, kit)
    return replace(turn, draft=written, findings=tuple(errand.findings), trace=_trace(agent, errand, failure))


def warm(kit: Kit) -> None:
    """Begin to open the agent in the background, for a surface that expects questions soon; does nothing unconfigured."""
    if kit.settings.agent_available:
        kit.agent.get(lambda: _open(kit), 0.0)


def degraded(own: Draft, kit: Kit) -> Draft:
    """The builtin draft, labelled as standing in for the model."""
    notice = Notice(kind="degraded", text=kit.replies("engine.degraded"))
    return own if notice in own.warnings else replace(own, warnings=(*own.warnings, notice))


def _open(kit: Kit) -> Agent:
    from bot.engines.agent.runtime import Agent

    return Agent(kit)


def _unheard(event: Event) -> None:
    """Nobody listens."""


def _show_citations(desk: Desk, kit: Kit) -> None:
    """The clauses that the answer will rest on, before the model writes its first word."""
    if kit.on_event is None:
        return
    quotes = desk.writer.quotes[:FIRST_CITATIONS]
    kit.on_event(("citations", tuple(citation_for(kit.knowledge, n, m, q, desk.as_of) for n, (m, q) in enumerate(quotes, 1))))


def _trace(agent: Agent, errand: Errand, failure: str | None) -> Mapping[str, object]:
    """For the journal: which words asked which model, how often, for what, and how it ended."""
    return {
        "model": agent.name, "prompts": agent.prompts.digests, "model_calls": errand.model_calls, "retries": errand.retries,
        "tools": tuple(errand.desk.tool_calls), "sent_back": bool(errand.findings), "declined": errand.declined, "failure": failure,
    }  # fmt: skip
