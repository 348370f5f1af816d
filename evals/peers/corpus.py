"""What every peer shares: plain chunks of the documents, and the answer that retrieval alone can give."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.types import Answer, Citation
from evals.cases import input_digest
from evals.types import Case, EvalError, Output, RankedHit, Searched
from knowledge.texts.library import Library
from knowledge.types import Measure

CHUNK_SIZE, CHUNK_OVERLAP = 500, 50  # characters: the sizes that LangChain's tutorials use, for Chinese
CHUNKS_ASKED = 60  # chunks fetched, so that ten different measures are among them
QUOTED = 3  # chunks that an answer by retrieval alone shows
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document's canonical text. Offsets are of the canonical text."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that a peer returned, best first."""

    chunk: Chunk
    score: float


class Peer(Protocol):
    """A retrieval system."""

    @property
    def name(self) -> str: ...

    def search(self, case: Case, searched: Searched) -> Sequence[Found]: ...


def optional(module: str) -> Any:
    """Import a package of the ``peers`` extra. :raises EvalError: it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as problem:
        raise EvalError(f"没有安装 {problem.name or module}。运行：pip install 'policy-advisor[peers]'") from problem


def plain_question(case: Case) -> str:
    """What a system without conversation handling searches for: all that was said."""
    return "\n".join(case.turns)


def recursive_chunks(library: Library) -> list[Chunk]:
    """LangChain's recursive splitter with its default separators over the canonical texts."""
    splitters = optional("langchain_text_splitters")
    splitter = splitters.RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True)
    chunks = []
    for document in library.documents.values():
        for part in splitter.create_documents([document.text]):
            start, text = int(part.metadata["start_index"]), str(part.page_content)
            chunks.append(Chunk(document.id, start, start + len(text), text))
    return chunks


def measures_of(chunk: Chunk, library: Library) -> list[Measure]:
    """The measure that fills most of a chunk, then others that the chunk holds at least half of; [] for a heading."""
    overlaps = [(min(chunk.end, m.end) - max(chunk.start, m.start), m) for m in library.documents[chunk.document].measures]
    overlaps.sort(key=lambda pair: -pair[0])
    return [m for i, (size, m) in enumerate(overlaps) if size > 0 and (i == 0 or 2 * size >= m.end - m.start)]


def output_of(case: Case, searched: Searched, found: Iterable[Found], library: Library) -> Output:
    """Judgeable output: the first ten measures, and an answer that shows the first chunks as they are."""
    best: dict[str, tuple[Found, Measure]] = {}
    for item in found:
        for measure in measures_of(item.chunk, library):
            best.setdefault(measure.id, (item, measure))
    ranked = list(best.values())[:DEPTH]
    citations = tuple(_citation(n, item.chunk, measure, library) for n, (item, measure) in enumerate(ranked[:QUOTED], start=1))
    answer = Answer(
        id=case.id, status="answered" if citations else "not_found", question=case.turns[-1], as_of=case.as_of, region=case.region,
        text="\n".join(f"{c.quote}[{c.n}]" for c in citations), engine="retrieval", citations=citations,
    )  # fmt: skip
    hits = tuple(RankedHit(measure=measure.id, score=item.score) for item, measure in ranked)
    return Output(case=case.id, input_digest=input_digest(case), answers=(answer,), hits=hits, searched=searched)


def _citation(n: int, chunk: Chunk, measure: Measure, library: Library) -> Citation:
    document = library.documents[measure.document]
    start, end = max(chunk.start, measure.start), min(chunk.end, measure.end)
    return Citation(
        n=n, measure=measure.id, document=document.id, title=document.title, doc_no=document.doc_no, issuer=document.issuer,
        issued=document.issued, label=measure.label, quote=document.text[start:end], start=start, end=end, valid_until=None, in_force=None,
    )  # fmt: skip
