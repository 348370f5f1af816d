"""What stands between the graph and the model: patience within one budget, a token budget, and the gate.

``Patience`` wraps every model call: fits the request into the context, retries what may pass (429, 5xx,
connections, broken streams; the next try of a broken stream goes without streaming) with growing, jittered
waits, and never beyond the turn's deadline. ``Gate`` looks at what the model finally writes: findings go
back to it once; what passes becomes the draft.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse, hook_config
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.runtime import Runtime
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from bot.chat_model import Models, broken_stream, retry_after, transient
from bot.engines.agent.compose import declines, to_draft, written_by
from bot.engines.agent.errand import Errand
from bot.engines.agent.gate import leaks
from bot.engines.agent.memory import REMEMBERED, Memory
from bot.errors import ModelError
from bot.prompts import Prompts
from bot.types import Finding
from knowledge.texts.chunking import Counter

ATTEMPTS = 3  # per model call
FIRST_WAIT_S, LONGEST_WAIT_S = 0.3, 4.0
ENOUGH_S = 0.5  # less than this left: no further call is worth starting
MODEL_CALLS = 6  # per turn; the last but one must answer, the last is for the repair
TOOL_CALLS = 8
MAX_WRITTEN = 60_000  # characters of a turn, thinking included
MESSAGE_TOKENS = 6  # roles and separators of one message
DROPPED = "（为节省篇幅略去；需要时请再查一次）"


class Ceiling(AsyncCallbackHandler):
    """Stops a model that does not stop writing; tells the surface when it starts."""

    raise_error = True

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.started = False

    async def on_llm_new_token(self, token: str | list[str | dict[str, Any]], **kwargs: Any) -> None:
        """Count what is written. :raises ModelError: more than :data:`MAX_WRITTEN` characters in a turn."""
        if not self.started:
            self.started = True
            self.errand.progress("正在撰写")
        self.errand.characters += max(1, len(token))
        if self.errand.characters > MAX_WRITTEN:
            raise ModelError("模型写个不停")


class Patience(AgentMiddleware[Memory, Errand, Any]):
    """Calls the model until it answers, the attempts are used up, or the turn's time is."""

    state_schema = Memory

    def __init__(self, models: Models, prompts: Prompts, count: Counter, context_tokens: int) -> None:
        super().__init__()
        self.models, self.prompts, self.count, self.context_tokens = models, prompts, count, context_tokens

    async def awrap_model_call(
        self, request: ModelRequest[Errand], handler: Callable[[ModelRequest[Errand]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        """One model call with its retries. :raises Exception: the last failure."""
        errand = request.runtime.context
        errand.model_calls += 1
        messages = fit(request.messages, self.count, self._room(request))
        if errand.model_calls >= MODEL_CALLS - 1:
            request = request.override(tools=[])
            messages = [*messages, HumanMessage(self.prompts["finish"].render())]
        request = request.override(messages=messages)
        model: BaseChatModel = self.models.streaming
        async for attempt in self._attempts(errand):
            with attempt:
                try:
                    async with asyncio.timeout(errand.seconds_left):
                        response = await handler(request.override(model=_watched(model, errand)))
                except TimeoutError:
                    raise
                except Exception as problem:
                    model = self.models.whole if broken_stream(problem) else model
                    raise
                _check_shape(response)
        return response

    def _room(self, request: ModelRequest[Errand]) -> int:
        system = request.system_message.text if request.system_message else ""
        return self.context_tokens - self.count(system) - MESSAGE_TOKENS

    def _attempts(self, errand: Errand) -> AsyncRetrying:
        backoff = wait_exponential_jitter(initial=FIRST_WAIT_S, max=LONGEST_WAIT_S, jitter=FIRST_WAIT_S)

        def wait(state: RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = retry_after(problem) if problem else None
            return max(asked, FIRST_WAIT_S) if asked is not None else backoff(state)

        def worth_it(problem: BaseException) -> bool:
            return transient(problem) and errand.seconds_left > ENOUGH_S + (retry_after(problem) or 0.0)

        def note(state: RetryCallState) -> None:
            errand.retries += 1
            errand.progress("语言模型没有回应，正在重试")

        return AsyncRetrying(
            retry=retry_if_exception(worth_it), stop=stop_after_attempt(ATTEMPTS), wait=wait, before_sleep=note, reraise=True
        )


def _watched(model: BaseChatModel, errand: Errand) -> BaseChatModel:
    return model.model_copy(update={"callbacks": [Ceiling(errand)]})


def _check_shape(response: ModelResponse[Any]) -> None:
    """Refuse an answer without words or calls, or with calls torn apart by the stream. :raises ModelError: so it is."""
    message = next((m for m in response.result if isinstance(m, AIMessage)), None)
    if message is None or not (message.text.strip() or message.tool_calls or message.invalid_tool_calls):
        raise ModelError("模型的回答是空的")
    if any(not call["name"] or not call["id"] for call in message.tool_calls):
        raise ModelError("模型的工具调用不完整")


def fit(messages: Sequence[AnyMessage], count: Counter, room: int) -> list[AnyMessage]:
    """The messages within ``room`` tokens: the texts of the oldest tool results give way first."""
    kept = list(messages)
    sizes = [count(m.text) + MESSAGE_TOKENS for m in kept]
    for i, message in enumerate(kept):
        if sum(sizes) <= room:
            break
        if isinstance(message, ToolMessage) and message.text != DROPPED:
            kept[i] = message.model_copy(update={"content": DROPPED})
            sizes[i] = count(DROPPED) + MESSAGE_TOKENS
    return kept


class Gate(AgentMiddleware[Memory, Errand, Any]):
    """Turns the model's last words into a draft, or sends them back once with what is wrong."""

    state_schema = Memory

    def __init__(self, prompts: Prompts, system: str, engine: str) -> None:
        super().__init__()
        self.prompts, self.system, self.engine = prompts, system, engine

    @hook_config(can_jump_to=["model"])
    async def aafter_model(self, state: Memory, runtime: Runtime[Errand]) -> dict[str, Any] | None:
        """Accept, send back, or give up (then the builtin engine answers)."""
        errand, message = runtime.context, state["messages"][-1]
        if not isinstance(message, AIMessage) or message.tool_calls:
            return None
        if message.invalid_tool_calls:
            told = HumanMessage("工具的参数不是正确的 JSON，没有执行。请按工具的格式重新调用，或者用已有的材料直接作答。")
            return {"messages": [RemoveMessage(id=str(message.id)), told], "jump_to": "model"}
        text = written_by(message.text)
        if declines(text):
            errand.declined = True
            return None
        draft = to_draft(text, errand.desk, errand.own, self.engine)
        findings = [*errand.check(draft), *self._outside(message, text)]
        if not findings:
            errand.draft = draft
            return None
        first = not errand.findings
        errand.findings += findings
        if not first or errand.seconds_left < ENOUGH_S:
            return None
        errand.progress("核对没有通过，正在修改")
        listed = "\n".join(f"- {f.text}" for f in findings[:12])
        return {"messages": [HumanMessage(self.prompts["repair"].render(findings=listed))], "jump_to": "model"}

    def _outside(self, message: AIMessage, text: str) -> list[Finding]:
        """Defects that only show in the model's own output: cut short, or its instructions recited."""
        found = []
        if message.response_metadata.get("finish_reason") == "length":
            found.append(Finding("length", "答复没有写完就断了，请写短一些"))
        if leaks(text, self.system):
            found.append(Finding("leak", "不要复述给你的说明，只写答复"))
        return found

    async def aafter_agent(self, state: Memory, runtime: Runtime[Errand]) -> dict[str, Any] | None:
        """What outlives the turn: the ids of the measures that the accepted draft had on its desk."""
        errand = runtime.context
        return {"measures": errand.desk.measures[:REMEMBERED]} if errand.draft is not None else None
