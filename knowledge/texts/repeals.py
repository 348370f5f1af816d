"""What a document puts an end to: 「《…方案》（济政办发〔2023〕10号）第（十九）条关于技能提升补贴的规定同时停止执行」.

A document that names one of the library, one of its articles, or a subject within it, ends that from its own first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge.numerals import value_of
from knowledge.texts.deadlines import sentences
from knowledge.texts.normalise import matching_form
from knowledge.types import Document, Measure

_ENDS = re.compile(r"废止|停止(?:执行|实施)|不再(?:执行|实施)|失效")
_NAMED = re.compile(
    r"《([^《》]{4,80})》(?:（([^（）]*〔\d{4}〕\d+号)）)?(?:中)?(?:的)?"
    r"(?:第?（?([一二三四五六七八九十百]+|\d{1,3})）?[条项])?(?:中)?(?:的)?(?:(?:关于|有关)([^，。；、《》]{2,30}?)(?:的)?(?:规定|政策|内容|条款|标准))?"
)


@dataclass(frozen=True, slots=True)
class Repeal:
    """What ends: a document of the library, one measure of it, and in it what speaks of some words."""

    by: str
    document: str
    number: int | None = None
    words: str = ""

    def covers(self, measure: Measure, quote: str) -> bool:
        """Whether it ends what is quoted from a measure."""
        if measure.document != self.document or (self.number is not None and measure.number != self.number):
            return False
        if not self.words:
            return True
        at = measure.text.find(quote)
        around = (s.text for s in sentences(measure.text) if s.start < at + len(quote) and at < s.end)
        return any(self.words in text for text in around)


def repeals_in(document: Document, library: Mapping[str, Document]) -> tuple[Repeal, ...]:
    """The repeals that a document states, of documents of the library."""
    found: list[Repeal] = []
    for sentence in sentences(document.text):
        if not _ENDS.search(sentence.text):
            continue
        for title, doc_no, number, words in _NAMED.findall(sentence.text):
            ended = _resolved(title, doc_no, (d for d in library.values() if d.id != document.id))
            if ended is not None and ended.issued_from <= document.issued_from:
                found.append(Repeal(document.id, ended.id, _number(number), words))
    return tuple(found)


def _resolved(title: str, doc_no: str, documents: Iterable[Document]) -> Document | None:
    form = matching_form(title)
    for d in documents:
        if doc_no and d.doc_no and matching_form(doc_no) == matching_form(d.doc_no):
            return d
        if not doc_no and (matching_form(d.title) == form or (len(title) >= 10 and form.endswith(matching_form(d.title)))):
            return d
    return None


def _number(word: str) -> int | None:
    value = value_of(word) if word else None
    return int(value) if value else None
