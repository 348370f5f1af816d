"""Drafts for questions that people ask, before verification, and ways to corrupt them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.advisor import Advisor
from bot.citations import TOKEN
from bot.pipeline import STEPS, run_steps
from bot.types import Draft, Turn
from knowledge.numerals import numbers_in, values_in
from knowledge.types import Point

DAYS = (date(2026, 11, 20), date(2023, 10, 15), date(2020, 5, 1), date(2025, 3, 1))
_NOT_IN_FORCE = re.compile("到期|失效|届满|已过|期限到|不能作为依据|才印发|当时|尚未|截止|那时|历史|以前|原来|曾|结束|过期")


@dataclass(frozen=True)
class Asked:
    """A question about a point, and the turn with its draft."""

    point: Point
    turn: Turn

    @property
    def draft(self) -> Draft:
        assert self.turn.draft is not None
        return self.turn.draft


def asked_points(advisor: Advisor, count: int, seed: int) -> list[Asked]:
    """``count`` points' first questions, each asked for its region on a day when its document is issued, up to a draft."""
    rng = random.Random(seed)
    points = sorted((p for p in advisor.knowledge.points if p.questions), key=lambda p: p.id)
    result: list[Asked] = []
    for point in rng.sample(points, min(2 * count, len(points))):
        document = advisor.knowledge.library.document_of(point.measure)
        conversation = advisor.start(document.region, max(rng.choice(DAYS), document.issued_from))
        turn = run_steps(
            Turn("x", point.questions[0], conversation, advisor.today()), replace(advisor.kit, journal=None), STEPS[:-1]
        )
        if turn.draft is not None:
            result.append(Asked(point, turn))
        if len(result) == count:
            break
    return result


def used(draft: Draft) -> list[tuple[str, str]]:
    """The quotes whose tokens stand in the text."""
    return [draft.quotes[int(n) - 1] for n in dict.fromkeys(TOKEN.findall(draft.text))]


def with_unknown_token(draft: Draft, rng: random.Random) -> Draft:
    """One token changed to a number that stands for nothing."""
    tokens = list(TOKEN.finditer(draft.text))
    m = rng.choice(tokens)
    wrong = rng.choice((0, len(draft.quotes) + 1, len(draft.quotes) + 7, 99))
    return replace(draft, text=f"{draft.text[: m.start()]}[M{wrong}]{draft.text[m.end() :]}")


def with_altered_quote(draft: Draft, rng: random.Random) -> Draft:
    """One used quote with a character left out, doubled, swapped or replaced; or moved to another measure."""
    measure, quote = rng.choice(used(draft))
    at = rng.randrange(2, len(quote))  # not the first or last character: what is left would still be a quote
    altered = rng.choice(
        (quote[: at - 1] + quote[at:], quote[:at] + "等" + quote[at:], quote[: at - 1] + "某" + quote[at:], quote + quote[-1])
    )
    index = draft.quotes.index((measure, quote))
    return replace(draft, quotes=(*draft.quotes[:index], (measure, altered), *draft.quotes[index + 1 :]))


def with_printed_quote_altered(draft: Draft, rng: random.Random) -> Draft | None:
    """The clause as shown to the reader no longer is the clause."""
    lines = draft.text.split("\n")
    shown = [i for i, line in enumerate(lines) if line.startswith("> 原文：") and line.endswith("]")]
    if not shown:
        return None
    i = rng.choice(shown)
    start = lines[i].index("“") + 1
    at = rng.randrange(start + 1, lines[i].rindex("”"))
    lines[i] = lines[i][:at] + rng.choice(("均", "不", "，")) + lines[i][at:]
    return replace(draft, text="\n".join(lines))


def foreign_numbers(draft: Draft, question: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, replacement) for every figure with a unit: another figure that is in no clause and not asked."""
    allowed = set().union(*(values_in(quote) for _, quote in draft.quotes), values_in(question))
    for number in numbers_in(draft.text):
        digits = re.match(r"\d[\d,]*(?:\.\d+)?", draft.text[number.start : number.end])
        if digits is None or not number.unit:
            continue
        value = float(digits.group().replace(",", ""))
        for other in (value + 1, value * 10, value * 2 + 3, value + 7):
            if values_in(f"{other:g}{number.unit}").isdisjoint(allowed):
                yield number.start, number.start + digits.end(), f"{other:.0f}"


def with_foreign_number(draft: Draft, question: str, rng: random.Random) -> Draft | None:
    """One figure changed to one that no clause and no question holds."""
    places = list(foreign_numbers(draft, question))
    if not places:
        return None
    start, end, other = rng.choice(places)
    return replace(draft, text=draft.text[:start] + other + draft.text[end:])


def with_added_claim(draft: Draft, rng: random.Random) -> Draft:
    """A sum of money out of thin air."""
    amount = rng.choice(
        ("每人另发8,848元", "最高可达77.7万元", "比例为百分之八十七", "一次性给予九千三百元", "每月补助４３２１元")
    )
    return replace(draft, text=f"{draft.text}\n\n此外{amount}{'' if rng.random() < 0.5 else '[M1]'}。")


def as_if_in_force(draft: Draft) -> Draft:
    """Everything that says that a clause is over is taken out, and it is offered as current."""
    kept = [line for line in draft.text.split("\n\n") if not _NOT_IN_FORCE.search(TOKEN.sub("", line).split("“")[0])]
    lines = [re.sub(r"“[^”]*”", "", line) if _NOT_IN_FORCE.search(line) else line for line in kept]
    return replace(draft, text="\n\n".join(["现在可以申请，按下面的规定办理。", *lines]), warnings=())
