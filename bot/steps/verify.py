"""Step 6: nothing unproven is shown. A model's draft that fails gives way to the builtin engine's, that to an abstention."""

from __future__ import annotations

from dataclasses import replace

from bot.citations import Rendered, render
from bot.engines import builtin
from bot.engines.agent import degraded, gate
from bot.engines.builtin.absent import nothing
from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from bot.types import Answer, CalculationResult, Draft, EligibilityResult, Finding, Turn
from bot.verification import Allowed
from bot.verification import verify as find_defects

SHOWN = 100  # characters of a message that are said back


def verify(turn: Turn, kit: Kit) -> Turn:
    """Check the draft; set the answer."""
    draft = turn.draft
    assert draft is not None
    findings = defects(draft, turn, kit)
    found = (*turn.findings, *findings)
    if findings and draft.engine != "builtin":
        draft = degraded(builtin.draft(turn, kit), kit)
        findings = defects(draft, turn, kit)
        found += findings
    if findings:
        labels = tuple(w for w in draft.warnings if w.kind == "degraded")
        draft = _abstention(turn, kit)
        draft = replace(draft, warnings=(*draft.warnings, *labels))
    return replace(turn, draft=draft, findings=found, answer=to_answer(turn, draft, kit))


def defects(draft: Draft, turn: Turn, kit: Kit) -> tuple[Finding, ...]:
    """Every defect of a draft; a model's words must also pass the stricter gate, sentence by sentence."""
    findings = find_defects(draft, kit.knowledge, turn.as_of, turn.region, allowed(turn, kit))
    if draft.engine == "builtin" or any(f.kind in ("token", "quote", "empty") for f in findings):
        return findings
    return (*findings, *gate.defects(draft, turn, kit))


def allowed(turn: Turn, kit: Kit) -> Allowed:
    """The user's own words in this conversation, and the hotlines."""
    said = (turn.said, *(e.question for e in turn.conversation.exchanges))
    counts = tuple(str(len(d.numbered)) for d in kit.knowledge.library.documents.values())
    titles = tuple(f"{d.title}{d.doc_no or ''}{d.issued_from.year}" for d in kit.knowledge.library.documents.values())
    instead = tuple(f"{t.topic} {t.ask}" for t in kit.knowledge.searcher.topics.values())  # whom to ask: hotlines
    places = (kit.knowledge.gazetteer.name(turn.region),) if turn.region else ()  # 四川省 holds a numeral
    return Allowed((*said, *places, *kit.replies.constants, *counts, *titles, *instead))


def _abstention(turn: Turn, kit: Kit) -> Draft:
    assert turn.understanding is not None
    return nothing(replace(turn, uncovered=None), Writer(kit, turn.understanding.as_of))


def to_answer(turn: Turn, draft: Draft, kit: Kit) -> Answer:
    """Render tokens, number citations, and make the contract answer."""
    u = turn.understanding
    assert u is not None
    rendered = render(draft.text, draft.quotes, kit.knowledge, u.as_of)
    calculations = tuple(_renumber(c, rendered.number_of) for c in draft.calculations)
    eligibility = tuple(_cite_conditions(e, draft, rendered) for e in draft.eligibility)
    text = f"{kit.replies('understood_as', text=_shortened(turn.meant))}\n\n{rendered.text}" if turn.meant else rendered.text
    return Answer(
        id=turn.id, status=draft.status, question=turn.question, text=text, as_of=u.as_of, region=u.region,
        engine=draft.engine, citations=rendered.citations, calculations=calculations, eligibility=eligibility,
        missing=draft.missing, warnings=draft.warnings, next_steps=draft.next_steps,
    )  # fmt: skip


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _renumber(c: CalculationResult, number_of: dict[int, int]) -> CalculationResult:
    steps = tuple(s.model_copy(update={"citation": number_of.get(s.citation - 1) if s.citation else None}) for s in c.steps)
    return c.model_copy(update={"steps": steps})


def _cite_conditions(e: EligibilityResult, draft: Draft, rendered: Rendered) -> EligibilityResult:
    """Give each condition the citation of its own clause: of the very words, else of a cited passage that holds them."""

    def cited(quote_number: int | None) -> int | None:
        if quote_number is None:
            return None
        measure, quote = draft.quotes[quote_number - 1]
        holding = (c.n for c in rendered.citations if c.measure == measure and quote in c.quote)
        return rendered.number_of.get(quote_number - 1) or next(holding, None)

    conditions = tuple(c.model_copy(update={"citation": cited(c.citation)}) for c in e.conditions)
    return e.model_copy(update={"conditions": conditions})
