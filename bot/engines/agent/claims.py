"""A draft cut into claims: sentences with the clauses that their tokens name.

A sentence rests on its own tokens; without any, on those of the next sentence of its line that has some,
else of the previous one. A line without tokens rests on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.citations import TOKEN
from bot.types import Draft
from knowledge.base import KnowledgeBase
from knowledge.types import Document, Measure

_SENTENCE = re.compile(r"[^。！？!?；;]+(?:[。！？!?；;]+[”’）)*]*)?|[。！？!?；;]+")
_LATE_TOKENS = re.compile(r"([。；！？!?;]+)(\s*(?:\[M\d+\]\s*)+)")
_BULLET = re.compile(
    r"^\s*(?:>\s*|[-*•·]\s+|\d{1,2}[.、)）]\s*|[①-⑳]\s*|[（(][一二三四五六七八九\d][）)]\s*|（?[一二三四五六七八九十]{1,2}[、]\s*)+"
)


@dataclass(frozen=True)
class Source:
    """One clause that a token names."""

    measure: Measure
    document: Document
    quote: str

    @cached_property
    def words(self) -> str:
        """Everything printed in or over the clause: where a name in the sentence may come from."""
        m, d = self.measure, self.document
        return "｜".join((m.text, m.label, m.section, d.title, d.doc_no or "", d.issuer))


@dataclass(frozen=True)
class Claim:
    """A sentence without its tokens, what it rests on, and the number of its line."""

    text: str
    sources: tuple[Source, ...]
    line: int

    @property
    def quotes(self) -> tuple[str, ...]:
        """The quoted words."""
        return tuple(s.quote for s in self.sources)


def claims_of(draft: Draft, knowledge: KnowledgeBase) -> tuple[Claim, ...]:
    """The claims of a draft, in order. Tokens that stand for nothing are left out (they are findings already)."""
    found: list[Claim] = []
    for number, raw in enumerate(draft.text.split("\n")):
        line = _BULLET.sub("", _LATE_TOKENS.sub(r"\2\1", raw)).strip()
        if line:
            found += _line(line, number, draft, knowledge)
    return tuple(found)


def _line(line: str, number: int, draft: Draft, knowledge: KnowledgeBase) -> Iterable[Claim]:
    parts = [p for p in _SENTENCE.findall(line) if re.search(r"\w", p)]
    tokens = [tuple(dict.fromkeys(int(t) - 1 for t in TOKEN.findall(p))) for p in parts]
    for i, part in enumerate(parts):
        near = tokens[i] or next((t for t in tokens[i + 1 :] if t), ()) or next((t for t in reversed(tokens[:i]) if t), ())
        sources = tuple(_source(draft.quotes[t], knowledge) for t in near if 0 <= t < len(draft.quotes))
        yield Claim(TOKEN.sub("", part).strip(), sources, number)


def _source(quote: tuple[str, str], knowledge: KnowledgeBase) -> Source:
    measure = knowledge.library.measures[quote[0]]
    return Source(measure, knowledge.library.documents[measure.document], quote[1])
