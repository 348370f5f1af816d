"""turn → draft: choose the way of answering."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.engines.builtin import absent, amounts, compare, lookup
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.select import Selection, select
from bot.engines.builtin.writing import Writer
from bot.evidence import DEFAULT
from bot.kit import Kit
from bot.types import Ask, Draft, Turn
from knowledge.types import Hit

AMOUNT_ASKS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.SCREEN, Ask.COMBINATION, Ask.VALIDITY)


def draft(turn: Turn, kit: Kit) -> Draft:
    """The builtin engine's draft for a turn whose retrieval is done."""
    u = turn.understanding
    assert u is not None
    writer = Writer(kit, u.as_of)
    if u.article is not None:
        return absent.article(turn, writer)
    if turn.uncovered and not u.answers_fact and u.benefit is None and not amounts.comes_out(turn, writer):
        return absent.nothing(turn, writer)
    if absent.is_foreign(turn, writer.kit) and amounts.comes_out(turn, writer):
        computed = amounts.write(turn, writer)  # a rule of the province
        if computed is not None:
            return computed
    foreign = absent.foreign_region(turn, writer)
    if foreign is not None:
        return foreign
    turn = _in_new_place(turn, kit)
    if compare.applies(turn, kit):
        return compare.write(turn, writer)
    u = turn.understanding
    assert u is not None
    if (
        turn.lent is None
        and (u.ask in AMOUNT_ASKS or u.benefit or u.new_facts)
        and (u.ask is Ask.SCREEN or not _pointedly_silent(turn, writer))
    ):
        computed = amounts.write(turn, writer)
        if computed is not None:
            return computed
    if not turn.hits or turn.confidence < DEFAULT.threshold:
        return absent.nothing(turn, writer)
    return _look_up(turn, writer)


def _in_new_place(turn: Turn, kit: Kit) -> Turn:
    """「潍坊呢」 after an answer about a benefit: the benefit of that subject there, or the word that there is none."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    if last is None or last.benefit is None or last.understanding is None or not u.is_followup or u.region is None:
        return turn
    rulebook = kit.knowledge.rulebook
    before = rulebook.benefits[last.benefit]
    if before.region == u.region or before.region.endswith("0000") or u.region == last.understanding.region:
        return turn
    there = [b for b in rulebook.in_region(u.region, u.as_of) if b.spec.subject == before.spec.subject]
    if there:
        hits = tuple(replace(h, score=h.score + 1.0) if h.measure.id == there[0].measure else h for h in turn.hits)
        ranked = tuple(sorted(hits, key=lambda h: -h.score))
        return replace(turn, hits=ranked, lent=None, understanding=replace(u, benefit=there[0].id))
    measure = kit.knowledge.library.measures[before.measure]
    document = kit.knowledge.library.documents[before.document]
    passage = kit.knowledge.searcher.passages[f"{measure.id}#0"]
    return replace(turn, lent=Hit(measure, document, passage, 1.0), understanding=replace(u, benefit=None))


def _look_up(turn: Turn, writer: Writer) -> Draft:
    assert turn.understanding is not None
    selections = _selections(turn, writer)
    if not selections or not selections[0].points:
        return absent.nothing(turn, writer)
    first = selections[0]
    _note_assumed_region(turn, writer, first)
    absent.note_other_city(turn, writer, first)
    for selection in selections:
        lookup.write_selection(writer, selection, turn.understanding)
    if turn.understanding.ask in AMOUNT_ASKS and not first.silent:
        amounts.attach_fixed_sums(turn, writer, [s.points[0].quote for s in selections])
    return writer.draft("not_found" if first.silent else "answered", benefit=_under_discussion(turn, writer))


def _under_discussion(turn: Turn, writer: Writer) -> str | None:
    """The benefit that a look-up was about, for the facts that may follow."""
    matches = match_benefits(turn, writer.kit.knowledge)
    fits = matches and matches[0].score >= amounts.MIN_FIT and matches[0].benefit.measure in {m for m, _ in writer.quotes}
    return matches[0].benefit.id if fits else None


def _pointedly_silent(turn: Turn, writer: Writer) -> bool:
    """The documents say in so many words nothing about what is asked, and the story gives nothing to compute with."""
    u = turn.understanding
    assert u is not None
    if not turn.hits or u.answers_fact or any(isinstance(u.facts[f].value, Decimal) for f in u.new_facts):
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    if (
        u.ask is Ask.AMOUNT
        and matches
        and matches[0].score >= amounts.MIN_FIT
        and amounts.asks_open_parameter(matches[0].benefit, u.question)
    ):
        return False
    selection = select(turn, writer.kit.knowledge, turn.hits[0])
    return selection.silent


def _selections(turn: Turn, writer: Writer) -> list[Selection]:
    """The best measure; with no region known, also the best of another city when it fits as well."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    first = select(turn, knowledge, turn.hits[0])
    chosen = [first]
    if u.region is None and not u.documents:
        for hit in turn.hits[1:4]:
            other_city = hit.document.region != turn.hits[0].document.region and not hit.document.region.endswith("0000")
            if other_city and not turn.hits[0].document.region.endswith("0000") and hit.score >= 0.93 * turn.hits[0].score:
                chosen.append(select(turn, knowledge, hit))
                break
    return [s for s in chosen if s.points]


def _note_assumed_region(turn: Turn, writer: Writer, first: Selection) -> None:
    u = turn.understanding
    assert u is not None
    if u.region is not None or u.documents:
        return
    region = writer.kit.knowledge.gazetteer.name(first.hit.document.region)
    writer.warn("region", writer.kit.replies("region.assumed", region=region))
