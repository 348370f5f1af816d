"""Plain questions: what is asked for decides and not who asks; what is not written is said, with what is."""

from __future__ import annotations

from datetime import date

import pytest

from bot.advisor import Advisor
from bot.engines.builtin.select import hit_of, select
from bot.retrieval import search
from bot.types import Turn
from bot.understanding.procedure import procedure_asked
from bot.understanding.reading import understand
from bot.understanding.things import thing_asked
from knowledge.base import KnowledgeBase
from tests.bot.asking import ask


@pytest.mark.parametrize(
    "question",
    [
        "我是退役军人，自己开公司能贷多少？",
        "残疾人开店能贷款吗？",
        "下岗了想摆个摊，能借多少钱？",
        "下岗女工开个小饭馆最多能贷几万？",
        "村里种大棚的农民想贷款干点事，有什么政策？",
    ],
)
def test_a_loan_asked_for_is_answered_by_the_loans_there_are_each_with_whom_it_is_for(advisor: Advisor, question: str) -> None:
    answer = ask(advisor, question)
    assert answer.status == "answered"
    for sum_and_whom in ("最高60万元", "至30万元", "最高50万元", "最高可贷10万元", "合伙", "毕业3年内"):
        assert sum_and_whom in answer.text
    assert {c.measure for c in answer.citations} <= {"jinan-2017-transition/9", "jinan-2020-1/18", "jinan-2023-10/8"}


def test_the_loan_for_such_people_comes_first_and_older_than_it_no_newer_one_counts(advisor: Advisor) -> None:
    assert ask(advisor, "我返乡创业，能贷多少款？").citations[0].quote.endswith("50万元（创贷20万元+商贷30万元）")
    then = ask(advisor, "我是残疾人，创业能贷多少？", as_of="2018-05-01")
    assert "最高可贷10万元" in then.text and "60万" not in then.text


def test_a_person_who_asks_is_not_answered_with_the_loan_of_a_firm(advisor: Advisor) -> None:
    answer = ask(advisor, "失业了想开个小店，贷款能贷几万？")
    assert not answer.calculations and "最高50万元" in answer.text
    assert answer.text.index("小微企业") > answer.text.index("60万元")
    firm = ask(advisor, "小微企业创业贷款最高多少？")
    assert {c.amount for c in firm.calculations} == {"10000000.00"}


def test_people_whom_the_clause_names_are_not_said_to_be_left_out(advisor: Advisor) -> None:
    assert "没有单独写" not in ask(advisor, "农民工创业能不能贷款？贷多少？", as_of="2018-05-01").text
    assert "没有单独写" in ask(advisor, "我是退役军人，自己开公司能贷多少？").text


def test_a_sum_put_forward_is_about_one_clause(advisor: Advisor) -> None:
    answer = ask(advisor, "毕业三年内创业贷款能贷30万吗", as_of="2023-08-01")
    assert "各有各的对象" not in answer.text


@pytest.mark.parametrize("question", ["创业贷款利息谁出？", "创业担保贷款要带什么材料", "助学贷款补偿有多少", "稳岗贷款能贷多少"])
def test_other_questions_about_loans_are_no_question_for_the_loan(question: str) -> None:
    assert thing_asked(question) is None


def test_hiring_the_disabled_leads_to_what_employers_get(advisor: Advisor) -> None:
    answer = ask(advisor, "企业招个残疾人给多少补贴？")
    assert answer.status == "not_found"
    assert answer.citations[0].measure == "jinan-2023-10/13"


def test_silence_does_not_speak_where_the_clause_states_what_is_asked(knowledge: KnowledgeBase, advisor: Advisor) -> None:
    day, question = date(2023, 10, 15), "合伙创业能贷多少？"
    conversation = advisor.start("370100", day)
    turn = Turn("t", question, conversation, day, question, understanding=understand(question, conversation, knowledge, day))
    selection = select(search(turn, advisor.kit), knowledge, hit_of(knowledge, "jinan-2020-1/18"))
    assert selection.points[0].id == "jinan-2020-1/18.partnership-60"
    assert ask(advisor, question).status == "answered"


@pytest.mark.parametrize(
    ("question", "region", "status"),
    [
        ("潍坊零工市场补贴多少", "370700", "not_found"),
        ("三支一扶招多少人？", "370100", "not_found"),
        ("潍坊创业补贴给多少钱？", "370700", "not_found"),
        ("困难家庭毕业生帮扶多少人？", "370100", "answered"),
        ("潍坊公益岗今年招多少个？", "370700", "answered"),
        ("应届生面试有没有补助", "370100", "not_found"),
        ("应届生搬家补助有没有", "370100", "not_found"),
        ("老板招人补贴有吗", "370100", "answered"),
    ],
)
def test_a_number_or_a_subsidy_that_nobody_writes_of_is_not_answered(
    advisor: Advisor, question: str, region: str, status: str
) -> None:
    answer = ask(advisor, question, region=region)
    assert answer.status == status
    assert ("没有写" in answer.text.splitlines()[0]) == (status == "not_found")
    assert answer.citations


def test_a_telephone_is_answered_with_the_one_that_the_document_prints(advisor: Advisor) -> None:
    for question in ("稳岗返还的事打哪个号问？", "见习补贴找哪个电话问？"):
        answer = ask(advisor, question)
        assert answer.status == "answered" and "51705937" in answer.text
    both = ask(advisor, "招应届生的补贴去哪里申请？打什么电话")
    assert "51705937" in both.text and "1000" not in both.text.split("\n\n")[-1]
    none = ask(advisor, "稳岗返还打哪个电话问？", as_of="2020-05-01")
    assert none.status == "not_found" and "没有写电话" in none.text and "12333" in none.text


@pytest.mark.parametrize(("question", "kind"), [("技能补贴要带什么材料去办？", "papers"), ("稳岗返还多久能到账？", "wait")])
def test_papers_and_waiting_are_said_not_to_be_written(advisor: Advisor, question: str, kind: str) -> None:
    asked = procedure_asked(question)
    assert asked is not None and asked.kind == kind
    answer = ask(advisor, question)
    assert answer.status == "not_found"
    assert "没有写" in answer.text.splitlines()[0] and "负责" in answer.text


@pytest.mark.parametrize("question", ["我明天去递材料申领，能给多少钱", "我打电话来是问稳岗返还的", "证在手里了，能领几次"])
def test_told_papers_and_calls_are_no_question_about_the_procedure(question: str) -> None:
    assert procedure_asked(question) is None


def test_a_named_level_is_asked_and_not_the_city(advisor: Advisor) -> None:
    answer = ask(advisor, "青年创业贷款省里最高给多少？", as_of="2024-09-01")
    assert answer.status == "not_found"
    assert {c.document for c in answer.citations} == {"shandong-2024-14"}
    told = ask(advisor, "我们人力资源公司有个省里的促就业项目，省里给了25万，市里再配多少", as_of="2023-11-20")
    assert {c.amount for c in told.calculations} == {"250000.00"}


def test_a_place_without_documents_hears_that_the_province_it_asks_of_does_not_say(advisor: Advisor) -> None:
    answer = ask(advisor, "德州的，创贷加商贷一块贷，省里定没定一共能贷多少钱？", region=None, as_of="2025-03-11")
    assert answer.citations[0].measure == "shandong-2024-14/8" and "没有写创业担保贷款额度" in answer.text


def test_a_level_named_after_the_question_leaves_the_question_to_the_city(advisor: Advisor) -> None:
    answer = ask(advisor, "快递员有没有意外保险补贴，省里有吗")
    assert answer.citations[0].measure == "jinan-2023-10/3"


def test_without_a_place_the_loans_of_each_city_are_told_under_its_name(advisor: Advisor) -> None:
    answer = ask(advisor, "我是退役军人，开店能贷多少？", region=None)
    assert answer.status == "answered"
    assert "**济南市**" in answer.text and "最高60万元" in answer.text and "**潍坊市**" in answer.text


def test_a_rider_who_asks_for_insurance_hears_of_the_accident_insurance(advisor: Advisor) -> None:
    answer = ask(advisor, "我是骑手，潍坊给买保险吗", region="370700")
    assert answer.citations[0].measure == "weifang-2023-6/2" and "100元" in answer.text


@pytest.mark.parametrize(
    ("region", "has"), [("370100", ("60万元", "50万元", "30万元")), ("370700", ("创业补贴", "创业担保贷款"))]
)
def test_whoever_wants_to_start_up_hears_of_all_that_is_for_it(advisor: Advisor, region: str, has: tuple[str, ...]) -> None:
    answer = ask(advisor, "我想创业，都有什么支持？", region=region)
    assert answer.status == "answered"
    assert all(h in answer.text for h in has)
    assert "公益性岗位" not in answer.text


def test_what_is_in_force_speaks_before_what_has_run_out(advisor: Advisor) -> None:
    scheme = ask(advisor, "三支一扶今年什么政策", region="370700", as_of="2024-09-01")
    assert scheme.citations[0].document == "shandong-2024-14"
    veterans = ask(advisor, "退役军人创业有什么支持？", region="370700", as_of="2024-11-01")
    assert [c.document for c in veterans.citations if c.n == 1] == ["shandong-2024-14"]
    assert "到期" in veterans.text


def test_a_follow_up_that_tells_what_another_clause_asks_for_goes_to_that_clause(advisor: Advisor) -> None:
    answer = ask(advisor, "见习补贴多少钱", "见习没满就签合同呢")
    assert "剩余期限的补贴" in answer.text


def test_what_no_newer_document_settles_anew_is_not_behind_for_its_age(advisor: Advisor) -> None:
    answer = ask(advisor, "吃低保的找到工作了低保马上就停吗？")
    assert answer.citations[0].measure == "jinan-2017-transition/14" and "渐退" in answer.text
    assert ask(advisor, "稳岗返还返多少？").citations[0].document == "jinan-2023-10"


def test_a_rule_of_the_day_is_not_lost_to_one_that_is_issued_later(advisor: Advisor) -> None:
    answer = ask(advisor, "失业金一个月多少钱？", as_of="2020-03-20")
    assert answer.citations[0].measure == "jinan-2020-1/24" and "90%" in answer.text


def test_months_from_and_to_are_a_length_of_time(advisor: Advisor) -> None:
    answer = ask(advisor, "小店免几个月社保？", as_of="2020-03-20")
    assert "没有写您问的时间长短" not in answer.text and "2月至6月" in answer.text
