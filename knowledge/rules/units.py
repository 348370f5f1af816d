"""Units of quantities: which can be converted into which, and by what factor.

Grammar of units only; no figure of any policy stands here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from knowledge.numerals import Number, numbers_in

# unit → (what it measures, factor to the base unit of that measure)
_UNITS: dict[str, tuple[str, Decimal]] = {
    "元": ("money", Decimal(1)), "万元": ("money", Decimal(10_000)), "块": ("money", Decimal(1)), "亿元": ("money", Decimal(10) ** 8),
    "%": ("share", Decimal(1)), "个百分点": ("points", Decimal(1)),
    "个月": ("span", Decimal(1)), "月": ("span", Decimal(1)), "年": ("span", Decimal(12)), "季度": ("span", Decimal(3)),
    "天": ("day", Decimal(1)), "日": ("day", Decimal(1)), "周": ("day", Decimal(7)),
    "岁": ("age", Decimal(1)), "人": ("person", Decimal(1)), "个": ("piece", Decimal(1)), "次": ("time", Decimal(1)),
    "学时": ("class_hour", Decimal(1)), "小时": ("class_hour", Decimal(1)), "家": ("place", Decimal(1)), "间": ("room", Decimal(1)), "张": ("paper", Decimal(1)),
    "倍": ("fold", Decimal(1)), "平方米": ("area", Decimal(1)), "平米": ("area", Decimal(1)), "平": ("area", Decimal(1)),
    "亩": ("area", Decimal(2000) / Decimal(3)), "人天": ("person_day", Decimal(1)),
}  # fmt: skip
_PER = re.compile(r"/.*$")
_LOOSE = {"piece", "person", "time", "place", "paper", "room"}  # 「3个」 may count any of these


def base_unit(unit: str) -> str:
    """「元/人」→「元」: what the figure itself is measured in."""
    return _PER.sub("", unit)


def dimension(unit: str) -> str:
    """What a unit measures; the unit itself when it is in no table."""
    return _UNITS.get(base_unit(unit), (base_unit(unit), Decimal(1)))[0]


def convertible(unit: str, target: str) -> bool:
    """Whether a quantity in ``unit`` may stand for one in ``target``; no unit fits everything."""
    if not unit or not target:
        return True
    a, b = dimension(unit), dimension(target)
    return a == b or (a == "piece" and b in _LOOSE) or (b == "piece" and a in _LOOSE)


def convert(value: Decimal, unit: str, target: str) -> Decimal:
    """``value`` of ``unit`` expressed in ``target``. :raises ValueError: the units measure different things."""
    if not convertible(unit, target):
        raise ValueError(f"「{unit}」不能换算成「{target}」")
    if not unit or not target:
        return value
    return value * _UNITS.get(base_unit(unit), ("", Decimal(1)))[1] / _UNITS.get(base_unit(target), ("", Decimal(1)))[1]


@lru_cache(maxsize=4096)
def quantity(text: str, target: str) -> Decimal:
    """One quantity with its unit, e.g. 「1年」 for target 「个月」 → 12.

    :raises ValueError: not exactly one number, or a unit that does not fit.
    """
    found = numbers_in(text)
    if len(found) != 1 or text[: found[0].start].strip():
        raise ValueError(f"「{text}」应当是一个数加单位，例如「1年」「30人」「5.5%」")
    unit = written_unit(text, found[0])
    if not convertible(unit, target):
        raise ValueError(f"「{text}」的单位不能换算成「{target}」")
    return convert(found[0].value, unit, target)


def written_unit(text: str, number: Number) -> str:
    """The unit of a number in a text; a bare 「N万」 is money only when 元 follows elsewhere."""
    if number.unit:
        return number.unit
    rest = text[number.end :]
    return next((unit for unit in sorted(_UNITS, key=len, reverse=True) if rest.startswith(unit)), "")
