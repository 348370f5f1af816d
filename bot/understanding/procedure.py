"""How something is gone about: which telephone, where, with what papers, how long it takes.

A question about the procedure names its subject beside the procedure (「稳岗返还的事打哪个号问」): the rest of the words says what is
meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.cues import cue_rows
from knowledge.texts.normalise import matching_form


@dataclass(frozen=True, slots=True)
class Procedure:
    """A kind of question about the procedure. ``written``: how a point says that this is not written; ``says``: what says it."""

    kind: str
    asked: re.Pattern[str]
    written: re.Pattern[str]
    says: re.Pattern[str]

    def subject(self, text: str) -> str:
        """The question without the words that ask about the procedure."""
        return self.asked.sub(" ", matching_form(text)).strip()


def procedure_asked(text: str) -> Procedure | None:
    """The kind of procedure that a message asks about."""
    form = matching_form(text)
    return next((p for p in _kinds() if p.asked.search(form)), None)


@lru_cache(maxsize=1)
def _kinds() -> tuple[Procedure, ...]:
    rows = cue_rows()["procedure"]
    return tuple(
        Procedure(kind, re.compile(r["asked"]), re.compile(r["written"]), re.compile(r["says"])) for kind, r in rows.items()
    )
