"""The list of conditions met, unmet or open, benefit by benefit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from bot.surfaces.panels_text import amount_text, optional_mark
from bot.types import EligibilityResult, Verdict

VERDICTS: Mapping[Verdict, str] = {"met": "符合", "unmet": "不符合", "unknown": "还差情况"}


def verdict_html(verdict: Verdict) -> str:
    """The verdict in words with its own shape."""
    return f'<span class="verdict verdict-{verdict}">{VERDICTS[verdict]}</span>'


def eligibility_html(results: tuple[EligibilityResult, ...], labels: Mapping[int, str], units: Mapping[str, str]) -> str:
    """One folded block a benefit; a single one stands open. ``units``: of the benefits whose sum is not in yuan."""
    if not results:
        return ""
    blocks = "".join(benefit_html(r, labels, units.get(r.benefit, "元"), is_open=len(results) == 1) for r in results)
    return f'<section class="panel eligibility"><h3><span class="panel-kind">条件</span>按您说的情况逐条看</h3>{blocks}</section>'


def benefit_html(result: EligibilityResult, labels: Mapping[int, str], unit: str, is_open: bool) -> str:
    """One benefit: its verdict, and its conditions under it."""
    amount = ""
    if result.amount and _is_sum(result.amount):
        amount = f'<span class="benefit-amount">{escape(amount_text(result.amount))} {escape(unit)}</span>'
    rows = "".join(
        f'<li>{verdict_html(c.verdict)}<span class="condition">{escape(c.text)} {optional_mark(c.citation, labels)}</span></li>'
        for c in result.conditions
    )
    head = f'{verdict_html(result.verdict)}<span class="benefit-name">{escape(result.name)}</span>{amount}'
    name = f'data-benefit="{escape(result.benefit)}"'
    if not rows:
        return f'<div class="benefit benefit-plain" {name}>{head}</div>'
    return f'<details class="benefit" {name}{" open" if is_open else ""}><summary>{head}</summary><ul class="conditions">{rows}</ul></details>'


def _is_sum(amount: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", amount)) and float(amount) > 0
