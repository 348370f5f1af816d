"""A question without a place that several cities have a rule for: each city's answer under its name, never blended."""

from __future__ import annotations

from dataclasses import replace

from bot.engines.builtin import lookup, single, whose
from bot.engines.builtin.select import hit_of, select
from bot.engines.builtin.writing import Writer
from bot.retrieval import search
from bot.types import Ask, Draft, Status, Turn
from bot.understanding.things import thing_asked
from knowledge.regions import is_province


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The answer of every city that has such a rule; None when the place is known or one city alone has it."""
    u = turn.understanding
    assert u is not None
    if not whose.placeless(u) or u.ask in (Ask.SCREEN, Ask.COMPARISON):
        return None
    trial = writer.copy()
    computed = single.compute(turn, trial)
    if computed is None and (giving := _giving(turn, writer)):
        return _each(turn, writer, giving)
    first = computed or single.tell(turn, trial)
    clause = trial.first_clause(len(writer.lines))
    if first.status == "not_found" or clause is None:
        return None
    cities = whose.owners(writer, *clause)
    if len(cities) < 2:
        return None
    home = writer.kit.knowledge.library.document_of(clause[0]).region
    names = [writer.kit.knowledge.gazetteer.name(c) for c in sorted(cities, key=lambda c: c != home)]
    text = writer.kit.replies("region.both", why=whose.why(u, writer.kit), regions="、".join(names))
    whose.tell(turn, writer, text, len(writer.lines))
    statuses: list[Status] = []
    benefit = None
    for city in sorted(cities, key=lambda c: c != home):
        draft = _in_city(turn, writer, city, cities[city])
        statuses.append(draft.status)
        benefit = benefit or draft.benefit
    status: Status = next((s for s in ("answered", "needs_info") if s in statuses), "not_found")
    return writer.draft(status, benefit=benefit)


def _giving(turn: Turn, writer: Writer) -> list[str]:
    """The cities that have a rule that gives the thing asked for, wherever the words lead (a loan to start up)."""
    u = turn.understanding
    assert u is not None
    thing = thing_asked(u.question)
    if thing is None or not thing.kinds:
        return []
    given = (b for b in writer.kit.knowledge.rulebook.in_region(None, u.as_of) if thing.given_by(b))
    return sorted({b.region for b in given if not is_province(b.region)})


def _each(turn: Turn, writer: Writer, cities: list[str]) -> Draft:
    """What is written in each city, under its name."""
    u = turn.understanding
    assert u is not None
    name = writer.kit.knowledge.gazetteer.name
    text = writer.kit.replies("region.both", why=whose.why(u, writer.kit), regions="、".join(map(name, cities)))
    whose.tell(turn, writer, text, len(writer.lines))
    statuses: list[Status] = []
    for city in cities:
        asked = search(replace(turn, understanding=replace(u, region=city)), writer.kit)
        start = len(writer.lines)
        statuses.append(single.tell(asked, writer).status)
        if len(writer.lines) > start:
            writer.lines[start] = f"**{name(city)}**：{writer.lines[start]}"
    return writer.draft("answered" if "answered" in statuses else "not_found")


def _in_city(turn: Turn, writer: Writer, city: str, clause: whose.Clause) -> Draft:
    """What one city's rule gives: the sum where the story makes one, else what the clause says."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    there = replace(u, region=city, benefit=_benefit_there(u.benefit, city, writer))
    asked = search(replace(turn, understanding=there), writer.kit)
    start = len(writer.lines)
    trial = writer.copy()
    draft = single.compute(asked, trial)
    found = trial.first_clause(start)
    if draft is not None and found is not None and found[0] == clause[0]:
        writer.take(trial)
    else:
        selection = select(asked, knowledge, hit_of(knowledge, clause[0]), about=clause[1])
        lookup.write_selection(writer, selection, there)
        draft = writer.draft("not_found" if selection.silent else "answered")
    name = knowledge.gazetteer.name(city)
    if len(writer.lines) > start:
        writer.lines[start] = f"**{name}**：{writer.lines[start]}"
    return draft


def _benefit_there(benefit: str | None, city: str, writer: Writer) -> str | None:
    """The benefit under discussion, or the one on its subject in another city."""
    if benefit is None:
        return None
    rulebook = writer.kit.knowledge.rulebook
    own = rulebook.benefits[benefit]
    there = rulebook.of_subjects({own.spec.subject}, city, writer.as_of)
    return benefit if own.region == city else next((b.id for b in there), None)
