"""Near misses, other places and other times: what is not there is said as what it is, and the talk is kept."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.engines.builtin.select import asks_duration
from tests.bot.asking import ask


def test_a_length_of_time_that_is_not_written_is_said_to_be_missing(advisor: Advisor) -> None:
    answer = ask(advisor, "稳岗扩岗专项贷款潍坊这边最长能贷几年", region="370700", as_of="2023-08-28")
    assert "没有写您问的时间长短" in answer.text


def test_a_length_of_time_that_is_written_comes_first(advisor: Advisor) -> None:
    answer = ask(advisor, "扶贫车间的补助能补几个月", as_of="2020-06-20")
    assert "没有写您问的时间长短" not in answer.text
    assert "3个月" in answer.text.split("\n\n")[0]


@pytest.mark.parametrize(("question", "expected"), [("最长能贷几年", True), ("几个月能补多少钱", False), ("一共多少", False)])
def test_a_length_of_time_is_asked_for_only_without_a_sum(question: str, expected: bool) -> None:
    assert asks_duration(question) is expected


def test_another_citys_rule_is_named_and_the_answer_is_that_there_is_none(advisor: Advisor) -> None:
    answer = ask(advisor, "潍坊失业金一个月发几百", region="370700", as_of="2023-08-10")
    assert answer.status == "not_found"
    assert "济南市" in answer.text and "最低工资标准" not in answer.text


def test_a_rule_not_yet_issued_is_no_reason_to_cite_something_else(advisor: Advisor) -> None:
    answer = ask(advisor, "失业金是不是提到最低工资的九成了", as_of="2020-02-20")
    assert answer.status == "not_found"
    assert "还没有印发" in answer.text and not answer.citations


def test_whether_a_whole_document_holds_is_answered_by_its_own_words(advisor: Advisor) -> None:
    answer = ask(advisor, "潍坊那个促增收促消费的就业方案还作数不", region="370700", as_of="2024-02-06")
    assert answer.citations[0].measure == "weifang-2023-6/closing"


def test_asked_whether_it_is_written_not_written_is_an_answer(advisor: Advisor) -> None:
    answer = ask(advisor, "招就业困难人员，单位的社保给补吗", "文件里写了每人补几百没有")
    assert answer.status == "answered" and "没有写" in answer.text


def test_a_message_that_only_tells_goes_on_with_the_talk(advisor: Advisor) -> None:
    answer = ask(advisor, "口罩厂春节开工能补多少", "250号人，12天，初五到二月九号都算上了", as_of="2020-04-02")
    assert {c.measure for c in answer.citations} == {"jinan-2020-1/2"}


def test_a_message_near_to_nothing_is_read_in_the_talk(advisor: Advisor) -> None:
    answer = ask(advisor, "济南应届生吸纳补贴一人多少", "我今年2月才招的人，现在还能申请吗", as_of="2024-03-05")
    assert answer.citations[0].measure == "jinan-2023-10/15"
    assert "到期" in answer.text


@pytest.mark.parametrize("aside", ["今天股市行情怎么样，明天还会涨吗", "劳动仲裁要花多少钱，多久能裁下来"])
def test_what_is_about_something_else_is_not_read_in_the_talk(advisor: Advisor, aside: str) -> None:
    assert ask(advisor, "济南应届生吸纳补贴一人多少", aside).status == "not_found"


def test_the_same_asked_of_another_place_names_the_place(advisor: Advisor) -> None:
    answer = ask(advisor, "济南跑腿的意外险补贴一年多少", "那潍坊呢", region=None)
    assert answer.text.startswith("按潍坊市的情况")
