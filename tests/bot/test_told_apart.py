"""Messages about several benefits, and certificates of several people: each number where it belongs."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask


@pytest.mark.parametrize(
    ("story", "region", "amounts"),
    [
        pytest.param(
            "我们是中型企业，去年谁也没裁，失业险单位和职工一共缴了4万。另外车间有5个师傅今年考出了高级工，失业险都参保三年以上。稳岗返还最多多少？"
            "师傅们考证的补贴一共多少？",
            "370100", {"24000.00", "10000.00"}, id="the refund and the certificates",
        ),
        pytest.param(
            "寿光的配送公司，小微。18个骑手都是灵活就业，每人买了份120的意外险；仓库还用着3个就业困难人员，单位每人每月给交社保1000，"
            "2月到7月。意外险的补贴一年最多多少？社保补贴这半年多少？",
            "370700", {"1800.00", "18000.00"}, id="riders and the hard to employ",
        ),
        pytest.param(
            "公司今年进了9个人，合同都签三年：四个今年刚毕业的大学生，五个登记失业快一年的大姐。两头的吸纳补贴各给多少？",
            "370100", {"4000.00", "5000.00"}, id="two kinds of people under two measures",
        ),
        pytest.param(
            "小企业，去年没裁人，去年失业险单位带个人共交了3万；今年又招了6个应届毕业生，合同两年。退的失业险和招人的钱都能领吗，各多少？",
            "370100", {"18000.00", "6000.00"}, id="one sum is not taken for two",
        ),
    ],
)  # fmt: skip
def test_every_benefit_has_its_own_numbers(advisor: Advisor, story: str, region: str, amounts: set[str]) -> None:
    answer = ask(advisor, story, region=region)
    assert {c.amount for c in answer.calculations if c.benefit != "combination"} == amounts


def test_the_size_of_the_firm_holds_for_every_row(advisor: Advisor) -> None:
    answer = ask(
        advisor, "高密的大型企业，用着2个就业困难人员，单位社保每人每月900，1到6月；还招了4个今年毕业的大学生，单位部分也是900。社保补贴分别多少？",
        region="370700",
    )  # fmt: skip
    assert {c.benefit: c.amount for c in answer.calculations if c.benefit != "combination"} == {
        "weifang-hardship-insurance-2023": "10800.00",
        "weifang-graduate-insurance-2023": "0.00",
    }


@pytest.mark.parametrize(
    "story",
    [
        "我们车间6个人，失业保险都交了四年，今年7月一起考下来高级工的证，三级的，六个人的技能提升补贴合起来多少？",
        "厂里6名职工失业保险均满3年，2023年5月取得高级（三级）职业技能等级证书，6人技能提升补贴共多少？",
    ],
)
def test_one_certificate_for_each_of_several_people(advisor: Advisor, story: str) -> None:
    assert [c.amount for c in ask(advisor, story).calculations] == ["12000.00"]


def test_whether_each_has_one_is_asked_where_it_is_not_plain(advisor: Advisor) -> None:
    answer = ask(advisor, "班组9个人，失业保险交了五年，今年6月考出中级工证，技能提升补贴多少？")
    assert answer.status == "needs_info"
    assert not any(c.amount for c in answer.calculations)


def test_my_own_certificate_is_one(advisor: Advisor) -> None:
    answer = ask(advisor, "我们班组9个人，我失业保险交了五年，今年6月我考了中级工证，技能提升补贴多少？")
    assert [c.amount for c in answer.calculations] == ["1500.00"]


@pytest.mark.parametrize(
    "standing",
    ["不属于重点项目建设企业，也不属于去产能及高耗能行业", "跟什么重点项目、钢铁化肥都不沾边"],
)
def test_one_denial_for_all_that_is_listed(advisor: Advisor, standing: str) -> None:
    answer = ask(
        advisor, f"济南普通商贸公司，{standing}，参保60人，去年没裁员，去年实缴失业保险费9万。稳岗返还多少？", as_of="2020-06-10"
    )
    assert [c.amount for c in answer.calculations] == ["45000.00"]


def test_parts_told_without_a_stop(advisor: Advisor) -> None:
    answer = ask(advisor, "公司今年招了10个2023届大学毕业生都在职 8个签两年合同2个签半年的 吸纳就业补贴能领多少")
    assert [c.amount for c in answer.calculations] == ["8000.00"]


def test_people_joined_by_a_word_are_added_up(advisor: Advisor) -> None:
    answer = ask(advisor, "平台上跑外卖的31个加代驾的14个，集体办意外险补贴，一年最多补多少？", as_of="2023-12-05")
    assert [c.amount for c in answer.calculations] == ["4500.00"]


def test_the_number_now_is_without_those_who_left(advisor: Advisor) -> None:
    answer = ask(
        advisor,
        "送外卖的意外险补贴怎么算",
        "我站点50个人",
        "不对，走了8个，现在就42个，按这个一年最多多少",
        as_of="2023-10-16",
        region="370700",
    )
    assert [c.amount for c in answer.calculations] == ["4200.00"]


@pytest.mark.parametrize(
    ("story", "amount"),
    [
        ("车间5个人考出中级证，网上能查到。失业险都交了好几年，就有一个新来的才交了9个月。技能提升补贴一共多少？", "6000.00"),
        (
            "我们厂今年考下证的职工：4个初级工，都交失业保险好几年了；还有个新来的考了高级，失业保险才交7个月。一共领多少？",
            "4000.00",
        ),
    ],
)
def test_some_in_the_words_of_the_clause_before(advisor: Advisor, story: str, amount: str) -> None:
    assert [c.amount for c in ask(advisor, story).calculations] == [amount]


def test_somebody_set_apart_of_whom_nothing_is_read_is_asked_about(advisor: Advisor) -> None:
    answer = ask(
        advisor,
        "我跟俩同学都是今年刚毕业，在济南上班；还有个师哥大前年就毕业了。公积金首次缴存补贴我们四个一共多少？",
        as_of="2023-10-30",
    )
    assert not any(c.amount for c in answer.calculations)


def test_a_whole_year_is_twelve_months(advisor: Advisor) -> None:
    answer = ask(
        advisor, "厂里招了3个认定的就业困难人员，社保单位部分每人每月800，个人部分350，交了一整年，补贴给多少？",
        region="370700", as_of="2023-11-06",
    )  # fmt: skip
    assert [c.amount for c in answer.calculations] == ["28800.00"]
