"""The one door for every surface: a question in, an answer out; search, measures, calculator and benefits beside it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.citations import citation_for
from bot.engines.builtin.contract import to_contract, verdict_to_contract
from bot.engines.builtin.writing import Writer
from bot.errors import RequestError
from bot.journal import Journal
from bot.kit import Kit
from bot.pipeline import SEARCHING, run_steps
from bot.replies import load_replies
from bot.settings import Settings
from bot.types import Answer, Ask, Conversation, Exchange, OnEvent, Reply, Turn
from knowledge.base import KnowledgeBase, open_knowledge
from knowledge.rules.calculator import calculate
from knowledge.rules.eligibility import ValidityState, validity_on
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import screen
from knowledge.texts.index import Progress

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
REMEMBERED = 20  # exchanges of a conversation, the latest ones


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure with everything a reader needs to check it. Offsets are in the document's canonical text."""

    id: str
    label: str
    section: str
    text: str
    start: int
    end: int
    title: str
    doc_no: str | None
    issuer: str
    issued: date | None
    region: str
    region_name: str
    departments: tuple[str, ...]
    deadlines: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class BenefitView:
    """A benefit in a list."""

    id: str
    name: str
    summary: str
    measure: str
    region: str
    audience: tuple[str, ...]
    kind: str
    until: date | None
    validity: ValidityState


class Advisor:
    """Thread-safe; holds only what is open."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._rulebook_lock = threading.Lock()

    @property
    def knowledge(self) -> KnowledgeBase:
        """The open knowledge base."""
        return self.kit.knowledge

    def today(self) -> date:
        """The day on which answers hold unless another is given."""
        return self.kit.settings.today or date.today()

    def start(self, region: str | None = None, as_of: date | str | None = None) -> Conversation:
        """A new conversation. :raises RequestError: a wrong date or region."""
        return Conversation(uuid.uuid4().hex, self._region(region), self._day(as_of))

    def reply(
        self, conversation: Conversation, question: str, *, engine: str | None = None, on_event: OnEvent | None = None
    ) -> Reply:
        """Answer one message; the returned conversation includes it."""
        kit = replace(self.kit, engine=engine) if engine else self.kit
        turn = Turn(uuid.uuid4().hex, question, conversation, self.today())
        done = run_steps(turn, kit, on_event=on_event)
        assert done.answer is not None
        return Reply(done.answer, _extended(conversation, done))

    def search(self, query: str, as_of: date | str | None = None, region: str | None = None, k: int = 10) -> list[dict[str, Any]]:
        """The ``k`` best measures, best first.

        :returns: rows ``{measure, passage, score, label, document, title, doc_no, issued, region, start, end}``; ``start`` and
            ``end`` of the passage in the document's canonical text.
        :raises RequestError, RegionError, QueryError: a wrong date, region, query or ``k``.
        """
        day = self._day(as_of) or self.today()
        result = self.knowledge.search(query, day, self._region(region), k)
        return [
            {"measure": h.measure.id, "passage": h.passage.text, "score": round(h.score, 4), "label": h.measure.label,
             "document": h.document.id, "title": h.document.title, "doc_no": h.document.doc_no,
             "issued": h.document.issued.isoformat() if h.document.issued else None, "region": h.document.region,
             "start": h.passage.start, "end": h.passage.end}
            for h in result.hits
        ]  # fmt: skip

    def search_in(self, conversation: Conversation, question: str, k: int = 10) -> list[dict[str, Any]]:
        """Search for a message in the context of its conversation: rows ``{measure, passage, score}``, best first."""
        turn = self.retrieved(conversation, question)
        return [{"measure": h.measure.id, "passage": h.passage.text, "score": round(h.score, 4)} for h in turn.hits[:k]]

    def retrieved(self, conversation: Conversation, question: str) -> Turn:
        """A message taken as far as the decision whether the documents answer it, in the context of its conversation."""
        turn = Turn(uuid.uuid4().hex, question, conversation, self.today())
        return run_steps(turn, replace(self.kit, journal=None), SEARCHING)

    def measure(self, measure_id: str) -> MeasureView:
        """One measure in full. :raises RequestError: no such measure."""
        measure = self.knowledge.library.measures.get(measure_id)
        if measure is None:
            documents = "、".join(self.knowledge.library.documents)
            raise RequestError(f"没有条款 {measure_id}。编号形如 jinan-2023-10/15；库里的文件：{documents}。")
        d = self.knowledge.library.documents[measure.document]
        return MeasureView(
            id=measure.id, label=measure.label, section=measure.section, text=measure.text, start=measure.start, end=measure.end,
            title=d.title, doc_no=d.doc_no, issuer=d.issuer, issued=d.issued, region=d.region,
            region_name=self.knowledge.gazetteer.name(d.region), departments=measure.departments,
            deadlines=tuple((x.until, x.quote) for x in measure.deadlines),
        )  # fmt: skip

    def calculate(
        self, benefit: str, facts: Mapping[str, str], as_of: date | str | None = None, region: str | None = None
    ) -> dict[str, Any]:
        """Compute one benefit from typed facts.

        :param region: decides between benefits of one name in several cities.
        :returns: ``{calculation, eligibility, missing, citations}`` in contract shapes; ``failing``: the condition that makes it
            0; ``open``: what the document leaves to whom; ``validity``: in_force, open, expired or not_yet_issued.
        :raises KnowledgeError: unknown benefit or fact, a name of several benefits, wrong unit, out of range.
        """
        day = self._day(as_of) or self.today()
        rulebook = self.knowledge.rulebook
        found = rulebook.find(benefit, day, self._region(region))
        values: dict[str, FactValue] = {}
        for name, raw in facts.items():
            value = rulebook.fact(name, raw, day)
            values[value.fact] = value
        result = calculate(found, values, day, self.knowledge.library)
        writer = Writer(self.kit, day)
        calculation = to_contract(writer, found, result, values)
        eligibility = verdict_to_contract(writer, found, result)
        writer.cite(found.measure, found.spec.quote)
        citations = [
            citation_for(self.knowledge, n, m, q, day).model_dump(mode="json") for n, (m, q) in enumerate(writer.quotes, 1)
        ]
        return {
            "calculation": calculation.model_dump(mode="json"),
            "eligibility": eligibility.model_dump(mode="json"),
            "missing": [{"fact": f, "question": found.facts[f].ask} for f in result.missing],
            "failing": result.failing.text if result.failing else None,
            "open": result.open_text,
            "validity": result.validity,
            "citations": citations,
        }

    def benefits(self, region: str | None = None, as_of: date | str | None = None) -> list[BenefitView]:
        """Benefits that govern a region on a day, those in force first."""
        day = self._day(as_of) or self.today()
        rulebook = self.knowledge.rulebook
        assessed = screen(rulebook, {}, self._region(region), day, include_expired=True)
        return [_view(rulebook.benefits[a.benefit], a.validity) for a in assessed]

    def benefit_inputs(self, benefit: str) -> list[dict[str, Any]]:
        """The facts that a benefit asks for: ``{fact, name, unit, type, ask, example, choices}``."""
        found = self.knowledge.rulebook.find(benefit)
        return [
            {"fact": f, "name": s.name, "unit": s.unit, "type": s.type, "ask": s.ask, "example": s.example,
             "choices": {k: c.name for k, c in s.choices.items()}}
            for f in found.needs for s in (found.facts[f],)
        ]  # fmt: skip

    def regions(self) -> list[tuple[str, str]]:
        """(code, name) of the regions that have documents."""
        codes = sorted({d.region for d in self.knowledge.library.documents.values()})
        return [(c, self.knowledge.gazetteer.name(c)) for c in codes]

    def region_name(self, code: str) -> str:
        """The name of any place of the gazetteer, with documents or without."""
        return self.knowledge.gazetteer.name(code)

    def validity(self, benefit: str, as_of: date) -> ValidityState:
        """Whether a benefit can be had on a day. :raises KnowledgeError: no such benefit."""
        return validity_on(self.knowledge.rulebook.find(benefit, as_of), as_of, self.knowledge.library)

    def _region(self, region: str | None) -> str | None:
        return self.knowledge.gazetteer.resolve(region).code if region else None

    def _day(self, day: date | str | None) -> date | None:
        if day is None:
            return None
        try:
            parsed = date.fromisoformat(day.strip()) if isinstance(day, str) else date(day.year, day.month, day.day)
        except ValueError:
            raise RequestError(f"日期「{day}」不对。请写成 2023-10-15 这样的日期。") from None
        if not EARLIEST <= parsed <= LATEST:
            raise RequestError(f"日期 {parsed} 超出范围。请用 {EARLIEST} 到 {LATEST} 之间的日期。")
        return parsed


def _view(b: Benefit, validity: ValidityState) -> BenefitView:
    return BenefitView(
        id=b.id, name=b.name, summary=b.spec.summary, measure=b.measure, region=b.region, audience=b.spec.audience,
        kind=b.spec.kind, until=b.spec.validity.until, validity=validity,
    )  # fmt: skip


def _extended(conversation: Conversation, turn: Turn) -> Conversation:
    """The conversation with a finished turn; refused and small-talk turns leave the context as it was."""
    assert turn.answer is not None
    answer: Answer = turn.answer
    u = turn.understanding
    if answer.status == "refused" or u is None or u.ask is Ask.CONVERSATION:
        return conversation
    benefit = turn.draft.benefit if turn.draft else None
    if turn.draft and turn.draft.learned:
        u = replace(u, facts={**u.facts, **turn.draft.learned})
    exchange = Exchange(turn.said, answer, u, benefit or u.benefit)
    asked = dict.fromkeys((*conversation.asked, *(m.fact for m in answer.missing)))
    return replace(conversation, exchanges=(*conversation.exchanges[1 - REMEMBERED :], exchange), asked=tuple(asked))


def open_advisor(settings: Settings, progress: Progress | None = None, rebuild: bool = False) -> Advisor:
    """Open everything. :raises KnowledgeError, RequestError: malformed data, unwritable home, unknown encoder or engine."""
    settings = settings.with_engine(None)
    knowledge = open_knowledge(
        settings.home, encoder_name=settings.encoder, tokenizer=settings.tokenizer, chroma_url=settings.chroma_url,
        progress=progress, rebuild=rebuild,
    )  # fmt: skip
    journal = Journal(settings.home / "journal.sqlite") if settings.journal else None
    return Advisor(Kit(knowledge, load_replies(), settings, journal, settings.engine))
