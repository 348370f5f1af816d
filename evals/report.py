"""``report.html``: one offline page that a policy manager can read and a developer can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from evals import runs
from evals.comparison import Comparison, compare
from evals.metrics import BY_NAME, METRICS
from evals.names import readable
from evals.plots import count_rows, curve, estimate_rows
from evals.runs import Config
from evals.scoring import SLICES, Summary
from evals.statistics import Difference, Estimate
from evals.tasks.stages import STAGES
from evals.traces import worst_cases
from evals.types import Case, Output, Scored

TEMPLATE = Path(__file__).parent / "templates" / "report.html"
PART_NAMES = {"all": "全部", "dev": "开发部分", "locked": "封存部分", "outside": "外部文件"}
HEADLINES = ("strict", "amount_accuracy", "wrong_amount", "verbatim", "abstention", "false_refusal")


@dataclass(frozen=True)
class Material:
    """Everything that a report is made of."""

    config: Config
    summary: Summary
    rows: Sequence[Scored]
    outputs: Sequence[Output]
    cases: Sequence[Case]
    comparison: Comparison | None
    before: Config | None
    peers: Any
    variants: Sequence[Any]


def write_report(run: Path, cases: Sequence[Case], other: Path | None) -> Path:
    """Write ``report.html`` into the run folder, compared with ``other`` when given. :raises EvalError: not scored yet."""
    from evals.variants import Consistency

    config, rows = runs.read_config(run), runs.read_rows(run / runs.SCORES, Scored)
    summary = Summary.model_validate(runs.read_json(run / runs.SUMMARY))
    before = runs.read_config(other) if other else None
    comparison = compare(runs.read_rows(other / runs.SCORES, Scored), rows, before, config) if other and before else None
    peers = runs.read_json(run / runs.PEERS) if (run / runs.PEERS).is_file() else None
    variants = runs.read_rows(run / runs.VARIANTS, Consistency) if (run / runs.VARIANTS).is_file() else ()
    outputs = runs.read_rows(run / runs.OUTPUTS, Output)
    html = render(Material(config, summary, rows, outputs, cases, comparison, before, peers, variants))
    path = run / runs.REPORT
    path.write_text(html, encoding="utf-8")
    return path


def render(m: Material) -> str:
    """The page."""
    sections = (
        _head(m),
        _metrics(m),
        _slices(m),
        _failures(m),
        _risk(m),
        _consistency(m),
        _comparison(m),
        _peers(m),
        worst_cases(m.cases, m.rows, m.outputs),
        _about(m),
    )
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        title="政策顾问评测报告", body="\n".join(s for s in sections if s)
    )


def _head(m: Material) -> str:
    e = m.summary.metrics["strict"]
    cards = "".join(_card(name, m.summary.metrics[name], m.comparison) for name in HEADLINES if name in m.summary.metrics)
    sentence = (
        f"{m.summary.cases} 个问题里，{round(e.value * m.summary.cases)} 个完全答对（状态、条款、要点、金额全对才算）。"
        f"换一批同类问题，预计每 100 个能完全答对 {e.low * 100:.0f} 到 {e.high * 100:.0f} 个。"
    )
    return (
        f'<h1>政策顾问评测报告</h1><p class="soft">{escape(m.config.started[:16].replace("T", " "))} · 引擎 {escape(_engine(m.config))} · '
        f'用例 {escape(PART_NAMES.get(m.config.part, m.config.part))}</p><p>{sentence}</p><div class="cards">{cards}</div>'
    )


def _engine(config: Config) -> str:
    return f"{config.engine} {config.model or ''}".strip()


def _card(name: str, e: Estimate, comparison: Comparison | None) -> str:
    metric, change = BY_NAME[name], ""
    difference = comparison.metrics.get(name) if comparison else None
    if difference and difference.value:
        better = (difference.value > 0) == metric.higher_is_better
        change = f" · 比上次 {difference.value * 100:+.1f}{'' if difference.p >= 0.05 else '（显著）'}{'↑' if better else '↓'}"
    kind = "card main" if name == "strict" else "card"
    return f'<div class="{kind}">{metric.title}<b>{e.value * 100:.1f} %</b><span class="soft">{e.low * 100:.1f}–{e.high * 100:.1f}{change}</span></div>'


def _metrics(m: Material) -> str:
    html = []
    for group in dict.fromkeys(metric.group for metric in METRICS):
        rows = [(x.title + ("" if x.higher_is_better else "（越低越好）"), x.help, m.summary.metrics[x.name])
                for x in METRICS if x.group == group and x.name in m.summary.metrics]  # fmt: skip
        html.append(estimate_rows(rows, group) if rows else "")
    return f'<h2>各项指标</h2><p class="soft">色带是 95 % 区间。</p><div class="rows">{"".join(html)}</div>'


def _slices(m: Material) -> str:
    html = []
    for kind, (title, _) in SLICES.items():
        found = m.summary.slices.get(kind, {})
        rows = [(readable(name), name, e) for name, e in sorted(found.items(), key=lambda kv: kv[1].value)]
        if len(rows) > 1:
            html.append(estimate_rows(rows, f"按{title}，低的在前"))
    return f'<h2>哪里强、哪里弱（严格正确率）</h2><div class="rows">{"".join(html)}</div>'


def _failures(m: Material) -> str:
    if not m.summary.stages:
        return "<h2>错在哪一步</h2><p>没有错题。</p>"
    counts = {STAGES[stage]: n for stage, n in m.summary.stages.items()}
    return f'<h2>错在哪一步</h2><p class="soft">每道错题只记最早说得通的一步。</p><div class="rows">{count_rows(counts)}</div>'


def _risk(m: Material) -> str:
    if not m.summary.curve:
        return ""
    s = m.summary
    text = (
        f"作答了 {s.coverage * 100:.1f} % 的问题，其中 {s.selective_accuracy * 100:.1f} % 完全正确。"
        f"下图按检索把握从高到低逐题放行，看放行越多、错得越多少（曲线下均值 {s.aurc:.3f}，越低越好）。"
    )
    return f"<h2>敢答多少、错多少</h2><p>{text}</p>{curve(s.curve, '放行的问题', '其中答错')}"


def _consistency(m: Material) -> str:
    if not m.variants:
        return ""
    same = sum(v.value for v in m.variants)
    rows = "".join(
        f"<tr><td>{escape(v.case)}</td><td>{escape(readable(v.original))}</td><td>{escape('；'.join(f'{k}：{readable(t)}' for k, t in v.departures.items()))}</td></tr>"
        for v in m.variants if v.departures
    )  # fmt: skip
    table = (
        f'<div class="scroll"><table><tr><th>用例</th><th>原来的答复</th><th>换个说法以后</th></tr>{rows}</table></div>'
        if rows
        else ""
    )
    return f"<h2>换个说法，答复变不变</h2><p>{len(m.variants)} 题各换 7 种说法（客气、无标点、繁体等），{same:.0f} 题的结论、条款、金额都不变。</p>{table}"


def _comparison(m: Material) -> str:
    c = m.comparison
    if c is None or m.before is None:
        return ""
    rows = "".join(
        f'<tr><td>{BY_NAME[n].title}</td><td class="number">{d.value * 100:+.1f}</td><td class="number">{d.low * 100:+.1f} – {d.high * 100:+.1f}</td>'
        f'<td class="number">{d.p:.3f}</td><td class="number">{_better_worse(n, d)}</td></tr>'
        for n, d in c.metrics.items() if d.better or d.worse
    )  # fmt: skip
    changed = "".join(
        f'<tr><td>{escape(x.case)}</td><td class="{"good" if x.kind == "fixed" else "bad"}">{"新答对" if x.kind == "fixed" else "新答错"}</td>'
        f"<td>{escape(readable(x.before))}</td><td>{escape(readable(x.after))}</td></tr>"
        for x in c.changes if x.kind != "reworded"
    )  # fmt: skip
    reworded = sum(x.kind == "reworded" for x in c.changes)
    table = '<div class="scroll"><table><tr><th>指标</th><th class="number">差</th><th class="number">95 % 区间</th><th class="number">p</th><th class="number">变好 / 变差</th></tr>'
    return (
        f"<h2>与上一次相比</h2><p>上一次：{escape(m.before.started[:16].replace('T', ' '))}。共同用例 {c.shared} 个；变了的东西：{escape('、'.join(c.digests) or '没有')}；"
        f"另有 {reworded} 题答复文字有变、对错不变。</p>"
        + (f"{table}{rows}</table></div>" if rows else "<p>各项指标没有变化。</p>")
        + (
            f'<div class="scroll"><table><tr><th>用例</th><th></th><th>之前</th><th>现在</th></tr>{changed}</table></div>'
            if changed
            else ""
        )
    )


def _better_worse(metric: str, d: Difference) -> str:
    """Cases that got better and worse, in the metric's own direction."""
    return f"{d.better} / {d.worse}" if BY_NAME[metric].higher_is_better else f"{d.worse} / {d.better}"


def _peers(m: Material) -> str:
    if not m.peers:
        return ""
    columns = m.peers["columns"]
    head = "".join(f'<th class="number">{escape(BY_NAME[c].short or BY_NAME[c].title)}</th>' for c in columns)
    body = "".join(
        f"<tr><td>{escape(row['system'])}</td>{''.join(_peer_cell(row['estimates'].get(c)) for c in columns)}</tr>"
        for row in m.peers["rows"]
    )
    return (
        '<h2>与常见做法相比</h2><p class="soft">同一批用例、同一套打分，单位 %，下方是 95 % 区间。除本系统外都只检索、不生成：答复是排在最前的三段原文。</p>'
        f'<div class="scroll"><table class="peers"><tr><th>系统</th>{head}</tr>{body}</table></div>'
    )


def _peer_cell(e: dict[str, float] | None) -> str:
    if e is None:
        return "<td>–</td>"
    return (
        f'<td class="number">{e["value"] * 100:.1f}<br><span class="soft">{e["low"] * 100:.0f}–{e["high"] * 100:.0f}</span></td>'
    )


def _about(m: Material) -> str:
    c = m.config
    facts = {
        **c.digests, "提交": c.commit or "未提交", "版本": c.version, "Python": c.python, "运行用时": f"{c.seconds:.0f} 秒",
        "每题用时": "，".join(f"{k} {v * 1000:.0f} ms" for k, v in m.summary.seconds.items() if k != "total"),
    }  # fmt: skip
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    return (
        f"<h2>怎样读、怎样重现</h2><dl>{rows}</dl>"
        '<p class="soft">区间取 Wilson 与按条款整群重抽样（10,000 次，固定种子）中较宽的；两次比较用精确 McNemar 或配对重抽样，分片用 Holm 校正。'
        "全部判断由确定的程序作出，没有用模型打分。只重新打分：advisor eval score；重跑：advisor eval run。</p>"
    )
