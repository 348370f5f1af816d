"""「稳岗返还有什么条件」「稳岗返还是什么」: what a benefit is and asks for, condition by condition, each with its clause."""

from __future__ import annotations

from decimal import Decimal

from bot.engines.builtin.calculation import say_clause, say_end, say_exclusions, validity_lead
from bot.engines.builtin.choosing import governing
from bot.engines.builtin.match import Match, match_benefits
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.rules.calculator import calculate
from knowledge.rules.rulebook import Benefit

MOST = 2  # benefits of one name for different people
NEAR = 0.6  # what a further one of them may fit less
_OTHER = (Ask.COMBINATION, Ask.COMPARISON, Ask.SCREEN)


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The conditions of the benefit named or spoken of; None when none is, or when a story of one's own is told."""
    u = turn.understanding
    assert u is not None
    cues = load_cues()
    numbers = [f for f in u.new_facts if isinstance(u.facts[f].value, Decimal)]
    asked_for = cues.asks_conditions(u.question) or (cues.asks_what_it_is(u.question) and u.ask is Ask.LOOKUP)
    if not asked_for or u.ask in _OTHER or numbers or u.answers_fact or turn.lent is not None:
        return None
    asked = _asked_about(turn, writer)
    if not asked:
        return None
    for benefit in asked:
        _list(writer, benefit)
    return writer.draft("answered", benefit=asked[0].id)


def _asked_about(turn: Turn, writer: Writer) -> list[Benefit]:
    """The benefits named that fit best and have conditions to tell; with one name, those for different people."""
    u = turn.understanding
    assert u is not None
    matches = governing(u, match_benefits(turn, writer.kit.knowledge), writer.kit.knowledge.rulebook)
    told = [m for m in matches if m.named or m.benefit.id == u.benefit]
    named = [m for m in told if m.benefit.conditions] or (told if load_cues().asks_what_it_is(u.question) else [])
    if not named or named[0].score < matches[0].score - NEAR:
        return []

    def alike(m: Match) -> bool:
        first = named[0]
        return m.benefit.stem == first.benefit.stem and m.benefit.document == first.benefit.document

    return [m.benefit for m in named if m is named[0] or (alike(m) and m.score >= named[0].score - NEAR)][:MOST]


def _list(writer: Writer, benefit: Benefit) -> None:
    r = writer.kit.replies
    token = writer.cite(benefit.measure, benefit.spec.quote)
    result = calculate(benefit, {}, writer.as_of, writer.kit.knowledge.library)
    lead = validity_lead(writer, benefit, result)
    writer.say(lead)
    writer.say(r("requirements.head", name=benefit.name, summary=benefit.spec.summary.rstrip("。")) + f"{token}。")
    conditions = [f"{c.text}{writer.cite(c.measure, c.quote)}" for c in benefit.conditions]
    writer.say(r("requirements.all") + "：" + "；".join(conditions) + "。" if conditions else "")
    say_exclusions(writer, benefit)
    say_clause(writer, benefit, token)
    say_end(writer, benefit, bool(lead))
