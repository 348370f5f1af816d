"""What a document says about itself: title, 文号, issuer, day of issue, first and last day of its force.

Read from canonical text, for a person to review. The term is read only from sentences whose subject is the document
(「本办法…」「以上政策措施…」): a deadline of one entitlement belongs to its measure (see :mod:`knowledge.texts.deadlines`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.numerals import value_of
from knowledge.texts.deadlines import sentences
from knowledge.texts.parsing import day_of, issue_date
from knowledge.types import Segment, SegmentKind

_DOC_NO = re.compile(r"[\u4e00-\u9fff]{1,8}〔\d{4}〕\d+号|(?:国务院|人力资源(?:和)?社会保障部|[^\W\d日]{2,8}人民政府)令第\d+号")
_KINDS = "通知|意见|方案|办法|规定|细则|决定|公告|条例|措施|政策|规划|计划|法"
_TITLE = re.compile(
    rf"^(?:关于)?[^，。；：《》|]{{6,80}}(?:{_KINDS})(?:（[^（）]{{1,12}}）)?$|^[^，。；：《》|]{{3,40}}(?:条例|法)$"
)
_PASSED_ON = re.compile(rf"关于(?:印发|发布|公布)《([^《》]{{4,60}}(?:{_KINDS})(?:（[^（）]{{1,12}}）)?)》的(?:通知|公告)$")
_BODY = r"(?:人民政府|办公厅|办公室|委员会|部|厅|局)"
_ISSUER = re.compile(rf"([^，。；：|]{{2,30}}{_BODY})(?:文件)?")
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_PASSED = re.compile(rf"{_DAY}([^，。\n]{{3,40}}?)(?:第[^\n]{{1,20}}次(?:常务)?会议)?(?:通过|公布|发布)")
_TERM_OF_OFFICE = re.compile(r"^第[一二三四五六七八九十]+届")
_ITSELF = re.compile(
    r"(?:本(?:实施|行动|暂行|试行)?(?:办法|通知|方案|意见|措施|规定|细则|条例|法|政策|公告|决定|计划|规划)|[以上前]述?上?政策措施)"
    r"[^。；]{0,12}?(?:自|从|有效|执行|实施|施行|试行)"
)
_FROM_DAY = re.compile(rf"[自从]{_DAY}(?:（含）)?(?:起|开始)?(?:正式)?(?:施行|实施|执行|至|起|生效)")
_UNTIL_DAY = re.compile(
    rf"(?:有效期(?:限)?(?:为)?(?:截至|至|到)|(?:执行|实施|施行|试行)(?:期限)?(?:截)?(?:至|到)|[日起]至){_DAY}"
)
_YEARS = re.compile(r"(?:有效期(?:限)?(?:为|是|限为)?|试行(?:期)?(?:为)?|暂定)(\d{1,2}|[一二两三四五六七八九十])年")


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
    lines = head.split("\n")
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


def issuer_of(head: str, title: str) -> str | None:
    """Who issued it: the letterhead, the title's own words, or the body that passed a law."""
    for line in head.split("\n"):
        match = _ISSUER.fullmatch(line)
        if match:
            return match[1]
    match = re.match(rf"(.{{2,24}}?{_BODY})关于", title)
    if match:
        return match[1]
    passed = _PASSED.search(head)
    return _TERM_OF_OFFICE.sub("", passed[4]) if passed else None


def issued_on(text: str, head: str) -> date | None:
    """The day of issue: of the signature, else of the print run, else the last day that the head names."""
    days = [day_of(*m) for m in re.findall(_DAY, head)]
    return issue_date(text) or max((d for d in days if d), default=None)


def term_of(text: str, issued: date | None) -> Term:
    """First and last day of the document's force, as far as it states them."""
    for sentence in sentences(text):
        if not _ITSELF.search(sentence.text):
            continue
        since, until = _days(sentence.text, issued)
        if since or until:
            return Term(since, until, sentence.text.strip())
    return Term()


def _days(sentence: str, issued: date | None) -> tuple[date | None, date | None]:
    first, last, years = _FROM_DAY.search(sentence), _UNTIL_DAY.search(sentence), _YEARS.search(sentence)
    since = day_of(*first.groups()) if first else None
    until = day_of(*last.groups()) if last else None
    start = since or issued
    if until is None and years and start:
        count = int(value_of(years[1]) or 0)
        until = years_after(start, count) - timedelta(days=1)
    return since, until


def years_after(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes the last day of its month."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
