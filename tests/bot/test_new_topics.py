"""What begins anew in a talk and what goes on: a subject named, the next caller, another place picked or told, another day."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask

HIRED = "今年招了4个应届大学生，合同两年，能领多少"


@pytest.mark.parametrize(
    ("then", "measure"),
    [("残保金减免", "jinan-2020-1/9"), ("工伤保险怎么缴", "jinan-2023-10/21"), ("失业登记在哪办", "jinan-2017-transition/13")],
)
def test_a_few_words_with_a_subject_of_their_own_begin_anew(advisor: Advisor, then: str, measure: str) -> None:
    answer = ask(advisor, "扶贫车间 10人", then)
    assert answer.citations[0].measure == measure
    assert not answer.calculations


@pytest.mark.parametrize("then", ["还能再申请吗", "什么时候截止", "那大专生呢", "合同一年行吗"])
def test_a_few_words_without_one_go_on(advisor: Advisor, then: str) -> None:
    answer = ask(advisor, HIRED, then)
    assert {c.measure for c in answer.citations} <= {"jinan-2023-10/15", "jinan-2023-10/16", "jinan-2023-10/23"}


def test_another_subject_takes_the_facts_along(advisor: Advisor) -> None:
    answer = ask(advisor, "我们小微企业，今年招了3个应届生，签两年合同，吸纳补贴能领多少", "那社保补贴呢")
    assert answer.citations[0].measure == "jinan-2023-10/13"
    assert ask(advisor, "稳岗返还有什么条件", "那见习补贴呢").citations[0].measure == "jinan-2023-10/15"


def test_another_kind_takes_the_place_of_the_one_before(advisor: Advisor) -> None:
    answer = ask(advisor, "我考了中级证，失业保险交了3年，技能补贴多少", "那高级呢")
    assert [c.amount for c in answer.calculations] == ["2000.00"]


def test_another_number_takes_the_place_of_the_one_before(advisor: Advisor) -> None:
    assert [c.amount for c in ask(advisor, HIRED, "那8个人呢").calculations] == ["8000.00"]


def test_the_next_caller_has_told_nothing_yet(advisor: Advisor) -> None:
    answer = ask(advisor, HIRED, "下一位，企业，招了2个应届")
    assert answer.calculations[0].amount == "2000.00"
    assert "contract_months" not in answer.calculations[0].inputs


def test_a_case_told_from_the_beginning_does_not_mix_with_the_last(advisor: Advisor) -> None:
    answer = ask(advisor, "稳岗 小微 35人 零裁员 缴8万", "稳岗 大企 缴120万 裁员率3%")
    assert [c.amount for c in answer.calculations] == ["360000.00"]
    assert "employees" not in answer.calculations[0].inputs


@pytest.mark.parametrize(
    ("note", "amount"),
    [
        ("稳岗 小微 35人 零裁员 缴8万", "48000.00"),
        ("稳岗 大企 缴120万 裁员率3%", "360000.00"),
        ("技能 中级1个 参保2年", "1500.00"),
    ],
)
def test_an_operators_note_is_computed(advisor: Advisor, note: str, amount: str) -> None:
    assert [c.amount for c in ask(advisor, note).calculations] == [amount]


def test_a_place_picked_later_counts_more_than_one_said_before(advisor: Advisor) -> None:
    conversation = advisor.start("370100", "2023-10-15")
    conversation = advisor.reply(conversation, "在济南开公司，2023年招了3个应届生，合同2年，能领多少").conversation
    answer = advisor.reply(replace(conversation, region="370700"), "能领多少").answer
    assert answer.region == "370700"
    assert not answer.calculations


def test_a_place_only_asked_about_does_not_stay(advisor: Advisor) -> None:
    assert ask(advisor, "青岛的一次性创业补贴多少", "失业金能领多少").region == "370100"
    assert ask(advisor, "我在青岛，一次性创业补贴多少", "失业金能领多少").region == "370200"


@pytest.mark.parametrize("later", ["现在2026年了还能领吗", "如果是2024年3月申请呢", "我2024年5月去办还行吗"])
def test_a_later_day_said_is_the_day_that_counts(advisor: Advisor, later: str) -> None:
    answer = ask(advisor, "企业去年没裁员，小微，失业险交了2万8，稳岗返还多少", later)
    assert answer.as_of.year > 2023
    assert any(w.kind == "expired" for w in answer.warnings)


def test_an_aside_does_not_speak_of_the_benefit_before(advisor: Advisor) -> None:
    asked = (
        "小微企业，62个人，去年一个没裁，失业保险单位加个人统共交了5万8，稳岗返还最多退多少",
        "对了插一句，失业保险费率下调这个到啥时候为止",
    )
    assert "2024年" in ask(advisor, *asked, as_of="2023-11-15").text
    back = ask(advisor, *asked, "还说刚才退钱那事，我翻了账，去年交的是6万8，那最多退多少", as_of="2023-11-15")
    assert [c.amount for c in back.calculations] == ["40800.00"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("稳岗返还有什么条件", ("5.5%", "20%")),
        ("哪些人可以申请技能提升补贴", ("参加失业保险1年以上", "12个月以内")),
        ("一次性吸纳就业补贴要什么条件", ("签订1年以上劳动合同",)),
    ],
)
def test_what_a_benefit_asks_for_is_told_with_its_clauses(advisor: Advisor, question: str, words: tuple[str, ...]) -> None:
    answer = ask(advisor, question)
    assert answer.status == "answered"
    assert all(w in answer.text for w in words)
    assert len({c.quote for c in answer.citations}) > 1


def test_a_sole_trader_is_told_on_what_it_hangs(advisor: Advisor) -> None:
    open_ = ask(advisor, "我是个体户，招了俩今年刚毕业的大学生，合同一年，给多少钱")
    assert open_.calculations[0].amount == "2000.00"
    assert "还要确认" in open_.text and "以单位形式参保" in open_.text
    assert ask(advisor, "我是个体户，社保没开户，招了俩今年刚毕业的大学生，合同一年，给多少钱").calculations[0].amount == "0.00"


@pytest.mark.parametrize("then", ["不对，是招了5个，其中1个毕业三年了", "其实有1个是毕业三年的"])
def test_of_whom_one_is_of_another_kind_is_asked(advisor: Advisor, then: str) -> None:
    answer = ask(advisor, HIRED, then)
    assert answer.status == "needs_info"
    assert not [c for c in answer.calculations if c.amount]


def test_a_total_of_all_spoken_of_replaces_nobody(advisor: Advisor) -> None:
    asked = "我开公司，上个月招了俩今年刚毕业的专科生，合同签了一年，招人的补贴能领多少"
    answer = ask(advisor, asked, "那要是再加上一个23岁的小伙子，在街道登了失业的，也是签一年，仨人一共给多少")
    assert [c.amount for c in answer.calculations] == ["3000.00"]


def test_partners_are_told_of_the_loan_for_partners(advisor: Advisor) -> None:
    answer = ask(advisor, "我大学毕业第二年，想和两个同学合伙开奶茶店，最多能贷多少")
    assert [c.benefit for c in answer.calculations] == ["jinan-partnership-loan-2020"]


@pytest.mark.parametrize(
    ("turns", "as_of", "amount"),
    [
        (("稳岗 失保6万 30人 裁6人 小型", "31人 裁6人呢"), "2023-10-15", "0.00"),
        (("政府投资孵化器 5200平 免费多少", "6000平呢"), "2023-10-15", "1800.00"),
        (("医保降费 基数30万 4个月 省多少", "基数40万呢"), "2020-03-20", "16000.00"),
        (("用工补贴咋算的", "40个人干了60天", "那要是300人干10天"), "2020-03-20", "500000.00"),
        (("钢铁厂去年交了30万失业保险，能返多少", "要是一般企业呢"), "2020-04-10", "150000.00"),
        (("稳岗 小型 失保9万 没裁", "技能提升 失保3年 高级1个 职工", "按2017年的"), "2023-10-15", "2000.00"),
        (("大型企业社保减免", "2月到4月单位该交30万，能省多少"), "2020-04-15", "150000.00"),
        (("我考了初级证，失保2年，要是又考了中级呢",), "2023-10-15", "2500.00"),
        (("扩岗 应届4 登记失业19岁2 合同1年",), "2023-10-15", "6000.00"),
        (("技能提升 失保14个月 职工 中级1高级1",), "2023-10-15", "3500.00"),
        (("企业招应届7人，均1年期，申领时在职5人，吸纳补贴合计？",), "2023-10-15", "5000.00"),
    ],
)  # fmt: skip
def test_what_is_told_anew_is_what_is_computed(advisor: Advisor, turns: tuple[str, ...], as_of: str, amount: str) -> None:
    assert [c.amount for c in ask(advisor, *turns, as_of=as_of).calculations] == [amount]


def test_a_documents_number_is_no_sum_and_tells_the_place(advisor: Advisor) -> None:
    asked = ask(advisor, "济政办发〔2023〕10号 稳岗 小型 没裁 返多少")
    assert asked.status == "needs_info" and not [c for c in asked.calculations if c.amount]
    assert ask(advisor, "照潍政办发〔2023〕6号 意外险多少").region == "370700"


def test_a_share_that_fails_one_way_is_not_taken_as_met(advisor: Advisor) -> None:
    asked = ask(advisor, "稳岗 大型企业 失保120万 裁员率5.6%")
    assert asked.status == "needs_info"


def test_those_hired_are_not_added_to_the_employers_sum(advisor: Advisor) -> None:
    answer = ask(advisor, "招了2个应届生和3个失业七个月的，都签两年，能领多少")
    assert [c.amount for c in answer.calculations] == ["2000.00", "3000.00", "5000.00"]


@pytest.mark.parametrize("aside", ["一年能领几回", "要交几年失业保险", "有没有截止日期"])
def test_a_follow_up_that_asks_something_else_gets_that(advisor: Advisor, aside: str) -> None:
    answer = ask(advisor, "技能提升补贴谁能领", "我交失业险8个月了行吗", aside)
    assert "不符合" not in answer.text and answer.status == "answered"
