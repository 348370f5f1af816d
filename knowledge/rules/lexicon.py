"""The words and patterns of every fact, compiled once per rulebook for reading stories.

In patterns ``N`` stands for a quantity with its unit, ``D`` for a day, ``..`` for a gap of up to eight characters
without punctuation or another quantity. In masked text each quantity and each day is one private character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.rules.facts import FactSpec, Qualified
from knowledge.rules.rulebook import Rulebook

QUANTITY, DAY = 0xE000, 0xF000  # first private characters of quantities and days in masked text
_N, _D = "[\ue000-\uefff]", "[\uf000-\uf8ff]"
STOP = "，,。；;！!？?、：:\n"
_GAP = f"[^{re.escape(STOP)}\ue000-\uefff]{{0,8}}?"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; its group 1 is the quantity or day. ``weight`` ranks rival readings of one quantity."""

    fact: FactSpec
    regex: re.Pattern[str]
    literal: str
    weight: tuple[int, int, int]
    prefilter: str
    qualified: Qualified | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word that states a yes/no fact, a choice or a zero."""

    text: str
    fact: FactSpec
    value: bool | str | int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that reading a story needs."""

    numbers: tuple[Pattern, ...]
    days: tuple[Pattern, ...]
    qualified: tuple[Pattern, ...]
    nouns: re.Pattern[str]
    noun_facts: dict[str, FactSpec]
    flags: tuple[Word, ...]
    choices: tuple[Word, ...]
    zeros: tuple[Word, ...]


def _compile(text: str, fact: FactSpec, qualified: Qualified | None = None) -> Pattern:
    marker = "D" if "D" in text else "N"
    parts = [re.escape(p).replace(re.escape(".."), _GAP) for p in text.split(marker, 1)]
    optional = "[了过的是有着大约概]{0,2}"  # small words that people drop in
    head = parts[0] + optional if parts[0] and not text.split(marker, 1)[0].endswith("..") else parts[0]
    regex = re.compile(head + f"({_D if marker == 'D' else _N})" + parts[1])
    literal = text.replace(marker, "").replace("..", "")
    longest = max(re.split(r"\.\.|[ND]", text), key=len)
    weight = (int(fact.strong), len(literal) - (1 if ".." in text else 0), int(text.endswith(marker)))
    return Pattern(fact, regex, literal, weight, longest, qualified)


@lru_cache(maxsize=8)
def compile_lexicon(rulebook: Rulebook) -> Lexicon:
    """Compile the words of all facts of a rulebook."""
    specs = tuple(rulebook.facts.values())
    number_patterns = [_compile(p, s) for s in specs if s.type != "date" for p in s.patterns]
    nouns: dict[str, FactSpec] = {}
    for spec in specs:
        for noun in spec.nouns:
            nouns.setdefault(noun, spec)
    ordered = sorted(nouns, key=len, reverse=True)
    flags = [Word(w, s, value) for s in specs if s.type == "bool" for value, words in s.words.items() for w in words]
    choices = [Word(w, s, key) for s in specs if s.type == "choice" for key, c in s.choices.items() for w in dict.fromkeys((c.name, *c.words))]
    by_length = lambda w: -len(w.text)  # noqa: E731 - the one sorting rule of this function
    return Lexicon(
        tuple(number_patterns),
        tuple(_compile(p, s) for s in specs if s.type == "date" for p in s.patterns),
        tuple(_compile(q.pattern, s, q) for s in specs for q in s.qualified),
        re.compile("|".join(re.escape(n) for n in ordered) or r"(?!)"),
        nouns,
        tuple(sorted(flags, key=by_length)),
        tuple(sorted(choices, key=by_length)),
        tuple(Word(w, s, 0) for s in specs for w in sorted(s.zero, key=len, reverse=True)),
    )
