"""A thing that several clauses give to different people (a loan to start a business): all that is written, each with whom it is for.

The asker's own word (「我是退役军人」「下岗了」) says who asks and not what for. Where no clause gives the thing to such people in
so many words, the answer is what there is, and not another measure about these people.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.select import Selection
from bot.engines.builtin.unstated import tells_a_sum
from bot.engines.builtin.validity import closing
from bot.engines.builtin.writing import Writer, office_of
from bot.types import Ask, Draft, Turn
from bot.understanding.cues import load_cues
from bot.understanding.things import Thing, thing_asked
from knowledge.regions import covers
from knowledge.rules.conditions import leaves
from knowledge.rules.eligibility import assess_situation
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import relevance
from knowledge.rules.situation import Situation

MOST = 6
_ASKS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.LOOKUP, Ask.SCREEN)
_TRADE = frozenset({"is_entrepreneur", "employer_kind", "company_size"})  # what everybody is who asks for such a thing


def write(turn: Turn, writer: Writer, first: Selection | None) -> Draft | None:
    """All that gives the thing asked for here and on the day; None when one clause answers, or none gives it.

    :param first: what would be said otherwise.
    """
    u = turn.understanding
    assert u is not None
    thing = thing_asked(u.question)
    if thing is None or not thing.kinds or u.region is None or u.documents or u.ask not in _ASKS:
        return None
    if load_cues().asks_source(u.question) or tells_a_sum(u.question):
        return None  # which document says so, and a sum put forward to be confirmed, are about one clause
    if first is not None and _answers(turn, writer, first, thing):
        return None
    given = _given(turn, writer, thing, first)
    sums = any(b.states_sum for b in given)
    if not given or (u.ask is Ask.AMOUNT and not sums and first is not None and first.silent):
        return None  # none is written, and a clause says so
    r = writer.kit.replies
    writer.say(r("offers.heading"))
    knowledge = writer.kit.knowledge
    for benefit in given:
        year = knowledge.library.documents[benefit.document].issued_from.year
        token = writer.cite(benefit.measure, benefit.spec.quote)
        writer.say(f"- **{benefit.name}**（{year} 年的文件）：{benefit.spec.summary.rstrip('。')}{token}。")
    measure = knowledge.library.measures[given[0].measure]
    document = knowledge.library.documents[given[0].document]
    office = office_of(writer.kit, document, measure)
    if sums and _unnamed(turn, writer, given) and not any(_told(b, turn) for b in given):
        writer.say(r("offers.whom", office=office))
    if len({b.document for b in given}) > 1:
        writer.say(r("offers.older", office=office))
    else:
        closing(writer, measure, given[0].spec.quote, writer.cite(given[0].measure, given[0].spec.quote))
    writer.refer(office)
    silent = u.ask is Ask.AMOUNT and not sums
    if silent:
        writer.say(r("not_found.figure_next", office=office))
    return writer.draft("not_found" if silent else "answered", benefit=given[0].id)


def _answers(turn: Turn, writer: Writer, first: Selection, thing: Thing) -> bool:
    """Whether the point found gives the thing to people such as the asker says to be."""
    if not first.points or first.silent:
        return False
    resting = writer.kit.knowledge.rulebook.resting_on(first.hit.measure.id, first.points[0].quote)
    return any(thing.given_by(b) and _told(b, turn) for b in resting)


def _told(benefit: Benefit, turn: Turn) -> bool:
    """Whether the asker said something that this benefit asks for, beyond what everybody who asks for it is."""
    assert turn.understanding is not None
    return relevance(benefit, {f: v for f, v in turn.understanding.facts.items() if f not in _TRADE}) > 0


def beside_the_person(turn: Turn, writer: Writer) -> bool:
    """Whether a thing is asked for by somebody who says who they are, and what fits best is for others (a firm's loan to the
    jobless): what there is is told, and no sum."""
    u = turn.understanding
    assert u is not None
    thing = thing_asked(u.question)
    if thing is None or not thing.kinds or not _persons(turn, writer):
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    return bool(matches) and thing.given_by(matches[0].benefit) and not _told(matches[0].benefit, turn)


def _persons(turn: Turn, writer: Writer) -> list[FactSpec]:
    """What the asker says of the kind of person who asks."""
    assert turn.understanding is not None
    facts = writer.kit.knowledge.rulebook.facts
    return [facts[f] for f, v in turn.understanding.facts.items() if f in facts and f not in _TRADE and _is_person(facts[f], v)]


def _is_person(spec: FactSpec, value: FactValue) -> bool:
    return spec.about == "person" and spec.type == "bool" and value.value is True


def _unnamed(turn: Turn, writer: Writer, given: Sequence[Benefit]) -> bool:
    """Whether the asker is of a kind of person whom none of the measures that give the thing speaks of."""
    texts = [writer.kit.knowledge.library.measures[b.measure].text for b in given]
    words = [w for spec in _persons(turn, writer) for w in spec.words.get(True, ())]
    return bool(words) and not any(w in text for w in words for text in texts)


def _given(turn: Turn, writer: Writer, thing: Thing, first: Selection | None) -> list[Benefit]:
    """The benefits that give the thing, those that the asker's words speak of first, then as they fit the question."""
    u = turn.understanding
    assert u is not None
    rulebook = writer.kit.knowledge.rulebook
    situation = Situation(rulebook.facts, u.facts, u.as_of)
    fits = {m.benefit.id: m.score for m in match_benefits(turn, writer.kit.knowledge)}
    said = first.points[0].quote if first is not None and first.points else "\0"
    persons = _persons(turn, writer)
    found: list[tuple[tuple[float, ...], Benefit]] = []
    for benefit in rulebook.benefits.values():
        if not thing.given_by(benefit) or not rulebook.issued(benefit, u.as_of) or not covers(benefit.region, u.region or ""):
            continue
        assessment = assess_situation(benefit, situation, rulebook.library)
        if assessment.verdict == "unmet" or assessment.validity in ("expired", "not_yet_issued"):
            continue
        if _replaced(benefit, writer):
            continue
        own = benefit.spec.quote in said or said in benefit.spec.quote
        others = bool(persons) and "person" not in benefit.spec.audience
        found.append(((-_told(benefit, turn), others, -own, -benefit.states_sum, -fits.get(benefit.id, 0.0)), benefit))
    return [b for _, b in sorted(found, key=lambda x: x[0])][:MOST]


def _replaced(benefit: Benefit, writer: Writer) -> bool:
    """Whether a newer document settles the same for everybody; one that does so for some people only leaves the others."""
    newer = writer.kit.knowledge.rulebook.superseded_by(benefit, writer.as_of)
    return newer is not None and not groups_of(newer) - groups_of(benefit)


def groups_of(benefit: Benefit) -> set[str]:
    """The facts about persons on which a benefit hangs."""
    asked = {leaf.fact for c in benefit.conditions for leaf in leaves(c.node)}
    return {f for f in asked if benefit.facts[f].about == "person"} - _TRADE
