"""An optional second opinion by a language model, reported beside the deterministic verdict; it never decides.

Asked twice; “right” only when both passes say so; shown with its agreement with the scorers (Cohen's κ).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.prompts import Prompt, read_prompt
from bot.settings import Settings
from evals.statistics import kappa
from evals.types import Case, EvalError, Output, Scored

PROMPT = Path(__file__).parent / "templates" / "judge.md"
PASSES, AT_ONCE = 2, 4
TRUSTED = 0.6  # κ from which agreement is called substantial (Landis & Koch 1977)
Ask = Callable[[str], Awaitable[str]]


class Opinion(BaseModel):
    """What the model thought of one case. ``right`` is None when a pass could not be read or the passes differ."""

    model_config = ConfigDict(frozen=True)

    case: str
    right: bool | None
    reasons: tuple[str, ...]
    prompt_digest: str


class Agreement(BaseModel):
    """The model against the deterministic verdict, on the cases where it had an opinion."""

    model_config = ConfigDict(frozen=True)

    cases: int
    undecided: int
    agree: float
    kappa: float
    differing: tuple[str, ...]


def open_judge(settings: Settings) -> Ask:
    """The configured model, one message at a time. :raises EvalError: none is configured."""
    if not settings.agent_available:
        raise EvalError("没有配置评判模型。设置 ADVISOR_LLM_BASE_URL 和 ADVISOR_LLM_MODEL 后再运行：advisor eval judge")
    from bot.chat_model import open_models

    model = open_models(settings).whole

    async def ask(text: str) -> str:
        return str((await model.ainvoke(text)).content)

    return ask


async def judge_all(cases: Sequence[Case], outputs: Sequence[Output], ask: Ask) -> list[Opinion]:
    """An opinion on every answered case, in order."""
    prompt, by_id = read_prompt(PROMPT), {o.case: o for o in outputs}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case, output: Output) -> Opinion:
        async with gate:
            return await judge(case, output, ask, prompt)

    return list(await asyncio.gather(*(one(c, by_id[c.id]) for c in cases if c.id in by_id and by_id[c.id].last)))


async def judge(case: Case, output: Output, ask: Ask, prompt: Prompt) -> Opinion:
    """Ask in two passes; a failure of the model is no opinion."""
    text, verdicts = _rendered(case, output, prompt), []
    for _ in range(PASSES):
        try:
            verdicts.append(_parsed(await ask(text)))
        except Exception as problem:  # providers fail in many ways; none may end the run
            verdicts.append((None, type(problem).__name__))
    opinions = {right for right, _ in verdicts}
    return Opinion(
        case=case.id,
        right=opinions.pop() if len(opinions) == 1 else None,
        reasons=tuple(r for _, r in verdicts),
        prompt_digest=prompt.digest,
    )


def _rendered(case: Case, output: Output, prompt: Prompt) -> str:
    facts = [" / ".join(n[:6]) for n in case.gold.nuggets] + [f"测算得出 {a.value} {a.unit}" for a in case.gold.amounts]
    answer = output.last.text if output.last else ""
    return prompt.render(
        question="\n".join(case.turns), as_of=case.as_of.isoformat(), behaviour=case.gold.behaviour or "正确作答",
        facts="\n".join(facts) or "（没有）", quote=case.quote.text if case.quote else "（没有：文件里没有相关规定）",
        answer=answer.replace("</answer>", ""),
    )  # fmt: skip


def _parsed(reply: str) -> tuple[bool | None, str]:
    found = re.search(r"\{.*\}", reply, re.DOTALL)
    if found is None:
        return None, "读不懂"
    try:
        verdict: Any = json.loads(found.group())
    except json.JSONDecodeError:
        return None, "读不懂"
    right = verdict.get("right")
    return (right if isinstance(right, bool) else None), str(verdict.get("reason", ""))[:200]


def agreement(opinions: Sequence[Opinion], rows: Sequence[Scored]) -> Agreement:
    """How far the model and the scorers agree. :raises EvalError: the model had no opinion at all."""
    strict = {r.case: r.strict for r in rows}
    decided = [o for o in opinions if o.right is not None and o.case in strict]
    if not decided:
        raise EvalError("评判模型没有给出任何可读的意见。请检查模型后再运行：advisor eval judge")
    ours, theirs = [strict[o.case] for o in decided], [float(o.right or 0) for o in decided]
    differing = tuple(o.case for o, a, b in zip(decided, ours, theirs, strict=True) if a != b)
    return Agreement(
        cases=len(decided), undecided=len(opinions) - len(decided), agree=1 - len(differing) / len(decided),
        kappa=kappa(ours, theirs), differing=differing,
    )  # fmt: skip
