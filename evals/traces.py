"""The worst cases of a report with everything needed to see why. Locked cases show no words, only where they failed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evals.names import readable
from evals.tasks.stages import STAGES
from evals.types import Case, Output, Scored

SHOWN = 20
# What costs a citizen most comes first.
SEVERITY = (
    "error",
    "over_answer",
    "number",
    "used_wrongly",
    "retrieved_not_used",
    "wrong_status",
    "over_refusal",
    "not_retrieved",
    "clarification",
)


def worst_cases(cases: Sequence[Case], rows: Sequence[Scored], outputs: Sequence[Output]) -> str:
    """The section of failed cases; '' when there is none."""
    failed = sorted((r for r in rows if r.stage), key=lambda r: (SEVERITY.index(r.stage or ""), -r.confidence))
    open_, locked = [r for r in failed if r.part != "locked"], [r for r in failed if r.part == "locked"]
    if not failed:
        return ""
    by_case, by_output = {c.id: c for c in cases}, {o.case: o for o in outputs}
    shown = "".join(_trace(by_case[r.case], r, by_output[r.case]) for r in open_[:SHOWN] if r.case in by_case)
    rest = (
        f"<p class='soft'>另有 {len(open_) - SHOWN} 题：{escape('、'.join(r.case for r in open_[SHOWN:]))}</p>"
        if len(open_) > SHOWN
        else ""
    )
    hidden = f"<p class='soft'>locked 部分答错 {len(locked)} 题，不展示内容，以免照着它调整。</p>" if locked else ""
    return f"<h2>最该先看的错题</h2><p class='soft'>按对群众的影响从重到轻。点开看经过。</p>{shown}{rest}{hidden}"


def _trace(case: Case, row: Scored, output: Output) -> str:
    answer, gold = output.last, case.gold
    turns = "".join(f"<blockquote>{escape(t)}</blockquote>" for t in case.turns)
    cited = (
        "<br>".join(f"[{c.n}] {escape(readable(c.measure))}：{escape(c.quote[:120])}" for c in answer.citations) if answer else ""
    )
    wanted = "；".join("／".join(n[:3]) for n in gold.nuggets)
    amounts = "、".join(f"{a.value} {a.unit}" for a in gold.amounts)
    facts = {
        "应当": f"{'/'.join(sorted(gold.statuses))}；首条引用 {'、'.join(gold.measures) or '无'}；要点 {wanted or '无'}；金额 {amounts or '无'}",
        "问题在": row.scores["strict"].explanation, "实际": answer.status if answer else output.error or "",
        "检索前五": "、".join(f"{h.measure} {h.score:.2f}" for h in output.hits[:5]) or "没有",
        "检索用语": output.searched.query if output.searched else "", "适用": f"{case.as_of}，{case.region or '未选地区'}",
    }  # fmt: skip
    said = f"<blockquote>{escape(answer.text)}</blockquote>" if answer else ""
    after = (
        f"<p class='soft'>补充“{escape(gold.reply or '')}”以后：</p><blockquote>{escape(output.follow_up.text)}</blockquote>"
        if output.follow_up
        else ""
    )
    rows = "".join(f"<dt>{k}</dt><dd>{escape(readable(v))}</dd>" for k, v in facts.items() if v) + (
        f"<dt>引用</dt><dd>{cited}</dd>" if cited else ""
    )
    return (
        f"<details><summary><span class='tag'>{STAGES[row.stage or 'error']}</span>{escape(case.turns[-1][:60])} "
        f"<span class='soft'>{escape(case.id)}</span></summary>{turns}<dl>{rows}</dl>{said}{after}</details>"
    )
