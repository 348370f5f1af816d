"""「我能领什么」 and 「能一起领吗」: every benefit judged on what is known, and what may be combined."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.builtin import whose
from bot.engines.builtin.contract import to_contract, verdict_to_contract
from bot.engines.builtin.match import match_benefits
from bot.engines.builtin.writing import Writer, chinese_date, quoted
from bot.types import CalculationResult as CalculationOut
from bot.types import CalculationStep, Draft, Missing, Turn
from bot.understanding.cues import Theme, load_cues
from knowledge.numerals import format_amount
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.eligibility import Assessment
from knowledge.rules.facts import Facts
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.screening import deciding_fact, relevance, screen
from knowledge.rules.stacking import best_combination, claim_of

THEMED = 9  # benefits spelled out when all are about what the asker wants to do
_KINDS = ("subsidy", "loan", "award", "housing", "exemption", "tax")  # what brings money, before priorities and services
MOST = 6  # benefits spelled out in one answer; the rest are listed in the contract
Settled = tuple[Benefit, CalculationResult, Facts]


def write(turn: Turn, writer: Writer) -> Draft | None:
    """The screener as an answer; None when nothing in the story or the search points at any benefit."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    rulebook = knowledge.rulebook
    fitting = {m.benefit.id: m.score for m in match_benefits(turn, knowledge)}
    audience = audience_of(turn, rulebook)
    assessments = [
        a for a in screen(rulebook, u.facts, u.region, u.as_of, audience, include_expired=True) if a.verdict != "unmet"
    ]
    theme = load_cues().theme(u.question)
    about = _about(theme, screen(rulebook, u.facts, u.region, u.as_of, None, include_expired=True), rulebook) if theme else []
    relevant = [a for a in assessments if relevance(rulebook.benefits[a.benefit], u.facts) or fitting.get(a.benefit, 0) > 0.6]
    relevant.sort(key=lambda a: _rank(a, u.facts, rulebook.benefits[a.benefit], fitting))
    relevant = about or relevant
    current = [a for a in relevant if a.validity != "expired"]
    shown = (current or relevant)[: THEMED if about else MOST]
    if not shown:
        return None
    region = knowledge.gazetteer.name(u.region) if u.region else "库里各市"
    writer.say(writer.kit.replies("eligibility.heading", region=region, as_of=chinese_date(u.as_of)) + "：")
    if not current:
        text = writer.kit.replies("eligibility.expired_only", as_of=chinese_date(u.as_of))
        writer.say(text)
        writer.warn("expired", text)
    for assessment in shown:
        owner = knowledge.gazetteer.name(rulebook.benefits[assessment.benefit].region) if whose.placeless(u) else None
        _say_one(writer, rulebook.benefits[assessment.benefit], assessment, u.facts, owner)
    asked = deciding_fact(shown, u.facts, turn.conversation.asked, u.as_of, rulebook)
    if asked is not None:
        spec = rulebook.facts.get(asked) or rulebook.benefits[shown[0].benefit].facts[asked]
        writer.missing.append(Missing(fact=asked, question=spec.ask))
        writer.say(f"{writer.kit.replies('ask.prefix')}**{spec.ask}** {writer.kit.replies('ask.unknown')}")
    return writer.draft(
        "needs_info" if asked and not about and all(a.verdict == "unknown" for a in shown) else "answered",
        benefit=shown[0].benefit,
    )


def _about(theme: Theme, assessments: Sequence[Assessment], rulebook: Rulebook) -> list[Assessment]:
    """The benefits that are for what the asker wants to do, what brings money first; none for those who run parks."""

    def rank(a: Assessment) -> tuple[int, int, int]:
        benefit = rulebook.benefits[a.benefit]
        sums = benefit.states_sum
        return a.validity == "expired", not sums, _KINDS.index(benefit.spec.kind) if benefit.spec.kind in _KINDS else len(_KINDS)

    own = [a for a in assessments if a.verdict != "unmet" and set(rulebook.benefits[a.benefit].spec.audience) != {"institution"}]
    return sorted((a for a in own if theme.covers(a.name)), key=rank)


_EMPLOYER_WORDS = ("公司", "企业", "单位", "厂", "老板", "我们店", "招了", "招人", "员工", "职工", "合作社", "车间")


def audience_of(turn: Turn, rulebook: Rulebook) -> str | None:
    """Whether an employer or a person asks: by what they say of themselves; None when both or neither."""
    u = turn.understanding
    assert u is not None
    about = [rulebook.facts[f].about for f in u.facts if f in rulebook.facts]
    employer = sum(a in ("employer", "hire") for a in about) + any(w in u.standalone for w in _EMPLOYER_WORDS)
    person = sum(a == "person" for a in about)
    if employer == person:
        return None
    return "employer" if employer > person else "person"


def _rank(a: Assessment, facts: Facts, benefit: Benefit, fitting: dict[str, float]) -> tuple[int, float]:
    order = {"met": 0, "unknown": 1, "unmet": 2}[a.verdict]
    return (
        0 if a.validity != "expired" else 1,
        order - 0.5 * min(relevance(benefit, facts), 3) - 2 * fitting.get(a.benefit, 0.0),
    )


def _say_one(writer: Writer, benefit: Benefit, assessment: Assessment, facts: Facts, owner: str | None) -> None:
    result = calculate(benefit, facts, writer.as_of, writer.kit.knowledge.library)
    token = writer.cite(benefit.measure, benefit.spec.quote)
    state = writer.kit.replies(f"eligibility.{_state(assessment)}")
    line = f"- **{benefit.name}**（{f'{owner}，' if owner else ''}{state}）：{benefit.spec.summary.rstrip('。')}{token}。"
    if result.amount is not None and result.is_settled:
        most = "最高 " if result.is_maximum else ""
        line += (
            f" 按您说的：{most}**{format_amount(result.amount)} {result.unit}**（{'；'.join(s.text for s in result.steps)}）。"
        )
        writer.calculations.append(to_contract(writer, benefit, result, facts))
    validity = benefit.spec.validity
    if validity.until and assessment.validity == "in_force":
        line += f" 期限到 {chinese_date(validity.until)}{writer.cite(validity.measure or benefit.measure, validity.quote or benefit.spec.quote)}。"
    elif validity.until and assessment.validity == "expired":
        line += f" 期限到 {chinese_date(validity.until)}，已经到期{writer.cite(validity.measure or benefit.measure, validity.quote or benefit.spec.quote)}。"
        writer.warn("expired", f"{benefit.name}的期限到 {chinese_date(validity.until)}，已经到期。")
    writer.say(line)
    writer.eligibility.append(verdict_to_contract(writer, benefit, result))


def _state(assessment: Assessment) -> str:
    """met only when something was stated that a condition asks for; a benefit for everybody is “worth a look”."""
    if assessment.verdict != "met":
        return "unknown"
    return "met" if any(c.verdict == "met" for c in assessment.conditions) else "open"


def write_combination(writer: Writer, settled: Sequence[Settled]) -> None:
    """Which of several computed benefits can be had together, and the best legal total."""
    benefits = [b for b, _, _ in settled]
    payable = _addable([s for s in settled if _pays(s[1])])
    claims = [c for b, r, f in payable if (c := claim_of(b, r, f)) is not None]
    if len(claims) < 2:
        say_conflicts(writer, benefits)
        return
    best = best_combination(claims)
    most = "最高 " if any(r.is_maximum for _, r, _ in payable) else " "
    proviso = "都符合条件的话，" if any(r.assessment.verdict != "met" for _, r, _ in payable) else ""
    if best.dropped:
        for dropped in best.dropped:
            mark = writer.cite(dropped.measure, dropped.quote)
            writer.say(
                f"**不能一起领**：{dropped.reason}{mark}。最划算的是：{'、'.join(c.claim.name for c in best.chosen)}，{proviso}合计{most}**{format_amount(best.total)} 元**。"
            )
    else:
        writer.say(f"文件没有写这几项不能同时享受，可以分别申请，{proviso}合计{most}**{format_amount(best.total)} 元**。")
    writer.figures.append(format_amount(best.total))
    steps = tuple(
        CalculationStep(text=f"{c.claim.name} {format_amount(c.amount)} 元", value=format(c.amount.normalize(), "f"), unit="元")
        for c in best.chosen
    )
    writer.calculations.append(
        CalculationOut(
            benefit="combination",
            name="合计",
            inputs={},
            amount=f"{best.total:.2f}",
            unit="元",
            is_maximum=bool(most.strip()),
            steps=steps,
        )
    )


def _addable(payable: list[Settled]) -> list[Settled]:
    """Money to keep is not added to money to pay back, nor what one asker may borrow to what another may."""
    kept = [s for s in payable if s[0].spec.kind != "loan"]
    one_asker = not payable or frozenset.intersection(*(frozenset(b.spec.audience) for b, _, _ in payable))
    return kept or (payable if one_asker else [])


def _pays(result: CalculationResult) -> bool:
    """Whether a sum in yuan was stated that can still be had on the day."""
    stated = bool(result.amount) and not result.missing and result.failing is None
    return stated and result.unit == "元" and result.validity in ("in_force", "open")


def say_conflicts(writer: Writer, benefits: Sequence[Benefit]) -> None:
    """Whether a clause forbids having several benefits together, or none does."""
    ids = {b.id for b in benefits}
    names = {n for b in benefits for n in (b.name, *b.spec.aliases)}
    for b in benefits:
        for exclusion in b.spec.exclusions:
            if (set(exclusion.benefits) & (ids - {b.id})) or (set(exclusion.names) & names):
                mark = writer.cite(exclusion.measure or b.measure, exclusion.quote)
                writer.say(f"**不能一起领**：{quoted(b.name)}与{'、'.join(exclusion.names)}不重复享受{mark}。")
                return
    writer.say("文件没有写这几项不能同时享受；是否可以叠加，请以经办机构答复为准。")
