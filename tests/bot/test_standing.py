"""Which document speaks on the day: the newer one, the one not yet issued, and clauses that name their own time."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask


@pytest.mark.parametrize("region", ["370100", None])
def test_the_newer_document_answers_although_the_older_is_nearer(advisor: Advisor, region: str | None) -> None:
    answer = ask(advisor, "稳岗返还能退多少？", region=region, as_of="2023-10-20")
    assert answer.citations[0].measure == "jinan-2023-10/12"
    assert "60%" in answer.text and "30%" in answer.text and "50%" not in answer.text


def test_what_the_newer_document_does_not_touch_for_this_asker_stands(advisor: Advisor) -> None:
    answer = ask(advisor, "我是灵活就业的，毕业一年没工作，社保有补贴吗", as_of="2023-10-20")
    assert answer.citations[0].measure == "jinan-2020-1/10"
    assert "以新文件为准" not in answer.text


@pytest.mark.parametrize(
    ("question", "as_of"),
    [
        ("招应届毕业生给1000块钱吗,8月份", "2023-08-01"),
        ("招用应届毕业生一次性吸纳就业补贴多少钱", "2023-08-01"),
        ("公益岗干着还能兼职吗", "2023-06-01"),
    ],
)
def test_what_is_not_yet_issued_is_named_and_nothing_else_is_put_in_its_place(
    advisor: Advisor, question: str, as_of: str
) -> None:
    answer = ask(advisor, question, as_of=as_of)
    assert answer.status == "not_found" and not answer.citations
    assert "2023年9月7日 才印发" in answer.text
    assert "not_yet_issued" in {w.kind for w in answer.warnings}


def test_before_the_newer_document_the_older_one_on_the_subject_answers(advisor: Advisor) -> None:
    answer = ask(advisor, "毕业三年内创业贷款能贷30万吗", as_of="2023-08-01")
    assert answer.citations[0].measure == "jinan-2017-transition/9"
    assert "10万元" in answer.text and "60万" not in answer.text


def test_the_city_speaks_where_the_province_says_nothing(advisor: Advisor) -> None:
    answer = ask(advisor, "招退役军人税收优惠还在不在,到哪年", as_of="2026-11-27")
    assert answer.citations[0].measure == "jinan-2023-10/13" and "2027年12月31日" in answer.text


def test_until_when_is_asked_of_what_was_just_said(advisor: Advisor) -> None:
    answer = ask(advisor, "职工医保单位缴费降了几个点？到什么时候？", as_of="2020-04-01")
    assert "2020年12月31日" in answer.text and "2021年" not in answer.text


def test_a_part_about_something_else_leaves_what_was_just_said(advisor: Advisor) -> None:
    answer = ask(advisor, "社保减免到几月份,我们是大企业,医保降不降", as_of="2020-04-01")
    assert {"jinan-2020-1/8", "jinan-2020-1/7"} == {c.measure for c in answer.citations}
    assert "没有写这项政策的截止日期" not in answer.text  # 「2020年2月至4月」 is stated


@pytest.mark.parametrize(("size", "passed"), [("大型企业", True), ("小微企业", False)])
def test_a_clause_that_names_its_time_says_when_that_has_passed(advisor: Advisor, size: str, passed: bool) -> None:
    answer = ask(advisor, f"我们是{size}，社保三险单位缴费怎么减免", as_of="2020-05-12")
    assert ("已过，不在" in answer.text) is passed


def test_a_term_that_has_run_out_is_no_question_about_the_policy(advisor: Advisor) -> None:
    answer = ask(advisor, "公益岗三年到期了还没找着活,能不能接着干", as_of="2020-04-01")
    assert not answer.text.startswith("**在 2020年4月1日") and "延1年" in answer.text.splitlines()[0]
