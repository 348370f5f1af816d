"""Which telephone, where, what papers, how long: what the document says of it, or that it does not; never the sum beside the point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.engines.builtin.select import OFFICE_ASPECTS, hit_of
from bot.engines.builtin.validity import replacement
from bot.engines.builtin.writing import Writer, office_of, source_line
from bot.evidence import calibration
from bot.retrieval import search
from bot.types import Draft, Turn
from bot.understanding.parts import content_runs
from bot.understanding.procedure import Procedure, procedure_asked
from knowledge.texts.validity import applicable
from knowledge.types import Hit, Point

_PHONE_NUMBER = re.compile(r"\d{7,}")
_ANY_OFFICE = re.compile(r"咨询|联系|服务|热线|客服|人社局?|政府|济南市?|潍坊市?|山东省?")  # names no subject
_WAYS = frozenset({"渠道", "材料"})
SPEAKS = 0.9  # a point that says the way itself answers from this share of the best point's evidence
ABOUT = 1.0  # evidence added to the silence about the very clause that the subject leads to


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The answer to a question about the procedure; None when it is none, or a clause says the very way."""
    u = turn.understanding
    assert u is not None
    asked = procedure_asked(u.question)
    if asked is None:
        return None
    if asked.kind == "phone" and not u.is_followup and not content_runs(_ANY_OFFICE.sub("", asked.subject(u.question))):
        return _general(turn, writer)
    found = _about(turn, writer, asked)
    if found.uncovered:
        return None
    if not found.hits or found.confidence < calibration().threshold:
        return _general(turn, writer) if asked.kind == "phone" else None
    hit = _governing(found, writer)
    points = writer.kit.knowledge.points_of.get(hit.measure.id, ())
    if not points or _says_the_way(turn, points, asked):
        return None
    office = office_of(writer.kit, hit.document, hit.measure)
    phone = _phone_of(writer, hit.document.id)
    if asked.kind == "phone" and phone is not None:
        _say(writer, phone, bold=True)
    else:
        _say_unwritten(writer, hit, asked, _silence(found, points, asked))
    department = next((p for p in points if set(p.aspects) == {"部门"} and not p.silent), None)
    if department is not None:
        _say(writer, department)
    if asked.kind != "phone" and phone is not None:
        _say(writer, phone)
    writer.say(writer.kit.replies("procedure.next", office=office))
    writer.refer(office)
    return writer.draft("answered" if asked.kind == "phone" and phone is not None else "not_found")


def _about(turn: Turn, writer: Writer, asked: Procedure) -> Turn:
    """The search by what the procedure is about, without the words that ask about the procedure."""
    u = turn.understanding
    assert u is not None
    subject = asked.subject(u.question)
    if u.is_followup or not content_runs(subject):
        return turn
    return search(replace(turn, understanding=replace(u, question=subject, standalone=subject)), writer.kit)


def _governing(found: Turn, writer: Writer) -> Hit:
    """The measure that the subject leads to, or the newer one that settles the same anew."""
    hit = found.hits[0]
    knowledge = writer.kit.knowledge
    about = _spoken(found, knowledge.points_of.get(hit.measure.id, ()))
    newer = replacement(writer, hit.measure.id, about.quote) if about is not None else None
    history = found.understanding is not None and (found.understanding.documents or found.understanding.years_named)
    return hit if newer is None or history else hit_of(knowledge, newer.measure)


def _spoken(found: Turn, points: Sequence[Point]) -> Point | None:
    """The point that the subject leads to, of those that say something of the matter itself."""
    spoken = [p for p in points if not p.silent and not set(p.aspects) <= OFFICE_ASPECTS]
    return max(spoken, key=lambda p: found.points.get(p.id, 0.0), default=None)


def _says_the_way(turn: Turn, points: Sequence[Point], asked: Procedure) -> bool:
    """Whether what is nearest to the question says the way itself (「可在常住地登记」, the number of a hotline)."""
    best = max((turn.points.get(p.id, 0.0) for p in points), default=0.0)
    ways = [p for p in points if not p.silent and _WAYS & set(p.aspects) and turn.points.get(p.id, 0.0) >= SPEAKS * best]
    return any(asked.says.search(p.plain) for p in ways)


def _silence(found: Turn, points: Sequence[Point], asked: Procedure) -> Point | None:
    """The point that says that this is not written, of the clause that the subject leads to."""
    about = _spoken(found, points)
    silent = [p for p in points if p.silent and asked.written.search(p.plain.split("只")[0])]

    def fits(point: Point) -> float:
        same = about is not None and (point.quote in about.quote or about.quote in point.quote)
        return found.points.get(point.id, 0.0) + ABOUT * same

    return max(silent, key=fits, default=None)


def _general(turn: Turn, writer: Writer) -> Draft:
    """A telephone asked for and no subject with it: the one that the newest document here prints, or that none does."""
    u = turn.understanding
    assert u is not None
    documents = [
        d for d in writer.kit.knowledge.library.documents.values() if applicable(d, u.region) and d.issued_from <= u.as_of
    ]
    newest = sorted(documents, key=lambda d: d.issued_from, reverse=True)
    phone = next((p for d in newest if (p := _phone_of(writer, d.id)) is not None), None)
    office = writer.kit.knowledge.gazetteer.office_in(u.region)
    if phone is not None:
        _say(writer, phone, bold=True)
    else:
        writer.say(writer.kit.replies("procedure.no_phone"))
    writer.say(writer.kit.replies("procedure.next", office=office))
    writer.refer(office)
    return writer.draft("answered" if phone is not None else "not_found")


def _phone_of(writer: Writer, document: str) -> Point | None:
    """The telephone number that a document prints."""
    knowledge = writer.kit.knowledge
    frame = [m for m in knowledge.library.measures.values() if m.document == document]
    points = (p for m in frame for p in knowledge.points_of.get(m.id, ()) if not p.silent)
    return next((p for p in points if "渠道" in p.aspects and _PHONE_NUMBER.search(p.quote)), None)


def _say(writer: Writer, point: Point, bold: bool = False) -> None:
    text = point.plain.rstrip("。")
    mark = writer.cite(point.measure, point.quote)
    writer.say(f"**{text}**{mark}。" if bold else f"{text}{mark}。")


def _say_unwritten(writer: Writer, hit: Hit, asked: Procedure, silence: Point | None) -> None:
    """That this is not written: in the words of the point that says so, else in a sentence of our own."""
    if silence is not None:
        _say(writer, silence)
        return
    source = source_line(hit.document, hit.measure)
    writer.say(writer.kit.replies(f"procedure.{asked.kind}", source=source))
