"""One value out of all that a stretch of a message says about a fact, or none when the statements do not agree."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from knowledge.rules.facts import (
    FactSpec,
    FactValue,
    Part,
    as_number,
)
from knowledge.rules.story_text import Reading


def combined(spec: FactSpec, found: list[Reading], before: FactValue | None, text: str = "") -> FactValue | None:
    """The value of a fact out of all statements of one stretch; None when they do not agree.

    :param before: what was known before, for statements that add to it (「又招了2个」).
    :param text: the stretch, for what stands between two statements.
    """
    if spec.type == "choice":
        return _combined_choice(spec, found)
    if _are_things(spec, found) and text and not _listed(found, text):
        return _some_of_all(found)
    if _are_things(spec, found) or (spec.type == "count" and any(r.adds for r in found[1:] or found)):
        return _summed(spec, found, before)
    values = [r.value for r in found]
    if spec.varies and len(values) > 1:
        return _spread(spec, values)
    first = values[0]
    if all(v.value == first.value and v.low == first.low and v.high == first.high for v in values):
        return first
    if spec.type == "date":
        return _narrowest(values)
    exact = [v for v in values if v.exact]
    if len({v.value for v in exact}) == 1 and spec.type != "bool":
        return exact[0]
    return None


def _spread(spec: FactSpec, values: list[FactValue]) -> FactValue | None:
    """What differs among people: values said of parts, with a value said of all taken for the rest; else their span."""
    parts = [p for v in values for p in v.parts]
    plain = [v for v in values if not v.parts]
    raw = "、".join(dict.fromkeys(v.raw for v in values))
    if not parts and len({v.value for v in plain}) == 1:
        return plain[0]
    numbers = [
        n for v in values for n in ((v.low, v.high) if isinstance(v.low, Decimal) else (v.value,)) if isinstance(n, Decimal)
    ]
    if parts:
        rest = [Part(None, v.value, as_number(v.low), as_number(v.high), raw=v.raw) for v in plain[-1:]]
        low, high = (min(numbers), max(numbers)) if numbers else (None, None)
        return FactValue(spec.id, parts[0].value, raw, low, high, (*parts, *rest))
    return FactValue(spec.id, max(numbers), raw, min(numbers), max(numbers)) if numbers else None


def _narrowest(values: list[FactValue]) -> FactValue:
    """The most exact of several days when they agree (「今年」「5月10号」), else the span of all."""

    def span(v: FactValue) -> tuple[date, date]:
        assert isinstance(v.value, date)
        return (v.low if isinstance(v.low, date) else v.value, v.high if isinstance(v.high, date) else v.value)

    best = min(values, key=lambda v: span(v)[1] - span(v)[0])
    low, high = span(best)
    if all(span(v)[0] <= high and low <= span(v)[1] for v in values):
        return best
    first, last = min(span(v)[0] for v in values), max(span(v)[1] for v in values)
    return FactValue(best.fact, last, "、".join(v.raw for v in values), first, last)


def _combined_choice(spec: FactSpec, found: list[Reading]) -> FactValue | None:
    by_word: dict[tuple[int, int], frozenset[str]] = {}
    for r in found:
        if isinstance(r.value.value, frozenset):
            by_word[r.start, r.end] = by_word.get((r.start, r.end), frozenset()) | r.value.value
    sets = list(by_word.values())
    sets = [s for s in sets if not any(o < s for o in sets)]  # 「店」 may be either, 「公司」 decides
    excluded = [s for s in sets if len(s) == len(spec.choices) - 1 and len(spec.choices) > 2]
    named = frozenset().union(*(s for s in sets if s not in excluded)) if len(excluded) < len(sets) else frozenset(spec.choices)
    for (key,) in (s for s in sets if len(s) == 1):  # said by its own words
        named -= frozenset(spec.choices[key].instead_of)
    for rest in excluded:
        named &= rest
    return FactValue(spec.id, named, "、".join(dict.fromkeys(r.value.raw for r in found))) if named else None


def _are_things(spec: FactSpec, found: list[Reading]) -> bool:
    """「一个返乡创业园、一个创客基地」 are two; of people a second number may be some of the first."""
    return len(found) > 1 and spec.type == "count" and spec.unit == "个" and spec.about == "institution"


_LIST = re.compile(r"[^，,。；;有]{0,14}(?:[、和跟及与]|，还有|，另|，)[^，,。；;有这那]{0,2}")


def _listed(found: list[Reading], text: str) -> bool:
    """「一个返乡创业园、一个创客基地」: things told one after the other."""
    return all(_LIST.fullmatch(text[a.end : b.start]) for a, b in pairwise(found))


def _some_of_all(found: list[Reading]) -> FactValue | None:
    """「三个园，今年有两个被认定了」: those told of last, where they are no more than those told of before."""
    values = [r.value for r in found]
    numbers = [v.value for v in values if isinstance(v.value, Decimal)]
    fewer = len(numbers) == len(values) and all(a >= b for a, b in pairwise(numbers))
    return values[-1] if fewer else None


def _summed(spec: FactSpec, found: list[Reading], before: FactValue | None) -> FactValue | None:
    """「招了2个，后来又招了4个」 → 6."""
    values = [r.value for r in found]
    if found[0].adds and before is not None:
        values = [before, *values]
    listed = _are_things(spec, found) or all(r.adds for r in found[1:])
    if not all(isinstance(v.value, Decimal) and v.exact for v in values) or not listed:
        return None
    numbers = [v.value for v in values if isinstance(v.value, Decimal)]
    if len(numbers) > 1 and numbers[-1] == sum(numbers[:-1], Decimal(0)) > 1:
        return values[-1]  # 「北京、上海各设了一个，俩站一共…」 says the sum again
    total = sum(numbers, Decimal(0))
    return FactValue(spec.id, total, "＋".join(v.raw for v in values))
