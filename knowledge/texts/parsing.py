"""Canonical text → segments and measures.

The parts follow the order of an issued document: header → preamble → (section → measures)* → closing → annexes. What opens
what is told by the numbering (:mod:`knowledge.texts.numbering`); annexes have a numbering of their own
(:mod:`knowledge.texts.annexes`). Every character belongs to exactly one segment.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count, pairwise

from knowledge.errors import DocumentError
from knowledge.texts.annexes import ANNEX, ANNEX_NUMBER, annex_of, annexes_in
from knowledge.texts.deadlines import deadlines_in
from knowledge.texts.numbering import (
    ARTICLE,
    BRACKET,
    CHAPTER,
    INSERTED,
    SECTION,
    Openings,
    Paragraph,
    marker_of,
    numbering,
    openings,
    ordinal,
    paragraphs_of,
)
from knowledge.types import Measure, Segment, SegmentKind

_ONE = r"[^（）]*(?:（[^（）]*）[^（）]*)*"  # what stands between brackets, with brackets of its own
_DEPARTMENTS = re.compile(rf"（({_ONE}(?:负责|牵头|配合|责任单位){_ONE})）[。\s　]*$")
_LEAD_RULE = "排在第一位的为牵头单位"
MAX_TITLE = 40


def parse(document_id: str, text: str) -> tuple[tuple[Segment, ...], tuple[Measure, ...]]:
    """Split canonical text into segments that tile it, and the measures (and citable parts) in order.

    :raises DocumentError: no numbered measure was found.
    """
    paragraphs = paragraphs_of(text)
    opened = _openings(paragraphs)
    if not any(kind is SegmentKind.MEASURE for kind, _ in opened.values()):
        raise DocumentError(
            f"文件 {document_id} 里没有找到编号条款（「（一）」「1.」「第一条」）。请检查原文，再运行：advisor ingest <路径>"
        )
    segments = _segments(paragraphs, opened, len(text))
    return segments, _measures(document_id, text, segments, paragraphs, opened)


def _openings(paragraphs: list[Paragraph]) -> Openings:
    """What the paragraphs open: of the body by its numbering, of each annex by its own."""
    starts = annexes_in(paragraphs)
    while True:
        body = paragraphs[: starts[0]] if starts else paragraphs
        marker = numbering(body)
        opened: Openings = openings(body, marker) if marker else {0: (SegmentKind.HEADER, None)}
        if not starts or any(kind is SegmentKind.MEASURE for kind, _ in opened.values()):
            break
        starts = starts[1:]  # a letter that only passes on its annex: this is the body
    for start, end in pairwise([*starts, len(paragraphs)]):
        opened |= {start + i: what for i, what in annex_of(paragraphs[start:end]).items()}
    return opened


def _segments(paragraphs: list[Paragraph], opened: Openings, length: int) -> tuple[Segment, ...]:
    starts = [(paragraphs[i].start if i else 0, kind) for i, (kind, _) in sorted(opened.items())]
    bounds = [*starts, (length, SegmentKind.CLOSING)]
    return tuple(Segment(kind, a, b) for (a, kind), (b, _) in pairwise(bounds) if b > a)


def _measures(
    document_id: str, text: str, segments: tuple[Segment, ...], paragraphs: list[Paragraph], opened: Openings
) -> tuple[Measure, ...]:
    numbers = {paragraphs[i].start: n for i, (_, n) in opened.items()}
    taken: set[str] = set()
    result: list[Measure] = []
    section, above, section_count, lead_rule = "", "", 0, False
    for segment in segments:
        body = text[segment.start : segment.end].rstrip("\n")
        if segment.kind is SegmentKind.SECTION:
            section_count += 1
            heading, _, intro = body.partition("\n")
            above = above if BRACKET.match(heading) else heading
            section = "｜".join(dict.fromkeys(h for h in (above, heading) if h))
            if intro:
                part_id = f"{document_id}/s{section_count}"
                result.append(_part(part_id, document_id, _strip_marker(heading), section, segment.start, body, section_count))
        elif segment.kind is SegmentKind.MEASURE:
            number = numbers[segment.start]
            assert number is not None
            lead_rule = lead_rule or _LEAD_RULE in body
            key = _key(number, body, section_count, taken)
            taken.add(key)
            within = section if number != ANNEX_NUMBER else ""
            result.append(_measure(document_id, key, number, body, segment.start, within, lead_rule))
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
    inserted = INSERTED.match(body)
    key = f"{number}-{ordinal(inserted[1])}" if inserted else str(number)
    if number == ANNEX_NUMBER:
        return f"annex-{1 + sum(k.startswith('annex') for k in taken)}"
    if key in taken and section_count:
        key = str(number + 1000 * section_count)
    copies = (f"{key}-{chr(ord('b') + i)}" if i < 25 else f"{key}-{i}" for i in count())
    return key if key not in taken else next(copy for copy in copies if copy not in taken)


def _strip_marker(heading: str) -> str:
    return BRACKET.sub("", SECTION.sub("", CHAPTER.sub(r"\2", heading)))


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
    annex = ANNEX.match(body.partition("\n")[0])
    if annex:
        below = [line for line in body.split("\n")[1:2] if len(line) <= MAX_TITLE and not re.search(r"^\d|[|。：；]", line)]
        return annex[1], annex[2] or next(iter(below), "")
    end = marker_of(body)
    marker, rest = body[:end].strip(" 　"), body[end:]
    title = re.split("[。\n]|(?<=[\u4e00-\u9fff])[.]", rest, maxsplit=1)[0]
    if labelled := re.match(r"([\u4e00-\u9fff]{2,8})：.", title):
        return marker, labelled[1]  # 「4、申报时间：6月1日至9月30日。」
    if len(title) <= MAX_TITLE and not ARTICLE.match(body):
        return marker, title
    return marker, title[:20] + "…" if len(title) > 20 else title


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
