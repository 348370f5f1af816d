"""Citation cards: what is quoted, from which document, whether it holds on the day, and the whole measure around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal, Protocol

from bot.surfaces.panels_text import chinese_day
from bot.types import Citation


class MeasureText(Protocol):
    """The part of a measure that a card shows. ``start``: offset of ``text`` in the document's canonical text."""

    @property
    def section(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def region_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Badge:
    """Validity in words; ``kind`` chooses shape and colour, the words alone suffice."""

    kind: Literal["valid", "soon", "expired", "open", "future"]
    label: str
    detail: str = ""

    @property
    def html(self) -> str:
        """The badge as HTML."""
        detail = f'<span class="badge-detail">{escape(self.detail)}</span>' if self.detail else ""
        return f'<span class="badge badge-{self.kind}"><span class="badge-label">{escape(self.label)}</span>{detail}</span>'


SOON_DAYS = 90


def validity_badge(citation: Citation, as_of: date) -> Badge:
    """Whether the quoted words hold on ``as_of``."""
    until = citation.valid_until
    if citation.in_force is None:
        return Badge("open", "文件未写期限", "办理前请先核实")
    if citation.in_force is False:
        return _not_in_force(citation, as_of)
    if until is None:
        return Badge("valid", "有效")
    days = (until - as_of).days
    if days == 0:
        return Badge("soon", "有效，今天是最后一天", f"到{chinese_day(until)}")
    return Badge("soon" if days <= SOON_DAYS else "valid", f"有效，还剩 {days} 天", f"到{chinese_day(until)}")


def _not_in_force(citation: Citation, as_of: date) -> Badge:
    until = citation.valid_until
    if citation.issued is not None and citation.issued > as_of:
        return Badge("future", "尚未印发", f"{chinese_day(citation.issued)}才印发")
    if until is None or until >= as_of:
        return Badge("future", "尚未印发")
    return Badge("expired", "已到期", f"期限到{chinese_day(until)}")


def highlighted(measure: MeasureText, citations: Sequence[Citation]) -> str:
    """The whole measure with the quoted words in ``<mark data-n>``; words not found exactly are not marked."""
    found = sorted((span, c.n) for c in citations if (span := _span(measure, c)) is not None)
    parts, at = [], 0
    for (start, end), n in found:
        start = max(start, at)  # quotes may overlap: what is marked already stays with the first
        if start >= end:
            continue
        parts.append(f'{escape(measure.text[at:start])}<mark data-n="{n}">{escape(measure.text[start:end])}</mark>')
        at = end
    return "".join(parts) + escape(measure.text[at:])


def _span(measure: MeasureText, citation: Citation) -> tuple[int, int] | None:
    quote = citation.quote
    start = citation.start - measure.start
    if start < 0 or measure.text[start : start + len(quote)] != quote:
        start = measure.text.find(quote)
    return (start, start + len(quote)) if start >= 0 and quote else None


def card_html(citations: Sequence[Citation], measure: MeasureText | None, as_of: date) -> str:
    """One measure: its document, then every quote from it. A validity that all quotes share is said once."""
    first = citations[0]
    number = f"<span>{escape(first.doc_no)}</span>" if first.doc_no else "<span>文中未写文号</span>"
    issued = f"{chinese_day(first.issued)}印发" if first.issued else "文中未写印发日期"
    badges = [validity_badge(c, as_of) for c in citations]
    shared = badges[0].html if len(set(badges)) == 1 else ""
    quotes = "".join(_quote_html(c, "" if shared else b.html) for c, b in zip(citations, badges, strict=True))
    return (
        f'<article class="card"><header><h4>《{escape(first.title)}》</h4>'
        f'<p class="card-meta">{number}<span>{escape(first.issuer)}</span><span>{issued}</span></p>'
        f'<p class="card-label">{escape(first.label)}</p>{shared}</header>{quotes}{_whole_html(citations, measure)}'
        '<button type="button" class="link back">回到答复</button></article>'
    )


def _quote_html(citation: Citation, badge: str) -> str:
    n = citation.n
    return (
        f'<div class="cite" data-card="{n}" tabindex="-1" role="group" aria-label="引用{n}"><span class="cite-n" aria-hidden="true">[{n}]</span>'
        f'<div class="cite-words">{badge}<blockquote>{escape(citation.quote)}</blockquote></div></div>'
    )


def _whole_html(citations: Sequence[Citation], measure: MeasureText | None) -> str:
    if measure is None:
        return ""
    section = f'<p class="card-section">{escape(measure.section)}</p>' if measure.section else ""
    return (
        f'<details class="whole"><summary>看整条原文</summary>{section}'
        f'<div class="whole-text" tabindex="0" role="group" aria-label="整条原文">{highlighted(measure, citations)}</div></details>'
    )


def found_html(citations: Sequence[Citation]) -> str:
    """What was found, while the answer is still being written: title, measure and words, without marks to press."""
    over = Badge("expired", "适用日期不在它的有效期内").html
    rows = "".join(
        f"<li><strong>《{escape(c.title)}》{escape(c.label)}</strong>{over if c.in_force is False else ''}"
        f"<blockquote>{escape(c.quote)}</blockquote></li>"
        for c in citations
    )
    return f"<h3>找到的依据</h3><ul>{rows}</ul>" if rows else ""


def sources_html(citations: Sequence[Citation], measures: Mapping[str, MeasureText], as_of: date) -> str:
    """The citation panel of one answer, a card for each measure; empty when the answer cites nothing."""
    if not citations:
        return ""
    by_measure: dict[str, list[Citation]] = {}
    for citation in citations:
        by_measure.setdefault(citation.measure, []).append(citation)
    cards = "".join(card_html(cs, measures.get(m), as_of) for m, cs in by_measure.items())
    return f'<section class="sources"><h3>原文依据</h3>{cards}</section>'
