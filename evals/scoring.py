"""Outputs → judgements → estimates with intervals. Needs no advisor and no index."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.types import Answer
from evals.cases import input_digest
from evals.metrics import METRICS
from evals.sources import Sources
from evals.statistics import Estimate, Observation, area_under, estimate, percentile, risk_coverage
from evals.tasks.stages import stage
from evals.types import ABSTENTIONS, Case, EvalError, Output, Scored

SLICE_DRAWS = 2000
SLICES: dict[str, tuple[str, Callable[[Scored], str]]] = {
    "type": ("题型", lambda s: s.type),
    "document": ("文件", lambda s: s.document),
    "region": ("地区", lambda s: s.region),
    "turns": ("轮次", lambda s: f"{s.turns} 轮"),
    "part": ("部分", lambda s: s.part),
}


class Summary(BaseModel):
    """What a run amounts to. ``slices`` holds the strict estimate by slice kind and value."""

    model_config = ConfigDict(frozen=True)

    cases: int
    metrics: Mapping[str, Estimate]
    slices: Mapping[str, Mapping[str, Estimate]]
    stages: Mapping[str, int]
    coverage: float
    selective_accuracy: float
    aurc: float
    curve: tuple[tuple[float, float], ...]
    seconds: Mapping[str, float]


def score_all(cases: Sequence[Case], outputs: Iterable[Output], sources: Sources) -> tuple[Scored, ...]:
    """Judge every output. :raises EvalError: an output without its case, or whose question has changed."""
    by_id = {c.id: c for c in cases}
    rows = []
    for output in outputs:
        case = by_id.get(output.case)
        if case is None:
            raise EvalError(
                f"结果里有用例 {output.case}，用例文件里没有。用 --cases 指定当时的文件，或重新运行：advisor eval run"
            )
        if output.input_digest != input_digest(case):
            raise EvalError(f"用例 {case.id} 的问题、日期或地区在运行后改过，不能只重新计分。重新运行：advisor eval run")
        rows.append(score_one(case, output, sources))
    return tuple(rows)


def score_one(case: Case, output: Output, sources: Sources) -> Scored:
    """Judge one output by every metric that applies."""
    scores = {m.name: s for m in METRICS if (s := m.scorer(case, output, sources)) is not None}
    return Scored(
        case=case.id, part=case.part, type=case.type, group=case.group,
        document=case.gold.measures[0].split("/")[0] if case.gold.measures else "没有对应文件",
        region=case.region or "未选地区", turns=len(case.turns), status=output.last.status if output.last else None,
        stage=stage(case, output, sources), confidence=output.hits[0].score if output.hits else 0.0,
        answer_digest=answer_digest(output), scores=scores,
    )  # fmt: skip


def answer_digest(output: Output) -> str:
    """A digest of everything a reader sees, without ids and times: equal answers have equal digests."""
    seen: list[Any] = [_visible(a) for a in output.every_answer] or [output.error]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def _visible(answer: Answer) -> dict[str, Any]:
    return answer.model_dump(mode="json", exclude={"id", "timings_ms"})


def observations(rows: Iterable[Scored], metric: str) -> list[Observation]:
    """The judged cases of one metric."""
    return [Observation(s.value, s.weight, r.group) for r in rows if (s := r.scores.get(metric)) is not None]


def summarise(rows: Sequence[Scored], outputs: Sequence[Output] = ()) -> Summary:
    """Estimates for all metrics, strict accuracy by slice, failure stages, risk–coverage, seconds per case."""
    metrics = {m.name: e for m in METRICS if (e := estimate(observations(rows, m.name))) is not None}
    items = [(r.confidence, r.status is not None and r.status not in ABSTENTIONS, r.strict == 1) for r in rows]
    curve = risk_coverage(items)
    answered = [right for _, was_answered, right in items if was_answered]
    return Summary(
        cases=len(rows), metrics=metrics, slices={kind: _by_slice(rows, key) for kind, (_, key) in SLICES.items()},
        stages=dict(Counter(r.stage for r in rows if r.stage)), coverage=len(answered) / max(len(items), 1),
        selective_accuracy=sum(answered) / max(len(answered), 1), aurc=area_under(curve), curve=tuple(curve),
        seconds=_percentiles([o.seconds for o in outputs]),
    )  # fmt: skip


def _by_slice(rows: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, Estimate]:
    groups: dict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    found = {name: estimate(observations(part, "strict"), SLICE_DRAWS) for name, part in sorted(groups.items())}
    return {name: e for name, e in found.items() if e is not None}


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {**{f"p{q}": percentile(seconds, q) for q in (50, 95, 99)}, "total": sum(seconds)}
