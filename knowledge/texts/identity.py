"""What a document says about itself: title, 文号, issuer, day of issue, first and last day of its force.

Read from canonical text, for a person to review. The term is read only from sentences whose subject is the document
(「本办法…」「以上政策措施…」): a deadline of one entitlement belongs to its measure (see :mod:`knowledge.texts.deadlines`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile

from knowledge.numerals import value_of
from knowledge.texts.dates import SIGNATURE, day_of, days_in, is_day, issue_date
from knowledge.texts.deadlines import last_day, sentences
from knowledge.types import Measure, Segment, SegmentKind

_DOC_NO = re.compile(r"[\u4e00-\u9fff]{1,8}〔\d{4}〕\d+号|(?:国务院|人力资源(?:和)?社会保障部|[^\W\d日]{2,8}人民政府)令第\d+号")
_KINDS = "通知|意见|方案|办法|规定|细则|决定|公告|条例|措施|政策|规划|计划|法"
_TITLE = re.compile(
    rf"^(?:关于)?[^，。；：《》|]{{6,80}}(?:{_KINDS})(?:（[^（）]{{1,12}}）)?$|^[^，。；：《》|]{{3,40}}(?:条例|法)$"
)
_PASSED_ON = re.compile(rf"关于(?:印发|发布|公布)《([^《》]{{4,60}}(?:{_KINDS})(?:（[^（）]{{1,12}}）)?)》的(?:通知|公告)$")
_BODY = r"(?:人民政府|办公厅|办公室|委员会|部|厅|局)"
_ISSUER = re.compile(rf"([^，。；：|>]{{2,60}}{_BODY})(?:文件)?")
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_PASSED = re.compile(rf"{_DAY}([^，。\n]{{3,40}}?)(?:第[^\n]{{1,20}}次(?:常务)?会议)?(?:通过|公布|发布)")
_TERM_OF_OFFICE = re.compile(r"^第[一二三四五六七八九十]+届")
_ITSELF = re.compile(
    r"(?:本(?:实施|行动|暂行|试行|工作|若干|管理)*(?:办法|通知|方案|意见|措施|规定|细则|条例|法|政策|公告|决定|计划|规划|规程|规则)|"
    r"(?:以上|上述|前述)(?:各项|各条|所有)?(?:政策措施|政策|措施))"
    r"[^。；]{0,12}?(?:自|从|有效|执行|实施|施行|试行)"
)
_FROM_DAY = re.compile(rf"[自从]{_DAY}(?:（含）)?(?:起|开始)?(?:正式)?(?:施行|实施|执行|至|起|生效)")
_UNTIL_DAY = re.compile(
    r"(?:有效期(?:限)?(?:为)?(?:截至|截止|至|到)|(?:执行|实施|施行|试行)(?:期限)?(?:为)?(?:截)?(?:至|到)|[日起]至|(?:施行|实施|执行|[日起])，至)"
    r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?"
)
_YEARS = re.compile(
    r"(?:(?:有效|执行|实施)期(?:限)?(?:暂?定?为|是|限为)?|试行(?:期)?(?:为)?|暂定)(\d{1,2}|[一二两三四五六七八九十])年"
)
_ITS_TIME = re.compile(r"^(?:(?:申报|申请|受理|报名|政策|执行|实施|活动)(?:时间|期限|时限|截止时间)|有效期(?:限)?)$")


@dataclass(frozen=True, slots=True)
class Term:
    """When a document holds, and the words that say so."""

    since: date | None = None
    until: date | None = None
    clause: str | None = None


def head_of(text: str, segments: tuple[Segment, ...]) -> str:
    """Everything before the first section or measure: letterhead, title, preamble."""
    start = next((s.start for s in segments if s.kind in (SegmentKind.SECTION, SegmentKind.MEASURE)), len(text))
    return text[:start]


def title_of(head: str) -> str | None:
    """The title of the document itself rather than of the letter that passes it on, when it has one of its own."""
    lines = [re.sub(r"^附件[\d一二三四五]?[：:]?(?=.)", "", line) for line in head.split("\n") if ">" not in line]
    found = [line for line in lines if _TITLE.search(line)]
    own = [line for line in found if not re.search("关于(?:印发|发布|公布)", line)]
    if own:
        return own[-1]
    passed_on = next((m for line in lines if (m := _PASSED_ON.search(line))), None)
    if passed_on:
        return passed_on[1]
    return found[-1] if found else next((line for line in lines if line), None)


def doc_no_of(head: str) -> str | None:
    """The first 文号 of the head: 「济政办发〔2023〕10号」, 「国务院令第258号」."""
    found = _DOC_NO.search(re.sub("中华人民共和国(?=[\u4e00-\u9fff]{2,12}令)", "", head))
    return found[0] if found else None


def issuer_of(head: str, title: str, text: str = "") -> str | None:
    """Who issued it: the letterhead, the title's own words, the body that passed a law, or who signed it."""
    lines = head.split("\n")
    matches = [_ISSUER.fullmatch(line) for line in lines]
    first = next((i for i, m in enumerate(matches) if m), None)
    if first is not None:
        together = takewhile(lambda m: m is not None, matches[first:])  # several issue it together, one below the other
        return _named_apart([m[1] for m in together if m])
    match = re.match(rf"(.{{2,50}}?{_BODY})关于", title)
    if match:
        return _named_apart([match[1]])
    ordered = re.search(r"([\u4e00-\u9fff]{2,8}人民政府)令第", head)
    if ordered:
        return ordered[1]
    passed = _PASSED.search(head)
    return _TERM_OF_OFFICE.sub("", passed[4]) if passed else _signed(text)


def _signed(text: str) -> str | None:
    """Who stands above the date at the end of a text."""
    lines = text.split("\n")
    for i in range(len(lines) - 1, 0, -1):
        if is_day(lines[i]) and SIGNATURE.match(lines[i - 1]):
            signed = list(takewhile(SIGNATURE.match, reversed(lines[:i])))
            return _named_apart(signed[::-1])
    return None


def _named_apart(bodies: list[str]) -> str:
    """Every issuer once: 「青岛市人力资源和社会保障局青岛市财政局」 are two, as the place is named anew."""
    found: list[str] = []
    for body in bodies:
        place = re.escape(body[:2])
        found += re.split(rf"(?<=[局厅会室部府])(?={place})", body)
    return "、".join(dict.fromkeys(found))


def issued_on(text: str, head: str) -> date | None:
    """The day of issue: of the signature, else of the print run, else the last day that the head names."""
    return issue_date(text) or max(days_in(head), default=None)


def year_of(doc_no: str | None) -> int | None:
    """The year of a 文号: 「济政办发〔2023〕10号」 → 2023."""
    found = re.search(r"〔(\d{4})〕", doc_no or "")
    return int(found[1]) if found else None


def term_of(text: str, issued: date | None) -> Term:
    """First and last day of the document's force, as far as it states them."""
    for sentence in sentences(text):
        if not _ITSELF.search(sentence.text):
            continue
        since, until = _days(sentence.text, issued)
        if since or until:
            return Term(since, until, sentence.text.strip())
    return Term()


def time_of(measures: tuple[Measure, ...]) -> Term:
    """The time of a notice on one thing that gives it a heading of its own (「二、申报时间」): it bounds all the others."""
    timed = [m for m in measures if _ITS_TIME.match(m.title) and m.deadlines]
    if len(timed) != 1:
        return Term()
    last = max(timed[0].deadlines, key=lambda d: d.until)
    return Term(None, last.until, last.quote)


def _days(sentence: str, issued: date | None) -> tuple[date | None, date | None]:
    first, last, years = _FROM_DAY.search(sentence), _UNTIL_DAY.search(sentence), _YEARS.search(sentence)
    since = day_of(*first.groups()) if first else None
    until = _last(*last.groups()) if last else None
    start = since or issued
    if until is None and years and start:
        count = int(value_of(years[1]) or 0)
        until = years_after(start, count) - timedelta(days=1)
    return since, until


def _last(year: str, month: str | None, day: str | None) -> date | None:
    if month and day:
        return day_of(year, month, day)
    return last_day(int(year), int(month) if month else None, None) if not month or 1 <= int(month) <= 12 else None


def years_after(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes the last day of its month."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
