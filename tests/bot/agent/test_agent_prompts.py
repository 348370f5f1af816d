"""Prompts are read strictly: what is declared, used and given must be the same, before any model is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import PromptError
from bot.prompts import load_prompts, read_prompt
from bot.replies import PROMPTS


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_prompt_is_filled_in_and_has_a_digest(tmp_path: Path) -> None:
    prompt = read_prompt(_write(tmp_path, "a.md", "---\nvariables: [name]\n---\n您好，{name}，{{花括号}}\n"))
    assert prompt.render(name="{张三}") == "您好，{张三}，{花括号}"
    changed = read_prompt(_write(tmp_path, "a.md", "---\nvariables: [name]\n---\n您好！{name}，{{花括号}}\n"))
    assert prompt.digest != changed.digest


@pytest.mark.parametrize("values", [{}, {"name": 1, "more": 2}, {"nam": 1}])
def test_missing_or_unknown_values_fail(tmp_path: Path, values: dict[str, object]) -> None:
    prompt = read_prompt(_write(tmp_path, "a.md", "---\nvariables: [name]\n---\n{name}"))
    with pytest.raises(PromptError, match=r"a\.md"):
        prompt.render(**values)


@pytest.mark.parametrize(
    "text",
    [
        "没有声明 {name}",
        "---\nvariables: []\n---\n{name}",
        "---\nvariables: [name, other]\n---\n{name}",
        "---\nvariables: [name]\nmodel: x\n---\n{name}",
        "---\nvariables: name\n---\n{name}",
        "---\n: [\n---\n正文",
        "---\nvariables: [name]\n---\n{name} {",
        "---\nvariables: [name]\n---\n{name!r}",
        "---\nvariables: [name]\n---\n{name.upper}",
        "---\nvariables: []\n---\n{0}",
    ],
)
def test_a_malformed_file_does_not_load(tmp_path: Path, text: str) -> None:
    with pytest.raises(PromptError, match=r"a\.md|提示词"):
        read_prompt(_write(tmp_path, "a.md", text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"gone\.md"):
        load_prompts(("gone",), folder=tmp_path)


def test_a_models_own_wording_is_preferred_and_must_ask_for_the_same(tmp_path: Path) -> None:
    _write(tmp_path, "a.md", "---\nvariables: [x]\n---\n通用 {x}")
    own = _write(tmp_path, "a@org_model-1.md", "---\nvariables: [x]\n---\n专用 {x}")
    assert load_prompts(("a",), "org/model-1", tmp_path)["a"].render(x=1) == "专用 1"
    assert load_prompts(("a",), "other", tmp_path)["a"].render(x=1) == "通用 1"
    own.write_text("---\nvariables: []\n---\n专用", encoding="utf-8")
    with pytest.raises(PromptError, match="变量"):
        load_prompts(("a",), "org/model-1", tmp_path)


def test_shipped_prompts_load_and_hold_no_figures() -> None:
    """Policy facts are data; a prompt that names an amount would be one."""
    names = tuple(p.stem for p in PROMPTS.glob("*.md") if p.stem != "README" and "@" not in p.stem)
    prompts = load_prompts(names)
    assert {"compose", "question", "repair", "finish"} <= set(names)
    assert all(not any(f"{d}0元" in p.text or f"{d}%" in p.text for d in range(10)) for p in prompts.by_name.values())
