"""The gate before the user: no model, no exceptions for anyone's drafts.

Tokens resolve; quotes are substrings of the stored text; every number stands in a cited clause, in a
calculation, in the document's metadata or in the user's own words; every clause is in force on the day
or the text says that it is not; every clause is of the asker's region or the text says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.citations import TOKEN
from bot.claims import over_untold
from bot.types import Draft, Finding
from knowledge.base import KnowledgeBase
from knowledge.numerals import normalise_width, numbers_in, values_in
from knowledge.regions import related

_WHOLE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|[\u4e00-\u9fff]{2,8}〔\d{4}〕\d+号")
_PRINTED = re.compile(r"^> 原文：(.+)\[M(\d+)\]$", re.M)
_SPACE = re.compile(r"\s+")
_ORDINAL = re.compile(r"^\s*(?:[-*]\s*)?\d{1,2}[.、)）]\s", re.M)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where numbers may come from, beside the draft's own quotes and calculations."""

    texts: tuple[str, ...]  # the user's words in this conversation, and hotlines


def verify(draft: Draft, knowledge: KnowledgeBase, as_of: date, region: str | None, allowed: Allowed) -> tuple[Finding, ...]:
    """Every defect of a draft; empty when it may be shown."""
    findings: list[Finding] = []
    if not draft.text.strip():
        findings.append(Finding("empty", "回答是空的"))
    findings += _tokens(draft)
    findings += _quotes(draft, knowledge)
    if not findings:
        findings += _numbers(draft, knowledge, as_of, allowed)
        findings += _wholes(draft, knowledge, as_of, allowed)
        findings += _printed_quotes(draft)
        findings += _validity(draft, knowledge, as_of)
        findings += _region(draft, knowledge, region)
    return tuple(findings)


def _used(draft: Draft) -> list[int]:
    return [int(m[1]) - 1 for m in TOKEN.finditer(draft.text)]


def _tokens(draft: Draft) -> list[Finding]:
    findings = [Finding("token", f"[M{i + 1}] 没有对应的条款") for i in _used(draft) if not 0 <= i < len(draft.quotes)]
    if draft.status == "answered" and not _used(draft) and (draft.quotes or draft.calculations):
        findings.append(Finding("token", "回答没有引用任何条款"))
    return findings


def _quotes(draft: Draft, knowledge: KnowledgeBase) -> list[Finding]:
    findings = []
    for measure_id, quote in draft.quotes:
        measure = knowledge.library.measures.get(measure_id)
        if measure is None:
            findings.append(Finding("quote", f"不存在的条款 {measure_id}"))
        elif not quote.strip() or quote not in measure.text:
            findings.append(Finding("quote", f"引文不在 {measure_id} 的原文里：{quote[:30]}"))
    return findings


def _date_values(days: Iterable[date | None]) -> set[Decimal]:
    return {Decimal(v) for d in days if d for v in (d.year, d.month, d.day)}


def _numbers(draft: Draft, knowledge: KnowledgeBase, as_of: date, allowed: Allowed) -> list[Finding]:
    sources = list(allowed.texts)
    days: list[date | None] = [as_of]
    days_left: set[Decimal] = set()
    for measure_id, quote in (draft.quotes[i] for i in dict.fromkeys(_used(draft))):
        measure = knowledge.library.measures[measure_id]
        document = knowledge.library.document_of(measure_id)
        validity = knowledge.validity(measure_id, quote, as_of)
        sources += [quote, measure.label, document.title, document.doc_no or ""]
        days += [document.issued, validity.until, validity.since]
        if validity.until:
            days_left.add(Decimal((validity.until - as_of).days))
    for c in draft.calculations:
        sources += [s.text for s in c.steps] + [s.value for s in c.steps]
        sources += [v for v in (c.amount, c.low, c.high) if v] + [str(v) for v in c.inputs.values()]
    sources += draft.figures
    for e in draft.eligibility:
        sources.append(e.amount or "")
    known = _date_values(days).union(days_left, *map(values_in, sources))
    text = TOKEN.sub("", _ORDINAL.sub("", draft.text))
    return [
        Finding("number", f"数字“{n.raw}”不在引文、测算或您的话里")
        for n in numbers_in(text)
        if n.value not in known and not (n.value <= 1 and not n.unit)
    ]


def _wholes(draft: Draft, knowledge: KnowledgeBase, as_of: date, allowed: Allowed) -> list[Finding]:
    """Dates and 文号 count as wholes: known years, months and days must not be mixed into a new one."""
    days: list[date | None] = [as_of]
    texts = list(allowed.texts)
    for measure_id, quote in (draft.quotes[i] for i in dict.fromkeys(_used(draft))):
        document = knowledge.library.document_of(measure_id)
        validity = knowledge.validity(measure_id, quote, as_of)
        days += [document.issued, document.issued_from, validity.until, validity.since]
        texts += [quote, document.title, document.doc_no or ""]
        texts += [f"{d.year}年{d.month}月" for d in (validity.until, validity.since) if d]
    for c in draft.calculations:
        texts += [*(s.text for s in c.steps), *(str(v) for v in c.inputs.values())]
    source = _SPACE.sub("", normalise_width("\n".join((*texts, *draft.figures))))
    known = {f"{d.year}年{d.month}月{d.day}日" for d in days if d}
    text = _SPACE.sub("", normalise_width(draft.text))
    return [
        Finding("number", f"“{whole}”不在引文、测算或您的话里")
        for whole in dict.fromkeys(_WHOLE.findall(text))
        if whole not in known
        and not any(
            whole[i:] in source for i in range(max(1, whole.find("〔") - 1))
        )  # 「见济政办发〔…」: a word may stand before it
    ]


def _printed_quotes(draft: Draft) -> list[Finding]:
    """Words shown as the clause itself are the clause, to the letter."""
    return [
        Finding("quote", f"写成原文的话和 [M{m[2]}] 的条款不一样：{m[1][-30:]}")
        for m in _PRINTED.finditer(draft.text)
        if not m[1].endswith(f"“{draft.quotes[int(m[2]) - 1][1]}”")
    ]


def _validity(draft: Draft, knowledge: KnowledgeBase, as_of: date) -> list[Finding]:
    return [
        Finding("validity", f"{source.measure.id} 在 {as_of} 不在期限内，用到它的那一段没有说明：{source.quote[:24]}…")
        for source in over_untold(draft, knowledge, as_of)
    ]


def _region(draft: Draft, knowledge: KnowledgeBase, region: str | None) -> list[Finding]:
    findings: list[Finding] = []
    if region is None:
        return findings
    for i in dict.fromkeys(_used(draft)):
        document = knowledge.library.document_of(draft.quotes[i][0])
        name = knowledge.gazetteer.name(document.region)
        if not related(document.region, region) and name[:2] not in draft.text:
            findings.append(Finding("region", f"{draft.quotes[i][0]} 是{name}的规定，不适用于所问地区，回答没有说明"))
    return findings
