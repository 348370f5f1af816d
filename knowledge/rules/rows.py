"""Stories told row by row: person by person, class by class, firm by firm, batch by batch, month by month.

「登记失业的四个：老李8个月；小孙正好半年；老马才四个月」, 「电工班合格180人，标准1200；家政班85人，标准800」. A row is
read as a message of its own, together with what is said of all before and after the rows. Cutting is all that is
done here; whether the rows add up to anything is for whoever computes them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from knowledge.numerals import value_of
from knowledge.rules.rows_cut import PEOPLE, Clause, clauses_of, people_in, sums_in, without
from knowledge.rules.story_numbers import Quantity, quantities_in

Kind = Literal["person", "class", "owner", "phase", "list", "group"]
LONGEST = 400  # characters of a message that is cut
MOST = 6  # rows

_N = r"[一二两三四五六七八九十\d]"
_MONTH = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])"
_YEAR = r"(?:去年|今年|前年|上年|\d{4}年|[012]\d年)"
_JOIN = r"(?:另外|另|还有|再有|再就是|剩下|其余|然后|后来|此外|又|再|后头|后面)?(?:的|那)?(?:有|是)?"
_NAME = r"(?:[老小大](?![老小大板店厂公企微家乡工伙型学区婆头半概约伯哥姐妈爷车规部队于于时])[一-龥]|[^我俺咱你他她\W\d](?:师傅|大姐|大哥|大爷|大妈|婶子|姐|哥|叔|婶|姨|嫂)|[甲乙丙丁]|[A-Da-d]|(?:另外?)?一个(?=登|失业|毕业|交了|干了|签|才|刚|去年|今年|前年|上上?个?月|[四五六]十|[1-6]\d)|第[一二三四五]个)"
_HEADS: dict[Kind, re.Pattern[str]] = {
    "person": re.compile(rf"{_JOIN}(?P<label>{_NAME})(?=[一-龥\d，,：:（(])(?!们)"),
    "class": re.compile(
        rf"{_JOIN}(?P<label>[一-龥A-Za-z]{{1,5}}(?P<suffix>班|专业|工种|项目|期|车间))(?=[一-龥\d，,：:（(])(?<![一-龥]我们班)"
    ),
    "owner": re.compile(
        rf"{_JOIN}(?P<label>(?:[一二三四两]|[我俺]?(?:表|堂)?[哥弟姐妹](?:夫|媳妇)?|[我俺](?:自己|家)?|(?:小舅子|朋友|亲戚|媳妇|老婆|对象|老公))"
        rf"(?:的|家|家的|自己|那个?|开的)*(?:小微|小型|微型|中型|大型)?(?P<suffix>厂|店|公司|企业|站|基地|园区|合作社|(?<=型)的|(?<=微)的))"
        rf"(?=[一-龥\d，,：:（(]|$)"
    ),
    "phase": re.compile(
        rf"(?:从|自|打)?(?P<lead>(?:[一-龥]{{1,12}}?(?=[上下]半年|{_MONTH}月份?[到至~-]{_MONTH}月))?)(?P<label>{_YEAR}?(?:上半年|下半年|[一二三四]季度|{_MONTH}月份?(?:起|开始|(?:到|至|-|~){_MONTH}月份?|(?:[、和]?{_MONTH}月份?)+)?)|[头前后]{_N}{{1,3}}天|(?:头|第)一?个月|{_YEAR}(?!{_MONTH}))"
    ),
}  # fmt: skip
_ALL_OF_THEM = re.compile(
    r"(?:都|全|均|一律|统统|他们|她们|这[几些两俩仨三四五]|每人|每个人|没人|人人|以上|合同|总共|一共|合计|加起来|算到|如果|要是)"
)
_ASKS = re.compile(r"多少|几[个块成千百万]|吗|么|能不能|行不|怎么|咋|有没有|[？?]")
_ONLY_A_NUMBER = re.compile(r"(?:正好|刚好|恰好|才|刚|只|就|也|也是|是|有|满|整|大概|一样)*$")
_AGED = re.compile(r"^(?P<age>[1-9]\d)(?:岁)?(?=[，,、]|$)")
_FULL_WIDTH = str.maketrans(",;:()", "，；：（）")
_OPEN_END = re.compile(rf"(?:从|自|打)?({_MONTH})月份?(?:起|开始)")
_FIRMS = ("", "个", "家", "人")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is called, and the message that tells of it alone.

    ``words``: its own words; ``shared``: what is said of all rows.
    """

    label: str
    text: str
    words: str
    shared: str
    measured: str | None = None  # the message with the row's stretch of time as a number of months
    months: int | None = None
    number: Decimal | None = None  # people of a group
    told: tuple[str, ...] = ()  # the words of the number that sets a group apart
    asker: bool = False  # it tells of a firm or a person who asks for themselves


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a message. ``each``: a sum is asked for each row; else for all together."""

    kind: Kind
    rows: tuple[Row, ...]
    each: bool


@lru_cache(maxsize=256)
def rows_in(message: str, until: date | None = None) -> Rows | None:
    """Cut a message into rows; None when it is not told in rows.

    :param until: the last day of what is computed: 「从9月起」 goes on until then.
    """
    if len(message) > LONGEST:
        return None
    message = message.translate(_FULL_WIDTH)
    if until is not None:
        message = _OPEN_END.sub(lambda m: f"{m[1]}月到{until.month}月", message)
    clauses = clauses_of(message)
    listed = _listed(message)
    for kind, head in _HEADS.items():
        marked = [(i, m) for i, c in enumerate(clauses) if (m := head.match(c.text)) is not None and not _ASKS.search(c.text)]
        marked = _one_series(kind, [(i, m) for i, m in marked if kind != "phase" or _tells(clauses[i].text[m.end() :])])
        if not 2 <= len(marked) <= MOST or (kind == "phase" and listed is not None and len(listed.rows) > len(marked)):
            continue
        found = _cut(message, kind, clauses, marked)
        if found is not None:
            return found
    return listed or _grouped(message, clauses)


def _listed(message: str) -> Rows | None:
    """One sentence whose parts are told one after the other: 「…：会计大姐，签两年；应届生俩，三年；小伙子一个，十个月。」"""
    first = message.find("；")
    if first < 0:
        return None
    start = max(message.rfind(c, 0, first) for c in "。：！!？?\n") + 1
    end = min((i for c in "。！!？?\n" if (i := message.find(c, first)) >= 0), default=len(message))
    parts = [p for p in message[start:end].split("；") if p]
    asked = next((i for i, p in enumerate(parts) if i and _ASKS.search(p)), len(parts))
    rest = "；".join(parts[asked:])
    parts = _dated(parts[:asked]) + parts[asked:]
    parts = [f"1个{p}" if _SOMEBODY.search(p) and not people_in(p) else p for p in parts[:asked]]
    each = bool(_ONE_BY_ONE.search(message))
    if not 2 <= len(parts) <= MOST or not all(_tells(p) for p in parts) or not (each or all(people_in(p) for p in parts)):
        return None
    before, after = message[:start], rest + message[end:]
    shared = f"{before}{after}"
    rows = tuple(Row(_called(p, i, each), f"{before}{p}{after}", p, shared, asker=each) for i, p in enumerate(parts, 1))
    return Rows("list", rows, each)


def _called(part: str, number: int, each: bool) -> str:
    """What a part is called: where two are asked about one by one, its own first words."""
    words = re.match(r"[^，,、0-9]{2,12}", part)
    return words.group(0) if each and words else f"第{number}项"


# Two firms or people, each of whom wants a sum: 「他能返多少，我能返多少」.
_ONE_BY_ONE = re.compile(
    r"替两家|两家(?:公司|厂|店)?(?:都|各|去年|今年|的|能|加)|分开说|[他她]们?[^，。？?]{0,8}多少[，,、]?[我咱俺]|"
    r"[我咱俺]们?[^，。？?]{0,10}多少[，,、]?[他她]|母公司[\s\S]*子公司[\s\S]*多少"
)


def speaks_of_two(message: str) -> bool:
    """Whether two firms or people are told of, each of whom wants a sum."""
    return _ONE_BY_ONE.search(message) is not None


def _grouped(message: str, clauses: list[Clause]) -> Rows | None:
    """「27个农民工，里头22个听满40学时，另外5个只听了24学时」: people group by group, each with a number of the same kind."""
    counted = [
        (i, people[0]) for i, c in enumerate(clauses) if len(people := people_in(c.text)) == 1 and not _ASKS.search(c.text)
    ]
    total = next(
        (n for n, (_, q) in enumerate(counted) if q.value == sum((o.value for _, o in counted[n + 1 :]), Decimal(0))), None
    )
    heads = counted if total is None else counted[total + 1 :]
    if not 2 <= len(heads) <= MOST or any(q.value < 1 for _, q in heads):
        return None
    starts = [i for i, _ in heads]
    first = message[clauses[starts[0]].start : clauses[starts[1] - 1].end]
    ends = [*starts[1:], _with_its_number(clauses, starts, _units_in(first))]
    bodies = [_SINGLED.sub("", message[clauses[a].start : clauses[b - 1].end]) for a, b in zip(starts, ends, strict=True)]
    kinds = [_units_in(b) for b in bodies]
    apart = set.intersection(*kinds)
    if not apart:
        return None
    before, after = message[: clauses[starts[0]].start], message[clauses[ends[-1] - 1].end :]
    whole = sum((q.value for _, q in heads), Decimal(0))
    plain, after = without(before, whole, PEOPLE), without(after, whole, PEOPLE)
    told = [(_for_all(before, whole, q), b) for (_, q), b in zip(heads, bodies, strict=True)]
    rows = tuple(
        Row(q.raw, f"{own or plain}{without(b, q.value, PEOPLE) if own else b}{after}", b, f"{plain}{after}",
            number=q.value, told=_raws(b, apart))
        for (_, q), (own, b) in zip(heads, told, strict=True)
    )  # fmt: skip
    return Rows("group", rows, False)


def _units_in(body: str) -> set[str]:
    """The units of the numbers that may set a group apart (months, hours of lessons)."""
    return {q.unit for q in quantities_in(body) if q.unit not in (*PEOPLE, "", "岁", "元", "万元")}


def _with_its_number(clauses: list[Clause], starts: list[int], units: set[str]) -> int:
    """The clause after the last group: it ends with the number that sets it apart, where that is told."""
    last = _end_of_last(clauses, starts[-1], _length(clauses, starts))
    told = (i + 1 for i in range(starts[-1], last) if units & _units_in(clauses[i].text))
    return next(told, last)


_VAGUE = re.compile(r"几(?:个|名|位|人)|一[帮批群](?=[一-龥])")


def _for_all(before: str, whole: Decimal, row: Quantity) -> str | None:
    """What is told of all, with the number of a row in the place of theirs (「招了仨今年毕业的」 → 「招了俩今年毕业的」)."""
    vague = _VAGUE.findall(before)
    if len(vague) == 1 and not any(q.unit in PEOPLE and q.exact for q in quantities_in(before)):
        return _VAGUE.sub(row.raw, before)
    all_of_them = [q for q in quantities_in(before) if q.unit in (*PEOPLE, "") and q.value == whole]
    if len(all_of_them) != 1:
        return None
    q = all_of_them[0]
    return f"{before[: q.start]}{row.raw}{before[q.end :]}"


def _raws(text: str, units: set[str]) -> tuple[str, ...]:
    return tuple(q.raw for q in quantities_in(text) if q.unit in units)


_DAY_OF_MONTH = re.compile(r"^[\d一二三四五六七八九十]{1,3}[日号]")
_SINGLED = re.compile(r"^(?:其中|里头|里面|另外|还有|剩下|其余)(?:的|有)*")


def _dated(parts: list[str]) -> list[str]:
    """「2月18号进了12个；27号又来5个」: a day without its month is of the month before."""
    month, result = "", []
    for part in parts:
        m = re.match(rf"({_MONTH}月)", part)
        month = m[1] if m else month
        result.append(f"{month}{part}" if month and re.match(r"\d{1,2}[日号]", part) else part)
    return result


_SOMEBODY = re.compile(r"大姐|大哥|大爷|大妈|小伙|姑娘|师傅|小姑娘|男的|女的|男孩|女孩|[一-龥]姨|[一-龥]叔")


def _one_series(kind: Kind, marked: list[tuple[int, re.Match[str]]]) -> list[tuple[int, re.Match[str]]]:
    """The heads that belong together: classes and firms by the same last word, each label once."""
    if kind in ("class", "owner"):
        series = Counter(m["suffix"] for _, m in marked).most_common(1)
        marked = [(i, m) for i, m in marked if series and m["suffix"] == series[0][0]]
    labels = [m["label"] for _, m in marked if not m["label"].endswith("一个")]
    return marked if len(set(labels)) == len(labels) else []


def _cut(message: str, kind: Kind, clauses: list[Clause], marked: list[tuple[int, re.Match[str]]]) -> Rows | None:
    starts = [i for i, _ in marked]
    ends = [*starts[1:], _end_of_last(clauses, starts[-1], _length(clauses, starts))]
    bodies = [message[clauses[a].start : clauses[b - 1].end] for a, b in zip(starts, ends, strict=True)]
    heads = [m for _, m in marked]
    bodies = _of_one_person(bodies, heads) if kind == "person" else _in_full(bodies)
    before, after = message[: clauses[starts[0]].start], message[clauses[ends[-1] - 1].end :]
    if kind in ("person", "owner"):
        before, after = (without(text, Decimal(len(bodies)), PEOPLE if kind == "person" else _FIRMS) for text in (before, after))
    months = [_months(m) for m in heads] if kind == "phase" else [None] * len(heads)
    if all(months):
        before, after = (without(text, Decimal(sum(n or 0 for n in months)), ("个月", "月")) for text in (before, after))
    rows = tuple(
        Row(
            m["label"],
            f"{before}{body}{after}",
            body,
            f"{before}{after}",
            f"{before}{_measured(m, body, n)}{after}" if n else None,
            n,
            asker=kind == "owner",
        )
        for m, body, n in zip(heads, bodies, months, strict=True)
    )
    return Rows(kind, rows, kind == "owner" and bool(re.search(r"各|分别|每家|哪[家个]", message)))


def _tells(words: str) -> bool:
    """Whether a clause gives a number, not only 「一批」 or the rest of a day (「(五月)一号开始」)."""
    return any((q.unit or q.value != 1) and q.unit not in ("日", "号") for q in quantities_in(_DAY_OF_MONTH.sub("", words)))


def _months(head: re.Match[str]) -> int | None:
    """How many months a label stands for; None for a day, a third of a month, a year or an open end."""
    label = head["label"]
    if label.endswith("个月"):
        return 1
    if label.endswith("半年") or label.endswith("季度"):
        return 6 if label.endswith("半年") else 3
    if label.endswith(("起", "开始", "天", "年")) or re.match(
        r"[\d一二三四五六七八九十]+[日号]|[上中下]旬|初|底|末", head.string[head.end() :]
    ):
        return None
    numbers = [n for word in re.findall(rf"({_MONTH})月", label) if (n := value_of(word)) is not None]
    if len(numbers) > 1 and not re.search(r"[到至~-]", label):
        return len(numbers)  # 「二月三月各2.2万」
    return int(numbers[-1] - numbers[0]) + 1 if numbers and numbers[-1] >= numbers[0] else None


def _measured(head: re.Match[str], body: str, months: int) -> str:
    """「去年上半年每月480」 → 「去年6个月每月480」."""
    year = re.match(_YEAR, head["label"])
    told = f"{head['lead']}{year.group(0) if year else ''}{months}个月"
    return f"{told}，{body[head.end() - head.start() :].lstrip('，,')}"


def _length(clauses: list[Clause], starts: list[int]) -> int:
    """How many clauses the longest of the earlier rows has."""
    return max(b - a for a, b in pairwise(starts))


def _end_of_last(clauses: list[Clause], start: int, most: int) -> int:
    """The clause after the last row: it ends with its sentence, or where all are spoken of, or something is asked."""
    for i in range(start, len(clauses)):
        if i > start and (_ALL_OF_THEM.match(clauses[i].text) or _ASKS.search(clauses[i].text)):
            return i
        if clauses[i].stop in "。！!？?\n" or i - start + 1 >= max(most, 2):
            return i + 1
    return len(clauses)


def _in_full(bodies: list[str]) -> list[str]:
    """A later row's 「每月660」 in the words of the first (「失业保险单位加个人每月一共交480」)."""
    model = next(
        (
            c
            for c in clauses_of(bodies[0])
            if len(sums_in(c.text)) == 1 and not _BARE_RATE.fullmatch(c.text[: sums_in(c.text)[0].start])
        ),
        None,
    )
    if model is None:
        return bodies
    one, result = sums_in(model.text)[0], [bodies[0]]
    for body in bodies[1:]:
        for clause in reversed(clauses_of(body)):
            own = sums_in(clause.text)
            if len(own) == 1 and not clause.text[own[0].end :] and _BARE_RATE.fullmatch(clause.text[: own[0].start]):
                full = model.text[: one.start] + own[0].raw + model.text[one.end :]
                body = body[: clause.start] + full + body[clause.end :]
        result.append(body)
    return result


_BARE_RATE = re.compile(r"(?:每个?月|一个月|每人|一人)+(?:是|交|缴)?|[交缴]了?")


def _of_one_person(bodies: list[str], heads: list[re.Match[str]]) -> list[str]:
    """Rows without names; one that gives a number alone takes the words of the first (「老王失业保险交了41个月，小赵正好36个月」)."""
    own = [body[m.end("label") :].lstrip("，,：:") for body, m in zip(bodies, heads, strict=True)]
    own = [_AGED.sub(r"\g<age>岁", b) for b in own]
    first = [q for q in quantities_in(own[0]) if q.unit not in (*PEOPLE, "岁")]
    result = []
    for b in own:
        mine = [q for q in quantities_in(b) if q.unit not in (*PEOPLE, "岁")]
        bare = len(mine) == 1 and _ONLY_A_NUMBER.match(b[: mine[0].start].replace("，", "").replace(",", ""))
        if b is not own[0] and bare and len(first) == 1 and first[0].unit == mine[0].unit:
            b = own[0][: first[0].start] + mine[0].raw + own[0][first[0].end :]
        result.append(f"1个人{b}")
    return result
