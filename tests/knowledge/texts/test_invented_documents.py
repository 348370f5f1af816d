"""Documents of other houses and shapes (all invented): articles, lists in articles, a notice, a web page, bad Markdown."""

from __future__ import annotations

import itertools
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.errors import DocumentError
from knowledge.texts.chunking import passages_of, token_counter
from knowledge.texts.library import parse_source
from knowledge.texts.readers import canonicalise
from knowledge.types import Document, Measure, SegmentKind

FOLDER = Path(__file__).parents[2] / "fixtures" / "documents"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


def numbered(name: str) -> dict[int, Measure]:
    _, _, measures = parse_source("x", FOLDER / name)
    return {m.number: m for m in measures if m.number is not None}


def test_every_fixture_is_expected_and_the_other_way_round() -> None:
    assert {p.name for p in FOLDER.iterdir()} == {*EXPECTED, "expected.yaml", "no_numbering.txt"}


@pytest.mark.parametrize("name", EXPECTED)
def test_measures_and_their_content(name: str) -> None:
    expected, found = EXPECTED[name], numbered(name)
    assert list(found) == list(expected["measures"])
    for number, piece in expected["measures"].items():
        assert piece in found[number].text
        others = [m for n, m in found.items() if n != number]
        assert not any(piece in m.text for m in others)


@pytest.mark.parametrize("name", EXPECTED)
def test_sections_tiling_and_absent_furniture(name: str) -> None:
    text, segments, measures = parse_source("x", FOLDER / name)
    headings = [text[s.start : s.end].split("\n")[0] for s in segments if s.kind is SegmentKind.SECTION]
    assert headings == EXPECTED[name]["sections"]
    assert {m.section for m in measures if m.number is not None} == set(headings or [""])
    assert (segments[0].start, segments[-1].end) == (0, len(text))
    assert all(a.end == b.start for a, b in itertools.pairwise(segments))
    assert not re.search(r"—\s*\d+\s*—|\*\*|^#|　", text, re.M)
    assert not any(word in text for word in EXPECTED[name].get("absent", ()))
    assert canonicalise(text) == text


@pytest.mark.parametrize("name", EXPECTED)
def test_departments_and_deadlines(name: str) -> None:
    expected, found = EXPECTED[name], numbered(name)
    for number, lead in expected.get("leads", {}).items():
        assert found[number].lead == lead
    for number, departments in expected.get("departments", {}).items():
        assert list(found[number].departments) == departments
    deadlines = {n: [d.until.isoformat() for d in m.deadlines] for n, m in found.items() if m.deadlines}
    assert deadlines == expected.get("deadlines", {})


@pytest.mark.parametrize("name", EXPECTED)
def test_passages_rebuild_each_measure(name: str) -> None:
    text, segments, measures = parse_source("x", FOLDER / name)
    document = Document(
        "x", "题", None, "机关", "370000", date(2030, 1, 1), date(2030, 1, 1), None, None, text, segments, measures
    )
    for measure in measures:
        parts = passages_of(document, measure, "山东省", token_counter(), budget=40)
        assert "".join(text[p.start : p.end] for p in parts).replace("\n", "") == measure.text.replace("\n", "")


def test_a_document_without_numbers_is_refused_with_the_next_command() -> None:
    with pytest.raises(DocumentError, match=r"没有找到编号条款.*advisor ingest"):
        parse_source("no-numbering", FOLDER / "no_numbering.txt")
