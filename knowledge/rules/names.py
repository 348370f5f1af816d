"""Whether somebody names a benefit, in the words of the document or of the street."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.texts.normalise import matching_form

# Tails that any sentence may hold: with one of these the first two characters of a name do not name it (「职工…部分」).
_VAGUE = ("部分", "人员", "职工", "工作", "情况", "企业", "条件", "政策", "服务", "活动", "就业", "创业", "几个", "多少", "怎么")


def is_named(benefit: Benefit, form: str) -> bool:
    """Whether a text in matching form says a name of the benefit, or the head and tail of one (「吸纳的那个补贴」)."""
    return _pattern((benefit.stem, *benefit.spec.aliases)).search(form) is not None


@lru_cache(maxsize=256)
def named_in(rulebook: Rulebook, form: str) -> frozenset[str]:
    """Ids of all benefits that a text in matching form names."""
    return frozenset(b.id for b in rulebook.benefits.values() if is_named(b, form))


def spoken_at(benefit: Benefit, form: str) -> tuple[int, int] | None:
    """Where a name of a benefit, or the head and tail of one, stands in a text in matching form."""
    found = _pattern((benefit.stem, *benefit.spec.aliases)).search(form)
    return found.span() if found else None


def named_at(benefit: Benefit, form: str) -> tuple[int, int] | None:
    """Where the longest full name of a benefit stands in a text in matching form."""
    names = [matching_form(n).strip("“”\"'") for n in (benefit.stem, *benefit.spec.aliases)]
    found = [(form.find(n), form.find(n) + len(n)) for n in names if len(n) >= 3 and n in form]
    return max(found, key=lambda span: span[1] - span[0], default=None)


@lru_cache(maxsize=1024)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    alternatives: list[str] = []
    for name in names:
        form = matching_form(name).strip("“”\"'")
        if len(form) >= 3:
            alternatives.append(re.escape(form))
        if len(form) >= 4 and not form.endswith(_VAGUE):
            alternatives.append(f"{re.escape(form[:2])}.{{0,5}}{re.escape(form[-2:])}")
    return re.compile("|".join(alternatives) or "(?!)")


def is_partly_named(benefit: Benefit, stretches: tuple[str, ...]) -> bool:
    """Whether one of the stretches of a few words (「公积金」) stands in a name of the benefit."""
    return any(run in name for run in stretches for name in _forms((benefit.name, *benefit.spec.aliases)))


@lru_cache(maxsize=1024)
def _forms(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(matching_form, names))
