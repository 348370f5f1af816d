"""Whose rule an answer states: the owners of a rule, and the word to an asker whose place is not known."""

from __future__ import annotations

from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from bot.new_documents import places_with
from bot.types import Turn, Understanding
from knowledge.regions import is_province
from knowledge.texts.ranking import question_score

ALSO_NEAR = 0.75  # another city's measure this near may well be its rule on the same thing

Clause = tuple[str, str]  # measure id, quote


def owners(writer: Writer, measure: str, quote: str) -> dict[str, Clause]:
    """The clauses that govern what a clause is about, by city: whoever has such a rule, each by its newest document."""
    rulebook = writer.kit.knowledge.rulebook
    subjects = {b.spec.subject for b in rulebook.resting_on(measure, quote)}
    governing = (b for b in rulebook.in_region(None, writer.as_of) if b.spec.subject in subjects)
    return {b.region: (b.measure, b.spec.quote) for b in governing if not is_province(b.region)}


def rule_of(kit: Kit, measure: str) -> str:
    """「济南市 2023 年的规定」."""
    document = kit.knowledge.library.document_of(measure)
    return f"{kit.knowledge.gazetteer.name(document.region)} {document.issued_from.year} 年的规定"


def placeless(u: Understanding) -> bool:
    """Whether nobody knows which city's rules are asked for."""
    return u.region is None and not u.documents


def note(turn: Turn, writer: Writer, measure: str, quote: str, at: int = 0) -> None:
    """Say before line ``at`` whose rule is stated when the place is not known; nothing of the province's, which bind all."""
    u = turn.understanding
    assert u is not None
    region = writer.kit.knowledge.library.document_of(measure).region
    if not placeless(u) or is_province(region):
        return
    r = writer.kit.replies
    name = writer.kit.knowledge.gazetteer.name
    also = [*owners(writer, measure, quote), *places_with(u, writer.kit.knowledge)]
    others = [name(c) for c in dict.fromkeys(also) if c != region]
    if others:
        text = r("region.also", why=why(u, writer.kit), region=name(region), others="、".join(others))
    else:
        key = "region.first" if _near_elsewhere(turn, region) else "region.assumed"
        text = r(key, why=why(u, writer.kit), region=name(region))
    tell(turn, writer, text, at)


def note_unknown_place(turn: Turn, writer: Writer) -> None:
    """A place that nobody knows, told while a region stands: whose rules follow, in case it lies elsewhere."""
    u = turn.understanding
    assert u is not None
    if u.unknown_place and u.region is not None:
        region = writer.kit.knowledge.gazetteer.name(u.region)
        tell(turn, writer, writer.kit.replies("region.unknown_place", place=u.unknown_place, region=region), len(writer.lines))


def why(u: Understanding, kit: Kit) -> str:
    """Why the place is not known: not told, or told by a name that is on no list."""
    return kit.replies("region.unlisted", place=u.unknown_place) if u.unknown_place else kit.replies("region.unsaid")


def tell(turn: Turn, writer: Writer, text: str, at: int) -> None:
    """A word on the place: a warning, and in the text unless the answer before said it already."""
    writer.warn("region", text)
    last = turn.conversation.last
    said = last is not None and any(w.text == text for w in last.answer.warnings)
    if not said and text not in writer.lines:
        writer.lines.insert(at, text)


def _near_elsewhere(turn: Turn, region: str) -> bool:
    """Whether another city has a measure about as near to the question, so that nothing tells that only one has such a rule."""
    best = max((question_score(h.features) for h in turn.hits if h.document.region == region), default=0.0)
    others = (h for h in turn.hits if h.document.region != region and not is_province(h.document.region))
    return any(question_score(h.features) >= ALSO_NEAR * best for h in others)
