"""Look-ups as a caller needs them: the verdict or the source first, silence where that is the answer, nothing said twice."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.engines.builtin.several import title
from bot.understanding.parts import split_questions
from tests.bot.asking import ask


def _first(text: str) -> str:
    return text.split("\n\n")[0]


@pytest.mark.parametrize("question", ["稳岗返还2020年和2023年有啥不一样", "稳岗返还的比例，2020年和2023年各是多少？"])
def test_a_benefit_compared_as_such_is_told_by_all_that_says_how_much(advisor: Advisor, question: str) -> None:
    answer = ask(advisor, question)
    assert all(share in answer.text for share in ("50%", "60%", "70%", "30%", "2023年12月31日"))
    assert "一样" not in answer.text.replace("不一样", "") and "5.5%" not in answer.text


@pytest.mark.parametrize(
    ("question", "region"),
    [("创业提振贷的商贷部分政府贴息吗", "370100"), ("创业担保贷款个人最高多少", "370700"), ("二级技师证补多少钱？", "370100")],
)
def test_what_only_a_silent_point_speaks_of_is_said_to_be_open(advisor: Advisor, question: str, region: str) -> None:
    answer = ask(advisor, question, region=region)
    assert answer.status == "not_found"
    assert _first(answer.text).startswith("文件没有写")


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("毕业2年自主创业开小微公司,贷款个人最多30万,听说加商贷60万?对不", "50万元"),
        ("有人说稳岗返还大企业也退60%，对吗？去年交了200万", "30%"),
        ("技能补贴必须交36个月失业保险才行吧？", "1年"),
    ],
)
def test_a_wrong_figure_put_forward_is_contradicted_first(advisor: Advisor, question: str, right: str) -> None:
    answer = ask(advisor, question)
    assert _first(answer.text).startswith("**不对**") and right in answer.text


def test_a_right_figure_and_the_askers_own_are_not_contradicted(advisor: Advisor) -> None:
    assert "不对" not in ask(advisor, "听说中小微企业稳岗返还退60%，对吗").text
    assert "不对" not in ask(advisor, "我们小微企业去年交了5万失业保险费，没裁员，能退60%对吗").text


def test_more_than_the_maximum_is_refused_and_interest_not_computed_on_it(advisor: Advisor) -> None:
    answer = ask(advisor, "我们是保供企业,缺人缺得厉害,想贷5000万发工资,行吗,利息多少", region="370700")
    assert "**不行**" in answer.text and "30,000,000" in answer.text
    assert "2,000,000" not in answer.text


@pytest.mark.parametrize(
    "question",
    ["稳岗返还写在哪份文件的第几条？", "稳岗返还在2023年哪个文件第几条?文号给我", "稳岗返还是哪个文件规定的，文号多少"],
)
def test_asked_for_the_source_title_number_and_article_come_first(advisor: Advisor, question: str) -> None:
    answer = ask(advisor, question)
    assert answer.status == "answered"
    assert all(part in _first(answer.text) for part in ("济政办发〔2023〕10号", "（十二）", "实施方案"))


def test_a_document_without_a_number_is_said_to_have_none(advisor: Advisor) -> None:
    answer = ask(advisor, "一次性创业补贴写在哪个文件第几条", as_of="2018-03-01")
    assert "没有写文号" in answer.text


def test_nobody_named_is_said_with_whom_to_ask(advisor: Advisor) -> None:
    answer = ask(advisor, "一次性扩岗补助找谁", region="370000", as_of="2024-12-20")
    assert "没有写这件事由哪个部门负责" in _first(answer.text) and "厅" in answer.text


def test_still_in_time_is_said_first(advisor: Advisor) -> None:
    answer = ask(advisor, "我考了初级证,失业保险交了3年,证是2023年3月5日发的,还来得及不")
    assert _first(answer.text) == "**来得及**。"


def test_a_refusal_quotes_the_condition_and_works_out_its_rate(advisor: Advisor) -> None:
    answer = ask(advisor, "我们公司28个人,裁了6个,去年交失业保险费8万,稳岗返还能返多少")
    assert "6 ÷ 28 = 21.43%" in answer.text
    quote = next(line for line in answer.text.split("\n\n") if line.startswith("> 原文"))
    assert "裁员率" in quote and "60%返还" not in quote


def test_what_is_supposed_and_brings_no_more_is_said_so(advisor: Advisor) -> None:
    question = "我们是焦化企业,去年交了120万失业保险费,没裁人,能返多少?是省重点项目会不会更多"
    answer = ask(advisor, question, as_of="2020-04-15")
    assert "**不会更多**" in answer.text and "840,000" in answer.text
    assert "不能同时领" not in answer.text  # the clause excludes nothing


def test_a_part_with_another_clause_is_not_dropped(advisor: Advisor) -> None:
    question = "2月18号复工,新招了15个人,签了一年合同社保也交了,补多少钱?另外中介帮我们介绍的,中介能拿钱吗"
    answer = ask(advisor, question, as_of="2020-03-20")
    assert "15,000" in answer.text and "300元" in answer.text


def test_a_part_about_something_else_than_the_sum_is_not_answered_by_it(advisor: Advisor) -> None:
    answer = ask(advisor, "小微企业贷款300万，几年，贴息吗？利率能上浮多少？", as_of="2018-03-01")
    assert "2个百分点" in answer.text


def test_where_to_apply_and_who_pays_are_two_questions() -> None:
    assert split_questions("能补多少,去哪申请,谁出钱")[-2:] == ("去哪申请", "谁出钱")


@pytest.mark.parametrize(
    ("part", "shown"),
    [("行吗", ""), ("个50万的是咋回事", ""), ("一是见习补贴多少钱", "见习补贴多少钱"), ("利率能上浮多少", "利率能上浮多少")],
)
def test_a_heading_is_readable_or_absent(part: str, shown: str) -> None:
    assert title(part) == shown


def test_one_answer_has_no_heading_over_it(advisor: Advisor) -> None:
    assert "是哪个文件规定的" not in ask(advisor, "创业提振贷是哪个文件规定的，文号多少").text


def test_a_deadline_far_away_is_not_counted_in_days_and_an_office_has_none(advisor: Advisor) -> None:
    assert "还剩" not in ask(advisor, "残保金怎么减", as_of="2020-04-15").text
    assert "**期限**" not in ask(advisor, "稳岗返还由哪些部门负责").text


def test_the_working_of_a_fixed_sum_does_not_repeat_it(advisor: Advisor) -> None:
    answer = ask(advisor, "三个人合伙创业能贷多少", as_of="2020-06-01")
    assert answer.text.count("600,000") == 1 and "创业创业" not in answer.text


def test_the_working_shows_the_number_that_the_sum_is_made_with(advisor: Advisor) -> None:
    facts = {"is_poverty_workshop": "是", "poor_workers": "10人", "months": "5个月"}
    calculation = advisor.calculate("jinan-poverty-workshop-2020", facts, "2020-08-01")["calculation"]
    assert calculation["amount"] == "30000.00"
    assert "× 3 个月（最多 3 个月）" in calculation["steps"][0]["text"]


@pytest.mark.parametrize(
    ("question", "right", "region", "as_of"),
    [
        ("招重点群体的那个税费优惠，到2025年底就停了对吧", "2027年12月31日", "370100", "2024-05-13"),
        ("济南招重点群体的税收优惠，年底就到期了是吧", "2027年12月31日", "370100", "2024-05-13"),
        ("税务的人说重点群体就业创业的税费优惠一直到2027年，对不对", "2025年12月31日", "370700", "2023-09-06"),
        (
            "听说招应届生那一千块到明年6月才截止，我招了3个今年毕业的，签两年，能领多少？",
            "2023年12月31日",
            "370100",
            "2023-10-16",
        ),
    ],
)
def test_a_wrong_last_day_put_forward_is_contradicted_first(
    advisor: Advisor, question: str, right: str, region: str, as_of: str
) -> None:
    first = _first(ask(advisor, question, region=region, as_of=as_of).text)
    assert first.startswith("**不对**") and right in first


@pytest.mark.parametrize("question", ["重点群体税费优惠执行到2027年底是吧", "重点群体税费优惠，2027年12月31号到期，没错吧"])
def test_a_right_last_day_is_not_contradicted(advisor: Advisor, question: str) -> None:
    assert "不对" not in ask(advisor, question, as_of="2024-05-13").text


def test_what_a_silent_point_says_is_stated_is_not_hidden(advisor: Advisor) -> None:
    told = ask(advisor, "我们是人力资源公司，申下来一个省级的促就业项目，市里能再给我们配多少钱？")
    assert told.status == "needs_info" and "1︰1" in told.text
    assert ask(advisor, "省级促就业项目给多少万").status == "not_found"
    wage = ask(advisor, "刚没了工作，失业金一个月能给我多少？", as_of="2020-06-22")
    assert [m.fact for m in wage.missing] == ["minimum_wage"]
