"""How a talk turns: back to an earlier topic, on to another group or clause, a correction with its reason, a relative."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.understanding.cues import load_cues
from bot.understanding.wording import spelt_out
from tests.bot.asking import ask


def test_words_that_name_an_earlier_subject_bring_it_back(advisor: Advisor) -> None:
    asked = ("济南企业招应届生一个人给多少", "我自己毕业两年，创业贷款最多能贷多少", "那合伙干呢")
    answer = ask(advisor, *asked, "知道了，回头说招人那个，最晚到哪天")
    assert answer.citations[0].measure == "jinan-2023-10/15"
    assert "2023年12月31日" in answer.text


def test_the_first_question_and_a_named_benefit_come_back_too(advisor: Advisor) -> None:
    first = ("失业保险稳岗返还怎么返", "首次缴存公积金补多少")
    assert ask(advisor, *first, "那稳岗返还那个，到什么时候截止").citations[0].measure == "jinan-2023-10/12"
    assert ask(advisor, *first, "头一个问题，小微企业返几成").citations[0].measure == "jinan-2023-10/12"


def test_a_sum_is_worked_out_after_coming_back(advisor: Advisor) -> None:
    answer = ask(
        advisor, "骑手意外险补多少", "见习没满就签合同的，剩下的还补吗", "刚才那个意外险的，我们平台30个人，一年一共补多少"
    )
    assert [c.amount for c in answer.calculations] == ["3000.00"]


def test_this_is_the_last_subject_and_not_the_first(advisor: Advisor) -> None:
    asked = ("我毕业一年，贷了创业担保贷款开店，这贷款最多给多少", "店让大水淹了，这月还不上，能缓缓不", "最长能拖多久")
    answer = ask(advisor, *asked, "那这事最晚啥时候去办")
    assert "2023年12月31日" in answer.text and "展期" in answer.text


@pytest.mark.parametrize(
    ("first", "then", "amount", "measure"),
    [
        ("我们公司招应届大学生，签一年，给补贴吗", "那登记失业都八九个月的呢？我想招俩，也签一年", "2000.00", "jinan-2023-10/16"),
        ("招登记失业半年以上的人，济南企业一人给多少", "那今年刚毕业的大学生呢？想招4个，签三年", "4000.00", "jinan-2023-10/15"),
    ],
)
def test_an_ellipsis_to_another_group_with_its_number_in_the_next_sentence(
    advisor: Advisor, first: str, then: str, amount: str, measure: str
) -> None:
    answer = ask(advisor, first, then)
    assert [c.amount for c in answer.calculations] == [amount]
    assert answer.citations[0].measure == measure


@pytest.mark.parametrize(
    ("correction", "amount"),
    [
        ("等等，不对，是8个人，车间那仨我给漏了", "8000.00"),
        ("哎不对，应该是9个，前台那俩跟库房一个没算上", "9000.00"),
        ("说少了，是7个，后厨还有两个我忘了说", "7000.00"),
    ],
)
def test_the_reason_of_a_correction_is_no_fact(advisor: Advisor, correction: str, amount: str) -> None:
    answer = ask(advisor, "我厂子今年招了5个刚毕业的大学生，都签两年合同，能领多少", correction)
    assert answer.status == "answered"
    assert [c.amount for c in answer.calculations] == [amount]


def test_a_correction_without_a_new_number_keeps_its_words() -> None:
    said = "更正一下，第二个月是减半收的，只减了7万8。那补贴能给多少？"
    assert spelt_out(said, load_cues()) == said


@pytest.mark.parametrize(
    "asked",
    [
        ("现在失业金标准涨到多少了", "我爸这个月刚领满，还差8个月到退休年龄，一直没找着活，他咋办呢"),
        ("领取失业保险金于2020年3月期满，仍未就业，距法定退休年龄尚有8个月，能否继续领取、可领取至何时",),
    ],
)
def test_who_has_had_the_benefit_to_the_end_goes_on_until_retirement(advisor: Advisor, asked: tuple[str, ...]) -> None:
    answer = ask(advisor, *asked, as_of="2020-05-26")
    assert answer.status == "answered" and not answer.missing
    assert "继续" in answer.text and "法定退休年龄" in answer.text
    assert all("benefit_months" not in c.inputs for c in answer.calculations)


def test_another_person_is_judged_by_their_own_age(advisor: Advisor) -> None:
    mine = ("我失业金下个月到期，还没找着活，离退休还有八个月", "到期了能接着领不？")
    answer = ask(advisor, *mine, "那我老伴呢？他57，也是领满了没找着工作，他得60才退", as_of="2020-10-09")
    assert answer.text.startswith("按您说的情况，**不符合**")


@pytest.mark.parametrize(
    "asked", ["我婆婆在村里干那种半天的，下午能不能再去摘草莓打零工", "俺妈在村里干半天的岗，她能不能再去超市帮忙"]
)
def test_a_permission_is_not_hidden_behind_a_question_about_a_neighbour(advisor: Advisor, asked: str) -> None:
    answer = ask(advisor, "济南今年弄了多少个公益岗", asked)
    assert answer.status == "answered" and not answer.missing
    assert "可以同时做别的灵活就业" in answer.text


@pytest.mark.parametrize(
    "told",
    [
        "连续在济南居住8个月，在济南参加社会保险4个月，现已办理失业登记，是否可与济南市登记人员享受同等的就业创业扶持政策？",
        "外地户口，在济南连着住了10个月，社保只交了5个月，办了失业登记，能跟本地人享受一样的就业扶持不",
    ],
)
def test_of_two_lengths_of_time_the_shorter_one_decides(advisor: Advisor, told: str) -> None:
    answer = ask(advisor, told, as_of="2018-10-15")
    assert answer.text.startswith("按您说的情况，**不符合**") and "6个月" in answer.text
