"""Messages that try to change what the advisor is, or ask for help with false claims: found by rules held as data.

``prompts/guards.yaml`` holds word groups and rules over them; every rule expresses a class of requests and
is read against every form of a text (``bot.disguises``). A rule refuses unless its ``unless`` also matches:
people who report, refuse or fear a fraud use the same words as those who plan one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.disguises import Form, forms_of, syllable
from bot.replies import PROMPTS
from bot.suspicion import load_suspicion
from knowledge.errors import DataError
from knowledge.texts.normalise import visible
from knowledge.texts.pinyin import is_all_pinyin

Kind = Literal["injection", "falsify"]
_NAME = re.compile(r"\{([a-z_]+)\}")
_CJK = re.compile("[\u3400-\u9fff]")
_GAP = re.compile(r"\.\{(\d+),(\d+)\}")
_LOOKBEHIND = re.compile(r"\(\?<!\[[^\]]*\]\)")
_LETTERS_PER_SYLLABLE = 4
_SPACES = re.compile(r"\s+")  # patterns are laid out over lines; no form of a text has white space
LIKENESS = "likeness"  # the name under which no rule, but the likeness to known attacks decides
_SENTENCE_END = re.compile(r"[。.!?;]")
_FIELDS = {"id", "pattern", "unless", "marks", "sound", "soft"}
AROUND = 20  # characters on either side of what a soft rule found, by which it is judged: an attack at the end of a long story


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the screen decided: no kind, no refusal. ``rule`` names the rule, for the journal.

    ``suspect``: not refused, but so like an attack that no language model should read it; the builtin engine,
    which quotes and computes and cannot be talked into anything, answers.
    """

    kind: Kind | None
    rule: str = ""
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of requests. ``sound``: so distinct that it is recognised by sound
    alone, in characters chosen for how they sound; read in the spoken form only, and only where the plain form does
    not say it anyway. ``soft``: its words are everyday words too (「打点零工」), so what stands around them must not
    read like an honest question."""

    id: str
    kind: Kind
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    marks: bool
    sound: bool
    soft: bool

    def found_in(self, form: Form) -> bool:
        """Whether the request stands in this form of a text."""
        if form.name == "spoken":
            if not self.sound and not any(form.typed):
                return False
            found = ((m.start(), m.end()) for m in _by_sound(self.pattern.pattern).finditer(form.words) if m.end() > m.start())
            return any(form.begins[a] and (self.sound or any(form.typed[a:b])) for a, b in found)
        return not self.sound and self.pattern.search(form.marks if self.marks else form.words) is not None

    def softened(self, plain: Form) -> bool:
        """Whether all that a soft rule finds in the plain form stands among the words of an honest question."""
        if not self.soft:
            return False
        model, text = load_suspicion(), plain.marks if self.marks else plain.words
        return all(model.judge(_around(text, m))[1] < model.honest for m in self.pattern.finditer(text))

    def excused(self, plain: Form) -> bool:
        """Whether the text as a whole reports, refuses or asks about consequences (or says openly what would be misspelt)."""
        said = self.sound and self.pattern.search(plain.words) is not None
        return said or (self.unless is not None and self.unless.search(plain.words) is not None)


@dataclass(frozen=True, slots=True)
class Guards:
    """The rules in file order, and what excuses a message that is only like an attack."""

    rules: tuple[Rule, ...]
    excuse: re.Pattern[str]


def _around(text: str, found: re.Match[str]) -> str:
    """What was found and what stands beside it in its own sentences: the story before an attack says nothing about it."""
    before = _SENTENCE_END.split(text[max(0, found.start() - AROUND) : found.start()])[-1]
    return before + found.group() + _SENTENCE_END.split(text[found.end() : found.end() + AROUND])[0]


def screen_text(text: str) -> Verdict:
    """The first rule that a text breaks, in any of its forms."""
    guards, forms = load_guards(), forms_of(text)
    doubtful = False
    for rule in guards.rules:
        if rule.excused(forms[0]):
            continue
        for form in forms:
            if not rule.found_in(form):
                continue
            if form.name != "plain" or not rule.softened(form):
                return Verdict(rule.kind, rule.id if form.name == "plain" else f"{rule.id}/{form.name}")
            doubtful = True
    verdict = _suspicion(forms[0], guards.excuse, is_all_pinyin(visible(text)))
    return replace(verdict, suspect=verdict.suspect or (doubtful and verdict.kind is None))


def _suspicion(plain: Form, excuse: re.Pattern[str], pinyin: bool) -> Verdict:
    """The verdict where no rule fits: by likeness to known attacks. Pinyin is like none of what it was learnt from: never refused."""
    model = load_suspicion()
    kind, score = model.judge(plain.words)
    if score > model.refuse and not pinyin and not excuse.search(plain.words):
        return Verdict("injection" if kind == "injection" else "falsify", LIKENESS)
    return Verdict(None, suspect=score > model.suspect)


@lru_cache(maxsize=1)
def load_guards(path: Path = PROMPTS / "guards.yaml") -> Guards:
    """Read the rules once, in file order. :raises DataError: an unknown word group or field, a broken expression."""
    tree: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    words: dict[str, str] = {}
    for name, alternatives in tree["words"].items():
        words[name] = f"(?:{_filled('|'.join(alternatives.split()), words, path)})"
    kinds: tuple[Kind, ...] = ("injection", "falsify")
    rules = tuple(_rule(kind, row, words, path) for kind in kinds for row in tree[kind])
    return Guards(rules, re.compile(_filled(tree["excuse"], words, path)))


def _rule(kind: Kind, row: Mapping[str, Any], words: Mapping[str, str], path: Path) -> Rule:
    if unknown := set(row) - _FIELDS:
        raise DataError(f"{path} 的规则 {row.get('id', '?')} 有多余字段 {sorted(unknown)}，可用字段：{sorted(_FIELDS)}。")
    pattern = _filled(row["pattern"], words, path)
    unless = _filled(row["unless"], words, path) if "unless" in row else None
    try:
        return Rule(
            row["id"], kind, re.compile(pattern), re.compile(unless) if unless else None,
            row.get("marks", False), row.get("sound", False), row.get("soft", False),
        )  # fmt: skip
    except re.error as problem:
        raise DataError(f"{path} 的规则 {row['id']} 不是合法的正则表达式：{problem}。改正后运行：make test") from problem


def _filled(pattern: str, words: Mapping[str, str], path: Path) -> str:
    """Word groups put in for their names."""
    missing = {name for name in _NAME.findall(pattern) if name not in words}
    if missing:
        raise DataError(f"{path} 用到了没有定义的词组 {sorted(missing)}。请先在 words 里写上，再运行：make test")
    return _SPACES.sub("", _NAME.sub(lambda m: words[m.group(1)], pattern))


@lru_cache(maxsize=256)
def _by_sound(pattern: str) -> re.Pattern[str]:
    """The same expression over pinyin: each character becomes its syllable, each gap grows with it."""
    wider = _GAP.sub(lambda m: f".{{{m.group(1)},{int(m.group(2)) * _LETTERS_PER_SYLLABLE}}}", pattern)
    wider = _LOOKBEHIND.sub("", wider)  # one character in Chinese, several letters in pinyin
    return re.compile(_CJK.sub(lambda m: f"(?:{syllable(m.group())})", wider))
