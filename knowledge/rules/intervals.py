"""Intervals of Decimals, and safe arithmetic over them with simpleeval.

A known quantity is the interval [x, x]; an unknown one is [least, greatest] that its fact allows. One
evaluation therefore gives the amount when everything is known and the range when something is not.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from functools import lru_cache

from simpleeval import InvalidExpression, SimpleEval

INFINITY = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from ``low`` to ``high``, both included; ``high`` may be infinite."""

    low: Decimal
    high: Decimal

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(_minus(self.low, other.high), _minus(self.high, other.low))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        corners = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        if self.low == self.high == 0:
            return point(Decimal(0))
        if other.low <= 0 <= other.high:
            return Interval(Decimal(0) if self.low >= 0 and other.low >= 0 else -INFINITY, INFINITY)
        corners = [_over(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


def point(value: Decimal) -> Interval:
    """The interval of one value."""
    return Interval(value, value)


def _times(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if a == 0 or b == 0 else a * b


def _over(a: Decimal, b: Decimal) -> Decimal:
    return Decimal(0) if a == 0 or b.is_infinite() else a / b


def _minus(a: Decimal, b: Decimal) -> Decimal:
    return -INFINITY if a.is_infinite() and b.is_infinite() else a - b


def _least(*items: Interval) -> Interval:
    return Interval(min(i.low for i in items), min(i.high for i in items))


def _greatest(*items: Interval) -> Interval:
    return Interval(max(i.low for i in items), max(i.high for i in items))


def _floor_one(value: Decimal) -> Decimal:
    return value if value.is_infinite() else value.to_integral_value(ROUND_FLOOR)


def _floor(item: Interval) -> Interval:
    return Interval(_floor_one(item.low), _floor_one(item.high))


def _ceil(item: Interval) -> Interval:
    low, high = (x if x.is_infinite() else x.to_integral_value(ROUND_CEILING) for x in (item.low, item.high))
    return Interval(low, high)


Function = Callable[..., Interval]
_FUNCTIONS: dict[str, Function] = {"min": _least, "max": _greatest, "floor": _floor, "ceil": _ceil}
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}
_ALLOWED = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, *_OPERATORS)


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed formula: its text, its tree, the names it needs, what it calls and the numbers written in it."""

    source: str
    tree: ast.expr
    names: frozenset[str]
    calls: frozenset[str]
    constants: Mapping[str, Interval]


class _Prepare(ast.NodeTransformer):
    """Numbers become named exact intervals, dotted fact ids become single names."""

    def __init__(self) -> None:
        self.constants: dict[str, Interval] = {}

    def visit_Constant(self, node: ast.Constant) -> ast.Name:
        name = f"#{node.value!r}"
        self.constants[name] = point(Decimal(str(node.value)))
        return ast.Name(id=name, ctx=ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        return ast.Name(id=ast.unparse(node), ctx=ast.Load())


@lru_cache(maxsize=1024)
def compile_expression(source: str) -> Expression:
    """Parse a formula of + - * / min max floor ceil, facts and parameters. :raises ValueError: anything else in it."""
    prepare = _Prepare()
    try:
        tree = prepare.visit(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, InvalidOperation) as problem:
        raise ValueError(f"算式「{source}」写得不对：{problem}") from problem
    called: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise ValueError(f"算式「{source}」里只能有 + - * / min max floor ceil 和名称，不能有 {type(node).__name__}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        elif isinstance(node, ast.Name) and not node.id.startswith("#"):
            names.add(node.id)
    return Expression(source, tree, frozenset(names - called), frozenset(called), prepare.constants)


def evaluate(expression: Expression, names: Mapping[str, Interval], functions: Mapping[str, Function] | None = None) -> Interval:
    """The interval of all values that the formula can take.

    :param names: every name of ``expression.names``. :param functions: further functions, over intervals.
    :raises ValueError: a name or function is missing.
    """
    if functions is None or not expression.calls & functions.keys():
        return _remembered(expression.source, tuple(names.items()))
    return _evaluated(expression, names, functions)


@lru_cache(maxsize=4096)
def _remembered(source: str, names: tuple[tuple[str, Interval], ...]) -> Interval:
    """One story is tried on many readings and benefits: the same formula meets the same numbers again and again."""
    return _evaluated(compile_expression(source), dict(names), {})


def _evaluated(expression: Expression, names: Mapping[str, Interval], functions: Mapping[str, Function]) -> Interval:
    evaluator = SimpleEval(_OPERATORS, {**_FUNCTIONS, **functions}, {**names, **expression.constants})
    try:
        result = evaluator.eval(expression.source, previously_parsed=expression.tree)
    except InvalidExpression as problem:
        raise ValueError(f"算式「{expression.source}」算不出来：{problem}") from problem
    assert isinstance(result, Interval)
    return result
