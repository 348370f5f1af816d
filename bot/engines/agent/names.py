"""Names in a claim against the clauses that it rests on: benefits, measures, documents, 文号, articles, places.

The names are those of the knowledge base; nothing is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.claims import Claim
from knowledge.base import KnowledgeBase
from knowledge.numerals import normalise_width, value_of
from knowledge.regions import related

SHORTEST = 6  # characters of a name that is specific enough to hold a claim to it
SHORTEST_MONEY = 4  # of one that names money
MOSTLY = 0.75  # share of the word pairs of a name (not one of money) that its clause prints
_MONEY = re.compile(r"(?:补贴|补助|奖补|返还|津贴|贷款|奖励|贴息|补偿|保险金|补助金)$")
_DENIED = re.compile(r"没有写|没写|没有规定|没有提|未写|未提|没有涉及|只说|只写|只列|只提")
_DOC_NO = re.compile(r"[\u4e00-\u9fff]{2,10}[〔\[［(（【](\d{4})[〕\]］)）】]\s*第?(\d{1,4})\s*号")
_QUOTED = re.compile(r"“([^“”]{8,})”")
_TITLE = re.compile(r"《([^《》]{2,80})》")
_ARTICLE = re.compile(
    r"第\s*([一二三四五六七八九十百零〇两\d]{1,6})\s*(?:条|项|款)|[（(]([一二三四五六七八九十]{1,4})[）)]|(?<=[》号）)])[（(](\d{1,3})[）)]"
)
_FOREIGN = re.compile(r"不适用|不是|不能|没有|别的|其他城市|外地|另一个|不同")


@dataclass(frozen=True)
class Names:
    """Every specific name that the knowledge base uses, and the measures that may be meant by it."""

    measures: Mapping[str, frozenset[str]]
    pattern: re.Pattern[str]

    def strays(self, claim: Claim, said: str) -> list[str]:
        """Names in a claim that belong to none of its clauses and that the user did not say."""
        if _DENIED.search(claim.text):
            return []
        ids = {s.measure.id for s in claim.sources}
        words = "｜".join(s.words for s in claim.sources)
        found = dict.fromkeys(m.group() for m in self.pattern.finditer(claim.text))
        return [n for n in found if n not in said and not ids & self.measures[n] and not _stands_in(n, words)]


def _stands_in(name: str, words: str) -> bool:
    """Whether a name is printed there: whole, as people shorten it (社保补贴 for 社会保险补贴), or but for a word."""
    if name in words or re.search(".{0,4}?".join(map(re.escape, name)), words):
        return True
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return not _MONEY.search(name) and sum(p in words for p in pairs) >= MOSTLY * len(pairs)


@lru_cache(maxsize=4)
def _names(key: tuple[tuple[str, str], ...]) -> Names:
    owners: dict[str, set[str]] = {}
    for name, measure in key:
        if len(name) >= (SHORTEST_MONEY if _MONEY.search(name) else SHORTEST):
            owners.setdefault(name, set()).add(measure)
    ordered = sorted(owners, key=lambda n: (-len(n), n))
    return Names({n: frozenset(m) for n, m in owners.items()}, re.compile("|".join(map(re.escape, ordered)) or r"(?!)"))


def names_of(knowledge: KnowledgeBase) -> Names:
    """The names of benefits (everyday ones too) and of measures."""
    pairs = [(n, b.measure) for b in knowledge.rulebook.benefits.values() for n in (b.name, *b.spec.aliases)]
    pairs += [(m.title, m.id) for m in knowledge.library.measures.values() if m.number is not None]
    return _names(tuple(pairs))


def stray_titles(claim: Claim, said: str, titles: Iterable[str]) -> list[str]:
    """Titles in 《》 that are neither of a cited document nor printed in a cited clause."""
    words = "｜".join(s.words for s in claim.sources)
    every = words if claim.sources else "｜".join(titles)
    return [t for t in _TITLE.findall(claim.text) if t not in every and t not in said]


def stray_quotes(claim: Claim, said: str, names: Names) -> list[str]:
    """Words in “” that are printed in no cited clause, said by no user, and the name of nothing."""
    words = "｜".join(s.words for s in claim.sources)
    return [q for q in _QUOTED.findall(claim.text) if q not in words and q not in said and q not in names.measures]


def stray_numbers(claim: Claim, said: str) -> list[str]:
    """文号 that are neither of a cited document nor printed in a cited clause."""
    words = normalise_width("｜".join(s.words for s in claim.sources) + said)
    known = {(m[1], m[2]) for m in _DOC_NO.finditer(words)}
    return [m[0] for m in _DOC_NO.finditer(normalise_width(claim.text)) if (m[1], m[2]) not in known]


def stray_articles(claim: Claim, said: str) -> list[str]:
    """「第三十条」「（九）」 that are neither the number of a cited measure nor printed in it."""
    words = "｜".join(s.measure.text for s in claim.sources)
    numbers = {s.measure.number for s in claim.sources}
    wrong = []
    for m in _ARTICLE.finditer(claim.text):
        word = m[1] or m[2] or m[3]
        value = value_of(word)
        if value not in numbers and m[0] not in words and m[0] not in said:
            wrong.append(m[0])
    return wrong


def stray_places(claim: Claim, knowledge: KnowledgeBase) -> list[str]:
    """Places that a claim speaks of although its clauses bind other places (「济南给…[潍坊的条款]」)."""
    if not claim.sources or _FOREIGN.search(claim.text):
        return []
    regions = {s.document.region for s in claim.sources}
    words = "｜".join(s.words for s in claim.sources)
    wrong = []
    for region, start, end in knowledge.gazetteer.mentions(claim.text):
        named = claim.text[start:end]
        if named not in words and not any(related(r, region.code) for r in regions):
            wrong.append(named)
    return wrong


def foreign_sources(claim: Claim, knowledge: KnowledgeBase, asked: str | None) -> list[str]:
    """Places whose clauses a claim uses for another place without naming them."""
    wrong = []
    for source in claim.sources if asked else ():
        region = source.document.region
        name = knowledge.gazetteer.name(region)
        if asked and not related(region, asked) and name[:2] not in claim.text:
            wrong.append(name)
    return wrong
