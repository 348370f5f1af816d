"""``advisor check``: prove that the data is what it says it is.

Documents parse to what is committed; segments tile the text; every point's figures stand in its quote and
every quote in its measure; every benefit's figures, conditions, dates and references are proved in
:mod:`knowledge.rules.proofs`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.base import DATA
from knowledge.errors import KnowledgeError
from knowledge.numerals import numbers_in, values_in
from knowledge.rules.proofs import prove
from knowledge.rules.rulebook import load_rulebook
from knowledge.texts.library import Library, load_library, load_metadata, measure_to_row, parse_source, sha256, source_path
from knowledge.texts.points import check_references, load_points, load_questions
from knowledge.types import Document, Point


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """Counts for one document."""

    id: str
    measures: int
    points: int
    benefits: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what is wrong."""

    documents: tuple[DocumentRow, ...]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "documents": [asdict(d) for d in self.documents],
            "measures": sum(d.measures for d in self.documents),
            "problems": list(self.problems),
        }


def run_checks(home: Path | None = None, data: Path = DATA) -> Report:
    """Check the shipped data, and the documents ingested under ``home``."""
    roots = [data, *([home] if home else [])]
    try:
        library = load_library(r / "documents" for r in roots)
        points = load_points(r / "points" for r in roots)
        questions = load_questions(r / "questions" for r in roots)
    except KnowledgeError as problem:
        return Report((), (str(problem),))
    problems: list[str] = []
    folders = {f.name: f for r in roots for f in (r / "documents").glob("*") if f.is_dir()}
    for document in library.documents.values():
        problems += check_document(document, folders[document.id])
    problems += check_points(points, library)
    problems += check_references(library, points, questions)
    proved, benefit_problems = check_benefits(data, library)
    problems += benefit_problems
    points_by = Counter(p.measure.split("/")[0] for p in points)
    rows = tuple(
        DocumentRow(d.id, len(d.numbered), points_by[d.id], proved.get(d.id, 0))
        for d in sorted(library.documents.values(), key=lambda d: (d.issued_from, d.id))
    )
    return Report(rows, tuple(problems))


def check_benefits(data: Path, library: Library) -> tuple[Counter[str], list[str]]:
    """Benefits per document, and everything about them that is not proved."""
    try:
        rulebook = load_rulebook(data, library)
    except KnowledgeError as problem:
        return Counter(), [str(problem)]
    return Counter(b.document for b in rulebook.benefits.values()), [str(f) for f in prove(rulebook)]


def check_document(document: Document, folder: Path) -> list[str]:
    """The committed parse is today's parse, and every character belongs to exactly one segment."""
    problems: list[str] = []
    name = document.id
    try:
        meta = load_metadata(folder)
        source = source_path(folder)
        text, segments, measures = parse_source(name, source)
    except KnowledgeError as problem:
        return [str(problem)]
    if sha256(source) != meta.source_sha256:
        problems.append(f"{name} 的原文 {source.name} 与 document.yaml 记录的校验和不符。运行：advisor ingest {source}")
    if (text, segments) != (document.text, document.segments) or [measure_to_row(m) for m in measures] != [
        measure_to_row(m) for m in document.measures
    ]:
        problems.append(f"{name} 的 text.txt 或 measures.jsonl 不是现在的解析结果。运行：advisor ingest {source}")
    if segments and (
        segments[0].start != 0 or segments[-1].end != len(text) or any(a.end != b.start for a, b in itertools.pairwise(segments))
    ):
        problems.append(f"{name} 的分段没有恰好覆盖全文。")
    if len(document.numbered) != meta.measures:
        problems.append(f"{name} 有 {len(document.numbered)} 条，document.yaml 记的是 {meta.measures} 条。")
    if meta.valid_clause and meta.valid_clause not in document.text:
        problems.append(f"{name} 的 valid_clause 不在原文里：{meta.valid_clause}")
    return problems


def check_points(points: Sequence[Point], library: Library) -> list[str]:
    """Every point's quote stands in its measure and every figure of its plain words in its quote."""
    problems: list[str] = []
    for identifier, n in Counter(p.id for p in points).items():
        if n > 1:
            problems.append(f"要点编号重复：{identifier}")
    for p in points:
        measure = library.measures.get(p.measure)
        if measure is None:
            continue
        if p.quote not in measure.text:
            problems.append(f"要点 {p.id} 的引文不在 {p.measure} 里：{p.quote[:30]}")
        problems += [f"要点 {p.id} 的数字“{raw}”不在它的引文里" for raw in _unproved(p.plain, p.quote)]
    return problems


def _unproved(plain: str, quote: str) -> Iterable[str]:
    known = values_in(quote)
    return (n.raw for n in numbers_in(plain) if n.value not in known)
