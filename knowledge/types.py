"""Floor zero: the values that every other module passes around. Imports nothing of ours.

All offsets are character positions in the *canonical text* of a document
(``knowledge/data/documents/<id>/text.txt``); every quote satisfies
``document.text[start:end] == quote``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class SegmentKind(StrEnum):
    """What a stretch of canonical text is; each character has exactly one kind."""

    HEADER = "header"
    PREAMBLE = "preamble"
    SECTION = "section"
    MEASURE = "measure"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch ``[start, end)`` of canonical text of one kind."""

    kind: SegmentKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit stated in a measure, and the stretch of text that it binds.

    A deadline binds the sentence it stands in; one that opens its own sentence
    (「政策实施期限截至…」) binds the measure before it. ``since`` and ``until`` are inclusive.
    """

    since: date | None
    until: date
    start: int
    end: int
    binds_start: int
    binds_end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One numbered measure (条款), or an unnumbered part that can be cited (section intro, closing)."""

    id: str
    document: str
    number: int | None  # None for an unnumbered part, 0 for an annex
    marker: str  # 「（十五）」「15．」「第三条」, '' for a part
    title: str
    section: str
    start: int
    end: int
    text: str
    lead: str | None = None
    departments: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @property
    def label(self) -> str:
        """How the measure is named to a reader: 「（十五）促进高校毕业生等青年群体就业」."""
        return f"{self.marker}{self.title}"

    @property
    def place(self) -> str:
        """Where it stands in its document: 「（十五）」, 「第三条」, 「（二）1」 below a heading, 「附件1」, 「第3问」, or its title in quotes."""
        marker = self.marker.rstrip(".．、，：:")
        if self.number is None or not marker:
            return f"“{self.title}”"
        if marker[0] in "问Q【":
            return f"第{self.number}问"
        if not marker.isdecimal() and any(c not in "一二三四五六七八九十百" for c in marker):
            return marker
        heading = self.section.rpartition("｜")[2]
        above = heading[: heading.find("）") + 1] if heading.startswith("（") else ""
        return f"{above}{marker}" if above else f"第{marker}条"


@dataclass(frozen=True, slots=True)
class Document:
    """One issued policy document with its canonical text and measures, in document order."""

    id: str
    title: str
    doc_no: str | None
    issuer: str
    region: str
    issued: date | None  # None when the text states no day
    issued_from: date  # earliest day on which it can be authority (= issued when known)
    valid_until: date | None  # a deadline of the whole document
    valid_clause: str | None  # the words that say so
    text: str
    segments: tuple[Segment, ...]
    measures: tuple[Measure, ...]

    @property
    def numbered(self) -> tuple[Measure, ...]:
        """The measures proper, without unnumbered parts and annexes."""
        return tuple(m for m in self.measures if m.number)


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a clause holds on a day. ``in_force`` is None when the documents state no deadline."""

    in_force: bool | None
    since: date | None
    until: date | None
    reason: Literal["deadline", "document", "not_yet_issued", "superseded", "open"]
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of one measure within the token budget; ``header`` is context for retrieval only."""

    id: str
    measure: str
    start: int
    end: int
    text: str
    header: str


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a measure says (or pointedly does not say), in plain words tied to a quote."""

    id: str
    measure: str
    plain: str
    quote: str
    aspects: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    silent: bool = False  # the documents leave this open: plain says what is not stated


@dataclass(frozen=True, slots=True)
class Hit:
    """A measure found by a search, with what speaks for it. Scores are comparable within a search."""

    measure: Measure
    document: Document
    passage: Passage
    score: float
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A measure that matched and was not used, with the reason."""

    measure: str
    reason: Literal["not_yet_issued", "other_region"]
    score: float


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject that people ask an employment advisor about and that no document covers."""

    id: str
    topic: str
    ask: str  # whom to ask instead
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The uncovered topic nearest to a question; ``score`` compares with :func:`ranking.question_score`.

    ``own`` and ``theirs``: how many word pairs of the question only the topic knows, and how many only the best measure.
    """

    topic: str
    ask: str
    score: float
    own: int = 0
    theirs: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first; what was set aside and why; milliseconds per stage; the index used."""

    hits: tuple[Hit, ...]
    rejected: tuple[Rejected, ...]
    points: Mapping[str, float]  # point id → evidence for it, comparable within a search
    timings_ms: Mapping[str, float]
    index_version: str
    uncovered: Uncovered | None = None


class Encoder(Protocol):
    """Turns texts into unit vectors; ``name`` is recorded in the index, which refuses to mix."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape ``(len(texts), dimension)``, rows of length 1 (or 0 for no known token)."""
        ...
