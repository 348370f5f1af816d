"""Where the question is about: places asked about and places only mentioned, and places that nobody knows."""

from __future__ import annotations

from typing import TypedDict

from bot.understanding.context import Context
from bot.understanding.cues import Cues
from bot.understanding.parts import asks, split_clauses
from knowledge.base import KnowledgeBase
from knowledge.regions import ABROAD, Gazetteer, cities_of, covers, is_province

BEFORE, AFTER = 6, 24  # characters around a name that say what it is to the asker


class Place(TypedDict):
    """Where a message is about, as :class:`bot.types.Understanding` holds it."""

    region: str | None
    regions_named: tuple[str, ...]
    unknown_place: str | None
    picked: str | None
    at_home: bool


def place_of(
    question: str,
    standing: str | None,
    context: Context,
    picked: str | None,
    documents: frozenset[str],
    knowledge: KnowledgeBase,
    cues: Cues,
) -> Place:
    """Where a message is about.

    :param standing: the region unless the message names one, or ``documents`` of another place.
    :param picked: the region in the selector.
    """
    named = places_asked(question, knowledge.gazetteer, cues)
    region = region_of(question, named, standing, knowledge, cues)
    if documents and not named:
        region = _region_of_documents(documents, region, knowledge)
    at_home = says_where(question, knowledge.gazetteer, cues) or (context.at_home and region == context.region)
    unknown = unknown_place(question, named, context.unknown_place, knowledge.gazetteer)
    return Place(region=region, regions_named=named, unknown_place=unknown, picked=picked, at_home=at_home)


def places_asked(question: str, gazetteer: Gazetteer, cues: Cues) -> tuple[str, ...]:
    """Codes of the regions asked about, in order of appearance; without those one comes from or only has a branch in."""
    asked: list[str] = []
    for region, start, end in gazetteer.mentions(question):
        before, after = question[max(0, start - BEFORE) : start], question[end : end + AFTER]
        elsewhere = cues.origin.search(before) or cues.elsewhere.match(after)
        abroad = region.code == ABROAD and not (cues.lives[0].search(before) or cues.lives[1].match(after))
        if not elsewhere and not abroad:
            asked.append(region.code)
    return tuple(dict.fromkeys(asked))


def region_of(question: str, named: tuple[str, ...], standing: str | None, knowledge: KnowledgeBase, cues: Cues) -> str | None:
    """The region named in the message, else the one that stands (the conversation's, the selector's).

    A city says more than its province, unless the province's own rules are asked for; and a region with documents more
    than one without.
    """
    known = {d.region for d in knowledge.library.documents.values()}
    if named and not cities_of(named):
        mentions = knowledge.gazetteer.mentions(question)
        own = (r.code for r, start, end in mentions if _asks_for_rules(question, start, end, cues))
        asked = next((c for c in own if c in named), None)
        if asked is not None:
            return asked
    if standing and all(is_province(c) and c[:2] == standing[:2] for c in named):
        return standing  # 「省里给了25万」 says nothing about where the asker is
    cities = _asked_for(question, cities_of(named), knowledge.gazetteer, cues) or named
    return next((c for c in cities if c in known), cities[0]) if cities else standing


def _region_of_documents(documents: frozenset[str], standing: str | None, knowledge: KnowledgeBase) -> str | None:
    """The place of the documents named, where they do not bind the one that stands (「照潍政办发〔2023〕6号…」, asked in 济南)."""
    regions = {knowledge.library.documents[d].region for d in documents}
    binds = standing is None or any(covers(r, standing) for r in regions)
    return standing if binds or len(regions) != 1 else next(iter(regions))


def says_where(question: str, gazetteer: Gazetteer, cues: Cues) -> bool:
    """Whether the asker says to be in the place named (「我在青岛」), and does not only ask about it (「青岛的补多少」)."""
    return any(
        cues.lives[0].search(question[max(0, start - BEFORE) : start]) or cues.lives[1].match(question[end : end + AFTER])
        for _, start, end in gazetteer.mentions(question)
    )


def _asked_for(question: str, cities: tuple[str, ...], gazetteer: Gazetteer, cues: Cues) -> tuple[str, ...]:
    """Without the cities whose rule is only put forward beside the asker's own (「泰安的企业…能按济南那个领不」)."""
    lent = {r.code for r, _, end in gazetteer.mentions(question) if cues.lent.match(question[end:])}
    return tuple(c for c in cities if c not in lent) or cities


def _asks_for_rules(question: str, start: int, end: int, cues: Cues) -> bool:
    """Whether a province is named as the one whose own rules are asked for: 「省里有没有规定」「省里最高给多少」.

    Not when something is asked before it is named (「有没有意外险补贴，省里有吗」): that is asked of the city.
    """
    if cues.rules.match(question[end:]):
        return True
    clause = split_clauses(question[end:])[0]
    *before, _ = split_clauses(question[:start])
    level = bool(cues.level.match(question[start:end])) and not any(asks(c) for c in before) and "市" not in clause
    return level and not cues.something_of.match(clause) and asks(clause)


def unknown_place(question: str, named: tuple[str, ...], before: str | None, gazetteer: Gazetteer) -> str | None:
    """A place of the asker's that the gazetteer does not know; one told before holds until another is named."""
    return gazetteer.unlisted_in(question) or (before if not named else None)


def home_of(parts: tuple[str, ...], standing: str | None, gazetteer: Gazetteer, cues: Cues) -> str | None:
    """The region that stands, when a message of several questions begins there: 「…给不给？潍坊呢？」, asked in 济南."""
    if standing is None or is_province(standing) or len(parts) < 2 or cities_of(places_asked(parts[0], gazetteer, cues)):
        return None
    return standing
