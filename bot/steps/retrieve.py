"""Step 3: the first search, always; and how likely it is that the documents answer."""

from __future__ import annotations

from dataclasses import replace

from bot.evidence import features_of, probability
from bot.kit import Kit
from bot.types import Turn, Understanding
from knowledge.types import Hit, SearchResult

K = 12
# A follow-up that names its own subject clearly is searched by its own words.
OWN_TOPIC = 0.95
LENT_SCORE = 1.1  # another city's measure must reach this share of the best applicable one to be worth naming


def retrieve(turn: Turn, kit: Kit) -> Turn:
    """Set hits, points, confidence, and what lies outside (uncovered topic, another city's rule)."""
    u = turn.understanding
    assert u is not None
    knowledge = kit.knowledge
    covered = any(d.region == u.region for d in knowledge.library.documents.values())
    result = _search(u.standalone, u, kit)
    if u.is_followup and not u.answers_fact:
        own = _search(u.question, u, kit)
        if own.hits and result.hits and own.hits[0].score >= OWN_TOPIC * result.hits[0].score and _names_subject(u, own.hits[0]):
            result, u = own, replace(u, standalone=u.question)
    known = knowledge.searcher.index.lexical["question"].coverage(u.standalone)
    confidence = probability(features_of(result.hits, known))
    uncovered = result.uncovered
    if uncovered is not None and result.hits and uncovered.score <= result.hits[0].score:
        uncovered = None
    lent = None if covered or u.region is None else _lent(u, kit, result)
    return replace(
        turn, understanding=u, hits=result.hits, points=result.points, confidence=0.0 if uncovered else confidence,
        rejected=tuple((r.measure, r.reason) for r in result.rejected),
        uncovered=(uncovered.topic, uncovered.ask) if uncovered else None, lent=lent,
    )  # fmt: skip


def _search(query: str, u: Understanding, kit: Kit) -> SearchResult:
    return kit.knowledge.search(query[:600], u.as_of, u.region, k=K, documents=u.documents)


def _names_subject(u: Understanding, hit: Hit) -> bool:
    """Whether the message itself holds more than an ellipsis: enough words of the measure it found."""
    return len(u.question) > 8 and max(hit.features.get("bm25_question", 0), hit.features.get("dense_question", 0)) > 0.6


def _lent(u: Understanding, kit: Kit, result: SearchResult) -> Hit | None:
    """The measure of another region that the question is really about, when it fits better than what applies."""
    elsewhere = kit.knowledge.search(u.standalone, u.as_of, None, k=1)
    if not elsewhere.hits:
        return None
    best = result.hits[0].score if result.hits else 0.0
    hit = elsewhere.hits[0]
    known = kit.knowledge.searcher.index.lexical["question"].coverage(u.standalone)
    strong = probability(features_of(elsewhere.hits, known)) >= 0.5
    return hit if strong and hit.score >= LENT_SCORE * best else None
