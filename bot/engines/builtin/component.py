"""「补助费先不算，光引人那块」: of a sum that is made of several things, the one that is asked for."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.cues import cue_rows
from bot.understanding.parts import split_clauses
from knowledge.rules.benefits import Step as StepSpec
from knowledge.rules.calculator import CalculationResult
from knowledge.rules.rulebook import Benefit
from knowledge.texts.normalise import matching_form


def only(question: str, benefit: Benefit, result: CalculationResult) -> tuple[CalculationResult, bool]:
    """The result, cut down to its one line when the message sets all others aside; and whether it was cut down."""
    named = [s for s in (benefit.amount.steps if benefit.amount else ()) if isinstance(s, StepSpec) and s.words]
    if len(named) < 2 or not result.is_settled:
        return result, False
    clauses = [matching_form(c) for c in split_clauses(question)]
    alone = [s for s in named if _stands(clauses, s, "set_alone")]
    aside = [s for s in named if _stands(clauses, s, "set_aside") and s not in alone]
    left = [s for s in named if s not in aside]
    if not aside or len(left) != 1:
        left = alone if len(alone) == 1 else []
    line = next((r for r in result.steps if left and r.text.split()[0] == left[0].text.split()[0]), None)
    if line is None or line.value is None:
        return result, False
    return replace(result, amount=line.value, low=line.value, high=line.value, unit=line.unit, steps=(line,)), True


def _stands(clauses: list[str], step: StepSpec, cue: str) -> bool:
    """Whether a clause speaks of what a line pays, with a cue beside it."""
    return any(any(w in c for w in step.words) and re.search(cue_rows()[cue], c) for c in clauses)
