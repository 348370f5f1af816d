"""Filling a benefit's open facts by elimination: the one sum of money nobody claimed must be the one sum it asks for.

``story`` reads a message without knowing what it is about. Once the benefit is known, few facts are open;
a quantity that no fact of this benefit has claimed, and that only one open fact can take, is that fact.
Two candidates on either side, and nothing is filled: then the product asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from knowledge.numerals import normalise_width
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import compile_lexicon
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_reading import fact_value, fits, prepare, rate_fits, read

_PEOPLE = ("人", "名", "位", "")


def fill_by_elimination(
    rulebook: Rulebook, benefit: Benefit, facts: Mapping[str, FactValue], text: str, as_of: date
) -> dict[str, FactValue]:
    """The facts of ``benefit`` that a message states without their usual words; empty when anything is ambiguous."""
    lexicon = compile_lexicon(rulebook)
    text = normalise_width(text)
    prepared, _ = prepare(text, as_of, lexicon)
    claimed = {(r.start, r.end) for r in read(text, as_of, lexicon).found if r.value.fact in benefit.reads}
    free = [q for q in prepared.quantities if q.exact and (q.start, q.end) not in claimed]
    missing = [benefit.facts[f] for f in benefit.needs if f not in facts and _fillable(benefit, benefit.facts[f], facts)]
    filled: dict[str, FactValue] = {}
    for spec in missing:
        takers = [s for s in missing if s is not spec and _rivals(s, spec)]
        candidates = [q for q in free if _can_be(spec, prepared.text, q)]
        if len(candidates) == 1 and not takers:
            filled[spec.id] = fact_value(spec, candidates[0])
    return filled


def _fillable(benefit: Benefit, spec: FactSpec, facts: Mapping[str, FactValue]) -> bool:
    """Open numbers that people state as one figure; categories of people are never guessed."""
    counts = benefit.amount.counts if benefit.amount else ()
    known_parts = [f for f in benefit.facts if spec.derive and f in facts and f in spec.derive]
    return spec.numeric and spec.type != "age" and spec.id not in counts and not spec.part_of and not known_parts and (
        spec.derive is None or spec.ask_whole
    )


def _rivals(one: FactSpec, other: FactSpec) -> bool:
    """Whether two facts could claim the same quantity."""
    same = one.type == other.type or {one.type, other.type} <= {"months", "years"}
    return same and (one.type != "count" or one.unit == other.unit) and (one.type != "money" or one.unit == other.unit)


def _can_be(spec: FactSpec, text: str, q: Quantity) -> bool:
    if spec.type == "money" and q.unit not in ("元", "万元") and q.value < 1000:
        return False  # a bare small number is hardly a sum of money
    return fits(spec, q) and rate_fits(spec, text, q) and (spec.type != "count" or spec.unit not in _PEOPLE or q.unit in ("人", "个", "名", "位", "号人"))
