"""Is a clause in force on a day, and which document governs (reading rules 1 to 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.base import KnowledgeBase
from knowledge.texts.validity import applicable, validity_of
from knowledge.types import Document, Measure

ONE_DAY = timedelta(days=1)


def dated(knowledge: KnowledgeBase) -> list[tuple[Document, Measure, date, int, int]]:
    """Every measure with a deadline: document, measure, last day, and the span that the deadline binds."""
    return [
        (knowledge.library.document_of(m.id), m, d.until, d.binds_start, d.binds_end)
        for m in knowledge.library.measures.values()
        for d in m.deadlines
        if d.until > knowledge.library.document_of(m.id).issued_from
    ]


def test_the_last_day_is_in_force_and_the_next_is_not(knowledge: KnowledgeBase) -> None:
    cases = dated(knowledge)
    assert len(cases) >= 15
    for document, measure, until, start, end in cases:
        latest = max(d.until for d in measure.deadlines if d.binds_start < end and start < d.binds_end)
        assert validity_of(document, measure, start, end, latest).in_force is True
        after = validity_of(document, measure, start, end, latest + ONE_DAY)
        assert (after.in_force, after.until, after.reason) == (False, latest, "deadline")
        assert until <= latest


def test_no_document_is_authority_before_its_issue(knowledge: KnowledgeBase) -> None:
    for measure in knowledge.library.measures.values():
        document = knowledge.library.document_of(measure.id)
        before = validity_of(document, measure, measure.start, measure.end, document.issued_from - ONE_DAY)
        assert (before.in_force, before.reason) == (False, "not_yet_issued")
        assert validity_of(document, measure, measure.start, measure.end, document.issued_from).in_force is not False


def test_a_document_without_deadline_leaves_it_open(knowledge: KnowledgeBase) -> None:
    open_ended = [d for d in knowledge.library.documents.values() if d.valid_until is None]
    for document in open_ended:
        for measure in (m for m in document.measures if not m.deadlines):
            found = validity_of(document, measure, measure.start, measure.end, date(2099, 1, 1))
            assert (found.in_force, found.until, found.reason) == (None, None, "open")


def test_a_whole_documents_deadline_binds_what_sets_no_own(knowledge: KnowledgeBase) -> None:
    (document,) = [d for d in knowledge.library.documents.values() if d.valid_until]
    assert document.valid_until is not None
    free = [m for m in document.measures if not m.deadlines]
    assert len(free) > 20
    for measure in free:
        assert validity_of(document, measure, measure.start, measure.end, document.valid_until).in_force is True
        found = validity_of(document, measure, measure.start, measure.end, document.valid_until + ONE_DAY)
        assert (found.in_force, found.reason, found.quote) == (False, "document", document.valid_clause)
    later = [m for m in document.numbered if any(d.until > document.valid_until for d in m.deadlines)]
    for measure in later:
        deadline = measure.deadlines[0]
        found = validity_of(document, measure, deadline.start, deadline.end, document.valid_until + ONE_DAY)
        assert (found.in_force, found.reason) == (True, "deadline")
    assert later


def test_a_deadline_quoted_by_itself_counts_alone() -> None:
    from knowledge.texts.deadlines import deadlines_in

    text = "甲执行至2031年6月30日，乙执行至2032年6月30日。"
    bare = Measure("x/1", "x", 1, "", "", "", 0, len(text), text)
    measure = replace(bare, deadlines=deadlines_in(bare))
    day = date(2030, 1, 1)
    document = Document("x", "题", None, "机关", "370100", day, day, None, None, text, (), (measure,))
    early = validity_of(document, measure, 0, text.index("，"), date(2031, 7, 1))
    whole = validity_of(document, measure, 0, len(text), date(2031, 7, 1))
    assert (early.in_force, whole.in_force) == (False, True)


@pytest.mark.parametrize(
    ("own", "asked", "fits"),
    [("370100", "370100", True), ("370000", "370100", True), ("370700", "370100", False), ("370100", "370000", False), ("370100", None, True),
     ("370000", "320500", False)],
)  # fmt: skip
def test_which_regions_a_document_binds(knowledge: KnowledgeBase, own: str, asked: str | None, fits: bool) -> None:
    document = next(d for d in knowledge.library.documents.values() if d.region == own)
    assert applicable(document, asked) is fits
