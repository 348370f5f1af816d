"""Two kinds, two times, two benefits: the sum of each with the difference, and whether both can be had."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from tests.bot import asking


def ask(advisor: Advisor, *turns: str, region: str | None = "370100", as_of: str = "2023-11-10") -> Answer:
    return asking.ask(advisor, *turns, region=region, as_of=as_of)


@pytest.mark.parametrize(
    ("question", "as_of", "amounts", "gap"),
    [
        ("去年失业险总共缴了20万，一个没裁。划成小型企业拿稳岗返还跟划成大型比，差多少", "2023-11-01", {"120000.00", "60000.00"}, "60,000"),
        ("高级工证和中级工证，技能补贴差多少钱", "2023-10-25", {"2000.00", "1500.00"}, "500"),
        (
            "氯碱厂，又挂着省重点项目。去年单位实缴失业保险费50万，没裁员。按重点项目那档和按高耗能行业那档分别能返多少",
            "2020-05-15",
            {"300000.00", "350000.00"},
            "50,000",
        ),
    ],
)  # fmt: skip
def test_kinds_of_one_clause_are_put_side_by_side(
    advisor: Advisor, question: str, as_of: str, amounts: set[str], gap: str
) -> None:
    answer = ask(advisor, question, as_of=as_of)
    assert answer.status == "answered"
    assert {c.amount for c in answer.calculations} == amounts
    assert f"相差 {gap} 元" in answer.text


def test_a_kind_of_another_benefit_of_the_measure_counts_as_well(advisor: Advisor) -> None:
    answer = ask(advisor, "2020年的社保减免，中小微和大型怎么差", "每月都5万，各省多少？", as_of="2020-04-27")
    assert {c.amount for c in answer.calculations} == {"250000.00", "75000.00"}


def test_two_sizes_without_a_contrast_are_no_contrast(advisor: Advisor) -> None:
    answer = ask(advisor, "我们是大型企业，稳岗返还去年交了10万没裁员，返多少")
    assert "相差" not in answer.text


def test_how_it_was_and_how_it_is_without_a_year(advisor: Advisor) -> None:
    answer = ask(advisor, "考证拿技能补贴，以前要交多久失业保险，现在呢")
    assert {c.document for c in answer.citations} == {"jinan-2017-transition", "jinan-2023-10"}
    assert "36个月" in answer.text and "相差 24 个月" in answer.text


def test_two_parts_each_of_its_own_year(advisor: Advisor) -> None:
    answer = ask(advisor, "我表哥2018年创业贷款，个人最多能贷多少？我今年刚大学毕业自己干，个人创业担保贷款又能贷多少")
    assert {c.document for c in answer.citations} == {"jinan-2017-transition", "jinan-2023-10"}


def test_the_same_condition_in_two_years_is_said_to_be_the_same(advisor: Advisor) -> None:
    answer = ask(advisor, "稳岗返还对裁员的要求，今年比2020年严了没有")
    assert "数字一样" in answer.text and "50%" not in answer.text


def test_a_clause_that_states_what_was_and_what_is(advisor: Advisor) -> None:
    answer = ask(advisor, "毕业生个人创业担保贷款以前额度多少、现在多少", "提高了几万")
    assert "提高了 **100,000 元**" in answer.text


def test_deadlines_and_shares_of_two_cities(advisor: Advisor) -> None:
    both = ask(advisor, "重点群体创业就业减税那个，济南和潍坊分别能用到哪天", region=None)
    assert "2027年12月31日" in both.text and "2025年12月31日" in both.text
    share = ask(advisor, "市属国企招大学生，济南跟潍坊的要求有啥不一样，比例各是多少", region=None)
    assert "60%" in share.text and "相差 10 个百分点" in share.text


def test_the_same_rule_in_other_words_is_said_to_be_the_same(advisor: Advisor) -> None:
    text = ask(advisor, "打零工的想自己交职工养老，在哪儿参保这事，济南和潍坊两个市文件写得一样不一样", region=None).text
    assert "写得一样" in text


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("同一个毕业生，我领了一次性扩岗补助，再领一人一千那个吸纳补贴行不行", "**不能一起领**"),
        ("考证时参加的培训班，学费是就业资金给报的，还能再申请那个技能提升补贴吗，同一个证", "**不能一起领**"),
        ("小王是今年毕业的，领吸纳补贴；老李是另一个员工，领创业岗位开发补贴。我一家公司两样都有，冲突不", "**可以，不冲突**"),
        ("小微企业招的应届生，社保补贴和一次性给的那个吸纳补贴，能不能两个都要", "**可以**"),
    ],
)
def test_whether_two_can_be_had_together_is_answered_first(advisor: Advisor, question: str, verdict: str) -> None:
    answer = ask(advisor, question)
    assert answer.status == "answered" and not answer.missing
    assert answer.text.startswith(verdict)


def test_the_province_answers_for_a_city_without_documents(advisor: Advisor) -> None:
    answer = ask(advisor, "我在德州，二宝刚断奶，听说省里在推那种能照应孩子的岗位，叫啥来着", region=None, as_of="2024-11-20")
    assert "妈妈岗" in answer.text and "德州市的文件不在库里" in answer.text


def test_another_citys_rule_put_forward_is_not_lent(advisor: Advisor) -> None:
    answer = ask(advisor, "泰安的企业招应届生，能按济南那个一人一千领不", region=None)
    assert answer.status == "not_found" and "不适用于泰安市" in answer.text
