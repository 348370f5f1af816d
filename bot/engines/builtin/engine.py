"""turn → draft: choose the way of answering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.engines.builtin import (
    absent,
    amounts,
    clause,
    compare,
    contrast,
    everywhere,
    raised,
    several,
    single,
    together,
    unwritten,
    whose,
)
from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from bot.types import Draft, Turn
from knowledge.regions import is_province
from knowledge.types import Hit


def draft(turn: Turn, kit: Kit) -> Draft:
    """The builtin engine's draft for a turn whose retrieval is done."""
    turn = clause.turned(turn, kit)
    u = turn.understanding
    assert u is not None
    writer = Writer(kit, u.as_of, u.facts)
    if u.article is not None:
        return absent.article(turn, writer)
    if u.unknown_document is not None:
        return absent.document(turn, writer)
    if not absent.is_foreign(turn, kit):
        whose.note_unknown_place(turn, writer)
    written_only = absent.is_foreign(turn, kit) or unwritten.leads(turn, kit.knowledge)  # these know written rules only
    for way in () if written_only else (together.write, raised.write, contrast.write):
        if (found := _tried(way, turn, writer)) is not None:
            return found
    if several.applies(turn) and not compare.applies(turn, kit):
        return several.write(_in_new_place(turn, kit), writer)
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
    if _moved(turn):
        writer.say(kit.replies("region.moved", region=kit.knowledge.gazetteer.name(u.region or "")))
    compared = compare.write(turn, writer) if compare.applies(turn, kit) else None
    return compared or everywhere.write(turn, writer) or single.compute(turn, writer) or single.tell(turn, writer)


def _tried(way: Callable[[Turn, Writer], Draft | None], turn: Turn, writer: Writer) -> Draft | None:
    """A way of answering on a copy of the page, so that nothing of it stays when it does not answer."""
    trial = writer.copy()
    found = way(turn, trial)
    if found is not None:
        writer.take(trial)
    return found


def _moved(turn: Turn) -> bool:
    """Whether a follow-up asks the same of another place."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    before = last.understanding.region if last and last.understanding else None
    return u.is_followup and before is not None and u.region is not None and u.region != before


def _in_new_place(turn: Turn, kit: Kit) -> Turn:
    """「潍坊呢」 after an answer about a benefit: the benefit of that subject there, or the word that there is none."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    if last is None or last.benefit is None or last.understanding is None or not u.is_followup or u.region is None:
        return turn
    rulebook = kit.knowledge.rulebook
    before = rulebook.benefits[last.benefit]
    if before.region == u.region or is_province(before.region) or u.region == last.understanding.region:
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
