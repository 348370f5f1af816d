"""「改一改，金额马上重算」: typed facts in, the calculation card's new contents out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from bot.errors import AdvisorError
from bot.surfaces.panels_conditions import benefit_html
from bot.surfaces.panels_numbers import result_html, understood_html
from bot.types import CalculationResult, EligibilityResult
from knowledge.errors import KnowledgeError
from knowledge.rules.eligibility import ValidityState

if TYPE_CHECKING:
    from bot.advisor import Advisor

MAX_FACTS = 80
_FACT_ID = re.compile(r"（[a-z_]+(?:\.[a-z_]+)?）")  # for programs, not for readers
MAX_LENGTH = 100  # of one typed value


def recalculated(advisor: Advisor, payload: Mapping[str, Any]) -> dict[str, str]:
    """``payload``: ``{benefit, facts: {fact: words}, as_of, marks: [[n, measure, start, end], …], touched: [fact]}``.

    :returns: ``{"html", "conditions"}`` for the result, or ``{"error"}``: what is wrong with a typed value.
    """
    facts = payload.get("facts")
    if not isinstance(facts, Mapping) or len(facts) > MAX_FACTS:
        return {"error": "没有收到要测算的情况，请刷新页面再试。"}
    typed = {str(k): str(v).strip() for k, v in facts.items()}
    too_long = next((k for k, v in typed.items() if len(v) > MAX_LENGTH), None)
    if too_long is not None:
        return {"error": f"填写的内容太长，最多 {MAX_LENGTH} 个字。"}
    benefit, as_of = str(payload.get("benefit", "")), str(payload.get("as_of") or "") or None
    given = {k: v for k, v in typed.items() if v}
    try:
        computed = advisor.calculate(benefit, given, as_of)
    except (AdvisorError, KnowledgeError):
        touched = set(map(str, payload.get("touched") or given))
        given = {k: v for k, v in given.items() if k in touched or _is_readable(advisor, benefit, k, v, as_of)}
        try:
            computed = advisor.calculate(benefit, given, as_of)
        except (AdvisorError, KnowledgeError) as problem:
            return {"error": _FACT_ID.sub("", str(problem))}
    conditions = EligibilityResult.model_validate(computed["eligibility"])
    unit = str(computed["calculation"]["unit"])
    return {
        "html": understood_html(advisor.benefit_inputs(benefit), given, "按这些重算")
        + computed_html(computed, payload.get("marks") or ()),
        "conditions": benefit_html(conditions, {}, unit, computed["validity"], is_open=True),
    }


def _is_readable(advisor: Advisor, benefit: str, fact: str, words: str, as_of: str | None) -> bool:
    """Whether words that the asker said, and did not touch in the form, can be read back as this fact."""
    try:
        advisor.calculate(benefit, {fact: words}, as_of)
    except (AdvisorError, KnowledgeError):
        return False
    return True


def computed_html(computed: Mapping[str, Any], marks: Sequence[Sequence[Any]]) -> str:
    """The new result in the answer's own citation numbers, with what fails or is still missing."""
    calculation = CalculationResult.model_validate(computed["calculation"])
    numbers = _renumbering(computed["citations"], marks)
    labels = {numbers[c["n"]]: str(c["label"]) for c in computed["citations"] if c["n"] in numbers}
    steps = tuple(s.model_copy(update={"citation": numbers.get(s.citation or 0)}) for s in calculation.steps)
    validity: ValidityState = "open" if computed.get("failing") else computed["validity"]  # what fails needs no past standard
    html = result_html(calculation.model_copy(update={"steps": steps}), labels, validity)
    if computed.get("failing"):
        return f'<p class="calc-fail"><strong>不符合条件</strong>：{escape(str(computed["failing"]))}</p>' + (
            html if not steps else ""
        )
    if computed.get("open"):
        html = f'<p class="amount-note">{escape(str(computed["open"]))}</p>'
    missing = [escape(str(m["question"])) for m in computed.get("missing", ())]
    if missing:
        html += f'<p class="calc-missing"><strong>还差</strong>：{"".join(missing[:1])}</p>'
    return html


def _renumbering(citations: Sequence[Mapping[str, Any]], marks: Sequence[Sequence[Any]]) -> dict[int, int]:
    """Citation number of the calculation → number in the answer: the same words, else the same measure."""
    exact = {(str(m), int(s), int(e)): int(n) for n, m, s, e in marks}
    by_measure = {str(m): int(n) for n, m, _, _ in reversed(list(marks))}
    found = {int(c["n"]): exact.get((c["measure"], c["start"], c["end"]), by_measure.get(c["measure"])) for c in citations}
    return {n: known for n, known in found.items() if known is not None}
