"""「写在哪份文件第几条，文号多少」: title, number and article first, then what it says."""

from __future__ import annotations

from bot.engines.builtin.select import Selection
from bot.engines.builtin.validity import opening
from bot.engines.builtin.writing import Writer, chinese_date, office_of, source_line


def write(writer: Writer, selection: Selection, asks_history: bool) -> bool:
    """Name the document of a measure and its article. False when the measure says nothing of what is asked."""
    spoken = next((p for p in selection.points if not p.silent), None)
    if spoken is None:
        return False
    hit = selection.hit
    mark = writer.cite(hit.measure.id, spoken.quote)
    writer.say(opening(writer, hit.measure, spoken.quote, asks_history))
    document = hit.document
    words = {"source": source_line(document, hit.measure), "title": hit.measure.title, "mark": mark, "issuer": document.issuer}
    if document.issued:
        writer.say(writer.kit.replies("source.stands", issued=chinese_date(document.issued), **words))
    else:
        writer.say(writer.kit.replies("source.undated", **words))
    if not document.doc_no:
        writer.say(writer.kit.replies("source.no_number"))
    writer.say(f"{spoken.plain.rstrip('。')}{mark}。")
    writer.refer(office_of(writer.kit, document, hit.measure))
    return True
