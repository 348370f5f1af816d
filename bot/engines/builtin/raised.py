"""A clause that states both what was and what is (「由20万元提高至30万元」): both, and the difference."""

from __future__ import annotations

import re

from bot.citations import token_number
from bot.engines.builtin.compare_time import asks_for_both
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.validity import closing
from bot.engines.builtin.writing import Writer, office_of
from bot.types import Ask, CalculationResult, CalculationStep, Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.numerals import Number, format_amount, numbers_in
from knowledge.rules.rulebook import Benefit

NEAR = 0.3  # a benefit this close to the best may be the one that is meant
_FROM_TO = re.compile(
    r"由(?P<before>[\d.]+[^，。；\d]{1,4}?)(?:提高|上调|增加|调整|降低|下调)(?:至|到|为)(?P<after>[\d.]+[^，。；\d]{1,3})"
)


def write(turn: Turn, writer: Writer) -> Draft | None:
    """What it was, what it is and by how much it changed; None when that is not asked or no clause states both."""
    u = turn.understanding
    assert u is not None
    if u.ask not in (Ask.LOOKUP, Ask.AMOUNT, Ask.COMPARISON) or u.years_named or len(u.regions_named) > 1 or turn.uncovered:
        return None
    if not (load_cues().asks_change(u.question) or asks_for_both(u.question, u.as_of)):
        return None
    matches = match_benefits(turn, writer.kit.knowledge)
    near = (m.benefit for m in matches[:3] if m.score >= matches[0].score - NEAR)
    found = next(((b, *both) for b in near if (both := _stated(b))), None)
    return _written(*found, writer) if found else None


def _stated(benefit: Benefit) -> tuple[Number, Number] | None:
    """The two figures of a clause, in the same unit."""
    match = _FROM_TO.search(benefit.spec.quote)
    if match is None:
        return None
    before, after = (numbers_in(match[side]) for side in ("before", "after"))
    if len(before) != 1 or len(after) != 1 or before[0].unit != after[0].unit:
        return None
    return before[0], after[0]


def _written(benefit: Benefit, before: Number, after: Number, writer: Writer) -> Draft:
    r = writer.kit.replies
    token = writer.cite(benefit.measure, benefit.spec.quote)
    gap = abs(after.value - before.value)
    figures = [format_amount(n) for n in (before.value, after.value, gap)]
    said = dict(zip(("before", "after", "gap"), figures, strict=True))
    key = "change.more" if after.value > before.value else "change.less"
    writer.say(f"{r(key, **said, unit=after.unit)}{token}。")
    writer.say(f"{r('amount.rule', summary=benefit.spec.summary.rstrip('。'))}{token}。")
    writer.figures += figures
    steps = tuple(
        CalculationStep(
            text=r(f"change.{side}"), value=format(n.value.normalize(), "f"), unit=n.unit, citation=token_number(token)
        )
        for side, n in (("before", before), ("after", after))
    )
    writer.calculations.append(
        CalculationResult(
            benefit=benefit.id, name=benefit.name, inputs={}, amount=f"{gap:.2f}", unit=after.unit, is_maximum=False, steps=steps
        )
    )
    library = writer.kit.knowledge.library
    measure = library.measures[benefit.measure]
    closing(writer, measure, benefit.spec.quote, token)
    writer.refer(office_of(writer.kit, library.documents[benefit.document], measure))
    return writer.draft("answered", benefit=benefit.id)
