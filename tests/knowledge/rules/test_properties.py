"""Properties that hold for any number: monotone where the clause is, never above the cap, order does not matter, to the fen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.rules.calculator import calculate
from knowledge.rules.eligibility import assess
from knowledge.rules.facts import FactValue
from knowledge.rules.intervals import Interval, compile_expression, evaluate
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.situation import add_months, months_between

DAY = date(2023, 10, 15)
FEN = Decimal("0.01")
FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
COUNTS = ("hires.graduating", "hires.unemployed_graduate_2y", "hires.registered_youth")
money = st.decimals(min_value=0, max_value=10**8, places=2)


def known(**values: object) -> dict[str, FactValue]:
    """Facts by id (dots written as double underscores), exact."""
    return {k.replace("__", "."): FactValue(k.replace("__", "."), v, str(v)) for k, v in values.items()}  # type: ignore[arg-type]


def amount(rulebook: Rulebook, benefit: str, facts: dict[str, FactValue], day: date = DAY) -> Decimal:
    """An exact amount."""
    result = calculate(rulebook.find(benefit), facts, day, rulebook.library)
    assert result.amount is not None
    return result.amount


@FAST
@given(counts=st.tuples(*[st.integers(0, 500)] * 3), more=st.integers(1, 50), which=st.integers(0, 2))
def test_one_more_hire_never_brings_less(rulebook: Rulebook, counts: tuple[int, ...], more: int, which: int) -> None:
    """The hiring subsidy grows with every category that counts, by the same rate for each."""
    facts = {c: FactValue(c, Decimal(n)) for c, n in zip(COUNTS, counts, strict=True)} | known(contract_months=Decimal(12))
    before = amount(rulebook, "jinan-hiring-youth-2023", facts)
    facts[COUNTS[which]] = FactValue(COUNTS[which], Decimal(counts[which] + more))
    assert amount(rulebook, "jinan-hiring-youth-2023", facts) - before == 1000 * more


@FAST
@given(paid=money, more=money)
def test_a_refund_grows_with_the_premium_and_stays_below_its_share(rulebook: Rulebook, paid: Decimal, more: Decimal) -> None:
    """The refund is monotone in the premium and never above 60 % of it (half a fen for rounding)."""
    facts = known(layoffs=Decimal(0), company_size=frozenset({"small"}))
    low = amount(rulebook, "jinan-job-retention-refund-2023", facts | known(unemployment_premium_paid=paid))
    high = amount(rulebook, "jinan-job-retention-refund-2023", facts | known(unemployment_premium_paid=paid + more))
    assert low <= high
    assert low <= paid * 60 / 100 + FEN / 2


@FAST
@given(months=st.integers(0, 60))
def test_a_condition_decides_at_its_boundary_only(rulebook: Rulebook, months: int) -> None:
    """The amount jumps once, at the twelfth month of the contract."""
    facts = known(hires__graduating=Decimal(6), contract_months=Decimal(months))
    assert amount(rulebook, "jinan-hiring-youth-2023", facts) == (6000 if months >= 12 else 0)


@FAST
@given(workers=st.integers(1, 5000), days=st.integers(1, 16))
def test_a_cap_is_never_exceeded(rulebook: Rulebook, workers: int, days: int) -> None:
    """200 yuan a head and day up to the cap of the file."""
    benefit = rulebook.find("jinan-epidemic-labor-subsidy-2020")
    assert benefit.amount is not None
    assert benefit.amount.cap is not None
    facts = known(epidemic_supplier=True, started_on=date(2020, 1, 25), workers=Decimal(workers), days_worked=Decimal(days))
    assert amount(rulebook, benefit.id, facts, date(2020, 3, 10)) == min(200 * workers * days, benefit.amount.cap.figure)


@FAST
@given(order=st.permutations(range(5)))
def test_the_order_of_facts_changes_nothing(rulebook: Rulebook, order: list[int]) -> None:
    """Any permutation of the facts gives the same result, steps and missing facts included."""
    facts = list(known(hires__graduating=Decimal(3), hires__registered_youth=Decimal(2), hires__other=Decimal(4),
                       contract_months=Decimal(24), employer_kind=frozenset({"company"})).items())  # fmt: skip
    benefit = rulebook.find("jinan-hiring-youth-2023")
    first = calculate(benefit, dict(facts), DAY, rulebook.library)
    assert calculate(benefit, dict(facts[i] for i in order), DAY, rulebook.library) == first


@FAST
@given(paid=money, junior=st.integers(0, 4), intermediate=st.integers(0, 4), senior=st.integers(0, 4))
def test_amounts_are_whole_fen(rulebook: Rulebook, paid: Decimal, junior: int, intermediate: int, senior: int) -> None:
    """Every amount is a Decimal with two places; three certificates a year are the most."""
    refund = amount(
        rulebook,
        "jinan-job-retention-refund-2023",
        known(layoffs=Decimal(0), company_size=frozenset({"large"}), unemployment_premium_paid=paid),
    )
    counts = known(
        certificates__junior=Decimal(junior),
        certificates__intermediate=Decimal(intermediate),
        certificates__senior=Decimal(senior),
    )
    skill = amount(rulebook, "jinan-skill-subsidy-2023", counts | known(unemployment_insurance_months=Decimal(24)))
    best = sorted([1000] * junior + [1500] * intermediate + [2000] * senior, reverse=True)[:3]
    assert refund == refund.quantize(FEN)
    assert skill == sum(best)


@FAST
@given(data=st.data())
def test_a_missing_fact_only_widens(rulebook: Rulebook, data: st.DataObject) -> None:
    """Leaving a fact out gives a range that holds the amount found with it, and names that something is missing."""
    paid = data.draw(money)
    facts = known(layoffs=Decimal(data.draw(st.integers(0, 30))), insured_employees=Decimal(data.draw(st.integers(1, 100))),
                  company_size=frozenset({data.draw(st.sampled_from(["micro", "medium", "large"]))}), unemployment_premium_paid=paid)  # fmt: skip
    exact = amount(rulebook, "jinan-job-retention-refund-2023", facts)
    left_out = data.draw(st.sampled_from(sorted(facts)))
    rest = {k: v for k, v in facts.items() if k != left_out}
    result = calculate(rulebook.find("jinan-job-retention-refund-2023"), rest, DAY, rulebook.library)
    assert result.low is not None
    assert result.low <= exact
    assert result.high is None or exact <= result.high
    assert result.amount is not None or result.missing


@FAST
@given(data=st.data())
def test_assessment_is_kleene(rulebook: Rulebook, data: st.DataObject) -> None:
    """Unmet as soon as one condition is, unknown only when something is, met otherwise; for every benefit."""
    benefit: Benefit = data.draw(st.sampled_from(list(rulebook.benefits.values())))
    flags = {
        f: FactValue(f, data.draw(st.booleans()))
        for f in benefit.needs
        if rulebook.facts[f].type == "bool" and data.draw(st.booleans())
    }
    result = assess(benefit, flags, DAY, rulebook.library)
    verdicts = [("met" if c.presumed else c.verdict) for c in result.conditions]
    assert result.verdict == ("unmet" if "unmet" in verdicts else "unknown" if "unknown" in verdicts else "met")


numbers = st.decimals(min_value=-1000, max_value=1000, places=2)


@FAST
@given(a=st.tuples(numbers, numbers), b=st.tuples(numbers, numbers), t=st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_interval_arithmetic_holds_every_point(
    a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal], t: tuple[int, int]
) -> None:
    """Whatever x and y lie in two intervals, x∘y lies in the interval of ∘."""
    first, second = (Interval(min(pair), max(pair)) for pair in (a, b))
    x, y = (i.low + (i.high - i.low) * k / 4 for i, k in zip((first, second), t, strict=True))
    for source, value in (
        ("x + y", x + y),
        ("x - y", x - y),
        ("x * y", x * y),
        ("min(x, y)", min(x, y)),
        ("max(x, y)", max(x, y)),
    ):
        result = evaluate(compile_expression(source), {"x": first, "y": second})
        assert result.low <= value <= result.high


@FAST
@given(day=st.dates(date(2000, 1, 1), date(2030, 12, 31)), months=st.integers(0, 120))
def test_months_between_counts_back_what_was_added(day: date, months: int) -> None:
    """N months later are N months apart (days that a short month cuts off aside)."""
    later = add_months(day, months)
    apart = months_between(day, later)
    assert apart == months if later.day == day.day else months - 1 < apart <= months
