"""Which further sums the asking clauses of a message want: fixed ones, those of another asker, those of the other side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.engines.builtin.completing import Completed, tried
from bot.engines.builtin.match import Match
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Turn, Understanding
from bot.understanding.cues import cue_rows
from bot.understanding.parts import asks, split_clauses
from knowledge.rules.facts import FactValue
from knowledge.rules.names import named_at
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import matching_form

_BRACKET = re.compile(r"（([^（）]+)）$")
_LABEL = 2  # the last characters of a bracket name the asker: 「小微企业」 → 「企业」


def _asking(u: Understanding) -> list[str]:
    return [matching_form(c) for c in split_clauses(u.question) if asks(c)]


def is_wanted(u: Understanding, benefit: Benefit, chosen: Sequence[Match]) -> bool:
    """Whether a further benefit is asked for; always so when its sum hangs on what people tell.

    A fixed sum needs a clause that asks for it by name, or for everything that was named (「各多少」); not the ceiling
    of a loan where its interest is asked for, and not a rate with which another sum is worked out already.
    """
    amount = benefit.amount
    if amount is None or amount.open or benefit.value_facts - benefit.defaults.keys() or u.ask is Ask.COMBINATION:
        return True
    figures = {(p.figure, p.quote) for p in amount.parameters.values()}
    within = any(m.benefit.amount and m.benefit.value_facts and figures <= _figures(m.benefit) for m in chosen)
    clauses = _asking(u)
    if benefit.spec.kind == "loan":
        clauses = [c for c in clauses if not re.search(cue_rows()["interest"], c)]
    lent = benefit.spec.kind == "loan" and any(re.search(cue_rows()["lending"], c) for c in clauses)
    named = any(named_at(benefit, c) or re.search(cue_rows()["each_of_them"], c) for c in clauses)
    return not within and (lent or named)


def only_interest(u: Understanding, benefit: Benefit) -> bool:
    """Whether nothing but what a loan costs is asked for, so that its ceiling is no answer."""
    clauses = _asking(u)
    asked = bool(clauses) and all(re.search(cue_rows()["interest"], c) for c in clauses)
    return benefit.spec.kind == "loan" and asked


def _figures(benefit: Benefit) -> set[tuple[Decimal, str]]:
    return {(p.figure, p.quote) for p in benefit.amount.figures()} if benefit.amount else set()


def other_asker(u: Understanding, one: Match, matches: Sequence[Match]) -> list[Match]:
    """「个人最高能贷多少，企业最高多少」: the benefit of the same name for another asker, where both are asked for."""
    label = _BRACKET.search(one.benefit.name)
    asking = "，".join(_asking(u))
    if label is None or label[1][-_LABEL:] not in asking:
        return []
    stem = one.benefit.name[: label.start()]
    return [
        m for m in matches
        if m.benefit.measure == one.benefit.measure and m.benefit.name.startswith(f"{stem}（")
        and not set(m.benefit.spec.audience) & set(one.benefit.spec.audience)
        and (own := _BRACKET.search(m.benefit.name)) and own[1][-_LABEL:] in asking
    ][:1]  # fmt: skip


def other_side(turn: Turn, writer: Writer, one: Benefit, matches: Sequence[Match]) -> tuple[Benefit, Completed] | None:
    """「我们拿一份、中介再拿一份」: the sum that the other side gets under the same measure for the same people."""
    u = turn.understanding
    assert u is not None
    if not re.search(cue_rows()["both_sides"], matching_form(u.question)):
        return None
    people = _people(one)
    told = next((v for f in people if (v := tried(turn, writer, one).facts.get(f)) and v.exact), None)
    if told is None:
        return None
    for match in matches:
        other = match.benefit
        heads = _people(other)
        if other.measure != one.measure or set(other.spec.audience) & set(one.spec.audience) or not heads:
            continue
        facts = {**u.facts, heads[0]: FactValue(heads[0], told.value, told.raw)}
        own = replace(turn, understanding=replace(u, facts=facts))
        done = tried(own, writer, other)
        if done.result.is_settled and not done.odd:
            return other, done
    return None


def _people(benefit: Benefit) -> list[str]:
    """The facts that say for how many people a benefit is paid."""
    return [f for f in benefit.needs if f in benefit.value_facts and benefit.facts[f].type == "count"]
