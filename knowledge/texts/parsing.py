"""Canonical text → segments and measures: a state machine over paragraphs.

States follow the order of an issued document: header → preamble → (section → measures)* → closing.
Three numbering systems occur: 「一、」 over 「（一）」, 「一、」 over 「1.」 counted through, and 「第一条」
under 「第一章」. A marker opens a measure only when it continues the count (or restarts at one), so a
list inside a measure stays inside it. Every character belongs to exactly one segment.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, pairwise

from knowledge.errors import DocumentError
from knowledge.numerals import chinese_value
from knowledge.texts.deadlines import deadlines_in
from knowledge.types import Measure, Segment, SegmentKind

_CN = "一二三四五六七八九十百千零〇"
_ARTICLE = re.compile(rf"^(第([{_CN}\d]+)条)(?:之[{_CN}]+)?[\s　]*")
_INSERTED = re.compile(rf"^第[{_CN}\d]+条之([{_CN}]+)")
_CHAPTER = re.compile(rf"^(第[{_CN}\d]+[编章节])\s*([^。]{{0,40}})$")
_SECTION = re.compile(rf"^([{_CN}]+)、")
_BRACKET = re.compile(rf"^（([{_CN}]+)）")
_ARABIC = re.compile(r"^(\d{1,3})[.．、](?!\d)")
_CLOSING = re.compile(
    r"^(?:抄送|附件|附：|（此件|以上政策措施|本(?:实施方案|方案|意见|办法|通知|规定|公告|政策|措施|细则).{0,40}(?:执行期限|施行|有效期|解释)|[^，。；]{2,30}\d{4}年\d{1,2}月\d{1,2}日印发)"
)
_SIGNATURE = re.compile(r"^[^，。；：]{2,40}(?:人民政府|办公厅|办公室|委员会|部|厅|局)$")
_DATE = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")
_PREAMBLE = re.compile(r"^(?:各|为|根据|按照|现将|经|《|依据|遵照)")
_DEPARTMENTS = re.compile(r"（([^（）]*(?:（[^（）]*）[^（）]*)*(?:负责|牵头|配合|责任单位)[^（）]*)）[。\s　]*$")
_LEAD_RULE = "排在第一位的为牵头单位"
MAX_TITLE = 40
MAX_HEADING = 60


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    text: str


def _paragraphs(text: str) -> list[_Paragraph]:
    result, position = [], 0
    for line in text.split("\n"):
        result.append(_Paragraph(position, position + len(line), line))
        position += len(line) + 1
    return result


def _ordinal(word: str) -> int:
    if word.isdigit():
        return int(word)
    value = chinese_value(word)
    return int(value) if value is not None else -1


def _numbering(paragraphs: list[_Paragraph]) -> re.Pattern[str]:
    """The marker that opens measures in this document: the one used most, articles before lists."""
    counts = {p: sum(bool(p.match(x.text)) for x in paragraphs) for p in (_ARTICLE, _BRACKET, _ARABIC, _SECTION)}
    if counts[_ARTICLE] >= 2:
        return _ARTICLE
    sections = [x.text for x in paragraphs if _SECTION.match(x.text)]
    if len(sections) > 1 and sum(len(t) > MAX_HEADING or t[-1] in "。：；" for t in sections) * 2 > len(sections):
        return _SECTION  # 「一、」 opens whole sentences: these are the measures, not headings over them
    below = _below_sections(paragraphs)
    if below is not None:
        return below
    if counts[_BRACKET]:
        return _BRACKET
    if counts[_SECTION]:
        return _SECTION
    return _ARABIC


def _below_sections(paragraphs: list[_Paragraph]) -> re.Pattern[str] | None:
    """The marker that comes first under most 「一、」 headings: 「（一）」 holds 「1.」, or stands inside it.

    Where most headings stand over plain text they open the measures themselves; a list under one of them stays inside it.
    """
    votes: Counter[re.Pattern[str]] = Counter()
    waiting = False
    for p in paragraphs:
        if _SECTION.match(p.text):
            votes.update([_SECTION] if waiting else [])
            waiting = True
        elif waiting:
            found = next((m for m in (_BRACKET, _ARABIC) if m.match(p.text)), None)
            votes.update([found] if found else [])
            waiting = found is None
    votes.update([_SECTION] if waiting else [])
    return votes.most_common(1)[0][0] if set(votes) - {_SECTION} else None


def parse(document_id: str, text: str) -> tuple[tuple[Segment, ...], tuple[Measure, ...]]:
    """Split canonical text into segments that tile it, and the measures (and citable parts) in order.

    :raises DocumentError: no numbered measure was found.
    """
    paragraphs = _paragraphs(text)
    marker = _numbering(paragraphs)
    openings = _openings(paragraphs, marker)
    if not any(kind is SegmentKind.MEASURE for kind, _ in openings.values()):
        raise DocumentError(
            f"文件 {document_id} 里没有找到编号条款（「（一）」「1.」「第一条」）。请检查原文，再运行：advisor ingest <路径>"
        )
    segments = _segments(paragraphs, openings, len(text))
    measures = _measures(document_id, text, segments, paragraphs, openings)
    return segments, measures


def _openings(paragraphs: list[_Paragraph], marker: re.Pattern[str]) -> dict[int, tuple[SegmentKind, int | None]]:
    """Paragraph index → what it opens (with the measure's number)."""
    openings: dict[int, tuple[SegmentKind, int | None]] = {0: (SegmentKind.HEADER, None)}
    expected, section_expected, in_body, closed = 1, 1, False, False
    for i, p in enumerate(paragraphs):
        section = _SECTION.match(p.text)
        if _CHAPTER.match(p.text) or (
            marker is not _SECTION and section and _ordinal(section[1]) == section_expected and len(p.text) <= MAX_HEADING
        ):
            openings[i] = (SegmentKind.SECTION, None)
            section_expected += bool(section)
            in_body, closed = True, False
            continue
        opened = marker.match(p.text)
        number = _ordinal(opened[opened.re.groups]) if opened else -1
        if opened and marker is _ARABIC and section_expected == 1 and _numbered_later(paragraphs[i:]):
            opened = None
        inserted = marker is _ARTICLE and number == expected - 1 and bool(_INSERTED.match(p.text))
        if opened and (number == expected or number == 1 or inserted or (marker is _ARTICLE and number > expected)):
            openings[i] = (SegmentKind.MEASURE, number)
            expected, in_body, closed = number + 1, True, False
        elif in_body and not closed and _closes(paragraphs, i):
            openings[i] = (SegmentKind.CLOSING, None)
            closed = True
        elif not in_body and SegmentKind.PREAMBLE not in {k for k, _ in openings.values()} and _is_preamble(p):
            openings[i] = (SegmentKind.PREAMBLE, None)
    return openings


def _numbered_later(paragraphs: list[_Paragraph]) -> bool:
    """Whether a first section heading still follows (then a number before it is part of the header)."""
    return any(m and _ordinal(m[1]) == 1 for m in (_SECTION.match(p.text) for p in paragraphs))


def _is_preamble(p: _Paragraph) -> bool:
    return bool(_PREAMBLE.match(p.text)) and len(p.text) > 12


def _closes(paragraphs: list[_Paragraph], i: int) -> bool:
    text = paragraphs[i].text
    following = paragraphs[i + 1].text if i + 1 < len(paragraphs) else ""
    return bool(
        _CLOSING.match(text)
        or _DATE.match(text)
        or (_SIGNATURE.match(text) and (_DATE.match(following) or _CLOSING.match(following)))
    )


def _segments(
    paragraphs: list[_Paragraph], openings: dict[int, tuple[SegmentKind, int | None]], length: int
) -> tuple[Segment, ...]:
    starts = [(paragraphs[i].start if i else 0, kind) for i, (kind, _) in sorted(openings.items())]
    bounds = [*starts, (length, SegmentKind.CLOSING)]
    return tuple(Segment(kind, a, b) for (a, kind), (b, _) in pairwise(bounds) if b > a)


def _measures(
    document_id: str,
    text: str,
    segments: tuple[Segment, ...],
    paragraphs: list[_Paragraph],
    openings: dict[int, tuple[SegmentKind, int | None]],
) -> tuple[Measure, ...]:
    numbers = {paragraphs[i].start: n for i, (_, n) in openings.items()}
    taken: set[str] = set()
    result: list[Measure] = []
    section, section_count, lead_rule = "", 0, False
    for segment in segments:
        body = text[segment.start : segment.end].rstrip("\n")
        if segment.kind is SegmentKind.SECTION:
            section_count += 1
            heading, _, intro = body.partition("\n")
            section = heading
            if intro:
                part_id = f"{document_id}/s{section_count}"
                result.append(_part(part_id, document_id, _strip_marker(heading), section, segment.start, body, section_count))
        elif segment.kind is SegmentKind.MEASURE:
            number = numbers[segment.start]
            assert number is not None
            lead_rule = lead_rule or _LEAD_RULE in body
            key = _key(number, body, section_count, taken)
            taken.add(key)
            result.append(_measure(document_id, key, number, body, segment.start, section, lead_rule))
        elif segment.kind in (SegmentKind.PREAMBLE, SegmentKind.CLOSING):
            name = segment.kind.value
            if any(m.id == f"{document_id}/{name}" for m in result):
                continue
            label = "开头部分" if segment.kind is SegmentKind.PREAMBLE else "结尾部分"
            result.append(_part(f"{document_id}/{name}", document_id, label, "", segment.start, body, 0))
    return tuple(result)


def _key(number: int, body: str, section_count: int, taken: set[str]) -> str:
    """The part of a measure's id behind the document: 「15」, 「120-1」 for 第一百二十条之一, unique within the document.

    A count that restarts in each section is told apart by the section: 2, 2002, 2003 … or, failing that, 2-b, 2-c.
    """
    inserted = _INSERTED.match(body)
    key = f"{number}-{_ordinal(inserted[1])}" if inserted else str(number)
    if key in taken and section_count:
        key = str(number + 1000 * section_count)
    copies = (f"{key}-{chr(ord('b') + i)}" if i < 25 else f"{key}-{i}" for i in count())
    while key in taken:
        key = next(copies)
    return key


def _strip_marker(heading: str) -> str:
    return _SECTION.sub("", _CHAPTER.sub(r"\2", heading))


def _part(part_id: str, document_id: str, title: str, section: str, start: int, body: str, ordinal: int) -> Measure:
    part = Measure(part_id, document_id, None, "", title, section, start, start + len(body), body)
    return replace(part, deadlines=deadlines_in(part))


def _measure(document_id: str, key: str, number: int, body: str, start: int, section: str, lead_rule: bool) -> Measure:
    marker, title = _marker_and_title(body)
    departments = _departments(body)
    lead = departments[0] if departments and (lead_rule or len(departments) == 1) else None
    named_lead = re.search(r"（(?:责任单位：)?([^（），。]+?)牵头", body)
    if named_lead:
        lead = re.split("[、，]", named_lead[1])[0]
    measure = Measure(
        f"{document_id}/{key}", document_id, number, marker, title, section, start, start + len(body), body, lead, departments
    )
    return replace(measure, deadlines=deadlines_in(measure))


def _marker_and_title(body: str) -> tuple[str, str]:
    """「（十五）促进…就业。推动…」 → 「（十五）」, 「促进…就业」."""
    for pattern in (_ARTICLE, _BRACKET, _ARABIC, _SECTION):
        match = pattern.match(body)
        if match:
            marker, rest = body[: match.end()].strip(" 　"), body[match.end() :]
            title = re.split("[。\n]|(?<=[\u4e00-\u9fff])[.]", rest, maxsplit=1)[0]
            if len(title) <= MAX_TITLE and pattern is not _ARTICLE:
                return marker, title
            return marker, title[:20] + "…" if len(title) > 20 else title
    return "", body[:MAX_TITLE]


def _departments(body: str) -> tuple[str, ...]:
    """The responsible departments named in the closing bracket, in order."""
    match = _DEPARTMENTS.search(body)
    if not match:
        return ()
    inner = re.sub(r"^责任单位：", "", match[1])
    inner = re.split(r"。|，排在", inner)[0]
    names = [
        re.sub(r"^和|(?:按职责分工|等)?(?:按职责分工)?(?:负责|牵头|配合)$|等$", "", n.strip())
        for n in re.split("[、，]|(?<=府)和", inner)
    ]
    return tuple(dict.fromkeys(n for n in names if n and len(n) <= 40))


def issue_date(text: str) -> date | None:
    """The date in the signature of a document, else in its print line, if it states one.

    The day under the issuer's name is the day of issue; 「…2024年4月23日印发」 only says when it was printed.
    """
    lines = text.split("\n")
    for above, line in reversed(tuple(pairwise(lines))):
        match = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", line)
        if match and _SIGNATURE.match(above) and (day := day_of(*match.groups())):
            return day
    for line in reversed(lines):
        match = re.fullmatch(r"(?:.{0,24}?)(\d{4})年(\d{1,2})月(\d{1,2})日(?:印发)?", line)
        if match and (day := day_of(*match.groups())):
            return day
    return None


def day_of(year: str, month: str, day: str) -> date | None:
    """A day from its digits; None for one that does not exist (「2月31日」 in a bad scan)."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
