"""One benefit for one asker in words: the sum or the verdict first, then why, until when, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from bot.engines.builtin import component, per_unit, verdicts
from bot.engines.builtin.contract import to_contract, verdict_to_contract, who_is_left_out
from bot.engines.builtin.presumed import PRESUMED, special_standings, wholes_of
from bot.engines.builtin.validity import closing
from bot.engines.builtin.writing import Writer, chinese_date, office_of, quoted, source_line
from bot.types import Ask, Missing, Turn, Understanding
from bot.understanding.cues import load_cues
from knowledge.numerals import format_amount, numbers_in
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.conditions import leaves
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit

Outcome = Literal["answered", "needs_info", "not_found"]
MAX_BRANCHES = 4


def write_calculation(
    turn: Turn, writer: Writer, benefit: Benefit, result: CalculationResult, facts: Mapping[str, FactValue]
) -> Outcome:
    """Write one benefit's paragraph, its calculation and conditions; say whether a fact is still needed."""
    u = turn.understanding
    assert u is not None
    result, partial = component.only(u.question, benefit, result)
    result = per_unit.with_line(writer, u.question, benefit, result, facts)
    token = writer.cite(benefit.measure, benefit.spec.quote)
    lead = validity_lead(writer, benefit, result)
    writer.say(lead)
    verdicts.say_first(writer, u, benefit, result, facts)
    asked = _missing_to_ask(turn, benefit, result, facts)
    if result.failing is not None:
        verdicts.refuse(writer, benefit, result.failing, facts)
        outcome: Outcome = "answered"
    elif result.amount is not None and not result.missing:
        _say_amount(writer, benefit, result, token)
        writer.say(writer.kit.replies("amount.only") if partial else "")
        _say_special(writer, benefit, facts)
        outcome = "answered"
    elif result.assessment.verdict == "met" and u.ask in (Ask.ELIGIBILITY, Ask.VALIDITY) and not _asks_sum(u, benefit, result):
        writer.say(f"按您说的情况，**符合**{quoted(benefit.name)}的条件：{benefit.spec.summary.rstrip('。')}{token}。")
        _say_rule(writer, benefit, result, token)
        outcome = "answered"
    elif asked is None or result.open_text is not None:
        _say_open(writer, benefit, result, token)
        outcome = "answered"
    else:
        _say_range(writer, benefit, result, token)
        _say_branches(writer, benefit, asked, facts)
        _say_if_all(writer, benefit, facts)
        _ask(writer, benefit, asked)
        outcome = "answered" if _rule_is_answer(turn, benefit, facts) else "needs_info"
    if outcome == "answered" and result.steps:
        _say_rule(writer, benefit, result, token)
    _say_rest(writer, benefit, result, token, bool(lead))
    if benefit.amount is not None and (shown := to_contract(writer, benefit, result, facts)) not in writer.calculations:
        writer.calculations.append(shown)
    writer.eligibility.append(verdict_to_contract(writer, benefit, result))
    return outcome


def _asks_sum(u: Understanding, benefit: Benefit, result: CalculationResult) -> bool:
    """「还能申请退不，最多退多少」「去年交了8000」: beside the verdict a sum that hangs on one more fact."""
    told = any(f in benefit.value_facts and benefit.facts[f].type in ("money", "count") for f in u.new_facts)
    return result.low is not None and bool(result.missing) and (told or Ask.AMOUNT in load_cues().wants(u.question))


def _rule_is_answer(turn: Turn, benefit: Benefit, facts: Mapping[str, FactValue]) -> bool:
    """Where the sum is simply what the asker pays (「全额补贴」), the rule answers until a sum of theirs is told."""
    if turn.understanding is not None and load_cues().asks_share(turn.understanding.question):
        return True
    amount = benefit.amount
    if amount is None or amount.parameters or amount.branches or turn.understanding is None or turn.understanding.answers_fact:
        return False
    counted = [v for c in amount.counts if c in facts and isinstance(v := facts[c].value, Decimal) and v > 1]
    if counted and turn.understanding.ask is Ask.AMOUNT:
        return False  # who counts people wants the sum
    return not any(
        isinstance(facts[f].value, Decimal) and benefit.facts[f].type == "money" for f in benefit.value_facts if f in facts
    )


def _say_rule(writer: Writer, benefit: Benefit, result: CalculationResult, token: str) -> None:
    """The rule in plain words under a sum, and the conditions with figures that the asker's own facts meet."""
    summary = benefit.spec.summary.rstrip("。")
    if not any(summary in line for line in writer.lines):  # said already where the verdict stands
        writer.say(writer.kit.replies("amount.rule", summary=summary) + f"{token}。")
    by_default = {
        c.id for c in benefit.conditions
        if all(leaf.fact in benefit.defaults and leaf.fact not in result.inputs for leaf in leaves(c.node))
    }  # fmt: skip
    met = [c for c in result.assessment.conditions if c.verdict == "met" and c.id not in by_default]
    measured = [c for c in met if numbers_in(c.text)]
    if measured:
        texts = "；".join(f"{c.text}{writer.cite(c.measure, c.quote)}" for c in measured[:3])
        writer.say(f"{writer.kit.replies('amount.met')}：{texts}。")


def write_doubt(writer: Writer, benefit: Benefit, facts: Mapping[str, FactValue], odd: Sequence[str]) -> Outcome:
    """Not sure to have counted right: say what was understood and what was not, state no sum, ask for the number."""
    token = writer.cite(benefit.measure, benefit.spec.quote)
    writer.say(f"**{benefit.spec.summary.rstrip('。')}**{token}。")
    inputs = {f: facts[f] for f in benefit.reads if f in facts and facts[f].raw != PRESUMED}
    understood = "、".join(f"{benefit.facts[f].name}：{v.raw}" for f, v in inputs.items() if v.raw)
    if understood:
        writer.say(writer.kit.replies("ask.understood", facts=understood))
    writer.say(writer.kit.replies("ask.not_understood", words="、".join(f"“{w}”" for w in dict.fromkeys(odd))))
    amount = benefit.amount
    wanted = next(iter(amount.counts if amount else ()), None) or next(
        (f for f in benefit.needs if benefit.facts[f].numeric), None
    )
    if wanted is not None:
        _ask(writer, benefit, wanted)
    return "needs_info"


def _missing_to_ask(turn: Turn, benefit: Benefit, result: CalculationResult, facts: Mapping[str, FactValue]) -> str | None:
    """The missing fact to ask for: a number given only roughly first, then by influence; none twice.

    Once one category of people has been counted, the categories not mentioned are not asked for.
    """
    counts = benefit.amount.counts if benefit.amount else ()
    counted = any(c in facts for c in counts)
    open_facts = [f for f in result.missing if f not in turn.conversation.asked]
    rough = [f for f in open_facts if f in facts and not facts[f].exact]
    return next((f for f in (*rough, *open_facts) if f in rough or not (counted and f in counts)), None)


def validity_lead(writer: Writer, benefit: Benefit, result: CalculationResult) -> str:
    """What must stand before the sum when the benefit is over or not yet there."""
    r = writer.kit.replies
    document = writer.kit.knowledge.library.documents[benefit.document]
    measure = writer.kit.knowledge.library.measures[benefit.measure]
    validity = benefit.spec.validity
    if result.validity == "expired" and validity.until:
        token = writer.cite(validity.measure or benefit.measure, validity.quote or benefit.spec.quote)
        text = r("validity.expired", until=chinese_date(validity.until))
        writer.warn("expired", text + "。")
        writer.advise(r("validity.expired_next", office=office_of(writer.kit, document, measure)))
        own = writer.cite(benefit.measure, benefit.spec.quote)  # the clause that carries the answer comes first
        marks = own if own == token else f"{own}{token}"
        return f"**{text}**{marks}；{r('amount.would_have')}："
    if result.validity == "not_yet_issued":
        since = validity.since or document.issued_from
        text = r("validity.not_started", since=chinese_date(since))
        writer.warn("not_yet_issued", text)
        return text
    newer = writer.kit.knowledge.rulebook.superseded_by(benefit, writer.as_of)
    if newer is not None:
        title = writer.kit.knowledge.library.documents[newer.document].title
        region = writer.kit.knowledge.gazetteer.name(document.region)
        text = r("validity.superseded", year=document.issued_from.year, region=region, title=title)
        writer.warn("superseded", text)
        return text
    return ""


def _working(result: CalculationResult) -> str:
    """「1,000 元/人 × 6 人」, the steps in one line; of several each with what it comes to. '' when it only says the sum."""
    if len(result.steps) < 2:
        return "".join(s.text for s in result.steps if not _only_says(s.text, result.amount))
    return "；".join(s.text if s.value is None else f"{s.text} = {format_amount(s.value)} {s.unit}" for s in result.steps)


def _only_says(working: str, amount: Decimal | None) -> bool:
    """Whether a line of working is the sum once more."""
    return amount is not None and [n.value for n in numbers_in(working)] == [amount] and format_amount(amount) in working


def _say_amount(writer: Writer, benefit: Benefit, result: CalculationResult, token: str) -> None:
    assert result.amount is not None
    key = "amount.maximum" if result.is_maximum else "amount.exact"
    text = writer.kit.replies(key, name=quoted(benefit.name), amount=format_amount(result.amount), unit=result.unit)
    if result.is_minimum:
        text = text.replace("可以申请", "可以申请不少于", 1)
    if result.validity == "expired":
        text = text.replace("可以申请", "当时可以申请", 1)
    marks = "".join(dict.fromkeys(writer.cite(s.measure, s.quote) for s in result.steps)) or token
    said = f"{text}{'：' if (working := _working(result)) else ''}{working}{marks}。"
    writer.say(said)
    for left in result.left:
        mark = writer.cite(left.measure, left.quote)
        writer.say(f"{who_is_left_out(writer, left)}{mark}。")
    if any(c.verdict == "unknown" and not c.presumed for c in result.assessment.conditions):
        at = writer.lines.index(said)
        writer.lines[at] = said.replace("可以申请", "符合下面条件的话，可以申请", 1)


def _say_open(writer: Writer, benefit: Benefit, result: CalculationResult, token: str) -> None:
    """No figure in the document, or what is missing was asked before and is not known."""
    if result.open_text:
        writer.say(writer.kit.replies("amount.open", name=quoted(benefit.name), text=f"{result.open_text}{token}。"))
    elif result.assessment.verdict == "met" and benefit.amount is None:
        writer.say(f"按您说的情况，**符合**{quoted(benefit.name)}的条件：{benefit.spec.summary.rstrip('。')}{token}。")
    else:
        _say_range(writer, benefit, result, token)


def _say_range(writer: Writer, benefit: Benefit, result: CalculationResult, token: str) -> None:
    if result.open_text:
        writer.say(writer.kit.replies("amount.open", name=quoted(benefit.name), text=f"{result.open_text}{token}。"))
        return
    bounded = result.low is not None and result.high is not None and result.high < Decimal(10) ** 12 and result.high > 0
    if bounded and result.low == 0 and result.missing:
        assert result.high is not None
        text = writer.kit.replies("amount.if_met", name=quoted(benefit.name), high=format_amount(result.high), unit=result.unit)
        writer.say(f"{text}{token}。")
    elif bounded and result.low != result.high and result.missing:
        assert result.low is not None and result.high is not None
        name = benefit.facts[result.missing[0]].name
        text = writer.kit.replies("amount.range", name=quoted(benefit.name), low=format_amount(result.low),
                                  high=format_amount(result.high), unit=result.unit, fact=name)  # fmt: skip
        writer.say(f"{text}{token}。")
    else:
        writer.say(f"**{benefit.spec.summary.rstrip('。')}**{token}。")


def _say_if_all(writer: Writer, benefit: Benefit, facts: Mapping[str, FactValue]) -> None:
    """People counted without saying who they are: the sum if all of them qualify."""
    whole = next((facts[w] for w in wholes_of(benefit) if w in facts and facts[w].exact and facts[w].value), None)
    if whole is None or benefit.amount is None or any(c in facts for c in benefit.amount.counts):
        return
    category = benefit.amount.counts[0]
    supposed = {**facts, category: FactValue(category, whole.value, whole.raw)}
    result = calculate(benefit, supposed, writer.as_of, writer.kit.knowledge.library)
    if result.amount and result.is_settled:
        people = "、".join(benefit.facts[c].name for c in benefit.amount.counts)
        marks = "".join(dict.fromkeys(writer.cite(s.measure, s.quote) for s in result.steps))
        writer.say(
            f"如果这 {whole.value} 个人都是{people}，就是 **{format_amount(result.amount)} {result.unit}**：{_working(result)}{marks}。"
        )
        writer.figures += [format_amount(result.amount), _working(result), str(whole.value), people]


def _say_special(writer: Writer, benefit: Benefit, facts: Mapping[str, FactValue]) -> None:
    """What it would be for standings that were taken as not held."""
    for fact in special_standings(benefit):
        if facts[fact].raw != PRESUMED:
            continue
        other = calculate(benefit, {**facts, fact: FactValue(fact, True, "是")}, writer.as_of, writer.kit.knowledge.library)
        if other.amount and not other.missing:
            marks = "".join(dict.fromkeys(writer.cite(s.measure, s.quote) for s in other.steps))
            writer.say(
                f"如果属于“{benefit.facts[fact].name}”，是 {format_amount(other.amount)} {other.unit}：{_working(other)}{marks}。"
            )
            writer.figures += [format_amount(other.amount), _working(other)]


def _say_branches(writer: Writer, benefit: Benefit, fact: str, known: Mapping[str, FactValue]) -> None:
    """When only a choice is missing, the sum for each choice."""
    spec = benefit.facts[fact]
    if spec.type != "choice" or not 2 <= len(spec.choices) <= 6:
        return
    outcomes: dict[str, list[str]] = {}
    for key, choice in spec.choices.items():
        facts = {**known, fact: FactValue(fact, frozenset({key}), choice.name)}
        branch = calculate(benefit, facts, writer.as_of, writer.kit.knowledge.library)
        if branch.failing is not None:
            continue
        if branch.missing or branch.amount is None:
            return
        outcomes.setdefault(f"{format_amount(branch.amount)} {branch.unit}", []).append(choice.name)
    prefix = "最高 " if benefit.amount is not None and benefit.amount.maximum else ""
    if 1 < len(outcomes) <= MAX_BRANCHES:
        writer.say("；".join(f"{'、'.join(names)}：{prefix}**{amount}**" for amount, names in outcomes.items()) + "。")
        writer.figures += list(outcomes)


def _ask(writer: Writer, benefit: Benefit, fact: str) -> None:
    spec = benefit.facts[fact]
    writer.missing.append(Missing(fact=fact, question=spec.ask))
    writer.say(f"{writer.kit.replies('ask.prefix')}**{spec.ask}** {writer.kit.replies('ask.unknown')}")


def _say_rest(writer: Writer, benefit: Benefit, result: CalculationResult, token: str, over: bool) -> None:
    """Conditions not spoken of, exclusions, notes, the clause, the deadline."""
    open_conditions = [
        c for c in result.assessment.conditions if c.presumed or (c.verdict == "unknown" and result.failing is None)
    ]
    if open_conditions and result.failing is None:
        texts = "；".join(f"{c.text}{writer.cite(c.measure, c.quote)}" for c in open_conditions[:5])
        writer.say(f"{writer.kit.replies('amount.condition_unknown')}：{texts}。")
    if result.failing is None or any(w in result.failing.quote for w in ("同时", "重复")):
        say_exclusions(writer, benefit)
    if not result.steps and result.failing is None:
        say_clause(writer, benefit, token)
    say_end(writer, benefit, over)


def say_exclusions(writer: Writer, benefit: Benefit) -> None:
    """What cannot be had beside it."""
    for exclusion in benefit.spec.exclusions:
        mark = writer.cite(exclusion.measure or benefit.measure, exclusion.quote)
        names = "、".join(exclusion.names)
        writer.say(writer.kit.replies("amount.exclusive", names=names) + f"{mark}。")
        writer.warn("exclusive", f"{benefit.name}与{names}不能重复享受。")


def say_clause(writer: Writer, benefit: Benefit, token: str) -> None:
    """The clause in its own words."""
    library = writer.kit.knowledge.library
    source = source_line(library.documents[benefit.document], library.measures[benefit.measure])
    writer.say(f"> 原文：{source}“{benefit.spec.quote}”{token}")


def say_end(writer: Writer, benefit: Benefit, over: bool) -> None:
    """The deadline, unless that it is over was said before, and the office."""
    library, validity = writer.kit.knowledge.library, benefit.spec.validity
    if not over:
        quote, measure = validity.quote or benefit.spec.quote, validity.measure or benefit.measure
        closing(writer, library.measures[measure], quote, writer.cite(measure, quote))
    writer.refer(office_of(writer.kit, library.documents[benefit.document], library.measures[benefit.measure]))
