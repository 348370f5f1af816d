"""Where the annexes of a document begin, and what their paragraphs open.

「附件：申报材料清单」 before the signature only lists what follows; the annex itself stands behind it. A short annex is one
measure; a long one with a numbering of its own is a section with measures.
"""

from __future__ import annotations

import re

from knowledge.texts.dates import is_day
from knowledge.texts.numbering import CN, Openings, Paragraph, numbering, openings
from knowledge.types import SegmentKind

ANNEX = re.compile(rf"^(附(?:件|表|录)[{CN}\d]{{0,3}})(?:[：:.、]|(?=[^{CN}\d]|$))([^。；|]{{0,60}})$")
_PRINTED = re.compile(r"^(?:抄送|[^，。；]{2,40}\d{4}年\d{1,2}月\d{1,2}日印发)")
ANNEX_NUMBER = 0  # an annex can be found and cited as a measure, and counts as none of them
LONG = 400  # an annex of more characters is cited by its own numbers, when it has some


def annexes_in(paragraphs: list[Paragraph]) -> list[int]:
    """The paragraphs at which annexes begin that say something; of blank forms (「申请表（略）」) only the name is there."""
    heads = [i for i, p in enumerate(paragraphs) if ANNEX.match(p.text)]
    ends = [*heads[1:], len(paragraphs)][: len(heads)]
    return [i for i, end in zip(heads, ends, strict=True) if _says_something(paragraphs[i:end])]


def _says_something(part: list[Paragraph]) -> bool:
    listed = "：" in part[0].text and any(is_day(p.text) for p in part)
    said = (p.text for p in part[1:] if not _PRINTED.match(p.text))
    return not listed and any(text.startswith("|") or re.search("[。；]", text) for text in said)


def annex_of(part: list[Paragraph]) -> Openings:
    """What the paragraphs of one annex open, counted from its first."""
    marker = numbering(part[1:])
    if marker and part[-1].end - part[0].start > LONG:
        inner = {i: what for i, what in openings(part, marker).items() if what[0] is not SegmentKind.PREAMBLE}
        if sum(kind is SegmentKind.MEASURE for kind, _ in inner.values()) > 2:
            return inner | {0: (SegmentKind.SECTION, None)}
    printed = next((i for i, p in enumerate(part) if _PRINTED.match(p.text)), None)
    blank = next((i for i, p in enumerate(part[1:], 1) if ANNEX.match(p.text)), printed)
    return {0: (SegmentKind.MEASURE, ANNEX_NUMBER)} | ({blank: (SegmentKind.CLOSING, None)} if blank else {})
