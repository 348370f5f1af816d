"""Saying what is not there: nothing found, another city's rule, an article that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.engines.builtin import lookup, unwritten
from bot.engines.builtin.select import Selection, select
from bot.engines.builtin.validity import closing, not_yet
from bot.engines.builtin.whose import owners, rule_of
from bot.engines.builtin.writing import Writer, chinese_date, source_line
from bot.evidence import calibration
from bot.kit import Kit
from bot.retrieval import search
from bot.types import Draft, Turn
from knowledge.regions import NATION, covers, is_province
from knowledge.texts.ranking import question_score
from knowledge.texts.validity import applicable
from knowledge.types import Hit

PROVINCE_ASKED = 0.4  # the province's document, asked for as such, answers from this probability: it alone can be meant
PROVINCE_SERVES = 0.75  # the province's measure answers when it fits this nearly as well as another city's


def nothing(turn: Turn, writer: Writer) -> Draft:
    """Abstain, with the next step; a covered neighbour topic names whom to ask."""
    u = turn.understanding
    assert u is not None
    r = writer.kit.replies
    place = writer.kit.knowledge.gazetteer.name(u.region) if u.region else "当地"
    office = writer.kit.knowledge.gazetteer.office_in(u.region)
    if turn.uncovered:
        topic, ask = turn.uncovered
        writer.say(f"{r('not_found.topic', topic=topic)}我不能凭空回答；这件事请咨询{ask}。")
        writer.advise(f"咨询{ask}")
        return writer.draft("not_found")
    library = writer.kit.knowledge.library
    early = [m for m, why in turn.rejected if why == "not_yet_issued" and applicable(library.document_of(m), u.region)]
    if early and not turn.hits:
        writer.say(r("not_found.not_yet_issued", as_of=chinese_date(u.as_of), region=place))
        _name_later(early, writer)
    else:
        writer.say(r("not_found.nothing"))
    writer.say(r("not_found.next_office", office=office))
    writer.refer(office)
    return writer.draft("not_found")


def _name_later(early: Sequence[str], writer: Writer) -> None:
    """The document that gives it later, by title and day only: it is no authority yet."""
    later = writer.kit.knowledge.library.document_of(early[0])
    if later.issued is not None:
        text = not_yet(writer, later)
        writer.say(text)
        writer.warn("not_yet_issued", text)


def article(turn: Turn, writer: Writer) -> Draft:
    """「第 15 条说什么」, also for articles that do not exist."""
    u = turn.understanding
    assert u is not None and u.article is not None
    knowledge = writer.kit.knowledge
    document_id, number = u.article.split("/")
    document = knowledge.library.documents[document_id]
    measure = knowledge.library.measures.get(u.article)
    if measure is None:
        writer.say(
            writer.kit.replies("not_found.article_missing", title=document.title, number=number, count=len(document.numbered))
        )
        last = document.numbered[-1]
        writer.cite(last.id, last.text[: len(last.label)])
        writer.say(f"最后一条是{source_line(document, last)}“{last.title}”{writer.cite(last.id, last.text[: len(last.label)])}。")
        return writer.draft("not_found")
    hit = Hit(measure, document, knowledge.searcher.passages[f"{measure.id}#0"], 1.0)
    selection = select(turn, knowledge, hit)
    writer.say(f"{source_line(document, measure)}是“{measure.title}”，要点如下：")
    for point in [p for p in knowledge.points_of.get(measure.id, selection.points) if not p.silent][:5]:
        writer.say(f"- {point.plain.rstrip('。')}{writer.cite(measure.id, point.quote)}。")
    closing(writer, measure, selection.points[0].quote, writer.cite(measure.id, selection.points[0].quote))
    for measure_id, quote in list(writer.quotes):
        _note_expired(writer, measure_id, quote)
    return writer.draft("answered")


def _note_expired(writer: Writer, measure_id: str, quote: str) -> None:
    validity = writer.kit.knowledge.validity(measure_id, quote, writer.as_of)
    if validity.in_force is False and validity.until:
        text = writer.kit.replies("validity.expired", until=chinese_date(validity.until))
        writer.warn("expired", text + "。")
        writer.say(f"{text}{writer.cite(measure_id, quote)}。")


def document(turn: Turn, writer: Writer) -> Draft:
    """A document that the library does not have: said first; what the present documents say is no answer from it."""
    u = turn.understanding
    assert u is not None and u.unknown_document is not None
    r = writer.kit.replies
    library = writer.kit.knowledge.library
    ended = library.declared_ended(u.unknown_document, u.as_of)
    if ended is not None:
        measure_id, said = ended
        by = library.document_of(measure_id)
        text = r("validity.declared_ended", name=u.unknown_document, title=by.title, since=chinese_date(by.issued_from))
        writer.say(f"{text}{writer.cite(measure_id, said)}。")
        writer.warn("superseded", f"{text}。")
        return writer.draft("answered")
    text = r("not_found.document", title=u.unknown_document)
    writer.say(text)
    writer.warn("partial", text)
    rest = replace(u, standalone=u.question.replace(u.unknown_document, ""), is_followup=False)
    asked = search(replace(turn, understanding=rest), writer.kit)  # its title must not choose what is shown instead
    if asked.hits and asked.confidence >= calibration().threshold and not asked.uncovered and not is_foreign(turn, writer.kit):
        selection = select(asked, writer.kit.knowledge, asked.hits[0])
        if selection.points and not selection.silent:
            writer.say(r("not_found.in_our_documents"))
            lookup.write_selection(writer, selection, u)
            return writer.draft("not_found")
    office = writer.kit.knowledge.gazetteer.office_in(u.region)
    writer.say(r("not_found.next_office", office=office))
    writer.refer(office)
    return writer.draft("not_found")


def is_foreign(turn: Turn, kit: Kit) -> bool:
    """Whether the place asked about has no document of its own here."""
    region = turn.understanding.region if turn.understanding else None
    return region is not None and all(d.region != region for d in kit.knowledge.library.documents.values())


def foreign_region(turn: Turn, writer: Writer) -> Draft | None:
    """A place whose documents are not here: name whose rule it is, never lend it; the province's may serve."""
    u = turn.understanding
    assert u is not None
    if u.region is None:
        return None
    knowledge = writer.kit.knowledge
    documents = knowledge.library.documents.values()
    if any(d.region == u.region for d in documents):
        return None
    r = writer.kit.replies
    asked = knowledge.gazetteer.name(u.region)
    provincial = [h for h in turn.hits if covers(h.document.region, u.region)]
    writer.warn("region", r("not_found.other_region", asked=asked))
    asked_of_it = any(is_province(c) for c in u.regions_named)  # 「省里定没定」: that it does not say is an answer
    floor = PROVINCE_ASKED if asked_of_it else calibration().province
    if provincial and turn.confidence >= floor and (asked_of_it or not _lent_fits_better(turn, provincial[0])):
        selection = select(turn, knowledge, unwritten.stating(turn, knowledge, provincial[0]))
        if selection.points and (asked_of_it or not selection.silent):
            nation = provincial[0].document.region == NATION
            writer.say(r("not_found.other_region", asked=asked) + r("region.nation" if nation else "region.province"))
            lacking = unwritten.without_figure(turn, knowledge, selection)
            if lacking:
                writer.say(r("not_found.detail_here"))
            lookup.write_selection(writer, selection, u)
            return writer.draft("not_found" if selection.silent or lacking else "answered")
    writer.say(r("not_found.other_region", asked=asked))
    if turn.lent and not covers(turn.lent.document.region, u.region):  # the province's rule does apply here
        _name_owner(turn, writer, turn.lent, asked)
    office = knowledge.gazetteer.office_in(u.region)
    writer.say(r("not_found.next_office", office=office))
    writer.refer(office)
    return writer.draft("not_found")


def note_other_city(turn: Turn, writer: Writer, selection: Selection) -> bool:
    """The question is about another city's rule: say whose it is, and that this place has none. False when it is not."""
    u = turn.understanding
    assert u is not None
    if turn.lent is None or u.region is None or covers(turn.lent.document.region, u.region):
        return False
    knowledge = writer.kit.knowledge
    rulebook = knowledge.rulebook
    subjects = {b.spec.subject for b in rulebook.benefits.values() if b.measure == turn.lent.measure.id}
    here = {b.spec.subject for b in rulebook.in_region(u.region, u.as_of)}
    if not subjects or subjects & here:
        return False  # nothing tells that this place has no such rule
    asked = knowledge.gazetteer.name(u.region)
    _name_owner(turn, writer, turn.lent, asked)
    writer.warn("region", writer.kit.replies("not_found.not_here", asked=asked))
    if question_score(selection.hit.features) < PROVINCE_SERVES * question_score(turn.lent.features):
        writer.say(writer.kit.replies("not_found.not_here", asked=asked))
        office = knowledge.gazetteer.office_in(u.region)
        writer.say(writer.kit.replies("not_found.next_office", office=office))
        writer.refer(office)
    else:
        writer.say(writer.kit.replies("not_found.nearest", asked=asked))
        lookup.write_selection(writer, selection, u)
    return True


def _lent_fits_better(turn: Turn, provincial: Hit) -> bool:
    """Whether another city's rule, not the province's, is what the question is about."""
    return turn.lent is not None and question_score(provincial.features) < PROVINCE_SERVES * question_score(turn.lent.features)


def _name_owner(turn: Turn, writer: Writer, hit: Hit, asked: str) -> None:
    knowledge = writer.kit.knowledge
    selection = select(turn, knowledge, hit)
    if not selection.points:
        return
    point = selection.points[0]
    found = {hit.document.region: (point.measure, point.quote)} | owners(writer, point.measure, point.quote)
    named = [f"{rule_of(writer.kit, m)}{writer.cite(m, q)}" for m, q in found.values()]
    writer.say(writer.kit.replies("not_found.other_region_rule", owner="和".join(named), asked=asked))
    for measure, quote in found.values():
        validity = knowledge.validity(measure, quote, writer.as_of)
        if validity.in_force is False and validity.until:
            text = writer.kit.replies("validity.expired", until=chinese_date(validity.until))
            writer.warn("expired", text + "。")
