"""Comparisons: the same thing in several cities or years, each side with its own figure and clause, then which is more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.engines.builtin.compare_time import YEAR_WORDS, across_years, of_year, then_and_now, words_of, years_compared
from bot.engines.builtin.compare_verdict import say_verdict
from bot.engines.builtin.compare_whole import standards
from bot.engines.builtin.select import Selection, asks_duration, select
from bot.engines.builtin.validity import superseding
from bot.engines.builtin.writing import Writer, chinese_date, office_of
from bot.evidence import calibration, features_of, probability
from bot.kit import Kit
from bot.types import Ask, Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.numerals import numbers_in
from knowledge.regions import cities_of
from knowledge.texts.normalise import grams, matching_form
from knowledge.types import Point


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    title: str
    selection: Selection | None
    evidence: Mapping[str, float] = field(default_factory=dict)  # per point
    whole: bool = False  # told by everything that says how much, not by the one sentence that the question names


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for one side, where and when; ``own``: the words that are about this side only."""

    title: str
    text: str
    own: str
    day: date
    region: str | None
    documents: frozenset[str] = frozenset()


REST = 1.0  # weight of the whole question beside a side's own words in choosing its point
NEAR = 0.7  # a measure is another answer of a side when it fits this nearly as well as the best
MEANT = 0.6  # a point is a candidate when its evidence reaches this share of the best one's
ALIKE = 2.0  # weight of the likeness of two points beside their evidence
SAME_ASPECT = 0.15  # two points that speak of the same side of a rule (conditions of both, sums of both)
_HOW_MANY = re.compile(r"多少|几|多久|多长|比例|[高低多少]还是[高低多少]")


def applies(turn: Turn, kit: Kit) -> bool:
    """Whether the message compares years or cities."""
    u = turn.understanding
    assert u is not None
    if u.ask is Ask.COMPARISON:  # of one place and one time, several questions are answered one by one
        return len(u.parts) < 2 or len(_cities(turn)) > 1 or len(years_compared(turn, kit)) > 1
    if u.ask in (Ask.LOOKUP, Ask.AMOUNT) and (across_years(turn, kit) or then_and_now(turn, kit)):
        return True
    return len(u.parts) < 2 and u.ask in (Ask.LOOKUP, Ask.AMOUNT, Ask.VALIDITY) and len(_cities(turn)) > 1


def _cities(turn: Turn) -> list[str]:
    """The cities compared: those named now, else, for a comparison, those named before."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    cities = list(cities_of(u.regions_named))
    if u.ask is Ask.COMPARISON and len(cities) < 2 and last and last.understanding:
        earlier = last.understanding.regions_named
        cities = list(dict.fromkeys([*cities_of(earlier), *cities]))
    return cities


def write(turn: Turn, writer: Writer) -> Draft | None:
    """Answer side by side, each side with its own clause; sides without an answer are named. None when no side has one."""
    assert turn.understanding is not None
    asks_figure = bool(_HOW_MANY.search(turn.understanding.standalone))
    topic = YEAR_WORDS.sub(" ", turn.understanding.standalone)
    sides = _aligned([_side(turn, writer, query) for query in _queries(turn, writer.kit)], writer.kit, asks_figure, topic)
    found = [s.selection for s in sides if s.selection is not None]
    if not found:
        return None
    said: set[str] = set()
    for side in sides:
        if side.selection is None:
            writer.say(f"**{side.title}**：{writer.kit.replies('not_found.nothing')}")
            writer.warn("partial", f"没有找到能回答“{side.title}”的内容。")
            continue
        points = side.selection.points
        if points[0].id not in said:
            texts = (f"{p.plain.rstrip('。')}{writer.cite(p.measure, p.quote)}" for p in points)
            writer.say(f"**{side.title}**：{'；'.join(texts)}。{_until(writer, side.selection) if side.whole else ''}")
            _note_validity(writer, side.selection)
        said.add(points[0].id)
    if len(said) == len(sides) == 2:
        stated = [s.points for s in found]
        say_verdict(
            writer, [s.title for s in sides], stated, turn.understanding.question, asks_duration(turn.understanding.question)
        )
    writer.refer(office_of(writer.kit, found[0].hit.document, found[0].hit.measure))
    return writer.draft("not_found" if all(s.silent for s in found) else "answered")


def _until(writer: Writer, selection: Selection) -> str:
    """The deadline of a side that is told as a whole, when it states one that is still to come."""
    validity = writer.kit.knowledge.validity(selection.hit.measure.id, selection.points[0].quote, writer.as_of)
    if not validity.in_force or validity.until is None:
        return ""
    return writer.kit.replies("compare.until", until=chinese_date(validity.until))


def _note_validity(writer: Writer, selection: Selection) -> None:
    hit, quote = selection.hit, selection.points[0].quote
    validity = writer.kit.knowledge.validity(hit.measure.id, quote, writer.as_of)
    if validity.in_force is False and validity.until:
        text = writer.kit.replies("validity.expired", until=chinese_date(validity.until))
        writer.warn("expired", text + "。")
        writer.say(f"（{text}。）")


def _queries(turn: Turn, kit: Kit) -> list[Query]:
    u = turn.understanding
    assert u is not None
    cities = _cities(turn)
    if len(cities) > 1:
        name = kit.knowledge.gazetteer.name
        return [Query(name(c), u.standalone, "", u.as_of, c) for c in cities]
    years = years_compared(turn, kit)
    if len(years) > 1:
        topic = YEAR_WORDS.sub("", u.standalone)
        return [
            Query(
                f"{y}年",
                topic,
                words_of(y, u.standalone, u.as_of, years),
                min(u.as_of, date(y, 12, 31)),
                u.region,
                of_year(turn, kit, y),
            )
            for y in years
        ]
    return [Query(part.strip("，")[-30:], part, "", u.as_of, u.region) for part in u.parts]


def _side(turn: Turn, writer: Writer, query: Query) -> Side:
    """The measure for one side by the whole question, its point by the words about this side."""
    knowledge = writer.kit.knowledge
    result = knowledge.search(query.text, query.day, query.region, k=5, documents=query.documents)
    if not result.hits:
        return Side(query.title, None)
    known = knowledge.searcher.index.lexical["passage"].coverage(query.text)
    if probability(features_of(result.hits, known)) < calibration().threshold:
        return Side(query.title, None)
    assert turn.understanding is not None
    points = result.points
    if query.own:
        points = _blended(knowledge.evidence(query.own).points, points)
    asked = replace(turn, points=points, understanding=replace(turn.understanding, question=f"{query.text} {query.own}"))
    wanted = next((w for w in load_cues().wants(query.text) if w is not Ask.COMPARISON), Ask.LOOKUP)
    near = [h for h in result.hits if h.score >= NEAR * result.hits[0].score]
    found = [s for s in (select(asked, knowledge, h, wanted) for h in near) if s.points]
    if not query.documents:  # no year is asked about: what a newer document settles anew gives way to it
        standing = [s for s in found if superseding(writer, s.hit.measure, s.points[0].quote) is None]
        found = standing or found
    return Side(query.title, found[0] if found else None, points)


def _aligned(sides: list[Side], kit: Kit, asks_figure: bool, question: str) -> list[Side]:
    """Two sides that speak of the same thing: all that they say of how much, or the two points that fit best."""
    if len(sides) != 2 or any(s.selection is None or s.selection.silent for s in sides):
        return sides
    one, other = (_candidates(s, kit, asks_figure) for s in sides)
    first, second = max(
        ((p, q) for p in one for q in other),
        key=lambda pair: one[pair[0]] + other[pair[1]] + _belong_together(pair[0], pair[1], asks_figure),
    )
    whole = standards(first, second, question, kit)
    if whole is not None:
        return [_with_points(side, points, whole=True) for side, points in zip(sides, whole, strict=True)]
    return [_with_points(sides[0], (first,)), _with_points(sides[1], (second,))]


def _candidates(side: Side, kit: Kit, asks_figure: bool) -> dict[Point, float]:
    """The points of a side's measure that the question may mean, with their share of the best one's evidence."""
    assert side.selection is not None
    chosen = side.selection.points[0]
    written = kit.knowledge.points_of.get(side.selection.hit.measure.id, ())
    best = max((side.evidence.get(p.id, 0.0) for p in written), default=0.0) or 1.0
    shares = {p: side.evidence.get(p.id, 0.0) / best for p in written if not p.silent}
    meant = {p: share for p, share in shares.items() if share >= MEANT} | {chosen: 1.0}
    stated = {p: share for p, share in meant.items() if numbers_in(p.plain)}
    return stated if asks_figure and stated else meant


def _with_points(side: Side, points: tuple[Point, ...], whole: bool = False) -> Side:
    assert side.selection is not None
    return replace(side, selection=replace(side.selection, points=points, scores=(1.0,) * len(points)), whole=whole)


def _belong_together(one: Point, other: Point, asks_figure: bool) -> float:
    """How much speaks for two points being about the same thing; asked how much, their evidence decides which sums are meant."""
    a, b = set(one.aspects), set(other.aspects)
    same = 0.0 if asks_figure else SAME_ASPECT * len(a & b) / (len(a | b) or 1)
    return ALIKE * likeness(one.plain, other.plain) + same


def likeness(one: str, other: str) -> float:
    """Share of the pairs of characters that two sentences have in common."""
    a, b = (frozenset(grams(matching_form(x), (2,))) for x in (one, other))
    return len(a & b) / (len(a | b) or 1)


def _blended(own: Mapping[str, float], whole: Mapping[str, float]) -> dict[str, float]:
    return {p: own.get(p, 0.0) + REST * whole.get(p, 0.0) for p in {*own, *whole}}
