"""Cutting a message told in rows: its clauses, the people and sums in them, and what is told of all without their number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from knowledge.rules.lexicon import STOP
from knowledge.rules.story_numbers import Quantity, quantities_in

PEOPLE = ("个", "人", "名", "位", "口", "号人")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a message: from ``start`` to ``end``, and the mark that ends it ('' at the end of the message)."""

    start: int
    end: int
    text: str
    stop: str


def people_in(text: str) -> list[Quantity]:
    """The numbers of people in a text."""
    return [q for q in quantities_in(text) if q.unit in PEOPLE]


def clauses_of(message: str) -> list[Clause]:
    """A message cut at its marks; what stands in brackets stays with its clause."""
    found, at = [], 0
    stops = STOP.replace("、", "") + "：:\n？?！!"
    for m in re.finditer(rf"[{re.escape(stops)}]|$", message):
        depth = message.count("（", at, m.start()) + message.count("(", at, m.start())
        closed = message.count("）", at, m.start()) + message.count(")", at, m.start())
        if depth > closed and m.group(0):
            continue  # within brackets
        if m.start() > at:
            found.append(Clause(at, m.start(), message[at : m.start()], m.group(0)))
        at = m.end()
    return found


def sums_in(text: str) -> list[Quantity]:
    """The sums of money of a clause."""
    return [q for q in quantities_in(text) if q.unit in ("元", "万元") or (q.unit == "" and q.value >= 100)]


def without(text: str, number: Decimal, units: tuple[str, ...]) -> str:
    """What is said of all, without the number of all: in a row it would count anew."""
    for q in reversed([q for q in quantities_in(text) if q.unit in units and q.value == number]):
        text = text[: q.start] + text[q.end :]
    return text
