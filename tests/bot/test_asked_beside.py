"""What is asked for beside one sum: per month, for another asker, over years, one part alone; and what nobody asked for."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from bot.understanding.parts import split_questions
from tests.bot.asking import ask


def sums(answer: Answer) -> dict[str, str | None]:
    return {c.benefit: c.amount for c in answer.calculations}


@pytest.mark.parametrize(
    ("story", "total", "line"),
    [
        ("失业金批给我5个月。最低工资按2000元算，每个月领多少，5个月一共领多少？", "9000.00", "一个月：2,000 元/月 × 90% × 1 个月 = 1,800 元"),
        ("公司带了4个见习生，见习了2个月，当地最低工资1900元。见习补贴总共多少？每人每月给多少？", "9120.00",
         "每人每月：1,900 元/月 × 60% × 1 人 × 1 个月 = 1,140 元"),
        ("公司带了4个见习生，见习了2个月，当地最低工资1900元。见习补贴一共多少，一个人多少？", "9120.00", "每人：1,900 元/月 × 60% × 1 人 × 2 个月 = 2,280 元"),
    ],
)  # fmt: skip
def test_the_sum_for_one_month_or_person_stands_beside_the_total(advisor: Advisor, story: str, total: str, line: str) -> None:
    answer = ask(advisor, story, as_of="2020-07-10")
    assert [c.amount for c in answer.calculations] == [total]
    assert line in answer.text


def test_without_asking_there_is_no_line_for_one_month(advisor: Advisor) -> None:
    answer = ask(advisor, "失业金批给我5个月。最低工资按2000元算，5个月一共领多少？", as_of="2020-07-10")
    assert "一个月：" not in answer.text


def test_the_ceiling_of_the_loan_is_no_answer_to_what_its_interest_costs(advisor: Advisor) -> None:
    story = "前年贷了6万的创业担保贷款，期限三年，利率5%，到期一次还本，利息每年付。政府前后一共给我贴多少利息？最后一年还贴吗"
    assert sums(ask(advisor, story, as_of="2019-05-20")) == {"jinan-startup-loan-interest-2017": "6000.00"}
    story = "我拿到6万的创业担保贷款，三年期。政府给我贴多少利息？"
    assert "jinan-startup-loan-2017" not in sums(ask(advisor, story, as_of="2019-05-20"))
    story = "青州的稳产保供企业，用工难。打算用稳岗扩岗贷款借800万，照规定最高的利率一年利息是多少？利率最高几个点？"
    answer = ask(advisor, story, region="370700", as_of="2023-08-01")
    assert sums(answer) == {"weifang-stable-job-loan-interest-2023": "320000.00"}
    assert "4%" in answer.text


def test_a_subsidy_is_not_added_up_with_a_loan(advisor: Advisor) -> None:
    story = "应届毕业生，在济南上班。公积金首次缴存补贴和公积金贷款额度各是多少？"
    assert "combination" not in sums(ask(advisor, story, as_of="2023-11-01"))


def test_both_askers_have_their_ceiling(advisor: Advisor) -> None:
    story = "想问“创业提振贷”。我是返乡创业的农民工，名下有家小微企业。企业最高给贷多少，个人最高又是多少？"
    answer = ask(advisor, story, as_of="2023-11-20")
    assert sums(answer) == {"jinan-startup-boost-personal-2023": "500000.00", "jinan-startup-boost-business-2023": "10000000.00"}


def test_the_other_side_is_paid_for_the_same_people(advisor: Advisor) -> None:
    story = (
        "3月5号中介给我们厂介绍了6个职高毕业生，厂子2月18号复的工，合同签两年，社保都交了。中介领一份，厂里能再领一份吗？各多少？"
    )
    answer = ask(advisor, story, as_of="2020-04-01")
    assert sums(answer) == {"jinan-job-introduction-2020": "1800.00", "jinan-hiring-new-2020": "6000.00"}
    story = "3月5号我们中介给一家厂介绍了6个职高毕业生，签了两年合同。介绍补贴多少？"
    assert sums(ask(advisor, story, as_of="2020-04-01")) == {"jinan-job-introduction-2020": "1800.00"}


STATION = "jinan-return-station-2020"


@pytest.mark.parametrize(
    ("story", "amount", "unit"),
    [
        ("历城区在西安的返乡创业服务站办了三年，引进了4个返乡创业者，补助和奖补一共多少？", "190000.00", "元"),
        ("历城区在西安设了返乡创业服务站，今年引进了4个返乡创业者，补助和奖补一共多少？", "90000.00", "元/年"),
        ("章丘在南京的返乡创业服务站，每年的补助费已经拨了，今年引进了6个返乡创业者，奖补该给多少？", "60000.00", "元"),
        ("章丘在南京的返乡创业服务站，奖补不算，今年引进了6个返乡创业者，光补助费多少？", "50000.00", "元/年"),
    ],
)
def test_years_and_parts_of_what_a_station_gets(advisor: Advisor, story: str, amount: str, unit: str) -> None:
    answer = ask(advisor, story, as_of="2022-03-01")
    assert [(c.benefit, c.amount, c.unit) for c in answer.calculations] == [(STATION, amount, unit)]


@pytest.mark.parametrize(
    ("story", "verdict"),
    [
        ("我们企业今年职工教育经费提了200万，准备拿110万给管理层，90万给车间工人，这样行吗？一线至少得多少？", "不够"),
        ("我们企业今年提了200万职工教育经费，打算给一线职工花130万，够不够？一线最少得花多少？", "够"),
    ],
)
def test_how_money_is_to_be_split_is_judged_and_not_counted(advisor: Advisor, story: str, verdict: str) -> None:
    answer = ask(advisor, story, as_of="2025-05-06")
    assert sums(answer) == {"shandong-education-fund-2024": "1200000.00"}
    assert answer.text.startswith(f"**{verdict}**")


def test_by_what_standard_is_no_question() -> None:
    assert split_questions("按眼下的标准，失业金每月发多少？") == ("按眼下的标准，失业金每月发多少？",)
    assert len(split_questions("按什么标准，失业金每月发多少？")) == 2
    assert len(split_questions("裁人的标准是多少，最多能返多少钱回来？")) == 2


REFUND = "jinan-job-retention-refund-2023"


@pytest.mark.parametrize(
    ("story", "amount"),
    [
        ("大型企业，去年一个人没裁，失业险连职工自己那份一起交了50万，最多退多少？", "150000.00"),
        ("会计所，9个人，去年没裁人，失业保险一共交了1万，听说企业给返钱，我们所能返多少？", "6000.00"),
        ("个体户，用店铺的名义给伙计参的保，10个人，去年没裁人，失业险交了5000，能退多少？", "3000.00"),
    ],
)
def test_who_pays_and_who_asks(advisor: Advisor, story: str, amount: str) -> None:
    assert sums(ask(advisor, story, as_of="2023-11-10")) == {REFUND: amount}


def test_for_how_many_years_one_has_stayed_at_home_is_no_question(advisor: Advisor) -> None:
    answer = ask(advisor, "俺生了二胎，在家看了好几年孩子。公益岗不收二胎妈妈，是不是？", as_of="2023-10-20")
    assert answer.status == "answered"
    assert "二孩妈妈" in answer.text.split("\n")[0]


def test_the_sum_for_staying_has_everyday_names(advisor: Advisor) -> None:
    story = "我们屋三个人都是今年毕业的应届生，在济南上班，公积金交着。留在济南那笔，三个人一共多少？"
    assert sums(ask(advisor, story, as_of="2023-11-01")) == {"jinan-fund-stay-2023": "3600.00"}
