"""Whose rule an answer states: places that nobody knows, places not told, several cities, documents that are not here."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from tests.bot.asking import ask

HIRED = "招了3个应届生，签两年，能领多少钱"
DAY = "2023-10-20"


def cited(answer: Answer) -> set[str]:
    return {c.measure for c in answer.citations}


def test_a_sum_without_a_place_says_whose_rule_it_is_before_the_sum(advisor: Advisor) -> None:
    answer = ask(advisor, f"我{HIRED}", region=None, as_of=DAY)
    assert answer.calculations[0].amount == "3000.00"
    assert "济南市" in answer.text[: answer.text.index("3,000")]
    assert [w.kind for w in answer.warnings].count("region") == 1


@pytest.mark.parametrize("region", [None, "370100"])
def test_a_sum_for_a_place_that_nobody_knows_says_so(advisor: Advisor, region: str | None) -> None:
    answer = ask(advisor, f"我在滨海新区{HIRED}", region=region, as_of=DAY)
    before = answer.text[: answer.text.index("3,000")]
    assert "滨海新区" in before and "济南市" in before


def test_an_unknown_place_holds_for_the_next_question_until_another_is_named(advisor: Advisor) -> None:
    told = ("我在滨海新区开公司，招应届生有补贴吗", "我招了3个，签两年，能领多少钱")
    assert any("滨海新区" in w.text for w in ask(advisor, *told, region="370100", as_of=DAY).warnings)
    answer = ask(advisor, *told, "那我在济南历下的店也招了2个呢", region="370100", as_of=DAY)
    assert not any("滨海新区" in w.text for w in answer.warnings)


@pytest.mark.parametrize("place", ["台北", "东京", "凉山", "延边"])
def test_no_sum_is_lent_to_a_place_far_away(advisor: Advisor, place: str) -> None:
    answer = ask(advisor, f"我在{place}{HIRED}", as_of=DAY)
    assert answer.status == "not_found" and not answer.calculations
    assert "不适用" in answer.text


def test_who_studied_abroad_still_asks_about_here(advisor: Advisor) -> None:
    answer = ask(advisor, "我在英国读的硕士，今年毕业回来开公司，创业担保贷款最高能贷多少", as_of=DAY)
    assert answer.region == "370100" and "jinan-2023-10/8" in cited(answer)


def test_who_has_a_station_elsewhere_asks_about_home(advisor: Advisor) -> None:
    answer = ask(advisor, "我们今年在北京、青岛各设了一个返乡创业服务站，能补多少钱", as_of=DAY)
    assert answer.region == "370100" and "jinan-2020-1/19" in cited(answer)


@pytest.mark.parametrize(
    ("question", "measures"),
    [
        ("意外险补贴多少钱？", {"jinan-2023-10/3", "weifang-2023-6/2"}),
        ("失业人员跑外卖能不能给买保险补点钱", {"jinan-2023-10/3", "weifang-2023-6/2"}),
        ("招就业困难人员社保补贴怎么补？", {"jinan-2023-10/13", "weifang-2023-6/7"}),
    ],
)
def test_each_city_that_has_such_a_rule_answers_under_its_name(advisor: Advisor, question: str, measures: set[str]) -> None:
    answer = ask(advisor, question, region=None, as_of=DAY)
    assert measures <= cited(answer)
    assert "**济南市**：" in answer.text and "**潍坊市**：" in answer.text
    assert "只有" not in " ".join(w.text for w in answer.warnings)


def test_a_list_of_benefits_without_a_place_names_the_city_of_each(advisor: Advisor) -> None:
    lines = [
        x for x in ask(advisor, "我失业了，能领什么补贴？", region=None, as_of=DAY).text.splitlines() if x.startswith("- **")
    ]
    assert lines and all("济南市" in x or "潍坊市" in x or "山东省" in x for x in lines)


@pytest.mark.parametrize(
    ("question", "region", "as_of", "first", "second"),
    [
        ("政府的创业园给不给免费场地？潍坊呢？", "370100", DAY, "jinan-2023-10/9", "weifang-2023-6/15"),
        ("市属企业校招占多少？济南国企招毕业生占多少？", "370700", DAY, "weifang-2023-6/12", "jinan-2023-10/15"),
        ("小微企业招了离校三年的毕业生,社保给不给补?济南那边呢", "370700", "2023-06-30", "weifang-2023-6/7", "jinan-2020-1/10"),
    ],
)
def test_a_later_part_about_another_city_leaves_the_first_to_the_askers_own(
    advisor: Advisor, question: str, region: str, as_of: str, first: str, second: str
) -> None:
    answer = ask(advisor, question, region=region, as_of=as_of)
    assert answer.citations[0].measure == first and second in cited(answer)


def test_what_the_province_itself_rules_is_answered_from_its_document(advisor: Advisor) -> None:
    answer = ask(advisor, "省里有没有规定创业担保贷款最高多少？", as_of="2024-12-01")
    assert cited(answer) == {"shandong-2024-14/8"}
    told = ask(advisor, "省里给了25万，济南创业担保贷款最高能贷多少？", as_of="2024-12-01")
    assert told.region == "370100"


@pytest.mark.parametrize(
    ("question", "region"), [("我在青岛,稳岗返还是退60%吗", None), ("我在淄博，意外险补贴能领100吗", "370100")]
)
def test_every_owner_of_a_rule_is_named_by_the_document_that_governs(advisor: Advisor, question: str, region: str | None) -> None:
    answer = ask(advisor, question, region=region, as_of=DAY)
    assert answer.status == "not_found"
    assert {c.document for c in answer.citations} == {"jinan-2023-10", "weifang-2023-6"}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("《济南市促进高校毕业生留济十条》里生活补贴多少", "《济南市促进高校毕业生留济十条》"),
        ("济政发〔2022〕8号里说的租房补贴是多少", "济政发〔2022〕8号"),
    ],
)
def test_a_document_that_is_not_here_is_never_answered_from_another(advisor: Advisor, question: str, name: str) -> None:
    answer = ask(advisor, question, as_of=DAY)
    assert answer.text.startswith(f"库里没有{name}")
    assert answer.status == "not_found" and not answer.calculations
