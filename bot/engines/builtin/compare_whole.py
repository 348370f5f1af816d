"""A comparison of a benefit as such (「2020年和2023年有啥不一样」): everything that each side says about how much."""

from __future__ import annotations

from bot.engines.builtin.select import SUM_UNITS
from bot.kit import Kit
from bot.understanding.parts import content_runs
from knowledge.numerals import numbers_in
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import grams, matching_form
from knowledge.types import Point

HOW_MUCH = "标准"
MOST = 5  # points of a side
# Words that ask how much, and name no one thing that a clause says.
_ASKING = frozenset(
    grams(
        matching_form(
            "比例 额度 数额 金额 标准 待遇 补助 补贴 返还 政策 文件 规定 变化 区别 差别 不同 一样 对比 相比 比较 之间 各是 分别"
        ),
        (2,),
    )
)


def standards(one: Point, other: Point, question: str, kit: Kit) -> tuple[tuple[Point, ...], tuple[Point, ...]] | None:
    """What two measures say about how much, for the benefit that they have in common.

    None when the question names what one of the two points says (「裁员率线」): then that is what is compared.
    """
    mine, theirs = (_benefits(p.measure, kit) for p in (one, other))
    subjects = {b.spec.subject for b in mine} & {b.spec.subject for b in theirs}
    common = [b for b in (*mine, *theirs) if b.spec.subject in subjects]
    if not common or _names(question, (one, other), common, kit):
        return None
    first, second = (_how_much(p.measure, [b for b in common if b.measure == p.measure], kit) for p in (one, other))
    return (first, second) if first and second else None


def _benefits(measure: str, kit: Kit) -> list[Benefit]:
    return [b for b in kit.knowledge.rulebook.benefits.values() if b.measure == measure]


def _names(question: str, points: tuple[Point, Point], common: list[Benefit], kit: Kit) -> bool:
    """Whether the question shares a word with one of the points beyond the benefit's own name."""
    words = sorted(
        {*kit.knowledge.gazetteer.words, *(n for b in common for n in (b.name, *b.spec.aliases))}, key=len, reverse=True
    )
    rest = matching_form(question)
    for word in words:
        rest = rest.replace(matching_form(word), " ")
    asked = {g for run in content_runs(rest) for g in grams(run, (2,))} - _ASKING
    return any(asked & set(grams(matching_form(p.plain), (2,))) for p in points)


def _how_much(measure: str, benefits: list[Benefit], kit: Kit) -> tuple[Point, ...]:
    """The points of a measure that state sums or shares of these benefits, in the order of the clause."""
    quotes = [q for b in benefits for q in _quotes(b)]
    found = [
        p
        for p in kit.knowledge.points_of.get(measure, ())
        if not p.silent and HOW_MUCH in p.aspects and _states_sum(p) and any(q in p.quote or p.quote in q for q in quotes)
    ]
    return tuple(found[:MOST])


def _states_sum(point: Point) -> bool:
    return any(n.unit in SUM_UNITS for n in numbers_in(point.plain))


def _quotes(benefit: Benefit) -> list[str]:
    amount = benefit.amount
    parameters = [p for branch in (amount.branches if amount else ()) for p in branch.parameters.values()]
    parameters += list(amount.parameters.values()) if amount else []
    return [benefit.spec.quote, *(p.quote for p in parameters)]
