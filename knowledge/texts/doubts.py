"""What looks wrong in a text that was taken apart: said to whoever reads the document in, who has the original before him."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from knowledge.texts.dates import DAY
from knowledge.texts.numbering import ARABIC, ARTICLE, BRACKET, QUESTION, REFERS, SECTION, number_read
from knowledge.types import Measure, Segment, SegmentKind

LONG = 1500  # a measure of so many characters, and so many times the usual, has probably swallowed others
TIMES = 6
_FORCE = re.compile(rf"(?:自|从|于).{{2,20}}(?:施行|实施|执行|生效)|有效期|负责解释|废止|^{DAY}", re.M)
_WHOLE_END = re.compile(r"[。；！？）】”|]$|日$|印发$|[:：]\S+$|（略）$|[\d-]{7,}$")


def doubts(text: str, segments: tuple[Segment, ...], measures: tuple[Measure, ...]) -> tuple[str, ...]:
    """One sentence for each thing that a person should compare with the original."""
    numbered = [m for m in measures if m.number]
    return (*_numbers(numbered), *_merged(numbered), *_incomplete(text, segments, numbered))


def _numbers(numbered: list[Measure]) -> Iterator[str]:
    if numbered and not any(m.marker for m in numbered):
        yield f"文中没有编号，按小标题分成 {len(numbered)} 条。"
    for m in numbered:
        if m.marker and not QUESTION.match(m.text) and number_read(m.marker) != m.number:
            yield f"第 {m.number} 条的编号印成「{m.marker}」，已按前后顺序编号。"
    for before, after in pairwise(numbered):
        assert before.number is not None and after.number is not None
        if after.number > before.number + 1 and after.number != 1:
            lost = "、".join(str(n) for n in range(before.number + 1, after.number))
            yield f"「{before.label[:20]}」之后缺第 {lost} 条，可能漏识或并进了前一条。"


def _merged(numbered: list[Measure]) -> Iterator[str]:
    usual = median(len(m.text) for m in numbered) if numbered else 0
    for m in numbered:
        kind = next((k for k in (ARTICLE, BRACKET, ARABIC, SECTION) if k.match(m.text)), None)
        inner = next((line for line in m.text.split("\n")[1:] if kind and _opens(kind, line)), None)
        if inner:
            yield f"「{m.label[:20]}」里还有以「{inner[:8]}」开头的段落，可能是另一条。"
        elif len(m.text) > max(LONG, TIMES * usual):
            yield f"「{m.label[:20]}」有 {len(m.text)} 字，可能并进了后面的条款。"


def _opens(kind: re.Pattern[str], line: str) -> bool:
    """Whether a line opens like a measure; 「第四条规定的…」 after a broken line only refers to one."""
    opened = kind.match(line)
    return bool(opened) and not REFERS.match(line[opened.end() :] if opened else "")


def _incomplete(text: str, segments: tuple[Segment, ...], numbered: list[Measure]) -> Iterator[str]:
    last = text.rstrip().rsplit("\n", 1)[-1]
    if numbered and last in numbered[-1].text and not _WHOLE_END.search(last):
        yield f"文末停在「{last[-12:]}」，句子不完整，文件可能被截断。"
        return
    closing = any(s.kind is SegmentKind.CLOSING for s in segments)
    tail = "\n".join(text.split("\n")[-3:])
    if not closing and not _FORCE.search(tail):
        yield "文末没有落款、日期或施行期限，文件可能不完整。"
