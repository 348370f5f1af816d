"""The list of conditions met, unmet or open, benefit by benefit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Literal

from bot.surfaces.panels_text import amount_text, optional_mark
from bot.types import EligibilityResult, Verdict
from knowledge.rules.eligibility import ValidityState

Validities = Mapping[str, ValidityState]  # by benefit, on the day of the answer

Heading = Verdict | Literal["supposed", "expired", "not_yet_issued"]
VERDICTS: Mapping[Heading, str] = {
    "met": "符合",
    "unmet": "不符合",
    "unknown": "还差情况",
    "supposed": "还要确认",
    "expired": "已到期",
    "not_yet_issued": "尚未执行",
}


def verdict_html(verdict: Heading) -> str:
    """The verdict in words with its own shape."""
    return f'<span class="verdict verdict-{verdict}">{VERDICTS[verdict]}</span>'


def heading_of(result: EligibilityResult, validity: ValidityState) -> Heading:
    """The verdict over a list of conditions: never 「符合」 over a row that is open, or when nothing can be had on the day."""
    if result.verdict == "unmet":
        return "unmet"
    if validity in ("expired", "not_yet_issued"):
        return validity
    if result.verdict == "met" and any(c.verdict != "met" for c in result.conditions):
        return "supposed"
    return result.verdict


def eligibility_html(
    results: tuple[EligibilityResult, ...], labels: Mapping[int, str], units: Mapping[str, str], validities: Validities
) -> str:
    """One folded block a benefit; a single one stands open. ``units``: of the benefits whose sum is not in yuan."""
    if not results:
        return ""
    blocks = "".join(
        benefit_html(r, labels, units.get(r.benefit, "元"), validities.get(r.benefit, "open"), is_open=len(results) == 1)
        for r in results
    )
    return f'<section class="panel eligibility"><h3><span class="panel-kind">条件</span>按您说的情况逐条看</h3>{blocks}</section>'


def benefit_html(result: EligibilityResult, labels: Mapping[int, str], unit: str, validity: ValidityState, is_open: bool) -> str:
    """One benefit: its verdict, and its conditions under it."""
    amount, heading = "", heading_of(result, validity)
    past = " benefit-past" if validity in ("expired", "not_yet_issued") else ""
    if result.amount and _is_sum(result.amount):
        amount = f'<span class="benefit-amount">{escape(amount_text(result.amount))} {escape(unit)}</span>'
    rows = "".join(
        f'<li>{verdict_html(c.verdict)}<span class="condition">{escape(c.text)} {optional_mark(c.citation, labels)}</span></li>'
        for c in result.conditions
    )
    head = f'{verdict_html(heading)}<span class="benefit-name">{escape(result.name)}</span>{amount}'
    name = f'data-benefit="{escape(result.benefit)}"'
    if not rows:
        return f'<div class="benefit benefit-plain{past}" {name}>{head}</div>'
    return f'<details class="benefit{past}" {name}{" open" if is_open else ""}><summary>{head}</summary><ul class="conditions">{rows}</ul></details>'


def _is_sum(amount: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", amount)) and float(amount) > 0
