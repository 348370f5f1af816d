"""Passages: whole sentences of one measure, within the budget, nothing lost."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.errors import KnowledgeError
from knowledge.texts.chunking import BUDGET, passages_of, token_counter
from knowledge.texts.deadlines import sentences
from knowledge.texts.parsing import parse
from knowledge.types import Document
from tests.knowledge.texts.generated import Generated, documents


def made(document: Generated) -> Document:
    segments, measures = parse("x", document.text)
    day = date(2031, 3, 9)
    return Document(
        "x",
        "青禾市办法",
        "青政发〔2031〕8号",
        "青禾市人民政府",
        "370000",
        day,
        day,
        None,
        None,
        document.text,
        segments,
        measures,
    )


@given(documents(), st.integers(5, 200))
@settings(max_examples=80, deadline=None)
def test_passages_rebuild_their_measure_and_never_cross(generated: Generated, budget: int) -> None:
    document, count = made(generated), token_counter()
    seen: set[str] = set()
    for measure in document.measures:
        parts = passages_of(document, measure, "山东省", count, budget)
        assert parts[0].start == measure.start
        assert parts[-1].end == measure.end
        assert all(document.text[a.end : b.start].strip("\n") == "" and a.end <= b.start for a, b in itertools.pairwise(parts))
        for i, part in enumerate(parts):
            assert part.id == f"{measure.id}#{i}"
            assert part.measure == measure.id
            assert document.text[part.start : part.end].strip() == part.text
            whole = sentences(measure.text[part.start - measure.start : part.end - measure.start])
            assert sum(count(s.text) for s in whole) <= budget or len(whole) == 1
        seen |= {p.id for p in parts}
    assert len(seen) == sum(len(passages_of(document, m, "山东省", count, budget)) for m in document.measures)


def test_shipped_passages_rebuild_all_measures(knowledge: KnowledgeBase) -> None:
    by_measure: dict[str, list[tuple[int, int]]] = {}
    for p in knowledge.searcher.passages.values():
        by_measure.setdefault(p.measure, []).append((p.start, p.end))
    assert set(by_measure) == set(knowledge.library.measures)
    for measure_id, spans in by_measure.items():
        text = knowledge.library.document_of(measure_id).text
        assert "".join(text[a:b] for a, b in sorted(spans)).replace("\n", "") == knowledge.library.measures[
            measure_id
        ].text.replace("\n", "")


def test_the_header_names_region_document_number_section_and_title(knowledge: KnowledgeBase) -> None:
    measure = next(
        m for m in knowledge.library.measures.values() if m.number == 15 and knowledge.library.documents[m.document].doc_no
    )
    document = knowledge.library.documents[measure.document]
    header = passages_of(document, measure, knowledge.gazetteer.name(document.region), token_counter())[0].header
    assert knowledge.searcher.passages[f"{measure.id}#0"].header == header
    assert header.split("｜") == [
        knowledge.gazetteer.name(document.region),
        document.title,
        document.doc_no,
        measure.section,
        measure.title,
    ]


def test_small_budgets_give_more_passages(knowledge: KnowledgeBase) -> None:
    longest = max(knowledge.library.measures.values(), key=lambda m: len(m.text))
    document = knowledge.library.documents[longest.document]
    sizes = [len(passages_of(document, longest, "", token_counter(), b)) for b in (20, BUDGET, 10_000)]
    assert sizes[0] > sizes[1] > sizes[2] == 1


def test_an_empty_measure_has_no_passage(knowledge: KnowledgeBase) -> None:
    measure = next(iter(knowledge.library.measures.values()))
    document = knowledge.library.documents[measure.document]
    assert passages_of(document, replace(measure, text=" \n"), "", token_counter()) == ()


def test_the_shipped_counter_counts_and_needs_no_network() -> None:
    count = token_counter()
    assert count("") == 0
    assert [count(word) for word in ("就业", "高校毕业生", "2023", "，")] == [
        1,
        1,
        1,
        1,
    ]  # the words of these documents are whole
    assert 2 <= count("失业保险稳岗返还") <= 4
    assert count("第一句。第二句。") == count("第一句。") + count("第二句。")
    assert count("<|endoftext|>") > 1  # a special token of other encodings is plain text here


@pytest.mark.parametrize(("name", "word"), [("no-such-encoding", "o200k_base"), ("o200k_base", "TIKTOKEN_CACHE_DIR")])
def test_other_encodings_are_named_and_never_fetched(name: str, word: str) -> None:
    with pytest.raises(KnowledgeError, match=word):
        token_counter(name)
