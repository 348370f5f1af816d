"""Scripted answers, shipped for tests: compact rows → the bot's own answer values, and an advisor that plays them.

A row names measures and quotes; offsets, titles and validity come from the library, so that a row says
only what a person would check. Keys: status, text, cites [[measure, quote]] or {measure, quote, and any
field to falsify}, calcs [{amount | low, high, unit, steps [[text, value, citation]]}], missing, warnings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.types import Answer, CalculationResult, CalculationStep, Citation, Conversation, Exchange, Missing, Notice, Reply
from evals.cases import input_digest
from evals.sources import Sources
from evals.types import Case, Output, RankedHit
from knowledge.texts.validity import validity_of


def citation(n: int, given: Any, as_of: date, sources: Sources) -> Citation:
    """A citation of a quote; further keys replace true fields by false ones."""
    row = {"measure": given[0], "quote": given[1]} if isinstance(given, list) else dict(given)
    measure = sources.library.measures[row["measure"]]
    document = sources.library.documents[measure.document]
    start = measure.start + measure.text.index(row.get("stands", row["quote"]))
    end = start + len(row.pop("stands", row["quote"]))
    validity = validity_of(document, measure, start, end, as_of)
    true = {
        "n": n, "measure": measure.id, "document": document.id, "title": document.title, "doc_no": document.doc_no,
        "issuer": document.issuer, "issued": document.issued, "label": measure.label, "quote": row["quote"], "start": start,
        "end": end, "valid_until": validity.until, "in_force": validity.in_force,
    }  # fmt: skip
    return Citation.model_validate(true | row)


def answer_of(case: Case, row: Mapping[str, Any], sources: Sources, question: str | None = None) -> Answer:
    """One answer of the contract."""
    calculations = tuple(
        CalculationResult(
            benefit="b", name=c.get("name", "补贴"), inputs=c.get("inputs", {}), amount=c.get("amount"), low=c.get("low"),
            high=c.get("high"), unit=c.get("unit", "元"), is_maximum=False,
            steps=tuple(CalculationStep(text=t, value=v, unit="元", citation=n) for t, v, n in c.get("steps", [])),
        )
        for c in row.get("calcs", [])
    )  # fmt: skip
    return Answer(
        id="t", status=row["status"], question=question or case.turns[-1], text=row["text"], as_of=case.as_of, region=case.region,
        engine="builtin", calculations=calculations,
        citations=tuple(citation(n, c, case.as_of, sources) for n, c in enumerate(row.get("cites", []), start=1)),
        missing=tuple(Missing(fact=f, question=f) for f in row.get("missing", [])),
        warnings=tuple(Notice(kind=k, text=t) for k, t in row.get("warnings", [])),
    )  # fmt: skip


def output_of(case: Case, row: Mapping[str, Any], sources: Sources) -> Output:
    """The output of a labelled row: ``answers`` (or one answer), ``follow_up``, ``hits``, ``error``."""
    answers = [answer_of(case, a, sources, q) for a, q in zip(row.get("answers", []), case.turns, strict=False)]
    follow_up = answer_of(case, row["follow_up"], sources, case.gold.reply) if row.get("follow_up") else None
    hits = tuple(RankedHit(measure=m, score=1 - i / 20) for i, m in enumerate(row.get("hits", [])))
    return Output(case=case.id, input_digest=input_digest(case), answers=tuple(answers), follow_up=follow_up, hits=hits,
                  error=row.get("error"))  # fmt: skip


class ScriptedAdvisor:
    """Answers by looking up the question; an unknown question is not found. Follows the bot's door."""

    def __init__(self, answers: Mapping[str, Answer], hits: Mapping[str, Sequence[str]] | None = None) -> None:
        self._answers, self._hits = dict(answers), dict(hits or {})
        self.asked: list[str] = []

    def start(self, region: str | None = None, as_of: date | None = None) -> Conversation:
        return Conversation("c", region, as_of)

    def reply(self, conversation: Conversation, question: str, *, engine: str | None = None) -> Reply:
        self.asked.append(question)
        answer = self._answers.get(question) or Answer(
            id="n", status="not_found", question=question, text="现有文件里没有找到。", as_of=conversation.as_of or date(2023, 10, 15),
            region=conversation.region, engine=engine or "builtin",
        )  # fmt: skip
        exchange = Exchange(question, answer, None)
        return Reply(answer, Conversation("c", conversation.region, conversation.as_of, (*conversation.exchanges, exchange)))

    def search_in(self, conversation: Conversation, question: str, k: int = 10) -> list[dict[str, Any]]:
        return [{"measure": m, "score": 1 - i / 20} for i, m in enumerate(self._hits.get(question, []))][:k]
