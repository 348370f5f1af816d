"""What a message points at: documents by 文号, title or year; an article by number; a year; regions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.numerals import normalise_width, value_of
from knowledge.regions import covers
from knowledge.texts.library import Library
from knowledge.texts.normalise import grams
from knowledge.types import Document

_DOC_NO = re.compile(r"([\u4e00-\u9fff]{2,6}发)?[〔\[（(]?(20\d{2})[〕\]）)]?年?第?(\d{1,4})号")
_ARTICLE = re.compile(
    r"第\s*([一二三四五六七八九十百零〇\d]{1,4})\s*(?:条|项措施|条措施|项政策|款)|(?<![\d.])(\d{1,3})\s*号?条(?!件)"
)
_YEAR = re.compile(
    r"(?<!\d)(20[0-3]\d)(?!\d)\s*年?|(?<!\d)([12]\d)年(?!以|内|期|前|后|级|的期|合同)|(二[零〇][零〇一二三四五六七八九]{2})年?"
)
_PAPER = re.compile(r"[证表书卡册单]$")  # 《就业创业登记证》 is no document that rules anything
# A year beside one of these dates an event of the asker's, not the policy asked about.
_EVENT = re.compile(
    r"^(?:度|全年|整年|年度|一年|这一年|一整年)|^(?:底|初|\d{1,2}月(?:份|\d{1,2}[日号])?|[春夏秋冬]天|上半年|下半年)?(?:我|俺|咱|公司|厂里|单位|刚|才|就|的时候|一共|新)?"
    r"(?:发证|拿证|发的|拿的|拿到|考|毕业|离校|裁|缴|交了|交的|招|入职|登记|成立|注册|开业|办的|签|退休|失业的|下岗|入伍|退伍|买的|参保|生|来|失业险|失业保险|社保|单位|一共|总共)"
)
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_RELATIVE_YEAR = {"前年": -2, "去年": -1}


@dataclass(frozen=True, slots=True)
class References:
    """What was pointed at, resolved against the library."""

    documents: frozenset[str]
    unknown_document: str | None
    article: int | None
    years: tuple[int, ...]


def read_references(text: str, library: Library, as_of: date) -> References:
    """Resolve documents, article and policy years named in a text."""
    text = normalise_width(text)
    documents, unknown = _documents(text, library)
    article = _ARTICLE.search(text)
    number = None
    if article:
        word = article[1] or article[2]
        value = value_of(word)
        number = int(value) if value else None
    return References(frozenset(documents), unknown, number, _policy_years(without_numbers_of_documents(text), as_of))


def without_numbers_of_documents(text: str) -> str:
    """The text with every 文号 as a word: its year and number are no figures of the asker's."""
    return _DOC_NO.sub("该文件", text)


def _documents(text: str, library: Library) -> tuple[set[str], str | None]:
    found: set[str] = set()
    unknown = None
    for m in _DOC_NO.finditer(text):
        prefix, year, number = m.groups()
        matches = {
            d.id for d in library.documents.values()
            if d.doc_no and f"〔{year}〕{number}号" in d.doc_no and (not prefix or any(d.doc_no.startswith(prefix[i:]) for i in range(len(prefix) - 2)))
        }  # fmt: skip
        found |= matches
        if not matches:
            unknown = m.group()
    quoted = re.findall(r"《([^《》]{4,60})》", text)
    for title in quoted:
        scores = {d.id: _overlap(title, d) for d in library.documents.values()}
        best = max(scores, key=lambda k: scores[k])
        if scores[best] >= 0.6:
            found.add(best)
        elif len(title) >= 8 and not _PAPER.search(title):
            unknown = f"《{title}》"
    return found, unknown


def _overlap(title: str, document: Document) -> float:
    asked = {g for g in grams(title) if len(g) > 1}
    return len(asked & set(grams(document.title))) / len(asked) if asked else 0.0


def _policy_years(text: str, as_of: date) -> tuple[int, ...]:
    years: list[int] = []
    for m in _YEAR.finditer(text):
        written = m[1] or (m[3] or "").translate(_CHINESE_DIGITS)
        year = int(written) if written else 2000 + int(m[2])
        after = text[m.end() : m.end() + 9].lstrip("）)")
        before = text[max(0, m.start() - 2) : m.start()]
        if year <= as_of.year + 1 and not _EVENT.search(after) and before != "毕业":
            years.append(year)
    for word, shift in _RELATIVE_YEAR.items():
        for m in re.finditer(word, text):
            if re.match(r"(的)?(政策|规定|标准|文件|那个|那会)", text[m.end() :]):
                years.append(as_of.year + shift)
    if years and re.search(
        r"(?:今年|现在|如今|最新)(?:又|也|的|有|出|新)*(?:文件|政策|规定|标准)|按哪个|以哪个为准|哪个算", text
    ):
        years.append(as_of.year)  # an older document put beside the present one
    return tuple(dict.fromkeys(years))


def governing_in_year(library: Library, year: int, region: str | None) -> tuple[Document, ...]:
    """The documents that governed at the end of a year: per region the newest issued by then."""
    by_region: dict[str, Document] = {}
    for d in sorted(library.documents.values(), key=lambda d: d.issued_from):
        if d.issued_from.year <= year and (region is None or covers(d.region, region)):
            by_region[d.region] = d
    return tuple(by_region.values())
