"""Numbers in running Chinese text → Decimal, with their place and unit.

One reading serves every user of numbers: checking that a figure stands in its clause, verifying an
answer, and reading a citizen's story. Conversion of Chinese numerals is cn2an's; finding them is ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import cn2an

_DIGITS = "零〇一二两三四五六七八九"
_CN = f"(?:[俩仨][万千百]?|[{_DIGITS}十百千万亿廿卅]+)"  # 「一个两年俩一年」: 俩 ends a number
_SCALE = {"亿": Decimal(10) ** 8, "万": Decimal(10) ** 4, "千": Decimal(1000), "百": Decimal(100)}
_UNIT = (
    r"个点(?![心数位儿])|个学时|个课时|个小时|课时|元/学时|元/人|万元|个百分点|百分点|％|%|‰|元|块钱|块|人次|人|名|位|口|个月|个|月份|月|年|周岁|岁|天|日|号|次|户|家|倍|条|款|"
    r"间|场|处|所|期|级|学时|小时|折|成|份|分|平方米|平米|平方(?!公里)|平(?![均时常等安分])|亩"
)
_SAME_UNIT = {
    "％": "%", "个点": "%", "块钱": "元", "块": "元", "名": "人", "位": "人", "口": "人", "周岁": "岁", "平": "平方米", "平米": "平方米",
    "平方": "平方米", "个学时": "学时", "个课时": "学时", "课时": "学时", "个小时": "小时",
}  # fmt: skip
_PERCENT = re.compile(rf"百分之({_CN}(?:点[{_DIGITS}]+)?|\d+(?:\.\d+)?)|千分之({_CN}|\d+(?:\.\d+)?)")
_ARABIC = re.compile(
    r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?!\d)\s*(亿|万|千(?!米|克|瓦)|百(?!分))?(余|多|来)?\s*(" + _UNIT + ")?"
)
_CHINESE = re.compile(rf"({_CN}(?:点[{_DIGITS}]+)?)(半)?(余|多|来)?(" + _UNIT + ")?")
_HALF = re.compile(r"半(年|个月|天|数)|(\d+|[" + _DIGITS + r"十]+)(个)?(年|月|天|万)半")
_PLAIN = str.maketrans({"俩": "两", "仨": "三", "〇": "零", "廿": "二十", "卅": "三十"})
# Words in which a numeral character counts nothing.
_IDIOM = re.compile(
    "一次性|一些|一下|一般|一定|一样|一起|一直|一点|一共|一边|一律|统一|唯一|一致|进一步|一体|万一|一旦|一家子|"
    "千万别|三险一金|五险一金|五险|三险|一揽子|一对一|一对|三支一扶|双百|四进|一带一路|五险一|第一时间|七大姑八大姨|"
    "百分点|百姓|千方百计|万岁|零工|零就业|两个同等|零花|三农|一线|一二三产业|四大|十强|万众|乱七八糟|一刻钟"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number found in a text. ``value`` already holds 万, 亿; percentages are 60 for 60 %, unit '%'."""

    value: Decimal
    unit: str
    start: int
    end: int
    raw: str
    approximate: bool = False  # 「十来个」「30多人」: a bound, not a count


_WIDE = [chr(c) for first, last in ("０９", "ＡＺ", "ａｚ") for c in range(ord(first), ord(last) + 1)] + list("％．＋－／")
_NARROW = str.maketrans({c: unicodedata.normalize("NFKC", c) for c in _WIDE})


def normalise_width(text: str) -> str:
    """Full-width digits, letters and percent signs to ASCII, one character for one character."""
    return text.translate(_NARROW)


@lru_cache(maxsize=4096)
def chinese_value(word: str) -> Decimal | None:
    """「两千五」→ 2500, 「十五」→ 15, 「十二点五」→ 12.5; None when it is no number."""
    word = word.translate(_PLAIN)
    if len(word) == 1 and word in "百千万亿":
        return None
    if word.startswith(("百", "千", "万")):
        word = "一" + word
    try:
        return Decimal(str(cn2an.cn2an(word.replace("两", "二") if len(word) == 1 else word, "smart")))
    except (ValueError, KeyError, IndexError, InvalidOperation):
        return None


def value_of(word: str) -> Decimal | None:
    """A number in digits or in Chinese: 「12.5」 → 12.5, 「十二」 → 12; None when it is no number."""
    return Decimal(word) if word[:1].isdigit() else chinese_value(word)


def _percentages(text: str) -> Iterator[Number]:
    for m in _PERCENT.finditer(text):
        word = m.group(1) or m.group(2)
        value = value_of(word)
        if value is not None:
            yield Number(value, "%" if m.group(1) else "‰", m.start(), m.end(), m.group(0))


def _arabic(text: str) -> Iterator[Number]:
    for m in _ARABIC.finditer(text):
        value = Decimal(m.group(1).replace(",", "") + (m.group(2) or ""))
        unit = m.group(5) or ""
        if m.group(3):
            value *= _SCALE[m.group(3)]
        if unit == "万元":
            value, unit = value * 10000, "元"
        yield Number(value, _unit(unit), m.start(), m.end(), m.group(0).rstrip(), bool(m.group(4)))


def _chinese(text: str) -> Iterator[Number]:
    blocked = [m.span() for m in _IDIOM.finditer(text)]
    for m in _CHINESE.finditer(text):
        if any(a <= m.start() < b for a, b in blocked):
            continue
        word, unit = m.group(1), m.group(4) or ""
        value = chinese_value(word)
        if value is None:
            continue
        if m.group(2):  # 「三半」; with a unit before the half (「一年半」) it is one of _halves
            value += Decimal("0.5")
        if unit == "万元":
            value, unit = value * 10000, "元"
        if not unit and word[-1] in "俩仨":
            unit = "个"
        yield Number(value, _unit(unit), m.start(), m.end(), m.group(0), bool(m.group(3)))


def _halves(text: str) -> Iterator[Number]:
    for m in _HALF.finditer(text):
        if m.group(1):
            yield Number(Decimal("0.5"), "年" if m.group(1) == "年" else _unit(m.group(1)), m.start(), m.end(), m.group(0))
            continue
        word = m.group(2)
        base = value_of(word)
        if base is None:
            continue
        unit = "个月" if m.group(4) == "月" else m.group(4)
        value = base + Decimal("0.5")
        if unit == "万":
            value, unit = value * 10000, ""
        yield Number(value, unit, m.start(), m.end(), m.group(0))


def _unit(written: str) -> str:
    return _SAME_UNIT.get(written, written)


@lru_cache(maxsize=4096)
def numbers_in(text: str) -> tuple[Number, ...]:
    """Every number in ``text``, left to right, none overlapping; the reading with most context wins."""
    text = normalise_width(text)
    taken: list[Number] = []
    for source in (_percentages, _halves, _arabic, _chinese):
        for number in source(text):
            if all(number.end <= t.start or number.start >= t.end for t in taken):
                taken.append(number)
    return tuple(sorted(taken, key=lambda n: n.start))


def values_in(text: str) -> frozenset[Decimal]:
    """The set of values, for “does this figure stand in that clause”; 60.0 is 60, as Decimals compare."""
    return frozenset(n.value for n in numbers_in(text))


def format_amount(value: Decimal) -> str:
    """6000 → 「6,000」, 1234.50 → 「1,234.50」: thousands separators, no needless zeros, to the fen."""
    quantised = value.quantize(Decimal("0.01"))
    return f"{quantised:,.0f}" if quantised == quantised.to_integral_value() else f"{quantised:,.2f}"
