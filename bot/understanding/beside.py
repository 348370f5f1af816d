"""A number that is asked for beside the subsidy: what an insurer pays, a deposit, a fee, a fine, a wage.

The clause found names the subject and states a number of its own; that number is no answer. How people ask for such
numbers stands in ``prompts/cues.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.types import Ask
from bot.understanding.cues import cue_rows, load_cues
from knowledge.texts.normalise import matching_form


@dataclass(frozen=True, slots=True)
class Beside:
    """What is asked for. ``called``: its name in an answer; ``written``: how a point speaks of it."""

    called: str
    written: re.Pattern[str]


def beside_asked(text: str) -> Beside | None:
    """The number beside the subsidy that a message asks for; None when it asks for the subsidy's sum as well."""
    form = matching_form(text)
    for asked, called, written in _kinds():
        found = asked.search(form)
        if found is None:
            continue
        if Ask.AMOUNT in load_cues().wants(asked.sub(" ", form)):
            return None
        noun = next((n for n in found.groups() if n), "")
        return Beside(called.format(noun=noun), re.compile(written or noun))
    return None


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(r["asked"]), r["called"], r["written"]) for r in cue_rows()["beside"].values())
