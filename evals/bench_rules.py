"""How fast the rules are: loading, one calculation, the whole screener, one story.

    python -m evals.bench_rules [repetitions]

Prints p50 and p95 in milliseconds beside the limit; ends with 1 when a p95 is above its limit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count, repeat
from pathlib import Path

from evals.statistics import percentile
from knowledge.rules.calculator import calculate
from knowledge.rules.facts import Facts
from knowledge.rules.rulebook import Benefit, Rulebook, load_rulebook
from knowledge.rules.screening import screen
from knowledge.rules.story import read_story
from knowledge.texts.library import Library, load_library

DATA = Path(__file__).resolve().parents[1] / "knowledge" / "data"
DAY = date(2023, 10, 15)
STORY = "我们厂招了6个应届生和2个失业半年多的，还有3个老员工，合同都是一年，去年没裁员，失业保险费交了8万，是小微企业"


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one operation, and the limit for its p95."""

    name: str
    milliseconds: tuple[float, ...]
    limit: float

    @property
    def p50(self) -> float:
        """The median."""
        return percentile(self.milliseconds, 50)

    @property
    def p95(self) -> float:
        """What is held to the limit."""
        return percentile(self.milliseconds, 95)


def measure(name: str, operation: Callable[[], object], repetitions: int, limit: float) -> Timing:
    """Time an operation, after one run to warm up."""
    operation()
    found = []
    for _ in range(repetitions):
        started = time.perf_counter()
        operation()
        found.append((time.perf_counter() - started) * 1000)
    return Timing(name, tuple(found), limit)


def _askers(facts: Facts) -> Iterator[Facts]:
    """The same story with other numbers each time: what is remembered of one asker must not flatter the next."""
    for more in count():
        yield {f: replace(v, value=v.value + more) if isinstance(v.value, Decimal) else v for f, v in facts.items()}


def _calculate_next(benefit: Benefit, askers: Iterator[Facts], library: Library) -> object:
    return calculate(benefit, next(askers), DAY, library)


def timings(rulebook: Rulebook, library: Library, repetitions: int) -> list[Timing]:
    """Everything that has a limit."""
    facts = read_story(rulebook, STORY, DAY).facts
    found = [measure("load_rulebook", lambda: load_rulebook(DATA, library), max(repetitions // 10, 5), 150)]
    for benefit in ("jinan-hiring-youth-2023", "jinan-job-retention-refund-2023", "jinan-skill-subsidy-2023"):
        chosen = rulebook.find(benefit)
        for known, askers in (("", _askers(facts)), (" (nothing known)", repeat({}))):
            one = partial(_calculate_next, chosen, askers, library)
            found.append(measure(f"calculate {benefit}{known}", one, repetitions, 1))
    found.append(measure("screen", lambda: screen(rulebook, facts, "370100", DAY), repetitions, 20))
    found.append(measure("read_story", lambda: read_story(rulebook, STORY, DAY), repetitions, 20))
    return found


def main(arguments: list[str]) -> int:
    """Print the table."""
    library = load_library([DATA / "documents"])
    rulebook = load_rulebook(DATA, library)
    found = timings(rulebook, library, int(arguments[0]) if arguments else 200)
    for t in found:
        print(f"{t.name:60} p50 {t.p50:8.3f}  p95 {t.p95:8.3f}  limit {t.limit:g} ms")
    return 1 if any(t.p95 > t.limit for t in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
