"""Saying whether a clause holds on the day, and what replaced it."""

from __future__ import annotations

from datetime import date

from bot.engines.builtin.writing import Writer, chinese_date, office_of
from knowledge.rules.conditions import judge
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import relevance
from knowledge.rules.situation import Situation
from knowledge.texts.validity import succeeds
from knowledge.types import Document, Measure, Validity

COUNTED_DAYS = 100  # nobody counts more days than these until a deadline
EXPIRING_DAYS = 90  # inside this many days the deadline is put as a warning


def newer_documents(writer: Writer, document: Document) -> list[Document]:
    """Documents of the same region issued later, but not after the day; newest first."""
    others = writer.kit.knowledge.library.documents.values()
    found = [d for d in others if succeeds(d, document) and d.issued_from <= writer.as_of]
    return sorted(found, key=lambda d: d.issued_from, reverse=True)


def superseding(writer: Writer, measure: Measure, quote: str) -> Document | None:
    """The newer document of the region that settles the same subject as the quoted clause anew, if there is one."""
    ended = writer.kit.knowledge.library.repealed(measure.id, quote, writer.as_of)
    if ended is not None:
        return ended
    newer = replacement(writer, measure.id, quote)
    return writer.kit.knowledge.library.documents[newer.document] if newer else None


def replacement(writer: Writer, measure: str, quote: str) -> Benefit | None:
    """The benefit of a newer document that settles anew what a clause gives to this asker; None when the clause stands.

    A clause may give two things (「到小微企业就业或灵活就业的」): those that the asker's own facts speak of decide.
    """
    rulebook = writer.kit.knowledge.rulebook
    newer = (rulebook.superseded_by(b, writer.as_of) for b in _meant(writer, measure, quote))
    return next((b for b in newer if b is not None), None)


def _meant(writer: Writer, measure: str, quote: str) -> list[Benefit]:
    """Of the benefits that rest on a clause, those that the asker's own facts speak of and do not rule out."""
    resting = writer.kit.knowledge.rulebook.resting_on(measure, quote)
    open_ = [b for b in resting if not _ruled_out(b, writer)] or list(resting)
    most = max((relevance(b, writer.told) for b in open_), default=0)
    return [b for b in open_ if relevance(b, writer.told) == most]


def _ruled_out(benefit: Benefit, writer: Writer) -> bool:
    situation = Situation(benefit.facts, writer.told, writer.as_of)
    return any(judge(c.node, situation) == "unmet" for c in benefit.conditions)


def opening(writer: Writer, measure: Measure, quote: str, asks_history: bool) -> str:
    """What must be said before the content: expired, not yet issued, superseded. '' when in force or open."""
    r = writer.kit.replies
    document = writer.kit.knowledge.library.documents[measure.document]
    validity = writer.kit.knowledge.validity(measure.id, quote, writer.as_of)
    if validity.reason == "not_yet_issued":
        text = not_yet(writer, document)
        writer.warn("not_yet_issued", text)
        return text
    ended = writer.kit.knowledge.library.repealed(measure.id, quote, writer.as_of)
    if ended is not None:
        text = r("validity.repealed", year=document.issued_from.year, title=ended.title)
        writer.warn("superseded", text)
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


def not_yet(writer: Writer, document: Document) -> str:
    """A document that is no authority on the day: not yet issued, or issued and not yet in force."""
    r, as_of = writer.kit.replies, chinese_date(writer.as_of)
    issued, since = chinese_date(document.issued or document.issued_from), chinese_date(document.issued_from)
    if document.issued and document.issued <= writer.as_of < document.issued_from:
        return r("validity.not_started_yet", title=document.title, issued=issued, since=since, as_of=as_of)
    return r("validity.not_yet", title=document.title, issued=issued, as_of=as_of)


def closing(writer: Writer, measure: Measure, quote: str, token: str) -> None:
    """The deadline line after the content, and the advice that goes with it."""
    r = writer.kit.replies
    document = writer.kit.knowledge.library.documents[measure.document]
    validity = writer.kit.knowledge.validity(measure.id, quote, writer.as_of)
    office = office_of(writer.kit, document, measure)
    own = _own_time(writer, measure, quote) if validity.in_force is None else None
    if own is not None:
        if own < writer.as_of:
            text = r("validity.passed", as_of=chinese_date(writer.as_of))
            writer.warn("expired", text + "。")
            writer.say(f"{text}{token}。")
        return
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


def _own_time(writer: Writer, measure: Measure, quote: str) -> date | None:
    """The last day of the time that a clause names for what it gives this asker (「2020年2月至4月减半」); None when none."""
    meant = _meant(writer, measure.id, quote)
    ends = [b.spec.validity.until or (b.spec.event_window.until if b.spec.event_window else None) for b in meant]
    return max((e for e in ends if e), default=None) if all(ends) else None


def period(writer: Writer, validity: Validity) -> str:
    """「政策期限到 2023年12月31日 为止，还剩 77 天」."""
    assert validity.until is not None
    days = (validity.until - writer.as_of).days
    if days == 0:
        return writer.kit.replies("validity.last_day", until=chinese_date(validity.until))
    if days > COUNTED_DAYS:
        return writer.kit.replies("validity.in_force_long", until=chinese_date(validity.until))
    return writer.kit.replies("validity.in_force", until=chinese_date(validity.until), days=days)
