"""「稳岗返还有什么条件」「稳岗返还是什么」: what a benefit is and asks for, condition by condition, each with its clause."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.engines.builtin.calculation import say_clause, say_end, say_exclusions, validity_lead
from bot.engines.builtin.choosing import governing
from bot.engines.builtin.match import Match, match_benefits
from bot.engines.builtin.select import Selection
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.numerals import numbers_in
from knowledge.rules.calculator import calculate
from knowledge.rules.names import named_at
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import matching_form

_LITTLE = re.compile(r"(?:那|还有|请问|问下|问一下|我想问|济南市?|潍坊市?|山东省?|的|呢|呐|吗|么|啊|呀|政策|[？?。，,！!\s])+")
SLACK = 1  # characters beside the name
MOST = 2  # benefits of one name for different people
NEAR = 0.6  # what a further one of them may fit less
_OTHER = (Ask.COMBINATION, Ask.COMPARISON, Ask.SCREEN)


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The conditions of the benefit named or spoken of; None when none is, or when a story of one's own is told."""
    u = turn.understanding
    assert u is not None
    cues = load_cues()
    numbers = [f for f in u.new_facts if isinstance(u.facts[f].value, Decimal)]
    asked_for = (
        cues.asks_conditions(u.question)
        or (cues.asks_what_it_is(u.question) and u.ask in (Ask.LOOKUP, Ask.ELIGIBILITY))
        or (_only_names(turn, writer) and not u.facts.keys() & u.new_facts)
    )
    if not asked_for or u.ask in _OTHER or numbers or u.answers_fact or turn.lent is not None:
        return None
    asked = _asked_about(turn, writer)
    if not asked:
        return None
    for benefit in asked:
        _list(writer, benefit)
    return writer.draft("answered", benefit=asked[0].id)


def _only_names(turn: Turn, writer: Writer) -> bool:
    """「技能提升补贴」「稳岗返还呢」: nothing but a name, and nobody's own sum is spoken of."""
    u = turn.understanding
    assert u is not None
    form = _LITTLE.sub("", matching_form(u.question))
    named = (named_at(b, form) for b in writer.kit.knowledge.rulebook.benefits.values())
    own = any(isinstance(v.value, Decimal) for v in u.facts.values())
    return not own and any(span is not None and len(form) - (span[1] - span[0]) <= SLACK for span in named)


def rule(turn: Turn, writer: Writer, selection: Selection) -> Draft | None:
    """「扶贫车间补助多少」: the benefit named, with its sums, where the points found say nothing of them (where the money comes from)."""
    u = turn.understanding
    assert u is not None
    story = any(writer.kit.knowledge.rulebook.facts[f].type != "bool" for f in u.new_facts)
    source = load_cues().asks_source(u.question)
    if u.ask is not Ask.AMOUNT or source or selection.silent or not selection.points or story:
        return None
    matches = governing(u, match_benefits(turn, writer.kit.knowledge), writer.kit.knowledge.rulebook)
    best = matches[0] if matches else None
    if best is None or not best.named or best.benefit.measure != selection.hit.measure.id or not best.benefit.states_sum:
        return None
    amount = best.benefit.amount
    figures = {p.figure for p in amount.figures()} if amount is not None else set()
    if not figures or any(n.value in figures for p in selection.points[:1] for n in numbers_in(p.plain)):
        return None
    if not any(n.value in figures for n in numbers_in(best.benefit.spec.summary)):
        return None
    _list(writer, best.benefit)
    return writer.draft("answered", benefit=best.benefit.id)


def _asked_about(turn: Turn, writer: Writer) -> list[Benefit]:
    """The benefits named that fit best and have conditions to tell; with one name, those for different people."""
    u = turn.understanding
    assert u is not None
    matches = governing(u, match_benefits(turn, writer.kit.knowledge), writer.kit.knowledge.rulebook)
    told = [m for m in matches if m.named or m.benefit.id == u.benefit]
    whole = load_cues().asks_what_it_is(u.question) or _only_names(turn, writer)
    named = [m for m in told if m.benefit.conditions] or (told if whole else [])
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
