"""What one stretch of text says about facts: each reading with its place. Assembling them is ``story``'s work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Value, date_value
from knowledge.rules.lexicon import Lexicon, Pattern, Word, mark_index, said_in
from knowledge.rules.situation import months_between
from knowledge.rules.story_dates import Day
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_parts import finished, parts_in
from knowledge.rules.story_people import Claims, all_of_them, counted
from knowledge.rules.story_qualified import qualified
from knowledge.rules.story_quoted import without_hearsay
from knowledge.rules.story_text import (
    Reading,
    Readings,
    Text,
    clause_end,
    clause_start,
    fits,
    hires_people,
    is_sum_of,
    prepare,
    rate_fits,
    reading_of,
)
from knowledge.rules.units import convert

_SPENT = re.compile(r"(?:花|付|掏|收|价|买)(?:了|的|着)?份?$|人均$|每[人份]$|一[人份]$")
_SOME_OF = re.compile(r"(?:其中|里有|里面有|里头有|当中有|中有|另有|另外有?|还有)(?:的)?$")
_ALL = re.compile(r"都|全|均|每个")
_ONLY = re.compile(r"只|才|没|不到|未|就")
_PEOPLE_UNITS = ("个", "人", "名")
_UNIT_PRICE = re.compile(r"每|补|奖|[给发领][\d一二两三四五六七八九十]|[人个][\d一二两三四五六七八九十]+[百千万]")
_NEGATION = re.compile(r"(?:没有?|不|未|无|并非|不是|没能|从没|还没|不算|非)(?:在|被|是|有|给|再|能|属于|符合)?$")
_ASKING_BEFORE = re.compile(
    r"(?:要不要|是不是|需不需要|用不用|是否|有没有|必须|必需|需要|是不是得|得先|除非|只有)(?:是|得|给|要)?$"
)
_ASKING_AFTER = re.compile(
    r"^(?:吗|么|没有[，,？?。！]|没有$|没[，,？?]|没$|不[，,？?]|不$|才|的话|算不算|是什么|怎么|有什么|是多少|标准)"
)
# 「听说招一个能补点钱」 asks or tells what one brings; 「招了一个」 tells of one.
_FOR_ONE_ASKED = re.compile(
    r"(?:招|雇|聘|用|收|带|录)\|[^，,。；;了]{0,8}?(?:能|可以|就|都|会|有|给|补|奖)(?![^，,。；;]{0,3}[多几])[^，,。；;了]{0,3}(?:钱|啥|补贴|补助|奖)"
)
_BEGINS_BEFORE = re.compile(r"从|自|打|是|于|在|交|缴|来|住|进|登记")
_BEGINS_AFTER = re.compile(
    r"开始|起|以来|至今|到现在|到今|就|才|交|缴|入|参|登记|来|进|办|上|失业|没|领|住|搬|以前|的时候|毕业|下岗|离|被|不干|辞"
)
_PER_MONTH = re.compile(r"(?:一|1|每)个?月(?:交|缴|要交|要缴|得交|是|大概|差不多)?[\d一二两三四五六七八九十百千]")


def read(text: str, as_of: date, lexicon: Lexicon) -> Readings:
    """Every statement in one stretch of text."""
    prepared, nouns = prepare(text, as_of, lexicon)
    claims = Claims()
    pending = parts_in(prepared, lexicon, claims)
    found = list(qualified(prepared, lexicon, as_of, claims))
    best = _best_patterns(prepared, lexicon)
    found += counted(prepared, nouns, lexicon, claims, {i for i, p in best.items() if p.fact.strong})
    for i, pattern in best.items():
        if i not in claims.taken:
            claims.taken[i] = reading_of(pattern.fact, prepared, prepared.quantities[i])
            q = prepared.quantities[i]
            found += [reading_of(spec, prepared, q) for spec in pattern.shared if rate_fits(spec, prepared.text, q)]
    found = all_of_them(prepared, found, lexicon, claims)
    found += [r for i, r in sorted(claims.taken.items()) if not _unit_price(prepared, prepared.quantities[i])]
    found += _days(prepared, lexicon, as_of, claims)
    found += _words(prepared.text, lexicon, claims.used)
    of_some = list(finished(prepared, lexicon, pending, claims))
    split = {r.value.fact for r in of_some if r.value.parts}
    values = {(p.said.start, p.said.end) for p in pending} if split else set()
    found = [r for r in found if r.value.fact not in split or not any(a <= r.start and r.end <= b for a, b in values)] + of_some
    found = [r for r in found if not _within_words(r, found)]
    found, partial = _of_everybody(prepared, found, lexicon)
    unclaimed = tuple(q for i, q in enumerate(prepared.quantities) if i not in claims.taken)
    return Readings(
        tuple(sorted(found, key=lambda r: r.start)), unclaimed, (*claims.vague, *partial), prepared.quantities, prepared.text
    )


def _within_words(one: Reading, found: list[Reading]) -> bool:
    """「没裁过一个人」 says none; its 「一个」 is no number of its own."""
    return any(
        o.value.fact == one.value.fact and o.value.value != one.value.value
        and o.start <= one.start and one.end <= o.end and o.end - o.start > one.end - one.start
        for o in found
    )  # fmt: skip


def _of_everybody(text: Text, found: list[Reading], lexicon: Lexicon) -> tuple[list[Reading], list[tuple[str, str]]]:
    """What is said of some of the people only (「初级里有3个人才交了七个月」) is no fact about all: it is asked."""
    kept, partial = [], []
    certificates = [r.value.value for r in found if _is_certificate(r, lexicon)]
    several = sum((v for v in certificates if isinstance(v, Decimal)), Decimal(0)) > 1
    for r in found:
        spec = lexicon.specs.get(r.value.fact)
        start = clause_start(text.text, r.start)
        some = not r.value.parts and any(
            start <= q.start < r.start and _part_only(text.text, start, q, r) for q in text.quantities
        )
        if (
            some
            and spec is not None
            and spec.type != "count"
            and spec.about != "employer"
            and (spec.about != "person" or spec.type in ("months", "years"))
        ):
            partial.append((spec.id, text.text[start : r.end]))
        elif (
            several
            and spec is not None
            and spec.varies
            and spec.about == "certificate"
            and r.value.value is not False  # 「没领过培训补贴」 is said of all
            and not _ALL.search(text.text[start : r.end])
        ):
            partial.append((spec.id, text.text[start : r.end]))  # 「中级那个是政府免费班」: of which certificate is asked
        else:
            kept.append(r)
    return kept, partial


def _is_certificate(r: Reading, lexicon: Lexicon) -> bool:
    spec = lexicon.specs.get(r.value.fact)
    return spec is not None and spec.about == "certificate" and spec.type == "count" and spec.part_of is not None


def _part_only(text: str, start: int, q: Quantity, r: Reading) -> bool:
    """「其中3个」「有3个大学生只签半年」: a number of people that singles some of them out."""
    before = text[start : q.start]
    return q.unit in _PEOPLE_UNITS and bool(
        _SOME_OF.search(before) or (before == "有" and _ONLY.search(text[q.end : r.start + 1]))
    )


def _unit_price(text: Text, q: Quantity) -> bool:
    """Whether 「一个」 is the unit of a rate somebody quotes (「招一个补1000」), not a count."""
    if q.value != 1 or q.unit not in ("个", "人"):
        return False
    if _FOR_ONE_ASKED.search(text.text[max(0, q.start - 3) : q.start] + "|" + text.text[q.end : q.end + 14]):
        return True
    clause = text.text[clause_start(text.text, q.start) : clause_end(text.text, q.start)]
    return text.text[max(0, q.start - 3) : q.start].find("每") >= 0 or (
        bool(_UNIT_PRICE.search(clause)) and bool(re.search(r"[\d百千万]", clause))
    )


def _cut_short(pattern: Pattern, text: Text, m: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether the last words of a pattern are only the beginning of a longer term."""
    end = text.places[m.end()]
    tail = re.split(r"\.\.|[ND]", pattern.source_text)[-1]
    return bool(tail) and any(
        c.startswith(tail) and c != tail and text.text.startswith(c, end - len(tail)) for c in lexicon.compounds
    )


def _hidden(text: Text, start: int, lead: str, lexicon: Lexicon) -> bool:
    """Whether the first words of a pattern are only the beginning of a longer term."""
    return bool(lead) and any(
        len(c) > len(lead) and c.startswith(lead) and text.text.startswith(c, start) for c in lexicon.compounds
    )


def _best_patterns(text: Text, lexicon: Lexicon) -> dict[int, Pattern]:
    best: dict[int, tuple[Pattern, int]] = {}
    for pattern in lexicon.numbers.within(text.masked):
        for m in pattern.find(text.masked):
            i = mark_index(m.group(1))
            q = text.quantities[i]
            if _hidden(text, text.places[m.start()], pattern.lead, lexicon):
                continue  # 「失业保险费一年4万」 says nothing about 「失业保险..N」
            if pattern.fact.type in ("months", "years") and _PER_MONTH.match(text.text[q.start :]):
                continue  # 「一个月40万」 is a rate, not a duration
            if pattern.fact.type == "count" and pattern.fact.about != "employer" and i in text.sums:
                continue
            if is_sum_of(pattern.fact, q):
                continue
            if pattern.fact.type == "count" and q.raw == "一":
                continue  # 「不裁员能退回来一部分」
            if pattern.fact.type == "count" and q.unit == "" and _SPENT.search(text.text[max(0, q.start - 3) : q.start]):
                continue  # 「花120买了意外险」
            rate_named = any(w in pattern.literal for w in ("均", "每", "月"))  # 「月人均失业保险金N」 is what the fact is
            if (
                not fits(pattern.fact, q)
                or not (rate_named or rate_fits(pattern.fact, text.text, q))
                or (pattern.fact.about == "person" and hires_people(text.text, q.start))
            ):
                continue
            if i not in best or _better(pattern, m.start(), *best[i]):
                best[i] = pattern, m.start()
    return {i: pattern for i, (pattern, _) in best.items()}


def _better(one: Pattern, start: int, other: Pattern, other_start: int) -> bool:
    """Whether one pattern says more of a quantity than another: a part named nearer to it, before a whole named further off."""
    if _goes_into(one.fact, other.fact) and start > other_start and one.lead[:2] not in other.literal:
        return True
    if _goes_into(other.fact, one.fact) and other_start > start and other.lead[:2] not in one.literal:
        return False
    return one.weight > other.weight


def _goes_into(part: FactSpec, whole: FactSpec) -> bool:
    return whole.derive is not None and "+" in whole.derive and part.id in whole.derive


def _days(text: Text, lexicon: Lexicon, as_of: date, claims: Claims) -> Iterator[Reading]:
    best: dict[int, Pattern] = {}
    for pattern in lexicon.days.within(text.masked):
        for m in pattern.find(text.masked):
            i = mark_index(m.group(1))
            day = text.days[i]
            if _cut_short(pattern, text, m, lexicon):
                continue  # 「7月来的毕业生」 is no day of graduation
            if claims.within(day.start, day.end) or _hires_graduated(pattern.fact, text.text, day):
                continue
            if pattern.fact.type != "date" and not (pattern.lead.endswith("到") or _since(text.text, day)):
                continue  # 「失业保险那个返钱的政策今年还有不」 tells no beginning
            if i not in best or pattern.weight > best[i].weight:
                best[i] = pattern
    for i, pattern in best.items():
        day = text.days[i]
        value = (
            date_value(pattern.fact.id, day.first, day.last, day.raw)
            if pattern.fact.type == "date"
            else until(pattern.fact, day, as_of)
            if pattern.lead.endswith("到")
            else since(pattern.fact, day, as_of)
        )
        yield Reading(value, day.start, day.end)


def _since(text: str, day: Day) -> bool:
    """Whether a day is said as the beginning of a span: 「从2021年3月开始交」「2019年就交上了」."""
    before, after = text[max(0, day.start - 2) : day.start], text[day.end : day.end + 4]
    return bool(_BEGINS_BEFORE.search(before) or _BEGINS_AFTER.match(after))


def since(spec: FactSpec, day: Day, as_of: date) -> FactValue:
    """A span of months said by its beginning: 「失业保险从2021年3月开始交」."""
    low, high = (convert(months_between(d, as_of), "个月", spec.unit) for d in (day.last, day.first))
    return FactValue(spec.id, low, day.raw) if low == high else FactValue(spec.id, low, day.raw, low, high)


def until(spec: FactSpec, day: Day, as_of: date) -> FactValue:
    """A span of months said by its end, from now on at least: 「合同签到后年年底」. It may have begun long ago."""
    low = convert(months_between(as_of, day.first), "个月", spec.unit)
    return FactValue(spec.id, low, day.raw, low, spec.span[1])


def _hires_graduated(spec: FactSpec, text: str, day: Day) -> bool:
    return spec.about == "person" and hires_people(text, day.start)


def _words(text: str, lexicon: Lexicon, used: list[tuple[int, int]]) -> Iterator[Reading]:
    """Yes/no facts, choices and zeros, longest words first, with negation; questions state nothing."""
    hidden = [m.span() for c in lexicon.compounds if c in text for m in re.finditer(c, text)]
    told = without_hearsay(text)
    own_kind = {w.fact.id for w in lexicon.choices.within(told) if w.text in told} if told != text else set()
    for words in (lexicon.amounts, lexicon.flags, lexicon.choices):
        taken: dict[str, list[tuple[int, int]]] = {}
        for word in words.within(text):
            for m in said_in(word.text, text):
                own = [s for s in taken.get(word.fact.id, []) if s != m.span() or word.fact.type != "choice"]
                if any(a < m.end() and m.start() < b for a, b in [*own, *used]) or _question(text, m):
                    continue
                if any(a <= m.start() and m.end() <= b and (a, b) != m.span() for a, b in hidden):
                    continue
                if word.fact.id in own_kind and told[m.start() : m.end()] != m[0]:
                    continue  # 「我们律所……听说企业能返钱」: whom the policy is for says nothing of who asks
                if word.fact.about == "person" and hires_people(text, m.start()):
                    continue
                if (
                    word.fact.about == "employer"
                    and _LIKE_BEFORE.search(text[: m.start()])
                    and _LIKE_AFTER.match(text[m.end() :])
                ):
                    continue  # 「能跟公司一样享受不」 is said by somebody who is none
                taken.setdefault(word.fact.id, []).append(m.span())
                if (value := _word_value(word, text, m)) is not None:
                    yield Reading(FactValue(word.fact.id, value, word.text), m.start(), m.end(), False)


_LIKE_BEFORE, _LIKE_AFTER = (
    re.compile(r"(?:跟|和|与|同|像|比照|参照)(?:人家|那些)?$"),
    re.compile(r"(?:那样)?(?:一样|同等|同样|一个样|一块)"),
)


def _question(text: str, m: re.Match[str]) -> bool:
    before, after = text[clause_start(text, m.start()) : m.start()], text[m.end() :]
    return bool(_ASKING_BEFORE.search(before) or _ASKING_AFTER.match(after))


# 「不属于重点项目，也不属于去产能及高耗能行业」「跟钢铁煤炭都不沾边」: one denial for all that is listed.
_LISTED_BEFORE = re.compile(r"(?:不是|不属于|不算|并非|不沾|不涉及|没有)[^，,。；;：:！!？?]{1,12}[、和跟及或与]$")
_DENIED_AFTER = re.compile(
    r"[^，,。；;：:！!？?]{0,8}?(?:都|也|全|通通|统统)?(?:不沾边?|没(?:啥|什么|半点)?关系|无关|不搭边|不相干|不挨着?|扯不上|都不是|都不算|都不占)"
)


def _denied_in_a_list(text: str, m: re.Match[str]) -> bool:
    return bool(_LISTED_BEFORE.search(text[: m.start()]) or _DENIED_AFTER.match(text[m.end() :]))


def _word_value(word: Word, text: str, m: re.Match[str]) -> Value | None:
    negated = bool(_NEGATION.search(text[max(0, m.start() - 4) : m.start()])) or _denied_in_a_list(text, m)
    if isinstance(word.value, bool):
        if negated and not word.value:
            return None  # 「不是没工作」 says neither
        return word.value and not negated
    if isinstance(word.value, Decimal):
        return word.value
    every = frozenset(word.fact.choices)
    return every - {word.value} if negated else frozenset({word.value})
