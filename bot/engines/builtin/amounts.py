"""Amounts and eligibility: compute when the story allows it, ask for the one fact that decides, or step aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.engines.builtin import screening
from bot.engines.builtin.calculation import to_contract, write_calculation, write_doubt
from bot.engines.builtin.match import Match, leading, match_benefits
from bot.engines.builtin.presumed import PRESUMED, presume_ordinary, supposable
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Draft, Turn, Understanding
from bot.types import CalculationResult as CalculationOut
from bot.understanding.cues import load_cues
from knowledge.rules.calculator import CalculationResult, calculate
from knowledge.rules.conditions import leaves
from knowledge.rules.eligibility import COUNTED_CONDITION
from knowledge.rules.facts import FactValue
from knowledge.rules.names import is_named, named_at
from knowledge.rules.rulebook import Benefit, Rulebook, expression_facts
from knowledge.rules.screening import relevance
from knowledge.rules.story_directed import read_for
from knowledge.rules.story_slots import Directed
from knowledge.texts.normalise import matching_form

MIN_FIT = 0.75  # a benefit must fit the question about as well as the best measure does
ALSO = 0.6  # a further benefit whose people are counted in the story may fit this much worse
MOST = 4
WEIGHED = 5  # leading matches that are computed before one is chosen
USES = 0.25  # a sum that comes out of the message's own numbers
CLOSE = 0.3  # a benefit this close to the best one may be the one that was meant
FURTHER = 14  # matches looked through for further sums
AT_LEAST = 0.35  # what such a benefit must fit at least
EARLIER = 4  # earlier messages read again for facts that are still open
SHORT_ANSWER = 8  # a reply this short holds the number asked for and nothing else
_SEVERAL = ("分别", "各", "两样", "两项", "两个", "都", "和", "一起", "加起来", "一共", "合计", "跟")
_PERSONAL = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.COMBINATION, Ask.VALIDITY)


def write(turn: Turn, writer: Writer) -> Draft | None:
    """A draft with sums or verdicts; None when a look-up answers better."""
    u = turn.understanding
    assert u is not None
    matches = match_benefits(turn, writer.kit.knowledge)
    if u.ask is Ask.SCREEN and not any(m.named for m in matches[:2]):
        return screening.write(turn, writer)
    statuses: list[str] = []
    shown: list[Benefit] = []
    continued = _continued(u, writer)
    named: list[Match] = []
    for match in continued or _chosen(turn, matches, writer):
        again = shown and not continued and _counted_already(match, u.facts, writer)
        if again and not (match.named and _names_apart(match, named, matching_form(u.question))):
            continue
        named.append(match)
        match, facts, result = _not_ruled_out(u, match, matches, writer)
        facts, result, odd = _completed(turn, writer, match.benefit, facts, result)
        if not ((continued and _goes_on(u, match.benefit)) or _worth_computing(u, match, facts, result)):
            continue
        if odd and result.amount is not None and result.failing is None and result.open_text is None:
            statuses.append(write_doubt(writer, match.benefit, facts, odd))
        else:
            statuses.append(write_calculation(turn, writer, match.benefit, result, facts))
        shown.append(match.benefit)
        writer.learned.update({f: v for f, v in facts.items() if f not in u.facts and v.raw != PRESUMED})
    if not shown and not continued:
        shown, statuses = _near_miss(turn, matches, writer)
    if not shown:
        return None
    if len(shown) > 1:
        screening.write_combination(writer, shown, u.facts)
    return writer.draft("answered" if "answered" in statuses else "needs_info", benefit=shown[0].id)


def _goes_on(u: Understanding, benefit: Benefit) -> bool:
    """Whether a follow-up goes on with the sum: it answers our question, gives a number or asks how much."""
    kinds = {benefit.facts[f].type for f in u.new_facts if f in benefit.reads}
    return bool(u.answers_fact) or u.ask is Ask.AMOUNT or bool(kinds - {"bool", "choice"})


def _near_miss(turn: Turn, matches: Sequence[Match], writer: Writer) -> tuple[list[Benefit], list[str]]:
    """A benefit that fits nearly as well as the best one, and that a number or a day of the message decides."""
    u = turn.understanding
    assert u is not None
    near = [m for m in _governing(u, matches[:WEIGHED], writer.kit.knowledge.rulebook) if m.score >= matches[0].score - CLOSE]
    for match in near:
        facts = presume_ordinary(match.benefit, u.facts)
        result = calculate(match.benefit, facts, u.as_of, writer.kit.knowledge.library)
        if result.failing is not None and u.ask is not Ask.DEPARTMENT and _fails_on_a_figure(u, match.benefit, result):
            return [match.benefit], [write_calculation(turn, writer, match.benefit, result, facts)]
    return [], []


def _counted_already(match: Match, facts: Mapping[str, FactValue], writer: Writer) -> bool:
    """Whether the people whom a further benefit counts are those for whom a sum was just stated by another name."""
    counts = match.benefit.amount.counts if match.benefit.amount else ()
    taken = {v.value for v in writer.learned.values() if isinstance(v.value, Decimal)}
    return bool(counts) and all(facts[c].value in taken for c in counts if c in facts)


def attach_fixed_sums(turn: Turn, writer: Writer, quotes: Sequence[str]) -> None:
    """The sums that the clauses just said fix by themselves (「最高奖励10万元」), as calculations beside the words."""
    u = turn.understanding
    assert u is not None
    knowledge = writer.kit.knowledge
    fixed: list[CalculationOut] = []
    for benefit in (m.benefit for m in match_benefits(turn, knowledge)[:WEIGHED]):
        amount = benefit.amount
        if amount is None or amount.branches or not amount.expression or expression_facts(amount, benefit.facts) or amount.counts:
            continue
        if amount.unit == "元" and any(p.quote in q or q in p.quote for p in amount.parameters.values() for q in quotes):
            result = calculate(benefit, u.facts, u.as_of, knowledge.library, frozenset(c.id for c in benefit.conditions))
            if result.amount is not None and result.failing is None and not result.missing:
                fixed.append(to_contract(writer, benefit, result, u.facts))
    if len(fixed) == 1:  # of several, the words name each with whom it is for
        writer.calculations += fixed


def comes_out(turn: Turn, writer: Writer) -> bool:
    """Whether a benefit's sum comes out of the message's own numbers, so that the message is about it."""
    u = turn.understanding
    assert u is not None
    if u.ask is not Ask.AMOUNT:
        return False
    matches = match_benefits(turn, writer.kit.knowledge)
    return any(raws and computed for m in matches[:2] for raws, computed, _ in (_numbers_used(turn, m, writer),))


def _completed(
    turn: Turn, writer: Writer, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult
) -> tuple[dict[str, FactValue], CalculationResult, tuple[str, ...]]:
    """What is still open, read again for this benefit; then plain conditions that nobody mentioned, supposed and shown.

    :returns: the facts, the result, and the words of numbers that the message states but nothing took.
    """
    u = turn.understanding
    assert u is not None
    if result.failing is not None or benefit.amount is None:
        return facts, result, ()
    knowledge = writer.kit.knowledge
    found = read_for(knowledge.rulebook, benefit, facts, u.question, u.as_of)
    facts, result = _with(found, benefit, facts, result, u, writer)
    if result.amount is None and u.is_followup:
        earlier = read_for(knowledge.rulebook, benefit, facts, _told(turn), u.as_of)
        facts, result = _with(earlier, benefit, facts, result, u, writer)
    if result.open_text is not None:
        return facts, result, ()
    if result.amount is None and result.failing is None:
        supposed = supposable(benefit, facts, u.as_of)
        conditional = calculate(benefit, facts, u.as_of, knowledge.library, supposed) if supposed else result
        if conditional.amount is not None and not conditional.missing and conditional.failing is None:
            result = replace(conditional, assessment=result.assessment, inputs=result.inputs)
    return facts, result, _not_understood(turn, u, benefit, facts, found)


def _with(
    found: Directed, benefit: Benefit, facts: dict[str, FactValue], result: CalculationResult, u: Understanding, writer: Writer
) -> tuple[dict[str, FactValue], CalculationResult]:
    """The result with what was found."""
    if not found.facts:
        return facts, result
    facts = {**facts, **found.facts}
    return facts, calculate(benefit, facts, u.as_of, writer.kit.knowledge.library)


def _told(turn: Turn) -> str:
    """The last messages of the conversation, oldest first."""
    return "。".join([*(e.question for e in turn.conversation.exchanges[-EARLIER:]), turn.question])


def _not_understood(
    turn: Turn, u: Understanding, benefit: Benefit, facts: Mapping[str, FactValue], found: Directed
) -> tuple[str, ...]:
    """Numbers of the message that the calculation leaves out although it counts such things."""
    doubtful = tuple(raw for fact, raw in u.unclear if fact in benefit.reads and fact not in found.facts)
    if doubtful:
        return doubtful
    if u.answers_fact and len(u.question) <= SHORT_ANSWER:
        return ()
    used = {v.raw for v in facts.values()} if len(found.odd) == 1 else set()  # a bare correction
    last = turn.conversation.last
    before = {v.value for v in (last.understanding.facts if last and last.understanding else {}).values()}
    return tuple(q.raw for q in found.odd if q.raw not in used and q.value not in before)  # 「5万8是连今年的一块算的」


def _continued(u: Understanding, writer: Writer) -> tuple[Match, ...]:
    """The benefit under discussion, when the message adds facts to it and names no other."""
    if u.benefit is None or not (u.answers_fact or (u.is_followup and u.new_facts)):
        return ()
    rulebook = writer.kit.knowledge.rulebook
    benefit = rulebook.benefits[u.benefit]
    form = matching_form(u.question)
    others = [b for b in rulebook.in_region(u.region, u.as_of) if b.id != benefit.id and is_named(b, form)]
    if others and not is_named(benefit, form) and not u.answers_fact:
        return ()
    relevant = u.answers_fact or any(f in benefit.reads for f in u.new_facts)
    here = u.region is None or benefit.region == u.region or benefit.region.endswith("0000")
    return (Match(benefit, 1.0, True),) if relevant and here else ()


def _not_ruled_out(
    u: Understanding, match: Match, matches: Sequence[Match], writer: Writer
) -> tuple[Match, dict[str, FactValue], CalculationResult]:
    """The benefit with its result; a sibling when the facts rule it out but not the sibling.

    Siblings carry the same name for other people (「…（高校毕业生）」, 「…（登记失业人员）」), or are a sum of
    the same kind in the same measure.
    """
    knowledge = writer.kit.knowledge
    facts = presume_ordinary(match.benefit, u.facts)
    result = calculate(match.benefit, facts, u.as_of, knowledge.library)
    if result.failing is None:
        return match, facts, result
    fits = {m.benefit.id: m.score for m in matches}
    on_figure = _fails_on_a_figure(u, match.benefit, result)
    region = u.region or match.benefit.region
    siblings = [b for b in knowledge.rulebook.in_region(region, u.as_of) if _siblings(match.benefit, b, on_figure)]
    siblings.sort(key=lambda b: (-relevance(b, u.facts), -fits.get(b.id, 0.0), b.id))
    for sibling in siblings:
        other_facts = presume_ordinary(sibling, u.facts)
        other = calculate(sibling, other_facts, u.as_of, knowledge.library)
        if other.failing is None and relevance(sibling, u.facts) >= relevance(match.benefit, u.facts) - 1:
            return Match(sibling, fits.get(sibling.id, match.score), match.named), other_facts, other
    return match, facts, result


def _siblings(one: Benefit, other: Benefit, on_figure: bool) -> bool:
    """Same name for other people; or, unless a number that the asker gave is what failed, a like sum of the measure."""
    if one.id == other.id or other.amount is None or one.region != other.region:
        return False
    same_name = one.name.split("（")[0] == other.name.split("（")[0]
    return same_name or (not on_figure and one.measure == other.measure and one.spec.kind == other.spec.kind)


def _chosen(turn: Turn, matches: Sequence[Match], writer: Writer) -> tuple[Match, ...]:
    """The benefits to compute: the best one, and those that the question names or counts people for."""
    u = turn.understanding
    assert u is not None
    fitting = [m for m in matches if m.score >= MIN_FIT]
    if not fitting:
        return ()
    fitting = [m for m in fitting if not _had(m.benefit, u.question)] or fitting
    fitting = _by_use(turn, _governing(u, fitting, writer.kit.knowledge.rulebook), writer)
    chosen = [_fitting_sibling(leading(fitting)[0], fitting, u.facts)]
    several = (
        u.ask is Ask.COMBINATION or len(u.parts) > 1 or u.question.count("多少") > 1 or any(w in u.question for w in _SEVERAL)
    )
    for match in fitting[1:12]:
        if len(chosen) == MOST:
            break
        if match.benefit.spec.subject in {m.benefit.spec.subject for m in chosen}:
            continue
        near = match.score >= fitting[0].score - ALSO
        if (several and match.named and _names_apart(match, chosen, matching_form(u.question))) or (
            near and _counts_others(match, chosen, u.facts)
        ):
            chosen.append(_fitting_sibling(match, fitting, u.facts))
    if several:
        chosen += _from_other_numbers(turn, chosen, matches, writer)[: MOST - len(chosen)]
    return tuple(chosen)


def _from_other_numbers(turn: Turn, chosen: Sequence[Match], matches: Sequence[Match], writer: Writer) -> list[Match]:
    """Further benefits whose sums come out of numbers that the chosen ones leave alone (「还给20名骑手买了意外险」)."""
    used = {raw for m in chosen for raw in _numbers_used(turn, m, writer)[0]}
    found: list[Match] = []
    subjects = {m.benefit.spec.subject for m in chosen}
    u = turn.understanding
    assert u is not None
    values = {v for m in chosen for v in _numbers_used(turn, m, writer)[2]}
    for match in _governing(u, matches[:FURTHER], writer.kit.knowledge.rulebook):
        if match.benefit.spec.subject in subjects or match.score < AT_LEAST:
            continue
        raws, computed, own = _numbers_used(turn, match, writer)
        beside = match.benefit.measure in {m.benefit.measure for m in chosen} and bool(raws - used)  # 「平台那份和学员那份」
        if computed and raws and (beside or (not raws & used and not own & values)):
            found.append(match)
            used |= raws
            values |= own
            subjects.add(match.benefit.spec.subject)
    return found


def _numbers_used(turn: Turn, match: Match, writer: Writer) -> tuple[frozenset[str], bool, frozenset[Decimal]]:
    """The words of the numbers that a benefit's sum is made of, whether it comes out, and the numbers."""
    u = turn.understanding
    assert u is not None
    if match.benefit.amount is None:
        return frozenset(), False, frozenset()
    before = presume_ordinary(match.benefit, u.facts)
    result = calculate(match.benefit, before, u.as_of, writer.kit.knowledge.library)
    guessed = read_for(writer.kit.knowledge.rulebook, match.benefit, before, u.question, u.as_of).guessed
    facts, result, _ = _completed(turn, writer, match.benefit, before, result)
    own = [facts[f] for f in match.benefit.value_facts if f in facts and facts[f].raw != PRESUMED]
    raws = frozenset(v.raw for v in own if isinstance(v.value, Decimal) and v.value)
    sure = not guessed & match.benefit.value_facts
    numbers = frozenset(v.value for v in own if isinstance(v.value, Decimal) and v.value)
    return raws, sure and result.amount is not None and result.failing is None and not result.missing, numbers


def _by_use(turn: Turn, matches: Sequence[Match], writer: Writer) -> list[Match]:
    """The leading matches ranked anew: a benefit whose sum comes out of the numbers of the message is what was meant."""
    u = turn.understanding
    assert u is not None
    weighed = []
    for i, match in enumerate(matches):
        if i < WEIGHED and match.benefit.amount is not None and match.score >= matches[0].score - ALSO:
            before = presume_ordinary(match.benefit, u.facts)
            result = calculate(match.benefit, before, u.as_of, writer.kit.knowledge.library)
            found = read_for(writer.kit.knowledge.rulebook, match.benefit, before, u.question, u.as_of)
            facts, result, _ = _completed(turn, writer, match.benefit, before, result)
            said = {f: v for f, v in facts.items() if f not in found.guessed}
            if result.failing is None and result.amount is not None and _uses_a_number(match.benefit, said):
                sure = not found.odd and result.assessment.verdict != "unknown"
                match = replace(match, score=match.score + (USES if sure else USES / 2))
        weighed.append(match)
    return sorted(weighed, key=lambda m: -m.score)


def _uses_a_number(benefit: Benefit, facts: Mapping[str, FactValue]) -> bool:
    return any(isinstance(facts[f].value, Decimal) and facts[f].raw != PRESUMED for f in benefit.value_facts if f in facts)


def _governing(u: Understanding, matches: Sequence[Match], rulebook: Rulebook) -> list[Match]:
    """A benefit that a newer document settles anew gives way to the newer one, unless the older document is asked for."""
    found: dict[str, Match] = {}
    for match in matches:
        newer = rulebook.superseded_by(match.benefit, u.as_of) if not u.documents else None
        own = replace(match, benefit=newer) if newer is not None else match
        if own.benefit.id not in found or own.score > found[own.benefit.id].score:
            found[own.benefit.id] = own
    return sorted(found.values(), key=lambda m: -m.score)


def _fitting_sibling(match: Match, matches: Sequence[Match], facts: Mapping[str, FactValue]) -> Match:
    """Of benefits with one name in one measure (for graduates, for the hard to employ), the one that the story is about."""
    stem = match.benefit.name.split("（")[0]
    siblings = [m for m in matches if m.benefit.measure == match.benefit.measure and m.benefit.name.split("（")[0] == stem]
    best = max(siblings, key=lambda m: (relevance(m.benefit, facts), m.score))
    return replace(best, named=match.named)


_HAD = re.compile(r"[领拿报享申](?:到|受|用|请)?过|已经?[领拿享报]|[领拿]完了")


def _had(benefit: Benefit, question: str) -> bool:
    """Whether the message names a benefit only to say that it was had (「首次缴存的补贴秋天就领过了」)."""
    clauses = [c for c in re.split(r"[，,。；;！!？?]", question) if named_at(benefit, matching_form(c))]
    return bool(clauses) and all(_HAD.search(c) for c in clauses)


def _names_apart(match: Match, chosen: Sequence[Match], form: str) -> bool:
    """A benefit that is named by other words than those already chosen."""
    stem = match.benefit.name.split("（")[0]
    own = named_at(match.benefit, form)
    others = [named_at(m.benefit, form) for m in chosen]
    apart = own is not None and all(o is None or own[1] <= o[0] or o[1] <= own[0] for o in others)
    return apart and all(stem != m.benefit.name.split("（")[0] for m in chosen)


def _counts_others(match: Match, chosen: Sequence[Match], facts: Mapping[str, FactValue]) -> bool:
    """A benefit for people whom the story counts and no chosen benefit pays for (「另外1个登记失业的」)."""
    amount = match.benefit.amount
    covered = {c for m in chosen if m.benefit.amount for c in m.benefit.amount.counts}
    counted = {c for c in (amount.counts if amount else ()) if c in facts and facts[c].value}
    return bool(counted - covered)


def _fails_on_a_figure(u: Understanding, benefit: Benefit, result: CalculationResult) -> bool:
    """Whether a number that the asker gave is what rules the benefit out."""
    assert result.failing is not None
    if result.failing.id == COUNTED_CONDITION:
        return any(f.startswith("hires.") for f in u.facts)
    condition = next((c for c in benefit.conditions if c.id == result.failing.id), None)
    facts = [leaf.fact for leaf in leaves(condition.node)] if condition else []
    behind = {f for f in u.facts if f in benefit.reads}
    return any(benefit.facts[f].type not in ("bool", "choice") for f in facts) and bool(behind)


def asks_open_parameter(benefit: Benefit, question: str) -> bool:
    """Whether the sum rests on a figure that the documents leave open and the asker can give (reading rule 6).

    Not when that very figure is what is asked for (「最低工资是多少」).
    """
    left_open = [benefit.facts[f] for f in benefit.needs if benefit.facts[f].open]
    return bool(left_open) and not any(word[:4] in question for spec in left_open for word in spec.clause)


def _worth_computing(u: Understanding, match: Match, facts: Mapping[str, FactValue], result: CalculationResult) -> bool:
    """Whether the story speaks of this benefit's own facts; a bare “how much is it” is a look-up."""
    benefit = match.benefit
    stated = [f for f in benefit.reads if f in facts and facts[f].raw != PRESUMED]
    if u.answers_fact or (u.is_followup and u.benefit == benefit.id and u.new_facts):
        return True
    if u.ask is Ask.DEPARTMENT:
        return False
    if result.failing is not None and _fails_on_a_figure(u, benefit, result):
        return True
    asks_open = u.ask is Ask.AMOUNT and asks_open_parameter(benefit, u.question)
    if asks_open and result.failing is None and result.validity != "expired":
        return True
    if not stated or (benefit.amount is None and u.ask not in (Ask.ELIGIBILITY, Ask.VALIDITY)):
        return False
    if result.failing is not None:
        return u.ask in _PERSONAL
    if result.open_text is not None:
        return match.named
    asks_sum = Ask.AMOUNT in load_cues().wants(u.question)
    if u.ask is Ask.VALIDITY and not asks_sum and (result.validity != "in_force" or not u.new_facts):
        return False  # “can I still get it” is answered by the deadline
    quantities = [f for f in stated if benefit.facts[f].type not in ("bool", "choice")]
    if result.amount is not None and not result.missing:
        return u.ask in _PERSONAL or bool(quantities)
    if result.assessment.verdict == "met" and u.ask in (Ask.ELIGIBILITY, Ask.VALIDITY):
        return bool(quantities)
    counted = [f for f in stated if benefit.facts[f].type in ("count", "money")]
    return bool(counted) and u.ask in _PERSONAL
