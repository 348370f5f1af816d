"""The model's four tools: typed arguments in, short text with tokens out, evidence kept on the turn's desk.

Schemas and descriptions are what the model reads; the work is in ``engines/agent/lookups.py``. The text
goes to the model; the artifact (ids of the measures seen) does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.tools import BaseTool, ToolRuntime, tool
from pydantic import BaseModel, ConfigDict, Field

from bot.engines.agent import lookups
from bot.engines.agent.desk import Desk
from bot.engines.agent.errand import Errand
from bot.engines.agent.lookups import StatedFact

MAX_RESULT = 6000  # characters of one result
MAX_LOGGED = 120

Result = tuple[str, list[str]]
Runtime = ToolRuntime[Errand, Any]


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stated(_Arguments):
    """用户说过的一项自己的情况。"""

    fact: str = Field(min_length=1, max_length=60, description="情况的编号或名称，见 match_benefits 给出的“测算要用的情况”")
    value: str = Field(min_length=1, max_length=60, description="值，例如 6、2年、是、小型企业")
    said: str = Field(min_length=1, max_length=120, description="用户原话里说到它的几个字，照抄")


class SearchArguments(_Arguments):
    """Arguments of search_policies."""

    query: str = Field(min_length=2, max_length=200, description="要查的事，用几个关键词或一句话")
    region: str = Field(default="", max_length=20, description="城市名或六位代码；不填就查用户所在的地方")


class ReadArguments(_Arguments):
    """Arguments of read_measure."""

    measure: str = Field(min_length=3, max_length=60, description="条款编号，材料里括号中的“文件/条号”")


class CalculateArguments(_Arguments):
    """Arguments of calculate_benefit."""

    benefit: str = Field(min_length=2, max_length=80, description="待遇事项的编号或名称")
    stated: list[Stated] = Field(default_factory=list, max_length=12, description="用户说过、而测算还没用上的情况")


class MatchArguments(_Arguments):
    """Arguments of match_benefits."""

    stated: list[Stated] = Field(default_factory=list, max_length=12, description="用户说过的情况")


def _use(runtime: Runtime, name: str, subject: str, work: Callable[[Desk], str]) -> Result:
    """Run one tool on the turn's desk, one at a time; log what was asked; bound what is returned."""
    errand = runtime.context
    errand.progress(name)  # without the model's words: nothing of it is shown before it is verified
    with errand.desk.lock:
        before = len(errand.desk.measures)
        errand.desk.tool_calls.append(f"{name}({subject})"[:MAX_LOGGED])
        try:
            text = work(errand.desk)
        except Exception as problem:  # a fault of ours must not cost the user the answer
            errand.desk.tool_calls.append(type(problem).__name__)
            text = f"{name}没有成功。请换一个工具，或者用已有的材料直接作答。"
        return text[:MAX_RESULT], errand.desk.measures[before:]


def _explain(problem: Any) -> str:
    """Wrong arguments, told to the model: which, why, and what to do."""
    wrong = "；".join(f"{'.'.join(map(str, e['loc']))}：{e['msg']}" for e in problem.errors()[:4])
    return f"参数不对（{wrong}）。请按工具的说明改好再调用，或者用已有的材料直接作答。"


def _stated(stated: list[Stated]) -> tuple[StatedFact, ...]:
    return tuple(StatedFact(s.fact, s.value, s.said) for s in stated)


@tool(args_schema=SearchArguments, response_format="content_and_artifact")
def search_policies(query: str, runtime: Runtime, region: str = "") -> Result:
    """按意思查政策条款，返回带记号的原文。已有材料不够时再用，换个说法查。"""
    return _use(runtime, "正在检索", query, lambda desk: lookups.search_policies(desk, query, region))


@tool(args_schema=ReadArguments, response_format="content_and_artifact")
def read_measure(measure: str, runtime: Runtime) -> Result:
    """读一条条款的全文，每句一个记号。材料里的片段不够用时再读。"""
    return _use(runtime, "正在读条款", measure, lambda desk: lookups.read_measure(desk, measure))


@tool(args_schema=CalculateArguments, response_format="content_and_artifact")
def calculate_benefit(benefit: str, runtime: Runtime, stated: list[Stated] | None = None) -> Result:
    """按用户说过的情况测算一项待遇，返回 [C1] 这样的记号、各项条件和还差的情况。"""
    return _use(runtime, "正在测算", benefit, lambda desk: lookups.calculate_benefit(desk, benefit, _stated(stated or [])))


@tool(args_schema=MatchArguments, response_format="content_and_artifact")
def match_benefits(runtime: Runtime, stated: list[Stated] | None = None) -> Result:
    """按用户说过的情况列出可能符合、还在期限内的待遇，带编号和测算要用的情况。"""
    return _use(runtime, "正在比对待遇", "", lambda desk: lookups.match_benefits(desk, _stated(stated or [])))


TOOLS: tuple[BaseTool, ...] = (search_policies, read_measure, calculate_benefit, match_benefits)
for _tool in TOOLS:
    _tool.handle_validation_error = _explain
