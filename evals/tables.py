"""Terminal tables (rich) of runs, comparisons and peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from evals.comparison import SIGNIFICANT, Comparison
from evals.metrics import BY_NAME, METRICS
from evals.scoring import SLICES, Summary
from evals.statistics import Difference, Estimate
from evals.tasks.stages import STAGES


def percent(value: float, digits: int = 1) -> str:
    """0.9312 → 「93.1 %」."""
    return f"{value * 100:.{digits}f} %"


def interval(e: Estimate) -> str:
    """「90.1 – 95.6」 in per cent."""
    return f"{e.low * 100:.1f} – {e.high * 100:.1f}"


def metric_table(summary: Summary) -> Table:
    """All metrics with intervals."""
    table = Table(title=f"{summary.cases} 个用例", title_justify="left")
    for column in ("", "指标", "值", "95 % 区间", "题数"):
        table.add_column(column, justify="right" if column in ("值", "95 % 区间", "题数") else "left")
    group = ""
    for metric in METRICS:
        e = summary.metrics.get(metric.name)
        if e is not None:
            table.add_row(metric.group if metric.group != group else "", metric.title, percent(e.value), interval(e), str(e.n))
            group = metric.group
    return table


def slice_table(summary: Summary) -> Table:
    """Strict accuracy by slice."""
    table = Table(title="严格正确率，按切片", title_justify="left")
    for column in ("切片", "值", "95 % 区间", "题数"):
        table.add_column(column, justify="left" if column == "切片" else "right")
    for kind, (title, _) in SLICES.items():
        for value, e in summary.slices.get(kind, {}).items():
            table.add_row(f"{title}：{value}", percent(e.value), interval(e), str(e.n))
        table.add_section()
    return table


def stage_line(stages: Mapping[str, int]) -> str:
    """「检索到却没有用 3，金额或数字错 2」, most frequent first."""
    return "，".join(f"{STAGES[s]} {n}" for s, n in sorted(stages.items(), key=lambda kv: -kv[1])) or "没有错题"


def comparison_table(comparison: Comparison) -> Table:
    """Metrics of two runs on the same cases."""
    table = Table(title=f"{comparison.shared} 个共同用例：后一次 − 前一次", title_justify="left")
    for column in ("指标", "差", "95 % 区间", "p", "变好 / 变差"):
        table.add_column(column, justify="left" if column == "指标" else "right")
    for name, d in comparison.metrics.items():
        if d.better or d.worse:
            style = "bold red" if BY_NAME[name].title in comparison.regressions else ""
            table.add_row(BY_NAME[name].title, *_difference(d, d.p, BY_NAME[name].higher_is_better), style=style)
    for name, (d, p) in comparison.slices.items():
        if d.better or d.worse:
            table.add_row(f"　{name}（Holm）", *_difference(d, p), style="bold" if p < SIGNIFICANT else "dim")
    return table


def _difference(d: Difference, p: float, higher_is_better: bool = True) -> tuple[str, str, str, str]:
    better, worse = (d.better, d.worse) if higher_is_better else (d.worse, d.better)
    return f"{d.value * 100:+.1f}", f"{d.low * 100:+.1f} – {d.high * 100:+.1f}", f"{p:.3f}", f"{better} / {worse}"


def peer_table(rows: Sequence[tuple[str, Mapping[str, Estimate]]], metrics: Sequence[str]) -> Table:
    """Peers side by side, each figure with its interval."""
    table = Table(title="同一批用例上的对照（%，第二行是 95 % 区间）", title_justify="left")
    table.add_column("系统")
    for name in metrics:
        table.add_column(BY_NAME[name].short or BY_NAME[name].title, justify="right")
    for system, estimates in rows:
        cells = [
            f"{e.value * 100:.1f}\n{e.low * 100:.0f}–{e.high * 100:.0f}" if (e := estimates.get(n)) else "–" for n in metrics
        ]
        table.add_row(system, *cells)
    return table
