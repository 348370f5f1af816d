"""Settings from the environment: read at one place, checked there, all of them in README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import RequestError
from bot.settings import Settings
from tests.conftest import ROOT

NUMBERS = {"ADVISOR_PORT": "7860", "ADVISOR_LLM_TIMEOUT_S": "30", "ADVISOR_LLM_CONTEXT_TOKENS": "16000"}


def test_without_an_environment_the_defaults_hold() -> None:
    assert Settings.from_environment({"ADVISOR_HOME": "x"}) == Settings(home=Path("x"))
    assert Settings.from_environment({"ADVISOR_HOME": "x", **dict.fromkeys(NUMBERS, " ")}) == Settings(home=Path("x"))


def test_every_setting_is_taken_over() -> None:
    read = Settings.from_environment({
        "ADVISOR_PORT": "80", "ADVISOR_LLM_TIMEOUT_S": "12.5", "ADVISOR_LLM_CONTEXT_TOKENS": "32000", "ADVISOR_ENCODER": "m",
        "ADVISOR_CHROMA_URL": "http://127.0.0.1:8000", "ADVISOR_JOURNAL": "off",
    })  # fmt: skip
    assert (read.port, read.llm_timeout_s, read.llm_context_tokens, read.journal) == (80, 12.5, 32000, False)
    assert (read.encoder, read.chroma_url) == ("m", "http://127.0.0.1:8000")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("raw", ["abc", "-1", "0", "1e99", "nan", "inf", "16k", "99999999999999999999"])
def test_a_wrong_number_is_named_with_its_range_and_an_example(name: str, raw: str) -> None:
    with pytest.raises(RequestError) as raised:
        Settings.from_environment({name: raw})
    message = str(raised.value)
    assert name in message
    assert f"「{raw}」" in message
    assert re.search(r"应为 \d+ 到 \d+ 之间的", message)
    assert message.endswith(f"{name}={NUMBERS[name]}。")


def test_readme_lists_every_setting() -> None:
    read = set(re.findall(r"ADVISOR_[A-Z_]+[A-Z]", (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")))
    table = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").split("\n") if line.startswith("| `ADVISOR_")]
    assert {name for line in table for name in re.findall(r"ADVISOR_[A-Z_]+", line.split("|")[1])} == read


def test_an_engine_is_checked_before_anything_is_opened() -> None:
    """A wrong name, and an agent without a model, are said at once with what to do."""
    plain = Settings.from_environment({})
    with pytest.raises(RequestError, match="没有引擎「gpt」。可用：builtin、agent"):
        plain.with_engine("gpt")
    with pytest.raises(RequestError, match="ADVISOR_LLM_BASE_URL"):
        plain.with_engine("agent")
    asked = Settings.from_environment({"ADVISOR_ENGINE": "agent", "ADVISOR_LLM_BASE_URL": "http://x", "ADVISOR_LLM_MODEL": "m"})
    assert asked.with_engine(None).engine == "agent"
    assert asked.with_engine("builtin").engine == "builtin"
