"""The best combination equals brute force, never adds what a clause keeps apart, and says what it gave up."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, combinations

from knowledge.rules.benefits import Exclusion
from knowledge.rules.calculator import calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.stacking import Claim, Combination, best_combination, claim_of, conflicts

DAY = date(2023, 10, 15)
PROFILES = 500
Item = tuple[int, str]


def legal(items: tuple[Item, ...], claims: list[Claim]) -> bool:
    """Whether no two items are kept apart: for the same unit, or altogether."""
    for conflict in conflicts(claims):
        first = {u for i, u in items if i == conflict.first}
        second = {u for i, u in items if i == conflict.second}
        if (first & second) if conflict.by_unit else (first and second):
            return False
    return True


def brute_force(claims: list[Claim]) -> Decimal:
    """The greatest total over all subsets of (claim, unit)."""
    items = [(i, unit) for i, claim in enumerate(claims) for unit in claim.units]
    subsets = chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
    return max(sum((claims[i].units[u] for i, u in subset), Decimal(0)) for subset in subsets if legal(subset, claims))


def items_of(combination: Combination, claims: list[Claim]) -> tuple[Item, ...]:
    """What a combination takes, as (claim, unit)."""
    return tuple((claims.index(c.claim), unit) for c in combination.chosen for unit in c.units)


def random_claims(rulebook: Rulebook, random_: random.Random) -> list[Claim]:
    """Two to four claims with random exclusions, over up to three hires or the asker as a whole; at most 11 items."""
    template = rulebook.find("jinan-hiring-youth-2023")
    names = [f"补贴{chr(65 + i)}" for i in range(random_.randint(2, 4))]
    claims = []
    for name in names:
        banned = tuple(n for n in names if n != name and random_.random() < 0.4)
        per = random_.choice(["hire", "hire", "employer"])
        exclusions = (Exclusion(names=banned, per=per, quote="不重复享受"),) if banned else ()
        spec = template.spec.model_copy(update={"id": name, "name": name, "aliases": (), "exclusions": exclusions})
        benefit: Benefit = replace(template, spec=spec)
        units = (
            random_.sample(["甲", "乙", "丙"], random_.randint(1, 3)) if len(names) < 4 else random_.sample(["甲", "乙", "丙"], 2)
        )
        claims.append(Claim(name, {u: Decimal(random_.choice([500, 1000, 1500, 2000])) for u in units}, benefit))
    return claims


def test_the_best_combination_equals_brute_force_on_500_random_profiles(rulebook: Rulebook) -> None:
    """Same total as trying everything, and never an illegal one; chosen and dropped together are all that was claimed."""
    random_ = random.Random(20231015)
    for _ in range(PROFILES):
        claims = random_claims(rulebook, random_)
        best = best_combination(claims)
        assert best.total == brute_force(claims)
        assert legal(items_of(best, claims), claims)
        assert best.total == sum((c.amount for c in best.chosen), Decimal(0))
        assert best.total + sum((d.amount for d in best.dropped), Decimal(0)) == sum((c.amount for c in claims), Decimal(0))
        assert all(d.quote and d.reason for d in best.dropped)


def test_a_subsidy_already_taken_for_some_hires_leaves_the_others(rulebook: Rulebook) -> None:
    """一次性扩岗补助 for 4 of 6 hires (worth more) leaves the hiring subsidy for the other two, with the clause."""
    benefit = rulebook.find("jinan-hiring-youth-2023")
    hires = [f"hires.graduating#{i}" for i in range(1, 7)]
    claims = [
        Claim(benefit.name, dict.fromkeys(hires, Decimal(1000)), benefit),
        Claim("一次性扩岗补助", dict.fromkeys(hires[:4], Decimal(1500))),
    ]
    best = best_combination(claims)
    assert best.total == 1500 * 4 + 1000 * 2
    (dropped,) = best.dropped
    assert dropped.units == tuple(hires[:4])
    assert "不重复享受" in dropped.quote
    assert dropped.measure == "jinan-2023-10/15"


def test_subsidies_for_different_people_add_up(rulebook: Rulebook) -> None:
    """6 graduates and 2 long unemployed: 6000 + 2000, nothing dropped."""
    facts = {
        f: FactValue(f, Decimal(n))
        for f, n in (("hires.graduating", 6), ("hires.unemployed_half_year", 2), ("contract_months", 12))
    }
    benefits = [rulebook.find(b) for b in ("jinan-hiring-youth-2023", "jinan-hiring-unemployed-2023")]
    claims = [c for b in benefits if (c := claim_of(b, calculate(b, facts, DAY, rulebook.library), facts))]
    best = best_combination(claims)
    assert (best.total, best.dropped) == (Decimal("8000.00"), ())


def test_only_what_is_computed_is_claimed(rulebook: Rulebook) -> None:
    """A benefit whose people nobody counted makes no claim; a sum is spread over the people."""
    benefit = rulebook.find("jinan-hiring-youth-2023")
    graduates = {f: FactValue(f, Decimal(n)) for f, n in (("hires.graduating", 6), ("contract_months", 12))}
    assert claim_of(benefit, calculate(benefit, {}, DAY, rulebook.library), {}) is None
    claim = claim_of(benefit, calculate(benefit, graduates, DAY, rulebook.library), graduates)
    assert claim is not None
    assert (claim.amount, len(claim.units)) == (Decimal("6000.00"), 6)


def test_many_hires_are_no_burden(rulebook: Rulebook) -> None:
    """Ten thousand hires under two exclusive claims share one search."""
    benefit = rulebook.find("jinan-hiring-youth-2023")
    hires = [f"#{i}" for i in range(10_000)]
    claims = [
        Claim(benefit.name, dict.fromkeys(hires, Decimal(1000)), benefit),
        Claim("一次性扩岗补助", dict.fromkeys(hires, Decimal(1500))),
    ]
    assert best_combination(claims).total == 15_000_000
