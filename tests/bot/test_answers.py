"""What must hold for every answer: quotes, numbers, marks, the contract. Asked: one question of each of many points."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from knowledge.base import KnowledgeBase
from knowledge.numerals import numbers_in
from knowledge.types import Point

COUNT = 200
DAYS = (date(2026, 11, 20), date(2023, 10, 15), date(2025, 3, 1), date(2020, 5, 1))


@pytest.fixture(scope="module")
def answered(advisor: Advisor) -> list[tuple[Point, Answer]]:
    """Points and the answers to their questions, over all documents and several days."""
    rng = random.Random(20231015)
    points = sorted((p for p in advisor.knowledge.points if p.questions), key=lambda p: p.id)
    result = []
    for point in rng.sample(points, COUNT):
        document = advisor.knowledge.library.document_of(point.measure)
        conversation = advisor.start(document.region, max(rng.choice(DAYS), document.issued_from))
        result.append((point, advisor.reply(conversation, rng.choice(point.questions)).answer))
    return result


def test_enough_answers_of_all_documents(advisor: Advisor, answered: list[tuple[Point, Answer]]) -> None:
    cited = [a for _, a in answered if a.citations]
    assert len(cited) >= 150
    assert {p.measure.split("/")[0] for p, _ in answered} == set(advisor.knowledge.library.documents)


def test_every_quote_stands_at_its_offsets(knowledge: KnowledgeBase, answered: list[tuple[Point, Answer]]) -> None:
    for _, answer in answered:
        for c in answer.citations:
            assert knowledge.library.documents[c.document].text[c.start : c.end] == c.quote
            measure = knowledge.library.measures[c.measure]
            assert measure.start <= c.start <= c.end <= measure.end
            assert c.quote in measure.text


def test_marks_and_citations_belong_together(answered: list[tuple[Point, Answer]]) -> None:
    for _, answer in answered:
        marks = [int(n) for n in re.findall(r"\[(\d+)\]", answer.text)]
        assert set(marks) == {c.n for c in answer.citations}
        assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
        assert "[M" not in answer.text
        if answer.status == "answered":
            assert answer.citations
        used = {s.citation for c in answer.calculations for s in c.steps} | {
            c.citation for e in answer.eligibility for c in e.conditions
        }
        assert used - {None} <= set(marks)


def sources_of(knowledge: KnowledgeBase, answer: Answer) -> set[tuple[object, ...]]:
    """Everything that a figure of this answer may come from, as values; written again here, apart from the gate."""
    texts = [answer.question, "12333 12345 110 120 12356"]
    days = [answer.as_of]
    for c in answer.citations:
        document = knowledge.library.documents[c.document]
        texts += [c.quote, c.label, c.title, c.doc_no or "", str(document.issued_from.year)]
        days += [d for d in (c.issued, c.valid_until) if d]
        if c.valid_until:
            texts.append(str((c.valid_until - answer.as_of).days))
    for calculation in answer.calculations:
        texts += [s.text for s in calculation.steps] + [s.value for s in calculation.steps]
        texts += [x for x in (calculation.amount, calculation.low, calculation.high) if x] + [
            str(v) for v in calculation.inputs.values()
        ]
    texts += [e.amount for e in answer.eligibility if e.amount]
    texts += [f"{d.title}{d.doc_no or ''} {d.issued_from.year} {len(d.numbered)}" for d in knowledge.library.documents.values()]
    values = {n.value.normalize() for t in texts for n in numbers_in(t)}
    return {(v,) for v in values} | {(part,) for d in days for part in (d.year, d.month, d.day)}


def test_no_number_without_a_source(knowledge: KnowledgeBase, answered: list[tuple[Point, Answer]]) -> None:
    stray = []
    for _, answer in answered:
        asked = "".join(m.question for m in answer.missing)
        text = re.sub(r"\[\d+\]", "", answer.text)
        known = sources_of(knowledge, answer)
        stray += [
            (n.raw, answer.question)
            for n in numbers_in(text)
            if (n.value.normalize(),) not in known and n.raw not in asked and not (n.value <= 1 and not n.unit)
        ]
    assert stray == []


def test_every_answer_is_whole(answered: list[tuple[Point, Answer]]) -> None:
    for _, answer in answered:
        assert answer.text.strip()
        assert answer.contract == 1
        assert answer.engine == "builtin"
        assert Answer.model_validate_json(answer.model_dump_json()) == answer
        assert answer.status != "needs_info" or answer.missing
        assert answer.status != "not_found" or answer.next_steps
        assert answer.status != "refused"
        assert "None" not in answer.text
        assert not re.search(r"\{\w*\}|。。|，。|\bnan\b", answer.text)


def test_what_is_over_is_said_to_be_over(answered: list[tuple[Point, Answer]]) -> None:
    over = [a for _, a in answered if any(c.in_force is False for c in a.citations)]
    assert len(over) >= 15
    for answer in over:
        kinds = {w.kind for w in answer.warnings}
        assert kinds & {"expired", "not_yet_issued", "superseded"} or re.search("到期|期限到|才印发|当时", answer.text), (
            answer.text
        )


def test_only_documents_that_bind_the_region_are_cited(knowledge: KnowledgeBase, answered: list[tuple[Point, Answer]]) -> None:
    for _, answer in answered:
        for c in answer.citations:
            assert knowledge.library.documents[c.document].region in (answer.region, f"{str(answer.region)[:2]}0000")


def test_most_answers_carry_the_measure_asked_for(answered: list[tuple[Point, Answer]]) -> None:
    found = Counter(p.measure in {c.measure for c in a.citations} for p, a in answered)
    assert found[True] >= 0.85 * COUNT, found


def test_the_same_question_gets_the_same_answer(advisor: Advisor, answered: list[tuple[Point, Answer]]) -> None:
    for _, answer in answered[:25]:
        again = advisor.reply(advisor.start(answer.region, answer.as_of), answer.question).answer
        first, second = (a.model_dump(exclude={"id", "timings_ms"}) for a in (answer, again))
        assert first == second


def test_conditions_carry_their_own_clause(advisor: Advisor) -> None:
    """Each condition cites a passage that holds its clause, also where its short words stand in no clause."""
    rulebook = advisor.knowledge.rulebook
    stories = (
        ("我们招了3个应届生，合同一年，能领多少补贴", "2023-10-15"),
        ("我公司去年裁员0人，小微企业，失业保险缴了10万，稳岗返还能领多少", "2023-10-15"),
        ("防疫物资厂，春节20个人上了10天班，用工补贴多少", "2020-03-08"),
        ("我失业了，今年考了中级证，失业保险交了三年，能领多少", "2023-10-15"),
    )
    rows = []
    for story, day in stories:
        answer = advisor.reply(advisor.start("370100", day), story).answer
        quotes = {c.n: c for c in answer.citations}
        for e in answer.eligibility:
            own = {c.text: c for c in rulebook.benefits[e.benefit].conditions}
            for c in e.conditions:
                rows.append(c.citation)
                if c.citation is not None and c.text in own:
                    assert own[c.text].quote in quotes[c.citation].quote
    assert len(rows) >= 8
    assert sum(n is not None for n in rows) >= 0.8 * len(rows)  # the rest: clauses that the text does not cite


def test_a_calculation_by_itself_cites_every_condition(advisor: Advisor) -> None:
    computed = advisor.calculate("jinan-hiring-youth-2023", {"hires.graduating": "3", "contract_months": "12个月"}, "2023-10-15")
    quotes = {c["n"]: c["quote"] for c in computed["citations"]}
    conditions = computed["eligibility"]["conditions"]
    assert conditions
    assert all(c["citation"] in quotes for c in conditions)
