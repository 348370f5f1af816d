"""What a document puts an end to: 「《…方案》（济政办发〔2023〕10号）第（十九）条关于技能提升补贴的规定同时停止执行」.

A document that names one of the library, some of its articles, or a subject within them, ends that from its own first day.
「此前规定与本通知不一致的，以本通知为准」 ends of the earlier ones of its region what they pay for that it pays for anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.numerals import value_of
from knowledge.texts.deadlines import sentences
from knowledge.texts.normalise import matching_form
from knowledge.types import Document, Measure

_ENDS = re.compile(r"废止|停止(?:执行|实施)|不再(?:执行|实施)|失效")
_TITLE = re.compile(r"《([^《》]{4,80})》(?:（([^（）]*〔\d{4}〕\d+号)[^（）]*）)?")
_ONE = r"第?（?(?:[一二三四五六七八九十百]+|\d{1,3})）?[条项]"
_ARTICLES = re.compile(
    rf"({_ONE}(?:(?:[、，和及与至]|以及){_ONE})*)?(?:中)?(?:的)?(?:(?:关于|有关)(“?[^，。；、《》]{{2,30}}?)(?:的)?(?:规定|政策|内容|条款|标准))?"
)
_NUMBER = re.compile(r"第?（?([一二三四五六七八九十百]+|\d{1,3})）?[条项]")
_JOINS = re.compile(r"^(?:[、，和及与]|以及)*")
_OVERRIDES = re.compile(
    r"(?:此前|以前|以往|现行|原有?|其他|过去)[^，。；]{0,16}(?:规定|政策|文件|标准)[^，。；]{0,12}不一致[^，。；]{0,4}，(?:均|一律)?[以按]本"
)
_PAID = re.compile(r"(?:[\u4e00-\u9fff]{2,12}?)(?:补贴|补助|奖补|奖励|返还|津贴|补偿)")
_DOING = re.compile(
    r"^(?:调整|完善|提高|优化|扩大|加大|落实|实施|发放|给予|继续|明确|规范|支持|延续|推进|统一|降低|放宽|取消|兑现|开展|加强|标准|政策|和|对|的|我市|全市)+"
)
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万]+(?:元|倍|成|个月|年|次)|分之")
_LEANS = re.compile(r"^\s*(?:其中|该|上述|以上|同时)")  # a sentence that goes on with the one before it


@dataclass(frozen=True, slots=True)
class Repeal:
    """What ends: a document of the library, one measure of it, and in it what speaks of some words."""

    by: str
    document: str
    number: int | None = None
    words: str = ""
    paid: bool = False  # only what states a figure for it

    def covers(self, measure: Measure, quote: str) -> bool:
        """Whether it ends what is quoted from a measure: its sentence, or the name of the whole measure, speaks of the words."""
        if measure.document != self.document or (self.number is not None and measure.number != self.number):
            return False
        if self.paid and not _FIGURE.search(quote):
            return False
        if not self.words or _subject(measure.title) == self.words:
            return True
        at = measure.text.find(quote)
        parts = sentences(measure.text)
        spoken = [self.words in s.text for s in parts]
        for i, s in enumerate(parts[1:], 1):
            spoken[i] = spoken[i] or (spoken[i - 1] and bool(_LEANS.match(s.text)))
        if any(spoken):
            return any(said for s, said in zip(parts, spoken, strict=True) if s.start < at + len(quote) and at < s.end)
        return self.number is not None  # the article was named; by what name it calls its subject matters no more


def _subject(title: str) -> str:
    """「继续实施失业保险稳岗返还政策」 → 「失业保险稳岗返还」."""
    return re.sub(r"(?:政策|标准|办法)+$", "", _DOING.sub("", title))


def repeals_in(document: Document, library: Mapping[str, Document]) -> tuple[Repeal, ...]:
    """The repeals that a document states, of documents of the library."""
    found: list[Repeal] = []
    earlier = [d for d in library.values() if d.id != document.id and d.issued_from <= document.issued_from]
    for sentence in sentences(document.text):
        if _OVERRIDES.search(sentence.text):
            found += [
                Repeal(document.id, d.id, None, words, True)
                for d in earlier if d.region == document.region for words in _paid_for(document)
            ]  # fmt: skip
        if not _ENDS.search(sentence.text):
            continue
        for title, doc_no, number, words in _named(sentence.text):
            ended = _resolved(title, doc_no, earlier)
            if ended is not None:
                found.append(Repeal(document.id, ended.id, number, words))
    return tuple(dict.fromkeys(found))


def declared_ended(measure: Measure, name: str) -> str | None:
    """The sentence in which a measure says that a document, which it calls by this title or 文号, is at an end."""
    form = matching_form(name).strip("《》")
    said = (s.text.strip() for s in sentences(measure.text) if len(form) > 5 and form in matching_form(s.text))
    return next((text for text in said if re.search(r"废止|失效|停止执行", text)), None)


def _named(sentence: str) -> Iterator[tuple[str, str, int | None, str]]:
    """(title, 文号, number of an article, words) of everything that a sentence ends.

    「第（十五）条、第（十六）条关于吸纳补贴的规定以及第（十九）条」: what is said of several articles is said of each.
    """
    titles = list(_TITLE.finditer(sentence))
    for title, following in zip(titles, [*titles[1:], None], strict=True):
        rest = sentence[title.end() : following.start() if following else len(sentence)]
        rest = re.sub(r"^(?:（[^（）]*）)?中?的?", "", rest)
        any_article = False
        while (match := _ARTICLES.match(rest)) and match.group():
            numbers = [int(value_of(n) or 0) or None for n in _NUMBER.findall(match[1] or "")] or [None]
            for number in numbers:
                yield title[1], title[2] or "", number, (match[2] or "").strip("“”")
            any_article = True
            rest = _JOINS.sub("", rest[match.end() :])
        if not any_article:
            yield title[1], title[2] or "", None, ""


def _paid_for(document: Document) -> list[str]:
    """What the measures of a document pay by name: 「调整一次性吸纳就业补贴。…按每人1500元」 → 「一次性吸纳就业补贴」."""
    found: set[str] = set()
    for measure in document.numbered:
        names = (_DOING.sub("", name) for name in _PAID.findall(measure.title))
        found |= {n for n in names if len(n) >= 4 and _FIGURE.search(measure.text.removeprefix(measure.marker))}
    return sorted(found)


def _resolved(title: str, doc_no: str, documents: Iterable[Document]) -> Document | None:
    form = matching_form(title)
    for d in documents:
        if doc_no and d.doc_no and matching_form(doc_no) == matching_form(d.doc_no):
            return d
        if not doc_no and (matching_form(d.title) == form or (len(title) >= 10 and form.endswith(matching_form(d.title)))):
            return d
    return None
