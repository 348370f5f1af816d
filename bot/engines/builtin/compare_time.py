"""Which times a comparison sets against each other: years by name, or 「以前」 and 「现在」, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.engines.builtin.match import match_benefits
from bot.kit import Kit
from bot.types import Ask, Turn
from bot.understanding.cues import load_cues
from bot.understanding.parts import asks
from bot.understanding.references import governing_in_year
from knowledge.regions import is_province
from knowledge.rules.rulebook import Benefit

SUBJECTS = 3  # leading benefits whose older rule may be the one that is meant
YEAR_WORDS = re.compile(
    r"(?:20)?\d\d\s*年(?:\d{1,2}月)?(?:的|那个|这个|那份|这份)?(?:文件?(?![化])|规定|意见)?|去年|前年|今年|现在|如今|眼下|当时|那时候?|那会儿?|那阵儿?|早先|从前|原先|以前|(?:比|跟|和|与)?(?:当时|那时|原来|以前)?(?:高还是低|多还是少)|"
    r"有(?:没有)?(?:什么|啥)?(?:变化|不同|区别|差别)(?:吗|没)?|变了没|变化|对比|相比|比较|差在哪|跟|和"
)
_CLAUSE = re.compile(r"[，,。；;？?！!、\s]+")
_YEAR = re.compile(r"(?<!\d)(?:20)?([012]\d)\s*年|(?<!\d)20([012]\d)(?!\d)")
_TODAY = re.compile(r"(?:现在|今天|今年|眼下)(?:都|已经)?是?\s*$")
_HOW_MUCH = re.compile(r"多少|几|多久|多长|多高")
_BARE = re.compile(r"^[^，]{0,6}呢$")  # 「现在呢」


def across_years(turn: Turn, kit: Kit) -> bool:
    """Whether years are named in which different documents governed; the day itself (「现在是2023年」) is no such year."""
    u = turn.understanding
    assert u is not None
    named = [y for y in u.years_named if not _TODAY.search(u.question.split(str(y))[0][-6:])]
    return len({of_year(turn, kit, y) for y in named}) > 1


def then_and_now(turn: Turn, kit: Kit) -> tuple[int, ...]:
    """The earlier year and the present one, when the message asks how it was and how it is; () when it does not.

    Either each is asked in a clause of its own, both how much (「以前返几成，现在返几成」), or one clause asks for both
    (「那时候跟现在各是多少」). An earlier year that is not named is that of the last older rule on the same subject.
    """
    u = turn.understanding
    assert u is not None
    if u.ask not in (Ask.LOOKUP, Ask.AMOUNT, Ask.COMPARISON) or not asks_for_both(u.question, u.as_of):
        return ()
    named = [y for y in u.years_named if y < u.as_of.year]
    then = named[0] if named else _year_of_older_rule(turn, kit)
    if then is None or (named and of_year(turn, kit, then) == of_year(turn, kit, u.as_of.year)):
        return ()
    return (then, u.as_of.year)


def asks_for_both(text: str, as_of: date) -> bool:
    """Whether a text asks how something was and how it is."""
    asked = [(times, clause) for times, clause in _timed(text, as_of) if asks(clause) or _BARE.match(clause)]
    if any(len(times) > 1 and load_cues().sets_apart(clause) for times, clause in asked):
        return True
    then, now = ([c for times, c in asked if times == {is_past}] for is_past in (True, False))
    return any(_HOW_MUCH.search(c) for c in then) and any(_HOW_MUCH.search(c) or _BARE.match(c) for c in now)


def _timed(text: str, as_of: date) -> Iterator[tuple[frozenset[bool], str]]:
    """The clauses of a text, each with the times that it is about (past: true): its own, else those of the clause before."""
    times: frozenset[bool] = frozenset()
    for clause in (c for c in _CLAUSE.split(text) if c):
        years = _years_in(clause)
        past = load_cues().speaks_of_then(clause) or any(y < as_of.year % 100 for y in years)
        now = load_cues().speaks_of_now(clause) or as_of.year % 100 in years
        times = frozenset({t for t, said in ((True, past), (False, now)) if said}) or times
        yield times, clause


def _year_of_older_rule(turn: Turn, kit: Kit) -> int | None:
    """The year of the newest older document of the city with a benefit of the subject that the message is about."""
    for match in match_benefits(turn, kit.knowledge)[:SUBJECTS]:
        older = older_rules(match.benefit, kit)
        if older:
            return max(kit.knowledge.library.documents[b.document].issued_from for b in older).year
    return None


def older_rules(benefit: Benefit, kit: Kit) -> list[Benefit]:
    """The benefits of the same subject and place in older documents."""
    library, rulebook = kit.knowledge.library, kit.knowledge.rulebook
    issued = library.documents[benefit.document].issued_from
    return [
        b
        for b in rulebook.benefits.values()
        if b.spec.subject == benefit.spec.subject and b.region == benefit.region
        and library.documents[b.document].issued_from < issued
    ]  # fmt: skip


def years_compared(turn: Turn, kit: Kit) -> tuple[int, ...]:
    """The years compared: those named, with the conversation's, and the present one when only one is named."""
    u = turn.understanding
    assert u is not None
    implied = then_and_now(turn, kit) if not u.years_named else ()
    if implied:
        return implied
    last = turn.conversation.last
    candidates = list(u.years_named)
    candidates += last.understanding.years_named if last and last.understanding else ()
    candidates.append(u.as_of.year)
    if last and last.answer.citations and last.answer.citations[0].issued:
        candidates.append(last.answer.citations[0].issued.year)
    years = list(dict.fromkeys(candidates))[: max(2, len(u.years_named))]
    return tuple(sorted(set(years)))


def words_of(year: int, text: str, as_of: date, years: tuple[int, ...]) -> str:
    """What is said of one year: the clauses that name it or no year; 「现在」 names the year of the day. '' when that is all."""
    clauses = [c for c in _CLAUSE.split(text) if c]
    mine = [c for c in clauses if _names(c, as_of, years) in (frozenset(), frozenset({year % 100}))]
    return "" if len(mine) == len(clauses) else YEAR_WORDS.sub("", " ".join(mine)).strip()


def _names(clause: str, as_of: date, years: tuple[int, ...]) -> frozenset[int]:
    """The years that a clause names, as two digits; 「以前」 is the earlier of two."""
    then = {min(years) % 100} if years and load_cues().speaks_of_then(clause) else set()
    now = {as_of.year % 100} if load_cues().speaks_of_now(clause) else set()
    return frozenset(_years_in(clause) | then | now)


def _years_in(clause: str) -> set[int]:
    return {int(m[1] or m[2]) for m in _YEAR.finditer(clause)}


def of_year(turn: Turn, kit: Kit, year: int) -> frozenset[str]:
    """The documents of a year: a city's own before its province's."""
    assert turn.understanding is not None
    found = governing_in_year(kit.knowledge.library, year, turn.understanding.region)
    cities = [d for d in found if not is_province(d.region)]
    return frozenset(d.id for d in cities or found)
