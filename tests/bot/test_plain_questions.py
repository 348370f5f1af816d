"""Plain questions of every day: the benefit that was named, the day that was asked about, no loan for a subsidy."""

from __future__ import annotations

from datetime import date

import pytest

from bot.advisor import Advisor
from bot.understanding.later import later_day
from tests.bot.asking import ask

DAY = date(2023, 12, 20)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("过了年还能申请吗", date(2024, 1, 1)),
        ("明年还有吗", date(2024, 1, 1)),
        ("下个月还能办不", date(2024, 1, 1)),
        ("3月以后还给吗", date(2024, 4, 1)),
        ("十二月份以后呢", date(2024, 1, 1)),
        ("现在还能领吗", None),
        ("3月招的人还能领吗", None),
    ],
)
def test_the_later_day_of_a_question(question: str, day: date | None) -> None:
    assert later_day(question, DAY) == day


def test_no_later_day_after_the_calendar_ends() -> None:
    assert later_day("明年还有吗", date.max) is None


@pytest.mark.parametrize("question", ["吸纳就业补贴明年还能领吗", "招应届生的吸纳补贴，过了年还能申请吗"])
def test_a_later_day_is_answered_for_that_day(advisor: Advisor, question: str) -> None:
    answer = ask(advisor, question, as_of="2023-12-20")
    assert "到那时就过期了" in answer.text and "仍然有效" not in answer.text


def test_asked_for_subsidies_no_loan_is_offered(advisor: Advisor) -> None:
    answer = ask(advisor, "公积金应届生补贴一共多少钱", as_of="2023-10-30")
    assert {c.amount for c in answer.calculations} == {"300.00", "1200.00", "1500.00"}


def test_a_follow_up_about_oneself_goes_to_the_benefit_that_asks_for_it(advisor: Advisor) -> None:
    turns = ("创业担保贷款能贷多少？", "我是返乡农民工呢？", "那小微企业呢")
    answers = [ask(advisor, *turns[: n + 1], as_of="2023-10-12") for n in range(3)]
    assert [a.status for a in answers] == ["answered"] * 3
    assert [c.amount for c in answers[1].calculations] == ["500000.00"]
    assert [c.amount for c in answers[2].calculations] == ["10000000.00"]


def test_a_figure_heard_of_is_contradicted_and_not_computed_with(advisor: Advisor) -> None:
    told = "小企业，养老失业工伤三样单位每月要交8400。老板说就免三个月，省25200，是吗？"
    answer = ask(advisor, told, as_of="2020-03-30")
    assert [c.amount for c in answer.calculations] == ["42000.00"]
    assert "不对" in answer.text


def test_several_sums_under_discussion_go_on_together(advisor: Advisor) -> None:
    answer = ask(
        advisor, "招了仨今年毕业的大学生", "另外俩四十多岁，登记失业都十个月了", "都签了一年合同，各能领多少",
        as_of="2023-10-18",
    )  # fmt: skip
    assert [c.amount for c in answer.calculations][:2] == ["3000.00", "2000.00"]


def test_what_is_told_of_one_leaves_the_others(advisor: Advisor) -> None:
    answer = ask(
        advisor, "软件公司，招了4个应届生两年合同，一次性吸纳就业补贴多少", "另外还有一个保安也签了两年",
        as_of="2023-10-18",
    )  # fmt: skip
    assert "4000.00" in {c.amount for c in answer.calculations}


def test_another_thing_asked_for_is_another_subject(advisor: Advisor) -> None:
    answer = ask(
        advisor, "招了3个应届生，签了两年，能拿多少", "我是退役军人，自己开公司能贷多少？", as_of="2023-10-20",
    )  # fmt: skip
    assert "创业担保贷款" in answer.text and "吸纳就业补贴" not in answer.text
