"""Conditions, compiled from their data and judged in three values (Kleene): met, unmet, unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from knowledge.errors import DataError
from knowledge.rules.benefits import ApplyWithin, ConditionSpec, EventWindow
from knowledge.rules.facts import FactSpec
from knowledge.rules.intervals import INFINITY, Interval
from knowledge.rules.situation import Situation, add_months
from knowledge.rules.units import quantity

Verdict = Literal["met", "unmet", "unknown"]
_OPPOSITE: dict[Verdict, Verdict] = {"met": "unmet", "unmet": "met", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact against one operator, by ``kind``.

    number: ``low``/``high`` in the fact's unit, the bound itself left out when ``strict``. date: ``first``/``last``, both
    included, None for no bound. within: as_of is at most ``months`` after the day. bool: ``flag``. choice: any of ``choices``.
    """

    fact: str
    low: Decimal = -INFINITY
    high: Decimal = INFINITY
    low_strict: bool = False
    high_strict: bool = False
    first: date | None = None
    last: date | None = None
    choices: frozenset[str] = frozenset()
    flag: bool | None = None
    kind: Literal["number", "date", "bool", "choice", "within"] = "number"
    months: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """any, all or not of conditions."""

    op: Literal["any", "all", "not"]
    children: tuple[Node, ...]


Node = Leaf | Group


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition with its clause."""

    id: str
    text: str
    node: Node
    quote: str
    measure: str
    presumed: bool = False


def compile_node(spec: ConditionSpec, facts: dict[str, FactSpec], where: str) -> Node:
    """Turn condition data into a node. :raises DataError: unknown fact, wrong unit or operator, naming ``where``."""
    if spec.fact is None:
        op: Literal["any", "all", "not"] = "any" if spec.any_ else "all" if spec.all_ else "not"
        return Group(op, tuple(compile_node(c, facts, where) for c in spec.children))
    if spec.fact not in facts:
        raise DataError(f"{where}：没有定义情况 {spec.fact}。请在 knowledge/data/lexicon/facts.yaml 或本文件 facts 里定义。")
    fact = facts[spec.fact]
    op_name = spec.operators[0]
    try:
        if fact.type == "date":
            return _date_leaf(spec, fact)
        if fact.type == "bool":
            if spec.is_ is None:
                raise ValueError("是/否的情况只能用 is")
            return Leaf(fact.id, flag=spec.is_, kind="bool")
        if fact.type == "choice":
            return _choice_leaf(spec, fact)
        return _number_leaf(spec, fact)
    except ValueError as problem:
        raise DataError(f"{where}：条件 {spec.id or fact.id}（{op_name}）写得不对：{problem}") from problem


def _choice_leaf(spec: ConditionSpec, fact: FactSpec) -> Leaf:
    if spec.in_ is None:
        raise ValueError("选择类的情况只能用 in")
    unknown = set(spec.in_) - set(fact.choices)
    if unknown:
        raise ValueError(f"没有选项 {'、'.join(sorted(unknown))}；可选：{'、'.join(fact.choices)}")
    return Leaf(fact.id, choices=frozenset(spec.in_), kind="choice")


def _date_leaf(spec: ConditionSpec, fact: FactSpec) -> Leaf:
    def day(value: str | date) -> date:
        if not isinstance(value, date):
            raise ValueError(f"「{value}」应当是日期")
        return value

    one = timedelta(days=1)
    if spec.between:
        return Leaf(fact.id, first=day(spec.between[0]), last=day(spec.between[1]), kind="date")
    if spec.at_least is not None or spec.more_than is not None:
        first = day(spec.at_least) if spec.at_least is not None else day(spec.more_than or "") + one
        return Leaf(fact.id, first=first, kind="date")
    if spec.at_most is not None or spec.less_than is not None:
        last = day(spec.at_most) if spec.at_most is not None else day(spec.less_than or "") - one
        return Leaf(fact.id, last=last, kind="date")
    raise ValueError("日期只能用 at_least、more_than、at_most、less_than、between")


def _number_leaf(spec: ConditionSpec, fact: FactSpec) -> Leaf:
    def figure(value: str | date | None) -> Decimal:
        if not isinstance(value, str):
            raise ValueError("应当是数加单位")
        return quantity(value, fact.unit)

    if spec.between:
        return Leaf(fact.id, low=figure(spec.between[0]), high=figure(spec.between[1]))
    if spec.at_least is not None:
        return Leaf(fact.id, low=figure(spec.at_least))
    if spec.more_than is not None:
        return Leaf(fact.id, low=figure(spec.more_than), low_strict=True)
    if spec.at_most is not None:
        return Leaf(fact.id, high=figure(spec.at_most))
    if spec.less_than is not None:
        return Leaf(fact.id, high=figure(spec.less_than), high_strict=True)
    raise ValueError("数量只能用 at_least、more_than、at_most、less_than、between")


def window_condition(window: EventWindow, facts: dict[str, FactSpec], measure: str, where: str) -> Condition:
    """An event window as a condition."""
    if window.fact not in facts or facts[window.fact].type != "date":
        raise DataError(f"{where}：event_window 的 fact {window.fact} 应当是已定义的日期类情况。")
    node = Leaf(window.fact, first=window.since, last=window.until, kind="date")
    ends = (f"{window.since}起" if window.since else "", f"到{window.until}止" if window.until else "")
    text = window.text or f"{facts[window.fact].name}在{'、'.join(e for e in ends if e)}"
    return Condition("event_window", text, node, window.quote, window.measure or measure, window.presumed)


def within_condition(within: ApplyWithin, facts: dict[str, FactSpec], measure: str, where: str) -> Condition:
    """A time limit for applying as a condition on as_of."""
    if within.fact not in facts or facts[within.fact].type != "date":
        raise DataError(f"{where}：apply_within 的 fact {within.fact} 应当是已定义的日期类情况。")
    text = within.text or f"{facts[within.fact].name}起{within.months}个月以内申请"
    return Condition(
        "apply_within",
        text,
        Leaf(within.fact, kind="within", months=within.months),
        within.quote,
        within.measure or measure,
        within.presumed,
    )


def judge(node: Node, situation: Situation) -> Verdict:
    """The verdict on a node; unknown only when the facts leave both outcomes possible."""
    if isinstance(node, Leaf):
        return _judge_leaf(node, situation)
    if node.op == "not":
        return _OPPOSITE[judge(node.children[0], situation)]
    decisive: Verdict = "met" if node.op == "any" else "unmet"
    result = _OPPOSITE[decisive]
    for child in node.children:
        verdict = judge(child, situation)
        if verdict == decisive:
            return decisive
        if verdict == "unknown":
            result = "unknown"
    return result


def _judge_leaf(leaf: Leaf, situation: Situation) -> Verdict:
    if leaf.kind == "bool":
        said = situation.flag(leaf.fact)
        return "unknown" if said is None else "met" if said == leaf.flag else "unmet"
    if leaf.kind == "choice":
        possible = situation.choices(leaf.fact)
        return "met" if possible <= leaf.choices else "unknown" if possible & leaf.choices else "unmet"
    if leaf.kind == "number":
        return _judge_number(leaf, situation.number(leaf.fact))
    first, last = situation.day(leaf.fact)
    if first is None or last is None:
        return "unknown"
    if leaf.kind == "within":
        return _judge_within(leaf, first, last, situation.as_of)
    inside = [(leaf.first is None or d >= leaf.first) and (leaf.last is None or d <= leaf.last) for d in (first, last)]
    if all(inside):
        return "met"
    outside = (leaf.first is not None and last < leaf.first) or (leaf.last is not None and first > leaf.last)
    return "unmet" if outside else "unknown"


def _judge_within(leaf: Leaf, first: date, last: date, as_of: date) -> Verdict:
    if first > as_of:
        return "unmet"
    if as_of <= add_months(first, leaf.months):
        return "met"
    return "unmet" if as_of > add_months(last, leaf.months) else "unknown"


def _judge_number(leaf: Leaf, value: Interval) -> Verdict:
    above = value.low > leaf.low if leaf.low_strict else value.low >= leaf.low
    below = value.high < leaf.high if leaf.high_strict else value.high <= leaf.high
    if above and below:
        return "met"
    never = value.high <= leaf.low if leaf.low_strict else value.high < leaf.low
    never = never or (value.low >= leaf.high if leaf.high_strict else value.low > leaf.high)
    return "unmet" if never else "unknown"


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf of a node."""
    if isinstance(node, Leaf):
        yield node
    else:
        for child in node.children:
            yield from leaves(child)


def undecided(node: Node, situation: Situation) -> tuple[str, ...]:
    """The facts whose lack leaves a node unknown, in the order written."""
    if judge(node, situation) != "unknown":
        return ()
    if isinstance(node, Leaf):
        return (node.fact,)
    found: list[str] = []
    for child in node.children:
        found += [f for f in undecided(child, situation) if f not in found]
    return tuple(found)
