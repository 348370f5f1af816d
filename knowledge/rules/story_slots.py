"""The open facts of one benefit, and which numbers of a message may fill them. ``story_directed`` decides which do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import Lexicon
from knowledge.rules.rulebook import Benefit
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_text import Readings, Text, fits

PEOPLE_UNITS = ("人", "个", "名", "位", "号人")
COUNTED_PEOPLE = ("人", "名", "位", "")
NO_PEOPLE = re.compile(
    r"^(?:补贴|补助|政策|问题|事|条件|文件|月|地方|办法|城市|年头|钱|方案|口径|项目|比例|档|阶段|半月|小时|学时|点|百分点|多月|季度|部门|局|电话|说法|选|能|哪|证|企业|子?公司|分公司|分店|分厂|厂|店)"
)
_A_MONTH = re.compile(r"(?:每|一)个?月[^，,。；;：:、\d]{0,8}$")  # 「一人一月612」「每月一共交480」
_EARNED = re.compile(r"(?:挣|赚|工资|收入|月薪|年薪)(?:了|的|是|有|到)?(?:大概|差不多)?\.*$")
_REACH = 16  # how far the words of a fact may stand from its number here
RATE = re.compile(r"(?:每|一)(?:个)?(?:人)?$|每$|第$|上$|这$|那$|哪$|几$|各$")


@dataclass(frozen=True, slots=True)
class Directed:
    """What a message says about one benefit: facts found, and the numbers of people or sums that nothing took."""

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    odd: tuple[Quantity, ...] = ()
    guessed: frozenset[str] = frozenset()  # facts found by elimination alone


@dataclass
class Slots:
    """One message read for one benefit."""

    benefit: Benefit
    lexicon: Lexicon
    text: Text
    readings: Readings
    known: Mapping[str, FactValue]
    filled: dict[str, FactValue] = field(default_factory=dict)
    used: set[tuple[int, int]] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)
    doubtful: list[Quantity] = field(default_factory=list)  # numbers that leave open what is counted

    def counts_things(self, q: Quantity) -> bool:
        """Whether a quantity counts what people hold (「3个初级」), not the people."""
        things = [self.lexicon.specs[f] for f in self.owners(q) if f in self.lexicon.specs]
        return any(s.holders for s in things)

    def open_specs(self) -> list[FactSpec]:
        """Facts of the benefit that are still open and that people state as one figure."""
        vague = {fact for fact, _ in self.readings.vague}
        said = {**self.known, **self.filled}
        said |= {f: said[x] for f, s in self.benefit.facts.items() for x in reversed(s.first_of) if f not in said and x in said}
        formulas = [(own, self.benefit.facts[f].derive or "") for f in self.benefit.needs if f not in said
                    if (own := _inputs(self.benefit.facts[f]))]  # fmt: skip
        begun = [own for own, formula in formulas if "*" in formula or any(x in said for x in own)]
        inputs = [x for own in begun for x in own if not any(c in said for c in self.benefit.facts[x].sum_of)]
        return [
            self.benefit.facts[f]
            for f in dict.fromkeys([*self.benefit.needs, *inputs])
            if f not in said and f not in vague and fillable(self.benefit, f, said)
        ]

    def owners(self, q: Quantity) -> set[str]:
        """The facts that the first reading gave a quantity to, this benefit's or others'."""
        return {r.value.fact for r in self.readings.found if (r.start, r.end) == (q.start, q.end) and r.value.fact}

    def free(self) -> list[Quantity]:
        """Exact quantities that no fact of this benefit has taken."""
        claimed = {
            (r.start, r.end) for r in self.readings.found if r.value.fact in self.benefit.reads or not r.value.fact
        } | self.used
        return [q for q in self.text.quantities if q.exact and (q.start, q.end) not in claimed]

    def fill(self, value: FactValue, *taken: Quantity) -> None:
        low, high = self.benefit.facts[value.fact].span
        if isinstance(value.value, Decimal) and not low <= value.value <= high:
            return
        self.filled[value.fact] = value
        self.used |= {(q.start, q.end) for q in taken}


def _inputs(spec: FactSpec) -> tuple[str, ...]:
    """The facts that a derived one is worked out from; none for an alias."""
    return spec.derived_from if len(spec.derived_from) > 1 else ()


def _formula(benefit: Benefit, fact: str) -> str:
    """The formula of the open fact that a fact goes into."""
    return next((benefit.facts[f].derive or "" for f in benefit.needs if fact in _inputs(benefit.facts[f])), "")


# Things that 「N个」 counts when they follow it; else it may count people (「46个进城打工的」).
_THINGS_AFTER = re.compile(
    r"(?:馒头|包子|菜|月|小时|学时|课时|钟头|点|平|房|门|车|站|项目|品种|问题|部门|窗口|摊|柜|教室|班|店|厂|证|本|礼拜|星期|回|次|档|牌|机|床|箱|单子|订单|群|号|村|镇|区|县|市|省|园|基地|"
    r"公司|企业|单位|家|地方|城市|车间|条件|政策|补贴|文件|事|方面|办法|级别|等级|档次|层|种|类|平台|电话|名额|岗位|分店|门面|铺|仓库|工地|项|样|品牌|商标|专利|季度|学期|年头|百分点|半(?![道路途截]))"
)


def nearness(spec: FactSpec, text: str, q: Quantity) -> int:
    """How well the words before or after a number are those of a fact: characters of its longest pattern that fits, else 0."""
    start = max((text.rfind(c, 0, q.start) for c in "。；;！!？?\n"), default=-1) + 1
    before, after = text[max(start, q.start - _REACH) : q.start], text[q.end : q.end + 6]
    best = 0
    for pattern in spec.patterns:
        pieces, tails = _pieces(pattern)
        if _in_order(pieces, before) and _in_order(tails, after) and (pieces or tails):
            best = max(best, sum(map(len, pieces)) + sum(map(len, tails)))
    return best if best >= 2 else 0


@cache
def _pieces(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a pattern before and after its number; none for a pattern of a day."""
    if "N" not in pattern:
        return (), ()
    head, tail = pattern.split("N", 1)
    return tuple(p for p in head.split("..") if p), tuple(p for p in tail.split("..") if p)


def _in_order(pieces: Sequence[str], text: str) -> bool:
    """Whether pieces stand in a text in their order, with no share between them and its end (「裁员率6%，200人」 lays off no 200)."""
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return not pieces or not re.search(r"[%％]", text[at:])


def counts_people(text: str, q: Quantity) -> bool:
    before, after = text[max(0, q.start - 2) : q.start], text[q.end : q.end + 4]
    other = q.unit == "个" and bool(_THINGS_AFTER.match(text[q.end :]))  # 「四个馒头」
    other = other or text[q.end - 1 : q.end + 1] == "口子"  # 「两口子」
    other = other or re.match(r"工(?![人地厂作资龄程])", text[q.end :]) is not None  # 「370个工」 are days worked
    return q.unit in PEOPLE_UNITS and not other and q.value > 1 and not NO_PEOPLE.match(after) and not RATE.search(before)


def can_be(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "money" and q.unit not in ("元", "万元") and q.value < 1000 and not _A_MONTH.search(text[: q.start]):
        return False  # a bare small number is hardly a sum of money
    if (
        spec.type == "money"
        and _EARNED.search(text[: q.start])
        and not any(_EARNED.search(p.split("N")[0]) for p in spec.patterns)
    ):
        return False  # 「挣了1900」 was not paid in
    if spec.type == "count" and q.unit == "" and spends(text, q):
        return False
    if spec.type in ("count", "days") and q.value == 1:
        return False  # 「一个人一天补多少」 asks for a rate
    if spec.type in ("months", "years") and not is_span(text, q):
        return False
    people = spec.type != "count" or spec.unit not in COUNTED_PEOPLE or counts_people(text, q)
    rate = spec.type == "count" and spec.unit in COUNTED_PEOPLE and bool(RATE.search(text[max(0, q.start - 2) : q.start]))
    return fits(spec, q) and people and not rate


def spends(text: str, q: Quantity) -> bool:
    """Whether a bare number is money paid (「花120买了」)."""
    return bool(re.search(r"(?:花|付|掏|交|缴|收|价|赔|发|给)(?:了|的|着)?$", text[max(0, q.start - 3) : q.start]))


def is_span(text: str, q: Quantity) -> bool:
    """Not 「每月」「一个月980」: a number of months, not the unit of a rate."""
    if q.value == 1 and q.unit == "年" and re.match(r"能|可|最多|顶多|几|补|领|给|里头?|一次", text[q.end :]):
        return False  # 「一年能领几回」
    if q.value != 1 or q.unit != "个月":
        return True
    return bool(re.search(r"(?:交|缴|免|减|干|住|满|签|了|共|有|就|才)$", text[: q.start])) and not re.match(
        r"[\d一二两三四五六七八九十百千]|交|缴|免|减|给|是", text[q.end : q.end + 1]
    )


def fillable(benefit: Benefit, fact: str, known: Mapping[str, FactValue]) -> bool:
    """Open numbers that people state as one figure; categories of people are never guessed."""
    spec = benefit.facts[fact]
    counts = benefit.amount.counts if benefit.amount else ()
    known_parts = [f for f in benefit.facts if spec.derive and f in known and f in spec.derive]
    alone = spec.derive is None or spec.ask_whole
    thing = spec.type == "count" and spec.unit in ("个", "次")  # things are named when they are counted
    return (
        spec.numeric
        and not thing
        and not spec.strong
        and spec.type != "age"
        and alone
        and not known_parts
        and not spec.part_of
        and (spec.id not in counts or (len(counts) == 1 and spec.about != "hire"))
    )


def rivals(one: FactSpec, other: FactSpec) -> bool:
    """Whether two facts could claim the same quantity."""
    same = one.type == other.type or {one.type, other.type} <= {"months", "years"}
    return same and (one.type != "count" or one.unit == other.unit) and (one.type != "money" or one.unit == other.unit)
