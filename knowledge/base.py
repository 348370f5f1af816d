"""The knowledge base: one door to documents, search and rules. Opens them and holds what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from knowledge.regions import Gazetteer, load_gazetteer
from knowledge.rules.rulebook import Rulebook, load_rulebook
from knowledge.texts import index as indexing
from knowledge.texts.chunking import BUDGET, RANKS, passages_of, token_counter, with_heads
from knowledge.texts.decoding import CharacterModel, Decoder, may_hold_pinyin
from knowledge.texts.encoders import load_encoder
from knowledge.texts.index import Entry, Progress, digest
from knowledge.texts.library import Library, load_library
from knowledge.texts.points import Question, link_questions, load_points, load_questions, load_synonyms, load_topics
from knowledge.texts.search import Evidence, Searcher
from knowledge.texts.spelling import Speller, load_speller
from knowledge.texts.validity import validity_of
from knowledge.types import Encoder, Passage, Point, SearchResult, Topic, Validity

DATA = Path(__file__).parent / "data"
RECENT = 64  # queries whose evidence is kept


@dataclass(frozen=True)
class KnowledgeBase:
    """Documents, points, rules and an open index. Open one with :func:`open_knowledge`."""

    library: Library
    gazetteer: Gazetteer
    points: tuple[Point, ...]
    searcher: Searcher
    data: Path

    @cached_property
    def rulebook(self) -> Rulebook:
        """Benefits and facts, read on first use."""
        return load_rulebook(self.data, self.library)

    @cached_property
    def points_by_id(self) -> dict[str, Point]:
        """Points by id."""
        return {p.id: p for p in self.points}

    @cached_property
    def points_of(self) -> dict[str, tuple[Point, ...]]:
        """Points by measure id, in file order."""
        result: dict[str, list[Point]] = {}
        for p in self.points:
            result.setdefault(p.measure, []).append(p)
        return {m: tuple(ps) for m, ps in result.items()}

    @cached_property
    def decoder(self) -> Decoder:
        """Puts pinyin and homophones into characters, its model counted from all texts on first use."""
        entries = self.searcher.index.entries
        written = [e.text for kind in ("point", "question", "uncovered") for e in entries[kind]]
        benefits = self.rulebook.benefits.values()
        names = [n for b in benefits for n in (b.name, *b.spec.aliases)] + [w for words in self.synonyms for w in words]
        printed = [d.text for d in self.library.documents.values()]
        return Decoder(CharacterModel.count([*printed, *written, *names, *self.gazetteer.words]))

    def in_policy_words(self, text: str) -> str:
        """A question with the documents' own words for what it says in everyday words: 「拿证补贴」 and 「技能提升补贴」."""
        meant = [policy for policy, *everyday in self.synonyms if policy not in text and any(w in text for w in everyday)]
        return " ".join((text, *meant))

    @cached_property
    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Sets of words for one thing, the documents' word first."""
        return load_synonyms(self.data / "lexicon" / "synonyms.yaml")

    @cached_property
    def speller(self) -> Speller:
        """Puts the words of the lexicon for what only sounds like them."""
        benefits = self.rulebook.benefits.values()
        said = (f.said for f in self.rulebook.facts.values())
        words = frozenset().union(*said, *self.synonyms, *({b.name, *b.spec.aliases} for b in benefits))
        return load_speller(self.data, words, lambda: self.decoder.model)

    def in_characters(self, text: str) -> str:
        """A message with what was typed in pinyin put into characters, and misspelt words of the subject put right.

        The model is counted only when there is any.
        """
        return self.speller.mend(self.decoder.from_pinyin(text) if may_hold_pinyin(text) else text)

    @property
    def index_version(self) -> str:
        """The version of the open index."""
        return self.searcher.index.version

    def search(self, query: str, as_of: date, region: str | None = None, k: int = 10,
               documents: frozenset[str] = frozenset()) -> SearchResult:  # fmt: skip
        """See :meth:`knowledge.texts.search.Searcher.search`."""
        return self.searcher.search(query, as_of, region, k, documents)

    def evidence(self, query: str) -> Evidence:
        """What a query matches, to be ranked for one or several days and regions."""
        return self._evidence(query)

    @cached_property
    def _evidence(self) -> Callable[[str], Evidence]:
        """The search for a query, done once for a message however often its steps ask."""
        return lru_cache(maxsize=RECENT)(self.searcher.evidence)

    def rank(self, evidence: Evidence, as_of: date, region: str | None = None, k: int = 10,
             documents: frozenset[str] = frozenset()) -> SearchResult:  # fmt: skip
        """See :meth:`knowledge.texts.search.Searcher.rank`."""
        return self.searcher.rank(evidence, as_of, region, k, documents)

    def locate(self, measure_id: str, quote: str) -> tuple[int, int]:
        """Offsets of a quote in its document's canonical text. :raises KeyError, ValueError: not there."""
        measure = self.library.measures[measure_id]
        start = measure.start + measure.text.index(quote)
        return start, start + len(quote)

    def validity(self, measure_id: str, quote: str, as_of: date) -> Validity:
        """Validity on a day of the words quoted from a measure; not in force once another document has ended them."""
        start, end = self.locate(measure_id, quote)
        measure = self.library.measures[measure_id]
        found = validity_of(self.library.documents[measure.document], measure, start, end, as_of)
        if found.until is None and found.reason == "open":
            found = self._by_the_benefits(measure_id, quote, as_of) or found
        ended = self.library.repealed(measure_id, quote, as_of)
        if ended is None or found.in_force is False:
            return found
        return Validity(False, found.since, ended.issued_from - timedelta(days=1), "superseded", found.quote)

    def _by_the_benefits(self, measure_id: str, quote: str, as_of: date) -> Validity | None:
        """The stretch of time that the benefits resting on a clause give it in its own words (「2020年2月至6月」)."""
        spans = {(v.since, v.until, v.quote) for b in self.rulebook.resting_on(measure_id, quote) for v in (b.spec.validity,)}
        if len(spans) != 1:
            return None
        ((since, until, said),) = spans
        return Validity(as_of <= until, since, until, "deadline", said) if until is not None and said and said in quote else None


def _entries(library: Library, passages: Iterable[Passage], points: Iterable[Point], questions: Iterable[Question],
             topics: Iterable[Topic]) -> list[Entry]:  # fmt: skip
    rows: dict[str, int] = dict.fromkeys(indexing.KINDS, 0)
    entries: list[Entry] = []

    def add(kind: str, measure: str, text: str, point: str = "", passage: str = "") -> None:
        entries.append(
            Entry(
                kind,
                rows[kind],
                measure,
                library.document_of(measure).region if measure else indexing.NOWHERE,
                text,
                point,
                passage,
            )
        )
        rows[kind] += 1

    for p in passages:
        measure = library.measures[p.measure]
        text = with_heads(measure.text, p.start - measure.start, p.end - measure.start).strip()
        add("passage", p.measure, f"{p.header}\n{text}", passage=p.id)
    for point in points:
        add("point", point.measure, point.plain, point=point.id)
        for text in point.questions:
            add("question", point.measure, text, point=point.id)
    for q in questions:
        add("question", q.measure, q.text, point=q.point)
    for topic in topics:
        for text in topic.questions:
            add("uncovered", "", text, point=topic.id)
    return entries


def _manifest(library: Library, points: Sequence[Point], questions: Sequence[Question],
              topics: Sequence[Topic], encoder: Encoder, tokenizer: str | None) -> dict[str, Any]:  # fmt: skip
    corpus = digest(
        t for d in library.documents.values() for t in (d.id, d.region, d.title, d.text, *(m.id + m.title for m in d.measures))
    )
    asked = digest(t for q in questions for t in (q.measure, q.text, q.aspect))
    plain = digest(t for p in points for t in (p.id, p.plain, *p.questions))
    chunker = digest([f"{BUDGET} {tokenizer} heads", RANKS.read_bytes()])
    outside = digest(t for topic in topics for t in (topic.id, topic.topic, topic.ask, *topic.questions))
    parts = {
        "format": indexing.FORMAT, "encoder": encoder.name, "dimension": encoder.dimension, "chunker": chunker,
        "corpus": corpus, "questions": asked, "points": plain, "uncovered": outside,
    }  # fmt: skip
    return {"version": digest(f"{k}={v}" for k, v in parts.items()), **parts}


def open_knowledge(
    home: Path,
    data: Path = DATA,
    encoder_name: str | None = None,
    tokenizer: str | None = None,
    chroma_url: str | None = None,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> KnowledgeBase:
    """Open the knowledge base; build the index when it is missing or anything it depends on has changed.

    ``home`` is the writable folder for the index and for documents ingested later
    (``home/documents``, beside the shipped ``data/documents``). ``chroma_url``: a Chroma server that answers for the vectors.

    :raises KnowledgeError: malformed data or document, unwritable home, unknown encoder.
    """
    roots = [data, home]
    library = load_library(r / "documents" for r in roots)
    points = load_points(r / "points" for r in roots)
    questions = load_questions(r / "questions" for r in roots)
    gazetteer = load_gazetteer(data / "lexicon" / "regions.yaml").with_counties({d.region for d in library.documents.values()})
    encoder = load_encoder(encoder_name)
    points = tuple(p for p in points if p.measure in library.measures)
    questions = tuple(q for q in questions if q.measure in library.measures)
    topics = load_topics(data / "uncovered" / "topics.yaml")
    manifest = _manifest(library, points, questions, topics, encoder, tokenizer)
    folder = None if rebuild else indexing.current(home, manifest)
    if folder is None:
        linked = link_questions(questions, points, encoder)
        passages = _passages(library, gazetteer, tokenizer)
        folder = indexing.build(
            home,
            manifest,
            passages,
            _entries(library, passages, points, linked, topics),
            encoder,
            progress,
            rebuild,
            encoder_name,
        )
    index = indexing.load(folder, chroma_url)
    searcher = Searcher(index, library, {p.id: p for p in index.passages}, encoder, {t.id: t for t in topics})
    return KnowledgeBase(library, gazetteer, points, searcher, data)


def _passages(library: Library, gazetteer: Gazetteer, tokenizer: str | None) -> list[Passage]:
    count = token_counter(tokenizer)
    return [p for d in library.documents.values() for m in d.measures for p in passages_of(d, m, gazetteer.name(d.region), count)]
