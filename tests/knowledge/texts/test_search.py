"""Search: order, what is set aside and why, limits, and that nothing depends on chance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.errors import QueryError
from knowledge.regions import covers

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"query": ""}, "空的"), ({"query": " \n"}, "空的"), ({"query": "补" * 2001}, "2001"), ({"query": "补贴", "k": 0}, "k=0"), ({"query": "补贴", "k": 101}, "k=101"),
     ({"query": "补贴", "k": -1}, "k=-1")],
)  # fmt: skip
def test_arguments_out_of_range(knowledge: KnowledgeBase, arguments: dict[str, object], word: str) -> None:
    with pytest.raises(QueryError, match=word):
        knowledge.search(**{"as_of": DAY, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize("k", [1, 3, 100])
def test_best_first_each_measure_once_and_no_more_than_k(knowledge: KnowledgeBase, k: int) -> None:
    result = knowledge.search("稳岗返还", DAY, k=k)
    ids = [h.measure.id for h in result.hits]
    assert len(ids) == len(set(ids)) <= k
    assert [h.score for h in result.hits] == sorted((h.score for h in result.hits), reverse=True)
    assert all(h.document.text[h.passage.start : h.passage.end].strip() == h.passage.text for h in result.hits)
    assert all(h.passage.measure == h.measure.id and h.measure.document == h.document.id for h in result.hits)


def test_a_full_title_finds_its_measure_first(knowledge: KnowledgeBase) -> None:
    measures = [m for m in knowledge.library.measures.values() if m.number is not None]
    wrong = []
    for m in measures:
        document = knowledge.library.documents[m.document]
        hits = knowledge.search(m.title, DAY, document.region, documents=frozenset({document.id})).hits
        wrong += [m.id] if hits[0].measure.id != m.id else []
    assert len(wrong) <= 3, wrong


def test_a_document_issued_after_the_day_is_never_a_hit(knowledge: KnowledgeBase) -> None:
    for document in knowledge.library.documents.values():
        title = document.numbered[0].title
        before = knowledge.search(title, document.issued_from - timedelta(days=1), k=100)
        assert document.id not in {h.document.id for h in before.hits}
        assert {r.reason for r in before.rejected if r.measure.startswith(f"{document.id}/")} == {"not_yet_issued"}
        on_the_day = knowledge.search(title, document.issued_from, k=100)
        assert document.id in {h.document.id for h in on_the_day.hits}


@pytest.mark.parametrize("region", ["370100", "370700", "370000", "370200", "320500"])
def test_another_citys_document_is_never_a_hit(knowledge: KnowledgeBase, region: str) -> None:
    result = knowledge.search("创业担保贷款", DAY, region, k=100)
    assert all(covers(h.document.region, region) for h in result.hits)
    rejected = {r.measure.split("/")[0] for r in result.rejected}
    assert all(not covers(knowledge.library.documents[d].region, region) for d in rejected)
    assert bool(result.hits) is region.startswith("37")


def test_a_named_document_comes_first(knowledge: KnowledgeBase) -> None:
    for document in (d for d in knowledge.library.documents.values() if d.region == "370100"):
        hits = knowledge.search("高校毕业生就业", DAY, "370100", documents=frozenset({document.id})).hits
        assert hits[0].document.id == document.id


def test_points_carry_evidence_and_timings_are_given(knowledge: KnowledgeBase) -> None:
    point = next(p for p in knowledge.points if p.questions)
    result = knowledge.search(point.questions[0], DAY)
    assert max(result.points, key=lambda p: result.points[p]) == point.id
    assert set(result.timings_ms) == {"match", "rank"}
    assert result.index_version == knowledge.index_version


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_query_is_answered_or_refused_as_empty(knowledge: KnowledgeBase, query: str) -> None:
    if not query.strip():
        with pytest.raises(QueryError):
            knowledge.search(query, DAY)
        return
    first, second = knowledge.search(query, DAY), knowledge.search(query, DAY)
    assert [(h.measure.id, h.score) for h in first.hits] == [(h.measure.id, h.score) for h in second.hits]


def test_writing_does_not_matter(knowledge: KnowledgeBase) -> None:
    plain = [h.measure.id for h in knowledge.search("失业保险稳岗返还60%", DAY).hits]
    for written in ("失業保險穩崗返還６０％", "失业 保险　稳岗返还60％", "失\u200b业保险稳岗返还60%"):
        assert [h.measure.id for h in knowledge.search(written, DAY).hits] == plain


def test_locate_and_validity_take_exact_words_only(knowledge: KnowledgeBase) -> None:
    for point in knowledge.points[::20]:
        start, end = knowledge.locate(point.measure, point.quote)
        assert knowledge.library.document_of(point.measure).text[start:end] == point.quote
    with pytest.raises(ValueError, match="substring"):
        knowledge.locate(knowledge.points[0].measure, "没有的话")
    with pytest.raises(KeyError):
        knowledge.validity("no-such/1", "话", DAY)
