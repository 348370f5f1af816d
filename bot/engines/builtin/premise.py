"""A figure or a last day put forward to be confirmed (「听说退60%，对吗」) that the documents contradict: said first, in so many words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.engines.builtin.writing import Writer, chinese_date
from bot.types import Understanding
from bot.understanding.cues import cue_rows, load_cues
from knowledge.numerals import Number, format_amount, numbers_in
from knowledge.rules.calculator import CalculationResult
from knowledge.rules.story_dates import Day, days_in
from knowledge.types import Point

_MONEY = "元"
_SHARE = "%"
_MONTHS = "个月"
_TIMES = "次"
_GIVEN = re.compile(r"[领补拿报]|享受|申请")  # how many times something is given
_YEARLIKE = re.compile(r"(?:19|20)(?!00)\d\d$")  # 「一个人2000」 is a sum
_SENTENCE = re.compile(r"[。！？?!\n]+")
_CLAUSE = re.compile(r"[，,；;\s]+")
# A figure beside these is put forward as the rule, even when the asker could have meant their own: 「必须交36个月」.
_AS_RULE = re.compile(r"必须|才行|才能|才给|才算|起码|至少|规定|要求|得交满|要交满|非得")
BARE = 8  # 「对不？」「是这样吧」: confirms what the sentence before says
_TOGETHER = "一块"  # 「捆一块儿」 is no sum
LEAST_SUM = 50  # a number without a unit from here on is a sum
LARGEST_MONTHS = 600
MONTHS = 12
_THIS_YEARS_END = re.compile(r"(?<![\d一二三四五六七八九零〇今去明后本前当])(?<![今去明后本前当]年)年(?:底|末)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that the asker puts forward, in a unit that can be compared."""

    raw: str
    value: Decimal
    unit: str


def claims(understanding: Understanding) -> tuple[Claim, ...]:
    """The sums, shares and lengths of time put forward to be confirmed; what the asker tells of themselves is none."""
    if not _confirms(understanding.question):
        return ()
    known = {v.value for v in understanding.facts.values() if isinstance(v.value, Decimal)}
    found: list[Claim] = []
    for clause in _put_forward(understanding.question):
        rule = bool(_AS_RULE.search(clause)) or load_cues().hearsay(clause)
        for number in (n for n in numbers_in(clause) if n.raw != _TOGETHER):
            value, unit = _comparable(number)
            if not unit and value >= LEAST_SUM and not _YEARLIKE.match(number.raw):
                unit = _MONEY
            told = number.value in known and not rule
            if unit == _TIMES and not _GIVEN.search(clause):
                continue
            if unit and not told and (unit != _MONTHS or rule):
                found.append(Claim(number.raw, value, unit))
    return tuple(dict.fromkeys(found))


def _confirms(text: str) -> bool:
    """Whether a text asks for a confirmation; 「一个人给1500吧」 does, a 吧 without a figure does not."""
    return load_cues().presumes(text) or any(s.rstrip(" ，,").endswith("吧") and numbers_in(s) for s in _SENTENCE.split(text))


def _put_forward(question: str) -> Iterable[str]:
    """The clauses of the sentences that ask for a confirmation; of 「对不？」 alone, those of the sentence before."""
    before: list[str] = []
    for sentence in filter(None, _SENTENCE.split(question)):
        clauses = [c for c in _CLAUSE.split(sentence) if c]
        if _confirms(sentence):
            own = [c for c in clauses if numbers_in(c)]
            yield from own or (before if len(sentence) <= BARE else ())
        before = [c for c in clauses if numbers_in(c)]


def of_clause(writer: Writer, understanding: Understanding, point: Point) -> str:
    """The correction before a point that states other figures; '' when nothing put forward contradicts it."""
    if point.silent:
        return ""
    measure = writer.kit.knowledge.library.measures[point.measure]
    for claim in claims(understanding):
        stated = [n for n in numbers_in(point.quote) if _comparable(n)[1] == claim.unit]
        values = {_comparable(n)[0] for n in stated}
        elsewhere = {_comparable(n)[0] for n in numbers_in(measure.text) if _comparable(n)[1] == claim.unit}
        if not values and elsewhere and claim.value not in elsewhere and claim.unit in (_MONEY, _SHARE):
            return writer.kit.replies("premise.several", said=claim.raw)
        if not values or claim.value in values:
            continue
        if len(values) == 1:
            return writer.kit.replies("premise.single", said=claim.raw, stated=stated[0].raw)
        if claim.value not in {_comparable(n)[0] for n in numbers_in(measure.text)}:
            return writer.kit.replies("premise.several", said=claim.raw)
    return ""


def of_sum(writer: Writer, understanding: Understanding, result: CalculationResult) -> str:
    """The correction before a sum: another share than its working has, or a sum that is neither in it nor in the measure."""
    if result.amount is None or not result.steps:
        return ""
    stated = {_comparable(n) for s in result.steps for n in numbers_in(s.text.replace(",", ""))} | {(result.amount, _MONEY)}
    measures = {s.measure for s in result.steps}
    texts = " ".join(writer.kit.knowledge.library.measures[m].text for m in measures)
    written = {_comparable(n)[0] for n in numbers_in(texts)}
    for claim in claims(understanding):
        values = {v for v, u in stated if u == claim.unit}
        if claim.unit == _SHARE and len(values) == 1 and claim.value not in values:
            return writer.kit.replies("premise.single", said=claim.raw, stated=f"{format_amount(values.pop())}%")
        rates = {v for s in result.steps for v, u in map(_comparable, numbers_in(s.text.replace(",", ""))) if u == _MONEY}
        if claim.unit == _MONEY and len(rates) == 1 and claim.value in written - values and result.amount in rates:
            return writer.kit.replies("premise.single", said=claim.raw, stated=f"{format_amount(result.amount)}{_MONEY}")
        if claim.unit == _MONEY and claim.value not in values | written:
            return writer.kit.replies("premise.several", said=claim.raw)
    return ""


def of_day(writer: Writer, understanding: Understanding, measure: str, quote: str) -> str:
    """The correction before a clause that ends on another day than the one put forward (「到2025年底就停了，对吧」)."""
    until = writer.kit.knowledge.validity(measure, quote, writer.as_of).until
    if until is None:
        return ""
    for raw, first, last in _ends_put_forward(understanding):
        if not first <= until <= last:
            raw = raw if raw in understanding.question else raw.removeprefix("今年")
            return writer.kit.replies("premise.day", said=raw, until=chinese_date(until))
    return ""


def _ends_put_forward(understanding: Understanding) -> Iterable[tuple[str, date, date]]:
    """The days on which the asker says that something ends: the words, the first and the last day they can mean."""
    presumed, ends = (re.compile(cue_rows()["premise_day"][k]) for k in ("presumed", "ends"))
    before = ""
    for sentence in filter(None, _SENTENCE.split(understanding.question)):
        if presumed.search(sentence):
            said = before if len(sentence) <= BARE and not ends.search(sentence) else sentence
            for clause in _CLAUSE.split(_THIS_YEARS_END.sub("今年年底", said)):
                days = days_in(clause, understanding.as_of) if ends.search(clause) else ()
                yield from ((d.raw, d.first, _year_end(d)) for d in days[-1:])
        before = sentence


def _year_end(day: Day) -> date:
    """「到2027年」 and 「到2027年底」 mean its last day."""
    return day.last if day.last.month != MONTHS else date(day.last.year, MONTHS, 31)


def _comparable(number: Number) -> tuple[Decimal, str]:
    """A number in yuan, per cent or months; '' for other units."""
    unit = {"元/人": _MONEY, "万元": _MONEY, "元/学时": _MONEY, "块": _MONEY, "块钱": _MONEY, "％": _SHARE}.get(
        number.unit, number.unit
    )
    if unit == "年" and number.value * 12 <= LARGEST_MONTHS:
        return number.value * 12, _MONTHS
    return (number.value, unit) if unit in (_MONEY, _SHARE, _MONTHS, _TIMES) else (number.value, "")
