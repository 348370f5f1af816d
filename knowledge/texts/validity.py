"""Is this clause in force on this day, and which document governs a region? (reading rules 1–4)."""

from __future__ import annotations

from datetime import date

from knowledge.regions import covers
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
    reason = "deadline"
    if until is None and document.valid_until:
        until, reason, quote = document.valid_until, "document", document.valid_clause
    if as_of < document.issued_from:
        return Validity(False, since or document.issued_from, until, "not_yet_issued", quote)
    if until is None:
        return Validity(None, since, None, "open")
    return Validity(as_of <= until, since, until, reason, quote)


def applicable(document: Document, region: str | None) -> bool:
    """Whether a document binds a region (any document when the region is unknown)."""
    return region is None or covers(document.region, region)
