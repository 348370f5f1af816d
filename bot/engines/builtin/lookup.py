"""Look-ups: say what the measure says, in plain words, quoted, dated; or say plainly that it does not."""

from __future__ import annotations

from bot.engines.builtin import premise
from bot.engines.builtin.select import OFFICE_ASPECTS, Selection
from bot.engines.builtin.validity import closing, opening, period, superseding
from bot.engines.builtin.writing import Writer, chinese_date, office_of, source_line
from bot.types import Ask, Understanding
from bot.understanding.later import later_day
from knowledge.types import Point

BOLD_LENGTH = 60


def write_selection(writer: Writer, selection: Selection, understanding: Understanding, with_source: bool = True) -> None:
    """One measure's answer: what must be known first, the points, the clause, the deadline, whom to ask."""
    hit = selection.hit
    first = selection.points[0]
    asks_history = bool(understanding.documents) or bool(understanding.years_named)
    token = writer.cite(hit.measure.id, first.quote)
    writer.say(premise.of_day(writer, understanding, hit.measure.id, first.quote))
    lead = opening(writer, hit.measure, first.quote, asks_history)
    if lead:
        writer.say(lead + (token if "到期" in lead else ""))
    if understanding.ask is Ask.VALIDITY:
        _say_validity_first(writer, selection, token, bool(lead), understanding.question)
    correction = premise.of_clause(writer, understanding, first)
    if correction:
        writer.say(correction)
    for i, point in enumerate(selection.points):
        mark = writer.cite(hit.measure.id, point.quote)
        writer.say(_plain(point, mark, bold=i == 0 and not lead))
    if with_source:
        writer.say(f"> 原文：{source_line(hit.document, hit.measure)}“{first.quote}”{token}")
    if not lead and understanding.ask is not Ask.VALIDITY and not _only_whom_to_ask(first):
        closing(writer, hit.measure, first.quote, token)
    if selection.silent:
        writer.say(writer.kit.replies("not_found.silent_next", office=office_of(writer.kit, hit.document, hit.measure)))
    writer.refer(office_of(writer.kit, hit.document, hit.measure))


def _only_whom_to_ask(point: Point) -> bool:
    """Whether a point names an office or a telephone: neither has a deadline."""
    return not point.silent and bool(point.aspects) and set(point.aspects) <= OFFICE_ASPECTS


def _plain(point: Point, mark: str, bold: bool) -> str:
    text = point.plain.rstrip("。")
    if bold and len(text) <= BOLD_LENGTH and not point.silent:
        return f"**{text}**{mark}。"
    return f"{text}{mark}。"


def _say_validity_first(writer: Writer, selection: Selection, token: str, said: bool, question: str) -> None:
    """「现在还能领吗」: the verdict opens the answer."""
    if said:
        return
    hit, quote = selection.hit, selection.points[0].quote
    validity = writer.kit.knowledge.validity(hit.measure.id, quote, writer.as_of)
    if validity.in_force:
        assert validity.until is not None
        then = later_day(question, writer.as_of)
        if then is not None and validity.until < then:
            office = office_of(writer.kit, hit.document, hit.measure)
            text = writer.kit.replies("validity.over_by_then", until=chinese_date(validity.until), office=office)
            writer.say(f"{text}{token}。")
            return
        still = writer.kit.replies("validity.still", as_of=chinese_date(writer.as_of))
        writer.say(f"{still}，{period(writer, validity)}{token}。")
    elif superseding(writer, hit.measure, quote) is None:
        office = office_of(writer.kit, hit.document, hit.measure)
        writer.say("**" + writer.kit.replies("validity.open", office=office) + "**")
