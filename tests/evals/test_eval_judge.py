"""The optional judge: two passes, no opinion on trouble, agreement reported."""

from __future__ import annotations

import asyncio

import pytest

from bot.settings import Settings
from evals.judge import agreement, judge_all, open_judge
from evals.names import readable
from evals.scoring import score_all
from evals.scripted import output_of
from evals.sources import load_sources
from evals.types import Case, EvalError

CASES = tuple(
    Case.model_validate({"id": f"x-{i}", "type": "unanswerable", "turns": ["养老金多少"], "as_of": "2023-10-15",
                         "gold": {"status": "not_found", "behaviour": "说没有"}})
    for i in range(4)
)  # fmt: skip
ROWS = [{"answers": [{"status": "not_found" if i < 2 else "answered", "text": "现有文件没有写。"}]} for i in range(4)]


def opinions(*replies: str | Exception) -> tuple[list[bool | None], list[str]]:
    sources, asked = load_sources(), iter(replies * 8)

    async def ask(text: str) -> str:
        assert "养老金多少" in text
        reply = next(asked)
        if isinstance(reply, Exception):
            raise reply
        return reply

    outputs = [output_of(c, r, sources) for c, r in zip(CASES, ROWS, strict=True)]
    found = asyncio.run(judge_all(CASES[:1], outputs, ask))
    return [o.right for o in found], [r for o in found for r in o.reasons]


def test_two_passes_must_agree() -> None:
    assert opinions('好的 {"right": true, "reason": "对"}')[0] == [True]
    assert opinions('{"right": true}', '{"right": false}')[0] == [None]
    assert opinions("没有 JSON")[0] == [None]
    assert opinions('{"right": "yes"}')[0] == [None]
    assert opinions(TimeoutError("x")) == ([None], ["TimeoutError", "TimeoutError"])


def test_agreement_is_reported() -> None:
    sources = load_sources()
    outputs = [output_of(c, r, sources) for c, r in zip(CASES, ROWS, strict=True)]
    rows = score_all(CASES, outputs, sources)

    async def always(text: str) -> str:
        return '{"right": true, "reason": ""}'

    result = agreement(asyncio.run(judge_all(CASES, outputs, always)), rows)
    assert (result.agree, result.kappa, result.differing) == (0.5, 0, ("x-2", "x-3"))

    async def never(text: str) -> str:
        return ""

    with pytest.raises(EvalError, match="没有给出任何可读的意见"):
        agreement(asyncio.run(judge_all(CASES, outputs, never)), rows)


def test_no_model_no_judge() -> None:
    with pytest.raises(EvalError, match="ADVISOR_LLM_BASE_URL"):
        open_judge(Settings.from_environment({}))


def test_ids_are_read_as_names() -> None:
    assert (
        readable("状态应为 answered，首条 jinan-2023-10/15，地区 370100，4.2 x")
        == "状态应为 作答，首条 济政办发〔2023〕10号（十五），地区 济南市，4.2 x"
    )
    assert readable("jinan-2020-1/14") == "济政发〔2020〕1号第14条"
    assert readable("jinan-2017-transition") == "《济南市人民政府关于助推新…》"
