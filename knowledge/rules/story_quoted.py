"""Numbers of a message that say nothing of the asker: a figure of the policy quoted back, and 「两样」「两个都领」 for benefits.

Taken for facts they make the worst of wrong sums: 「听说招应届生有1000，我招了3个」 had counted a thousand graduates.
"""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import Decimal

from knowledge.rules.story_numbers import Quantity

# Measure words of benefits, ways and times: a bare number before one of them counts no people.
_OF_BENEFITS = re.compile(r"[样项笔种码档]|份(?:钱|补)")
_HOW = "(?:都|一起|一块儿?|同时|全|能不能|可不可以|可以|能|是不是|一并|叠加|重复)+"
_HAD_TOGETHER = re.compile(
    rf"{_HOW}(?:领|拿|享受|申领|申请|要|占|报)(?![了到的过得证])|(?:补贴|补助|政策|待遇|奖励|奖补|钱|证能|条件)"
)
_A_FIGURE = re.compile(r"\d{3}|[一两二三四五六七八九]+[千百万]")  # 「两个1000」
_PERSONS = ("俩", "仨")  # 「他们俩都能领吗」
_LEAST_FIGURE = 100  # yuan: smaller sums are also numbers of people
_FEW = 4  # benefits that somebody asks about at once
_FOR_ONE_HIRED = re.compile(
    r"(?:招用?|录用?|雇|聘|安置|吸纳|介绍|引进)(?:一个|1个|一人|1人|一名|1名|一位)[^，,。；;！!？?\d]{0,10}"
    r"(?:给|补贴?|补助|发|奖励?|返|贴|有|领|拿|得)(?:了|到|个|您|你|我们?|咱|单位|企业|公司)?$"
)


def _speaks_of_benefits(text: str, q: Quantity) -> bool:
    """Whether a small number counts benefits or ways, not people: 「两样加起来」「两个都能领吗」「两个1000」."""
    if q.unit not in ("", "个") or q.value > _FEW or q.raw in _PERSONS:
        return False
    after = text[q.end : q.end + 12]
    if q.unit == "":
        return bool(_OF_BENEFITS.match(after))
    return bool(_HAD_TOGETHER.match(after) or _A_FIGURE.match(after))


# 「老板说就免三个月」「听说给补两年」: what somebody says of the policy.
_SAID_OF_IT = re.compile(
    r"(?:说|讲|传)(?:是|就|只|要|能|会|都|可以)*(?:免|减半?|补|返|退|降|奖|给免|给补|给返|给减)(?:了|到|个)?$"
)


def _is_hearsay(text: str, q: Quantity) -> bool:
    """Whether a number is what somebody was told that the policy gives."""
    return bool(_SAID_OF_IT.search(text[max(0, q.start - 12) : q.start]))


_HEARD_OF_IT = re.compile(
    r"(?:听说|听人说|据说|都说|人家说|网上说|说是)[^，,。；;！!？?]*(?:返|退|补|奖|减|免|领|享受|发钱|给钱)[^，,。；;！!？?]*"
)


def without_hearsay(text: str) -> str:
    """The text with the clauses that say what others tell of the policy (「听说企业能返钱」) blanked out, places kept."""
    return _HEARD_OF_IT.sub(lambda m: "。" * len(m[0]), text)


def _is_rate(text: str, q: Quantity) -> bool:
    """Whether a sum is what the policy is said to give for one person hired (「招一个大学生给一千」): nobody's premium or wage."""
    return q.unit in ("", "元") and bool(_FOR_ONE_HIRED.search(text[max(0, q.start - 20) : q.start]))


def is_bare_figure(q: Quantity, figures: Set[Decimal]) -> bool:
    """Whether a number without a unit is a sum that the clauses give (「应届生的1000」), so that it counts nobody."""
    return q.unit == "" and q.value >= _LEAST_FIGURE and q.value in figures


_NONE_AMISS = re.compile(r"(?:都|也)?(?:不差|不少|没差|不落|不缺|没少|没断|没落下|没歇)")


def _only_stresses(text: str, q: Quantity) -> bool:
    """「一个月不差」「一天没断」: says how exact something is, and is no number of its own."""
    return q.value == 1 and bool(_NONE_AMISS.match(text[q.end :]))


_TOGETHER = re.compile(r"(?:儿|(?=[的拿考去来干办交领报买住招签申打捆绑合凑算加儿]))(?!钱)")


def _means_together(text: str, q: Quantity) -> bool:
    """「一块儿拿的证」 is no yuan."""
    return q.raw == "一块" and bool(_TOGETHER.match(text[q.end :]))


_OF_YEAR = re.compile(r"(?:那?是|才是)(?P<year>(?:19|20)\d{2}|前年|大前年|今年)(?:年)?(?:的|那年|一?年的)")


def of_another_year(text: str, q: Quantity, last_year: int) -> bool:
    """「2019年交了7.2万……等等，7.2万是2018年的数，2019年是8.64万」: a number that the asker takes back as another year's."""
    for m in re.finditer(re.escape(q.raw), text):
        said = _OF_YEAR.match(text, m.end())
        if said is not None and said["year"] not in (str(last_year), "去年"):
            return True
    return False


def is_said_of_the_policy(text: str, q: Quantity) -> bool:
    """Whether a number speaks of the policy and not of the asker: it is then no quantity of the story."""
    return (
        _speaks_of_benefits(text, q)
        or _is_rate(text, q)
        or _is_hearsay(text, q)
        or _only_stresses(text, q)
        or _means_together(text, q)
    )
