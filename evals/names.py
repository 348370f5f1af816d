"""Ids → words that a policy manager knows: statuses, documents, measures, regions."""

from __future__ import annotations

import re

from evals.sources import Sources, load_sources

STATUSES = {"answered": "作答", "needs_info": "追问", "not_found": "说文件没有", "refused": "拒绝"}
TYPES = {
    "fact": "查事实", "condition": "问条件", "amount": "算金额", "eligibility": "问资格", "combination": "多项叠加", "temporal": "问时间",
    "regional": "问地区", "comparison": "作比较", "multi_turn": "多轮对话", "false_premise": "前提有误", "unanswerable": "文件没有",
    "near_miss": "沾边但没写", "clarify": "需要追问", "adversarial": "攻击套取", "operator": "坐席速记", "noisy": "口语错字",
}  # fmt: skip
_WORD = re.compile(r"[a-z][a-z_]*(?:-[\w]+)*(?:/[\w]+)?|\b\d{6}\b")


def readable(text: str, sources: Sources | None = None) -> str:
    """Replace every id in a text by its name; other words stay."""
    known = sources or load_sources()
    return _WORD.sub(lambda m: name_of(m.group(), known), text)


def name_of(word: str, sources: Sources) -> str:
    """The name of one id; the word itself when it is none."""
    library = sources.library
    if word in STATUSES or word in TYPES:
        return STATUSES.get(word) or TYPES[word]
    if word in library.documents:
        return _document(word, sources)
    if word in library.measures:
        measure = library.measures[word]
        place = f"第{measure.number}条" if measure.marker[:1].isdigit() else measure.marker or measure.title
        return f"{_document(measure.document, sources)}{place}"
    return sources.gazetteer.name(word) if word.isdigit() else word


def _document(document_id: str, sources: Sources) -> str:
    """The 文号, or the shortened title of a document that states none."""
    document = sources.library.documents[document_id]
    return document.doc_no or f"《{document.title[:12]}…》"
