"""Is the answer right? Status, facts, first citation, amounts, forbidden words, and what follows a question back."""

from __future__ import annotations

from bot.types import Answer
from evals.matching import first_in, missing
from evals.sources import Sources
from evals.tasks.numbers import amounts_shown, canonical, wrong_amounts
from evals.types import ABSTENTIONS, Case, Gold, GoldAmount, Output, Score


def strict(case: Case, output: Output, sources: Sources) -> Score:
    """1 iff every part of the gold holds and nothing forbidden is said; a partly right answer is 0."""
    answer = output.last
    if answer is None:
        return Score(value=0, answer="", explanation=f"运行出错：{output.error}")
    problems = answer_problems(case.gold, answer) + follow_up_problems(case, output)
    return Score(value=float(not problems), answer=answer.text, explanation="；".join(problems) or "全部符合")


def answer_problems(gold: Gold, answer: Answer) -> list[str]:
    """Everything in which an answer departs from its gold, in the reader's words."""
    problems = []
    if answer.status not in gold.statuses:
        problems.append(f"状态应为 {'/'.join(sorted(gold.statuses))}，实为 {answer.status}")
    if not first_citation_fits(gold, answer):
        first = answer.citations[0].measure if answer.citations else "没有引用"
        problems.append(f"首条引用应为 {'、'.join(gold.measures)}，实为 {first}")
    problems += [f"缺少要点“{n}”" for n in missing(answer.text, gold.nuggets)]
    problems += amount_problems(gold.amounts, answer)
    forbidden = first_in(answer.text, gold.must_not)
    if forbidden:
        problems.append(f"说了不该说的“{forbidden}”")
    return problems


def first_citation_fits(gold: Gold, answer: Answer) -> bool:
    """Whether ``citations[0]`` may carry the answer.

    An abstention and a question back need no citation; what they cite must still be citable when the
    gold names measures.
    """
    if not gold.citable:
        return True
    if not answer.citations:
        return answer.status in ABSTENTIONS or answer.status == "needs_info"
    return answer.citations[0].measure in gold.citable


def amount_problems(wanted: tuple[GoldAmount, ...], answer: Answer) -> list[str]:
    """Amounts not shown by a calculation, and amounts shown that are wrong."""
    if not wanted:
        return []
    shown = amounts_shown(answer)
    problems = [f"测算没有得出 {a.value} {a.unit}" for a in wanted if canonical(a.value, a.unit) not in shown]
    return problems + [f"测算得出 {value} {unit}，与标准答案不符" for value, unit in wrong_amounts(wanted, answer)]


def follow_up_problems(case: Case, output: Output) -> list[str]:
    """What is wrong with the answer after the scripted reply; only when the advisor did ask."""
    if case.after is None or output.last is None or output.last.status != "needs_info":
        return []
    answer = output.follow_up
    if answer is None:
        return ["补充情况后没有得到答复"]
    problems = [] if answer.status == case.after.status else [f"补充情况后状态应为 {case.after.status}，实为 {answer.status}"]
    problems += [f"补充情况后缺少要点“{n}”" for n in missing(answer.text, case.after.nuggets)]
    return problems + [f"补充情况后{p}" for p in amount_problems(case.after.amounts, answer)]


def status(case: Case, output: Output, sources: Sources) -> Score:
    """1 iff the status is one of the right ones."""
    got = output.last.status if output.last else "出错"
    return Score(value=float(got in case.gold.statuses), answer=got, explanation=f"应为 {'/'.join(sorted(case.gold.statuses))}")


def nugget_recall(case: Case, output: Output, sources: Sources) -> Score | None:
    """Share of the vital facts that the answer states."""
    if not case.gold.nuggets:
        return None
    text = output.last.text if output.last else ""
    lost = missing(text, case.gold.nuggets)
    value = 1 - len(lost) / len(case.gold.nuggets)
    return Score(
        value=value, answer=text, explanation=f"缺少：{'、'.join(lost)}" if lost else "要点齐全", weight=len(case.gold.nuggets)
    )


def follow_up(case: Case, output: Output, sources: Sources) -> Score | None:
    """1 iff, after the advisor asked and the citizen replied, the answer is right."""
    if case.after is None or output.last is None or output.last.status != "needs_info":
        return None
    problems = follow_up_problems(case, output)
    text = output.follow_up.text if output.follow_up else ""
    return Score(value=float(not problems), answer=text, explanation="；".join(problems) or "全部符合")
