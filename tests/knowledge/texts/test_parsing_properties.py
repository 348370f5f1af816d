"""What must hold for every document, shown on generated ones."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.base import DATA
from knowledge.errors import DocumentError
from knowledge.texts.library import source_path
from knowledge.texts.parsing import parse
from knowledge.texts.readers import canonicalise, read_file
from knowledge.types import SegmentKind
from tests.knowledge.texts.generated import Generated, documents, untidy

FURNITURE = re.compile(r"^\s*(?:[—–-]+\s*\d{1,4}\s*[—–-]+|第\s*\d+\s*页.*|-{3,})\s*$", re.M)
slow = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def compact(text: str) -> str:
    """NFKC without white space and Markdown emphasis."""
    return re.sub(r"\s+|\*\*", "", unicodedata.normalize("NFKC", text))


@slow
@given(documents())
def test_every_measure_is_found_and_every_character_has_one_place(document: Generated) -> None:
    text = canonicalise(document.text)
    assert text == document.text
    segments, measures = parse("invented", text)
    numbered = [m for m in measures if m.number is not None]
    assert [(m.number, m.marker) for m in numbered] == [(n, marker) for n, marker, _ in document.measures]
    for measure, (_, marker, title) in zip(numbered, document.measures, strict=True):
        assert measure.text.startswith(marker)
        assert text[measure.start : measure.end] == measure.text
        assert not title or measure.title == title
    assert segments[0].start == 0
    assert segments[-1].end == len(text)
    assert all(a.end == b.start and a.start < a.end for a, b in itertools.pairwise(segments))
    assert sum(s.kind is SegmentKind.MEASURE for s in segments) == len(numbered)
    assert len({m.id for m in measures}) == len(measures)
    assert all(any(s.start <= m.start and m.end <= s.end for s in segments) for m in measures)


@slow
@given(documents())
def test_signature_and_date_belong_to_the_closing_not_to_the_last_measure(document: Generated) -> None:
    _, measures = parse("invented", document.text)
    assert measures[-1].id == "invented/closing"
    assert measures[-1].text == "青禾市人民政府\n2031年3月9日"
    assert "2031年3月9日" not in measures[-2].text


@slow
@given(st.data())
def test_an_untidy_copy_becomes_the_clean_text(data: st.DataObject) -> None:
    document = data.draw(documents())
    raw = data.draw(untidy(document))
    text = canonicalise(raw)
    assert text == document.text
    assert canonicalise(text) == text
    source = compact(FURNITURE.sub("", raw))
    assert all(compact(paragraph) in source for paragraph in text.split("\n"))


@slow
@given(documents(("bracket", "arabic", "article")), st.integers(30, 44))
def test_a_hard_wrapped_copy_has_the_same_measures(document: Generated, width: int) -> None:
    wrapped = "\n".join(p[i : i + width] for p in document.paragraphs for i in range(0, len(p), width))
    _, measures = parse("invented", canonicalise(wrapped))
    _, expected = parse("invented", document.text)
    numbered = [(m.number, m.title, m.text.replace("\n", "")) for m in measures if m.number is not None]
    assert numbered == [(m.number, m.title, m.text.replace("\n", "")) for m in expected if m.number is not None]


@pytest.mark.parametrize("document", sorted(p.name for p in (DATA / "documents").iterdir()))
def test_real_documents_keep_every_word_of_their_source(document: str) -> None:
    raw = read_file(source_path(DATA / "documents" / document))
    text = canonicalise(raw)
    assert canonicalise(text) == text
    source = compact(FURNITURE.sub("", raw))
    for paragraph in text.split("\n"):
        assert compact(paragraph) in source


@given(st.text(alphabet="甲乙丙丁，。；：（）《》第一二三条、. 1\n　#*-|;", max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_parses_or_is_refused_by_name(raw: str) -> None:
    text = canonicalise(raw)
    try:
        segments, _ = parse("noise", text)
    except DocumentError as problem:
        assert "noise" in str(problem)
        assert "advisor ingest" in str(problem)
        return
    assert segments[0].start == 0
    assert segments[-1].end == len(text)
    assert all(a.end == b.start for a, b in itertools.pairwise(segments))


@pytest.mark.parametrize(
    ("paragraphs", "ids"),
    [
        (
            ["甲办法", "第十条内容甲。", "第十条之一内容乙。", "第十条之二内容丙。", "第十一条内容丁。"],
            ["10", "10-1", "10-2", "11"],
        ),
        (["甲通知", "一、甲事", "（一）甲。内容。", "（二）乙。内容。", "二、乙事", "（一）丙。内容。"], ["1", "2", "2001"]),
        (["甲通知", "一、这样的一句话就是一条。", "（一）列举甲；", "（二）列举乙。", "二、这也是一条。"], ["1", "2"]),
        (
            ["甲意见", "一、甲事", "（一）甲。内容。", "1.其一。", "2.其二。", "3.其三。", "（二）乙。内容。", "1.其一。"],
            ["1", "2"],
        ),
        (["甲规定", "一、第一句。", "一、又是一。", "二、第二句。"], ["1", "1-b", "2"]),
    ],
    ids=["inserted articles", "a count that restarts", "sentences under 一、", "three levels", "a marker twice"],
)
def test_numbering_of_other_houses(paragraphs: list[str], ids: list[str]) -> None:
    _, measures = parse("x", "\n".join(paragraphs))
    assert [m.id.removeprefix("x/") for m in measures if m.number is not None] == ids
