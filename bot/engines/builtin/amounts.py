"""Amounts and eligibility: compute when the story allows it, ask for the one fact that decides, or step aside."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.builtin import screening
from bot.engines.builtin.calculation import write_calculation
from bot.engines.builtin.match import Match, leading, match_benefits
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Draft, Turn
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.rulebook import Benefit

MIN_FIT = 0.75  # a benefit must fit the question about as well as the best measure does


def write(turn: Turn, writer: Writer) -> Draft | None:
    """A draft with sums or verdicts; None when a look-up answers better."""
    u = turn.understanding
    assert u is not None
    matches = match_benefits(turn, writer.kit.knowledge)
    if u.ask is Ask.SCREEN and not any(m.named for m in matches[:2]):
        return screening.write(turn, writer)
    chosen = _chosen(turn, matches)
    if not chosen:
        return None
    status = "answered"
    shown: list[Benefit] = []
    for match in chosen:
        result = calculate(match.benefit, u.facts, u.as_of, writer.kit.knowledge.library)
        if not _worth_computing(turn, match, result):
            continue
        outcome = write_calculation(turn, writer, match.benefit, result)
        status = "needs_info" if outcome == "needs_info" or status == "needs_info" else outcome
        shown.append(match.benefit)
    if not shown:
        return None
    if len(shown) > 1:
        screening.write_combination(writer, shown, u.facts)
    return writer.draft("needs_info" if status == "needs_info" else "answered", benefit=shown[0].id)


def _chosen(turn: Turn, matches: Sequence[Match]) -> tuple[Match, ...]:
    """The benefits to compute: the best one; several when the question names several."""
    u = turn.understanding
    assert u is not None
    fitting = [m for m in matches if m.score >= MIN_FIT]
    if not fitting:
        return ()
    if u.benefit and u.answers_fact:
        return tuple(m for m in fitting if m.benefit.id == u.benefit)[:1] or tuple(fitting[:1])
    near = leading(fitting)
    named = [m for m in fitting[:6] if m.named and m.score >= fitting[0].score - 0.5]
    distinct: dict[str, Match] = {}
    for m in named:
        distinct.setdefault(m.benefit.spec.subject, m)
    if len(distinct) > 1 and (u.ask is Ask.COMBINATION or len(u.parts) > 1 or any(w in u.question for w in ("分别", "各", "两样", "都", "和"))):
        return tuple(distinct.values())[:4]
    return near[:1]


def _worth_computing(turn: Turn, match: Match, result: CalculationResult) -> bool:
    """Whether the story speaks of this benefit's own facts; a bare “how much is it” is a look-up."""
    u = turn.understanding
    assert u is not None
    stated = [f for f in match.benefit.needs if f in u.facts]
    if u.answers_fact or (u.is_followup and u.benefit == match.benefit.id and u.new_facts):
        return True
    if not stated or match.benefit.amount is None and u.ask is not Ask.ELIGIBILITY:
        return False
    if result.failing is not None:
        return u.ask in (Ask.ELIGIBILITY, Ask.AMOUNT, Ask.COMBINATION)
    if result.amount is not None and not result.missing:
        return u.ask in (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.COMBINATION) or len(stated) >= 2
    quantities = [f for f in stated if match.benefit.facts[f].type in ("count", "money")]
    return bool(quantities) and u.ask in (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.COMBINATION)
