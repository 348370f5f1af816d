"""Numbers of a message that a sum leaves aside although it counts such things: with one of these the product asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from knowledge.rules.story_numbers import Quantity, words_only
from knowledge.rules.story_slots import COUNTED_PEOPLE, NO_PEOPLE, RATE, Slots, counts_people, nearness
from knowledge.rules.story_some import set_apart_unread
from knowledge.rules.story_text import Readings, clause_end, clause_start, hires_people

_PART = re.compile(r"(?:其中|里面|里头|当中|之中)(?:有|的)?$")
_COUNTING = ("个", "人", "名", "位", "口", "本", "张", "号人")
# 「一个」 speaks of one of the people only in such words; elsewhere it is an article (「一个纸箱厂」)
_ONE_OF_THEM = re.compile(
    r"(?:其中|(?<![村区县城市镇乡家厂店园])里头?|里面|另外|还有|还|又(?:补|添|招|进|来)?(?:进来|来|了)?|招了?|来了|走了|另)有?(?:的)?\|(?!企业|公司|厂|车间|月|村|镇|区|县|院|学校|基地|园|家|小|大|项目|平台|店|[\d一二三四五六七八九十百千])|\|(?:没|只|才|已|签|登记|走了|辞|离职|不干|领过|拿过)"
)
_ASKED = ("几", "几个", "几人", "几位", "几名")  # asked for, not told
_WITH_ME = re.compile(r"[我俺](?:跟|和|同|带|加)|带着|领着")
_RESULT = re.compile(
    r"(?:返|补|免|拿|领|给|得|省|奖|贷|借|就是|算是|算出来|算下来|应该是|该是|前年[^，,。]{0,4})(?:我们?|企业|回来|出来)?(?:有|到|个|了|多达)?$"
)
# Sums that are no share of what is asked: wages, and what was received already.
_OTHER_MONEY = re.compile(r"(?:挣|工资|月薪|年薪|收入|到账|到手|发下来|打过来)[^，,。；;]{0,6}$")
_ROUGHLY = re.compile(r"[十百千万]?几[十百千万]|好几|几")  # 「十几万」: nobody means it to be counted
_FROM_OR_TO = re.compile(r"[从自打到至]\|?|\|(?:起|开始|以后|之后|才|开张|成立|注册|停)")
_COMES_TOO = re.compile(
    r"[^，,。；;]{0,3}?(?:又|再|还)(?:来|招|进|添|收|有)"
)  # 「4月又来了2个」: on another day than the one read
_OF_SOME = re.compile(
    r"(?:有|其中|里头)(?:一|两|俩|\d)个?的?[^，,。]{0,6}(?:是|在)|(?:剩下|其余|另外|余下)[^，,。]{0,6}(?:是|在)"
)
_ONE_AND_ONE = re.compile(
    r"[，,、]?(?:另外?|第二|还有)?一?[个家笔项][^，,。；;]{0,4}[给交是免拿补贷发批]了?"
)  # 「一个省里给8万一个给5万」
_NEXT = 8  # characters between two sums of a list
_MONTHS_SUM = re.compile(
    r"(?:[\d一二三四五六七八九十]月份?(?:是|挣|赚|发|交|缴|免|给|又|也|就)*了?|(?:每个?|一个)月(?:交|缴|免)了?)$"
)
_LEAST_SUM = 500  # yuan
_MOST_KINDS = 6  # numbers of people whose sums are tried


def unplaced(reader: Slots) -> Iterator[Quantity]:
    """Numbers of people (or sums of money) that no fact took although this benefit counts such things.

    With one of these a computed amount may rest on half the story: the product must ask instead of stating it.
    Figures of the clause itself (「一人1000」) are none, nor is a number that sums up what was counted.
    """
    benefit, text, readings = reader.benefit, reader.text.text, reader.readings
    amount = benefit.amount
    assert amount is not None
    figures = {p.figure for p in amount.figures()}
    measured = [benefit.facts[f] for f in benefit.value_facts]
    people_count = bool(amount.counts) or any(s.type == "count" and s.unit in COUNTED_PEOPLE for s in measured)
    money = any(s.type == "money" for s in measured)
    counted = [r.value.value for r in readings.found if r.value.fact in amount.counts and isinstance(r.value.value, Decimal)]
    sums = _sums(reader, counted)
    for q in (q for q in readings.unclaimed if q.raw not in _ASKED):
        if (q.start, q.end) in reader.used or _after_the_time(reader, q):
            continue
        before, after = text[max(0, q.start - 2) : q.start], text[q.end : q.end + 4]
        people = q.unit in _COUNTING and not NO_PEOPLE.match(after) and not RATE.search(before)
        single = q.value == 1 and (
            _denied(reader, q) or not _ONE_OF_THEM.search(text[max(0, q.start - 6) : q.start] + "|" + after)
        )
        household = q.unit == "口" and after[:1] == "子"  # 「两口子」
        explained = q.value in sums or _wider_or_rest(reader, q) or _has_a_part(reader, q)
        not_placed = people and not single and not household and not explained
        sum_left = (
            money
            and (_is_sum(q) or _of_a_month(text, q))
            and q.value not in figures
            and q.value not in sums
            and q.value >= 100
            and not _explained(reader, q)
        )
        if (people_count and not_placed) or sum_left:
            yield q
    for spec in (benefit.facts[f] for f in benefit.defaults):
        if spec.type == "count" and spec.unit == "人" and spec.id not in {**reader.known, **reader.filled}:
            yield from (q for q in reader.free() if counts_people(text, q) and q.value not in sums)
    yield from _days_left(reader)
    used = {r.value.fact for r in readings.found if r.value.fact in benefit.reads}
    if people_count:
        left = (q for q in reader.text.quantities if (q.start, q.end) not in reader.used)
        yield from (q for q in left if _partial(q, text, readings, used))
        yield from _called_otherwise(reader)
        yield from set_apart_unread(reader)


def _explained(reader: Slots, q: Quantity) -> bool:
    """Whether words before a sum say that it is a result put forward, a wage, or something the benefit does not ask for."""
    lead = reader.text.text[max(0, q.start - 12) : q.start]
    if in_same_words(reader, q):
        return False
    return bool(_RESULT.search(lead[-8:]) or _OTHER_MONEY.search(lead)) or _of_another(reader, q)


def _after_the_time(reader: Slots, q: Quantity) -> bool:
    """「2月10号往后每天六十多号人」: told of days after those that the clause pays for, beside a number that is taken."""
    window, text = reader.benefit.spec.event_window, reader.text.text
    if window is None or window.until is None or not reader.filled:
        return False
    start, end = clause_start(text, q.start), clause_end(text, q.end)
    days = [d for d in reader.text.days if start <= d.start and d.end <= end]
    return bool(days) and all(d.first > window.until for d in days)


def _has_a_part(reader: Slots, q: Quantity) -> bool:
    """Whether something this benefit asks for was said of just these people (「25个签的一年，6个签了仨月」)."""
    read = [r.value for r in reader.readings.found if r.value.fact in reader.benefit.reads]
    return any(p.count == q.value and p.raw.startswith(q.raw) for v in read for p in v.parts)


def _called_otherwise(reader: Slots) -> Iterator[Quantity]:
    """People counted by a word that this benefit does not ask for, among those it counts: 「介绍了43个人：9个技校毕业的，20个普工」.

    Staff of the asker are others, and so are people of the same kind of thing, whom a benefit of their own pays for.
    """
    benefit, specs = reader.benefit, reader.lexicon.specs
    own = {benefit.facts[f].about for f in benefit.value_facts if benefit.facts[f].type == "count"}
    counted = {
        v.value for f, v in {**reader.known, **reader.filled}.items() if f in benefit.reads and benefit.facts[f].type == "count"
    }
    for r in reader.readings.found:
        spec = specs.get(r.value.fact)
        if spec is None or spec.type != "count" or spec.id in benefit.reads or spec.about in {*own, "employer"}:
            continue
        q = next((q for q in reader.text.quantities if (q.start, q.end) == (r.start, r.end)), None)
        free = q is not None and (q.start, q.end) not in reader.used and not hires_people(reader.text.text, q.start)
        if q is not None and free and q.value > 1 and q.value not in counted:
            yield q


def _days_left(reader: Slots) -> Iterator[Quantity]:
    """Days that change the sum and that no fact took, as quantities without a value.

    「8月起…到12月」 where a number of months is taken because none was told; 「有一个的证是去年9月发的，剩下的是今年6月」 where
    the day of one was read for all.
    """
    facts, text, told = reader.benefit.facts, reader.text.text, {**reader.known, **reader.filled}
    taken = {(r.start, r.end) for r in reader.readings.found}
    left = [d for d in reader.text.days if (d.start, d.end) not in taken | reader.used]
    validity = reader.benefit.spec.validity
    months = any(facts[f].type == "months" and f not in told for f in reader.benefit.defaults)
    days = any(facts[f].type == "date" and f in told for f in reader.benefit.needs)
    for d in left:
        begins = _FROM_OR_TO.search(text[max(0, d.start - 2) : d.start] + "|" + text[d.end : d.end + 4])
        inside = validity.since and validity.until and validity.since.month < d.first.month < validity.until.month
        added = any("＋" in told[f].raw for f in reader.benefit.value_facts if f in told) and _COMES_TOO.match(text, d.end)
        if (months and begins and inside) or (days and (added or (len(left) < len(reader.text.days) and _OF_SOME.search(text)))):
            yield words_only(d.start, d.end, d.raw)


def in_same_words(reader: Slots, q: Quantity) -> bool:
    """「一个给了15万，一个给了8万」: a sum told in the very words of one that was counted is no result put forward (「那返30万对吧」)."""
    text = reader.text.text
    placed = [o for o in reader.text.quantities if o not in reader.readings.unclaimed or (o.start, o.end) in reader.used]
    taken = [o for o in placed if o.end <= q.start and _is_sum(o)]
    if not taken:
        return False
    one, between = taken[-1], text[taken[-1].end : q.start]
    same = text[max(0, one.start - 2) : one.start] == between[-2:]
    alike = _ONE_AND_ONE.fullmatch(between) is not None and text[one.start - 1 : one.start] == between[-1:]
    return len(between) <= _NEXT and (same or alike)


def _of_another(reader: Slots, q: Quantity) -> bool:
    """Whether the words before a sum say what it is, and that is nothing this benefit asks for (「医保还有1.9万」)."""
    benefit, text = reader.benefit, reader.text.text
    own = max((nearness(benefit.facts[f], text, q) for f in benefit.reads if benefit.facts[f].type == "money"), default=0)
    others = (s for f, s in reader.lexicon.specs.items() if s.type == "money" and f not in benefit.reads)
    return any(nearness(s, text, q) > own for s in others)


def _is_sum(q: Quantity) -> bool:
    """Whether a number is a sum of money, said with its unit or large (「一万四」「120万」)."""
    if _ROUGHLY.match(q.raw):
        return False  # asked for, or not meant to be counted
    return q.unit in ("元", "万元") or (q.unit == "" and any(c in q.raw for c in "万千wWkK"))


def _of_a_month(text: str, q: Quantity) -> bool:
    """「六月2300」: a bare number that is a month's sum."""
    return q.unit == "" and q.value >= _LEAST_SUM and bool(_MONTHS_SUM.search(text[max(0, q.start - 8) : q.start]))


def _denied(reader: Slots, q: Quantity) -> bool:
    """「一个没裁」「没裁一个人」: words that mean none."""
    text = reader.text.text
    after = any(text.startswith(w.text, q.start) for w in reader.lexicon.amounts)
    return after or any(text[: q.start].endswith(w.text) for w in reader.lexicon.amounts)


def _wider_or_rest(reader: Slots, q: Quantity) -> bool:
    """A number of people that is the whole out of which others were counted by their own words (「报名120个，合格85个」), or
    the rest of such a whole (「18个人干活，13个脱贫的，另外5个是普通妇女」).
    """
    text = reader.text
    counted = [
        (r.start, r.value.value)
        for r in reader.readings.found
        if r.value.fact in reader.benefit.value_facts and r.value.fact not in reader.guessed and not r.value.parts
        and isinstance(r.value.value, Decimal) and reader.lexicon.specs[r.value.fact].type == "count"
    ]  # fmt: skip
    if any(q.start < start and q.value > value for start, value in counted):
        return True
    totals = [o.value for o in text.quantities if o.exact and o.unit in _COUNTING and o.start < q.start]
    return any(value + q.value == total for _, value in counted for total in totals)


def _sums(reader: Slots, counted: list[Decimal]) -> set[Decimal]:
    """Numbers that only sum up, or say again, what was counted (「六个人全是三年合同」)."""
    people = [
        v.value
        for f, v in {**reader.known, **reader.filled}.items()
        if reader.lexicon.specs[f].type == "count" and isinstance(v.value, Decimal)
    ]
    values = list(dict.fromkeys([*counted, *people]))[:_MOST_KINDS]
    kinds = [v for v in people if v][:_MOST_KINDS]
    found = {sum(counted, Decimal(0)), *values}
    if _WITH_ME.search(reader.text.text):  # 「我跟仨老乡，四个人」
        found |= {v - 1 for v in values}
    for mask in range(1, 1 << len(kinds)):
        found.add(sum((v for i, v in enumerate(kinds) if mask >> i & 1), Decimal(0)))
    return found


def _partial(q: Quantity, text: str, readings: Readings, used: set[str]) -> bool:
    """「其中60个已经不干了」: a part of the people, taken by a fact that this benefit does not read."""
    if any(p.raw.startswith(q.raw) for r in readings.found if r.value.fact in used for p in r.value.parts):
        return False  # 「其中3个只签了半年」: placed as a part of those counted
    takers = {r.value.fact for r in readings.found if (r.start, r.end) == (q.start, q.end)}
    return bool(q.unit in _COUNTING and _PART.search(text[: q.start]) and takers and not takers & used)
