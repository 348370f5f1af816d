"""Plots without a library: SVG shapes only, words in HTML beside them, so that a phone can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from evals.statistics import Estimate


def interval_bar(e: Estimate) -> str:
    """A band from low to high with a mark at the value, on a line from 0 to 100 %."""
    low, high, at = (round(v * 100, 2) for v in (e.low, e.high, e.value))
    return (
        '<svg class="plotcell" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" '
        f'aria-label="{at:.1f} %，95 % 区间 {low:.1f} 到 {high:.1f}"><line class="axis" x1="0" y1="7" x2="100" y2="7"/>'
        f'<rect class="band" x="{low}" y="3" width="{max(high - low, 0.4):.2f}" height="8" rx="1"/>'
        f'<rect class="dot" x="{min(max(at - 0.4, 0), 99.2):.2f}" y="1" width="0.8" height="12"/></svg>'
    )


def estimate_rows(rows: Sequence[tuple[str, str, Estimate]], heading: str | None = None) -> str:
    """Rows of (label, hover text, estimate) under an optional heading; to be put in ``.rows``."""
    head = f'<div class="head">{escape(heading)}</div>' if heading else ""
    return head + "".join(
        f'<div class="row"><div title="{escape(hint)}">{escape(label)}</div>{interval_bar(e)}<div class="value">{e.value * 100:.1f} % '
        f"<small>{e.low * 100:.1f}–{e.high * 100:.1f} · {e.n} 题</small></div></div>"
        for label, hint, e in rows
    )


def count_rows(counts: Mapping[str, int]) -> str:
    """Bars of counts, largest first; to be put in ``.rows``."""
    most = max(counts.values(), default=1)
    return "".join(
        f'<div class="row"><div>{escape(label)}</div><svg class="plotcell" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" '
        f'aria-label="{n} 题"><rect class="bar" x="0" y="2" width="{n / most * 100:.1f}" height="10" rx="1"/></svg>'
        f'<div class="value">{n} 题</div></div>'
        for label, n in sorted(counts.items(), key=lambda kv: -kv[1])
    )


def curve(points: Sequence[tuple[float, float]], x_title: str, y_title: str) -> str:
    """A line through (x, y) points, x in 0 … 1, y from 0 to the next round share above its maximum."""
    top = next((t for t in (0.05, 0.1, 0.2, 0.5) if max((y for _, y in points), default=0) <= t), 1.0)
    path = " ".join(f"{x * 100:.2f},{100 - y / top * 100:.2f}" for x, y in points)
    grid = "".join(
        f'<line class="axis" x1="0" x2="100" y1="{y}" y2="{y}" vector-effect="non-scaling-stroke"/>' for y in (25, 50, 75)
    )
    return (
        f'<div class="plot"><div class="y soft"><span>{top * 100:.0f} %</span><span>{escape(y_title)}</span><span>0</span></div>'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{escape(y_title)}随{escape(x_title)}的变化">{grid}'
        f'<polyline class="curve" points="{path}"/></svg>'
        f'<div class="x soft"><span>0</span><span>{escape(x_title)}</span><span>100 %</span></div></div>'
    )


def standalone_curves(curves: Mapping[str, Sequence[tuple[float, float]]], x_title: str, y_title: str) -> str:
    """An SVG file with one line per named curve over 0 … 100 %, its words inside, readable on light and dark ground."""
    top = next(
        (t for t in (0.02, 0.05, 0.1, 0.2, 0.5) if max(y for c in curves.values() for _, y in c[len(c) // 10 :]) <= t), 1.0
    )
    left, width, height, colours = 56, 480, 240, ("#1a6fb5", "#c2571a")

    def at(x: float, y: float) -> str:
        return f"{left + x * width:.1f},{20 + height * (1 - min(y / top, 1.0)):.1f}"

    lines = [
        f'<line x1="{left}" x2="{left + width}" y1="{20 + height * i / 4:.0f}" y2="{20 + height * i / 4:.0f}" stroke="#8888" stroke-width="0.5"/>'
        f'<text x="{left - 6}" y="{24 + height * i / 4:.0f}" text-anchor="end">{top * (1 - i / 4) * 100:g} %</text>'
        for i in range(5)
    ]
    lines += [f'<text x="{left + width * i / 4:.0f}" y="{height + 38}" text-anchor="middle">{25 * i} %</text>' for i in range(5)]
    for (name, points), colour, i in zip(curves.items(), colours, range(len(colours)), strict=False):
        path = " ".join(at(x, y) for x, y in points[:: max(1, len(points) // 300)])
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines.append(f'<text x="{left + 12}" y="{40 + 18 * i}" fill="{colour}" font-weight="bold">{escape(name)}</text>')
    lines.append(f'<text x="{left + width / 2:.0f}" y="{height + 58}" text-anchor="middle">{escape(x_title)}</text>')
    lines.append(f'<text x="{left}" y="12">{escape(y_title)}</text>')
    body = "\n".join(lines)
    size = f"{left + width + 24} {height + 70}"
    style = 'font-family="sans-serif" font-size="12" fill="#777"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" {style}>\n{body}\n</svg>\n'
