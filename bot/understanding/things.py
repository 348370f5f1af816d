"""What a message asks for, whoever asks: the thing decides which measures answer, not the person's word.

「我是退役军人，开公司能贷多少」 asks for a loan. What a thing is called by people, by documents and by benefits stands in
``prompts/cues.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.cues import cue_rows
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import matching_form


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is asked for, and how to know what treats and what gives it."""

    name: str
    asked: re.Pattern[str]
    near: re.Pattern[str]
    other_question: re.Pattern[str]
    said: re.Pattern[str]
    kinds: frozenset[str]
    names: re.Pattern[str]
    other: re.Pattern[str]

    def treated_in(self, text: str) -> bool:
        """Whether a document's words treat it."""
        return bool(self.said.search(text))

    def given_by(self, benefit: Benefit) -> bool:
        """Whether a benefit gives it."""
        called = (benefit.name, *benefit.spec.aliases)
        own = benefit.spec.kind in self.kinds and any(self.names.search(c) for c in called)
        return own and not self.other.search(benefit.name) and not benefit.spec.on_request


def thing_asked(text: str) -> Thing | None:
    """The thing that a message asks for; None when it asks for none that is known, or something else about it."""
    form = matching_form(text)
    return next(
        (t for t in _things() if t.asked.search(form) and t.near.search(form) and not t.other_question.search(form)), None
    )


@lru_cache(maxsize=1)
def _things() -> tuple[Thing, ...]:
    rows = cue_rows()["things"]
    return tuple(
        Thing(
            name, re.compile(r["asked"]), re.compile(r["near"]), re.compile(r["not"]), re.compile(r["said"]),
            frozenset(r["kinds"]), re.compile(r["names"]), re.compile(r["other"] or r"(?!)"),
        )
        for name, r in rows.items()
    )  # fmt: skip
