"""Answering from documents that were ingested as they came: nobody has written points, questions or benefits for them.

Which of a document's measures answers, when it gives way to a written one, and when it speaks where a written one is silent.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.builtin.kinds import asks_about_the_document, lacks_the_figure, stated
from bot.engines.builtin.select import Selection, is_written, missing_duration, select
from bot.retrieval import LITERAL
from bot.types import Ask, Turn
from knowledge.base import KnowledgeBase
from knowledge.regions import covers
from knowledge.texts.lexical import Bm25
from knowledge.texts.ranking import passage_score, question_score
from knowledge.types import Document, Hit

WIDE = 100  # measures among which the one of a new document is looked for that states what is asked
NEARER = 1.3  # so much nearer must citizens' questions be to a written measure than the words of a wider law
APART = 0.5  # weight there of the words that set a measure apart from the others of its document
NEW_SPEAKS = 0.7  # the same for a measure without written points that speaks where a written one is silent
FLOOR = 0.35  # a measure further than this share from the best one is about something else, whatever it states


def leads(turn: Turn, knowledge: KnowledgeBase) -> bool:
    """Whether the best measure is of a document that nobody has made benefits of: another one's sum is no answer."""
    return bool(turn.hits) and _is_new(knowledge, turn.hits[0].document)


def _is_new(knowledge: KnowledgeBase, document: Document) -> bool:
    """Whether nobody has written points for a document; the preamble of one that has some is no new document."""
    return not any(is_written(knowledge, m.id) for m in document.measures)


def nearer(turn: Turn, knowledge: KnowledgeBase) -> Hit:
    """The best hit; for one of a whole country's or province's law that only shares words, the narrower rule that is nearer."""
    best = turn.hits[0]
    if not _is_new(knowledge, best.document):
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
    if u is None or not _is_new(knowledge, best.document):
        return best
    found = knowledge.search(u.question, u.as_of, u.region, WIDE).hits
    parts = asks_about_the_document(u.question)
    own = [h for h in found if h.document.id == best.document.id] or [best]
    top = max(h.score for h in own)
    near = (h for h in own if h.score >= FLOOR * top and (parts or h.measure.number is not None))
    hits = [h for h in near if stated(u.question, h.measure.text)]
    if not hits:
        return best
    asked = knowledge.in_policy_words(knowledge.gazetteer.without_places(u.question))
    apart = Bm25.build([m.text for m in best.document.measures]).scores(asked)
    words = {m.id: float(s) / max(float(apart.max()), 1e-6) for m, s in zip(best.document.measures, apart, strict=True)}
    return max(hits, key=lambda h: h.score / max(top, 1e-6) + APART * words[h.measure.id])


def speaking(turn: Turn, knowledge: KnowledgeBase, hits: Sequence[Hit]) -> list[Hit]:
    """Of the measures that could speak for a silent one: the written ones, and of new documents on the subject those that state it."""
    assert turn.understanding is not None
    question = turn.understanding.question
    found = []
    for hit in hits:
        if is_written(knowledge, hit.measure.id):
            found.append(hit)
        elif not _lacks_subject(question, hit.document, knowledge):
            best = stating(turn, knowledge, hit)
            found += [best] if best.measure.number is not None and stated(question, best.measure.text) else []
    return found


def _lacks_subject(question: str, document: Document, knowledge: KnowledgeBase) -> bool:
    """Whether a question names something known by several words (the longest one counts) and a document has none of them."""
    named = [
        (max(len(w) for w in words if w in question), words) for words in knowledge.synonyms if any(w in question for w in words)
    ]
    return bool(named) and not any(w in document.text for w in max(named)[1])


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
    return lacks_the_figure(u.question, selection.hit.measure.text)
