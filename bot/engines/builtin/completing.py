"""What a benefit's sum still lacks: read again for that benefit, supposed where it is plain, or named as not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import cast

from bot.engines.builtin.presumed import PRESUMED, narrowed, presume_ordinary, supposable
from bot.engines.builtin.row_sums import RowSum, Single, added_up, sums_of_rows
from bot.engines.builtin.subjects import told_of
from bot.engines.builtin.writing import Writer
from bot.types import Turn, Understanding
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.rows import speaks_of_two
from knowledge.rules.rulebook import Benefit
from knowledge.rules.story_directed import read_for
from knowledge.rules.story_slots import Directed

EARLIER = 4  # earlier messages read again for facts that are still open
SHORT_ANSWER = 8  # a reply this short holds the number asked for and nothing else


@dataclass(frozen=True, slots=True)
class Completed:
    """A benefit's facts and result after the second reading."""

    facts: dict[str, FactValue]
    result: CalculationResult
    odd: tuple[str, ...] = ()  # words of numbers that the message states but nothing took
    found: Directed = field(default_factory=Directed)  # what the second reading of the message gave
    apart: tuple[RowSum, ...] = ()  # the sums of rows that are asked for one by one
    by_rows: bool = False  # every row of the message came out by itself


def tried(turn: Turn, writer: Writer, benefit: Benefit) -> Completed:
    """A benefit's sum as the message gives it; worked out once for a draft, however often it is weighed."""
    u = turn.understanding
    assert u is not None
    if (known := writer.tries.get((id(u), benefit.id))) is not None:
        return cast(Completed, known[1])
    facts = presume_ordinary(benefit, u.facts)
    done = completed(turn, writer, benefit, facts, calculate(benefit, facts, u.as_of, writer.kit.knowledge.library))
    writer.tries[id(u), benefit.id] = (u, done)
    return done


def alone(turn: Turn, writer: Writer, benefit: Benefit, group: Sequence[Benefit]) -> Completed | None:
    """A benefit's sum as the message tells of it alone, beside the others; None when it is not told apart or does not come out."""
    own = told_of(turn, writer.kit.knowledge.rulebook, benefit, group)
    if own is None:
        return None
    done = tried(own, writer, benefit)
    return done if not done.odd and (done.result.is_settled or done.result.failing is not None) else None


def tells_more(benefit: Benefit, apart: Completed, whole: Completed) -> bool:
    """Whether a sum of what is told of the benefit alone takes the place of the one of the whole message."""
    if not whole.result.is_settled or whole.odd:
        return True
    own, all_told = (
        any(isinstance(d.facts[f].value, Decimal) for f in benefit.value_facts & d.facts.keys()) for d in (apart, whole)
    )
    return apart.result.is_settled and (own or not all_told)


def completed(turn: Turn, writer: Writer, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult) -> Completed:
    """A message as a whole, or row by row where it is told in rows and each row comes out."""
    whole = _as_a_whole(turn, writer, benefit, facts, result)
    told = sums_of_rows(turn, writer, benefit, lambda own: _of_one_row(own, writer, benefit))
    u = turn.understanding
    assert u is not None
    if told is None or told[2]:
        return _doubted(whole, told[2] if told and told[0].kind == "person" else (), u.question)
    rows, sums, _ = told
    settled = whole.result.is_settled and not whole.odd
    by_sums = rows.kind == "phase" and any(benefit.facts[f].type == "money" for f in benefit.value_facts)
    if rows.kind in ("phase", "group") and settled and not rows.each and not by_sums:
        return whole
    if rows.each:
        sums = tuple(_paid_otherwise(turn, writer, benefit, one) for one in sums)
        return Completed(sums[0].facts, sums[0].result, found=whole.found, apart=sums, by_rows=True)
    facts, result = added_up(benefit, sums, writer)
    return Completed(facts, result, found=whole.found, by_rows=True)


def _doubted(whole: Completed, left: tuple[str, ...], question: str) -> Completed:
    """Of people one by one a sum of all rests on whoever was left aside; of two firms on whichever was taken."""
    result = whole.result
    if result.amount is None or result.open_text is not None:
        return whole
    if result.failing is None and not left and speaks_of_two(question):
        left = tuple(dict.fromkeys(v.raw for v in whole.facts.values() if isinstance(v.value, Decimal) and v.raw))[-1:]
    of_some = _said_of_some(whole, question) if result.failing is not None else ()
    if of_some:
        result = replace(result, failing=None)
    return replace(whole, result=result, odd=(*whole.odd, *left, *of_some)) if left or of_some else whole


_OF_SOME = re.compile(
    r"(?:剩下?(?:的)?(?:那)?(?:[俩仨一两三四五六]|\d+)|(?:里|其中|里头|里面|当中)有?(?:[俩仨一两三四五六]|\d+)(?:个|人|名)?|(?:只有|就|除了)[^，。]{0,8}[小老][一-龥])[^，。；]{0,14}[，,]?[^，。；]{0,10}$"
)


_ADDED = re.compile(r"又|再|添|多了|加上|新进|补招|补了")


def _said_of_some(whole: Completed, question: str) -> tuple[str, ...]:
    """Words of a number that fails a condition and that was said of some of the people only (「里头有俩才交了8个月」)."""
    failing = whole.result.failing
    if failing is None:
        return ()
    numbers = [v.raw for v in whole.facts.values() if isinstance(v.value, Decimal | date) and v.raw and not v.parts]
    return tuple(raw for raw in numbers if _OF_SOME.search(question[: max(question.find(raw), 0)]))[:1]


def _paid_otherwise(turn: Turn, writer: Writer, benefit: Benefit, one: RowSum) -> RowSum:
    """A row that the benefit does not pay for, by the like one of the measure that does (small firms, large firms)."""
    u = turn.understanding
    if one.result.failing is None or u is None:
        return one
    rulebook = writer.kit.knowledge.rulebook
    for like in rulebook.in_region(u.region or benefit.region, u.as_of):
        if like.id != benefit.id and (like.measure, like.spec.kind, like.spec.per) == (
            benefit.measure,
            benefit.spec.kind,
            benefit.spec.per,
        ):
            own = replace(u, question=one.row.text, facts={f: v for f, v in one.facts.items() if v.raw != PRESUMED}, parts=())
            done = _of_one_row(replace(turn, understanding=own), writer, like)
            if done.result.is_settled and not done.odd:
                return RowSum(one.row, done.facts, done.result, like)
    return one


def _of_one_row(turn: Turn, writer: Writer, benefit: Benefit) -> Single:
    u = turn.understanding
    assert u is not None
    facts = presume_ordinary(benefit, u.facts)
    result = calculate(benefit, facts, u.as_of, writer.kit.knowledge.library)
    done = _as_a_whole(turn, writer, benefit, facts, result)
    return Single(done.facts, done.result, done.odd, done.found.guessed)


def _as_a_whole(
    turn: Turn, writer: Writer, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult
) -> Completed:
    """What is still open, read again for this benefit; then plain conditions that nobody mentioned, supposed and shown."""
    u = turn.understanding
    assert u is not None
    if (result.failing is not None and not u.is_followup) or benefit.amount is None:
        return Completed(facts, result)
    knowledge = writer.kit.knowledge
    found = read_for(knowledge.rulebook, benefit, facts, u.question, u.as_of)
    if not found.facts and (again := _told_again(u, benefit, facts, result, writer)) is not None:
        facts, result = again
        found = read_for(knowledge.rulebook, benefit, facts, u.question, u.as_of)
    if result.failing is not None:
        return Completed(facts, result)
    facts, result = _with(found, benefit, facts, result, u, writer)
    open_ = bool(found.odd) or any(benefit.facts[f].numeric for f in result.missing)
    if result.amount is None and u.is_followup and open_:
        earlier = read_for(knowledge.rulebook, benefit, facts, _told(turn), u.as_of)
        facts, result = _with(earlier, benefit, facts, result, u, writer)
    if result.open_text is not None:
        return Completed(facts, result, found=found)
    if result.amount is None and result.failing is None:
        supposed = supposable(benefit, facts, u.as_of)
        conditional = result
        if supposed:
            conditional = calculate(benefit, narrowed(benefit, facts, supposed), u.as_of, knowledge.library, supposed)
        if conditional.is_settled:
            result = replace(conditional, assessment=result.assessment, inputs=result.inputs)
    return Completed(facts, result, _not_understood(turn, u, benefit, facts, found), found)


def _told_again(
    u: Understanding, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult, writer: Writer
) -> tuple[dict[str, FactValue], CalculationResult] | None:
    """「6000平呢」: a number that only this benefit's own reading understands takes the place of the one carried along."""
    carried = {f for f, v in facts.items() if f in benefit.reads and f not in u.new_facts and isinstance(v.value, Decimal)}
    if not u.is_followup or u.answers_fact or not carried:
        return None
    open_ = {f: v for f, v in facts.items() if f not in carried}
    again = read_for(writer.kit.knowledge.rulebook, benefit, open_, u.question, u.as_of)
    anew = {f: v for f, v in again.facts.items() if f in carried and v.value != facts[f].value}
    if not anew or again.odd:
        return None
    facts = {**facts, **anew, **_those_who_left(benefit, facts, anew)}
    return facts, calculate(benefit, facts, u.as_of, writer.kit.knowledge.library)


def _those_who_left(benefit: Benefit, before: Mapping[str, FactValue], anew: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """「走了12个，现在是118个」 after 「130个」: the number told now is without those who left."""
    gone = {s.remains_of for s in benefit.facts.values() if s.remains_of} & before.keys()
    less = {a.value - b.value for f, b in anew.items() if isinstance(a := before[f], FactValue) and isinstance(a.value, Decimal)
            and isinstance(b.value, Decimal)}  # fmt: skip
    return {f: replace(before[f], value=Decimal(0), low=None, high=None) for f in gone if before[f].value in less}


def _with(
    found: Directed, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult, u: Understanding, writer: Writer
) -> tuple[dict[str, FactValue], CalculationResult]:
    """The result with what was found."""
    if not found.facts:
        return facts, result
    facts = {**facts, **found.facts}
    return facts, calculate(benefit, facts, u.as_of, writer.kit.knowledge.library)


def _told(turn: Turn) -> str:
    """The last messages of the conversation, oldest first."""
    return "。".join([*(e.question for e in turn.conversation.exchanges[-EARLIER:]), turn.said])


def _not_understood(
    turn: Turn, u: Understanding, benefit: Benefit, facts: Mapping[str, FactValue], found: Directed
) -> tuple[str, ...]:
    """Numbers of the message that the calculation leaves out although it counts such things."""
    settled = {*found.facts, *(x for f in found.facts for x in benefit.facts[f].derived_from)}
    doubtful = tuple(raw for fact, raw in u.unclear if fact in benefit.reads and fact not in settled)
    if doubtful:
        return doubtful
    if u.answers_fact and len(u.question) <= SHORT_ANSWER:
        return ()
    used = {v.raw for v in facts.values()} if len(found.odd) == 1 else set()  # a bare correction
    last = turn.conversation.last
    earlier = last.understanding.facts if last and last.understanding else {}
    before = {v.value for v in earlier.values()}
    numbers = [(facts[f].value, v.value) for f, v in earlier.items() if f in facts]
    if _ADDED.search(u.question):  # 「又进来一个」
        before |= {new - old for new, old in numbers if isinstance(new, Decimal) and isinstance(old, Decimal)}
    taken_off = tuple(v.raw for v in facts.values() if v.fact in u.new_facts)  # 「去掉他俩」
    return tuple(
        q.raw
        for q in found.odd
        if q.raw not in used and q.value not in before and not any(r != q.raw and r.endswith(q.raw) for r in taken_off)
    )  # 「5万8是连今年的一块算的」
