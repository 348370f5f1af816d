"""Eligibility: a benefit's conditions on one asker's facts, each with its verdict and clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal

from knowledge.rules.benefits import Amount
from knowledge.rules.conditions import Condition, Verdict, judge, leaves, undecided
from knowledge.rules.facts import Facts, FactSpec
from knowledge.rules.intervals import INFINITY, Interval, compile_expression
from knowledge.rules.rulebook import COUNTED, Benefit
from knowledge.rules.situation import Situation
from knowledge.texts.library import Library

ValidityState = Literal["in_force", "open", "expired", "not_yet_issued"]
COUNTED_CONDITION = "counted"
REPEATED_CONDITION = "not_repeated"


@dataclass(frozen=True, slots=True)
class ConditionVerdict:
    """One condition judged. ``presumed``: nothing was said, taken as met, to be shown as an assumption."""

    id: str
    text: str
    verdict: Verdict
    quote: str
    measure: str
    missing_fact: str | None = None
    presumed: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """A benefit judged: met when every condition is met or presumed, unmet when one fails, else unknown.

    ``validity`` on as_of: in_force (deadline not passed), open (no deadline stated), expired, not_yet_issued.
    """

    benefit: str
    name: str
    measure: str
    verdict: Verdict
    conditions: tuple[ConditionVerdict, ...]
    validity: ValidityState
    until: date | None = None

    @property
    def failing(self) -> ConditionVerdict | None:
        """The first condition that is not met."""
        return next((c for c in self.conditions if c.verdict == "unmet"), None)

    @property
    def presumed(self) -> tuple[ConditionVerdict, ...]:
        """The conditions taken as met although nothing was said."""
        return tuple(c for c in self.conditions if c.presumed)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that leave it unknown, in the order of the conditions."""
        return tuple(dict.fromkeys(c.missing_fact for c in self.conditions if c.missing_fact and not c.presumed))


def assess(benefit: Benefit, facts: Facts, as_of: date, library: Library) -> Assessment:
    """Judge one benefit. :raises FactError: a fact holds a value of the wrong type."""
    return assess_situation(benefit, Situation(benefit.facts, facts, as_of), library)


def assess_situation(
    benefit: Benefit, situation: Situation, library: Library, supposed: frozenset[str] = frozenset()
) -> Assessment:
    """As ``assess``, for several benefits in one situation; open conditions of ``supposed`` are taken as met."""
    conditions = [_verdict(c, situation) for c in benefit.conditions]
    conditions = [replace(c, presumed=True) if c.id in supposed and c.verdict == "unknown" else c for c in conditions]
    somebody = counted_verdict(benefit, situation)
    if somebody is not None:
        conditions.insert(0, somebody)
    state = validity_on(benefit, situation.as_of, library)
    return Assessment(
        benefit.id, benefit.name, benefit.measure, overall(conditions), tuple(conditions), state, benefit.spec.validity.until
    )  # fmt: skip


def overall(conditions: list[ConditionVerdict]) -> Verdict:
    """All conditions together (Kleene and), presumed ones counting as met."""
    if any(c.verdict == "unmet" for c in conditions):
        return "unmet"
    return "unknown" if any(c.verdict == "unknown" and not c.presumed for c in conditions) else "met"


def validity_on(benefit: Benefit, as_of: date, library: Library) -> ValidityState:
    """Whether a benefit can be had on a day; dates are inclusive."""
    validity = benefit.spec.validity
    if as_of < library.documents[benefit.document].issued_from or (validity.since and as_of < validity.since):
        return "not_yet_issued"
    if validity.until is None:
        return "open"
    return "in_force" if as_of <= validity.until else "expired"


def _verdict(condition: Condition, situation: Situation) -> ConditionVerdict:
    verdict = judge(condition.node, situation)
    missing = None
    if verdict == "unknown":
        names = [f for fact in undecided(condition.node, situation) for f in askable(fact, situation)]
        missing = names[0] if names else None
    return ConditionVerdict(
        condition.id, condition.text, verdict, condition.quote, condition.measure, missing, condition.presumed and verdict == "unknown" and not _touched(condition, situation)
    )  # fmt: skip


def _touched(condition: Condition, situation: Situation) -> bool:
    """Whether something was said about a condition (then nothing is presumed)."""
    stated = [leaf.fact for leaf in leaves(condition.node) if leaf.fact in situation.facts and leaf.fact not in situation.assumed]
    values = (situation.facts[fact] for fact in stated)
    return any(v.exact or not isinstance(v.value, frozenset) for v in values)  # 「店」 may be a company: presumed, and shown


def askable(fact: str, situation: Situation) -> tuple[str, ...]:
    """The facts to ask for when ``fact`` is unknown: itself, or the unknown ones that it derives from."""
    spec = situation.spec(fact)
    if not spec.derive:
        return (fact,)
    inputs = _in_order(spec)
    if len(inputs) == 1 and situation.spec(inputs[0]).numeric:
        return (fact,)  # an alias: insured staff taken from all staff
    if spec.ask_whole and not any(f in situation.facts for f in inputs):
        return (fact,)
    unknown = [f for f in inputs if not situation.settled(f)]
    return tuple(a for f in unknown for a in askable(f, situation)) or (fact,)


def _in_order(spec: FactSpec) -> list[str]:
    expression = compile_expression(spec.derive or "0")
    return sorted(expression.names, key=expression.source.index)


def counted(benefit: Benefit, situation: Situation) -> Interval | None:
    """How many people count for a benefit; None when it counts nobody.

    Once some category is stated, categories that are not mentioned count nobody, except that those of a
    stated total which are still unaccounted for may belong to any of them.
    """
    if benefit.amount is None or not benefit.amount.counts:
        return None
    return situation.once(f"{COUNTED} {benefit.id}", partial(_counted, benefit.amount, situation))


def _counted(amount: Amount, situation: Situation) -> Interval:
    counts = amount.counts
    stated = [c for c in counts if c in situation.facts]
    total = situation.sum_of(stated)
    rest = [c for c in counts if c not in stated]
    if not rest or total.low > 0:
        return _without(total + _unplaced(rest, situation), amount.less, situation)
    return total + _unstated(rest, situation)


def _unplaced(rest: list[str], situation: Situation) -> Interval:
    """People named by a wider category only (「大学生4个」 beside 「失业青年2个」): any of them may be of a narrower one.

    The total of everybody is no such category: who names 3 graduates among 10 hires has said who counts.
    """
    wholes = {w for w in (situation.stated_whole(c) for c in rest) if w is not None and situation.spec(w).part_of is not None}
    return Interval(Decimal(0), sum((situation.most_unplaced(w) for w in wholes), Decimal(0)))


def _without(total: Interval, less: tuple[str, ...], situation: Situation) -> Interval:
    """People counted, without those who left again or were paid for otherwise, as far as somebody said so."""
    gone = situation.sum_of(f for f in less if f in situation.facts)
    nobody = Decimal(0)
    return Interval(max(total.low - gone.high, nobody), max(total.high - gone.low, nobody))


def _unstated(counts: list[str], situation: Situation) -> Interval:
    """Bounds on the people of categories about which nothing was said."""
    if all(situation.spec(c).part_of is None for c in counts):
        return situation.sum_of(counts)
    wholes = {situation.stated_whole(c) for c in counts}
    high = sum((situation.most_unplaced(w) for w in wholes if w is not None), Decimal(0))
    if None in wholes and not _categories_stated(situation.spec(counts[0]), situation):
        high = INFINITY
    return Interval(Decimal(0), high)


def _categories_stated(spec: FactSpec, situation: Situation) -> bool:
    """Whether some category of the same kind of thing is stated with a number: then others were left out on purpose."""
    said = [situation.specs[f] for f in situation.facts if f in situation.specs]
    return any(
        s.about == spec.about and s.type == "count" and (s.part_of or s.context) and situation.number(s.id).low > 0
        and not _is_whole(s, situation)
        for s in said
    )  # fmt: skip


def _is_whole(spec: FactSpec, situation: Situation) -> bool:
    """Whether a fact is the total of categories: 「新招人数」 over 「新招毕业生」."""
    return spec.part_of is None and any(s.part_of == spec.id for s in situation.specs.values())


def counted_verdict(benefit: Benefit, situation: Situation) -> ConditionVerdict | None:
    """The implicit condition that at least one person counts."""
    number = counted(benefit, situation)
    if number is None or benefit.amount is None:
        return None
    verdict: Verdict = "met" if number.low > 0 else "unmet" if number.high <= 0 else "unknown"
    repeated = _repeated(benefit, situation) if verdict == "unmet" else None
    if repeated is not None:
        return repeated
    told = [c for c in benefit.amount.counts if c in situation.facts and situation.number(c).low > 0]
    names = "、".join(situation.spec(c).name for c in (told if verdict == "met" and told else benefit.amount.counts))
    missing = next((c for c in benefit.amount.counts if c not in situation.facts), benefit.amount.counts[0])
    return ConditionVerdict(
        COUNTED_CONDITION, f"有{names}", verdict, benefit.spec.quote, benefit.measure,
        missing if verdict == "unknown" else None,
    )  # fmt: skip


def _repeated(benefit: Benefit, situation: Situation) -> ConditionVerdict | None:
    """Nobody is left because something was had for all of them that this benefit excludes: that is why, not who they are."""
    amount = benefit.amount
    exclusion = next(iter(benefit.spec.exclusions), None)
    if amount is None or exclusion is None:
        return None
    told = situation.sum_of(c for c in amount.counts if c in situation.facts)
    paid = situation.sum_of(f for f in amount.less if f in situation.facts and situation.spec(f).repeats)
    if told.low <= 0 or paid.low <= 0:
        return None
    text = f"同一个人不重复享受，没有领过{'、'.join(exclusion.names)}"
    return ConditionVerdict(REPEATED_CONDITION, text, "unmet", exclusion.quote, exclusion.measure or benefit.measure)
