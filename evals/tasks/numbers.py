"""Figures: is the amount exact, is a wrong one stated, does every number in the text have a source?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from bot.types import Answer, CalculationResult, Citation
from evals.matching import without_marks
from evals.sources import Sources
from evals.types import Case, GoldAmount, Output, Score
from knowledge.numerals import numbers_in

_ORDINAL = re.compile(r"^\s*(?:[-*]\s*)?\d{1,2}[.、)）]\s", re.MULTILINE)
# Words after a small number that count parts of the answer itself: 「两项条件」「3 种情况」.
_STRUCTURE = re.compile(r"^\s*(项|种|步|点|方面|样|类|件|句|部分|处|问)")
_SMALL = Decimal(10)
_PER_ONE = re.compile(r"(?:[每上前同这哪]|每新?[招增用])$")  # 「每 1 人」「每招1人」「上一年」 count nothing
_PRODUCT = re.compile(r"([\d,.]+) (元|人) × ([\d.]+)%")
_QUOTIENT = re.compile(r"([\d,.]+) ÷ ([\d,.]+) =")
_ARTICLES = ("一家", "一个")
_UNIT_CLASS = {
    **dict.fromkeys(("元", "元/人", "元/学时"), "money"), **dict.fromkeys(("%", "个百分点", "百分点"), "percent"),
    **dict.fromkeys(("个月", "月", "月份"), "month"), **dict.fromkeys(("天", "日", "号"), "day"),
    **dict.fromkeys(("个", "人", "人次", "家", "户", "间", "处", "场"), "count"),
}  # fmt: skip


def canonical(value: str, unit: str) -> tuple[Decimal, str] | None:
    """(value, unit) comparable across answers: 万元 → 元, the “per” part dropped; None for no number."""
    try:
        number = Decimal(value.replace(",", ""))
    except InvalidOperation:
        return None
    base = unit.split("/")[0].strip()
    return (number * 10000, "元") if base == "万元" else (number, base)


def _results(calculation: CalculationResult) -> list[tuple[Decimal, str]]:
    """The figures that a calculation ends in: its amount, or the bounds while a fact is missing."""
    given = [calculation.amount] if calculation.amount is not None else [calculation.low, calculation.high]
    return [c for value in given if value is not None and (c := canonical(value, calculation.unit)) is not None]


def amounts_shown(answer: Answer) -> set[tuple[Decimal, str]]:
    """Every (value, unit) that a calculation of the answer ends in."""
    shown = {result for calculation in answer.calculations for result in _results(calculation)}
    return shown | {part for calculation in answer.calculations for part in _parts(calculation)}


def _parts(calculation: CalculationResult) -> set[tuple[Decimal, str]]:
    """What each line of a calculation of several lines comes to: 4,000 and 4,500 in a sum of 8,500."""
    lines = calculation.steps if len(calculation.steps) > 1 and calculation.benefit != "combination" else ()
    return {c for s in lines if (c := canonical(s.value, s.unit)) is not None}


def wrong_amounts(wanted: Iterable[GoldAmount], answer: Answer) -> list[tuple[Decimal, str]]:
    """Amounts stated as a result that are not in the gold.

    The first calculation always counts; a further one counts when it rests on a clause of the first one
    (another benefit that is offered besides has clauses of its own and its own figure).
    """
    right = {canonical(a.value, a.unit) for a in wanted}
    if not answer.calculations:
        return []
    right |= _addends(answer, right)
    ground = _clauses(answer.calculations[0], answer)
    judged = [c for i, c in enumerate(answer.calculations) if i == 0 or _clauses(c, answer) & ground]
    stated = [r for c in judged if c.amount is not None for r in _results(c)]
    if right & set(stated) or not right:
        return [r for r in dict.fromkeys(stated) if r not in right and not _zero(r)]
    return list(dict.fromkeys(stated))


def _addends(answer: Answer, right: set[tuple[Decimal, str] | None]) -> set[tuple[Decimal, str] | None]:
    """Sums that follow from the gold: what the one expected total is made of (300 and 1,200 beside 1,500), and the total of
    lines that are all expected. A total with one line that is not expected is a wrong total."""
    totals = [c for c in answer.calculations if c.benefit == "combination" and len(right) == 1 and right & set(_results(c))]
    made_of = [c for c in answer.calculations if _parts(c) and _parts(c) - set(_results(c)) <= right]
    return {canonical(s.value, s.unit) for c in totals for s in c.steps} | {r for c in made_of for r in _results(c)}


def _zero(result: tuple[Decimal, str]) -> bool:
    return result[0] == 0


def _clauses(calculation: CalculationResult, answer: Answer) -> set[str]:
    by_number = {c.n: c.measure for c in answer.citations}
    return {by_number[s.citation] for s in calculation.steps if s.citation in by_number}


def amount_accuracy(case: Case, output: Output, sources: Sources) -> Score | None:
    """1 iff every gold amount is what a calculation ends in (after the reply, when the advisor asked)."""
    wanted, answer = _expected(case, output)
    if not wanted:
        return None
    shown = amounts_shown(answer) if answer else set()
    lost = [a for a in wanted if canonical(a.value, a.unit) not in shown]
    listed = "、".join(f"{v} {u}" for v, u in sorted(shown)) or "没有测算"
    return Score(value=float(not lost), answer=listed, explanation="应得 " + "、".join(f"{a.value} {a.unit}" for a in wanted))


def wrong_amount(case: Case, output: Output, sources: Sources) -> Score | None:
    """1 when a stated amount is not the gold (lower is better). Stating none is not wrong here."""
    wanted, answer = _expected(case, output)
    if not wanted and case.gold.statuses & {"answered", "needs_info"}:
        return None
    wrong = wrong_amounts(wanted, answer) if answer else []
    listed = "、".join(f"{v} {u}" for v, u in wrong)
    return Score(value=float(bool(wrong)), answer=listed, explanation="与标准答案不符" if wrong else "没有说错金额")


def _expected(case: Case, output: Output) -> tuple[tuple[GoldAmount, ...], Answer | None]:
    asked = output.last is not None and output.last.status == "needs_info"
    if case.after is not None and asked and case.after.amounts:
        return case.after.amounts, output.follow_up
    return case.gold.amounts, output.last


def unsupported_numbers(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the numbers in all answers of the conversation that have no source (lower is better)."""
    total, unsupported = 0, []
    said = [*case.turns, *([case.gold.reply] if case.gold.reply else [])]
    for answer in output.every_answer:
        known = _known_numbers(answer, said, sources)
        for raw, value, unit in stated_numbers(answer.text):
            total += 1
            if not any(_units_agree(unit, other) for other in known.get(value, ())):
                unsupported.append(raw)
    if not total:
        return None
    explanation = f"没有出处：{'、'.join(unsupported)}" if unsupported else "每个数字都有出处"
    return Score(value=len(unsupported) / total, answer=f"{total} 个数字", explanation=explanation, weight=total)


def stated_numbers(text: str) -> Iterator[tuple[str, Decimal, str]]:
    """(words, value, unit) of the numbers that a text states: no marks, list ordinals or counts of its own parts."""
    text = without_marks(_ORDINAL.sub("", text))
    for number in numbers_in(text):
        structural = not number.unit and number.value <= _SMALL and _STRUCTURE.match(text[number.end :])
        single = number.value <= 1 and (not number.unit or _PER_ONE.search(text[: number.start]))
        if not structural and not single and number.raw not in _ARTICLES:
            yield number.raw, number.value, number.unit


def _units_agree(a: str, b: str) -> bool:
    """Whether two units may mean the same; no unit agrees with any."""
    return not a or not b or _UNIT_CLASS.get(a, a) == _UNIT_CLASS.get(b, b)


def _known_numbers(answer: Answer, said: Iterable[str], sources: Sources) -> dict[Decimal, set[str]]:
    """Value → units under which it stands in the user's words, the cited measures, the calculations or a date."""
    texts, days = [*said, answer.question, *sources.constants], [answer.as_of]
    for citation in answer.citations:
        more_texts, more_days = _standing(citation, sources)
        texts += more_texts
        days += more_days
    for calculation in answer.calculations:
        texts += [s.text for s in calculation.steps] + [s.value for s in calculation.steps]
        texts += [v for v in (calculation.amount, calculation.low, calculation.high) if v is not None]
        texts += [str(v) for v in calculation.inputs.values()]
    texts += [e.amount for e in answer.eligibility if e.amount]
    # the result of a multiplication shown beside it, whose factors are judged as numbers of their own
    texts += [f"{Decimal(a.replace(',', '')) * Decimal(p) / 100:f}{unit}" for a, unit, p in _PRODUCT.findall(answer.text)]
    texts += list(_quotients(answer.text))
    days += [d.issued for d in sources.library.documents.values() if d.issued and d.title in answer.text]
    known: dict[Decimal, set[str]] = {}
    for number in (n for text in texts for n in numbers_in(text)):
        known.setdefault(number.value, set()).add(number.unit)
        if number.unit == "年":  # 「满 3 年」 may be said as 36 个月
            known.setdefault(number.value * 12, set()).add("个月")
    remaining = [(day - answer.as_of).days for day in days if day > answer.as_of]
    for value in (*(v for day in days for v in (day.year, day.month, day.day)), *remaining):
        known.setdefault(Decimal(value), set()).add("")
    return known


def _quotients(text: str) -> Iterator[str]:
    """Rates shown as a division, worked out anew: 「6 ÷ 28 = 21.43%」; its two numbers are judged as numbers of their own."""
    for a, b in _QUOTIENT.findall(text):
        whole = Decimal(b.replace(",", ""))
        if whole:
            yield f"{(Decimal(a.replace(',', '')) / whole * 100).quantize(Decimal('0.01'), ROUND_HALF_UP):f}%"


def _standing(citation: Citation, sources: Sources) -> tuple[list[str], list[date]]:
    """The texts and days behind a citation, from the stored documents."""
    measure = sources.library.measures.get(citation.measure)
    if measure is None:
        return [citation.quote], []
    document = sources.library.documents[measure.document]
    texts = [citation.quote, measure.text, measure.label, document.title, document.doc_no or "", document.valid_clause or ""]
    limits = [d for limit in measure.deadlines for d in (limit.since, limit.until)]
    return texts, [d for d in (document.issued, document.valid_until, *limits) if d]
