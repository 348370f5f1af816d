"""Time limits stated in a measure, and the stretch of text that each one binds.

Reading rule 2: a deadline binds the sentence (entitlement) it stands in. A sentence that only states a
deadline (「政策实施期限截至…」) binds what precedes it in its measure back to the previous deadline;
「两项补贴…执行至…」 binds that many sentences before it.
Goals (「到2025年，培育…」「2023年年底前」) are no deadlines.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.numerals import value_of
from knowledge.types import Deadline, Measure

_DAY = r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?"
_SINCE_UNTIL = re.compile(rf"[自从对]?{_DAY}(?:（含）)?(?:起)?(?:至|到|—|-)(?:(\d{{4}})年)?(\d{{1,2}})月(?:(\d{{1,2}})日)?")
_UNTIL = re.compile(
    rf"(?<!（)(?:截至|截止到?|延长至|延至|延续至|执行至|执行到|实施至|政策至|有效期至|有效期到|优惠至|享受至|"
    rf"截[止至](?:日期|时间|日|期限)?(?:为|是|：|到|至|定于|延长至)?|(?:申报|申请|受理|报名|补贴|政策|执行|实施|活动)(?:期限|时限|时间)(?:为|是|：)?[至到]){_DAY}(年底|底)?"
)
# 「须于2025年11月30日前申报」; 「在…前申请的」 is a condition, 「年底前完成」 a goal.
_BEFORE = re.compile(
    r"(?:于|在)?(\d{4})年(\d{1,2})月(\d{1,2})日(?:（含）)?[之以]?前，?(?:[^，。；]{0,16}?)(?:申请|申报|提交|提出|报名|报送)(?![^，。；]{0,10}的(?:，|企业|单位|人员|个人))"
)
_EXTENDED = re.compile(rf"{_DAY}(到期后|起)再?延长(\d+|[一二两三四五六七八九十]+)年")
_DEADLINE_SUBJECT = re.compile(
    r"^(?:上述|以上|该|本|此)?(?:政策|措施|两项|三项|补贴)?[^，。；]{0,16}?(?:实施期限|执行期限|有效期|暂定执行|政策(?:执行|实施|延续)[至到]|截[止至](?:日期|时间)|(?:申报|申请|受理|报名)(?:时间|期限|截[止至]))"
)
_COUNTED_SUBJECT = re.compile(r"^([两三四])项")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a measure that ends in 。 or at a line break (offsets relative to the measure)."""

    start: int
    end: int
    text: str


def sentences(text: str) -> tuple[Sentence, ...]:
    """Sentences of a text, tiling its non-empty parts; a closing quote or bracket stays with its sentence."""
    result, start = [], 0
    for match in re.finditer(r"[。！？][”’）]*(?!（)|\n", text):
        end = match.end()
        if text[start:end].strip():
            result.append(Sentence(start, end, text[start:end]))
        start = end
    if text[start:].strip():
        result.append(Sentence(start, len(text), text[start:]))
    return tuple(result)


def last_day(year: int, month: int | None, day: int | None) -> date:
    """The last day meant by a year, a month or a day."""
    if month is None:
        return date(year, 12, 31)
    return date(year, month, day or monthrange(year, month)[1])


def _matches(text: str) -> Iterator[tuple[date | None, date, int, int]]:
    taken: list[tuple[int, int]] = []
    for m in _EXTENDED.finditer(text):
        y, mo, d = (int(g) if g else None for g in m.groups()[:3])
        years = int(value_of(m[5]) or 0)
        assert y is not None
        if m[4] == "起":
            first = date(y, mo or 1, d or 1)
            yield first, date(first.year + years, first.month, first.day) - timedelta(days=1), m.start(), m.end()
        else:
            end = last_day(y, mo, d)
            yield None, last_day(end.year + years, end.month, end.day), m.start(), m.end()
        taken.append(m.span())
    for m in _SINCE_UNTIL.finditer(text):
        y, mo, d, y2, mo2, d2 = (int(g) if g else None for g in m.groups())
        assert y is not None and mo2 is not None
        taken.append(m.span())
        yield date(y, mo or 1, d or 1), last_day(y2 or y, mo2, d2), m.start(), m.end()
    for m in _UNTIL.finditer(text):
        if any(a <= m.start() < b for a, b in taken):
            continue
        y, mo, d = (int(g) if g else None for g in m.groups()[:3])
        assert y is not None
        taken.append(m.span())
        yield None, last_day(y, mo, d), m.start(), m.end()
    for m in _BEFORE.finditer(text):
        if not any(a < m.end() and m.start() < b for a, b in taken):
            yield None, date(int(m[1]), int(m[2]), int(m[3])), m.start(), m.end()


def deadlines_in(measure: Measure) -> tuple[Deadline, ...]:
    """Every deadline of a measure, in order, offsets in the document's canonical text."""
    result: list[Deadline] = []
    parts = sentences(measure.text)
    free_from = 0
    for i, sentence in enumerate(parts):
        for since, until, start, end in _safe(sentence.text):
            first = sentence.start
            if _DEADLINE_SUBJECT.match(sentence.text):
                counted = _COUNTED_SUBJECT.match(sentence.text)
                first = parts[max(0, i - int(value_of(counted[1]) or 1))].start if counted else free_from
            base = measure.start
            result.append(
                Deadline(since, until, base + sentence.start + start, base + sentence.start + end,
                         base + first, base + _end(parts, i), sentence.text[start:end])
            )  # fmt: skip
        if result and result[-1].binds_end == measure.start + sentence.end:
            free_from = sentence.end
    return tuple(result)


def _end(parts: tuple[Sentence, ...], i: int) -> int:
    """Where a sentence ends; one that announces a table (「按下列标准：」) ends with its last row."""
    last = i
    while parts[i].text.rstrip().endswith("：") and last + 1 < len(parts) and parts[last + 1].text.startswith("|"):
        last += 1
    return parts[last].end


def _safe(text: str) -> Iterator[tuple[date | None, date, int, int]]:
    """Matches with possible dates only (「2月31日」 in a bad scan is no deadline)."""
    try:
        yield from sorted(_matches(text), key=lambda x: x[2])
    except ValueError:
        return
