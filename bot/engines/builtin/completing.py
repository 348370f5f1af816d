"""What a benefit's sum still lacks: read again for that benefit, supposed where it is plain, or named as not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.engines.builtin.presumed import narrowed, presume_ordinary, supposable
from bot.engines.builtin.row_sums import RowSum, Single, added_up, sums_of_rows
from bot.engines.builtin.writing import Writer
from bot.types import Turn, Understanding
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.facts import FactValue
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
    """A benefit's sum as the message gives it."""
    u = turn.understanding
    assert u is not None
    facts = presume_ordinary(benefit, u.facts)
    return completed(turn, writer, benefit, facts, calculate(benefit, facts, u.as_of, writer.kit.knowledge.library))


def completed(turn: Turn, writer: Writer, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult) -> Completed:
    """A message as a whole, or row by row where it is told in rows and each row comes out."""
    whole = _as_a_whole(turn, writer, benefit, facts, result)
    told = sums_of_rows(turn, writer, benefit, lambda own: _of_one_row(own, writer, benefit))
    if told is None:
        return whole
    rows, sums, left = told
    if left:  # of people one by one, a sum of all together rests on whoever was left aside
        return replace(whole, odd=(*whole.odd, *left)) if rows.kind == "person" else whole
    settled = whole.result.amount is not None and not whole.result.missing and not whole.odd and whole.result.failing is None
    if rows.kind in ("phase", "list", "group") and settled:
        return whole
    if rows.each:
        return Completed(sums[0].facts, sums[0].result, found=whole.found, apart=sums, by_rows=True)
    facts, result = added_up(benefit, sums, writer)
    return Completed(facts, result, found=whole.found, by_rows=True)


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
    if result.failing is not None or benefit.amount is None:
        return Completed(facts, result)
    knowledge = writer.kit.knowledge
    found = read_for(knowledge.rulebook, benefit, facts, u.question, u.as_of)
    facts, result = _with(found, benefit, facts, result, u, writer)
    if result.amount is None and u.is_followup:
        earlier = read_for(knowledge.rulebook, benefit, facts, _told(turn), u.as_of)
        facts, result = _with(earlier, benefit, facts, result, u, writer)
    if result.open_text is not None:
        return Completed(facts, result, found=found)
    if result.amount is None and result.failing is None:
        supposed = supposable(benefit, facts, u.as_of)
        conditional = result
        if supposed:
            conditional = calculate(benefit, narrowed(benefit, facts, supposed), u.as_of, knowledge.library, supposed)
        if conditional.amount is not None and not conditional.missing and conditional.failing is None:
            result = replace(conditional, assessment=result.assessment, inputs=result.inputs)
    return Completed(facts, result, _not_understood(turn, u, benefit, facts, found), found)


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
    doubtful = tuple(raw for fact, raw in u.unclear if fact in benefit.reads and fact not in found.facts)
    if doubtful:
        return doubtful
    if u.answers_fact and len(u.question) <= SHORT_ANSWER:
        return ()
    used = {v.raw for v in facts.values()} if len(found.odd) == 1 else set()  # a bare correction
    last = turn.conversation.last
    before = {v.value for v in (last.understanding.facts if last and last.understanding else {}).values()}
    taken_off = tuple(v.raw for v in facts.values() if v.fact in u.new_facts)  # 「去掉他俩」
    return tuple(
        q.raw
        for q in found.odd
        if q.raw not in used and q.value not in before and not any(r != q.raw and r.endswith(q.raw) for r in taken_off)
    )  # 「5万8是连今年的一块算的」
