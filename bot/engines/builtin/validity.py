"""Saying whether a clause holds on the day, and what replaced it."""

from __future__ import annotations

from bot.engines.builtin.writing import Writer, chinese_date, office_of
from knowledge.types import Document, Measure, Validity

COUNTED_DAYS = 100  # nobody counts more days than these until a deadline
EXPIRING_DAYS = 90  # inside this many days the deadline is put as a warning


def newer_documents(writer: Writer, document: Document) -> list[Document]:
    """Documents of the same region issued later, but not after the day; newest first."""
    others = writer.kit.knowledge.library.documents.values()
    found = [d for d in others if d.region == document.region and document.issued_from < d.issued_from <= writer.as_of]
    return sorted(found, key=lambda d: d.issued_from, reverse=True)


def superseding(writer: Writer, measure: Measure, quote: str) -> Document | None:
    """The newer document of the region that settles the same subject as the quoted clause anew, if there is one."""
    knowledge = writer.kit.knowledge
    document = knowledge.library.documents[measure.document]
    subjects = {
        b.spec.subject for b in knowledge.rulebook.benefits.values()
        if b.measure == measure.id and (quote in b.spec.quote or b.spec.quote in quote)
    }  # fmt: skip
    for newer in newer_documents(writer, document):
        theirs = {b.spec.subject for b in knowledge.rulebook.benefits.values() if b.measure.startswith(newer.id + "/")}
        if subjects & theirs:
            return newer
    return None


def opening(writer: Writer, measure: Measure, quote: str, asks_history: bool) -> str:
    """What must be said before the content: expired, not yet issued, superseded. '' when in force or open."""
    r = writer.kit.replies
    document = writer.kit.knowledge.library.documents[measure.document]
    validity = writer.kit.knowledge.validity(measure.id, quote, writer.as_of)
    if validity.reason == "not_yet_issued":
        issued = chinese_date(document.issued or document.issued_from)
        text = r("validity.not_yet", title=document.title, issued=issued, as_of=chinese_date(writer.as_of))
        writer.warn("not_yet_issued", text)
        return text
    if validity.in_force is False and validity.until:
        text = r("validity.expired", until=chinese_date(validity.until))
        writer.warn("expired", text + "。")
        writer.advise(r("validity.expired_next", office=office_of(writer.kit, document, measure)))
        return f"**{text}**；下面是当时的规定。"
    newer = superseding(writer, measure, quote)
    region = writer.kit.knowledge.gazetteer.name(document.region)
    if newer is not None:
        text = r("validity.superseded", year=document.issued_from.year, region=region, title=newer.title)
        writer.warn("superseded", text)
        return text if not asks_history else ""
    return ""


def closing(writer: Writer, measure: Measure, quote: str, token: str) -> None:
    """The deadline line after the content, and the advice that goes with it."""
    r = writer.kit.replies
    document = writer.kit.knowledge.library.documents[measure.document]
    validity = writer.kit.knowledge.validity(measure.id, quote, writer.as_of)
    office = office_of(writer.kit, document, measure)
    if validity.in_force is True:
        writer.say(f"**期限**：{period(writer, validity)}{token}。")
        if validity.until and (validity.until - writer.as_of).days <= EXPIRING_DAYS:
            writer.warn("expiring", period(writer, validity) + "。")
    elif validity.in_force is None:
        newer = newer_documents(writer, document)
        if newer and superseding(writer, measure, quote) is None:
            region = writer.kit.knowledge.gazetteer.name(document.region)
            text = r("validity.older", year=document.issued_from.year, region=region, title=newer[0].title, office=office)
            writer.warn("superseded", text)
            writer.say(text)
        else:
            writer.say("**期限**：" + r("validity.open", office=office))


def period(writer: Writer, validity: Validity) -> str:
    """「政策期限到 2023年12月31日 为止，还剩 77 天」."""
    assert validity.until is not None
    days = (validity.until - writer.as_of).days
    if days == 0:
        return writer.kit.replies("validity.last_day", until=chinese_date(validity.until))
    if days > COUNTED_DAYS:
        return writer.kit.replies("validity.in_force_long", until=chinese_date(validity.until))
    return writer.kit.replies("validity.in_force", until=chinese_date(validity.until), days=days)
