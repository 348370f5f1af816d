"""Two runs on the same cases: which digests differ, paired tests, Holm over slices, every changed case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.metrics import METRICS
from evals.runs import Config
from evals.scoring import SLICE_DRAWS, SLICES
from evals.statistics import Difference, Observation, holm, paired_difference
from evals.types import EvalError, Scored

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose answer differs between two runs."""

    case: str
    kind: Literal["fixed", "broken", "reworded"]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A. ``slices`` holds strict accuracy with Holm-adjusted p-values."""

    shared: int
    digests: tuple[str, ...]
    metrics: dict[str, Difference]
    slices: dict[str, tuple[Difference, float]]
    changes: tuple[Change, ...]

    @property
    def broken(self) -> tuple[Change, ...]:
        """Cases that were right and are wrong now."""
        return tuple(c for c in self.changes if c.kind == "broken")

    @property
    def regressions(self) -> tuple[str, ...]:
        """Titles of metrics that are significantly worse."""
        return tuple(
            m.title for m in METRICS
            if (d := self.metrics.get(m.name)) and d.p < SIGNIFICANT and (d.value < 0) == m.higher_is_better and d.value != 0
        )  # fmt: skip


def compare(a: Sequence[Scored], b: Sequence[Scored], config_a: Config, config_b: Config) -> Comparison:
    """Compare on the cases that both runs hold. :raises EvalError: none is shared."""
    rows_a, rows_b = {r.case: r for r in a}, {r.case: r for r in b}
    shared = [case for case in rows_a if case in rows_b]
    if not shared:
        raise EvalError("两次运行没有共同的用例，无法比较。请用同样的 --part 或 --cases 再运行一次。")
    pairs = [(rows_a[c], rows_b[c]) for c in shared]
    metrics = {m.name: d for m in METRICS if (d := _difference(pairs, m.name)) is not None}
    before, after = config_a.digests, config_b.digests
    return Comparison(
        len(shared), tuple(k for k in before if before[k] != after[k]),
        metrics, _slices(pairs), tuple(change for x, y in pairs if (change := _change(x, y)) is not None),
    )  # fmt: skip


def _difference(pairs: Sequence[tuple[Scored, Scored]], metric: str, draws: int | None = None) -> Difference | None:
    both = [(x, y) for x, y in pairs if metric in x.scores and metric in y.scores]
    if not both:
        return None
    before = [Observation(x.scores[metric].value, 1.0, x.group) for x, _ in both]
    after = [Observation(y.scores[metric].value, 1.0, y.group) for _, y in both]
    return paired_difference(before, after, draws) if draws else paired_difference(before, after)


def _slices(pairs: Sequence[tuple[Scored, Scored]]) -> dict[str, tuple[Difference, float]]:
    found: dict[str, Difference] = {}
    for kind in ("type", "document", "region"):
        title, key = SLICES[kind]
        for value in sorted({key(x) for x, _ in pairs}):
            difference = _difference([p for p in pairs if key(p[0]) == value], "strict", SLICE_DRAWS)
            if difference is not None:
                found[f"{title}：{value}"] = difference
    adjusted = holm({name: d.p for name, d in found.items()})
    return {name: (d, adjusted[name]) for name, d in found.items()}


def _change(a: Scored, b: Scored) -> Change | None:
    if a.strict != b.strict:
        return Change(a.case, "fixed" if b.strict > a.strict else "broken", _verdict(a), _verdict(b))
    if a.answer_digest != b.answer_digest:
        return Change(a.case, "reworded", _verdict(a), _verdict(b))
    return None


def _verdict(row: Scored) -> str:
    """Right or wrong, and why; the reasons of a locked case stay closed, so that nobody tunes on them."""
    if row.strict == 1:
        return "正确"
    return "错误" if row.part == "locked" else f"错误（{row.scores['strict'].explanation}）"
