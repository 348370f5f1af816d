"""Where did a wrong answer go wrong? One named stage per failed case, the earliest that explains it."""

from __future__ import annotations

from evals.matching import is_figure, missing
from evals.sources import Sources
from evals.tasks.answers import amount_problems, follow_up_problems, strict
from evals.types import ABSTENTIONS, Case, Output

STAGES: dict[str, str] = {
    "error": "运行出错",
    "over_answer": "该说没有却作答",
    "not_retrieved": "没有检索到",
    "over_refusal": "有答案却拒答",
    "clarification": "该问没问或多问",
    "wrong_status": "该拒绝与该说没有弄混",
    "retrieved_not_used": "检索到却没有用",
    "number": "金额或数字错",
    "used_wrongly": "用了但答错",
}


def stage(case: Case, output: Output, sources: Sources) -> str | None:
    """The failure stage of a case; None when the answer is right."""
    if strict(case, output, sources).value == 1:
        return None
    gold, answer = case.gold, output.last
    if answer is None:
        return "error"
    if answer.status not in gold.statuses and not gold.statuses & {"answered", "needs_info"}:
        return "wrong_status" if answer.status in ABSTENTIONS else "over_answer"
    cited_right = bool(answer.citations) and answer.citations[0].measure in gold.citable
    if answer.status == "refused" and "refused" not in gold.statuses:
        return "over_refusal"
    if gold.measures and not cited_right and not gold.citable & {h.measure for h in output.hits[:10]}:
        return "not_retrieved"
    if answer.status in ABSTENTIONS and answer.status not in gold.statuses:
        return "over_refusal"
    if answer.status not in gold.statuses:
        return "clarification"
    if gold.measures and answer.citations and not cited_right:
        return "retrieved_not_used"
    if gold.measures and not answer.citations and answer.status == "answered":
        return "retrieved_not_used"
    if case.after and output.follow_up and output.follow_up.status != case.after.status:
        return "clarification"
    return "number" if _wrong_figure(case, output) else "used_wrongly"


def _wrong_figure(case: Case, output: Output) -> bool:
    answer = output.last
    if answer is None:
        return False
    figures = [n for n in case.gold.nuggets if is_figure(n)]
    follow_up = follow_up_problems(case, output)
    return bool(
        amount_problems(case.gold.amounts, answer) or missing(answer.text, figures) or any("测算" in p for p in follow_up)
    )
