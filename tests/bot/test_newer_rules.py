"""Newly ingested documents beside rules that have benefits and questions: what is newer, narrower and on the subject speaks.

All of them are invented. The figures below stand in ``tests/fixtures/newer_rules`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from tests.bot import asking

FIXTURES = Path(__file__).parents[1] / "fixtures" / "newer_rules"
JINAN, CHANGLE, RIZHAO = "jinan-2025-77/", "changle-2025-6/", "rizhao-2025-4/"


@pytest.fixture(scope="module")
def new(ingested: Callable[[Path], Advisor]) -> Advisor:
    """An advisor that has ingested them all."""
    return ingested(FIXTURES)


def ask(new: Advisor, *turns: str, day: str = "2025-09-01", region: str | None = None) -> Answer:
    return asking.ask(new, *turns, region=region, as_of=day)


def said(answer: Answer) -> str:
    """The answer without the clause printed below it and without the commas of figures."""
    return "\n".join(line for line in answer.text.replace(",", "").split("\n") if not line.startswith(">"))


@pytest.mark.parametrize(
    ("question", "measure", "words"),
    [
        # an older rule that has run out, with benefits and questions of its own
        ("济南招应届大学生一个人补多少钱", JINAN + "1", "1800元"),
        ("济南小微企业招了3个登记失业一年的人，签一年合同，补多少", JINAN + "1", "1800元"),
        # loans are told from benefits only where nothing newer speaks
        ("济南个人创业担保贷款最高多少", JINAN + "2", "40万元"),
        ("想贷款开店，济南最多给贷多少，能贷几年", JINAN + "2", "3年"),
        # a topic that no document covered
        ("员工休产假，公司照发工资，济南给公司补多少", JINAN + "3", "2700元"),
        # a county before its city and the province, which say that they do not say it
        ("昌乐乡村公益岗一个月多少钱", CHANGLE + "1", "710元"),
        ("我是昌乐脱贫户去江苏打工，路费补多少", CHANGLE + "2", "450元"),
        ("昌乐退伍军人返乡办厂给多少钱", CHANGLE + "3", "7000元"),
        ("昌乐大学生到村集体合作社上班一个月补多少，最长多久", CHANGLE + "4", "24个月"),
        # the article that states what is asked, and not one that touches upon it
        ("日照灵活就业社保补贴能领几年", RIZHAO + "4", "3年"),
        ("日照每季度几号申请社保补贴", RIZHAO + "5", "5日至18日"),
        ("日照灵活就业社保补贴在哪里申请", RIZHAO + "5", "便民服务中心"),
        ("找到单位上班了，日照灵活就业补贴从啥时候停", RIZHAO + "7", "次月"),
        ("日照骗补贴罚多少", RIZHAO + "8", "三倍以下"),
    ],
)
def test_the_newer_and_narrower_rule_speaks(new: Advisor, question: str, measure: str, words: str) -> None:
    answer = ask(new, question)
    assert answer.status == "answered"
    assert {c.measure for c in answer.citations} == {measure}
    assert words in said(answer)
    assert not answer.calculations
    assert "后来的文件没有另作规定" not in answer.text
    assert not any(w.kind == "partial" for w in answer.warnings)


def test_before_its_day_the_older_rule_stands(new: Advisor, advisor: Advisor) -> None:
    for question in ("济南招应届大学生一个人补多少钱", "济南个人创业担保贷款最高多少"):
        assert ask(new, question, day="2023-10-15").text == ask(advisor, question, day="2023-10-15").text


def test_a_further_question_stays_with_the_measure(new: Advisor) -> None:
    answer = ask(new, "济南就业见习补贴一个月多少", "见习期限呢", "去哪申请")
    assert answer.citations[0].measure == JINAN + "5"
    assert ask(new, "日照灵活就业社保补贴多少", "能领多久").citations[0].measure == RIZHAO + "4"
    assert ask(new, "昌乐返乡创业奖补多少", "能领几次").citations[0].measure == CHANGLE + "3"


def test_what_is_not_treated_is_not_answered(new: Advisor) -> None:
    for question in ("济南女职工生育津贴一个月发多少", "济南创业担保贷款的财政贴息是多少", "日照失业金最长能领几个月"):
        answer = ask(new, question)
        assert answer.status == "not_found", said(answer)


def test_issued_and_not_yet_in_force(new: Advisor) -> None:
    answer = ask(new, "日照灵活就业社保补贴按什么标准给", day="2025-02-10")
    assert answer.status == "not_found"
    assert "从 2025年3月1日 起才执行" in answer.text
    assert "济南" not in answer.text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("听说昌乐返乡创业奖补给2000，对吗", "文件写的是“7000元”"),
        ("昌乐返乡创业奖补可以领两次吧", "文件写的是“一次”"),
    ],
)
def test_a_premise_is_put_right(new: Advisor, question: str, words: str) -> None:
    assert words in ask(new, question).text


def test_places_with_the_same_thing_are_told_apart(new: Advisor) -> None:
    answer = ask(new, "就业见习补贴每人每月多少")
    assert "济南市" in answer.text
    assert "日照市" in answer.text
    assert "只有" not in answer.text
