"""Combination: which benefits can be had together, hire by hire and certificate by certificate.

A clause such as 「该补贴与…不重复享受」 speaks of one hire (or certificate): the same hire cannot bring both, another
hire may bring the other. The best legal combination is exact, not greedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from knowledge.rules.calculator import CalculationResult
from knowledge.rules.facts import Facts
from knowledge.rules.rulebook import Benefit

_BY_UNIT = ("hire", "certificate", "introduction", "trainee", "worker", "station")  # exclusions that bind one unit only


@dataclass(frozen=True, slots=True)
class Claim:
    """What one benefit would pay, unit by unit (a hire, a certificate, or the asker as a whole).

    ``benefit`` is None for something already received that is no benefit here, known by its name only.
    """

    name: str
    units: Mapping[str, Decimal]
    benefit: Benefit | None = None

    @property
    def amount(self) -> Decimal:
        """The sum over all units."""
        return sum(self.units.values(), Decimal(0))

    @property
    def names(self) -> frozenset[str]:
        """Everything this claim is called."""
        return frozenset((self.name, *(self.benefit.spec.aliases if self.benefit else ())))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A claim as far as it is taken: for which units, and how much."""

    claim: Claim
    units: tuple[str, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim, or some units of it, given up in favour of another, with the clause."""

    claim: Claim
    units: tuple[str, ...]
    amount: Decimal
    reason: str
    quote: str
    measure: str


@dataclass(frozen=True, slots=True)
class Combination:
    """The best legal combination of claims."""

    chosen: tuple[Chosen, ...]
    total: Decimal
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims (by position) that a clause keeps apart; ``by_unit``: only for the same unit."""

    first: int
    second: int
    by_unit: bool
    quote: str
    measure: str


def conflicts(claims: Sequence[Claim]) -> tuple[Conflict, ...]:
    """Every pair of claims that a clause of one of them keeps apart."""
    found: dict[tuple[int, int], Conflict] = {}
    for i, claim in enumerate(claims):
        if claim.benefit is None:
            continue
        for exclusion in claim.benefit.spec.exclusions:
            for j, other in enumerate(claims):
                named = other.names & set(exclusion.names) or (
                    other.benefit is not None and other.benefit.id in exclusion.benefits
                )
                if i != j and named:
                    pair = (min(i, j), max(i, j))
                    by_unit = exclusion.per in _BY_UNIT and (pair not in found or found[pair].by_unit)
                    found[pair] = Conflict(*pair, by_unit, exclusion.quote, exclusion.measure or claim.benefit.measure)
    return tuple(found.values())


def best_combination(claims: Sequence[Claim]) -> Combination:
    """The legal combination with the greatest total; among equals, the one that keeps earlier claims.

    Claims kept apart as a whole are tried in every legal subset; within each, every unit takes its best legal set.
    """
    pairs = conflicts(claims)
    whole = [c for c in pairs if not c.by_unit]
    involved = sorted({i for c in whole for i in (c.first, c.second)})
    free = [i for i in range(len(claims)) if i not in involved]
    best: dict[str, tuple[int, ...]] | None = None
    best_total = Decimal(-1)
    for subset in _legal_subsets(involved, whole):
        taken = _per_unit(claims, sorted((*free, *subset)), [c for c in pairs if c.by_unit])
        total = sum((claims[i].units[u] for u, kept in taken.items() for i in kept), Decimal(0))
        if total > best_total:
            best, best_total = taken, total
    return _result(claims, pairs, best or {}, max(best_total, Decimal(0)))


def _legal_subsets(items: Sequence[int], pairs: Iterable[Conflict]) -> Iterable[tuple[int, ...]]:
    """Subsets without a conflict, larger and earlier ones first."""
    apart = {frozenset((c.first, c.second)) for c in pairs}
    for size in range(len(items), -1, -1):
        for subset in combinations(items, size):
            if not any(frozenset(pair) in apart for pair in combinations(subset, 2)):
                yield subset


def _per_unit(claims: Sequence[Claim], allowed: Sequence[int], pairs: Sequence[Conflict]) -> dict[str, tuple[int, ...]]:
    """For each unit the claims to take. Units with the same claims and sums share one search."""
    units = dict.fromkeys(u for i in allowed for u in claims[i].units)
    memo: dict[tuple[tuple[int, Decimal], ...], tuple[int, ...]] = {}
    result = {}
    for unit in units:
        here = tuple((i, claims[i].units[unit]) for i in allowed if unit in claims[i].units)
        if here not in memo:
            values = dict(here)
            subsets = _legal_subsets(list(values), pairs)
            memo[here] = max(subsets, key=lambda s: sum((values[i] for i in s), Decimal(0)))
        result[unit] = memo[here]
    return result


def _result(
    claims: Sequence[Claim], pairs: Sequence[Conflict], taken: Mapping[str, tuple[int, ...]], total: Decimal
) -> Combination:
    chosen, dropped = [], []
    for i, claim in enumerate(claims):
        kept = tuple(u for u in claim.units if i in taken.get(u, ()))
        lost = tuple(u for u in claim.units if u not in kept)
        if kept:
            chosen.append(Chosen(claim, kept, sum((claim.units[u] for u in kept), Decimal(0))))
        if lost:
            dropped.append(_drop(claims, pairs, i, lost, taken))
    return Combination(tuple(chosen), total, tuple(dropped))


def _drop(
    claims: Sequence[Claim], pairs: Sequence[Conflict], i: int, lost: tuple[str, ...], taken: Mapping[str, tuple[int, ...]]
) -> Dropped:
    mine = [c for c in pairs if i in (c.first, c.second)]
    winners = {j for kept in taken.values() for j in kept}
    for conflict in mine:
        other = conflict.second if conflict.first == i else conflict.first
        if other in winners:
            break
    else:
        conflict, other = mine[0], mine[0].second if mine[0].first == i else mine[0].first
    amount = sum((claims[i].units[u] for u in lost), Decimal(0))
    reason = f"与{claims[other].name}不重复享受，选金额高的"
    return Dropped(claims[i], lost, amount, reason, conflict.quote, conflict.measure)


def claim_of(benefit: Benefit, result: CalculationResult, facts: Facts) -> Claim | None:
    """The claim of a computed benefit, spread over the hires that count; None while it has no amount."""
    if result.amount is None or result.amount == 0 or benefit.amount is None:
        return None
    units: list[str] = []
    for count in benefit.amount.counts:
        people = facts[count].value if count in facts else None
        if isinstance(people, Decimal):
            units += [f"{count}#{n + 1}" for n in range(int(people))]
    units = units or [benefit.spec.per]
    share = (result.amount / len(units)).quantize(Decimal("0.01"))
    shares = dict.fromkeys(units, share)
    shares[units[-1]] += result.amount - share * len(units)
    return Claim(benefit.name, shares, benefit)
