"""Is this clause in force on this day, and which document governs a region? (reading rules 1–4)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from knowledge.regions import covers
from knowledge.texts.normalise import grams
from knowledge.types import Document, Measure, Validity


def validity_of(document: Document, measure: Measure, start: int, end: int, as_of: date) -> Validity:
    """Validity on ``as_of`` of the stretch ``[start, end)`` of a measure.

    The deadline that binds the sentence in which the stretch begins wins; else the document's own; else the documents state none
    and ``in_force`` is None. Boundary days are in force.
    """
    bound = [d for d in measure.deadlines if d.binds_start <= start < d.binds_end]
    stated = [d for d in bound if start <= d.start < end] or bound
    until = max((d.until for d in stated), default=None)
    since = min((d.since for d in stated if d.since), default=None)
    quote = stated[0].quote if stated else None
    own = until is not None
    if until is None and document.valid_until:
        until, quote = document.valid_until, document.valid_clause
    if as_of < document.issued_from:
        return Validity(False, since or document.issued_from, until, "not_yet_issued", quote)
    if until is None:
        return Validity(None, since, None, "open")
    return Validity(as_of <= until, since, until, "deadline" if own else "document", quote)


_PLACE = re.compile(r"^[^关省市县区]{1,6}[省市县区]")
# What any title may hold: the form of the document, its level, and how its makers speak of their work.
_FORM = re.compile(
    r"中华人民共和国|关于|印发|公布|实施|进一步|做好|加强|促进|推动|调整|完善|有关|若干|问题|工作|事项|政策|措施|通知|意见|方案|办法|"
    r"规定|细则|条例|管理|行动|计划|暂行|试行|补贴|资金|高质量|经济|社会|发展|人民政府|[省市县区年法的和]"
)


def succeeds(newer: Document, older: Document) -> bool:
    """Whether a document takes the place of an older one of its region: on the same subject, and of about its breadth.

    A notice on one subsidy leaves a whole plan as it stands; what it ends, it names (see :mod:`knowledge.texts.repeals`).
    """
    if newer.region != older.region or newer.issued_from <= older.issued_from:
        return False
    broad = 2 * len(newer.numbered) >= len(older.numbered)
    return broad and bool(_subject(newer.title) & _subject(older.title))


@lru_cache(maxsize=1024)
def _subject(title: str) -> frozenset[str]:
    """The pairs of neighbouring characters of what a title is about."""
    parts = _FORM.sub(" ", _PLACE.sub("", title)).split()
    return frozenset(g for part in parts for g in grams(part, (2,)))


def applicable(document: Document, region: str | None) -> bool:
    """Whether a document binds a region (any document when the region is unknown)."""
    return region is None or covers(document.region, region)
