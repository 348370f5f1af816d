"""The screener: what governs a region on a day, in useful order, and the one question worth asking."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.screening import deciding_fact, screen

DAY = date(2023, 10, 15)
JINAN, WEIFANG, YANTAI = "370100", "370700", "370600"
GRADUATES = {"hires.graduating": FactValue("hires.graduating", Decimal(6))}
CONTRACT = {"contract_months": FactValue("contract_months", Decimal(12))}


def ids(rulebook: Rulebook, region: str, day: date) -> set[str]:
    """The benefits that govern a region on a day."""
    return {b.id for b in rulebook.in_region(region, day)}


def test_the_newest_document_governs_one_region_and_subject(rulebook: Rulebook) -> None:
    """The retention refund of 2020 gives way to that of 2023 on the day the latter is issued, not before."""
    old, new = "jinan-stability-refund-2020", "jinan-job-retention-refund-2023"
    assert old in ids(rulebook, JINAN, date(2023, 9, 6))
    assert new not in ids(rulebook, JINAN, date(2023, 9, 6))
    assert old not in ids(rulebook, JINAN, date(2023, 9, 7))
    assert new in ids(rulebook, JINAN, date(2023, 9, 7))
    superseding = rulebook.superseded_by(rulebook.find(old), DAY)
    assert superseding is not None
    assert superseding.id == new


def test_a_county_has_its_citys_benefits_and_another_city_has_none_of_them(rulebook: Rulebook) -> None:
    """Code prefixes: 历下区 is 济南; 烟台 has neither 济南's nor 潍坊's; the province binds all its cities."""
    later = date(2025, 3, 1)
    assert ids(rulebook, "370102", DAY) == ids(rulebook, JINAN, DAY)
    assert {b.region for b in rulebook.in_region(YANTAI, later)} == {"370000"}
    assert {b.region for b in rulebook.in_region(JINAN, later)} == {"370000", JINAN}
    assert {b.region for b in rulebook.in_region(WEIFANG, DAY)} == {WEIFANG}


def test_nothing_issued_later_and_nothing_expired_is_screened(rulebook: Rulebook) -> None:
    """Every result is in force or open on the day; expired ones only when asked for, and last."""
    shown = screen(rulebook, {}, JINAN, date(2024, 6, 1))
    assert {a.validity for a in shown} <= {"in_force", "open"}
    everything = screen(rulebook, {}, JINAN, date(2024, 6, 1), include_expired=True)
    assert [a.validity == "expired" for a in everything] == sorted(a.validity == "expired" for a in everything)
    assert "jinan-hiring-youth-2023" in {a.benefit for a in everything if a.validity == "expired"}


def test_what_the_story_speaks_of_comes_first_and_what_fails_last(rulebook: Rulebook) -> None:
    """An employer with six graduates and a contract sees the hiring subsidy first."""
    shown = screen(rulebook, GRADUATES | CONTRACT, JINAN, DAY, audience="employer")
    assert shown[0].benefit == "jinan-hiring-youth-2023"
    assert shown[0].verdict == "met"
    verdicts = [a.verdict == "unmet" for a in shown]
    assert verdicts == sorted(verdicts)


def test_services_and_priorities_are_screened_too(rulebook: Rulebook) -> None:
    """Entitlements without a figure appear for the right audience."""
    shown = {a.benefit for a in screen(rulebook, {}, JINAN, DAY, audience="person")}
    assert {"jinan-job-fairs-2023", "jinan-odd-job-market-2023", "jinan-youth-hostel-2023"} <= shown
    assert "jinan-job-retention-refund-2023" not in shown


def test_the_question_asked_is_the_one_that_decides(rulebook: Rulebook) -> None:
    """With the graduates known the contract decides; once asked it is not asked again."""
    benefit = rulebook.find("jinan-hiring-youth-2023")
    assert deciding_fact(benefit, GRADUATES, (), DAY, rulebook) == "contract_months"
    assert deciding_fact(benefit, GRADUATES, ("contract_months",), DAY, rulebook) is None
    assert deciding_fact(benefit, GRADUATES | CONTRACT, (), DAY, rulebook) is None
    shown = screen(rulebook, GRADUATES, JINAN, DAY, audience="employer")
    asked = deciding_fact(shown, GRADUATES, (), DAY, rulebook)
    assert asked is not None
    assert deciding_fact(shown, GRADUATES, (asked,), DAY, rulebook) != asked


def test_an_unbounded_sum_is_asked_for_before_its_rate(rulebook: Rulebook) -> None:
    """Without the premium nothing can be said; it is asked before the size of the firm."""
    benefit = rulebook.find("jinan-job-retention-refund-2023")
    none_laid_off = {"layoffs": FactValue("layoffs", Decimal(0))}
    assert deciding_fact(benefit, none_laid_off, (), DAY, rulebook) == "unemployment_premium_paid"
    assert deciding_fact(benefit, none_laid_off, ("unemployment_premium_paid",), DAY, rulebook) == "company_size"
