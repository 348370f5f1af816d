"""One frozen object of settings; the only reader of the environment in this house."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and which optional parts are on. Every field has a working default."""

    home: Path
    encoder: str | None = None
    tokenizer: str | None = None
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: str | None = field(default=None, repr=False)
    llm_timeout_s: float = 30.0  # for a whole answer: every call, retry and repair
    llm_context_tokens: int = 16000  # of one request; older tool results are dropped first
    host: str = "127.0.0.1"
    port: int = 7860
    today: date | None = None  # tests and replays fix the day; None means the real one
    journal: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``ADVISOR_*``. See README for the list."""
        env = os.environ if environ is None else environ
        home = Path(env["ADVISOR_HOME"]) if env.get("ADVISOR_HOME") else user_data_path("policy-advisor")
        return cls(
            home=home.expanduser(),
            encoder=env.get("ADVISOR_ENCODER") or None,
            tokenizer=env.get("ADVISOR_TOKENIZER") or None,
            llm_base_url=env.get("ADVISOR_LLM_BASE_URL") or None,
            llm_model=env.get("ADVISOR_LLM_MODEL") or None,
            llm_api_key=env.get("ADVISOR_LLM_API_KEY") or None,
            llm_timeout_s=float(env.get("ADVISOR_LLM_TIMEOUT_S") or 30),
            llm_context_tokens=int(env.get("ADVISOR_LLM_CONTEXT_TOKENS") or 16000),
            host=env.get("ADVISOR_HOST") or "127.0.0.1",
            port=int(env.get("ADVISOR_PORT") or 7860),
            journal=env.get("ADVISOR_JOURNAL", "on") != "off",
        )

    @property
    def agent_available(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.llm_base_url and self.llm_model)
