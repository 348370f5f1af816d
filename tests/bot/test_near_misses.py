"""The subject is there, the thing asked about it is not: said, not passed over; and what is there is still answered."""

from __future__ import annotations

from datetime import date

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask

JINAN, WEIFANG = "370100", "370700"


@pytest.mark.parametrize(
    ("question", "region", "day"),
    [
        # named by the silent point alone, in the clause that asks
        ("线上春风行动招聘会搬到网上了，公众号是哪个？我想投简历", JINAN, date(2020, 4, 2)),
        ("拖欠工资要投诉，你们那维权的小程序叫什么名", WEIFANG, date(2023, 9, 1)),
        # a sum is asked for, and no point of the measure has a figure
        ("问一下，济南眼下的最低工资，一个月是几千几", JINAN, date(2023, 11, 1)),
        ("潍坊今年工资指导线往上涨百分之几", WEIFANG, date(2023, 9, 1)),
        # a second question to which nothing is said but what was said already
        ("零工公寓一个月租金多少钱？押金呢", JINAN, date(2023, 11, 1)),
        ("说是盖了好几千间给打零工的住，一个月房租多少钱", JINAN, date(2023, 11, 1)),
        # a number beside the subsidy: an insurer's payment, a fee, a contribution
        ("骑手意外险出了事，保险公司最高赔多少", JINAN, date(2023, 10, 20)),
        ("送快递摔断了腿，灵活就业的那个意外险能赔我多少？", JINAN, date(2023, 11, 9)),
        ("青年驿站住一晚收多少押金，要带啥证件", JINAN, date(2023, 10, 20)),
        ("创业担保贷款手续费收多少", JINAN, date(2023, 10, 20)),
        ("创业大赛报名费多少钱", JINAN, date(2023, 10, 20)),
        ("快递小哥买意外险一年保费多少钱", JINAN, date(2023, 10, 20)),
        # how many there are of something
        ("济南一共有几个创业孵化基地", JINAN, date(2023, 10, 1)),
        ("三支一扶一个月发多少生活补贴", JINAN, date(2023, 10, 20)),
    ],
)
def test_a_near_miss_is_not_found(advisor: Advisor, question: str, region: str, day: date) -> None:
    answer = ask(advisor, question, region=region, as_of=day)
    assert answer.status == "not_found" and "文件没有写" in answer.text and answer.citations
    assert not answer.calculations


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("贷款利息谁出？", date(2023, 10, 15)),
        ("创业贷款到期还不上能延期吗？", date(2023, 10, 15)),
        ("养老保险免几个月？", date(2020, 6, 1)),
        ("我开了个小设计公司，连我一共11个人，残保金去年说免一年，今年到期了得开始交了吧？", date(2021, 5, 12)),
    ],
)
def test_a_topic_outside_does_not_take_words_of_a_measure(advisor: Advisor, question: str, day: date) -> None:
    answer = ask(advisor, question, region=JINAN, as_of=day)
    assert "没有涉及" not in answer.text and answer.citations


@pytest.mark.parametrize(
    ("question", "region", "day", "said"),
    [
        # question words alone (多少, 怎么) are no words of a silent point
        ("一村一业那个，市里总共要扶多少个村的产业项目", JINAN, date(2023, 11, 6), "300"),
        ("乡村好青年卡不卡岁数，卡到多少", WEIFANG, date(2023, 7, 20), "30"),
        # asked whether, not what: the words of the subject do not make it a question about what is silent
        ("家里有残疾人想搞养殖，贷款上有没有照顾", WEIFANG, date(2023, 9, 1), "信贷支持"),
        ("零工公寓年内要盖多少间？零工市场每个区都有吗", JINAN, date(2023, 11, 1), "5000"),
        # a count of people or places is no sum that a silent point could be silent about
        ("零工公寓年内要盖多少间", JINAN, date(2023, 10, 1), "5000"),
        ("济南今年要新开多少万个公益岗", JINAN, date(2023, 10, 1), "4.11"),
        ("潍坊搞那个定制项目制培训，准备培训多少万人", WEIFANG, date(2023, 10, 1), "2.5"),
        # the subsidy itself, and a number of the same name that is written
        ("骑手买意外险一年补多少", JINAN, date(2023, 10, 20), "100"),
        ("创业担保贷款的利率怎么定", JINAN, date(2018, 10, 20), "2个百分点"),
    ],
)
def test_what_is_there_is_answered(advisor: Advisor, question: str, region: str, day: date, said: str) -> None:
    answer = ask(advisor, question, region=region, as_of=day)
    assert answer.status == "answered" and said in answer.text
