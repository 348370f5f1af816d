"""Amounts and eligibility: compute when the story allows it, ask for the one fact that decides, or step aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.engines.builtin import screening, whose
from bot.engines.builtin.asked_for import only_interest, other_side
from bot.engines.builtin.calculation import write_calculation, write_doubt
from bot.engines.builtin.choosing import WEIGHED, asks_what_is_paid, chosen_benefits, governing, names_apart, numbers_used
from bot.engines.builtin.completing import Completed, alone, completed, tells_more
from bot.engines.builtin.contract import to_contract
from bot.engines.builtin.match import Match, match_benefits
from bot.engines.builtin.offers import groups_of
from bot.engines.builtin.presumed import PRESUMED, presume_ordinary
from bot.engines.builtin.row_sums import RowSum
from bot.engines.builtin.siblings import CLOSE, fails_on_a_figure, not_ruled_out
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Draft, Turn, Understanding
from bot.types import CalculationResult as CalculationOut
from bot.understanding.cues import load_cues
from knowledge.regions import covers
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.conditions import leaves
from knowledge.rules.facts import FactValue
from knowledge.rules.names import named_in
from knowledge.rules.rulebook import Benefit, Rulebook, expression_facts
from knowledge.texts.normalise import matching_form

TELLING = 2  # conditions that somebody who says 「我们」 has told of: they want their own sum, not the rule
_PERSONAL = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.COMBINATION, Ask.VALIDITY)


@dataclass
class _Written:
    """The benefits written so far, how each ended, and those whose sums stand."""

    statuses: list[str] = field(default_factory=list)
    shown: list[Benefit] = field(default_factory=list)
    settled: list[screening.Settled] = field(default_factory=list)


def write(turn: Turn, writer: Writer) -> Draft | None:
    """A draft with sums or verdicts; None when a look-up answers better."""
    u = turn.understanding
    assert u is not None
    matches = match_benefits(turn, writer.kit.knowledge)
    if u.ask is Ask.SCREEN and not any(m.named for m in matches[:2]):
        return screening.write(turn, writer)
    start = len(writer.lines)
    continued = _continued(turn, writer)
    written = _Written()
    named: list[Match] = []
    candidates = continued or chosen_benefits(turn, matches, writer)
    for match in candidates:
        again = written.shown and not continued and _counted_already(match, u.facts, writer)
        if again and not (match.named and names_apart(match, named, matching_form(u.question))):
            continue
        named.append(match)
        first = match is candidates[0]
        match, done, apart = _read(turn, writer, match, matches, candidates, written.shown)
        goes_on = bool(continued) and _goes_on(u, match.benefit)
        worth = done.by_rows or apart or goes_on or _worth_computing(u, match, done.facts, done.result)
        beside_nothing = not first and not written.shown and not match.named
        if match.benefit not in written.shown and worth and not beside_nothing:
            others = [m for m in candidates if m.benefit.id != match.benefit.id]
            _write_one(turn, writer, match.benefit, done, _not_elsewhere(turn, writer, done.odd, others), written)
    if not written.shown and not continued:
        written.shown, written.statuses = _near_miss(turn, matches, writer)
    if not written.shown:
        return None
    whose.note(turn, writer, written.shown[0].measure, written.shown[0].spec.quote, start)
    _write_beside(turn, writer, matches, written)
    return writer.draft("answered" if "answered" in written.statuses else "needs_info", benefit=written.shown[0].id)


def _read(
    turn: Turn, writer: Writer, match: Match, matches: Sequence[Match], candidates: Sequence[Match], shown: Sequence[Benefit]
) -> tuple[Match, Completed, bool]:
    """A benefit, or the sibling that fits, with what the message tells of it: alone beside the others (then true), or as a whole."""
    assert turn.understanding is not None
    match, facts, result = not_ruled_out(turn.understanding, match, matches, writer, shown)
    whole = completed(turn, writer, match.benefit, facts, result)
    apart = alone(turn, writer, match.benefit, [m.benefit for m in candidates])
    if apart is not None and tells_more(match.benefit, apart, whole):
        return match, apart, True
    return match, whole, False


def _write_one(turn: Turn, writer: Writer, benefit: Benefit, done: Completed, odd: tuple[str, ...], written: _Written) -> None:
    """One benefit's sum or sums, or the doubt whether it was counted right."""
    assert turn.understanding is not None
    result, facts = done.result, done.facts
    if done.apart:
        written.statuses += _write_apart(turn, writer, benefit, done.apart)
    elif odd and result.amount is not None and result.failing is None and result.open_text is None:
        written.statuses.append(write_doubt(writer, benefit, facts, odd))
    else:
        written.statuses.append(write_calculation(turn, writer, benefit, result, facts))
        written.settled.append((benefit, result, facts))
    written.shown.append(benefit)
    known = turn.understanding.facts
    writer.learned.update({f: v for f, v in facts.items() if known.get(f) != v and v.raw != PRESUMED})


def _write_beside(turn: Turn, writer: Writer, matches: Sequence[Match], written: _Written) -> None:
    """What several sums come to together; beside a single one the sum of the other side that the message asks for."""
    if len(written.settled) > 1:
        screening.write_combination(writer, written.settled)
        return
    benefit = written.settled[0][0] if written.settled and written.settled[0][1].is_settled else None
    side = other_side(turn, writer, benefit, matches) if benefit is not None else None
    if benefit is not None and side is not None:
        other, done = side
        written.statuses.append(write_calculation(turn, writer, other, done.result, done.facts))
        screening.say_conflicts(writer, [benefit, other])


def _write_apart(turn: Turn, writer: Writer, benefit: Benefit, sums: Sequence[RowSum]) -> list[str]:
    """「两家公司各能拿多少」: each with its own sum."""
    statuses: list[str] = []
    for one in sums:
        writer.say(f"**{one.row.label}**：")
        statuses.append(write_calculation(turn, writer, one.benefit or benefit, one.result, one.facts))
    return statuses


def _not_elsewhere(turn: Turn, writer: Writer, odd: tuple[str, ...], others: Sequence[Match]) -> tuple[str, ...]:
    """The numbers that no other benefit of the message counts."""
    if not odd:
        return ()
    taken = {raw for m in others for raw in numbers_used(turn, m, writer)[0]}
    return tuple(raw for raw in odd if raw not in taken)


def _goes_on(u: Understanding, benefit: Benefit) -> bool:
    """Whether a follow-up goes on with the sum: it answers our question, gives a number or asks how much."""
    kinds = {benefit.facts[f].type for f in u.new_facts if f in benefit.reads}
    return bool(u.answers_fact) or u.ask is Ask.AMOUNT or bool(kinds - {"bool", "choice"})


def _near_miss(turn: Turn, matches: Sequence[Match], writer: Writer) -> tuple[list[Benefit], list[str]]:
    """A benefit that fits nearly as well as the best one, and that a number or a day of the message decides."""
    u = turn.understanding
    assert u is not None
    near = [m for m in governing(u, matches[:WEIGHED], writer.kit.knowledge.rulebook) if m.score >= matches[0].score - CLOSE]
    for match in near:
        facts = presume_ordinary(match.benefit, u.facts)
        result = calculate(match.benefit, facts, u.as_of, writer.kit.knowledge.library)
        if result.failing is not None and u.ask is not Ask.DEPARTMENT and fails_on_a_figure(u, match.benefit, result):
            return [match.benefit], [write_calculation(turn, writer, match.benefit, result, facts)]
    return [], []


def _counted_already(match: Match, facts: Mapping[str, FactValue], writer: Writer) -> bool:
    """Whether the people whom a further benefit counts are those for whom a sum was just stated by another name."""
    counts = match.benefit.amount.counts if match.benefit.amount else ()
    taken = {v.value for v in writer.learned.values() if isinstance(v.value, Decimal)}
    return bool(counts) and all(facts[c].value in taken for c in counts if c in facts)


def attach_fixed_sums(turn: Turn, writer: Writer, quotes: Sequence[str]) -> None:
    """The sums that the clauses just said fix by themselves (「最高奖励10万元」), as calculations beside the words."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    fixed: list[tuple[CalculationOut, list[str], bool]] = []
    for benefit in (m.benefit for m in match_benefits(turn, knowledge)[:WEIGHED]):
        amount = benefit.amount
        if amount is None or amount.branches or not amount.expression or amount.counts or only_interest(u, benefit):
            continue
        if benefit.spec.kind == "loan" and asks_what_is_paid(u):
            continue  # 「首次缴存补贴多少」 is not the 200,000 to borrow
        # a project, a park: one unless it is said otherwise
        things = {f for f in benefit.defaults if benefit.facts[f].unit == "个"}
        if set(expression_facts(amount, benefit.facts)) - things:
            continue
        own = [p.quote for p in amount.parameters.values()]
        if amount.unit == "元" and any(p in q or q in p for p in own for q in quotes):
            result = calculate(benefit, u.facts, u.as_of, knowledge.library, frozenset(c.id for c in benefit.conditions))
            if result.is_settled:
                ours = not groups_of(benefit) - u.facts.keys()
                fixed.append((to_contract(writer, benefit, result, u.facts), own, ours))
    first = [c for c, own, ours in fixed if ours and quotes and any(q in quotes[0] or quotes[0] in q for q in own)]
    if len(fixed) == 1 or len(first) == 1:  # of several, the words name each with whom it is for
        told = [c for c, *_ in fixed] if len(fixed) == 1 else first
        writer.calculations += [c for c in told if c not in writer.calculations]


def comes_out(turn: Turn, writer: Writer) -> bool:
    """Whether a benefit's sum comes out of the message's own numbers, so that the message is about it."""
    u = turn.understanding
    assert u is not None
    if u.ask is not Ask.AMOUNT:
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    return any(raws and computed for m in matches[:2] for raws, computed, _ in (numbers_used(turn, m, writer),))


def _continued(turn: Turn, writer: Writer) -> tuple[Match, ...]:
    """The benefits under discussion, when the message adds facts to them and names no other."""
    u = turn.understanding
    assert u is not None
    if u.benefit is None or not (u.answers_fact or (u.is_followup and (u.new_facts or u.documents))):
        return ()
    rulebook = writer.kit.knowledge.rulebook
    benefit = rulebook.benefits[u.benefit]
    if u.documents and benefit.document not in u.documents:
        return _in_another_document(u, benefit, rulebook)
    if (instead := _who_counts_them(u, benefit, rulebook)) is not None:
        both = () if load_cues().asks_alone(u.question) else (Match(benefit, 1.0, True),)
        return (*both, Match(instead, 1.0, True))
    named = named_in(rulebook, matching_form(u.question))
    another = benefit.id not in named and any(b.id in named for b in rulebook.in_region(u.region, u.as_of))
    if another and not u.answers_fact:
        return ()
    relevant = u.answers_fact or any(f in benefit.reads for f in u.new_facts)
    here = u.region is None or covers(benefit.region, u.region)
    if not (relevant and here):
        return ()
    return tuple(Match(b, 1.0, True) for b in _under_discussion(turn, benefit, rulebook))


def _in_another_document(u: Understanding, benefit: Benefit, rulebook: Rulebook) -> tuple[Match, ...]:
    """「按2020年那份呢」: the benefit of that document on the same subject, or of the same name."""
    there = [b for b in rulebook.benefits.values() if b.document in u.documents and b.amount is not None]
    same = [b for b in there if b.spec.subject == benefit.spec.subject] or [b for b in there if b.stem == benefit.stem]
    return tuple(Match(b, 1.0, True) for b in same[:1])


def _under_discussion(turn: Turn, benefit: Benefit, rulebook: Rulebook) -> list[Benefit]:
    """The benefit that goes on, with those computed beside it; asked about each, those of the turns before as well."""
    u, last = turn.understanding, turn.conversation.last
    assert u is not None
    ids = [benefit.id]
    if last is not None and not u.answers_fact:
        if last.benefit == u.benefit:
            ids += [c.benefit for c in last.answer.calculations]
        if _EACH.search(u.question):
            ids = [c.benefit for e in turn.conversation.exchanges[-2:] for c in e.answer.calculations] + ids
    return [rulebook.benefits[b] for b in dict.fromkeys(ids) if b in rulebook.benefits]


_EACH = re.compile(r"各(?:自|能|给|是|领|拿|补|有)?|分别|两(?:样|项|拨)")


def _who_counts_them(u: Understanding, benefit: Benefit, rulebook: Rulebook) -> Benefit | None:
    """「还有俩登记失业的，光这俩能给多少」: people whom the benefit under discussion does not count, but a like one does."""
    specs = rulebook.facts
    anew = {f for f in u.new_facts if specs[f].type == "count" and specs[f].about == "hire" and u.facts[f].value}
    mine = benefit.amount.counts if benefit.amount else ()
    wider = any(specs[f].part_of in anew for f in mine)
    if not mine or not anew or anew & set(mine) or wider or u.answers_fact:
        return None
    like = (b for b in rulebook.in_region(u.region or benefit.region, u.as_of) if b.spec.kind == benefit.spec.kind and b.amount)
    return next((b for b in like if b.amount and b.id != benefit.id and anew & set(b.amount.counts)), None)


def asks_open_parameter(benefit: Benefit, question: str) -> bool:
    """Whether the sum rests on a figure that the documents leave open and the asker can give (reading rule 6).

    Not when that very figure is what is asked for (「最低工资是多少」).
    """
    left_open = [benefit.facts[f] for f in benefit.needs if benefit.facts[f].open]
    return bool(left_open) and not any(word[:4] in question for spec in left_open for word in spec.clause)


def _worth_computing(u: Understanding, match: Match, facts: Mapping[str, FactValue], result: CalculationResult) -> bool:
    """Whether the story speaks of this benefit's own facts; a bare “how much is it” is a look-up."""
    benefit = match.benefit
    stated = [f for f in benefit.reads if f in facts and facts[f].raw != PRESUMED]
    if u.answers_fact or (u.is_followup and u.benefit == benefit.id and u.new_facts):
        return True
    if u.ask is Ask.DEPARTMENT:
        return False
    if result.failing is not None and fails_on_a_figure(u, benefit, result):
        return True
    asks_open = u.ask is Ask.AMOUNT and asks_open_parameter(benefit, u.question)
    if asks_open and result.failing is None and result.validity != "expired":
        return True
    if not stated or (benefit.amount is None and u.ask not in (Ask.ELIGIBILITY, Ask.VALIDITY)):
        return False
    if result.failing is not None:
        return u.ask in _PERSONAL
    if result.open_text is not None:
        return match.named
    asks_sum = Ask.AMOUNT in load_cues().wants(u.question)
    if u.ask is Ask.VALIDITY and not asks_sum and (result.validity != "in_force" or not u.new_facts):
        return False  # “can I still get it” is answered by the deadline
    quantities = [f for f in stated if benefit.facts[f].type not in ("bool", "choice")]
    if result.amount is not None and not result.missing:
        return u.ask in _PERSONAL or bool(quantities)
    if result.assessment.verdict == "met" and u.ask in (Ask.ELIGIBILITY, Ask.VALIDITY):
        deciding = {leaf.fact for c in benefit.conditions if not c.presumed for leaf in leaves(c.node)}
        kinds = [f for f in stated if f in deciding and (benefit.facts[f].type, benefit.facts[f].about) == ("choice", "employer")]
        return bool(quantities or (kinds and benefit.amount is None))
    counted = [f for f in stated if benefit.facts[f].type in ("count", "money")]
    tells = match.named and u.ask is Ask.AMOUNT and len(stated) >= TELLING and load_cues().speaks_of_self(u.question)
    return u.ask in _PERSONAL and (bool(counted) or tells)
