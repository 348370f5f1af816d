"""Points of a measure for which nobody has written any: its own sentences, and how near each is to the question.

A sentence that announces a list or a table (「按下列标准：」) is nothing without it, and one that opens with 「其中」 nothing
without the sentence before it: these stay together. The heading alone says nothing. Who is responsible is a point of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from knowledge.texts.deadlines import sentences
from knowledge.texts.lexical import Bm25
from knowledge.types import Document, Encoder, Measure, Point

SHORT = 180  # a measure of no more characters is said whole: its sentences complete each other
SUBHEADING = 20  # a numbered sentence of no more characters heads the one that follows (「3.开发公益性岗位。」)
LIST_LIMIT = 900  # characters of an announced list that are shown whole
IN_OTHER_WORDS = 0.5  # weight of likeness beside shared words
_ONE = r"[^（）]*(?:（[^（）]*）[^（）]*)*"
_OFFICES = re.compile(rf"（({_ONE}(?:负责|牵头|配合|责任单位){_ONE})）\s*$")
_ITEM = re.compile(r"^\s*(?:（[一二三四五六七八九十]+）|\d{1,2}[.．、]|\|)")
_LEANS = re.compile(r"^\s*(?:其中|但是?|同时|此外|另外)[，,、]?")


@dataclass(frozen=True, slots=True)
class Extract:
    """Points in order of the text, and the evidence for each of them (0 … 1)."""

    points: tuple[Point, ...]
    evidence: dict[str, float]


def extract(measure: Measure, document: Document, question: str, encoder: Encoder | None = None) -> Extract:
    """The points of a measure without written ones. How much a word tells is counted over the whole document.

    :param encoder: where given, a stretch that says the same in other words counts as near as well.
    """
    found: list[Point] = []
    for start, end in _stretches(measure):
        found += _points(measure, start, end)
    found = found or _points(measure, 0, len(measure.text))  # one that is nothing but its first sentence
    if not found:
        return Extract((), {})
    around = [m.text for m in document.measures if m.id != measure.id]
    scores = Bm25.build([*(p.quote for p in found), *around]).scores(question)[: len(found)]
    near = scores / max(float(scores.max()), 1e-6)
    if encoder is not None and len(found) > 1:
        vectors = encoder.encode([question, *(p.quote for p in found)])
        alike = (vectors[1:] @ vectors[0]).clip(0.0)
        near = (1 - IN_OTHER_WORDS) * near + IN_OTHER_WORDS * alike / max(float(alike.max()), 1e-6)
    best = max(float(near.max()), 1e-6)
    return Extract(tuple(found), {p.id: float(s) / best for p, s in zip(found, near, strict=True)})


def _stretches(measure: Measure) -> list[tuple[int, int]]:
    """What belongs together, as offsets in the measure: without its heading."""
    result: list[tuple[int, int]] = []
    announced = headed = False
    short = len(measure.text) - len(measure.label) <= SHORT
    for s in sentences(measure.text):
        if not result and _is_heading(s.text, measure):
            continue
        item = bool(_ITEM.match(s.text)) and s.start > 0
        row = s.text.startswith("|")  # the rows of a table stay together, and with the words over them
        offices = bool(_OFFICES.fullmatch(s.text.strip()))
        if (
            result
            and not offices
            and (short or row or headed or (announced and item) or _LEANS.match(s.text))
            and s.end - result[-1][0] <= LIST_LIMIT
        ):
            result[-1] = (result[-1][0], s.end)
            headed = False
        else:
            headed = item and len(s.text.strip()) <= SUBHEADING
            announced = s.text.strip().endswith("：")
            result.append((s.start, s.end))
    return result


def _is_heading(text: str, measure: Measure) -> bool:
    """Whether a stretch is the title of its measure alone; one that announces a list (「下列期间不得享受：」) says what the list is."""
    return not text.rstrip().endswith("：") and text.strip().removeprefix(measure.marker).strip().rstrip(
        "。"
    ) == measure.title.rstrip("。…")


def _points(measure: Measure, start: int, end: int) -> list[Point]:
    """The point of a stretch, and the one of the offices that its closing bracket names."""
    text = measure.text[start:end].strip().removeprefix(measure.marker).strip()
    offices = _OFFICES.search(text)
    body = text[: offices.start()].strip() if offices else text
    name = f"{measure.id}.sentence-{start}"
    found = [Point(name, measure.id, _plain(body, _head_of(measure, start)), body)] if len(body) > 6 else []
    if offices:
        found.append(Point(f"{name}-office", measure.id, offices[1], offices[0].strip(), ("部门",)))
    return found


def _head_of(measure: Measure, start: int) -> list[str]:
    """The heads of the columns of the table that a stretch goes on with; [] when it begins with no row or is its beginning."""
    above = measure.text[:start].rstrip("\n").split("\n")
    rows = list(takewhile(lambda line: line.startswith("|"), reversed(above)))
    return _cells(rows[-1]) if rows and measure.text[start:].startswith("|") else []


def _cells(line: str) -> list[str]:
    return [c.strip() for c in line.strip().strip("|").split("|")]


def _plain(text: str, head: list[str]) -> str:
    """A stretch as it is said: rows of a table with the head of each column before its cell."""
    lines = text.split("\n")
    rows = [_cells(line) for line in lines if line.lstrip().startswith("|")]
    rows = [head, *rows] if head else rows
    if len(rows) < 2:
        return "".join(line.strip() for line in lines)
    said = "；".join(_row(rows[0], row) for row in rows[1:])
    return "".join(line.strip() for line in lines if not line.lstrip().startswith("|")) + said


def _row(head: list[str], row: list[str]) -> str:
    """「硕士研究生：减免比例80%，减免期限3年」."""
    if len(row) != len(head) or len(row) < 2:
        return "，".join(row)
    return f"{row[0]}：" + "，".join(h + cell for h, cell in zip(head[1:], row[1:], strict=True))
