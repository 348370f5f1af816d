"""The day decides: the same question on, before and after the days that matter (reading rules 1 to 4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from knowledge.base import KnowledgeBase
from knowledge.types import Point

ONE_DAY = timedelta(days=1)


def ask(advisor: Advisor, question: str, region: str | None, day: date) -> Answer:
    return advisor.reply(advisor.start(region, day), question).answer


@pytest.fixture(scope="module")
def dated(knowledge: KnowledgeBase) -> list[tuple[Point, date]]:
    """Points whose clause has a deadline after its document's issue, and that deadline."""
    found = []
    for p in knowledge.points:
        if not p.questions or p.silent:
            continue
        issued = knowledge.library.document_of(p.measure).issued_from
        until = knowledge.validity(p.measure, p.quote, issued).until
        if until and until > issued + 30 * ONE_DAY:
            found.append((p, until))
    return found


def test_enough_clauses_have_deadlines(dated: list[tuple[Point, date]]) -> None:
    assert len(dated) >= 40


def test_the_last_day_is_in_force_and_the_day_after_is_over(advisor: Advisor, dated: list[tuple[Point, date]]) -> None:
    agreed = 0
    for point, until in dated[::4]:
        region = advisor.knowledge.library.document_of(point.measure).region
        last, after = (ask(advisor, point.questions[0], region, day) for day in (until, until + ONE_DAY))
        for answer, day in ((last, until), (after, until + ONE_DAY)):
            for c in answer.citations:
                assert c.in_force is advisor.knowledge.validity(c.measure, c.quote, day).in_force
        on = [c for c in last.citations if c.quote == point.quote]
        over = [c for c in after.citations if c.quote == point.quote]
        if on and over:
            agreed += 1
            assert on[0].in_force is True
            assert over[0].in_force is False
            assert "expired" in {w.kind for w in after.warnings}
            assert "expired" not in {w.kind for w in last.warnings} or len(last.citations) > 1
    assert agreed >= 8


def test_before_its_issue_a_document_is_no_authority(advisor: Advisor) -> None:
    for document in advisor.knowledge.library.documents.values():
        for measure in document.numbered[::6]:
            answer = ask(advisor, f"{measure.title}有什么规定", document.region, document.issued_from - ONE_DAY)
            assert document.id not in {c.document for c in answer.citations}


def test_an_expired_answer_says_so_before_the_figure(advisor: Advisor, dated: list[tuple[Point, date]]) -> None:
    seen = 0
    for point, until in dated[::5]:
        region = advisor.knowledge.library.document_of(point.measure).region
        answer = ask(advisor, point.questions[0], region, max(until + ONE_DAY, date(2026, 11, 20)))
        first = next((c for c in answer.citations if c.n == 1), None)
        if answer.status == "answered" and first is not None and first.in_force is False and first.quote == point.quote:
            seen += 1
            assert "到期" in answer.text.split("\n\n")[0], answer.text
            assert answer.next_steps
    assert seen >= 5


def test_another_citys_rule_is_never_applied(advisor: Advisor) -> None:
    questions = [p.questions[0] for p in advisor.knowledge.points if p.questions and p.measure.startswith("jinan")][::25]
    assert len(questions) >= 10
    for question in questions:
        named = {r.code for r in advisor.knowledge.gazetteer.named_in(question)}
        if named:
            continue
        answer = ask(advisor, question, "370700", date(2023, 10, 15))
        for c in answer.citations:
            assert not c.document.startswith("jinan") or "不适用于" in answer.text


@pytest.mark.parametrize("region", ["370600", "370200", "371300", "110000"])
def test_a_place_without_documents_borrows_no_figure(advisor: Advisor, region: str) -> None:
    name = advisor.knowledge.gazetteer.name(region)
    for question in ("一次性吸纳就业补贴每人多少钱", "创业担保贷款最高能贷多少", "稳岗返还返多少"):
        answer = ask(advisor, question, region, date(2023, 10, 15))
        cities = [c for c in answer.citations if advisor.knowledge.library.documents[c.document].region not in ("370000",)]
        assert not cities or "不适用于" in answer.text
        assert answer.status != "answered" or all(c.document.startswith("shandong") for c in answer.citations)
        assert name[:2] in answer.text


def test_an_article_that_does_not_exist(advisor: Advisor) -> None:
    for document, number in (("济政办发〔2023〕10号", 26), ("潍政办发〔2023〕6号", 99)):
        answer = ask(advisor, f"{document}第{number}条说的是什么", None, date(2023, 10, 15))
        assert answer.status == "not_found"
        assert f"第{number}条" in answer.text
