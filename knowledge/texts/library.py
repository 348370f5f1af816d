"""Documents on disk: ``<root>/<id>/{source.*, document.yaml, text.txt, measures.jsonl}``.

``document.yaml`` is what a person reviewed (title, 文号, dates …); ``text.txt`` and ``measures.jsonl``
are parsed from the source, committed, and reviewed as a diff. ``advisor check`` proves that they are
what parsing yields today.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.errors import DocumentError
from knowledge.texts.parsing import parse
from knowledge.texts.readers import canonicalise, read_file
from knowledge.texts.repeals import Repeal, declared_ended, repeals_in
from knowledge.types import Deadline, Document, Measure, Segment, SegmentKind


class Metadata(BaseModel):
    """The reviewed facts about a document (``document.yaml``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    doc_no: str | None = None
    issuer: str
    region: str
    issued: date | None = None
    issued_from: date | None = None
    valid_until: date | None = None
    valid_clause: str | None = None
    source_sha256: str
    measures: int
    notes: str | None = None


def _deadline_to_row(d: Deadline) -> dict[str, Any]:
    return {"since": d.since.isoformat() if d.since else None, "until": d.until.isoformat(), "start": d.start, "end": d.end,
            "binds": [d.binds_start, d.binds_end], "quote": d.quote}  # fmt: skip


def measure_to_row(m: Measure) -> dict[str, Any]:
    """The reviewable line of ``measures.jsonl`` (the text itself is in ``text.txt``)."""
    return {
        "id": m.id, "number": m.number, "marker": m.marker, "title": m.title, "section": m.section, "start": m.start,
        "end": m.end, "lead": m.lead, "departments": list(m.departments),
        "deadlines": [_deadline_to_row(d) for d in m.deadlines],
    }  # fmt: skip


def _measure_from_row(document: str, row: dict[str, Any], text: str) -> Measure:
    deadlines = tuple(
        Deadline(date.fromisoformat(d["since"]) if d["since"] else None, date.fromisoformat(d["until"]), d["start"],
                 d["end"], d["binds"][0], d["binds"][1], d["quote"])
        for d in row["deadlines"]
    )  # fmt: skip
    return Measure(
        row["id"], document, row["number"], row["marker"], row["title"], row["section"], row["start"], row["end"],
        text[row["start"] : row["end"]], row["lead"], tuple(row["departments"]), deadlines,
    )  # fmt: skip


def source_path(folder: Path) -> Path:
    """The one ``source.*`` file of a document folder."""
    found = sorted(folder.glob("source.*"))
    if len(found) != 1:
        raise DocumentError(f"{folder} 应有且只有一个 source.* 文件，现有 {len(found)} 个。运行：advisor ingest <原文路径>")
    return found[0]


def parse_source(document_id: str, path: Path) -> tuple[str, tuple[Segment, ...], tuple[Measure, ...]]:
    """Read and parse one source file into canonical text, segments and measures."""
    text = canonicalise(read_file(path))
    return text, *parse(document_id, text)


def write_parsed(folder: Path, text: str, segments: Iterable[Segment], measures: Iterable[Measure]) -> None:
    """Write ``text.txt`` and ``measures.jsonl`` (first line: the segments)."""
    (folder / "text.txt").write_text(text, encoding="utf-8")
    rows: list[dict[str, Any]] = [{"segments": [[s.kind.value, s.start, s.end] for s in segments]}]
    rows += [measure_to_row(m) for m in measures]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "measures.jsonl").write_text(lines, encoding="utf-8")


def load_metadata(folder: Path) -> Metadata:
    """Read and validate ``document.yaml``."""
    path = folder / "document.yaml"
    try:
        return Metadata.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise DocumentError(f"{folder.name} 没有 document.yaml。运行：advisor ingest {folder}") from None
    except (ValidationError, yaml.YAMLError) as problem:
        raise DocumentError(f"{path} 格式不对：{problem}。改正后运行：advisor check") from problem


def load_document(folder: Path) -> Document:
    """Load one document folder. :raises DocumentError: a file is missing or malformed."""
    meta = load_metadata(folder)
    try:
        text = (folder / "text.txt").read_text(encoding="utf-8")
        rows = [json.loads(line) for line in (folder / "measures.jsonl").read_text(encoding="utf-8").split("\n") if line]
        segments = tuple(Segment(SegmentKind(k), a, b) for k, a, b in rows[0]["segments"])
        measures = tuple(_measure_from_row(meta.id, row, text) for row in rows[1:])
    except FileNotFoundError as problem:
        raise DocumentError(f"{folder.name} 缺少 {Path(problem.filename).name}。运行：advisor ingest {folder}") from None
    except (ValueError, KeyError, IndexError) as problem:
        raise DocumentError(f"{folder / 'measures.jsonl'} 损坏（{problem}）。运行：advisor ingest {folder}") from problem
    issued_from = meta.issued_from or meta.issued
    if issued_from is None:
        raise DocumentError(f"{folder / 'document.yaml'} 需要 issued 或 issued_from（最早可作为依据的日期）。")
    return Document(
        meta.id, meta.title, meta.doc_no, meta.issuer, meta.region, meta.issued, issued_from, meta.valid_until,
        meta.valid_clause, text, segments, measures,
    )  # fmt: skip


@dataclass(frozen=True)
class Library:
    """All documents, by id; measures by id."""

    documents: dict[str, Document]
    measures: dict[str, Measure]

    def document_of(self, measure_id: str) -> Document:
        """The document that holds a measure."""
        return self.documents[self.measures[measure_id].document]

    @cached_property
    def repeals(self) -> tuple[Repeal, ...]:
        """Everything that a document puts an end to in another one."""
        return tuple(r for d in self.documents.values() for r in repeals_in(d, self.documents))

    def repealed(self, measure_id: str, quote: str, as_of: date) -> Document | None:
        """The document that has put an end to quoted words by a day, if one has."""
        measure = self.measures[measure_id]
        ends = (self.documents[r.by] for r in self.repeals if r.covers(measure, quote))
        return max((d for d in ends if d.issued_from <= as_of), key=lambda d: d.issued_from, default=None)

    def declared_ended(self, name: str, as_of: date) -> tuple[str, str] | None:
        """Where a document in force by a day says that another one, known here by its title or 文号 only, is at an end.

        The id of the measure and the sentence that says so.
        """
        for measure in self.measures.values():
            if self.documents[measure.document].issued_from <= as_of and (said := declared_ended(measure, name)):
                return measure.id, said
        return None


def load_library(roots: Iterable[Path]) -> Library:
    """Load every document folder under the roots, in order of region and date of issue.

    :raises DocumentError: two folders carry the same document id, or one is unreadable.
    """
    documents: dict[str, Document] = {}
    for root in roots:
        for folder in sorted(p.parent for p in root.glob("*/document.yaml")):
            document = load_document(folder)
            if document.id in documents:
                raise DocumentError(f"文件编号重复：{document.id}（{folder}）。请改 document.yaml 的 id。")
            documents[document.id] = document
    ordered = dict(sorted(documents.items(), key=lambda kv: (kv[1].region, kv[1].issued_from, kv[0])))
    return Library(ordered, {m.id: m for d in ordered.values() for m in d.measures})


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
