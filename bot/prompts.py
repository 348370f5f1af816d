"""Prompts: one Markdown file each, with its variables declared in front of the text, read strictly.

    ---
    variables: [question, evidence]
    ---
    用户问：{question} …

A file whose declared variables are not exactly those of its text does not load; a call whose values are
not exactly the declared variables fails before any model is asked. ``digest`` names the wording in the
journal, so that every answer can be traced to the words that asked for it.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import PromptError
from bot.replies import PROMPTS

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.S)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: its name, its text with ``{variables}``, and the first 12 hex digits of its SHA-256."""

    name: str
    text: str
    variables: frozenset[str]
    digest: str

    def render(self, **values: object) -> str:
        """Fill in every declared variable. :raises PromptError: one is missing or unknown."""
        missing, unknown = self.variables - set(values), set(values) - self.variables
        if missing or unknown:
            raise PromptError(
                f"提示词 {self.name} 缺少变量 {sorted(missing)}，多了变量 {sorted(unknown)}。"
                f"请对照 prompts/{self.name}.md 开头声明的 variables。"
            )
        return self.text.format(**values)


def read_prompt(path: Path) -> Prompt:
    """Read one file. :raises PromptError: no such file, no front matter, or variables that do not match the text."""
    try:
        raw = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise PromptError(f"读不到提示词 {path.name}（{problem.strerror}）。请从发布包恢复 prompts/{path.name}。") from problem
    match = _FRONT.match(raw)
    if match is None:
        raise PromptError(f"提示词 {path.name} 开头没有用 --- 围起来的变量声明。请照 prompts/README.md 补上。")
    declared = _declared(path.name, match[1])
    text = match[2].strip()
    used = _used(path.name, text)
    if used != declared:
        raise PromptError(f"提示词 {path.name} 声明了 {sorted(declared)}，正文用了 {sorted(used)}。请改到一致。")
    return Prompt(path.stem, text, declared, hashlib.sha256(raw.encode()).hexdigest()[:12])


def _declared(name: str, front: str) -> frozenset[str]:
    try:
        head: Any = yaml.load(front, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as problem:
        raise PromptError(f"提示词 {name} 开头的声明不是正确的 YAML：{problem}") from problem
    if not isinstance(head, dict) or set(head) != {"variables"} or not isinstance(head["variables"], list):
        raise PromptError(f"提示词 {name} 开头只应有一项：variables: [变量, …]（没有变量就写 []）。")
    return frozenset(str(v) for v in head["variables"])


def _used(name: str, text: str) -> frozenset[str]:
    try:
        fields = [(field, spec, conversion) for _, field, spec, conversion in string.Formatter().parse(text) if field is not None]
    except ValueError as problem:
        raise PromptError(f"提示词 {name} 的花括号不成对：{problem}。要写花括号本身请用 {{{{ 和 }}}}。") from problem
    for field, spec, conversion in fields:
        if not field.isidentifier() or spec or conversion:
            raise PromptError(f"提示词 {name} 里的 {{{field}}} 不是变量名。要写花括号本身请用 {{{{ 和 }}}}。")
    return frozenset(field for field, _, _ in fields)


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of one engine, all read when it opens."""

    by_name: Mapping[str, Prompt]

    def __getitem__(self, name: str) -> Prompt:
        return self.by_name[name]

    @property
    def digests(self) -> dict[str, str]:
        """Name → digest of the wording, for the journal."""
        return {name: p.digest for name, p in sorted(self.by_name.items())}


def load_prompts(names: tuple[str, ...], model: str = "", folder: Path = PROMPTS) -> Prompts:
    """Read prompts by name; ``<name>@<model>.md`` is preferred where it exists.

    :raises PromptError: a file is missing or malformed; a model's own wording asks for other variables.
    """
    chosen: dict[str, Prompt] = {}
    for name in names:
        general = read_prompt(folder / f"{name}.md")
        own = folder / f"{name}@{re.sub(r'[^A-Za-z0-9._-]', '_', model)}.md"
        chosen[name] = read_prompt(own) if model and own.is_file() else general
        if chosen[name].variables != general.variables:
            raise PromptError(f"提示词 {own.name} 的变量和 {name}.md 不同。请用同样的变量。")
    return Prompts(chosen)
