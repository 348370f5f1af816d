"""Stories told row by row: each row by itself, and the sum of those that count."""

from __future__ import annotations

from datetime import date

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask


@pytest.mark.parametrize(
    ("story", "day", "amounts"),
    [
        pytest.param(
            "今年招的四个都是登过失业的，合同一律一年：老李41，登记失业8个月；小孙38，进来那天正好登满半年；"
            "老马45，才登记了四个月；周姐50岁，登了一年零俩月。招失业人员的一次性补贴能报多少？",
            date(2023, 12, 1), ["3000.00"], id="person by person",
        ),
        pytest.param(
            "班组三个人今年都考出了职业资格证：老王失业保险交了41个月，小赵正好36个月，小刘35个月。技能提升补贴最多能领多少？",
            date(2019, 5, 20), ["4000.00"], id="only a number",
        ),
        pytest.param(
            "我们是遴选上的线上培训平台。电工班报了200人，考核合格180，培训补贴标准每人1200；家政班报名120个，合格85个，标准每人800。"
            "学员都是城镇登记失业的。平台补贴一共多少？",
            date(2020, 6, 30), ["56800.00"], id="class by class",
        ),
        pytest.param(
            "我那小店算小微，没裁过人。去年上半年8个人，失业保险单位加个人每月一共交480；去年下半年11个人，每月660；"
            "今年又添了一个，每月720。稳岗返还最多退多少？",
            date(2023, 11, 15), ["4104.00"], id="phase by phase, this year left out",
        ),
        pytest.param(
            "我的厂现有职工正好100人，我表哥的厂130人，都算小微。用公司名义贷创业担保贷款，我俩的厂各自最少得新招几个人？",
            date(2021, 5, 17), ["20.00", "13.00"], id="firm by firm",
        ),
        pytest.param(
            "职工医保缴费基数合计每月40万，3月到8月，单位少交多少？", date(2020, 12, 15), ["24000.00"], id="from month to month",
        ),
        pytest.param(
            "我们被认定为经营困难但有望恢复的企业。车间连实习生一共77人，其中4个实习生没参保，其余都参保。去年12月当地月人均失业保险金是1350块。"
            "稳岗返还照恢复企业那一档是多少？",
            date(2020, 9, 8), ["591300.00"], id="the whole less those who are not so",
        ),
        pytest.param(
            "27个农民工上线上培训班，里头22个听满了40学时，另外5个半道有事回去了，只听了24学时。按学时发的生活费补贴是多少？",
            date(2020, 6, 5), ["5000.00"], id="group by group",
        ),
        pytest.param(
            "单位收了几个见习的大学生，4个人见习了3个月，还有1个见习了5个月，最低工资按2000算，见习补贴合计多少？",
            date(2020, 11, 5), ["20400.00"], id="group by group, the number of all only roughly",
        ),
        pytest.param(
            "普通的面粉厂，45人，一个没裁。去年失业保险上半年每个月交2000，下半年每个月2500，今年能退多少？",
            date(2020, 4, 22), ["13500.00"], id="half-years after other words",
        ),
        pytest.param(
            "做口罩的厂，1月30号到2月2号有20个人上了4天班，2月3号到8号30个人上了6天，一人一天200的用工补贴，这十天一共多少？",
            date(2020, 3, 10), ["52000.00"], id="people times days, and the days in all",
        ),
    ],
)  # fmt: skip
def test_rows_add_up(advisor: Advisor, story: str, day: date, amounts: list[str]) -> None:
    assert [c.amount for c in ask(advisor, story, as_of=day).calculations if c.amount][: len(amounts)] == amounts


def test_a_row_that_fails_is_named_with_its_condition(advisor: Advisor) -> None:
    answer = ask(
        advisor, "班组三个人都考出了职业资格证：老王失业保险交了41个月，小赵正好36个月，小刘35个月。技能提升补贴能领多少？",
        as_of=date(2019, 5, 20),
    )  # fmt: skip
    assert "小刘不算（要求“参加失业保险36个月以上”）" in answer.text
    assert answer.calculations[0].inputs["certificate_holders"] == 2


def test_no_sum_while_one_row_is_open(advisor: Advisor) -> None:
    answer = ask(
        advisor, "招了三个，合同都两年：老李登记失业8个月；小孙登记失业一年；老马以前干啥的不清楚。一次性吸纳就业补贴给多少？",
        as_of=date(2023, 10, 1),
    )  # fmt: skip
    assert not any(c.amount == "3000.00" for c in answer.calculations)


def test_months_beyond_those_paid_are_not_added_up(advisor: Advisor) -> None:
    answer = ask(
        advisor, "俺家吃低保，五月一号开始摆摊，五月挣了1900，六月2300，七月2650，八月2800。不算进家庭收入的是多少？",
        as_of=date(2018, 9, 12),
    )  # fmt: skip
    assert [c.amount for c in answer.calculations] == ["6850.00"]


def test_two_firms_of_different_size_fall_under_two_rules(advisor: Advisor) -> None:
    answer = ask(
        advisor, "母公司是大型企业，养老失业工伤三样单位部分每个月合起来24万；下头有个子公司属于小型企业，每月养老2.1万、失业900、工伤600。"
        "这一轮社保减免，母公司总共能少交多少、子公司总共能少交多少？", as_of=date(2020, 4, 15),
    )  # fmt: skip
    assert [c.amount for c in answer.calculations] == ["360000.00", "112500.00"]


def test_lengths_told_of_some_take_the_others_off(advisor: Advisor) -> None:
    answer = ask(
        advisor, "今年七个工人考出了职业资格证，失业保险交够三年的有五个，剩下两个刚交了一年多。技能提升的补助合起来顶多能领多少？",
        as_of=date(2018, 9, 5),
    )  # fmt: skip
    assert [c.amount for c in answer.calculations] == ["10000.00"]


def test_a_number_said_of_some_does_not_fail_all(advisor: Advisor) -> None:
    answer = ask(
        advisor, "今年拿到等级证书的11个人：五级5个，四级4个，三级2个。交失业保险的年头，五级里有俩今年3月才入职才开始交，到现在八个月，"
        "其余的都三年往上。一人一本证，技能提升补贴一共能领多少？", as_of=date(2023, 11, 20),
    )  # fmt: skip
    assert "不符合" not in answer.text and not any(c.amount == "0.00" for c in answer.calculations)


@pytest.mark.parametrize(("told", "word"), [("45", "不够"), ("60", "够")])
def test_what_there_is_is_compared_with_what_is_required(advisor: Advisor, told: str, word: str) -> None:
    text = f"潍坊市属水务公司：今年总招100人，校招{told}人，余为社招。问校招占比是否达标。"
    answer = ask(advisor, text, region="370700", as_of=date(2023, 11, 16))
    assert f"**{word}**" in answer.text and f"您说的是 {told} 人" in answer.text


def test_a_number_that_has_grown_replaces_the_one_before(advisor: Advisor) -> None:
    answer = ask(advisor, "残保金我们29个人要不要交", "那涨到32个人呢", as_of=date(2020, 11, 11))
    assert "不符合" in answer.text
