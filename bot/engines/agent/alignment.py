"""A figure that stands in the clause, but of something else: 「初级2000元」 where the clause gives 2,000 for another grade.

The words before and after a figure are compared with those around every figure of its kind in the clauses;
when another figure fits better, or when one is said twice while another goes unsaid, it has been moved.
A heuristic: it holds words to words, not meaning to meaning. Its rates are in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.claims import Claim
from bot.engines.agent.figures import FIRST_YEAR, class_of, same
from knowledge.numerals import Number, numbers_in
from knowledge.texts.normalise import grams

BEFORE = 14  # characters before a figure of a claim that say what it is the figure of
FAR_BEFORE = 40  # the same in a clause, whose sentences are longer
AFTER = 8
_KINDS = frozenset({"money", "percent", "months", "years"})
_BREAK = re.compile(r"[，、；：:。]")


def misplaced(claim: Claim, line: str, calculated: frozenset[Decimal]) -> list[str]:
    """Figures of a claim that its clauses give of something else.

    :param line: the claim with its neighbours on the line that rest on the same clauses.
    :param calculated: values of calculations; code wrote those.
    """
    own = numbers_in(claim.text)
    there = [(q, m, numbers) for q in claim.quotes for numbers in (numbers_in(q),) for m in numbers]
    wrong = []
    for n in own:
        if not _comparable(n) or n.value in calculated:
            continue
        said_of = _around(claim.text, n, own, BEFORE, to_break=True)
        fits = [
            (len(said_of & _around(q, m, numbers, FAR_BEFORE)), same(n, m))
            for q, m, numbers in there
            if class_of(m) == class_of(n)
        ]
        here = max((fit for fit, is_same in fits if is_same), default=None)
        elsewhere = max((fit for fit, is_same in fits if not is_same), default=0)
        if here is not None and (elsewhere > here or _crowds_out(n, numbers_in(line), [m for _, m, _ in there])):
            wrong.append(n.raw)
    return wrong


def _comparable(n: Number) -> bool:
    return class_of(n) in _KINDS and not (class_of(n) == "years" and n.value > FIRST_YEAR)


def _crowds_out(n: Number, said: Sequence[Number], there: Sequence[Number]) -> bool:
    """Whether a figure is said more often than its clauses say it, while another of its kind there goes unsaid."""
    kind = [m for m in there if class_of(m) == class_of(n)]
    own = [m for m in said if class_of(m) == class_of(n)]
    repeated = sum(same(n, m) for m in own) > sum(same(n, m) for m in kind)
    return repeated and any(not any(same(m, s) for s in own) for m in kind)


def _around(text: str, n: Number, numbers: Iterable[Number], length: int, to_break: bool = False) -> frozenset[str]:
    """Word pairs on both sides of a figure, up to the next figures; those after it are marked.

    :param to_break: before the figure, only since the last comma.
    """
    first = max((m.end for m in numbers if m.end <= n.start), default=0)
    last = min((m.start for m in numbers if m.start >= n.end), default=len(text))
    before = text[max(first, n.start - length) : n.start]
    after = _BREAK.split(text[n.end : min(last, n.end + AFTER)])[0]
    if to_break:
        before = _BREAK.split(before)[-1]
    return frozenset({*_pairs(before), *(f"→{g}" for g in _pairs(after))})


def _pairs(text: str) -> list[str]:
    return [g for g in grams(text) if len(g) == 2 and not g.isdigit()]
