"""Answering from documents that were ingested as they came: nobody has written points, questions or benefits for them.

Which of a document's measures answers, when it gives way to a written one, and when it speaks where a written one is silent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.engines.builtin.kinds import asks_about_the_document, asks_something_definite, lacks_the_figure, stated, stated_plainly
from bot.engines.builtin.select import Selection, is_written, missing_duration, select
from bot.new_documents import is_new, lacks_subject, names, shares
from bot.retrieval import LITERAL
from bot.types import Ask, Turn
from knowledge.base import KnowledgeBase
from knowledge.regions import covers
from knowledge.texts.ranking import passage_score, question_score
from knowledge.types import Hit

WIDE = 100  # measures among which the one of a new document is looked for that states what is asked
NEARER = 1.3  # so much nearer must citizens' questions be to a written measure than the words of a wider law
APART = 0.5  # weight there of the words that set a measure apart from the others of its document
NEW_SPEAKS = 0.7  # the same for a measure without written points that speaks where a written one is silent
PLAIN = 0.5  # share of the best score from which a measure that states the thing in so many words is preferred
FOUND = 0.15  # weight there of being what the search found
BESIDE = 2  # characters between what a figure is asked of and the asking word
_HOW_MUCH = re.compile(r"(?:贴|补|返|给|是|有)?(?:多少|百分之几|几成|几个点)")
AHEAD = 1.6  # so many times as near as the next measure of its document, a measure is what is asked about
FLOOR = 0.35  # a measure further than this share from the best one is about something else, whatever it states


def leads(turn: Turn, knowledge: KnowledgeBase) -> bool:
    """Whether the best measure is of a document that nobody has made benefits of: another one's sum is no answer."""
    return bool(turn.hits) and is_new(knowledge, turn.hits[0].document)


def nearer(turn: Turn, knowledge: KnowledgeBase) -> Hit:
    """The best hit; for one of a whole country's or province's law that only shares words, the narrower rule that is nearer."""
    best = turn.hits[0]
    if not is_new(knowledge, best.document):
        return best
    own = NEARER * passage_score(best.features)
    wider = (
        h for h in turn.hits[1:4] if h.document.region != best.document.region and covers(best.document.region, h.document.region)
    )
    return next((h for h in wider if is_written(knowledge, h.measure.id) and question_score(h.features) >= own), best)


def stating(turn: Turn, knowledge: KnowledgeBase, best: Hit) -> Hit:
    """Of a document without written points, the measure that answers: near, and stating the kind of thing that is asked for.

    The words that all of its measures share tell nothing here, so each is also weighed by the words that set it apart.
    """
    u = turn.understanding
    if u is None or not is_new(knowledge, best.document):
        return best
    words = u.standalone if u.is_followup else u.question
    plainly = stated_plainly(u.question, best.measure.text)
    if _far_ahead(best, turn.hits) and not u.is_followup and plainly is not False:
        return best
    found = knowledge.search(words, u.as_of, u.region, WIDE).hits
    if u.is_followup:  # what was asked before says of what, the question now what about it
        now = {h.measure.id: h.score for h in knowledge.search(u.question, u.as_of, u.region, WIDE).hits}
        found = tuple(replace(h, score=h.score + now.get(h.measure.id, 0.0)) for h in found)
    parts = asks_about_the_document(u.question)
    own = [h for h in found if h.document.id == best.document.id] or [best]
    top = max(max(h.score for h in own), 1e-6)
    near = (h for h in own if h.score >= FLOOR * top and (parts or h.measure.number is not None))
    hits = [h for h in near if stated(u.question, h.measure.text)]
    hits = [h for h in hits if h.score >= PLAIN * top and stated_plainly(u.question, h.measure.text)] or hits
    if not hits:
        return best
    apart = shares(knowledge, best.document.measures, words)
    most = max(max(apart.values()), 1e-6)

    def fits(hit: Hit) -> float:
        return hit.score / top + APART * apart[hit.measure.id] / most + FOUND * (hit.measure.id == best.measure.id)

    return max(hits, key=fits)


def _far_ahead(best: Hit, hits: Sequence[Hit]) -> bool:
    """Whether no other measure of the document comes near the best one: it is meant, whatever it states."""
    own = [h.score for h in hits if h.document.id == best.document.id and h.measure.id != best.measure.id]
    return best.score >= AHEAD * max(own, default=0.0)


def speaking(turn: Turn, knowledge: KnowledgeBase, hits: Sequence[Hit]) -> list[Hit]:
    """Of the measures that could speak for a silent one: the written ones, and of new documents on the subject those that state it."""
    assert turn.understanding is not None
    question = turn.understanding.question
    found = []
    for hit in hits:
        if is_written(knowledge, hit.measure.id):
            found.append(hit)
        elif not lacks_subject(question, hit.measure, knowledge):
            best = stating(turn, knowledge, hit)
            found += [best] if best.measure.number is not None and stated(question, best.measure.text) else []
    return found


def spoken_instead(turn: Turn, knowledge: KnowledgeBase, found: Selection) -> Selection | None:
    """What a newly ingested document states, when the nearest measure says only that it does not."""
    u = turn.understanding
    assert u is not None
    if not found.silent or u.documents:
        return None
    near = (h for h in turn.hits[:6] if not is_written(knowledge, h.measure.id) and h.score >= NEW_SPEAKS * turn.hits[0].score)
    literal = (h for h in near if h.features.get("bm25_passage", 0.0) >= LITERAL)
    stating = (select(turn, knowledge, h) for h in literal if stated(u.question, h.measure.text))
    return next((s for s in stating if s.points and not missing_duration(u.question, s)), None)


def without_figure(turn: Turn, knowledge: KnowledgeBase, selection: Selection) -> bool:
    """Whether a figure is asked for that the chosen measure of a new document does not state."""
    u = turn.understanding
    if u is None or is_written(knowledge, selection.hit.measure.id) or u.ask in (Ask.VALIDITY, Ask.DEPARTMENT):
        return False
    measure = selection.hit.measure
    if lacks_the_figure(u.question, measure.text) or _of_another_thing(u.question, selection.hit, knowledge):
        return True
    return asks_something_definite(u.question) and lacks_subject(u.question, measure, knowledge)


def _of_another_thing(question: str, hit: Hit, knowledge: KnowledgeBase) -> bool:
    """Whether a figure is asked for of something with a name of its own (「贷款的贴息是多少」) that the document never names."""
    asked = _HOW_MUCH.search(question)
    if asked is None:
        return False
    before = question[: asked.start()]
    named = [(before.rfind(w) + len(w), words) for words in knowledge.synonyms for w in words if w in before]
    if not named:
        return False
    last = max(end for end, _ in named)
    rows = [words for end, words in named if end == last and len(before) - end <= BESIDE]
    return bool(rows) and not any(names(hit.document.text, words) for words in rows)
