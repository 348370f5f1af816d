"""One frozen object of settings; the only reader of the environment in this house."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from platformdirs import user_data_path

from bot.errors import RequestError

LLM_TIMEOUT_S, LLM_CONTEXT_TOKENS, PORT = 30.0, 16000, 7860
ENGINES = ("builtin", "agent")
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and which optional parts are on. Every field has a working default."""

    home: Path
    encoder: str | None = None
    tokenizer: str | None = None
    chroma_url: str | None = None
    engine: str = "builtin"  # one of ENGINES; who writes answers unless a call says otherwise
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    llm_timeout_s: float = LLM_TIMEOUT_S  # for a whole answer: every call, retry and repair
    llm_context_tokens: int = LLM_CONTEXT_TOKENS  # of one request; older tool results are dropped first
    host: str = "127.0.0.1"
    port: int = PORT
    today: date | None = None  # tests and replays fix the day; None means the real one
    journal: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``ADVISOR_*``. See README for the list. :raises RequestError: a number that is none, or out of range."""
        env = os.environ if environ is None else environ
        home = Path(env["ADVISOR_HOME"]) if env.get("ADVISOR_HOME") else user_data_path("policy-advisor")
        return cls(
            home=home.expanduser(),
            encoder=env.get("ADVISOR_ENCODER") or None,
            tokenizer=env.get("ADVISOR_TOKENIZER") or None,
            chroma_url=env.get("ADVISOR_CHROMA_URL") or None,
            engine=env.get("ADVISOR_ENGINE") or "builtin",
            llm_base_url=env.get("ADVISOR_LLM_BASE_URL") or None,
            llm_model=env.get("ADVISOR_LLM_MODEL") or None,
            llm_api_key=env.get("ADVISOR_LLM_API_KEY") or None,
            llm_timeout_s=_number(env, "ADVISOR_LLM_TIMEOUT_S", float, (1, 600), LLM_TIMEOUT_S),
            llm_context_tokens=_number(env, "ADVISOR_LLM_CONTEXT_TOKENS", int, (2000, 10_000_000), LLM_CONTEXT_TOKENS),
            host=env.get("ADVISOR_HOST") or "127.0.0.1",
            port=_number(env, "ADVISOR_PORT", int, (1, 65535), PORT),
            journal=env.get("ADVISOR_JOURNAL", "on") != "off",
        )

    @property
    def agent_available(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.llm_base_url and self.llm_model)

    def with_engine(self, engine: str | None) -> Settings:
        """These settings with another engine, checked. :raises RequestError: no such engine, or no model for it."""
        chosen = engine or self.engine
        if chosen not in ENGINES:
            raise RequestError(f"没有引擎「{chosen}」。可用：{'、'.join(ENGINES)}。")
        if chosen == "agent" and not self.agent_available:
            raise RequestError(
                "引擎 agent 要有语言模型。请设置 ADVISOR_LLM_BASE_URL 和 ADVISOR_LLM_MODEL，或改用 --engine builtin。"
            )
        return replace(self, engine=chosen)


def _number(env: Mapping[str, str], name: str, kind: Callable[[str], Number], bounds: tuple[int, int], default: Number) -> Number:
    """A number from the environment. :raises RequestError: it is none, or outside of its bounds."""
    raw = env.get(name, "").strip()
    if not raw:
        return default
    low, high = bounds
    try:
        value = kind(raw)
    except ValueError:
        value = None
    if value is None or not low <= value <= high:  # not a number is within no bounds either
        what = "整数" if kind is int else "数"
        raise RequestError(f"环境变量 {name} 的值「{raw}」不对：应为 {low} 到 {high} 之间的{what}，例如 {name}={default:g}。")
    return value
