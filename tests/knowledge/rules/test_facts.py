"""Typed facts: units converted, approximate values bounded, and every bad input named with unit, range and an example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from knowledge.errors import BenefitAmbiguous, BenefitNotFound, FactError
from knowledge.rules.rulebook import Rulebook

DAY = date(2023, 10, 15)


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        ("contract_months", "1年", 12), ("contract_months", "一年半", 18), ("contract_months", "18", 18), ("contract_months", "24个月", 24),
        ("hires.graduating", "仨人", 3), ("hires.graduating", "6", 6), ("unemployment_premium_paid", "12.5万", 125000),
        ("unemployment_premium_paid", "两千五", 2500), ("unemployment_premium_paid", "8万元", 80000), ("layoff_rate", "百分之五点五", Decimal("5.5")),
        ("layoff_rate", "5.5%", Decimal("5.5")), ("service_years", "36个月", 3), ("age", "22周岁", 22),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_unit_of_its_fact(rulebook: Rulebook, fact: str, raw: str, value: Decimal) -> None:
    """Years, months, 万, Chinese numerals and percentages all arrive in the fact's unit."""
    assert rulebook.fact(fact, raw, DAY).value == value


def test_an_approximate_number_keeps_its_bounds(rulebook: Rulebook) -> None:
    """「十来个」 is no exact 10."""
    said = rulebook.fact("hires.graduating", "十来个", DAY)
    assert not said.exact
    assert said.low == 8
    assert said.high == 13
    assert rulebook.fact("hires.graduating", "三四个", DAY).low == 3


def test_a_word_under_several_choices_leaves_all_of_them(rulebook: Rulebook) -> None:
    """「小微企业」 is micro or small."""
    assert rulebook.fact("company_size", "小微企业", DAY).value == frozenset({"micro", "small"})


@pytest.mark.parametrize(
    ("raw", "first", "last"), [("2022-06", date(2022, 6, 1), date(2022, 6, 30)), ("2022年", date(2022, 1, 1), date(2022, 12, 31))]
)
def test_a_month_or_year_is_a_vague_day(rulebook: Rulebook, raw: str, first: date, last: date) -> None:
    """A month stands for all its days."""
    said = rulebook.fact("graduated_on", raw, DAY)
    assert (said.low, said.high) == (first, last)


@pytest.mark.parametrize(
    ("fact", "raw", "why"),
    [
        ("hires.graduating", "1000000000000", "超出范围"), ("hires.graduating", "-3", "不能是负数"), ("hires.graduating", "3人5人", "不是一个数"),
        ("hires.graduating", "许多", "不是一个数"), ("hires.graduating", "3元", "单位不对"), ("hires.graduating", "2.5", "整数"),
        ("hires.graduating", "", "空"), ("hires.graduating", "nan", "不是一个数"), ("contract_months", "3人", "单位不对"),
        ("contract_months", "9999年", "超出范围"), ("unemployment_premium_paid", "3个月", "单位不对"), ("social_insurance_paid", "也许", "看不出"),
        ("company_size", "巨型", "可选"), ("graduated_on", "2022-13-01", "不是一个存在的日期"), ("graduated_on", "明天", "不是日期"),
        ("layoff_rate", "120%", "超出范围"),
    ],
)  # fmt: skip
def test_bad_input_names_the_fact_and_gives_an_example(rulebook: Rulebook, fact: str, raw: str, why: str) -> None:
    """The message names the fact, what is wrong, and shows how to write it."""
    with pytest.raises(FactError) as error:
        rulebook.fact(fact, raw, DAY)
    message = str(error.value)
    assert why in message
    assert rulebook.facts[fact].name in message
    assert "例如" in message


def test_an_unknown_fact_names_near_ones(rulebook: Rulebook) -> None:
    """A misspelt id leads to the right one."""
    with pytest.raises(FactError, match="contract_months"):
        rulebook.fact("contract_month", "12", DAY)


def test_an_unknown_benefit_names_near_ones(rulebook: Rulebook) -> None:
    """Part of a name leads to the benefits that carry it."""
    with pytest.raises(BenefitNotFound, match="稳岗返还"):
        rulebook.find("稳岗返还补助金")


@pytest.mark.parametrize("name", ["jinan-hiring-youth-2023", "招应届生补贴", "一次性吸纳就业补贴（高校毕业生等青年）"])
def test_a_benefit_is_found_by_id_name_and_everyday_name(rulebook: Rulebook, name: str) -> None:
    """Three ways to the same benefit."""
    assert rulebook.find(name).id == "jinan-hiring-youth-2023"


@pytest.mark.parametrize(
    ("day", "region", "benefit"),
    [
        ("2018-05-01", None, "jinan-stability-2017"),
        ("2020-05-01", None, "jinan-stability-refund-2020"),
        ("2023-10-15", "370100", "jinan-job-retention-refund-2023"),
        ("2023-10-15", "370700", "weifang-stability-2023"),
    ],
)
def test_of_several_benefits_with_one_name_the_governing_one_is_found(
    rulebook: Rulebook, day: str, region: str | None, benefit: str
) -> None:
    """「稳岗返还」 stands in four documents; day and city tell which one rules."""
    assert rulebook.find("稳岗返还", date.fromisoformat(day), region).id == benefit


def test_a_name_that_two_cities_share_is_asked_back(rulebook: Rulebook) -> None:
    """Without a city none of them is taken: the message lists the ids."""
    with pytest.raises(BenefitAmbiguous, match=r"jinan-accident-insurance-2023.*weifang-accident-insurance-2023"):
        rulebook.find("意外险补贴", DAY)
