"""Citation cards: what is quoted, from which document, whether it holds on the day, and the whole measure around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Badge:
    """Validity in words; ``kind`` chooses shape and colour, the words alone suffice."""

    kind: str  # 'valid' | 'soon' | 'expired' | 'open' | 'future'
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


def highlighted(measure: MeasureText, citation: Citation) -> str:
    """The whole measure with the quoted words in ``<mark>``; nothing is marked when they are not found exactly."""
    text, quote = measure.text, citation.quote
    at = citation.start - measure.start
    if text[at : at + len(quote)] != quote:
        at = text.find(quote)
    if at < 0 or not quote:
        return escape(text)
    end = at + len(quote)
    return f"{escape(text[:at])}<mark>{escape(text[at:end])}</mark>{escape(text[end:])}"


def card_html(citation: Citation, measure: MeasureText | None, as_of: date) -> str:
    """One citation card."""
    n = citation.n
    number = f"<span>{escape(citation.doc_no)}</span>" if citation.doc_no else "<span>文中未写文号</span>"
    issued = f"{chinese_day(citation.issued)}印发" if citation.issued else "文中未写印发日期"
    return (
        f'<article class="card" data-card="{n}" tabindex="-1" aria-label="引用{n}">'
        f'<header class="card-head"><span class="card-n" aria-hidden="true">[{n}]</span>'
        f'<h4>《{escape(citation.title)}》</h4></header>'
        f'<p class="card-meta">{number}<span>{escape(citation.issuer)}</span><span>{issued}</span></p>'
        f'<p class="card-label">{escape(citation.label)}</p>{validity_badge(citation, as_of).html}'
        f'<blockquote class="card-quote">{escape(citation.quote)}</blockquote>{_whole_html(citation, measure)}'
        '<button type="button" class="link back">回到答复</button></article>'
    )  # fmt: skip


def _whole_html(citation: Citation, measure: MeasureText | None) -> str:
    if measure is None:
        return ""
    section = f'<p class="card-section">{escape(measure.section)}</p>' if measure.section else ""
    return (
        '<details class="whole"><summary>看整条原文</summary>'
        f'{section}<div class="whole-text">{highlighted(measure, citation)}</div></details>'
    )  # fmt: skip


def sources_html(citations: tuple[Citation, ...], measures: Mapping[str, MeasureText], as_of: date) -> str:
    """The citation panel of one answer; empty when the answer cites nothing."""
    if not citations:
        return ""
    cards = "".join(card_html(c, measures.get(c.measure), as_of) for c in citations)
    return f'<aside class="sources" aria-label="原文依据"><h3>原文依据</h3>{cards}</aside>'
