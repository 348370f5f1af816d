"""The words and patterns of every fact, compiled once per rulebook for reading stories.

In patterns ``N`` stands for a quantity with its unit, ``D`` for a day, ``..`` for a gap of up to eight characters
without punctuation or another quantity. In masked text each quantity and each day is one private character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

from knowledge.rules.facts import FactSpec, Qualified
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.units import quantity

STOP = "，,。；;！!？?、：:\n"
_FIRST, _BLOCK, _DAY = 0xE000, 0x100, 0xF000  # private characters: a block per kind of quantity, one for days
MARKS = re.compile("[\ue000-\uf8ff]")  # such characters in somebody's message are no marks: they are taken out before
MOST = _BLOCK  # quantities, and days, of one text; what comes after them is not marked
_KINDS = ("span", "money", "share", "age", "day", "count", "bare")
_UNIT_KINDS = {
    "年": "span", "个月": "span", "季度": "span", "元": "money", "万元": "money", "%": "share", "成": "share", "岁": "age", "天": "day", "日": "day",
    "周": "day", "": "bare",
}  # fmt: skip
_TYPE_KINDS = {
    "months": ("span",),
    "years": ("span",),
    "money": ("money", "bare"),
    "percent": ("share",),
    "days": ("day",),
    "age": ("age",),
}


_FILLED = 4  # words this long are heard with a filler inside
_FILLER = "(?:也都|都给|也给|也|都|给|全|均)?"


@lru_cache(maxsize=8192)
def _as_written(word: str) -> re.Pattern[str]:
    return re.compile(re.escape(word))


@lru_cache(maxsize=8192)
def _with_fillers(word: str) -> re.Pattern[str]:
    return re.compile(_FILLER.join(map(re.escape, word)))


@lru_cache(maxsize=16384)
def _characters(text: str) -> frozenset[str]:
    return frozenset(text)


def said_in(word: str, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """Where a word stands in a text, as written or with fillers inside (「社保也都上了」 for 「社保上了」)."""
    end = len(text) if end is None else end
    if word in text:
        return _as_written(word).finditer(text, start, end)
    if len(word) >= _FILLED and _characters(word) <= _characters(text):
        return _with_fillers(word).finditer(text, start, end)
    return iter(())


def quantity_mark(unit: str, index: int) -> str:
    """The private character that stands for quantity ``index`` of a text."""
    return chr(_FIRST + _KINDS.index(_UNIT_KINDS.get(unit, "count")) * _BLOCK + index)


def day_mark(index: int) -> str:
    """The private character that stands for day ``index`` of a text."""
    return chr(_DAY + index)


def mark_index(mark: str) -> int:
    """Which quantity or day a private character stands for."""
    return (ord(mark) - _FIRST) % _BLOCK if ord(mark) < _DAY else ord(mark) - _DAY


def is_day(mark: str) -> bool:
    """Whether a private character stands for a day."""
    return ord(mark) >= _DAY


def _class(fact: FactSpec, marker: str) -> str:
    """The private characters that may stand where a pattern has ``N`` or ``D``."""
    if marker == "D":
        return "\uf000-\uf8ff"
    kinds = _TYPE_KINDS.get(fact.type, ("count", "bare"))
    starts = [_FIRST + _KINDS.index(k) * _BLOCK for k in kinds]
    return "".join(f"{chr(s)}-{chr(s + _BLOCK - 1)}" for s in starts)


_SMALL = "(?:一共|总共|共有|大概|大约|差不多|也就|已经|都是|超过|不到|不足|不满|至少|最多|将近|接近|估计|[了过的是有着约共满都快近超够])*?"  # small words that people drop in


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; its group 1 is the quantity or day. ``weight`` ranks rival readings of one quantity."""

    fact: FactSpec
    source: str
    literal: str
    weight: tuple[int, int, int]
    prefilter: str
    qualified: Qualified | None = None
    lead: str = ""  # its first words
    source_text: str = ""  # as the data write it
    shared: tuple[FactSpec, ...] = ()  # further facts whose data list the very same pattern

    def find(self, masked: str) -> Iterator[re.Match[str]]:
        """Its occurrences in masked text. Few of the many patterns occur in a text, so each is compiled when first met."""
        return _regex(self.source).finditer(masked) if self.prefilter in masked else iter(())


@lru_cache(maxsize=4096)
def _regex(source: str) -> re.Pattern[str]:
    return re.compile(source)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that states a yes/no fact, a choice or a quantity."""

    text: str
    fact: FactSpec
    value: bool | str | Decimal


Entry = TypeVar("Entry")


class Shelf(Generic[Entry]):
    """Entries in their order, and quickly those of them whose first character stands in a text: few of thousands do."""

    def __init__(self, entries: Iterable[Entry], words_of: Callable[[Entry], str]) -> None:
        self._entries = tuple(entries)
        self._by_first: dict[str, list[int]] = {}
        for i, entry in enumerate(self._entries):
            self._by_first.setdefault(words_of(entry)[:1], []).append(i)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def within(self, text: str) -> Iterator[Entry]:
        """The entries that may stand in a text, in their order."""
        found = [i for c in {*text, ""} for i in self._by_first.get(c, ())]
        return (self._entries[i] for i in sorted(found))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that reading a story needs."""

    numbers: Shelf[Pattern]
    days: Shelf[Pattern]
    qualified: Shelf[Pattern]
    nouns: re.Pattern[str]
    noun_facts: dict[str, FactSpec]
    specs: Mapping[str, FactSpec]
    flags: Shelf[Word]
    choices: Shelf[Word]
    compounds: tuple[str, ...]
    amounts: Shelf[Word]
    varying: Shelf[Pattern]  # patterns of facts that may differ among people
    varying_words: Shelf[Word]
    sums: frozenset[Decimal]  # every sum of money that a clause gives, in yuan


def _compile(text: str, fact: FactSpec, qualified: Qualified | None = None) -> Pattern:
    marker = "D" if "D" in text else "N"
    anything = f"{chr(_FIRST)}-{chr(_FIRST + len(_KINDS) * _BLOCK - 1)}"
    marks = anything if qualified and marker == "N" else _class(fact, marker)
    gap = f"[^{re.escape(STOP)}{marks}{anything if marker == 'D' else ''}]{{0,8}}?"
    if qualified:  # what is said of people may run over a comma: 「2021年毕业，一直没上班」, but not to another matter
        gap = f"[^。；;！!？?\n合签交缴补{marks}{anything if marker == 'D' else ''}]{{0,10}}?"
    parts = [re.escape(p).replace(re.escape(".."), gap) for p in text.split(marker, 1)]
    head = parts[0] + _SMALL if parts[0] and not text.split(marker, 1)[0].endswith("..") else parts[0]
    source = head + f"([{marks}])" + parts[1]
    literal = text.replace(marker, "").replace("..", "")
    longest = max(re.split(r"\.\.|[ND]", text), key=len)
    weight = (int(fact.strong), len(literal) - (1 if ".." in text else 0), int(text.endswith(marker)))
    return Pattern(fact, source, literal, weight, longest, qualified, re.split(r"\.\.|[ND]", text)[0], source_text=text)


@lru_cache(maxsize=8)
def compile_lexicon(rulebook: Rulebook) -> Lexicon:
    """Compile the words of all facts of a rulebook."""
    specs = tuple(rulebook.facts.values())
    owners: dict[str, list[FactSpec]] = {}
    for spec in specs:
        for text in spec.patterns:
            owners.setdefault(text, []).append(spec)
    number_patterns = [replace(_compile(p, s), shared=tuple(x for x in owners[p] if x is not s and x.type == s.type))
                       for s in specs for p in s.patterns if "N" in p]  # fmt: skip
    nouns: dict[str, FactSpec] = {}
    for spec in specs:
        for noun in spec.nouns:
            nouns.setdefault(noun, spec)
    ordered = sorted(nouns, key=len, reverse=True)
    flags = [Word(w, s, value) for s in specs if s.type == "bool" for value, words in s.words.items() for w in words]
    choices = [Word(w, s, key) for s in specs if s.type == "choice" for key, c in s.choices.items() for w in c.words or (c.name,)]
    amounts = [Word(w, s, Decimal(0)) for s in specs for w in s.zero]
    amounts += [Word(w, s, quantity(raw, s.unit)) for s in specs for w, raw in s.means.items()]
    return Lexicon(
        numbers=_shelved(number_patterns),
        days=_shelved(_compile(p, s) for s in specs for p in s.patterns if "D" in p),
        qualified=_shelved(
            sorted((_compile(q.pattern, s, q) for s in specs for q in s.qualified), key=lambda p: -len(p.literal))
        ),
        nouns=re.compile("|".join(re.escape(n) for n in ordered) or r"(?!)"),
        noun_facts=nouns,
        specs=rulebook.facts,
        flags=_longest_first(flags),
        choices=_longest_first(choices),
        compounds=rulebook.compounds,
        amounts=_longest_first(amounts),
        varying=_shelved(p for p in number_patterns if p.fact.varies),
        varying_words=_longest_first(w for w in (*amounts, *flags) if w.fact.varies),
        sums=rulebook.sums(),
    )


def _shelved(patterns: Iterable[Pattern]) -> Shelf[Pattern]:
    return Shelf(patterns, lambda p: p.prefilter)


def _longest_first(words: Iterable[Word]) -> Shelf[Word]:
    """So that a word inside a longer one does not take its place."""
    return Shelf(sorted(words, key=lambda w: -len(w.text)), lambda w: w.text)
