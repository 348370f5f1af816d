"""One question → hits, points, confidence, and what lies outside. The step searches the message, an engine its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import new_documents
from bot.evidence import calibration, features_of, probability
from bot.kit import Kit
from bot.types import Turn, Understanding
from bot.understanding.parts import content_runs
from bot.understanding.things import thing_asked
from knowledge.regions import is_province
from knowledge.rules.names import named_in
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import grams, matching_form
from knowledge.texts.ranking import passage_score, question_score
from knowledge.texts.search import Evidence
from knowledge.texts.validity import applicable
from knowledge.types import Hit, SearchResult, Uncovered

K = 12  # measures found
LONGEST = 600  # characters of a question that the search reads
# A follow-up that names its own subject clearly is searched by its own words.
OWN_TOPIC = 0.95
FAR_FROM_BEFORE = 0.6  # so much less near than another measure, what was just cited is not what a message is about
ELLIPSIS = 8  # a message of no more characters says too little by itself to leave the talk
NAMES_SUBJECT = 0.6  # likeness to a known question from which a message names what that question is about
# A topic that no document covers wins when its questions are at least this near compared with those of the best measure.
OUTSIDE = 0.88
# Up to this share, words decide: without the topic's name in the question the topic must know no fewer of its word pairs than
# the best measure does, with it not many fewer.
OUTSIDE_BY_WORDS, FEW, MANY = 1.05, 0, 6
OUTSIDE_AT_LEAST = 0.5  # below this the question is near to nothing that anybody wrote
# A follow-up says little of its own: only words that are strongly about an uncovered topic, and share some with its name,
# lead away from the talk.
OUTSIDE_IN_CONTEXT = (0.9, 1.0)
STAYING = 0.4  # a follow-up is about the measure just cited unless another fits clearly better
EARLIER_WORDS = 0.5  # weight of the talk so far in choosing the point
# What applies is not what is asked for when it fits less than this share of what is not yet issued on the day; an older rule
# on the same subject is, when it fits less than the second share (else it leads anyway).
EARLY, EARLY_SUBJECT = 0.76, 0.9
CLEARLY_EARLY = 0.6  # below this share it is nothing, however near what comes later is; above, that must be near to count
NEAR_LATER = 1.0
# Another city's measure is worth naming when it fits this many times as well as the best applicable one.
LENT_UNCOVERED, LENT_COVERED = 1.1, 1.45
# A measure that nobody has written questions for is compared by its own words. With at least this share of the question's words
# in it, a topic that is said to be in no document must be this much nearer: a newly ingested document may well cover it.
LITERAL, OUTSIDE_OF_NEW = 0.35, 1.25
SURE = 0.8  # P(the documents answer) when a new document of the place speaks on the matter
VERBATIM = 0.6  # with this share of them it is covered, however near the topic
# What treats the thing asked for comes before what only speaks of the people who ask, if it fits at least this share.
TREATS = 0.4
# An older document's measure that no newer one replaces gets back this much of what being older costs, when it holds the point
# that is clearly the nearest of all.
NOT_REPLACED, CLEARLY_NEARER = 0.3, 1.1


def search(turn: Turn, kit: Kit, before: str | None = None, part: bool = False) -> Turn:
    """Set hits, points, confidence, and what lies outside (uncovered topic, another city's rule).

    :param before: the measure that what was said before is about; a follow-up leans towards it.
    :param part: this is one of several questions of a message, which need not be about the same thing as a follow-up is.
    """
    u = turn.understanding
    assert u is not None
    knowledge = kit.knowledge
    covered = any(d.region == u.region for d in knowledge.library.documents.values())
    evidence = knowledge.evidence(u.standalone[:LONGEST])
    result = _ranked(evidence, u, kit)
    words = None if u.is_followup else u.standalone
    found = _outside(evidence, OUTSIDE_AT_LEAST, OUTSIDE, words)
    points, uncovered = result.points, _beside_new(found, u.standalone, result, kit)
    if u.is_followup and not u.answers_fact:
        own_evidence = knowledge.evidence(u.question[:LONGEST])
        own = _ranked(own_evidence, u, kit)
        own_uncovered = _beside_new(_outside(own_evidence, *OUTSIDE_IN_CONTEXT), u.question, own, kit)
        if own_uncovered is not None and (not shares_words(own_uncovered.topic, u.question) or _within(u, before, kit)):
            own_uncovered = None
        if own.hits and result.hits and _leaves(u, own, result, before if part else None):
            evidence, result, u, points = own_evidence, own, replace(u, standalone=u.question), own.points
            uncovered = own_uncovered
        else:
            points = _blended(own.points, result.points)
            result = _staying(result, before)
            uncovered = own_uncovered or (uncovered if before is None else None)  # what was answered before is no such topic
    if (
        uncovered is not None
        and named_in(kit.knowledge.rulebook, matching_form(u.question))
        and not shares_words(uncovered.topic, u.question)
    ):
        uncovered = None  # 「失业金现在多少钱」 names what it is about
    then = _as_of_then(evidence, result, u, kit)
    if then is not result:
        then = _treating(then, u)
        result, points = then, then.points
    known = knowledge.searcher.index.lexical["question"].coverage(u.standalone)
    confidence = probability(features_of(result.hits, known)) if result.hits else 0.0
    lent = None if u.region is None else _lent(u, kit, evidence, result, LENT_COVERED if covered else LENT_UNCOVERED)
    confidence = 0.0 if uncovered else confidence
    lead = new_documents.find(u, u.standalone, evidence, result, kit, before)
    if lead is not None:
        result, lent = new_documents.put_first(lead, result), None
        uncovered = new_documents.outside(lead, uncovered, evidence, u.standalone)
        confidence = 0.0 if uncovered else max(confidence, SURE)
    elif new_documents.not_yet(u, u.standalone, evidence, kit):
        result, lent, uncovered = replace(result, hits=()), None, None
    return replace(
        turn, understanding=u, hits=result.hits, points=points, confidence=confidence,
        rejected=tuple((r.measure, r.reason) for r in result.rejected),
        uncovered=(uncovered.topic, uncovered.ask) if uncovered else None, lent=lent,
    )  # fmt: skip


def nearness(turn: Turn) -> float:
    """How near the best measure comes to the words of a question, about 0 to 2."""
    return max((question_score(h.features) for h in turn.hits), default=0.0)


def _as_of_then(evidence: Evidence, result: SearchResult, u: Understanding, kit: Kit) -> SearchResult:
    """When the question is about what is not yet issued on the day: the older rule on that subject first, else nothing."""
    library, rulebook = kit.knowledge.library, kit.knowledge.rulebook
    rejected = (r.measure for r in result.rejected if r.reason == "not_yet_issued")
    early = [m for m in rejected if applicable(library.document_of(m), u.region)]
    if not early or not result.hits or u.documents:
        return result
    score = passage_score if _is_new(result.hits[0], kit) else question_score
    first = max(early, key=lambda m: score(evidence.features[m]))
    fits = max(score(h.features) for h in result.hits) / max(score(evidence.features[first]), 1e-6)
    fits = max(fits, _point_fits(result, first, kit))
    if fits < CLEARLY_EARLY:
        return replace(result, hits=())
    if fits >= EARLY_SUBJECT or question_score(evidence.features[first]) < NEAR_LATER:
        return result
    points = [p for p in kit.knowledge.points_of.get(first, ()) if p.id in evidence.points]
    meant = max(points, key=lambda p: evidence.points[p.id], default=None)
    subjects = {b.spec.subject for b in rulebook.resting_on(first, meant.quote)} if meant else set()
    older = rulebook.of_subjects(subjects, u.region, u.as_of)
    if {b.measure for b in older} & {h.measure.id for h in result.hits}:
        return _led_by(older, result, kit)
    return replace(result, hits=()) if fits < EARLY else result


def _point_fits(result: SearchResult, early: str, kit: Kit) -> float:
    """How near the best point that applies comes, as a share of the best point of a measure that is not yet issued."""
    here, by_id = {h.measure.id for h in result.hits}, kit.knowledge.points_by_id
    near = [(by_id[p].measure, s) for p, s in result.points.items() if p in by_id]
    later = max((s for m, s in near if m == early), default=0.0)
    return max((s for m, s in near if m in here), default=0.0) / later if later else 0.0


def _led_by(benefits: Sequence[Benefit], result: SearchResult, kit: Kit) -> SearchResult:
    """The measures of some benefits first, and of their points those on the benefits' own clauses."""
    measures, top = {b.measure for b in benefits}, result.hits[0].score
    hits = (replace(h, score=h.score + top) if h.measure.id in measures else h for h in result.hits)
    own = [p for m in measures for p in kit.knowledge.points_of.get(m, ())]
    clauses = {p.id for p in own for b in benefits if p.quote in b.spec.quote or b.spec.quote in p.quote}
    best = max(result.points.values(), default=1.0)
    points = {p: s + (best if p in clauses else 0.0) for p, s in result.points.items()} | dict.fromkeys(
        clauses - result.points.keys(), best
    )
    return replace(result, hits=tuple(sorted(hits, key=lambda h: -h.score)), points=points)


def _is_new(hit: Hit, kit: Kit) -> bool:
    """Whether nobody has written questions for a measure: it is of a document that was ingested as it came."""
    return hit.measure.id not in kit.knowledge.searcher.asked_about


def _beside_new(found: Uncovered | None, words: str, result: SearchResult, kit: Kit) -> Uncovered | None:
    """An uncovered topic beside documents that nobody has written questions for: None where one of these covers it after all."""
    literal = [h for h in result.hits if _is_new(h, kit) and h.features.get("bm25_passage", 0.0) >= LITERAL]
    if found is None or any(h.features["bm25_passage"] >= VERBATIM for h in literal):
        return None
    asked_here = bool(result.hits) and _is_new(result.hits[0], kit) and not is_province(result.hits[0].document.region)
    if asked_here and not shares_words(found.topic, words):
        return None
    covering = max((passage_score(h.features) for h in literal), default=0.0)
    return found if found.score >= OUTSIDE_OF_NEW * covering else None


def _outside(evidence: Evidence, at_least: float, ratio: float, words: str | None = None) -> Uncovered | None:
    """The uncovered topic that the words are about, when it is near enough and no measure is clearly nearer.

    :param words: the words themselves, to decide where topic and measure are about equally near.
    """
    nearest = max((question_score(f) for f in evidence.features.values()), default=0.0)
    found = evidence.uncovered
    if found is None or found.score < at_least or found.score < ratio * nearest:
        return None
    if words is None or found.score >= OUTSIDE_BY_WORDS * nearest:
        return found
    named = shares_words(found.topic, words) and (found.own > 0 or found.theirs == 0)
    return found if found.theirs - found.own <= (MANY if named else FEW) else None


def shares_words(topic: str, text: str) -> bool:
    """Whether a text shares two neighbouring characters with the name of a topic."""
    return bool(word_pairs(topic) & word_pairs(text))


def word_pairs(text: str) -> frozenset[str]:
    """The neighbouring characters of a text, two by two, in matching form."""
    return frozenset(grams(matching_form(text), (2,)))


def _blended(own: Mapping[str, float], whole: Mapping[str, float]) -> dict[str, float]:
    """In a follow-up the measure comes from the whole talk, the point from what was just asked."""
    return {p: own.get(p, 0.0) + EARLIER_WORDS * whole.get(p, 0.0) for p in {*own, *whole}}


def _staying(result: SearchResult, before: str | None) -> SearchResult:
    """A follow-up leans towards the measure just spoken of."""
    hits = [replace(h, score=h.score + STAYING) if h.measure.id == before else h for h in result.hits]
    return replace(result, hits=tuple(sorted(hits, key=lambda h: -h.score)))


def _ranked(evidence: Evidence, u: Understanding, kit: Kit) -> SearchResult:
    result = kit.knowledge.rank(evidence, u.as_of, u.region, K, u.documents)
    return _treating(_standing(result, u, kit), u)


def _treating(result: SearchResult, u: Understanding) -> SearchResult:
    """The measures that treat the thing asked for first: who asks (「我是退役军人」) does not say what for."""
    thing = thing_asked(u.question)
    if thing is None or not result.hits:
        return result
    treats = {h.measure.id for h in result.hits if thing.treated_in(h.measure.text)}
    top = result.hits[0].score
    best = max((h.score for h in result.hits if h.measure.id in treats), default=0.0)
    if best < TREATS * top or best <= 0:
        return result
    hits = (replace(h, score=h.score + top) if h.measure.id in treats else h for h in result.hits)
    return replace(result, hits=tuple(sorted(hits, key=lambda h: -h.score)))


def _standing(result: SearchResult, u: Understanding, kit: Kit) -> SearchResult:
    """What no newer document settles anew is no history: it is not behind for its age when it speaks most nearly."""
    knowledge = kit.knowledge
    here = {h.measure.id: h for h in result.hits}
    best: dict[str, float] = {}  # evidence of the best point of each measure
    for point_id, score in result.points.items():
        point = knowledge.points_by_id.get(point_id)
        if point is not None and point.measure in here:
            best[point.measure] = max(best.get(point.measure, 0.0), score)
    if not best or u.documents:
        return result
    nearest = max(best, key=lambda m: best[m])
    top, hit = result.hits[0], here[nearest]
    clear = best[nearest] >= CLEARLY_NEARER * max((s for m, s in best.items() if m != nearest), default=0.0)
    older = hit.document.region == top.document.region and hit.document.issued_from < top.document.issued_from
    if not older or not clear or question_score(hit.features) < question_score(top.features) or not _unreplaced(hit, u, kit):
        return result
    hits = (replace(h, score=h.score + NOT_REPLACED) if h is hit else h for h in result.hits)
    return replace(result, hits=tuple(sorted(hits, key=lambda h: -h.score)))


def _unreplaced(hit: Hit, u: Understanding, kit: Kit) -> bool:
    """Whether a measure of an older document gives something, and a newer one settles nothing of it anew."""
    rulebook = kit.knowledge.rulebook
    given = [b for b in rulebook.benefits.values() if b.measure == hit.measure.id]
    return bool(given) and all(rulebook.superseded_by(b, u.as_of) is None for b in given)


def _within(u: Understanding, before: str | None, kit: Kit) -> bool:
    """Whether all that a short message names stands in the measure just cited (「工伤的呢」, after both rates were told)."""
    measure = kit.knowledge.library.measures.get(before or "")
    return measure is not None and len(u.question) <= ELLIPSIS and all(r in measure.text for r in content_runs(u.question))


def _leaves(u: Understanding, own: SearchResult, whole: SearchResult, before: str | None) -> bool:
    """Whether a message's own words lead elsewhere than the talk: as near as all of it, or far from what was just cited."""
    best = own.hits[0]
    if best.score >= OWN_TOPIC * whole.hits[0].score and _names_subject(u, best):
        return True
    stayed = next((h.score for h in own.hits if h.measure.id == before), None)
    return (
        stayed is not None and len(u.question) > ELLIPSIS and best.measure.id != before and stayed < FAR_FROM_BEFORE * best.score
    )


def _names_subject(u: Understanding, hit: Hit) -> bool:
    """Whether the message itself holds more than an ellipsis: enough words of the measure it found."""
    near = max(hit.features.get("bm25_question", 0), hit.features.get("dense_question", 0))
    return len(u.question) > ELLIPSIS and near > NAMES_SUBJECT


def _lent(u: Understanding, kit: Kit, evidence: Evidence, result: SearchResult, ratio: float) -> Hit | None:
    """The measure of another region that the question is really about, when it fits better than what applies."""
    elsewhere = kit.knowledge.rank(evidence, u.as_of, None, 1)
    if not elsewhere.hits:
        return None
    hit = elsewhere.hits[0]
    new = bool(result.hits) and _is_new(result.hits[0], kit) != _is_new(hit, kit)
    score = passage_score if new else question_score
    best = score(result.hits[0].features) if result.hits else 0.0
    known = kit.knowledge.searcher.index.lexical["question"].coverage(u.standalone)
    strong = probability(features_of(elsewhere.hits, known)) >= calibration().elsewhere
    return hit if strong and score(hit.features) >= ratio * best else None
