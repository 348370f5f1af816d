"""turn → draft: choose the way of answering."""

from __future__ import annotations

from bot.engines.builtin import absent, amounts, compare, lookup
from bot.engines.builtin.select import Selection, select
from bot.engines.builtin.writing import Writer
from bot.evidence import DEFAULT
from bot.kit import Kit
from bot.types import Ask, Draft, Turn

AMOUNT_ASKS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.SCREEN, Ask.COMBINATION)


def draft(turn: Turn, kit: Kit) -> Draft:
    """The builtin engine's draft for a turn whose retrieval is done."""
    u = turn.understanding
    assert u is not None
    writer = Writer(kit, u.as_of)
    if u.article is not None:
        return absent.article(turn, writer)
    foreign = absent.foreign_region(turn, writer)
    if foreign is not None:
        return foreign
    if compare.applies(turn, kit):
        return compare.write(turn, writer)
    if u.ask in AMOUNT_ASKS or u.benefit or u.new_facts:
        computed = amounts.write(turn, writer)
        if computed is not None:
            return computed
    if not turn.hits or turn.confidence < DEFAULT.threshold:
        return absent.nothing(turn, writer)
    return _look_up(turn, writer)


def _look_up(turn: Turn, writer: Writer) -> Draft:
    assert turn.understanding is not None
    selections = _selections(turn, writer)
    if not selections or not selections[0].points:
        return absent.nothing(turn, writer)
    first = selections[0]
    _note_assumed_region(turn, writer, first)
    for selection in selections:
        lookup.write_selection(writer, selection, turn.understanding)
    return writer.draft("not_found" if first.silent else "answered")


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
