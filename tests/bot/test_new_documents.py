"""Documents that were ingested as they came: what is read of them, and what is answered from them.

All of them are invented. The figures below stand in ``tests/fixtures/new_documents`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.advisor import Advisor
from bot.types import Answer
from knowledge.checks import run_checks

FIXTURES = Path(__file__).parents[1] / "fixtures" / "new_documents"
JINAN, QINGDAO, SHOUGUANG = "jinan-2025-3/", "qingdao-2024-7/", "shouguang-2024-18/"
YANTAI, LINYI, LAW = "yantai-2025-12/", "linyi-xian-2024-15/", "rest-rules/"


@pytest.fixture(scope="module")
def new(ingested: Callable[[Path], Advisor]) -> Advisor:
    """An advisor that has ingested them all."""
    return ingested(FIXTURES)


def ask(new: Advisor, question: str, day: str, region: str | None = None) -> Answer:
    return new.reply(new.start(region, day), question).answer


def said(answer: Answer) -> str:
    """The answer without the clause printed below it and without the commas of figures."""
    lines = [line for line in answer.text.replace(",", "").split("\n") if not line.startswith(">")]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("identifier", "title", "region", "issued", "since", "until"),
    [
        ("qingdao-2024-7", "青岛市创业带动就业补贴管理办法", "370200", date(2024, 4, 22), date(2024, 6, 1), date(2029, 5, 31)),
        ("yantai-2025-12", "烟台市促进青年就业三年行动实施方案", "370600", date(2025, 3, 18), date(2025, 3, 18), date(2028, 3, 17)),
        ("jinan-2025-3", "关于调整技能提升补贴政策有关问题的通知", "370100", date(2025, 4, 11), date(2025, 5, 1), date(2030, 4, 30)),
        ("shouguang-2024-18", "寿光市稳就业保用工若干措施", "370783", date(2024, 2, 1), date(2024, 2, 1), date(2025, 12, 31)),
        ("linyi-xian-2024-15", "关于做好2024年乡村公益性岗位工作的公告", "371424", date(2024, 2, 20), date(2024, 2, 20), date(2025, 2, 19)),
        ("rest-rules", "职工休息条例", "100000", date(2019, 3, 5), date(2019, 5, 1), None),
    ],
)  # fmt: skip
def test_what_a_document_says_of_itself(
    new: Advisor, identifier: str, title: str, region: str, issued: date, since: date, until: date | None
) -> None:
    d = new.knowledge.library.documents[identifier]
    assert (d.title, d.region, d.issued, d.issued_from, d.valid_until) == (title, region, issued, since, until)
    assert not d.valid_clause or d.valid_clause in d.text


def test_the_data_is_sound(new: Advisor) -> None:
    assert run_checks(new.kit.settings.home).problems == ()


@pytest.mark.parametrize(
    ("question", "day", "measure", "words"),
    [
        # one sentence leads the next, and a short measure is said whole
        ("青岛退役军人开公司，创业补贴给多少", "2024-09-01", QINGDAO + "4", ["1.2万元", "2万元"]),
        ("济南技师证能领多少", "2025-08-01", JINAN + "2", ["3000元"]),
        # the measure that states the kind of thing that is asked for
        ("青岛办个体户创业补贴几千？", "2024-09-01", QINGDAO + "4", ["3000元"]),
        ("青岛交了申请表要几天能审完？", "2024-09-01", QINGDAO + "8", ["10个工作日"]),
        ("青岛创业补贴咨询电话是多少", "2024-09-01", QINGDAO + "10", ["0532-85912345"]),
        ("济南技能提升补贴一年能领几次", "2025-08-01", JINAN + "4", ["2次"]),
        ("济南技能提升补贴去哪申请", "2025-08-01", JINAN + "5", ["爱山东"]),
        ("济南拿了证多久之内得申请技能提升补贴", "2025-08-01", JINAN + "3", ["18个月内"]),
        ("临邑公益岗啥时候报名", "2024-03-05", LINYI + "5", ["3月1日至3月15日"]),
        ("烟台的事业单位今年招多少大学生", "2025-06-01", YANTAI + "3", ["另行确定"]),
        # tables and lists go with the words that announce them
        ("寿光人才公寓硕士减免多少", "2024-06-01", SHOUGUANG + "4", ["硕士研究生：减免比例80%，减免期限3年"]),
        ("临邑公益岗60岁还能报吗", "2024-03-05", LINYI + "2", ["18至68周岁"]),
        # who is responsible
        ("烟台租房补贴谁负责？", "2025-06-01", YANTAI + "4", ["市住房城乡建设局牵头"]),
        # a subject that written topics say is in no document
        ("烟台研究生租房补贴一个月多少钱", "2025-06-01", YANTAI + "4", ["1500元/月"]),
        # a law of the nation, everywhere
        ("疗养假工资按百分之几发", "2024-06-01", LAW + "4", ["百分之九十"]),
    ],
)
def test_answers_from_new_documents(new: Advisor, question: str, day: str, measure: str, words: list[str]) -> None:
    answer = ask(new, question, day, "370100" if measure.startswith(LAW) else None)
    assert answer.status == "answered"
    assert answer.citations[0].measure == measure
    assert all(word in said(answer) for word in words), said(answer)
    assert "没有写这件事由哪个部门负责" not in answer.text


def test_the_term_of_a_document_bounds_its_measures(new: Advisor) -> None:
    now = ask(new, "烟台租房补贴一个月多少", "2025-06-01")
    assert now.citations[0].valid_until == date(2028, 3, 17)
    assert now.citations[0].in_force is True
    later = ask(new, "烟台租房补贴一个月多少", "2028-06-01")
    assert later.citations[0].in_force is False
    assert "已经到期" in later.text


def test_a_measures_own_deadline_counts_before_the_documents(new: Advisor) -> None:
    for question in ("烟台见习补贴现在还有吗", "烟台见习补贴给多少"):
        answer = ask(new, question, "2026-08-01")
        assert "2026年6月30日" in answer.text
        assert answer.citations[0].in_force is False
    table = ask(new, "寿光的厂子今年招了50个外地人，一个人补多少", "2025-03-01")
    assert "31人至100人" in said(table)
    assert table.citations[0].valid_until == date(2024, 12, 31)


def test_issued_is_not_yet_in_force(new: Advisor) -> None:
    answer = ask(new, "青岛创业岗位开发补贴每个岗位补多少", "2024-05-10")
    assert answer.status == "not_found"
    assert "2024年4月22日印发，从 2024年6月1日 起才执行" in answer.text
    assert "2500" not in answer.text


def test_what_a_new_document_ends(new: Advisor) -> None:
    question = "济南考了高级工证补贴多少钱"
    assert ask(new, question, "2025-08-01").citations[0].measure == JINAN + "2"
    assert ask(new, question, "2023-10-15").citations[0].measure == "jinan-2023-10/19"
    named = ask(new, "济政办发〔2023〕10号里高级工证补贴多少钱", "2025-08-01")
    assert named.citations[0].in_force is False
    benefit = new.knowledge.rulebook.benefits["jinan-skill-subsidy-2023"]
    here = new.knowledge.rulebook.in_region("370100", date(2023, 10, 15))
    assert benefit in here
    assert benefit not in new.knowledge.rulebook.in_region("370100", date(2025, 8, 1))


def test_a_narrow_notice_leaves_the_plan_as_it_stands(new: Advisor, advisor: Advisor) -> None:
    question = "济南创业担保贷款个人最高能贷多少"
    assert ask(new, question, "2025-08-01").text == ask(advisor, question, "2025-08-01").text


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("潍坊奎文区的员工介绍人进厂有奖励吗", "2024-06-01"),
        ("德州齐河的乡村公益岗每月多少钱", "2024-06-01"),
        ("青岛稳岗返还比例是多少？", "2024-09-01"),
        ("青岛见习补贴一个月多少", "2024-09-01"),
        ("青岛企业一个月最低工资多少", "2024-09-01"),
    ],
)
def test_no_figure_is_lent(new: Advisor, question: str, day: str) -> None:
    answer = ask(new, question, day)
    assert answer.status == "not_found" or "200元" not in said(answer)
    assert not any(c.document in ("shouguang-2024-18", "linyi-xian-2024-15") for c in answer.citations)
    assert not any(figure in said(answer) for figure in ("820", "2500", "1.2万"))


def test_a_figure_that_is_missing_is_said_to_be_missing(new: Advisor) -> None:
    answer = ask(new, "疗养假要交多少钱", "2024-06-01", "370300")
    assert answer.status == "not_found"


def test_a_law_of_the_nation_serves_a_place_without_documents(new: Advisor) -> None:
    answer = ask(new, "职工休息条例规定疗养假期间疗养工资按本人工资的百分之几支付", "2024-06-01", "370300")
    assert answer.citations[0].measure == LAW + "4"
    assert "这是全国的规定" in answer.text


def test_a_county_is_a_region_of_its_own_only_with_a_document(new: Advisor, advisor: Advisor) -> None:
    assert new.knowledge.gazetteer.resolve("寿光").code == "370783"
    assert advisor.knowledge.gazetteer.resolve("寿光").code == "370700"
    assert ("100000", "全国") in new.regions()
