"""Quantities in everyday Chinese, with bounds where the words are vague: 「十来个」「三四个人」「一年半」「快两年」.

Finding and converting plain numerals is ``knowledge.numerals``' work; here are the forms in which people
soften, round, join or bound them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.numerals import chinese_value, normalise_width, numbers_in, value_of
from knowledge.rules.intervals import INFINITY

_D = "一二两三四五六七八九"
_N = rf"(?:\d+(?:\.\d+)?|[{_D}十百千零]+)"
_UNIT = r"(?:个月|个半月|年|岁|天|个百分点|个|人|名|位|口|号人|元|块钱|块|万元|万|次|%|张|本|学时|课时|月)"
_SPAN = re.compile(rf"({_N})年(?:零|又|加|多)?({_N})个月")
_WHOLE = re.compile(rf"({_N})整(年|天)|({_N})个整(月)|整整({_N})(年)")
_HALF_MONTHS = re.compile(rf"({_N})个半月")
_NEIGHBOURS = re.compile(
    rf"(?<![{_D}零〇十\d])(十|[二三四五六七八九]十)?([{_D}])([二三四五六七八九])(十|百|千)?(万)?(?![{_D}零〇十百千\d])({_UNIT})?"
)
_RANGE = re.compile(rf"(\d+(?:\.\d+)?|[{_D}十]+)(?:-|—|~|～|到|至)(\d+(?:\.\d+)?|[{_D}十]+)({_UNIT})")
_ONE_BY_ONE = re.compile(rf"(?<=分别招|分别有|分别是|分别交)(\d+(?:、\d+)+)({_UNIT})")  # 「分别招80、60、40个人」
_LISTED = re.compile(rf"(?<!\d)(\d)、(\d)({_UNIT})")
_SOME = re.compile(rf"(?<![{_D}百千万\d免减领补给返补贷])(十|[{_D}]十|\d+)?(?:好)?几(十|百|千|万)?({_UNIT})?")
_LATIN = re.compile(r"(\d+(?:\.\d+)?)\s*([wWkK])")
_SHORT_TAIL = re.compile(rf"(\d+)(万|千)([1-9{_D}])(?![\d.{_D}十百千万个人名位口年月天])(元|块钱|块)?")  # 「12万5」「1万五」
_MIXED = re.compile(r"(\d+)万(?:(\d)千(?:(\d)百?(?![\d万千]))?|(\d{3,4}))(?!\d)(元|块钱|块)?")  # 「1万5千」「9万6千7」「3万2000」
_AND_JIAO = re.compile(rf"(\d+)块({_D}|\d)(?![\d.{_D}十百千万个人名位]|毛钱)毛?")  # 「1086块5」
_MOST_OF_HALF = re.compile(r"(大|小)半年")
_ONE = re.compile(
    r"(?<=[招录聘雇有考拿收进得])(?:了|用|过|到)?([个名])(?![月性别体啥什人])|(?<=[招录聘雇收])(?:了|用|过|到)?([个名])(?=人)|(?<=来了)([个名])(?![月性别体])"
)
_ORDINAL = re.compile(r"第$")
_BEFORE = re.compile(
    r"(?P<under>不到|不足|不满|未满|没到|没满|差点|差一点|快|快要|将近|接近|近|少于|低于)|(?P<about>大概|大约|约莫|约|差不多|估计|可能|应该有|也就|大致)|"
    r"(?P<least>至少|起码|最少|不少于|不低于|超过|超|不下)|(?P<most>最多|不超过|顶多|至多)"
)
_AFTER = re.compile(r"^(?P<about>左右|上下|来着)|^(?P<least>以上|开外|往上|起)|^(?P<most>以下|以内|之内)|^(?P<over>多|出头|有余)")
_TOGETHER_BEFORE = re.compile(r"(?:加|搁|放|凑|算|在|到|都|合)$")
_TOGETHER_AFTER = re.compile(r"儿|交|缴|算|领|办|享|拿|申|报|去|来|是|能|多少|给|上|干|合计|总共|有|，|,|。|$")
_MONTHS = re.compile(
    rf"(?:从|自|打)?({_N})月(?:份|初)?(?:起|开始)?[，,]?(?:一直)?(?:领|交|缴|干|发|做|开|免|减|拿)?(?:到|至|-|—|~)(?:今年|当年)?(?:(年底|年末)|({_N})月(?:份|底)?)(?!\d|[一二三四五六七八九十])(?![\d{_D}]{{0,3}}[日号])"
)
_SOME_MONTHS = re.compile(rf"({_N})个多月")
_FEW_MONTHS = re.compile(r"(俩|仨)个?月")
_COUNTED_MONTHS = re.compile(r"(?<=[这头前后连满整])([两三四五六七八九]|\d{1,2})月(?!\d|[份初底日号一二三四五六七八九十])")
_LITTLE = Decimal("0.01")
_LITTLE_OVER = Decimal("0.4")  # 「二十出头」 is nearer to twenty than to thirty, unlike 「二十多」


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in a text. ``low``/``high`` are equal to ``value`` unless the words are vague."""

    value: Decimal
    unit: str
    start: int
    end: int
    raw: str
    low: Decimal
    high: Decimal

    @property
    def exact(self) -> bool:
        return self.low == self.high


def quantities_in(text: str, taken: tuple[tuple[int, int], ...] = ()) -> tuple[Quantity, ...]:
    """Every quantity of a text, left to right, none overlapping each other or the ``taken`` spans."""
    text = normalise_width(text)
    found: list[Quantity] = []
    for quantity in [*_special(text), *_plain(text)]:
        spans = [*taken, *((q.start, q.end) for q in found)]
        if all(quantity.end <= a or quantity.start >= b for a, b in spans):
            found.append(quantity)
    return tuple(_bounded(text, q) for q in sorted(found, key=lambda q: q.start))


def words_only(start: int, end: int, raw: str) -> Quantity:
    """A place of a message that stands for no number, among those that were not understood."""
    return Quantity(Decimal(0), "", start, end, raw, Decimal(0), Decimal(0))


def _exact(value: Decimal, unit: str, m: re.Match[str]) -> Quantity:
    return Quantity(value, unit, m.start(), m.end(), m.group(0), value, value)


def _special(text: str) -> Iterator[Quantity]:
    yield from _whole_stretches(text)
    yield from _stretches_of_time(text)
    for m in _LATIN.finditer(text):
        yield _exact(Decimal(m[1]) * (10000 if m[2] in "wW" else 1000), "", m)
    for m in _MIXED.finditer(text):
        tail = Decimal(m[2]) * 1000 + Decimal(m[3] or 0) * 100 if m[2] else Decimal(m[4])
        yield _exact(Decimal(m[1]) * 10000 + tail, "元" if m[5] else "", m)
    for m in _AND_JIAO.finditer(text):
        yield _exact(Decimal(m[1]) + (value_of(m[2]) or Decimal(0)) / 10, "元", m)
    for m in _SHORT_TAIL.finditer(text):
        scale, tail = Decimal(10000 if m[2] == "万" else 1000), value_of(m[3]) or Decimal(0)
        yield _exact(Decimal(m[1]) * scale + tail * scale / 10, "元" if m[4] else "", m)
    for m in _ONE.finditer(text):
        i = m.lastindex or 1
        yield Quantity(Decimal(1), "个", m.start(i), m.end(i), m[i], Decimal(1), Decimal(1))
    yield from _ranges(text)


def _whole_stretches(text: str) -> Iterator[Quantity]:
    """「一整年」「六个整月」「整整两年」."""
    for m in _WHOLE.finditer(text):
        if (whole := value_of(m[1] or m[3] or m[5])) is not None:
            yield _exact(whole, "个月" if m[4] else (m[2] or m[6]), m)


def _stretches_of_time(text: str) -> Iterator[Quantity]:
    """「两年零三个月」「三个半月」「八个多月」「仨月」「从3月到年底」「大半年」."""
    for m in _SPAN.finditer(text):
        years, months = value_of(m[1]), value_of(m[2].lstrip("零") or "零")
        if years is not None and months is not None:
            yield _exact(years * 12 + months, "个月", m)
    for m in _HALF_MONTHS.finditer(text):
        if (months := value_of(m[1])) is not None:
            yield _exact(months + Decimal("0.5"), "个月", m)
    for m in _SOME_MONTHS.finditer(text):
        if (months := value_of(m[1])) is not None:
            yield Quantity(months, "个月", m.start(), m.end(), m.group(0), months, months + Decimal("0.99"))
    for m in _FEW_MONTHS.finditer(text):
        yield _exact(Decimal(2 if m[1] == "俩" else 3), "个月", m)
    for m in _COUNTED_MONTHS.finditer(text):
        if (months := value_of(m[1])) is not None:
            yield _exact(months, "个月", m)
    yield from _from_month_to_month(text)
    for m in _MOST_OF_HALF.finditer(text):
        low, high = (Decimal("0.5"), Decimal("0.9")) if m[1] == "大" else (Decimal("0.3"), Decimal("0.5"))
        yield Quantity(Decimal("0.5"), "年", m.start(), m.end(), m.group(0), low, high)


def _from_month_to_month(text: str) -> Iterator[Quantity]:
    """「从3月到年底」: ten months, both ends counted."""
    for m in _MONTHS.finditer(text):
        first, last = value_of(m[1]), Decimal(12) if m[2] else value_of(m[3])
        if first is not None and last is not None and 1 <= first <= last <= 12:
            yield _exact(last - first + 1, "个月", m)


def _ranges(text: str) -> Iterator[Quantity]:
    for m in _RANGE.finditer(text):
        low, high = value_of(m[1]), value_of(m[2])
        if low is not None and high is not None and low < high:
            yield Quantity(high, _unit(m[3]), m.start(), m.end(), m.group(0), low, high)
    for m in _ONE_BY_ONE.finditer(text):
        yield _exact(sum(map(Decimal, m[1].split("、")), Decimal(0)), _unit(m[2]), m)
    for m in _LISTED.finditer(text):
        if int(m[2]) == int(m[1]) + 1:
            yield Quantity(Decimal(m[2]), _unit(m[3]), m.start(), m.end(), m.group(0), Decimal(m[1]), Decimal(m[2]))
    for m in _NEIGHBOURS.finditer(text):
        a, b = (int(chinese_value(x) or 0) for x in (m[2], m[3]))
        if b == a + 1 or (a, b) == (3, 5):
            scale = Decimal({"十": 10, "百": 100, "千": 1000}.get(m[4] or "", 1)) * (10000 if m[5] else 1)
            base = (chinese_value(m[1]) or Decimal(0)) if m[1] else Decimal(0)
            yield Quantity(
                (base + b) * scale, _unit(m[6]), m.start(), m.end(), m.group(0), (base + a) * scale, (base + b) * scale
            )
    for m in _SOME.finditer(text):
        base = (value_of(m[1]) or Decimal(0)) if m[1] else Decimal(0)
        scale = Decimal({"十": 10, "百": 100, "千": 1000, "万": 10000}.get(m[2] or "", 1))
        asked = m[3] in ("年", "个月", "岁") and text[m.end() : m.end() + 1] in (
            "内",
            "能",
            "才",
            "可",
            "来",
            "以",
        )  # 「毕业几年内能贷」
        if (m[3] or m[1] or m[2]) and not asked:
            low = base + 1 if m[1] else 2 * scale
            yield Quantity(
                base + 9 * scale, _unit(m[3]), m.start(), m.end(), m.group(0), low, base + (9 if m[1] else 10 * scale - 1)
            )


def _plain(text: str) -> Iterator[Quantity]:
    for number in numbers_in(text):
        if _ORDINAL.search(text[: number.start]) or _together(text, number.start, number.end, number.raw):
            continue
        low = high = number.value
        if number.approximate:
            low, high = approximate(number.value, number.raw)
        unit = "人" if number.unit == "号" and text[number.end : number.end + 1] in ("人", "员", "职") else number.unit
        yield Quantity(number.value, unit, number.start, number.end, number.raw, low, high)


def _together(text: str, start: int, end: int, raw: str) -> bool:
    """「一块儿交了」「加一块是」「一口气」: words of togetherness, not quantities."""
    if raw == "一块":
        return bool(_TOGETHER_BEFORE.search(text[:start]) or _TOGETHER_AFTER.match(text[end:]))
    return raw == "一口" and text[end : end + 1] == "气"


def _unit(raw: str | None) -> str:
    same = {"块": "元", "块钱": "元", "名": "人", "位": "人", "口": "人", "号人": "人", "本": "张", "课时": "学时"}
    return same.get(raw or "", raw or "")


def _bounded(text: str, q: Quantity) -> Quantity:
    """Apply the words just before and after: 「快两年」「6人以上」「不到一年」「半年多」「大概8个」."""
    if not q.exact:
        return q
    step = Decimal(1) if q.unit in ("个", "人", "张", "次", "家") else _LITTLE
    before = list(_BEFORE.finditer(text[max(0, q.start - 5) : q.start]))
    word = before[-1] if before and not text[max(0, q.start - 5) + before[-1].end() : q.start].strip("有是在了着招来") else None
    after = _AFTER.match(text[q.end :])
    value = q.value
    if word and word["under"]:
        nearly = word["under"] in ("快", "快要", "将近", "接近", "近", "差点", "差一点")
        low = value * Decimal("0.8") if nearly else Decimal(0)
        low = low.to_integral_value() if step == 1 else low
        return replace(q, low=low, high=value - step, raw=word.group(0) + q.raw)
    if (word and word["most"]) or (after and after["most"]):
        return replace(q, low=Decimal(0), raw=_with(q, word, after))
    if (word and word["least"]) or (after and after["least"]):
        strict = bool(word and word["least"] in ("超过", "超"))
        return replace(q, low=value + (step if strict else 0), high=INFINITY, raw=_with(q, word, after))
    if (word and word["about"]) or (after and after["about"]):
        slack = value / 5 if step != 1 else max((value / 5).to_integral_value(), step)
        return replace(q, low=max(value - slack, Decimal(0)), high=value + slack, raw=_with(q, word, after))
    if after and after["over"]:
        most = _next(q) * _LITTLE_OVER if after["over"] == "出头" and q.unit not in ("年", "个月") else _next(q)
        return replace(q, low=value + step, high=value + max(most, step), raw=_with(q, word, after))
    return q


def _with(q: Quantity, word: re.Match[str] | None, after: re.Match[str] | None) -> str:
    return (word.group(0) if word else "") + q.raw + (after.group(0) if after else "")


def _next(q: Quantity) -> Decimal:
    """How much 「多」 can add: half a year to 「半年多」, a year to 「两年多」, below the next round number otherwise."""
    if q.unit in ("年", "个月"):
        return Decimal("0.5") if q.value == Decimal("0.5") else Decimal("0.99")
    return approximate(q.value, "多")[1] - q.value


def approximate(value: Decimal, raw: str) -> tuple[Decimal, Decimal]:
    """Bounds of an approximate count: 「十来个」 8–13, 「30多人」 31–39, 「100余」 101–199.

    「来」 lies around the number, 「多/余」 above it and below the next round one.
    """
    place = Decimal(1)
    while value and value % (place * 10) == 0:
        place *= 10
    if "来" in raw:
        spread = max(place // 5, Decimal(1))
        return value - spread, value + max(place * 3 // 10, Decimal(1))
    return value + 1, value + max(place, Decimal(2)) - 1
