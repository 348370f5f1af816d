"""The gate of ``make gate``: the dev part must not fall below ``baseline.json``.

Not part of ``make check``: it answers every dev case, which takes minutes where the checks take seconds, and some floors
are goals that are not reached yet.

Fails when a metric passes its floor or ceiling, or when cases that were right are wrong and the loss is
either significant (exact McNemar, p < 0.05) or larger than ``allowed_broken``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.metrics import BY_NAME
from evals.scoring import summarise
from evals.statistics import mcnemar
from evals.types import EvalError, Scored

BASELINE = Path(__file__).parent / "baseline.json"


class Bound(BaseModel):
    """The least or the most that a metric may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float | None = None
    most: float | None = None


class Baseline(BaseModel):
    """What was reached before, and what must hold always."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recorded: str
    engine: str
    bounds: Mapping[str, Bound]
    allowed_broken: int = 0
    values: Mapping[str, float] = {}
    right: tuple[str, ...] = ()


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Read ``baseline.json``. :raises EvalError: missing, malformed, or an unknown metric."""
    try:
        baseline = Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvalError(f"缺少 {path}。运行：advisor eval gate --update") from None
    except ValidationError as problem:
        raise EvalError(f"{path} 格式不对：{problem}") from problem
    unknown = [name for name in baseline.bounds if name not in BY_NAME]
    if unknown:
        raise EvalError(f"{path} 里有未知的指标 {'、'.join(unknown)}。可用：{'、'.join(BY_NAME)}")
    return baseline


def check(rows: Sequence[Scored], baseline: Baseline) -> list[str]:
    """Reasons to stop; empty when the gate is open."""
    metrics = summarise(rows).metrics
    problems = []
    for name, bound in baseline.bounds.items():
        value = metrics[name].value if name in metrics else None
        title = BY_NAME[name].title
        if value is None:
            problems.append(f"{title}（{name}）没有可判的用例")
        elif bound.least is not None and value < bound.least:
            problems.append(f"{title}（{name}）是 {value:.1%}，低于底线 {bound.least:.1%}")
        elif bound.most is not None and value > bound.most:
            problems.append(f"{title}（{name}）是 {value:.1%}，高于上限 {bound.most:.1%}")
    return problems + _broken(rows, baseline)


def _broken(rows: Sequence[Scored], baseline: Baseline) -> list[str]:
    was_right = set(baseline.right)
    broken = [r.case for r in rows if r.case in was_right and r.strict < 1]
    fixed = [r.case for r in rows if r.case not in was_right and r.strict == 1] if was_right else []
    significant = len(broken) > len(fixed) and mcnemar(len(fixed), len(broken)) < 0.05
    if len(broken) - len(fixed) <= baseline.allowed_broken and not significant:
        return []
    return [f"原来答对、现在答错的有 {len(broken)} 题（新答对 {len(fixed)} 题）：{'、'.join(broken[:15])}"]


def updated(rows: Sequence[Scored], baseline: Baseline, recorded: str) -> Baseline:
    """The baseline with today's values and right cases; the bounds stay as people set them."""
    values = {name: round(e.value, 4) for name, e in summarise(rows).metrics.items()}
    right = tuple(sorted(r.case for r in rows if r.strict == 1))
    return baseline.model_copy(update={"recorded": recorded, "values": values, "right": right})
