"""A story told in rows: each row is computed as a story of its own, and the sums are added up.

A sum is stated only when every row comes out by itself, with nothing missing, nothing left aside and nothing unclear;
else the message is read as a whole, as if it had no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.engines.builtin.writing import Writer
from bot.types import Turn
from knowledge.numerals import normalise_width
from knowledge.rules.calculator import CalculationResult, Step, calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.rows import Row, Rows, rows_in
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.story import read_apart
from knowledge.rules.story_numbers import quantities_in

_LAST_YEAR = "上年度"


@dataclass(frozen=True, slots=True)
class RowSum:
    """One row with its facts and result."""

    row: Row
    facts: dict[str, FactValue]
    result: CalculationResult
    benefit: Benefit | None = None  # a like one that pays for this row, where the one asked about does not


@dataclass(frozen=True, slots=True)
class Single:
    """A benefit computed for one row's message: its facts, the result, and what was left aside."""

    facts: dict[str, FactValue]
    result: CalculationResult
    odd: tuple[str, ...]
    guessed: frozenset[str] = frozenset()  # facts found by elimination alone


def sums_of_rows(
    turn: Turn, writer: Writer, benefit: Benefit, compute: Callable[[Turn], Single]
) -> tuple[Rows, tuple[RowSum, ...], tuple[str, ...]] | None:
    """Every row of the message computed by itself, and the rows that do not come out; None when none bears on the benefit."""
    u = turn.understanding
    assert u is not None
    until = benefit.spec.validity.until
    rows = rows_in(normalise_width(u.question), until) if benefit.amount is not None else None
    if rows is None or u.answers_fact:
        return None
    monthly = [f for f in (*benefit.value_facts, *benefit.defaults) if benefit.facts[f].type == "months"]
    chosen = _of_the_year(rows, benefit, u.as_of)
    if rows.kind == "phase" and monthly:
        chosen = _within_limit(benefit, chosen)
    found = [
        _one(turn, writer, benefit, compute, row, monthly[0] if monthly else None, rows.kind == "group" or rows.each)
        for row in chosen
    ]
    done = tuple(one for one in found if one is not None)
    paid = any(one.result.failing is None for one in done)
    if len(chosen) < 2 or not paid or (rows.kind == "person" and any(_counts_several(benefit, one) for one in done)):
        return None
    return rows, done, tuple(row.label for row, one in zip(chosen, found, strict=True) if one is None)


def _one(
    turn: Turn,
    writer: Writer,
    benefit: Benefit,
    compute: Callable[[Turn], Single],
    row: Row,
    monthly: str | None,
    grouped: bool = False,
) -> RowSum | None:
    """One row computed; None when it does not come out, or when nothing of it bears on this benefit.

    :param monthly: the benefit's fact that is a number of months: the row's own stretch of time.
    :param grouped: the rows are cut so that each has the numbers of one thing, and may be read by elimination.
    """
    u, rulebook = turn.understanding, writer.kit.knowledge.rulebook
    assert u is not None
    by_month = row.measured is not None and (
        monthly is not None or any(benefit.facts[f].type == "money" for f in benefit.value_facts)
    )
    text = row.measured if by_month and row.measured else row.text
    story = read_apart(rulebook, text, u.as_of)
    facts = {**_standing(turn, rulebook, own_asker=row.asker), **story.facts}
    if by_month and monthly is not None and row.months:
        facts[monthly] = FactValue(monthly, Decimal(row.months), row.label)
    unclear = tuple((x.fact, x.raw) for x in story.unclear)
    facts |= _others(rulebook, benefit, facts, row)
    own = replace(u, question=text, facts=facts, new_facts=frozenset(story.new), unclear=unclear, parts=())
    done = compute(replace(turn, understanding=own))
    about = _counted_about(rulebook, benefit)
    mine = {*benefit.reads, *(f for f in facts if rulebook.facts[f].about in about)}
    bears = any(f in mine and v.raw and v.raw not in row.shared for f, v in done.facts.items())
    told = not done.guessed & benefit.value_facts or row.months is not None or grouped
    return (
        RowSum(row, done.facts, done.result)
        if bears and told and _counts_them(benefit, row, done) and _comes_out(benefit, done, unclear)
        else None
    )


def _within_limit(benefit: Benefit, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The first rows, as many as the clause pays months for; none where a row's months are not known, or go beyond."""
    limits = [Decimal(p.value) for p in benefit.amount.figures() if p.unit == "个月"] if benefit.amount else []
    kept: list[Row] = []
    for row in rows:
        before = sum(r.months or 0 for r in kept)
        if any(before >= limit for limit in limits):
            break
        if not row.months or any(before + row.months > limit for limit in limits):
            return ()
        kept.append(row)
    return tuple(kept)


def _of_the_year(rows: Rows, benefit: Benefit, as_of: date) -> tuple[Row, ...]:
    """Where last year's figure is asked for, the rows of this year are beside the point."""
    last_year = any(_LAST_YEAR in benefit.facts[f].name for f in benefit.value_facts)
    if rows.kind != "phase" or not last_year:
        return rows.rows
    return tuple(r for r in rows.rows if not re.match(rf"今年|{as_of.year}年", r.label))


def _counted_about(rulebook: Rulebook, benefit: Benefit) -> set[str]:
    """What the people whom a benefit counts are to the asker (hired)."""
    return {rulebook.facts[c].about for c in (benefit.amount.counts if benefit.amount else ())}


def _others(rulebook: Rulebook, benefit: Benefit, facts: Mapping[str, FactValue], row: Row) -> dict[str, FactValue]:
    """People of a row who are none of those counted, by a word far from their number (「会计大姐52岁，从隔壁厂跳过来的」)."""
    about = _counted_about(rulebook, benefit)
    specs = [s for s in rulebook.facts.values() if s.about in about and s.type == "count"]
    others = [s for s in specs if s.context and any(n in row.words for n in s.nouns)]
    people = [q for q in quantities_in(row.words) if q.unit in ("个", "人", "名", "位") and q.exact]
    if len(others) != 1 or len(people) != 1 or any(s.id in facts and not s.context for s in specs):
        return {}
    return {others[0].id: FactValue(others[0].id, people[0].value, people[0].raw)}


def _standing(turn: Turn, rulebook: Rulebook, own_asker: bool) -> dict[str, FactValue]:
    """What is said of the asker elsewhere in the message, and was earlier when it goes on: kinds and standings, no numbers.

    :param own_asker: each row tells of a firm of its own.
    """
    last, u = turn.conversation.last, turn.understanding
    assert u is not None
    earlier = last.understanding.facts if last is not None and last.understanding is not None and u.is_followup else {}
    said = {f: v for f, v in u.facts.items() if rulebook.facts[f].about == "employer"} if not own_asker else {}
    return {f: v for f, v in {**said, **earlier}.items() if rulebook.facts[f].type in ("bool", "choice")}


def _counts_them(benefit: Benefit, row: Row, done: Single) -> bool:
    """Whether the people of a group are counted, and the number that sets them apart is read for this benefit."""
    own = {f: v for f, v in done.facts.items() if f in benefit.reads}
    counted = any(v.value == row.number for f, v in own.items() if benefit.facts[f].type == "count")
    counted = counted or any(v.value == row.number for f, v in benefit.defaults.items() if f not in own)  # one, as nobody says
    read = not row.told or any(raw in v.raw for raw in row.told for v in own.values())
    return row.number is None or (counted and read)


def _comes_out(benefit: Benefit, done: Single, unclear: Sequence[tuple[str, str]]) -> bool:
    result = done.result
    if result.amount is None or result.missing or result.open_text is not None or done.odd:
        return False
    return result.failing is not None or not any(f in benefit.reads and f not in done.facts for f, _ in unclear)


def _counts_several(benefit: Benefit, done: RowSum) -> bool:
    """Whether a row about one person counts more than one."""
    counts = benefit.amount.counts if benefit.amount else ()
    people = sum((v for c in counts if c in done.facts and isinstance(v := done.facts[c].value, Decimal)), Decimal(0))
    return people > 1


def added_up(benefit: Benefit, sums: Sequence[RowSum], writer: Writer) -> tuple[dict[str, FactValue], CalculationResult]:
    """The facts and the result of all rows together: a cap holds for all, and a row that fails is a line of the working."""
    paid = [s for s in sums if s.result.failing is None]
    if not paid:
        return sums[0].facts, sums[0].result
    total = sum((s.result.amount for s in paid if s.result.amount is not None), Decimal(0))
    cap = benefit.amount.cap if benefit.amount else None
    steps = tuple(line for s in sums for line in _lines(s))
    if cap is not None and total > cap.figure:
        total = cap.figure.quantize(Decimal("0.01"))
        steps += (
            replace(
                paid[0].result.steps[-1],
                text="超过上限，按上限计",
                value=total,
                quote=cap.quote,
                measure=cap.measure or benefit.measure,
            ),
        )
    first = paid[0].result
    left = tuple(who for s in sums for who in s.result.left)
    result = replace(first, amount=total, low=total, high=total, steps=steps, left=left)
    return _fed(benefit, paid, total, writer), result


def _lines(one: RowSum) -> tuple[Step, ...]:
    failing = one.result.failing
    if failing is not None:
        text = f"{one.row.label}不算（要求“{failing.text}”）"
        return (Step(text, Decimal(0), one.result.unit, failing.quote, failing.measure),)
    return tuple(replace(s, text=f"{one.row.label}：{s.text}") for s in one.result.steps)


def _fed(benefit: Benefit, paid: Sequence[RowSum], total: Decimal, writer: Writer) -> dict[str, FactValue]:
    """Facts that the sum of all rows comes out of again; where no such facts exist, those that hold for every row."""
    shared = {f: v for f, v in paid[0].facts.items() if all(s.facts.get(f, v).value == v.value for s in paid)}
    summed = {f: replace(v, parts=()) for f, v in {**paid[-1].facts, **paid[0].facts, **shared}.items()}
    for fact in dict.fromkeys(f for s in paid for f in s.facts):
        values = [s.facts[fact].value for s in paid if fact in s.facts]
        numbers = [v for v in values if isinstance(v, Decimal)]
        spec = benefit.facts.get(fact)
        adds = spec is not None and (spec.type == "count" or (spec.type == "money" and spec.unit == "元"))
        if adds and len(numbers) == len(values):
            raw = "＋".join(s.facts[fact].raw for s in paid if fact in s.facts)
            summed[fact] = FactValue(fact, sum(numbers, Decimal(0)), raw)
    for fact, usual in benefit.defaults.items():
        if benefit.facts[fact].type == "count" and isinstance(usual.value, Decimal) and usual.value and fact not in summed:
            summed[fact] = FactValue(fact, usual.value * len(paid), f"{len(paid)}")
    every = frozenset(c.id for c in benefit.conditions)  # what a row supposed is supposed of all
    again = calculate(benefit, summed, writer.as_of, writer.kit.knowledge.library, every)
    return summed if again.amount == total else shared
