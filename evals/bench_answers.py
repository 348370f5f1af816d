"""How long the builtin engine takes for one question: ``python -m evals.bench_answers [questions]``.

Asks one question of each of many points, over several days; prints p50 and p95 in milliseconds and ends with 1 when the
p95 is above its limit. Not a test: the numbers belong to the machine.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from datetime import date

from bot.advisor import Advisor, open_advisor
from bot.settings import Settings
from evals.statistics import percentile

LIMIT_MS = 500  # 100 is the goal on an idle machine
SEED = 20231015
DAYS = (date(2026, 11, 20), date(2023, 10, 15), date(2025, 3, 1), date(2020, 5, 1))


def timings(advisor: Advisor, count: int) -> list[float]:
    """Milliseconds of ``count`` answers."""
    rng = random.Random(SEED)
    points = sorted((p for p in advisor.knowledge.points if p.questions), key=lambda p: p.id)
    found = []
    for point in rng.sample(points, min(count, len(points))):
        document = advisor.knowledge.library.document_of(point.measure)
        conversation = advisor.start(document.region, max(rng.choice(DAYS), document.issued_from))
        found.append(sum(advisor.reply(conversation, rng.choice(point.questions)).answer.timings_ms.values()))
    return found


def main() -> int:
    """Measure and print; 1 when too slow."""
    advisor = open_advisor(replace(Settings.from_environment(), journal=False))
    found = timings(advisor, int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    p50, p95 = percentile(found, 50), percentile(found, 95)
    print(f"{len(found)} questions: p50 {p50:.0f} ms, p95 {p95:.0f} ms (limit {LIMIT_MS})")
    return int(p95 > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
