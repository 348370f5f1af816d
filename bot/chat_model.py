"""Any OpenAI-compatible endpoint as a chat model, and what its failures mean. The only file that knows a provider.

Imported on first use only: the library behind it costs seconds, and most turns need no model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import openai
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from bot.errors import ModelError
from bot.settings import Settings

CONNECT_S = 5.0
_TRANSIENT_CODES = frozenset({408, 409, 425, 429})
# The stream ended, was cut, or was no stream: worth a second try, without streaming.
_BROKEN = (json.JSONDecodeError, UnicodeDecodeError, ValueError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True)
class Models:
    """One endpoint, reached in two ways: streaming, and in one piece for servers whose streams are broken."""

    streaming: BaseChatModel
    whole: BaseChatModel
    http: openai.DefaultAsyncHttpxClient

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()


def open_models(settings: Settings) -> Models:
    """The configured endpoint. It is not contacted. :raises ModelError: no endpoint or model is configured."""
    if not settings.agent_available or settings.llm_model is None:
        raise ModelError("没有配置语言模型。请设置 ADVISOR_LLM_BASE_URL 和 ADVISOR_LLM_MODEL 后重启。")
    timeout = openai.Timeout(settings.llm_timeout_s, connect=min(CONNECT_S, settings.llm_timeout_s))
    http = openai.DefaultAsyncHttpxClient(timeout=timeout)

    def model(streaming: bool) -> BaseChatModel:
        return ChatOpenAI(
            model=settings.llm_model or "", base_url=settings.llm_base_url, api_key=SecretStr(settings.llm_api_key or "none"),
            timeout=timeout, max_retries=0, temperature=0, streaming=streaming, disable_streaming=not streaming,
            stream_usage=False, stream_chunk_timeout=settings.llm_timeout_s, use_responses_api=False, http_async_client=http,
        )  # fmt: skip

    return Models(model(True), model(False), http)


def transient(problem: BaseException) -> bool:
    """Whether the same request may well succeed a moment later: 429, 5xx, a connection, a broken stream."""
    if isinstance(problem, openai.APIStatusError):
        return problem.status_code in _TRANSIENT_CODES or problem.status_code >= 500
    return isinstance(problem, (openai.APIError, ModelError, *_BROKEN)) or _of_transport(problem)


def broken_stream(problem: BaseException) -> bool:
    """Whether the answer came but could not be read: the next try goes without streaming."""
    if isinstance(problem, (openai.APIStatusError, openai.APIConnectionError)):
        return False
    return isinstance(problem, (openai.APIError, ModelError, *_BROKEN)) or _of_transport(problem)


def _of_transport(problem: BaseException) -> bool:
    """An error of the HTTP library itself (its package differs between releases of the client)."""
    return type(problem).__module__.split(".")[0] in ("httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio")


def retry_after(problem: BaseException) -> float | None:
    """Seconds that the server asks to wait, when it says so."""
    if not isinstance(problem, openai.APIStatusError):
        return None
    try:
        return max(0.0, float(problem.response.headers.get("retry-after", "")))
    except ValueError:
        return None


def reason(problem: BaseException) -> str:
    """A failure in a few words for the journal: its kind and status, never a message that could hold secrets."""
    status = getattr(problem, "status_code", None)
    return f"{type(problem).__name__}{f' {status}' if status else ''}"
