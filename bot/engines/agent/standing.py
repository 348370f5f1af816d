"""Whether the quoted words have been replaced: a newer document of the region settles the same benefit anew."""

from __future__ import annotations

from datetime import date

from bot.engines.builtin.validity import superseding
from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from knowledge.types import Document, Measure


def replaced_by(kit: Kit, measure: Measure, quote: str, as_of: date) -> Document | None:
    """The newer document, None when there is none.

    Benefits whose clause overlaps the quote decide; where none does, the measure as a whole does.
    """
    rulebook = kit.knowledge.rulebook
    start = measure.text.find(quote)
    touching = []
    for benefit in rulebook.benefits.values():
        if benefit.measure != measure.id:
            continue
        at = measure.text.find(benefit.spec.quote)
        if at >= 0 and start < at + len(benefit.spec.quote) and at < start + len(quote):
            touching.append(benefit)
    if not touching:
        return superseding(Writer(kit, as_of), measure, quote)
    newer = [rulebook.superseded_by(b, as_of) for b in touching]
    found = [n for n in newer if n is not None]
    return kit.knowledge.library.documents[found[0].document] if len(found) == len(touching) else None
