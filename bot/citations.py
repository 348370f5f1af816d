"""Tokens ↔ citations. Engines write ``[M1]``; code renders ``[1]`` and fills in everything a reader checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.types import Citation
from knowledge.base import KnowledgeBase

TOKEN = re.compile(r"\[M(\d+)\]")


def token_number(token: str) -> int:
    """「[M3]」 → 3."""
    return int(token[2:-1])


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text with ``[1]`` marks and the citations they point to, numbered in order of use."""

    text: str
    citations: tuple[Citation, ...]
    number_of: dict[int, int]  # quote index (0-based) → citation number


def citation_for(knowledge: KnowledgeBase, n: int, measure_id: str, quote: str, as_of: date) -> Citation:
    """Everything about one quoted clause. :raises KeyError, ValueError: unknown measure, or no such words in it."""
    measure = knowledge.library.measures[measure_id]
    document = knowledge.library.documents[measure.document]
    start, end = knowledge.locate(measure_id, quote)
    validity = knowledge.validity(measure_id, quote, as_of)
    return Citation(
        n=n, measure=measure_id, document=document.id, title=document.title, doc_no=document.doc_no, issuer=document.issuer,
        issued=document.issued, label=measure.label, quote=quote, start=start, end=end, valid_until=validity.until,
        in_force=validity.in_force,
    )  # fmt: skip


def render(text: str, quotes: Sequence[tuple[str, str]], knowledge: KnowledgeBase, as_of: date) -> Rendered:
    """Replace tokens by marks; only used quotes become citations. Unknown tokens are dropped."""
    numbers: dict[int, int] = {}
    unique: dict[tuple[str, str], int] = {}
    citations: list[Citation] = []

    def mark(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if not 0 <= index < len(quotes):
            return ""
        key = quotes[index]
        if key not in unique:
            unique[key] = len(unique) + 1
            citations.append(citation_for(knowledge, unique[key], *key, as_of))
        numbers[index] = unique[key]
        return f"[{unique[key]}]"

    rendered = TOKEN.sub(mark, text)
    return Rendered(re.sub(r"(\[\d+\])\1+", r"\1", rendered), tuple(citations), numbers)
