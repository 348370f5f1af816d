"""Step 5: nothing unproven is shown. A draft that fails is replaced, in the end by an abstention."""

from __future__ import annotations

from dataclasses import replace

from bot.citations import render
from bot.kit import Kit
from bot.types import Answer, CalculationResult, Citation, Draft, EligibilityResult, Turn
from bot.verification import Allowed, verify as find_defects


def verify(turn: Turn, kit: Kit) -> Turn:
    """Check the draft; set the answer."""
    u, draft = turn.understanding, turn.draft
    assert u is not None and draft is not None
    findings = find_defects(draft, kit.knowledge, u.as_of, u.region, allowed(turn, kit))
    if findings:
        draft = _abstention(turn, kit)
    return replace(turn, draft=draft, findings=findings, answer=to_answer(turn, draft, kit))


def allowed(turn: Turn, kit: Kit) -> Allowed:
    """The user's own words in this conversation, and the hotlines."""
    said = (turn.question, *(e.question for e in turn.conversation.exchanges))
    counts = tuple(str(len(d.numbered)) for d in kit.knowledge.library.documents.values())
    titles = tuple(f"{d.title}{d.doc_no or ''}{d.issued_from.year}" for d in kit.knowledge.library.documents.values())
    return Allowed((*said, *kit.replies.constants, *counts, *titles))


def _abstention(turn: Turn, kit: Kit) -> Draft:
    from bot.engines.builtin.absent import nothing
    from bot.engines.builtin.writing import Writer

    assert turn.understanding is not None
    return nothing(replace(turn, uncovered=None), Writer(kit, turn.understanding.as_of))


def to_answer(turn: Turn, draft: Draft, kit: Kit) -> Answer:
    """Render tokens, number citations, and make the contract answer."""
    u = turn.understanding
    assert u is not None
    rendered = render(draft.text, draft.quotes, kit.knowledge, u.as_of)
    calculations = tuple(_renumber(c, rendered.number_of) for c in draft.calculations)
    eligibility = tuple(_cite_conditions(e, draft, rendered.citations) for e in draft.eligibility)
    return Answer(
        id=turn.id, status=draft.status, question=turn.question, text=rendered.text, as_of=u.as_of, region=u.region,
        engine=draft.engine, citations=rendered.citations, calculations=calculations, eligibility=eligibility,
        missing=draft.missing, warnings=draft.warnings, next_steps=draft.next_steps,
    )  # fmt: skip


def _renumber(c: CalculationResult, number_of: dict[int, int]) -> CalculationResult:
    steps = tuple(s.model_copy(update={"citation": number_of.get(s.citation - 1) if s.citation else None}) for s in c.steps)
    return c.model_copy(update={"steps": steps})


def _cite_conditions(e: EligibilityResult, draft: Draft, citations: tuple[Citation, ...]) -> EligibilityResult:
    """Give each condition the number of the citation that quotes it, where one does."""
    quotes = {c.quote: c.n for c in citations}
    texts = {text: n for text, n in ((q, quotes.get(q)) for _, q in draft.quotes) if n}
    conditions = tuple(
        c.model_copy(update={"citation": next((n for q, n in texts.items() if c.text in q), None)}) for c in e.conditions
    )
    return e.model_copy(update={"conditions": conditions})
