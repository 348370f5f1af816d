"""One question → what is said: a sum or verdict when the story allows it, else what the documents say, else that they do not."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.engines.builtin import absent, amounts, lookup, source
from bot.engines.builtin.choosing import MIN_FIT
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.select import Selection, asks_duration, missing_duration, names_office, select
from bot.engines.builtin.writing import Writer, office_of
from bot.evidence import calibration
from bot.types import Ask, Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.types import Hit

# Asked whether the documents say it, 「没有写」 is the answer.
_ASKS_WHETHER_WRITTEN = re.compile(
    r"(?:文件|政策|通知|意见|方案|里头?|上头?)(?:里头?|上|中)?(?:写|规定|提|说)(?:了|到|明)?.{0,10}(?:没有|没|吗)\s*[？?。]*$|写没写|有没有写|写了没"
)
AMOUNT_ASKS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.SCREEN, Ask.COMBINATION, Ask.VALIDITY)


def compute(turn: Turn, writer: Writer) -> Draft | None:
    """A draft with sums or verdicts; None when nothing is to be computed."""
    u = turn.understanding
    assert u is not None
    wanted = u.ask in AMOUNT_ASKS or u.benefit or u.new_facts
    if (
        asks_duration(u.question)
        or turn.lent is not None
        or (load_cues().asks_source(u.question) and not u.new_facts and not u.answers_fact)
        or not wanted
        or (u.ask is not Ask.SCREEN and pointedly_silent(turn, writer))
    ):
        return None
    return amounts.write(turn, writer)


def tell(turn: Turn, writer: Writer, brief: bool = False) -> Draft:
    """What the documents say, or that they say nothing. ``brief``: without the clause printed below."""
    if not turn.hits or turn.confidence < calibration().threshold:
        elsewhere = _selections(turn, writer) if turn.hits and turn.lent and not turn.uncovered else []
        if elsewhere and absent.note_other_city(turn, writer, elsewhere[0]):
            return writer.draft("not_found")  # nothing here, but another city's rule to name
        return absent.nothing(turn, writer)
    return _look_up(turn, writer, brief)


def _look_up(turn: Turn, writer: Writer, brief: bool) -> Draft:
    assert turn.understanding is not None
    selections = _selections(turn, writer)
    if not selections or not selections[0].points:
        return absent.nothing(turn, writer)
    first = selections[0]
    _note_assumed_region(turn, writer, first)
    if absent.note_other_city(turn, writer, first):
        return writer.draft("not_found")
    history = bool(turn.understanding.documents or turn.understanding.years_named)
    if load_cues().asks_source(turn.understanding.question) and [s for s in selections if source.write(writer, s, history)]:
        return writer.draft("answered", benefit=_under_discussion(turn, writer))
    if missing_duration(turn.understanding.question, first):
        writer.say(writer.kit.replies("not_found.detail"))
    if turn.understanding.ask is Ask.DEPARTMENT and not names_office(first):
        hit = first.hit
        writer.say(writer.kit.replies("department.unnamed", office=office_of(writer.kit, hit.document, hit.measure)))
    for selection in selections:
        lookup.write_selection(writer, selection, turn.understanding, with_source=not brief)
    if turn.understanding.ask in AMOUNT_ASKS and not first.silent:
        amounts.attach_fixed_sums(turn, writer, [p.quote for s in selections for p in s.points])
    silent = first.silent and not _ASKS_WHETHER_WRITTEN.search(turn.understanding.question)
    return writer.draft("not_found" if silent else "answered", benefit=_under_discussion(turn, writer))


def _under_discussion(turn: Turn, writer: Writer) -> str | None:
    """The benefit that a look-up was about, for the facts that may follow."""
    matches = match_benefits(turn, writer.kit.knowledge)
    fits = matches and matches[0].score >= MIN_FIT and matches[0].benefit.measure in {m for m, _ in writer.quotes}
    return matches[0].benefit.id if fits else None


def pointedly_silent(turn: Turn, writer: Writer) -> bool:
    """The documents say in so many words nothing about what is asked, and the story gives nothing to compute with."""
    u = turn.understanding
    assert u is not None
    if not turn.hits or u.answers_fact or any(isinstance(u.facts[f].value, Decimal) for f in u.new_facts):
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    if (
        u.ask is Ask.AMOUNT
        and matches
        and matches[0].score >= MIN_FIT
        and amounts.asks_open_parameter(matches[0].benefit, u.question)
    ):
        return False
    if amounts.comes_out(turn, writer):
        return False
    selection = select(turn, writer.kit.knowledge, turn.hits[0])
    return selection.silent


def _selections(turn: Turn, writer: Writer) -> list[Selection]:
    """The best measure; with no region known, also the best of another city when it fits as well."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    first = select(turn, knowledge, _leading(turn))
    chosen = [first]
    if u.region is None and not u.documents:
        for hit in turn.hits[1:4]:
            other_city = hit.document.region != turn.hits[0].document.region and not hit.document.region.endswith("0000")
            if other_city and not turn.hits[0].document.region.endswith("0000") and hit.score >= 0.93 * turn.hits[0].score:
                chosen.append(select(turn, knowledge, hit))
                break
    return [s for s in chosen if s.points]


def _leading(turn: Turn) -> Hit:
    """The best hit; asked whether a whole document still holds, the part of it that says so."""
    best = turn.hits[0]
    if turn.understanding is None or turn.understanding.ask is not Ask.VALIDITY or best.measure.number is not None:
        return best
    frame = [h for h in turn.hits if h.document.id == best.document.id and h.measure.number is None]
    return next((h for h in frame if h.measure.deadlines or (h.document.valid_clause or "\0") in h.measure.text), best)


def _note_assumed_region(turn: Turn, writer: Writer, first: Selection) -> None:
    u = turn.understanding
    assert u is not None
    if u.region is not None or u.documents:
        return
    region = writer.kit.knowledge.gazetteer.name(first.hit.document.region)
    writer.warn("region", writer.kit.replies("region.assumed", region=region))
