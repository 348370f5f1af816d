"""Look-ups: say what the measure says, in plain words, quoted, dated; or say plainly that it does not."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.engines.builtin.select import Selection
from bot.engines.builtin.validity import closing, opening, superseding
from bot.engines.builtin.writing import Writer, chinese_date, office_of, source_line
from bot.types import Ask, Understanding
from bot.understanding.cues import load_cues
from knowledge.numerals import Number, numbers_in
from knowledge.types import Point

BOLD_LENGTH = 60
# Units in which a figure of the question can contradict a figure of the clause.
_COMPARED_UNITS = {"元", "%"}
_YEARLIKE = re.compile(r"(?:19|20)\d\d$")


def write_selection(writer: Writer, selection: Selection, understanding: Understanding, with_source: bool = True) -> None:
    """One measure's answer: what must be known first, the points, the clause, the deadline, whom to ask."""
    hit = selection.hit
    first = selection.points[0]
    asks_history = bool(understanding.documents) or bool(understanding.years_named)
    token = writer.cite(hit.measure.id, first.quote)
    lead = opening(writer, hit.measure, first.quote, asks_history)
    if lead:
        writer.say(lead + (token if "到期" in lead else ""))
    if understanding.ask is Ask.VALIDITY:
        _say_validity_first(writer, selection, token, bool(lead))
    correction = contradiction(understanding, first)
    if correction:
        writer.say(correction)
    for i, point in enumerate(selection.points):
        mark = writer.cite(hit.measure.id, point.quote)
        writer.say(_plain(point, mark, bold=i == 0 and not lead))
    if with_source:
        writer.say(f"> 原文：{source_line(hit.document, hit.measure)}“{first.quote}”{token}")
    if not lead and understanding.ask is not Ask.VALIDITY:
        closing(writer, hit.measure, first.quote, token)
    if selection.silent:
        writer.say(writer.kit.replies("not_found.silent_next", office=office_of(writer.kit, hit.document, hit.measure)))
    writer.advise(f"拨打 12333，或联系{office_of(writer.kit, hit.document, hit.measure)}")


def _plain(point: Point, mark: str, bold: bool) -> str:
    text = point.plain.rstrip("。")
    if bold and len(text) <= BOLD_LENGTH and not point.silent:
        return f"**{text}**{mark}。"
    return f"{text}{mark}。"


def _say_validity_first(writer: Writer, selection: Selection, token: str, said: bool) -> None:
    """「现在还能领吗」: the verdict opens the answer."""
    if said:
        return
    hit, quote = selection.hit, selection.points[0].quote
    validity = writer.kit.knowledge.validity(hit.measure.id, quote, writer.as_of)
    if validity.in_force:
        assert validity.until is not None
        days = (validity.until - writer.as_of).days
        writer.say(
            f"**在 {chinese_date(writer.as_of)} 仍然有效**，到 {chinese_date(validity.until)} 为止，{f'还剩 {days} 天' if days else '就到今天'}{token}。"
        )
    elif superseding(writer, hit.measure, quote) is None:
        office = office_of(writer.kit, hit.document, hit.measure)
        writer.say("**" + writer.kit.replies("validity.open", office=office) + "**")


def contradiction(understanding: Understanding, point: Point) -> str:
    """A figure put forward to be confirmed that the clause contradicts, corrected in words; '' when there is none.

    Only sums and shares are compared, and only with a clause that states one single figure of that kind: anything
    else may well be about another matter.
    """
    if not load_cues().presumes(understanding.question) or point.silent:
        return ""
    for asked in numbers_in(understanding.question):
        unit = _unit(asked)
        if not unit and asked.value >= 50 and not _YEARLIKE.match(asked.raw):
            unit = "元"
        stated = [n for n in numbers_in(point.quote) if _unit(n) == unit]
        known = {v.value for v in understanding.facts.values() if isinstance(v.value, Decimal)}
        single = len({n.value for n in stated}) == 1
        if unit in _COMPARED_UNITS and single and asked.value != stated[0].value and asked.value not in known:
            return f"您说的“{asked.raw}”和文件不一致，文件写的是“{stated[0].raw}”。"
    return ""


def _unit(number: Number) -> str:
    return {"元/人": "元", "万元": "元", "元/学时": "元"}.get(number.unit, number.unit)
