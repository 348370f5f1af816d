"""question + day + region → measures, best first, and what was set aside.

Pure functions over an open index. Lexical and dense evidence are gathered per kind of entry (passages,
points, questions), reduced to the best per measure, and fused in :mod:`ranking`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from time import perf_counter

import numpy as np

from knowledge.errors import QueryError
from knowledge.texts.index import KINDS, Index
from knowledge.texts.library import Library
from knowledge.texts.normalise import grams, matching_form
from knowledge.texts.ranking import PART_OF_DOCUMENT, Preferences, combine, document_prior, imputed, question_score
from knowledge.texts.validity import applicable
from knowledge.types import Encoder, Hit, Passage, Rejected, SearchResult, Topic, Uncovered

CANDIDATES = 80  # nearest vectors asked of each region; several entries belong to one measure
MAX_QUERY = 2000  # characters
WORDS_BESIDE_SENSE = 0.8  # weight of BM25 beside vectors in choosing the point


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a query matched: scaled features and best passage per measure, score per point, nearest uncovered topic."""

    features: dict[str, dict[str, float]]
    passages: dict[str, str]
    points: dict[str, float]
    uncovered: Uncovered | None


@dataclass(frozen=True)
class Searcher:
    """An open index with its library, passages and encoder."""

    index: Index
    library: Library
    passages: Mapping[str, Passage]
    encoder: Encoder
    topics: Mapping[str, Topic] = field(default_factory=dict)
    sources: frozenset[str] = field(default_factory=lambda: frozenset({"lexical", "dense", "questions", "preferences"}))

    @cached_property
    def asked_about(self) -> frozenset[str]:
        """Measures that have written points or questions."""
        return frozenset(e.measure for kind in ("point", "question") for e in self.index.entries[kind])

    @cached_property
    def _unwritten(self) -> frozenset[tuple[str, int]]:
        """The passages of documents that nobody has written questions for: nothing else can lead to these."""
        written = {m.split("/")[0] for m in self.asked_about}
        return frozenset(("passage", e.row) for e in self.index.entries["passage"] if e.measure.split("/")[0] not in written)

    @cached_property
    def _candidates(self) -> dict[str, int]:
        """How many nearest vectors of each region are looked at: more where some documents have nothing but their passages.

        Beside the many questions of written measures their few passages would seldom be among the nearest; with as many more
        as there are entries of written ones, none is crowded out.
        """
        entries = [e for kind in KINDS for e in self.index.entries[kind]]
        new = {e.region for e in entries if (e.kind, e.row) in self._unwritten}
        written = Counter(e.region for e in entries if (e.kind, e.row) not in self._unwritten)
        return {r: CANDIDATES + written[r] if r in new else CANDIDATES for r in self.index.regions}

    def _kinds(self) -> tuple[str, ...]:
        return KINDS if "questions" in self.sources else ("passage",)

    def evidence(self, query: str) -> Evidence:
        """Everything that matches, reduced to the best per measure, per point and per uncovered topic."""
        features: dict[str, dict[str, float]] = defaultdict(dict)
        outside: dict[str, dict[str, float]] = defaultdict(dict)
        best_passage: dict[str, tuple[float, str]] = {}
        points: dict[tuple[str, str], float] = defaultdict(float)  # (point, source of evidence) → its best value
        for kind, row, name, value in self._matches(query):
            entry = self.index.entries[kind][row]
            if kind == "uncovered":
                near = outside[entry.point]
                near[f"{name}_question"] = max(near.get(f"{name}_question", 0.0), value)
                continue
            key = f"{name}_{kind}"
            seen = features[entry.measure]
            seen[key] = max(seen.get(key, 0.0), value)
            if kind == "passage" and value > best_passage.get(entry.measure, (0.0, ""))[0]:
                best_passage[entry.measure] = (value, entry.passage)
            if entry.point:
                weight = 1.0 if name == "dense" else WORDS_BESIDE_SENSE
                points[entry.point, key] = max(points[entry.point, key], weight * value)
        totals: dict[str, float] = defaultdict(float)
        for (point, _), value in points.items():
            totals[point] += value
        asked = frozenset(grams(query))
        complete = {m: self._completed(m, f, asked) for m, f in features.items()}
        uncovered = self._uncovered(outside, complete, frozenset(grams(matching_form(query), (2,))))
        return Evidence(complete, {m: p for m, (_, p) in best_passage.items()}, dict(totals), uncovered)

    def _completed(self, measure_id: str, seen: dict[str, float], asked: frozenset[str]) -> dict[str, float]:
        """The features of a measure with its title's share, and stand-ins where nobody has written questions."""
        pairs = self._title_pairs[measure_id]
        filled = seen if measure_id in self.asked_about else imputed(seen)
        return {**filled, "title": len(pairs & asked) / len(pairs) if pairs else 0.0}

    @cached_property
    def _title_pairs(self) -> dict[str, frozenset[str]]:
        """The bigrams of each measure's title."""
        return {m.id: frozenset(g for g in grams(m.title) if len(g) > 1) for m in self.library.measures.values()}

    def _uncovered(
        self, outside: Mapping[str, Mapping[str, float]], measures: Mapping[str, Mapping[str, float]], asked: frozenset[str]
    ) -> Uncovered | None:
        if not outside:
            return None
        best = max(outside, key=lambda t: question_score(outside[t]))
        topic = self.topics[best]
        own = asked & self._pairs_of_topic(best)
        nearest = max(measures, key=lambda m: question_score(measures[m]), default=None)
        theirs = asked & self._pairs_of_measure(nearest) if nearest else frozenset[str]()
        return Uncovered(topic.topic, topic.ask, question_score(outside[best]), len(own - theirs), len(theirs - own))

    def _pairs_of_topic(self, topic: str) -> frozenset[str]:
        """The word pairs of an uncovered topic's name and questions."""
        if topic not in self._pairs:
            texts = (self.topics[topic].topic, *self.topics[topic].questions)
            self._pairs[topic] = frozenset(g for text in texts for g in grams(matching_form(text), (2,)))
        return self._pairs[topic]

    def _pairs_of_measure(self, measure: str) -> frozenset[str]:
        """The word pairs of everything that is indexed for a measure."""
        if measure not in self._pairs:
            texts = (self.index.entries[kind][row].text for kind, row in self._entries_of.get(measure, ()))
            self._pairs[measure] = frozenset(g for text in texts for g in grams(matching_form(text), (2,)))
        return self._pairs[measure]

    @cached_property
    def _pairs(self) -> dict[str, frozenset[str]]:
        """Word pairs looked up so far, by measure or topic."""
        return {}

    @cached_property
    def _entries_of(self) -> dict[str, list[tuple[str, int]]]:
        """Where the entries of each measure stand in the index."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for kind in KINDS:
            for row, entry in enumerate(self.index.entries[kind]):
                found[entry.measure].append((kind, row))
        return found

    def _matches(self, query: str) -> list[tuple[str, int, str, float]]:
        """(kind, row, 'bm25' | 'dense', value in 0 … 1) for everything that matches."""
        result: list[tuple[str, int, str, float]] = []
        if "lexical" in self.sources:
            for kind in self._kinds():
                scores = self.index.lexical[kind].scores(query)
                scale = self._ideal(kind, query)
                for row in np.argsort(-scores)[:CANDIDATES]:
                    if scores[row] > 0:
                        result.append((kind, int(row), "bm25", min(float(scores[row]) / scale, 1.0)))
        if "dense" in self.sources:
            vector = self.encoder.encode([query])[0]
            if np.any(vector):
                for region in self.index.regions:
                    for i, (key, similarity) in enumerate(self.index.store.nearest(region, vector, self._candidates[region])):
                        kind, row = key.split(":")
                        if i >= CANDIDATES and (kind, int(row)) not in self._unwritten:
                            continue
                        if kind in self._kinds():
                            result.append((kind, int(row), "dense", max(similarity, 0.0)))
        return result

    def _ideal(self, kind: str, query: str) -> float:
        """A yardstick for BM25: what a text holding every term of the query once would about score."""
        lexical = self.index.lexical[kind]
        return max(1e-6, lexical.ideal(query))

    def search(self, query: str, as_of: date, region: str | None = None, k: int = 10,
               documents: frozenset[str] = frozenset()) -> SearchResult:  # fmt: skip
        """The ``k`` best measures for a question on a day in a region.

        :raises QueryError: an empty or over-long query, or ``k`` outside 1 … 100.
        """
        if not query.strip():
            raise QueryError("问题是空的。请输入要查的内容，例如：advisor search 稳岗返还")
        if len(query) > MAX_QUERY:
            raise QueryError(f"问题有 {len(query)} 字，超过 {MAX_QUERY} 字。请缩短后再试。")
        if not 1 <= k <= 100:
            raise QueryError(f"k={k} 超出范围。请用 1 到 100。")
        started = perf_counter()
        evidence = self.evidence(query)
        matched = (perf_counter() - started) * 1000
        result = self.rank(evidence, as_of, region, k, documents)
        return replace(result, timings_ms={"match": matched, **result.timings_ms})

    def rank(self, evidence: Evidence, as_of: date, region: str | None = None, k: int = 10,
             documents: frozenset[str] = frozenset()) -> SearchResult:  # fmt: skip
        """Order what matched for one day and region; cheap, so that one query can be ranked for several."""
        started = perf_counter()
        preferences = Preferences(as_of, region, documents)
        priors = {d.id: document_prior(d, self.library.documents.values(), preferences) for d in self.library.documents.values()}
        hits: list[Hit] = []
        rejected: list[Rejected] = []
        for measure_id, seen in evidence.features.items():
            measure = self.library.measures[measure_id]
            document = self.library.documents[measure.document]
            score = combine(seen)
            if "preferences" in self.sources:
                if document.issued_from > as_of:
                    rejected.append(Rejected(measure_id, "not_yet_issued", score))
                    continue
                if not applicable(document, region):
                    rejected.append(Rejected(measure_id, "other_region", score))
                    continue
                score += priors[document.id]
            score += PART_OF_DOCUMENT if measure.number is None else 0.0
            passage = self.passages[evidence.passages.get(measure_id, f"{measure_id}#0")]
            hits.append(Hit(measure, document, passage, score, seen))
        hits.sort(key=lambda h: (-h.score, h.measure.id))
        rejected.sort(key=lambda r: -r.score)
        timings = {"rank": (perf_counter() - started) * 1000}
        return SearchResult(
            tuple(hits[:k]), tuple(rejected[:k]), evidence.points, timings, self.index.version, evidence.uncovered
        )
