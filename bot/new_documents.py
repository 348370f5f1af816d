"""Documents of the asker's place that were ingested as they came, beside measures that have citizens' questions.

Nobody has written questions for such a document, so in a contest of questions it loses to whatever has some: to a wider
document that says nothing of the matter, to an older rule, to a topic that no document covers. Here its measures are judged by
their own words, among the documents of the place only, so that no document of another place changes the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.kit import Kit
from bot.types import Understanding
from bot.understanding.parts import content_runs
from knowledge.base import KnowledgeBase
from knowledge.regions import NATION, covers, is_province
from knowledge.texts.lexical import Bm25
from knowledge.texts.normalise import grams, matching_form
from knowledge.texts.ranking import combine, imputed, passage_score
from knowledge.texts.search import Evidence
from knowledge.types import Document, Hit, Measure, SearchResult, Uncovered

# A measure answers from the first score on; from the second one when no other of these documents comes near.
SPEAKS, SPEAKS_ALONE, ALONE = 1.5, 1.0, 0.3
STAYING = 0.6  # what was just spoken of is what a further question without a subject of its own is about
OWN_SUBJECT = 0.34  # share of a question's words in another measure from which it names a subject of its own
# Beside a written measure of the same place a newer one must be this near by the words of both.
SAME_PLACE = 0.8
# A topic said to be in no document must be this much nearer than the measure.
OUTSIDE_OF_NEW = 1.25
_GIVEN = re.compile(r"(?<=..)(?:补贴|补助|奖补|返还|贷款|贴息|津贴|保险金|救助|安家费)$")
_CALLED = re.compile(r"(?<=..)(?:补贴|补助|奖补|津贴)$")  # what stands for each other in names
_PASSAGE = ("bm25_passage", "dense_passage")


@dataclass(frozen=True, slots=True)
class Lead:
    """The measure of a new document that speaks on the matter, and how near it is."""

    hit: Hit
    nearness: float


def is_new(knowledge: KnowledgeBase, document: Document) -> bool:
    """Whether nobody has written points or questions for a document; the preamble of one that has some is no new document."""
    return not any(m.id in knowledge.searcher.asked_about for m in document.measures)


def find(u: Understanding, words: str, evidence: Evidence, result: SearchResult, kit: Kit, before: str | None) -> Lead | None:
    """The measure of the place's new documents, in force or run out, that answers before everything else.

    :param words: the words that ``evidence`` was found for.
    :param before: the measure just spoken of.
    """
    if u.documents or u.years_named:
        return None
    found = _nearest(u, words, evidence, kit, before, [d for d in _of_place(u, kit) if d.issued_from <= u.as_of])
    if found is None or not _outdoes(found, result, u, kit):
        return None
    return found


def not_yet(u: Understanding, words: str, evidence: Evidence, kit: Kit) -> bool:
    """Whether a new document of the place that is no authority yet on the day is what is asked about."""
    if u.region is None or u.documents or u.years_named:
        return False
    early = [d for d in _of_place(u, kit) if d.issued_from > u.as_of]
    places = {d.region for d in kit.knowledge.library.documents.values() if d.issued_from <= u.as_of}
    early = [d for d in early if d.region not in places]  # where some rule holds already, what comes later is no answer
    found = _nearest(u, words, evidence, kit, None, early)
    return found is not None and found.nearness >= SPEAKS


def put_first(lead: Lead, result: SearchResult) -> SearchResult:
    """The measure before all others."""
    top = max((h.score for h in result.hits), default=0.0)
    found = next((h.score for h in result.hits if h.measure.id == lead.hit.measure.id), 0.0)
    first = replace(lead.hit, score=max(top, found))
    others = (h for h in result.hits if h.measure.id != first.measure.id)
    return replace(result, hits=(first, *others))


def outside(lead: Lead, found: Uncovered | None, evidence: Evidence, words: str) -> Uncovered | None:
    """The topic said to be in no document, unless a measure of a new document treats the matter after all."""
    measure, named = lead.hit.measure.text, evidence.uncovered
    if named is not None and named.topic in words and named.topic not in measure:
        return named
    if found is None or found.score < OUTSIDE_OF_NEW * passage_score(lead.hit.features):
        return None
    return found


def _of_place(u: Understanding, kit: Kit) -> list[Document]:
    """The new documents that hold in the place; a law of the nation has no place."""
    documents = kit.knowledge.library.documents.values()
    own = [d for d in documents if d.region != NATION and is_new(kit.knowledge, d)]
    return [d for d in own if u.region is None or covers(d.region, u.region)]


def _nearest(
    u: Understanding, words: str, evidence: Evidence, kit: Kit, before: str | None, documents: Sequence[Document]
) -> Lead | None:
    """The measure of some documents that is nearest to the words, when it is near enough to speak."""
    knowledge = kit.knowledge
    measures = [m for d in documents for m in d.measures if m.number is not None]
    if not measures:
        return None
    own = shares(knowledge, measures, words)
    near = [combine(evidence.features.get(m.id, {})) + own[m.id] for m in measures]
    stay = before if u.is_followup and before in own and not _names_another(u, knowledge, measures, before or "") else None
    near = [s + STAYING * (m.id == stay) for s, m in zip(near, measures, strict=True)]
    order = sorted(range(len(measures)), key=lambda i: -near[i])
    best, score = measures[order[0]], near[order[0]]
    margin = score - near[order[1]] if len(order) > 1 else 0.0
    if not (score >= SPEAKS or (score >= SPEAKS_ALONE and margin >= ALONE) or best.id == stay):
        return None
    if best.id != stay and lacks_subject(words, best, knowledge):
        return None
    passage = knowledge.searcher.passages[evidence.passages.get(best.id, f"{best.id}#0")]
    document = knowledge.library.documents[best.document]
    return Lead(Hit(best, document, passage, score, evidence.features.get(best.id, {})), score)


def shares(knowledge: KnowledgeBase, measures: Sequence[Measure], words: str) -> dict[str, float]:
    """How much of the words each measure holds, a word that few of them hold counting most: 0 … 1."""
    asked = knowledge.in_policy_words(knowledge.gazetteer.without_places(words))
    index = _index(tuple(m.text for m in measures))
    ideal = max(index.ideal(asked), 1e-6)
    return {m.id: min(float(s) / ideal, 1.0) for m, s in zip(measures, index.scores(asked), strict=True)}


@lru_cache(maxsize=64)
def _index(texts: tuple[str, ...]) -> Bm25:
    return Bm25.build(texts)


def _names_another(u: Understanding, knowledge: KnowledgeBase, measures: Sequence[Measure], before: str) -> bool:
    """Whether a further question has a subject of its own: words that another measure holds and the one before does not."""
    asked = frozenset(g for run in content_runs(matching_form(u.question)) for g in grams(run, (2,)))
    if not asked:
        return False
    held = {m.id: len(asked & frozenset(grams(matching_form(m.text), (2,)))) / len(asked) for m in measures}
    return max(held.values()) >= OWN_SUBJECT and held[before] < max(held.values()) / 2


def things_named(question: str, knowledge: KnowledgeBase) -> list[tuple[str, ...]]:
    """The words for each thing given that a question names, what the longest of them names first."""
    named = [
        (max(len(w) for w in words if w in question), words)
        for words in knowledge.synonyms
        if _GIVEN.search(words[0]) and any(w in question for w in words)
    ]
    return [words for _, words in sorted(named, key=lambda n: -n[0])]


def lacks_subject(question: str, measure: Measure, knowledge: KnowledgeBase) -> bool:
    """Whether a question names something that is given and neither a measure nor the titles of its document do.

    What a document only mentions (「领取失业保险金期间」) it does not treat.
    """
    things = things_named(question, knowledge)
    document = knowledge.library.documents[measure.document]
    texts = (measure.text, document.title, *(m.title for m in document.measures))
    return bool(things) and not any(names(text, words) for words in things for text in texts)


def places_with(u: Understanding, knowledge: KnowledgeBase) -> list[str]:
    """The cities and counties whose new documents name in so many words the thing given that is asked about."""
    words = next(iter(things_named(u.question, knowledge)), ())
    documents = (d for d in knowledge.library.documents.values() if d.issued_from <= u.as_of and not is_province(d.region))
    new = (d for d in documents if d.region != NATION and is_new(knowledge, d))
    return list(dict.fromkeys(d.region for d in new if any(w in d.text for w in words)))


def names(text: str, words: Sequence[str]) -> bool:
    """Whether a text has one of the words for a thing; 「交通补助」 is a word for what is called 交通补贴."""
    return any(w in text or (_CALLED.sub("", w) or w) in text for w in words)


def _outdoes(lead: Lead, result: SearchResult, u: Understanding, kit: Kit) -> bool:
    """Whether a new measure speaks before what was found: the narrower and the newer rule does, when it is about the matter."""
    first = next((h for h in result.hits if not is_new(kit.knowledge, h.document)), None)
    same_place = first is not None and first.document.region == lead.hit.document.region
    if first is None or (u.region is not None and not same_place):
        return True
    if same_place and first.document.issued_from > lead.hit.document.issued_from:
        return False
    if same_place and _settled_anew(first.measure, lead.hit.measure, kit):
        return True
    theirs = imputed({k: first.features.get(k, 0.0) for k in _PASSAGE}) | {"title": first.features.get("title", 0.0)}
    return combine(lead.hit.features) >= (SAME_PLACE if same_place else 1.0) * combine(theirs)


def _settled_anew(older: Measure, newer: Measure, kit: Kit) -> bool:
    """Whether a newer measure names what an older one gives: 「一次性吸纳就业补贴」, whomever it is for."""
    given = (b for b in kit.knowledge.rulebook.benefits.values() if b.measure == older.id)
    return any(b.name.partition("（")[0] in newer.text for b in given)
