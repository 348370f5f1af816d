"""One question → what is said: a sum or verdict when the story allows it, else what the documents say, else that they do not."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.engines.builtin import absent, amounts, beside, clause, lookup, offers, procedure, requirements, source, unwritten, whose
from bot.engines.builtin.choosing import MIN_FIT
from bot.engines.builtin.kinds import asks_something_definite
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.select import (
    Selection,
    asks_duration,
    asks_the_missing,
    hit_of,
    is_written,
    missing_duration,
    names_office,
    select,
)
from bot.engines.builtin.unstated import missing_figure, spoken_only, tells_a_sum, unnamed_subsidy
from bot.engines.builtin.validity import replacement
from bot.engines.builtin.writing import Writer, office_of
from bot.evidence import calibration
from bot.types import Ask, Draft, Turn, Understanding
from bot.understanding.cues import load_cues
from bot.understanding.followup import asks_itself
from bot.understanding.procedure import procedure_asked
from bot.understanding.things import thing_asked
from knowledge.base import KnowledgeBase
from knowledge.regions import is_province
from knowledge.rules.rulebook import Benefit
from knowledge.types import Hit

# Asked whether the documents say it, 「没有写」 is the answer.
_ASKS_WHETHER_WRITTEN = re.compile(
    r"(?:文件|政策|通知|意见|方案|里头?|上头?)(?:里头?|上|中)?(?:写|规定|提|说)(?:了|到|明)?.{0,10}(?:没有|没|吗)\s*[？?。]*$|写没写|有没有写|写了没"
)
# How near a measure in force must be to speak before one that has run out: asked about the present, or about no time.
NOW_NEAR, PRESUMED_NOW = 0.75, 0.85
CITY_SPEAKS = 0.8  # share of the score of the province's silent measure that a city's must have to speak instead
AMOUNT_ASKS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.SCREEN, Ask.COMBINATION, Ask.VALIDITY)


def compute(turn: Turn, writer: Writer) -> Draft | None:
    """A draft with sums or verdicts; None when nothing is to be computed."""
    u = turn.understanding
    assert u is not None
    conditions = requirements.write(turn, writer)
    if conditions is not None:
        return conditions
    wanted = u.ask in AMOUNT_ASKS or u.new_facts or (u.benefit and not asks_itself(u.question))
    thing = thing_asked(u.question)
    if (
        asks_duration(u.question)
        or (u.ask is Ask.SCREEN and thing is not None and thing.kinds)
        or _told_of_another(turn, writer)
        or offers.beside_the_person(turn, writer)
        or beside.unwritten(turn, writer) is not None
        or (turn.hits and unnamed_subsidy(u.question, select(turn, writer.kit.knowledge, turn.hits[0]), writer) is not None)
        or turn.lent is not None
        or (not u.answers_fact and unwritten.leads(turn, writer.kit.knowledge) and _asks_one_thing(u))
        or _asks_the_way(u)
        or (load_cues().asks_source(u.question) and not u.new_facts and not u.answers_fact)
        or not wanted
        or (u.ask is Ask.VALIDITY and u.is_followup and not u.new_facts and asks_itself(u.question))
        or (u.ask is not Ask.SCREEN and pointedly_silent(turn, writer))
    ):
        return None
    return clause.write(turn, writer) or amounts.write(turn, writer)


def _asks_one_thing(u: Understanding) -> bool:
    """Whether a message does not ask for everything that there is for the asker (「我能领什么」)."""
    return u.ask is not Ask.SCREEN or asks_something_definite(u.question)


def _asks_the_way(u: Understanding) -> bool:
    """Whether only the procedure is asked about, and no sum is put forward that would have to be set right first."""
    asked = procedure_asked(u.question) is not None and Ask.AMOUNT not in load_cues().wants(u.question)
    return asked and not tells_a_sum(u.question)


def _told_of_another(turn: Turn, writer: Writer) -> bool:
    """Whether a follow-up tells only what another clause of the measure asks for, which states no sum (「没满就签合同呢」)."""
    u = turn.understanding
    assert u is not None
    if not u.is_followup or u.benefit is None or u.answers_fact or not u.new_facts:
        return False
    benefits = writer.kit.knowledge.rulebook.benefits
    here = benefits[u.benefit]
    if here.states_sum:
        return False
    beside = [b for b in benefits.values() if b.measure == here.measure and u.new_facts & set(b.reads)]
    return not u.new_facts & set(here.reads) and bool(beside) and all(b.amount is None or b.amount.open for b in beside)


def tell_time(turn: Turn, writer: Writer, measure: str, quote: str, brief: bool) -> Draft | None:
    """Until when what was just said holds: the deadline of that very clause; None when no point states it."""
    knowledge = writer.kit.knowledge
    point = next((p for p in knowledge.points_of.get(measure, ()) if p.quote == quote and not p.silent), None)
    if turn.understanding is None or point is None:
        return None
    selection = Selection(hit_of(knowledge, measure), (point,), (1.0,))
    lookup.write_selection(writer, selection, turn.understanding, with_source=not brief)
    return writer.draft("answered")


def tell(turn: Turn, writer: Writer, brief: bool = False) -> Draft:
    """What the documents say, or that they say nothing. ``brief``: without the clause printed below."""
    told = procedure.write(turn, writer)
    if told is not None:
        return told
    offered = (
        None
        if beside.unwritten(turn, writer) or unwritten.leads(turn, writer.kit.knowledge)
        else offers.write(turn, writer, select(turn, writer.kit.knowledge, turn.hits[0]) if turn.hits else None)
    )
    if offered is not None:
        return offered
    if not turn.hits or turn.confidence < calibration().threshold:
        elsewhere = _selections(turn, writer) if turn.hits and turn.lent and not turn.uncovered else []
        if elsewhere and absent.note_other_city(turn, writer, elsewhere[0]):
            return writer.draft("not_found")  # nothing here, but another city's rule to name
        return absent.nothing(turn, writer)
    return _look_up(turn, writer, brief)


def _unstated(turn: Turn, writer: Writer, selections: list[Selection]) -> tuple[list[Selection], bool]:
    """What is asked for and not written is said first; whether that is so, and what is said instead."""
    assert turn.understanding is not None
    question, first = turn.understanding.question, selections[0]
    number = beside.unwritten(turn, writer)
    if number is not None and not first.silent:
        return [beside.say(turn, writer, first, number)], True
    here = unwritten.without_figure(turn, writer.kit.knowledge, first)
    if here:
        writer.say(writer.kit.replies("not_found.detail_here"))
    elif missing_duration(question, first):
        writer.say(writer.kit.replies("not_found.detail"))
    unnamed = unnamed_subsidy(question, first, writer)
    if unnamed is not None:
        writer.say(writer.kit.replies("not_found.unnamed", word=unnamed))
        return [spoken_only(s) for s in selections], True
    if len(selections) == 1 and missing_figure(question, first):
        writer.say(writer.kit.replies("not_found.figure"))
        return selections, True
    return selections, here


def _look_up(turn: Turn, writer: Writer, brief: bool) -> Draft:
    assert turn.understanding is not None
    selections = _selections(turn, writer)
    if not selections or not selections[0].points:
        return absent.nothing(turn, writer)
    first = selections[0]
    thing = thing_asked(turn.understanding.question)
    here = thing is not None and not first.silent and thing.treated_in(first.hit.measure.text)
    if not here and absent.note_other_city(turn, writer, first):
        return writer.draft("not_found")
    if turn.understanding.ask is Ask.VALIDITY and first.silent and _stated_until(writer, first):
        selections = [spoken_only(s) for s in selections]
        first = selections[0]
    stated = None if beside.unwritten(turn, writer) else requirements.rule(turn, writer, first)
    if stated is not None:
        return stated
    history = bool(turn.understanding.documents or turn.understanding.years_named)
    if load_cues().asks_source(turn.understanding.question) and [s for s in selections if source.write(writer, s, history)]:
        return writer.draft("answered", benefit=_under_discussion(turn, writer))
    selections, unstated = _unstated(turn, writer, selections)
    if turn.understanding.ask is Ask.DEPARTMENT and not names_office(first):
        hit = first.hit
        key = "department.unnamed" if is_written(writer.kit.knowledge, hit.measure.id) else "department.unnamed_here"
        writer.say(writer.kit.replies(key, office=office_of(writer.kit, hit.document, hit.measure)))
    places = list(dict.fromkeys(s.hit.document.region for s in selections))
    name = writer.kit.knowledge.gazetteer.name
    if len(places) > 1 and turn.understanding.region is None:
        named = "、".join(map(name, places))
        reason = whose.why(turn.understanding, writer.kit)
        whose.tell(turn, writer, writer.kit.replies("region.both", why=reason, regions=named), len(writer.lines))
    else:
        whose.note(turn, writer, first.hit.measure.id, first.points[0].quote, len(writer.lines))
    for selection in selections:
        start = len(writer.lines)
        lookup.write_selection(writer, selection, turn.understanding, with_source=not brief)
        if len(places) > 1 and len(writer.lines) > start:
            writer.lines[start] = f"**{name(selection.hit.document.region)}**：{writer.lines[start]}"
    if turn.understanding.ask in AMOUNT_ASKS and not first.silent and not unstated:
        amounts.attach_fixed_sums(turn, writer, [p.quote for s in selections for p in s.points])
    if unstated and not first.silent:
        office = office_of(writer.kit, first.hit.document, first.hit.measure)
        writer.say(writer.kit.replies("not_found.silent_next", office=office))
    silent = (first.silent or unstated) and not _ASKS_WHETHER_WRITTEN.search(turn.understanding.question)
    return writer.draft("not_found" if silent else "answered", benefit=_under_discussion(turn, writer))


def _stated_until(writer: Writer, selection: Selection) -> bool:
    """Whether the documents say until when a clause holds: then what it leaves open is not what was asked."""
    quote = selection.points[0].quote
    return writer.kit.knowledge.validity(selection.hit.measure.id, quote, writer.as_of).until is not None


def _under_discussion(turn: Turn, writer: Writer) -> str | None:
    """The benefit that a look-up was about, for the facts that may follow: one whose clause was quoted, if there is one."""
    matches = match_benefits(turn, writer.kit.knowledge)
    fits = [m.benefit for m in matches if m.score >= MIN_FIT and m.benefit.measure in {m for m, _ in writer.quotes}]
    if not fits or fits[0] is not matches[0].benefit:
        return None
    said = [q for _, q in writer.quotes]
    quoted = (b for b in fits if any(b.spec.quote in q or q in b.spec.quote for q in said))
    return next(quoted, fits[0]).id


def _asks_the_open(benefit: Benefit, selection: Selection, question: str) -> bool:
    names = [benefit.facts[f].name for f in benefit.needs if benefit.facts[f].open]
    return any(asks_the_missing(selection.points[0], name, question) for name in names)


def pointedly_silent(turn: Turn, writer: Writer) -> bool:
    """The documents say in so many words nothing about what is asked, and the story gives nothing to compute with."""
    u = turn.understanding
    assert u is not None
    if not turn.hits or u.answers_fact or any(isinstance(u.facts[f].value, Decimal) for f in u.new_facts):
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    selection = select(turn, writer.kit.knowledge, turn.hits[0])
    if (
        u.ask is Ask.AMOUNT
        and matches
        and matches[0].score >= MIN_FIT
        and amounts.asks_open_parameter(matches[0].benefit, u.question)
        and not (selection.silent and _asks_the_open(matches[0].benefit, selection, u.question))
    ):
        return False
    return selection.silent and not amounts.comes_out(turn, writer)


def _selections(turn: Turn, writer: Writer) -> list[Selection]:
    """The best measure; with no region known, also the best of another city when it fits as well."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    first = _standing(turn, writer, select(turn, knowledge, _leading(turn, knowledge)))
    first = _spoken_of_in_the_city(turn, writer, first) or unwritten.spoken_instead(turn, knowledge, first) or first
    chosen = [first]
    present = _in_force_now(turn, writer, first)
    if present is not None:
        return [present, first]
    if u.region is None and not u.documents:
        for hit in turn.hits[1:4]:
            other_city = hit.document.region != turn.hits[0].document.region and not is_province(hit.document.region)
            if other_city and not is_province(turn.hits[0].document.region) and hit.score >= 0.93 * turn.hits[0].score:
                chosen.append(select(turn, knowledge, hit))
                break
    return [s for s in chosen if s.points]


def _spoken_of_in_the_city(turn: Turn, writer: Writer, found: Selection) -> Selection | None:
    """The city's measure that says something, when the province's nearest says only that it does not."""
    u = turn.understanding
    assert u is not None
    if u.region is None or not is_province(found.hit.document.region) or is_province(u.region):
        return None
    if not found.silent and not select(turn, writer.kit.knowledge, found.hit, Ask.LOOKUP).silent:
        return None
    own = [h for h in turn.hits[1:5] if h.document.region == u.region and h.score >= CITY_SPEAKS * turn.hits[0].score]
    near = unwritten.speaking(turn, writer.kit.knowledge, own)
    spoken = (_standing(turn, writer, select(turn, writer.kit.knowledge, h)) for h in near)
    return next((s for s in spoken if s.points and not s.silent and _holds(s, writer)), None)


def _in_force_now(turn: Turn, writer: Writer, found: Selection) -> Selection | None:
    """What a document in force says nearly as fittingly, when the clause found has run out and the present is asked about."""
    u = turn.understanding
    assert u is not None
    if u.region is None or u.documents or u.years_named or not found.points or u.ask is Ask.VALIDITY:
        return None
    if _holds(found, writer) or not is_written(writer.kit.knowledge, found.hit.measure.id):
        return None
    near_enough = NOW_NEAR if load_cues().speaks_of_now(u.question) else PRESUMED_NOW
    near = [
        h
        for h in turn.hits[1:4]
        if h.score >= near_enough * turn.hits[0].score and is_written(writer.kit.knowledge, h.measure.id)
    ]
    others = (select(turn, writer.kit.knowledge, h) for h in near)
    return next((s for s in others if s.points and _holds(s, writer)), None)


def _holds(found: Selection, writer: Writer) -> bool:
    """Whether what would be said has not run out on the day."""
    validity = writer.kit.knowledge.validity(found.hit.measure.id, found.points[0].quote, writer.as_of)
    return validity.in_force is not False


def _standing(turn: Turn, writer: Writer, found: Selection) -> Selection:
    """What a newer document settles anew gives way to it, unless the older one or its time is asked about."""
    u = turn.understanding
    assert u is not None
    if u.documents or u.years_named or not found.points:
        return found
    knowledge = writer.kit.knowledge
    ended = knowledge.library.repealed(found.hit.measure.id, found.points[0].quote, u.as_of)
    if ended is not None:
        anew = next((h for h in turn.hits if h.document.id == ended.id), None)
        return select(turn, knowledge, unwritten.stating(turn, knowledge, anew)) if anew else found
    newer = None if found.silent else replacement(writer, found.hit.measure.id, found.points[0].quote)
    if newer is None:
        return found
    hit = next((h for h in turn.hits if h.measure.id == newer.measure), None) or hit_of(knowledge, newer.measure)
    return select(turn, knowledge, hit, about=newer.spec.quote)


def _leading(turn: Turn, knowledge: KnowledgeBase) -> Hit:
    """The best hit; asked whether a whole document still holds, the part of it that says so."""
    best = unwritten.stating(turn, knowledge, unwritten.nearer(turn, knowledge))
    if turn.understanding is None or turn.understanding.ask is not Ask.VALIDITY or best.measure.number is not None:
        return best
    frame = [h for h in turn.hits if h.document.id == best.document.id and h.measure.number is None]
    return next((h for h in frame if h.measure.deadlines or (h.document.valid_clause or "\0") in h.measure.text), best)
