"""Are the right clauses cited, word for word, from the right document?"""

from __future__ import annotations

import re

from bot.types import Answer, Citation
from evals.sources import Sources
from evals.tasks.numbers import stated_numbers
from evals.types import Case, Output, Score


def precision(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the cited measures that are gold or acceptable."""
    answer = output.last
    if answer is None or not answer.citations or not case.gold.citable:
        return None
    cited = list(dict.fromkeys(c.measure for c in answer.citations))
    wrong = [m for m in cited if m not in case.gold.citable]
    explanation = f"不该引用：{'、'.join(wrong)}" if wrong else "引用都对"
    return Score(value=1 - len(wrong) / len(cited), answer="、".join(cited), explanation=explanation, weight=len(cited))


def recall(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the gold measures that are cited; an abstention that is right needs none."""
    answer = output.last
    if answer is None or not case.gold.measures or (answer.status in case.gold.statuses and answer.status != "answered"):
        return None
    cited = {c.measure for c in answer.citations}
    lost = [m for m in case.gold.measures if m not in cited]
    value = 1 - len(lost) / len(case.gold.measures)
    return Score(value=value, answer="、".join(sorted(cited)), explanation=f"没有引用：{'、'.join(lost)}" if lost else "都引用了")


def verbatim(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of all quotes of the conversation that stand at their offsets, with the document's own metadata."""
    citations = [c for answer in output.every_answer for c in answer.citations]
    if not citations:
        return None
    problems = [f"[{c.n}] {c.measure}：{p}" for c in citations if (p := _defect(c, sources))]
    explanation = "；".join(problems) or "引文逐字一致"
    return Score(
        value=1 - len(problems) / len(citations),
        answer=f"{len(citations)} 条引文",
        explanation=explanation,
        weight=len(citations),
    )


def _defect(citation: Citation, sources: Sources) -> str | None:
    """Why a citation is not faithful to its source; None when it is."""
    measure = sources.library.measures.get(citation.measure)
    if measure is None:
        return "没有这一条"
    document = sources.library.documents[measure.document]
    if document.text[citation.start : citation.end] != citation.quote or not citation.quote.strip():
        return f"引文与原文 {citation.start}–{citation.end} 不一致"
    if not (measure.start <= citation.start and citation.end <= measure.end):
        return "引文不在这一条里"
    stated = (citation.document, citation.title, citation.doc_no, citation.issuer, citation.issued, citation.label)
    if stated != (document.id, document.title, document.doc_no, document.issuer, document.issued, measure.label):
        return "标题、文号、机关、日期或条款名称与文件不符"
    return None


def wrong_document(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the citations whose document holds no citable measure (lower is better)."""
    answer = output.last
    if answer is None or not answer.citations or not case.gold.documents:
        return None
    wrong = [c.document for c in answer.citations if c.document not in case.gold.documents]
    explanation = f"不相关的文件：{'、'.join(dict.fromkeys(wrong))}" if wrong else "文件都对"
    value = len(wrong) / len(answer.citations)
    return Score(
        value=value, answer="、".join(c.document for c in answer.citations), explanation=explanation, weight=len(answer.citations)
    )


def marked_sentences(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the sentences with a figure that carry a mark ``[n]`` which resolves to a citation."""
    answer = output.last
    if answer is None or answer.status != "answered":
        return None
    factual = [s for s in _sentences(answer.text) if any(raw not in sources.constants for raw, _, _ in stated_numbers(s))]
    if not factual:
        return None
    bare = [s for s in factual if not _marks(s, answer)]
    explanation = f"没有标注：{bare[0][:40]}" if bare else "有数字的句子都有标注"
    return Score(value=1 - len(bare) / len(factual), answer=f"{len(factual)} 句", explanation=explanation, weight=len(factual))


def _sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[。！？\n])(?!\s*\[\d+\])", text) if s.strip()]


def _marks(sentence: str, answer: Answer) -> bool:
    numbers = {c.n for c in answer.citations}
    return any(int(m) in numbers for m in re.findall(r"\[(\d+)\]", sentence))
