"""Calculation cards: the sum, its working, and inputs that can be changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Literal

from bot.surfaces.panels_conditions import Validities
from bot.surfaces.panels_sources import validity_badge
from bot.surfaces.panels_text import amount_text, optional_mark
from bot.types import CalculationResult, CalculationStep, Citation
from knowledge.rules.eligibility import ValidityState

FactInput = Mapping[str, Any]  # an entry of ``Advisor.benefit_inputs``
Facts = Mapping[str, str]  # fact → words that ``Advisor.calculate`` can read
Inputs = Mapping[str, Sequence[FactInput]]  # by benefit
_NUMBER_FIRST = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?)\s*(\D*)$")
PAST: Mapping[ValidityState, str] = {
    "expired": "已到期，下面是到期前的标准",
    "not_yet_issued": "这一天还没有开始执行，下面是执行后的标准",
}
SAID = "您说的："  # before words that are none of the choices
YES_NO = (("是", "是"), ("否", "否"))
_YES, _NO = {"true", "是", "yes"}, {"false", "否", "no"}


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that can be typed in; ``options`` of a select are (value, words)."""

    fact: str
    name: str
    unit: str
    kind: Literal["text", "select", "date"]
    hint: str
    value: str
    options: tuple[tuple[str, str], ...] = ()


def field_of(spec: FactInput, said: object) -> Field:
    """A field for one entry of ``Advisor.benefit_inputs`` with what was said before (None: nothing)."""
    words = "" if said is None else str(said)
    unit = str(spec.get("unit") or "")
    if spec["type"] == "bool":
        known = "是" if words.lower() in _YES else "否" if words.lower() in _NO else words
        return Field(spec["fact"], spec["name"], "", "select", spec["ask"], known, _with_said(YES_NO, known))
    if spec["type"] == "choice":
        options = tuple((str(k), str(v)) for k, v in dict(spec.get("choices") or {}).items())
        known = next((k for k, v in options if words in (k, v)), words)
        return Field(spec["fact"], spec["name"], "", "select", spec["ask"], known, _with_said(options, known))
    number = _NUMBER_FIRST.match(words)
    if number and (not number[2] or number[2].strip() == unit):
        words = number[1].replace(",", "")
    elif words:
        unit = ""  # the asker's words name their own: 「两年」, 「8万」
    return Field(spec["fact"], spec["name"], unit, "date" if spec["type"] == "date" else "text", spec["ask"], words)


def _with_said(options: tuple[tuple[str, str], ...], known: str) -> tuple[tuple[str, str], ...]:
    """Words that are none of the choices stay selectable as they were said."""
    if not known or known in {value for value, _ in options}:
        return options
    return ((known, f"{SAID}{known}"), *options)


def field_html(field: Field) -> str:
    """Label, control and unit."""
    name = escape(field.fact)
    if field.kind == "select":
        rows = ['<option value="">不清楚</option>'] + [
            f'<option value="{escape(v)}"{" selected" if v == field.value else ""}>{escape(words)}</option>'
            for v, words in field.options
        ]
        control = f'<select name="{name}">{"".join(rows)}</select>'
    else:
        # A date stays a text box: people say 「2023年6月」, which a date picker cannot hold.
        mode = ' inputmode="decimal"' if field.kind == "text" else ' placeholder="如 2023-06-30"'
        control = f'<input name="{name}" type="text" autocomplete="off"{mode} value="{escape(field.value)}">'
    unit = f'<span class="unit">{escape(field.unit)}</span>' if field.unit else ""
    return f'<label class="field" title="{escape(field.hint)}"><span class="field-name">{escape(field.name)}</span><span class="field-box">{control}{unit}</span></label>'


def understood_html(inputs: Sequence[FactInput], known: Facts, lead: str) -> str:
    """「我理解的情况：劳动合同期限 24 个月；…」: what a sum rests on, in the words of the form; '' when nothing is known."""
    parts = []
    for spec in (s for s in inputs if known.get(s["fact"])):
        field = field_of(spec, known[spec["fact"]])
        words = next((w for v, w in field.options if v == field.value), amount_text(field.value))
        parts.append(
            f"{field.name}：{words.removeprefix(SAID)}" if field.options else f"{field.name} {words} {field.unit}".strip()
        )
    return f'<p class="understood"><strong>{lead}</strong>：{escape("；".join(parts))}</p>' if parts else ""


def form_html(
    calculation: CalculationResult, inputs: Sequence[FactInput], said: Facts, citations: Iterable[Citation], as_of: date
) -> str:
    """The form under a calculation: what was said first, the other facts of the benefit folded away.

    Facts that were said and stand behind those of the form (「没裁人」 behind a rate) go along unseen.
    """
    if not inputs:
        return ""
    known = {**{k: str(v) for k, v in calculation.inputs.items()}, **said}
    shown = [field_of(s, known[s["fact"]]) for s in inputs if s["fact"] in known]
    other = [field_of(s, None) for s in inputs if s["fact"] not in known]
    if not shown:
        shown, other = other[:3], other[3:]
    more = f'<details class="more"><summary>补充其他情况（{len(other)} 项）</summary><div class="fields">{_fields(other)}</div></details>'
    asked = {s["fact"] for s in inputs}
    behind = "".join(f'<input type="hidden" name="{escape(f)}" value="{escape(v)}">' for f, v in known.items() if f not in asked)
    marks = json.dumps([[c.n, c.measure, c.start, c.end] for c in citations])
    return (
        f'<form class="recalc" data-benefit="{escape(calculation.benefit)}" data-day="{as_of}" data-marks="{escape(marks)}" novalidate>'
        f'<p class="recalc-title">改一改，金额马上重算</p>{behind}<div class="fields">{_fields(shown)}</div>{more if other else ""}'
        '<button type="button" class="link restore" hidden>恢复原来的情况</button></form>'
    )


def _fields(fields: Iterable[Field]) -> str:
    return "".join(map(field_html, fields))


def amount_html(calculation: CalculationResult, validity: ValidityState = "open") -> str:
    """The sum in big type: an amount, a range, or that there is none to give. One that cannot be had on the day stands back."""
    if validity in PAST and (calculation.amount is not None or calculation.low is not None):
        return f'<div class="amount-past"><p class="amount-note">{PAST[validity]}</p>{amount_html(calculation)}</div>'
    unit = escape(calculation.unit)
    prefix = "最高 " if calculation.is_maximum else ""
    if calculation.amount is not None:
        return f'<p class="amount">{prefix}<strong>{escape(amount_text(calculation.amount))}</strong> {unit}</p>'
    if calculation.low is not None and calculation.high is not None:
        low, high = escape(amount_text(calculation.low)), escape(amount_text(calculation.high))
        note = "还差情况，先给出范围" + ("（按最高标准）" if prefix else "")
        return f'<p class="amount"><strong>{low} – {high}</strong> {unit}</p><p class="amount-note">{note}</p>'
    return '<p class="amount amount-none">还算不出金额</p><p class="amount-note">把下面的情况补充完整就能算</p>'


def step_html(step: CalculationStep, labels: Mapping[int, str]) -> str:
    """One line of working with its mark; the value is added unless the words end with it."""
    value = f"{amount_text(step.value)} {step.unit}".strip() if step.value else ""
    shown = step.text.replace(",", "").replace(" ", "")
    needless = not value or value.replace(",", "").replace(" ", "") in shown
    result = "" if needless else f' <span class="step-value">= {escape(value)}</span>'
    return f"<li><span>{escape(step.text)}</span>{result} {optional_mark(step.citation, labels)}</li>"


def result_html(calculation: CalculationResult, labels: Mapping[int, str], validity: ValidityState = "open") -> str:
    """Amount and working."""
    steps = "".join(step_html(s, labels) for s in calculation.steps)
    return amount_html(calculation, validity) + (f'<ol class="working" aria-label="计算过程">{steps}</ol>' if steps else "")


def calculations_html(
    calculations: Sequence[CalculationResult],
    inputs: Inputs,
    said: Facts,
    citations: tuple[Citation, ...],
    as_of: date,
    validities: Validities,
) -> str:
    """A card for each benefit. Several results of one benefit are its branches; the last is the one that can be changed."""
    labels = {c.n: c.label for c in citations}
    badges = {c.n: validity_badge(c, as_of).html for c in citations}
    by_benefit: dict[str, list[CalculationResult]] = {}
    for calculation in calculations:
        by_benefit.setdefault(calculation.benefit, []).append(calculation)
    return "".join(
        _card_html(
            results,
            inputs.get(b, ()),
            labels,
            badges,
            form_html(results[-1], inputs.get(b, ()), said, citations, as_of),
            validities.get(b, "open"),
        )
        for b, results in by_benefit.items()
    )


def _card_html(
    results: Sequence[CalculationResult],
    inputs: Sequence[FactInput],
    labels: Mapping[int, str],
    badges: Mapping[int, str],
    form: str,
    validity: ValidityState,
) -> str:
    """A sum never stands without the validity of the clause that it is computed from."""
    *branches, main = results
    numbers = [s.citation for r in (main, *branches) for s in r.steps if s.citation in badges] or list(badges)[:1]
    badge = badges[numbers[0]] if numbers and numbers[0] is not None else ""
    return (
        f'<section class="panel calc"><h3><span class="panel-kind">测算</span>{escape(main.name)}</h3>{badge}'
        f'<div class="calc-result">{result_html(main, labels, validity)}{_branches_html(branches, main, inputs)}</div>'
        f'<p class="calc-status" role="status"></p>{form}</section>'
    )


def _branches_html(branches: Sequence[CalculationResult], main: CalculationResult, inputs: Sequence[FactInput]) -> str:
    """「大型企业：24,000 元」 for each result that rests on one more fact."""
    names = {s["fact"]: dict(s.get("choices") or {}) for s in inputs}
    rows = []
    for branch in branches:
        told = [f for f in branch.inputs if branch.inputs[f] != main.inputs.get(f)]
        words = "、".join(str(names.get(f, {}).get(str(branch.inputs[f]), branch.inputs[f])) for f in told)
        rows.append(f"<li><span>{escape(words or branch.name)}</span>{amount_html(branch)}</li>")
    return f'<ul class="branches">{"".join(rows)}</ul>' if rows else ""
