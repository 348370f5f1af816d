"""Several questions at once: across cities, across years, or simply several in one message."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.engines.builtin.select import Selection, select
from bot.engines.builtin.writing import Writer, chinese_date, office_of
from bot.evidence import DEFAULT, features_of, probability
from bot.kit import Kit
from bot.types import Ask, Draft, Turn
from bot.understanding.references import governing_in_year


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison, or one part of a message."""

    title: str
    selection: Selection | None


_YEAR_WORDS = re.compile(
    r"(?:20)?\d\d\s*年的?|去年|前年|今年|现在|当时|那时候?|有(?:什么|啥)?(?:变化|不同|区别)吗?|变了没|变化|对比|相比|比较|跟|和"
)


def applies(turn: Turn, kit: Kit) -> bool:
    """Whether the message compares years or cities, or asks several things."""
    u = turn.understanding
    assert u is not None
    if len(_cities(turn)) > 1 and u.ask in (Ask.COMPARISON, Ask.LOOKUP, Ask.AMOUNT):
        return True
    return u.ask is Ask.COMPARISON


def _cities(turn: Turn) -> list[str]:
    """The cities compared: those named now, else, for a comparison, those named before."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    cities = [r for r in u.regions_named if not r.endswith("0000")]
    if u.ask is Ask.COMPARISON and len(cities) < 2 and last and last.understanding:
        earlier = last.understanding.regions_named
        cities = list(dict.fromkeys([*(r for r in earlier if not r.endswith("0000")), *cities]))
    return cities


def _years(turn: Turn) -> tuple[int, ...]:
    """The years compared: those named, with the conversation's, and the present one when only one is named."""
    u = turn.understanding
    assert u is not None
    last = turn.conversation.last
    candidates = list(u.years_named)
    candidates += last.understanding.years_named if last and last.understanding else ()
    candidates.append(u.as_of.year)
    if last and last.answer.citations and last.answer.citations[0].issued:
        candidates.append(last.answer.citations[0].issued.year)
    years = list(dict.fromkeys(candidates))[: max(2, len(u.years_named))]
    return tuple(sorted(set(years)))


def write(turn: Turn, writer: Writer) -> Draft:
    """Answer side by side, each side with its own clause; sides without an answer are named."""
    sides = _sides(turn, writer)
    found = [s for s in sides if s.selection is not None]
    if not found:
        from bot.engines.builtin import absent

        return absent.nothing(turn, writer)
    assert turn.understanding is not None
    said: set[str] = set()
    for side in sides:
        if side.selection is None:
            writer.say(f"**{side.title}**：{writer.kit.replies('not_found.nothing')}")
            writer.warn("partial", f"没有找到能回答“{side.title}”的内容。")
            continue
        point = side.selection.points[0]
        mark = writer.cite(point.measure, point.quote)
        if point.id not in said:
            writer.say(f"**{side.title}**：{point.plain.rstrip('。')}{mark}。")
            _note_validity(writer, side.selection)
        said.add(point.id)
    first = found[0].selection
    assert first is not None
    lookup_source(writer, first)
    silent = all(s.selection is not None and s.selection.silent for s in found)
    return writer.draft("not_found" if silent else "answered")


def lookup_source(writer: Writer, selection: Selection) -> None:
    """Whom to ask about the first side."""
    writer.advise(f"拨打 12333，或联系{office_of(writer.kit, selection.hit.document, selection.hit.measure)}")


def _note_validity(writer: Writer, selection: Selection) -> None:
    hit, quote = selection.hit, selection.points[0].quote
    validity = writer.kit.knowledge.validity(hit.measure.id, quote, writer.as_of)
    if validity.in_force is False and validity.until:
        text = writer.kit.replies("validity.expired", until=chinese_date(validity.until))
        writer.warn("expired", text + "。")
        writer.say(f"（{text}。）")


def _sides(turn: Turn, writer: Writer) -> list[Side]:
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    cities = _cities(turn)
    if len(cities) > 1:
        return [_side(turn, writer, knowledge.gazetteer.name(c), u.standalone, u.as_of, c) for c in cities]
    years = _years(turn) if u.ask is Ask.COMPARISON else ()
    if len(years) > 1:
        topic = _YEAR_WORDS.sub("", u.standalone)
        return [
            _side(turn, writer, f"{y}年", topic, min(u.as_of, date(y, 12, 31)), u.region, _of_year(turn, writer, y))
            for y in years
        ]
    return [_side(turn, writer, part.strip("，")[-30:], part, u.as_of, u.region) for part in u.parts]


def _of_year(turn: Turn, writer: Writer, year: int) -> frozenset[str]:
    """The documents of a year: a city's own before its province's."""
    assert turn.understanding is not None
    found = governing_in_year(writer.kit.knowledge.library, year, turn.understanding.region)
    cities = [d for d in found if not d.region.endswith("0000")]
    return frozenset(d.id for d in cities or found)


def _side(
    turn: Turn, writer: Writer, title: str, query: str, day: date, region: str | None, documents: frozenset[str] = frozenset()
) -> Side:
    knowledge = writer.kit.knowledge
    result = knowledge.search(query, day, region, k=5, documents=documents)
    if not result.hits:
        return Side(title, None)
    known = knowledge.searcher.index.lexical["passage"].coverage(query)
    if probability(features_of(result.hits, known)) < DEFAULT.threshold:
        return Side(title, None)
    assert turn.understanding is not None
    asked = replace(turn, points=result.points, understanding=replace(turn.understanding, question=query))
    from bot.understanding.cues import load_cues

    wanted = next((w for w in load_cues().wants(query) if w is not Ask.COMPARISON), Ask.LOOKUP)
    selection = select(asked, knowledge, result.hits[0], wanted)
    return Side(title, selection if selection.points else None)
