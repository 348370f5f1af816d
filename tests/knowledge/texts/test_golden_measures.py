"""The five documents, parsed from their sources as received, against the pinned and reviewed result."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from knowledge.base import DATA
from knowledge.texts.library import load_library, parse_source, source_path
from knowledge.types import Measure

COUNTS = {"jinan-2023-10": 25, "jinan-2020-1": 26, "weifang-2023-6": 24, "jinan-2017-transition": 20, "shandong-2024-14": 20}
GOLDEN: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "golden" / "measures.jsonl").read_text(encoding="utf-8").splitlines()
]


def as_row(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "marker": measure.marker,
        "title": measure.title,
        "section": measure.section,
        "span": [measure.start, measure.end],
        "lead": measure.lead,
        "departments": len(measure.departments),
        "deadlines": [[d.since.isoformat() if d.since else None, d.until.isoformat()] for d in measure.deadlines],
    }


def test_the_golden_file_holds_all_measures_of_all_documents() -> None:
    assert dict(Counter(row["id"].split("/")[0] for row in GOLDEN)) == COUNTS
    assert len(GOLDEN) == 115


@pytest.mark.parametrize("document", COUNTS)
def test_a_source_parses_to_its_pinned_measures(document: str) -> None:
    text, segments, measures = parse_source(document, source_path(DATA / "documents" / document))
    parsed = [as_row(m) for m in measures if m.number is not None]
    assert parsed == [row for row in GOLDEN if row["id"].startswith(f"{document}/")]
    assert [m.number for m in measures if m.number is not None] == list(range(1, COUNTS[document] + 1))
    assert (segments[0].start, segments[-1].end) == (0, len(text))
    assert all(a.end == b.start for a, b in itertools.pairwise(segments))
    assert all(text[m.start : m.end] == m.text for m in measures)


def test_what_is_loaded_is_what_is_parsed() -> None:
    library = load_library([DATA / "documents"])
    assert {d.id: len(d.numbered) for d in library.documents.values()} == COUNTS
    assert len([m for m in library.measures.values() if m.number is not None]) == 115
    for document in library.documents.values():
        text, segments, measures = parse_source(document.id, source_path(DATA / "documents" / document.id))
        assert (text, segments, measures) == (document.text, document.segments, document.measures)
