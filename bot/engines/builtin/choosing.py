"""Which benefits a message is about: by name, by the people it counts, and by whose sum its own numbers make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.engines.builtin.asked_for import is_wanted, other_asker
from bot.engines.builtin.completing import Completed, alone, tried
from bot.engines.builtin.match import Match, leading
from bot.engines.builtin.presumed import PRESUMED
from bot.engines.builtin.writing import Writer
from bot.types import Ask, Turn, Understanding
from bot.understanding.cues import load_cues
from bot.understanding.parts import split_clauses
from knowledge.rules.conditions import leaves
from knowledge.rules.facts import FactValue
from knowledge.rules.names import named_at, spoken_at
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.screening import relevance
from knowledge.rules.story_text import HIRING
from knowledge.texts.normalise import matching_form

MIN_FIT = 0.75  # a benefit must fit the question about as well as the best measure does
ALSO = 0.6  # a further benefit whose people are counted in the story may fit this much worse
MOST = 4
WEIGHED = 5  # leading matches that are computed before one is chosen
USES = 0.25  # a sum that comes out of one of the message's own numbers
OUTDOES = 0.6  # a sum that comes out of several, where the best match is a fixed sum
FURTHER = 14  # matches looked through for further sums
AT_LEAST = 0.35  # what such a benefit must fit at least
_SEVERAL = ("分别", "各", "两样", "两项", "两个", "都", "和", "一起", "加起来", "一共", "合计", "跟")


def chosen_benefits(turn: Turn, matches: Sequence[Match], writer: Writer) -> tuple[Match, ...]:
    """The benefits to compute: the best one, and those that the question names or counts people for."""
    u = turn.understanding
    assert u is not None
    fitting = [m for m in matches if m.score >= MIN_FIT]
    if not fitting:
        return ()
    fitting = [m for m in fitting if not _had(m.benefit, u.question)] or fitting
    fitting = _no_loan_for_a_subsidy(u, _by_use(turn, governing(u, fitting, writer.kit.knowledge.rulebook), writer))
    chosen = [_fitting_sibling(leading(fitting)[0], fitting, u.facts)]
    several = (
        u.ask is Ask.COMBINATION or len(u.parts) > 1 or u.question.count("多少") > 1 or any(w in u.question for w in _SEVERAL)
    )
    each = u.is_followup or len(u.parts) > 1 or u.ask is Ask.COMBINATION or _EACH_SUM.search(u.question) is not None
    for match in fitting[1:12]:
        if len(chosen) == MOST:
            break
        if match.benefit.spec.subject in {m.benefit.spec.subject for m in chosen}:
            continue
        if not is_wanted(u, match.benefit, chosen):
            continue
        near = match.score >= fitting[0].score - ALSO
        if (several and match.named and names_apart(match, chosen, matching_form(u.question))) or (
            near and (not chosen[0].named or each or match.named) and _counts_others(match, chosen, u)
        ):
            chosen.append(_fitting_sibling(match, fitting, u.facts))
    chosen += other_asker(u, chosen[0], matches) if len(chosen) == 1 else []
    together = _BOTH.search(u.question) or (_IN_ALL.search(u.question) and not chosen[0].named)
    if len(chosen) == 1 and together and not u.is_followup:
        chosen += _siblings_in_kind(chosen[0], fitting, matches)[: MOST - 1]
    if several:
        if each or not chosen[0].named:
            chosen += _from_other_numbers(turn, chosen, matches, writer)[: MOST - len(chosen)]
        sure = [m for m in chosen if m is chosen[0] or m.named or _has_own_numbers(turn, m, chosen, writer)]
        beside = _told_beside(turn, sure, matches, writer) if each else []
        chosen = [*(sure if beside else chosen), *beside][:MOST]
    return tuple(m for m in chosen if m.named or not _for_others(m.benefit, chosen[0].benefit))


def _for_others(benefit: Benefit, first: Benefit) -> bool:
    """Whether a benefit is for persons themselves, beside one that pays employers (the fund subsidy of those hired)."""
    theirs = "person" in benefit.spec.audience and "employer" not in benefit.spec.audience
    return first.spec.per == "hire" and theirs and "person" not in first.spec.audience


_EACH_SUM = re.compile(
    r"多少[\s\S]*多少|各(?!种|类|位|地|项|级|方面)|分别|两(?:样|项|头|边|笔|个都)|都能?(?:领|拿|申请|要)|(?:一块儿?|一起|同时)(?:领|拿|申请)"
)
_BOTH = re.compile(r"(?<!问)[两俩二](?:样|项|笔|种)(?=[^，,。]{0,6}(?:补|奖|钱))")  # 「两样公积金补贴加起来」
_IN_ALL = re.compile(r"一共|总共|加起来|合计")


def _siblings_in_kind(one: Match, fitting: Sequence[Match], matches: Sequence[Match]) -> list[Match]:
    """Fixed sums of the same kind for the same people under one measure (300 for the first deposit, 1,200 for staying)."""

    def alike(m: Match) -> bool:
        a, b = one.benefit, m.benefit
        same = (a.measure, a.spec.kind, a.spec.audience, a.spec.per) == (b.measure, b.spec.kind, b.spec.audience, b.spec.per)
        return same and a.spec.subject != b.spec.subject and a.value_facts == b.value_facts and bool(a.value_facts)

    return [m for m in (*fitting, *matches) if alike(m) and m.score >= one.score - ALSO][:1]


def _from_other_numbers(turn: Turn, chosen: Sequence[Match], matches: Sequence[Match], writer: Writer) -> list[Match]:
    """Further benefits whose sums come out of numbers that the chosen ones leave alone (「还给20名骑手买了意外险」)."""
    taken = [numbers_used(turn, m, writer) for m in chosen]
    used = {raw for raws, _, _ in taken for raw in raws}
    values = {value for _, _, own in taken for value in own}
    found: list[Match] = []
    subjects = {m.benefit.spec.subject for m in chosen}
    u = turn.understanding
    assert u is not None
    for match in governing(u, matches[:FURTHER], writer.kit.knowledge.rulebook):
        if match.benefit.spec.subject in subjects or match.score < AT_LEAST:
            continue
        raws, computed, own = numbers_used(turn, match, writer)
        beside = match.benefit.measure in {m.benefit.measure for m in chosen} and bool(raws - used)  # 「平台那份和学员那份」
        if computed and raws and set(own) != {Decimal(1)} and (beside or (not raws & used and not own & values)):
            found.append(match)
            used |= raws
            values |= own
            subjects.add(match.benefit.spec.subject)
    return found


def _told_beside(turn: Turn, chosen: Sequence[Match], matches: Sequence[Match], writer: Writer) -> list[Match]:
    """Further benefits whose sums come out of what the message tells of them alone (「另外仨工人考了高级证」)."""
    u = turn.understanding
    assert u is not None
    found: list[Match] = []
    for match in governing(u, matches[:FURTHER], writer.kit.knowledge.rulebook):
        group = [m.benefit for m in (*chosen, *found)]
        if match.score < AT_LEAST or match.benefit.spec.subject in {b.spec.subject for b in group}:
            continue
        done = alone(turn, writer, match.benefit, [*group, match.benefit])
        own = _raws_used(match.benefit, done) if done is not None and done.result.is_settled else {}
        if own and set(own.values()) != {Decimal(1)} and own.keys() - _raws_taken(turn, writer, group, [*group, match.benefit]):
            found.append(match)
    return found


def _has_own_numbers(turn: Turn, match: Match, chosen: Sequence[Match], writer: Writer) -> bool:
    """Whether a further benefit's sum is not made only of the numbers that another one's is made of."""
    group = [m.benefit for m in chosen]
    others = [b for b in group if b.id != match.benefit.id]
    own = _raws_used(match.benefit, _as_told(turn, writer, match.benefit, group))
    return not own or bool(own.keys() - _raws_taken(turn, writer, others, group))


def _as_told(turn: Turn, writer: Writer, benefit: Benefit, group: Sequence[Benefit]) -> Completed:
    """A benefit's sum of what is told of it beside the others, or where it is not told apart, of the whole message."""
    return alone(turn, writer, benefit, group) or tried(turn, writer, benefit)


def _raws_taken(turn: Turn, writer: Writer, benefits: Sequence[Benefit], group: Sequence[Benefit]) -> set[str]:
    return {raw for b in benefits for raw in _raws_used(b, _as_told(turn, writer, b, group))}


def _raws_used(benefit: Benefit, done: Completed) -> dict[str, Decimal]:
    """The numbers that a sum is made of, by their words; none when one of them was taken by elimination alone."""
    numbers = {raw: value for raw, value in _numbers_told(benefit, done.facts) if value}
    return {} if done.found.guessed & benefit.value_facts else numbers


def numbers_used(turn: Turn, match: Match, writer: Writer) -> tuple[frozenset[str], bool, frozenset[Decimal]]:
    """The words of the numbers that a benefit's sum is made of, whether it comes out, and the numbers."""
    benefit = match.benefit
    if benefit.amount is None:
        return frozenset(), False, frozenset()
    done = tried(turn, writer, benefit)
    own = [(raw, value) for raw, value in _numbers_told(benefit, done.facts) if value]
    judged = [c.verdict for c in done.result.assessment.conditions if not c.presumed]
    sure = not done.found.guessed & benefit.value_facts or ("met" in judged and set(judged) == {"met"})
    comes_out = done.result.is_settled
    return frozenset(raw for raw, _ in own), sure and comes_out, frozenset(value for _, value in own)


def _by_use(turn: Turn, matches: Sequence[Match], writer: Writer) -> list[Match]:
    """The leading matches ranked anew: a benefit whose sum comes out of what the message tells was meant."""
    weighed = []
    for i, match in enumerate(matches):
        if i < WEIGHED and match.benefit.amount is not None and match.score >= matches[0].score - ALSO:
            match = replace(match, score=match.score + _use(turn, match.benefit, matches[0].benefit, writer))
        weighed.append(match)
    return sorted(weighed, key=lambda m: -m.score)


def asks_what_is_paid(u: Understanding) -> bool:
    """Whether a sum to keep is asked for, and not one to borrow."""
    return u.ask is Ask.AMOUNT and bool(_PAID.search(u.question)) and not _LENT.search(u.question)


def _no_loan_for_a_subsidy(u: Understanding, matches: list[Match]) -> list[Match]:
    """Asked what is paid, a loan comes after the subsidies of its measure (「公积金补贴一共多少」 is not the 200,000 to borrow)."""
    if not asks_what_is_paid(u):
        return matches
    paid = {m.benefit.measure for m in matches if m.benefit.spec.kind != "loan"}
    return sorted(matches, key=lambda m: m.benefit.spec.kind == "loan" and m.benefit.measure in paid)


def _use(turn: Turn, benefit: Benefit, best: Benefit, writer: Writer) -> float:
    """What it adds to a benefit's fit that its sum comes out, of numbers told or of conditions told to be met."""
    u = turn.understanding
    assert u is not None
    done = tried(turn, writer, benefit)
    if done.result.failing is not None or done.result.amount is None:
        return 0.0
    numbers = len(_numbers_told(benefit, {f: v for f, v in done.facts.items() if f not in done.found.guessed}))
    sure = not done.found.odd and done.result.assessment.verdict != "unknown"
    if numbers:
        fixed = not best.value_facts  # a ceiling that no number of the message bears on
        return (OUTDOES if fixed and numbers > 1 else USES * min(numbers, 2)) if sure else USES / 2
    other = u.benefit is not None and not u.new_facts & set(best.reads)
    beside = other or (best.amount is not None and best.amount.open is not None)
    meant = {leaf.fact for c in benefit.conditions for leaf in leaves(c.node)} & u.new_facts
    return (
        OUTDOES if u.ask is Ask.AMOUNT and beside and meant and not load_cues().asks_share(u.question) else 0.0
    )  # 「我是返乡农民工呢」


def _numbers_told(benefit: Benefit, facts: Mapping[str, FactValue]) -> list[tuple[str, Decimal]]:
    """The numbers of the message that a sum is made of, each with its words."""
    said = (facts[f] for f in benefit.value_facts if f in facts and facts[f].raw != PRESUMED)
    return [(v.raw, v.value) for v in said if isinstance(v.value, Decimal)]


def governing(u: Understanding, matches: Sequence[Match], rulebook: Rulebook) -> list[Match]:
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
    here = match.benefit
    siblings = [m for m in matches if (m.benefit.measure, m.benefit.stem) == (here.measure, here.stem)]
    best = max(siblings, key=lambda m: (relevance(m.benefit, facts), m.score))
    return replace(best, named=match.named)


_PAID = re.compile(r"补贴|补助|奖|补多少|发多少|给多少|给[一这那]?笔|给(?:点|些)?钱")
_LENT = re.compile(r"贷|借|额度|利息|贴息")
_HAD = re.compile(r"[领拿报享申](?:到|受|用|请)?过|已经?[领拿享报]|[领拿]完了")


def _had(benefit: Benefit, question: str) -> bool:
    """Whether the message names a benefit only to say that it was had (「首次缴存的补贴秋天就领过了」)."""
    clauses = [c for c in split_clauses(question) if spoken_at(benefit, matching_form(c))]
    return bool(clauses) and all(_HAD.search(c) for c in clauses)


def names_apart(match: Match, chosen: Sequence[Match], form: str) -> bool:
    """A benefit that is named by other words than those already chosen."""
    own, *others = (named_at(m.benefit, form) or spoken_at(m.benefit, form) for m in (match, *chosen))
    apart = own is not None and all(o is None or own[1] <= o[0] or o[1] <= own[0] for o in others)
    return apart and all(match.benefit.stem != m.benefit.stem for m in chosen)


def _counts_others(match: Match, chosen: Sequence[Match], u: Understanding) -> bool:
    """A benefit for people whom the story counts and no chosen benefit pays for (「另外1个登记失业的」)."""
    amount = match.benefit.amount
    covered = {c for m in chosen if m.benefit.amount for c in m.benefit.amount.counts}
    counted = {c for c in (amount.counts if amount else ()) if c in u.facts and u.facts[c].value}
    hired = any(match.benefit.facts[c].about == "hire" for c in counted)
    told_of = not hired or HIRING.search(u.question) or u.is_followup  # 「闺女今年毕业」 tells of nobody hired
    return bool(counted - covered) and bool(told_of)
