"""A draft cut into claims: sentences with the clauses that their tokens name.

A sentence rests on its own tokens; without any, on those of the next sentence of its line that has some,
else of the previous one. A line without tokens rests on nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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


# Words that say of a clause that it is over or not yet there. A deadline alone says neither: 「期限到…」「截止…」.
NOT_IN_FORCE = re.compile(
    r"到期(?!之?前|为止)|过期|失效|届满|已过|已(?:经)?截止|才印发|尚未印发|还没有印发|起才执行|不能作为依据|当时|曾经|以前|原来|那时|已结束|已经结束|停止执行|不再执行|历史"
)
STILL = re.compile(r"(?:现在|目前|如今|今天|今年|当前)(?:仍|还|也|依然|依旧|都)?(?:然)?(?:可以|能|有效|执行|在执行|享受|申请|领)|仍(?:然)?(?:有效|在执行|可以|能)|还(?:可以|能)(?:申请|领|享受|办)|"
                   r"现行|正在执行|没有到期|尚未到期|还没到期|未到期|没有过期|未过期|长期有效|一直有效")  # fmt: skip


def over_on(claims: Iterable[Claim], knowledge: KnowledgeBase, as_of: date) -> dict[Source, date | None]:
    """The clauses that the claims rest on and that are not in force on a day, each with its last day."""
    states = {s: knowledge.validity(s.measure.id, s.quote, as_of) for c in claims for s in c.sources}
    return {s: v.until for s, v in states.items() if v.in_force is False}


def untold(
    claims: Sequence[Claim], group: Mapping[Source, date | None], tells: Callable[[Source, str], bool]
) -> tuple[Source, ...]:
    """The clauses of a group of which no claim tells what must be told of them.

    It is told on a line that rests on the clause, on a line that rests on a clause of the same measure with the same
    last day, or once above when every cited clause is of the group. ``tells``: whether words tell it of a clause.
    """
    cited = {s for c in claims for s in c.sources}

    def told(source: Source) -> bool:
        lines = {c.line for c in claims if source in c.sources}
        above = max(lines) if len(group) == len(cited) else -1
        return any(tells(source, STILL.sub("", c.text)) for c in claims if c.line in lines or c.line <= above)

    spoken = {(s.measure.id, until) for s, until in group.items() if told(s)}
    return tuple(s for s, until in group.items() if (s.measure.id, until) not in spoken)


def over_untold(draft: Draft, knowledge: KnowledgeBase, as_of: date) -> tuple[Source, ...]:
    """The clauses of a draft that are over on a day without its saying so where it uses them.

    A notice says it when every clause of the draft is over, as a line above all of them would.
    """
    claims = claims_of(draft, knowledge)
    over = over_on(claims, knowledge, as_of)
    noticed = bool({w.kind for w in draft.warnings} & {"expired", "not_yet_issued", "superseded"})
    if noticed and len(over) == len({s for c in claims for s in c.sources}):
        return ()
    return untold(claims, over, lambda _, words: bool(NOT_IN_FORCE.search(words)))


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
