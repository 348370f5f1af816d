"""Reading a message for one benefit: looser words, pairs, shifts, shares of one premium, and numbers that find no place."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from knowledge.base import DATA
from knowledge.rules.calculator import calculate
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.story import read_story
from knowledge.rules.story_directed import read_for
from knowledge.rules.story_slots import Directed


def directed(rulebook: Rulebook, benefit: str, as_of: str, text: str) -> tuple[dict[str, object], Directed]:
    """(values of all facts after both readings, what the second one found)."""
    day = date.fromisoformat(as_of)
    story = read_story(rulebook, text, day)
    found = read_for(rulebook, rulebook.benefits[benefit], story.facts, text, day)
    return {f: v.value for f, v in {**story.facts, **found.facts}.items()}, found


@pytest.mark.parametrize(
    ("benefit", "as_of", "text", "expected"),
    [
        ("jinan-startup-loan-interest-2017", "2018-05-22", "贷了8万创业担保的款，年利率五点五，两年期", {"startup_loan_principal": 80000, "startup_loan_rate": "5.5"}),
        ("jinan-startup-loan-interest-2017", "2018-05-22", "批了10万，年息百分之六，三年还清", {"startup_loan_principal": 100000, "startup_loan_rate": 6}),
        ("jinan-epidemic-labor-subsidy-2020", "2020-03-23", "1月29号到2月7号，白班22人夜班14人，天天都齐", {"workers": 36, "days_worked": 10}),
        ("jinan-trainee-living-2020", "2020-06-24", "组织了32个人上线上课，一人60学时", {"class_hours": 60, "learners": 32}),
        ("jinan-premium-exemption-sme-2020", "2020-07-20", "25个人交保险，养老失业工伤单位这头一人一月612，免五个月", {"three_premiums_monthly": 15300}),
        ("jinan-incubator-rent-provincial-2020", "2020-06-11", "三个月给租户少收了190万租金", {"rent_waived": 1900000, "rent_months": 3}),
        ("jinan-epidemic-labor-subsidy-2020", "2020-03-23", "前头5天每天18个人，后来这8天每天40人，一人一天200", {"person_days": 410}),
        ("jinan-epidemic-labor-subsidy-2020", "2020-03-23", "1月30号到2月3号，每天18人；2月20号又招了4个", {"workers": 18, "days_worked": 5}),
        ("jinan-hr-matching-2023", "2024-03-23", "省里给的扶持资金，一个项目给了12万，一个项目给了7万", {"award_from_province": 190000}),
        ("jinan-incubator-award-2017", "2018-05-22", "一个返乡创业园、一个乡村旅游创客基地，都认定成市级孵化基地了", {"awarded_bases": 2}),
        ("jinan-job-introduction-2020", "2020-04-20", "把仨技校毕业的送进了一家电子厂，签的一年", {"introductions": 3}),
        ("jinan-job-retention-refund-2023", "2023-10-20", "18个人，失业保险每人每月单位交21、个人交9块，交足了12个月", {"unemployment_premium_paid": 6480}),
        ("jinan-job-retention-refund-2023", "2023-10-20", "单位缴的失业保险三万一，员工自己缴的一万九", {"unemployment_premium_employer": 31000, "unemployment_premium_staff": 19000}),
        ("jinan-free-space-duty-2023", "2023-11-01", "政府投资建的创业园，总共六千平", {"site_area": 6000}),
    ],
)  # fmt: skip
def test_loose_words_are_enough_once_the_benefit_is_known(
    rulebook: Rulebook, benefit: str, as_of: str, text: str, expected: dict[str, object]
) -> None:
    values, found = directed(rulebook, benefit, as_of, text)
    assert {f: values.get(f) for f in expected} == {f: Decimal(str(v)) for f, v in expected.items()}
    assert found.odd == ()


def test_a_number_is_what_the_nearer_words_say(rulebook: Rulebook) -> None:
    values, _ = directed(rulebook, "jinan-startup-loan-interest-2017", "2018-05-22", "贷了10万，签合同那天基准利率4.75")
    assert "startup_loan_rate" not in values


@pytest.mark.parametrize("text", ["应届生的1000和失业半年的1000能不能都领", "招了个26的，上俩月才登的失业"])
def test_spans_that_say_who_people_are_are_no_contract(rulebook: Rulebook, text: str) -> None:
    values, _ = directed(rulebook, "jinan-hiring-unemployed-2023", "2023-10-20", text)
    assert "contract_months" not in values


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("给厂子介绍了40个人：12个有焊工证的，8个技校刚毕业的，剩下20个普工没证，合同都一年", 20),
        ("送去高校毕业生9个、技校毕业生11个、没证的普工20个，都签了一年", 20),
        ("介绍了31个大学毕业生，25个跟厂里签的一年，6个签了仨月", 25),
    ],
)
def test_kinds_told_part_by_part_are_judged_part_by_part(rulebook: Rulebook, told: str, number: int) -> None:
    day = date(2020, 4, 20)
    benefit = rulebook.benefits["jinan-job-introduction-2020"]
    story = read_story(rulebook, told + "，3月份", day)
    found = read_for(rulebook, benefit, story.facts, told + "，3月份", day)
    result = calculate(benefit, {**story.facts, **found.facts}, day, rulebook.library)
    assert (result.amount, found.odd) == (Decimal(300 * number), ())


def test_people_called_by_other_words_stop_the_sum(rulebook: Rulebook) -> None:
    told = "给厂子介绍了40个人：12个应届生，剩下的是些大嫂，合同都一年"
    _, found = directed(rulebook, "jinan-job-introduction-2020", "2020-04-20", told)
    assert found.odd


def test_an_insurance_that_is_not_asked_for_is_no_riddle(rulebook: Rulebook) -> None:
    told = "小型企业，每个月养老3.2万，失业1400，工伤800，医保还有1.9万，2月到6月"
    values, found = directed(rulebook, "jinan-premium-exemption-sme-2020", "2020-07-10", told)
    assert (values["pension_monthly"], found.odd) == (Decimal(32000), ())


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("报名120个，考核合格85个，项目标准一人1200", []),
        ("考核合格85个，项目标准一人1200，还有40个补考", ["40个"]),
        ("考核合格85个，项目标准一人1200，光场地就花了十几万", []),
    ],
)
def test_what_the_message_explains_needs_no_doubt(rulebook: Rulebook, text: str, odd: list[str]) -> None:
    _, found = directed(rulebook, "jinan-online-platform-2020", "2020-06-18", text)
    assert [q.raw for q in found.odd] == odd


def test_people_and_terms_in_a_row_are_parts(rulebook: Rulebook) -> None:
    story = read_story(rulebook, "9月招的仨，都是今年毕业的，合同一个两年俩十个月", date(2023, 10, 23))
    parts = story.facts["contract_months"].parts
    assert [(p.count, p.value) for p in parts] == [(Decimal(1), Decimal(24)), (Decimal(2), Decimal(10))]
    result = calculate(rulebook.benefits["jinan-hiring-youth-2023"], story.facts, date(2023, 10, 23), rulebook.library)
    assert (result.amount, [left.number for left in result.left]) == (Decimal(1000), [Decimal(2)])


def test_some_of_those_counted_are_no_doubt(rulebook: Rulebook) -> None:
    text = "招了8个应届生，其中3个只签了半年，剩下的都签了两年"
    _, found = directed(rulebook, "jinan-hiring-youth-2023", "2023-10-15", text)
    assert found.odd == ()


@pytest.mark.parametrize(
    ("said", "amount"),
    [("失业险去年单位交了20万，职工个人交了9万", 100000), ("失业保险费去年一共交了20万", 100000), ("单位部分20万", 100000)],
)
def test_the_refund_of_2020_is_of_what_the_firm_paid(rulebook: Rulebook, said: str, amount: int) -> None:
    day = date(2020, 6, 1)
    facts = read_story(rulebook, f"我们公司没裁员，不是重点项目，也不是高耗能。{said}", day).facts
    result = calculate(rulebook.benefits["jinan-stability-refund-2020"], facts, day, rulebook.library)
    assert result.amount == amount


_READS = """
from pathlib import Path
from knowledge.rules.rulebook import load_rulebook
from knowledge.texts.library import load_library
data = Path({data!r})
print([b.reads for b in load_rulebook(data, load_library([data / "documents"])).benefits.values()])
"""


def test_the_order_of_facts_does_not_hang_on_the_hash_seed() -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", _READS.format(data=str(DATA))],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert printed[0] == printed[1] != ""
