"""Which marker opens the measures of a text, and what each of its paragraphs opens.

A marker opens a measure when it continues the count or restarts it at one, so a list inside a measure stays inside it.
Scans lose and misread numbers (「（兰）」 for 「（三）」): the count is taken up again at the next number that can be read.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from knowledge.numerals import chinese_value
from knowledge.texts.dates import SIGNATURE, is_day
from knowledge.types import SegmentKind

CN = "一二三四五六七八九十百千零〇"
ARTICLE = re.compile(rf"^(第([{CN}\d]+)条)(?:之[{CN}]+)?[\s　]*")
INSERTED = re.compile(rf"^第[{CN}\d]+条之([{CN}]+)")
CHAPTER = re.compile(rf"^(第[{CN}\d]+[编章节])\s*([^。]{{0,40}})$")
SECTION = re.compile(rf"^([{CN}]+)、")
BRACKET = re.compile(rf"^（([{CN}]+)）")
ARABIC = re.compile(r"^(\d{1,3})[.．、](?!\d(?!\d{3}年))")
# What numbers the provisions of a text that has none of the above.
ORDINAL = re.compile(rf"^第([{CN}]+)(?:[，、：]|(?=是))")
SPOKEN = re.compile(rf"^([{CN}]+)是")
FIGURES = re.compile(r"^（?(\d{1,2})）")
CIRCLED = re.compile(r"^([①-⑳])")
PADDED = re.compile(r"^(?:PART)?(0\d)(?=[\u4e00-\u9fff])")
QUESTION = re.compile(rf"^(?:(?:问题?|Q)[{CN}\d]*[：:.、]|【问题?[{CN}\d]*】|Q\d+(?=[\u4e00-\u9fff]))")
HEADING = re.compile(r"^(?!第|（|《|附件)[^，。；：！|]{2,30}$")  # a short line over text
_OTHERS = (ORDINAL, FIGURES, PADDED, CIRCLED, SPOKEN)
COUNTED = (ARTICLE, BRACKET, ARABIC, SECTION, *_OTHERS)
_LIKE = {  # a marker of the kind whose number cannot be read
    BRACKET: re.compile(r"^（[^（）]{1,2}）"),
    SECTION: re.compile(r"^[^\s，。（）《》]、"),
    ARABIC: re.compile(r"^[\dlIiOoSBZ|]{1,3}[.．、](?!\d)"),
    ARTICLE: re.compile(r"^第[^\s，。、条]{1,3}条"),
}
_CLOSING = re.compile(
    r"^(?:抄送|附件|附：|（此件|特此(?:公告|通知|通告)|以上政策措施|本(?:实施方案|方案|意见|办法|通知|规定|公告|政策|措施|细则).{0,40}(?:执行期限|施行|有效期|解释)|[^，。；]{2,30}\d{4}年\d{1,2}月\d{1,2}日印发)"
)
_LAST_WORDS = re.compile(r"^(?:本[^，。；]{2,10}|[以上前]述?上?(?:各项|各条)?(?:政策|措施)).{0,40}(?:执行|施行|实施|有效期|解释)")
_PREAMBLE = re.compile(r"^(?:各|为|根据|按照|现将|经|《|依据|遵照)")
_NAMED = re.compile(
    r"(?:通知|意见|方案|办法|规定|细则|决定|公告|条例|措施|政策|规划|计划|解读|问答|图解|一图读懂|文件)(?:（[^（）]{1,12}）)?$"
)
REFERS = re.compile(r"^(?:第[^，。]{1,4}[款项]|规定|所称|的|、|和|至|以及|或者)")  # 「第三十条规定的…」 opens no article
MAX_HEADING = 60
LOST = 3  # so many numbers in a row may be lost
WHOLE = 40  # an item of so many characters is a provision of its own, not an entry of a list

Openings = dict[int, tuple[SegmentKind, int | None]]
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of canonical text and where it stands."""

    start: int
    end: int
    text: str


def paragraphs_of(text: str) -> list[Paragraph]:
    """The lines of a text with their offsets."""
    result, position = [], 0
    for line in text.split("\n"):
        result.append(Paragraph(position, position + len(line), line))
        position += len(line) + 1
    return result


def ordinal(word: str) -> int:
    """The number that a marker names; -1 when it names none."""
    if word.isdecimal():
        return int(word)
    if len(word) == 1 and "①" <= word <= "⑳":
        return ord(word) - ord("①") + 1
    value = chinese_value(word) if word else None
    return int(value) if value is not None else -1


def marker_of(body: str) -> int:
    """Where the marker ends that a measure opens with; 0 when it has none (a heading in plain words)."""
    kinds = (*COUNTED, QUESTION, *_LIKE.values())
    return next((m.end() for m in (kind.match(body) for kind in kinds) if m), 0)


def number_read(marker: str) -> int | None:
    """The number that a marker of some kind shows; None when none can be read in it."""
    found = (kind.match(marker + "字") for kind in COUNTED)
    return next((ordinal(m[m.re.groups]) for m in found if m), None)


def numbering(paragraphs: list[Paragraph]) -> Pattern | None:
    """The marker that opens measures in this text: the one used most, articles before lists; None when it has none."""
    counts = {p: sum(bool(p.match(x.text)) for x in paragraphs) for p in COUNTED}
    if counts[ARTICLE] >= 2:
        return ARTICLE
    sections = [x.text for x in paragraphs if SECTION.match(x.text)]
    if len(sections) > 1 and sum(len(t) > MAX_HEADING or t[-1] in "。：；" for t in sections) * 2 > len(sections):
        return SECTION  # 「一、」 opens whole sentences: these are the measures, not headings over them
    below = _below_sections(paragraphs)
    if below is not None:
        return below
    if _asks(paragraphs):
        return QUESTION
    found = next((p for p in (BRACKET, SECTION, ARABIC) if counts[p]), None)
    found = found or next((p for p in _OTHERS if counts[p] >= 2), None)
    return found or (HEADING if sum(_is_heading(paragraphs, i) for i in range(len(paragraphs))) >= 2 else None)


def _asks(paragraphs: list[Paragraph]) -> bool:
    """Whether a text goes by questions and answers: two at least, before any list in an answer."""
    questions = [i for i, p in enumerate(paragraphs) if QUESTION.match(p.text)]
    return len(questions) > 1 and not any(BRACKET.match(p.text) or ARABIC.match(p.text) for p in paragraphs[: questions[0]])


def _is_heading(paragraphs: list[Paragraph], i: int) -> bool:
    """Whether a paragraph is a short line, no title or signature, over a paragraph of text."""
    text = paragraphs[i].text
    if not HEADING.match(text) or _NAMED.search(text) or SIGNATURE.match(text) or is_day(text) or "号" in text[-1:]:
        return False
    following = paragraphs[i + 1].text if i + 1 < len(paragraphs) else ""
    return following.endswith(("。", "；", "：", "|"))


def _below_sections(paragraphs: list[Paragraph]) -> Pattern | None:
    """The marker that comes first under most 「一、」 headings: 「（一）」 holds 「1.」, or stands inside it.

    Where most headings stand over plain text they open the measures themselves; a list under one of them stays inside it.
    """
    votes: Counter[Pattern] = Counter()
    waiting = False
    for p in paragraphs:
        if SECTION.match(p.text):
            votes.update([SECTION] if waiting else [])
            waiting = True
        elif waiting:
            found = next((m for m in (BRACKET, ARABIC) if m.match(p.text)), None)
            votes.update([found] if found else [])
            waiting = found is None
    votes.update([SECTION] if waiting else [])
    return votes.most_common(1)[0][0] if set(votes) - {SECTION} else None


def openings(paragraphs: list[Paragraph], marker: Pattern) -> Openings:
    """Paragraph index → what it opens (with the measure's number)."""
    return _Counting(paragraphs, marker).run()


class _Counting:
    """One pass over the paragraphs, with the counts of sections and measures as they go."""

    def __init__(self, paragraphs: list[Paragraph], marker: Pattern) -> None:
        self.paragraphs = paragraphs
        self.marker = marker
        self.found: Openings = {0: (SegmentKind.HEADER, None)}
        self.expected = self.section_expected = 1
        self.in_body = self.closed = False
        self.deep = _headings_over_provisions(paragraphs) if marker is BRACKET else {}

    def run(self) -> Openings:
        """Judge every paragraph."""
        for i, p in enumerate(self.paragraphs):
            if self._section(i):
                self.found[i] = (SegmentKind.SECTION, None)
                self.in_body, self.closed = True, False
            elif (number := self._measure(i)) is not None:
                self.found[i] = (SegmentKind.MEASURE, number)
                self.in_body, self.closed = True, False
            elif self.in_body and not self.closed and self._closes(i):
                self.found[i] = (SegmentKind.CLOSING, None)
                self.closed = True
            elif not self.in_body and SegmentKind.PREAMBLE not in {k for k, _ in self.found.values()} and _is_preamble(p):
                self.found[i] = (SegmentKind.PREAMBLE, None)
        return self.found

    def _section(self, i: int) -> bool:
        text = self.paragraphs[i].text
        if CHAPTER.match(text):
            return True
        if i in self.deep:
            number = self._number(i, BRACKET)
            self.expected = number + 1 if number > 0 else self.expected
            return True
        if (
            self.marker is SECTION
            or len(text) > MAX_HEADING
            or text.endswith("；")
            or (self.marker is ARTICLE and text[-1:] in "。：")
        ):
            return False
        number = self._number(i, SECTION)
        if number != self.section_expected and (
            self.section_expected == 1 or not (self._misread(i, SECTION, self.section_expected)
            or self.section_expected < number <= self.section_expected + LOST)
        ):  # fmt: skip
            return False
        self.section_expected = max(number, self.section_expected) + 1
        return True

    def _number(self, i: int, kind: Pattern) -> int:
        opened = kind.match(self.paragraphs[i].text)
        return ordinal(opened[opened.re.groups]) if opened else -1

    def _measure(self, i: int) -> int | None:
        """The number of the measure that a paragraph opens, if it opens one."""
        text = self.paragraphs[i].text
        if self.marker in (QUESTION, HEADING):
            opens = QUESTION.match(text) if self.marker is QUESTION else _is_heading(self.paragraphs, i)
            return self._counted(self.expected) if opens else None
        provision = next((items[i] for items in self.deep.values() if i in items), None)
        if provision is not None:
            return provision
        number = self._number(i, self.marker)
        if number >= 0 and self.marker is ARABIC and self.section_expected == 1 and self._numbered_later(i):
            return None
        if self.marker is ARTICLE:
            inserted = number == self.expected - 1 and bool(INSERTED.match(text))
            opened = ARTICLE.match(text)
            jumps = number > self.expected and bool(opened) and not REFERS.match(text[opened.end() :] if opened else "")
            if number in (1, self.expected) or inserted or jumps:
                return self._counted(number)
        elif number in (1, self.expected) or self._resumes(i, number):
            return self._counted(number)
        return self._counted(self.expected) if self._misread(i, self.marker, self.expected) else None

    def _counted(self, number: int) -> int:
        self.expected = number + 1
        return number

    def _resumes(self, i: int, number: int) -> bool:
        """Whether a count goes on at a number that is not the next one: some were lost before it, or one stands twice."""
        if not self.in_body or number < 0 or self._misread(i, self.marker, self.expected):
            return False
        lost = self.expected < number <= self.expected + LOST
        return lost or (number == self.expected - 1 and self._next(i, self.marker) == number + 1)

    def _misread(self, i: int, kind: Pattern, expected: int) -> bool:
        """Whether a paragraph opens like a marker with the wrong number, or none, and the next one shows which it is."""
        like = _LIKE.get(kind)
        if expected < 2 or like is None or not like.match(self.paragraphs[i].text):
            return False
        return self._number(i, kind) not in (1, expected) and self._next(i, kind) == expected + 1

    def _next(self, i: int, kind: Pattern) -> int | None:
        numbers = (self._number(j, kind) for j in range(i + 1, len(self.paragraphs)))
        return next((n for n in numbers if n > 0), None)

    def _numbered_later(self, i: int) -> bool:
        """Whether a first section heading still follows (then a number before it is part of the header)."""
        return any(self._number(j, SECTION) == 1 for j in range(i, len(self.paragraphs)))

    def _closes(self, i: int) -> bool:
        text = self.paragraphs[i].text
        following = i + 1
        while following < len(self.paragraphs) and SIGNATURE.match(self.paragraphs[following].text):
            following += 1  # several issuers sign one below the other
        after = self.paragraphs[following].text if following < len(self.paragraphs) else ""
        return bool(
            _CLOSING.match(text)
            or is_day(text)
            or (SIGNATURE.match(text) and (is_day(after) or _CLOSING.match(after)))
            or (self.marker is not ARTICLE and _LAST_WORDS.match(text) and self._next(i, self.marker) is None)
        )


def _is_preamble(p: Paragraph) -> bool:
    return bool(_PREAMBLE.match(p.text)) and len(p.text) > 12


def _headings_over_provisions(paragraphs: list[Paragraph]) -> dict[int, dict[int, int]]:
    """「（一）」 that is but a heading over 「1.」 「2.」, each a whole provision → these, with their numbers.

    Whole: a sentence after its own title, or of some length, and no entry of an enumeration that ends in 「；」.
    """
    result: dict[int, dict[int, int]] = {}
    for i, p in enumerate(paragraphs):
        opened = BRACKET.match(p.text)
        title = p.text[opened.end() :].rstrip("。") if opened else ""
        if not opened or len(title) > WHOLE or re.search("[。；：]", title):
            continue
        items: dict[int, int] = {}
        for j in range(i + 1, len(paragraphs)):
            text = paragraphs[j].text
            if BRACKET.match(text) or SECTION.match(text):
                break
            number = ARABIC.match(text)
            if number and ordinal(number[1]) == len(items) + 1:
                items[j] = len(items) + 1
            elif not items:
                break
        if len(items) > 1 and 2 * sum(_is_whole(paragraphs[j].text) for j in items) > len(items):
            result[i] = items
    return result


def _is_whole(text: str) -> bool:
    return text[-1] != "；" and ("。" in text[:-1].rstrip("）") or len(text) > WHOLE)
