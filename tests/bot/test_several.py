"""Several questions in one message: part by part, each with its clause, sums where the story allows, gaps named."""

from __future__ import annotations

from bot.advisor import Advisor
from bot.engines.builtin.several import title
from tests.bot.asking import ask


def test_every_part_has_its_own_clause(advisor: Advisor) -> None:
    answer = ask(advisor, "骑手的意外险一年最多补多少，稳岗扩岗那个贷款利率封到几", region="370700", as_of="2023-08-23")
    assert answer.status == "answered"
    assert {"weifang-2023-6/2", "weifang-2023-6/8"} <= {c.measure for c in answer.citations}
    assert "100 元" in answer.text and "4%" in answer.text


def test_a_part_that_the_documents_leave_open_does_not_silence_the_others(advisor: Advisor) -> None:
    answer = ask(advisor, "济南公益岗今年新设多少个，干一个月给多少工资")
    assert answer.status == "answered"
    assert "4.11万" in answer.text and "没有写" in answer.text


def test_an_uncovered_topic_is_named_and_the_rest_answered(advisor: Advisor) -> None:
    answer = ask(advisor, "意外伤害险一年补多少？另外济南公租房怎么申请？")
    assert answer.status == "answered"
    assert "100元" in answer.text and "没有涉及" in answer.text
    assert "partial" in {w.kind for w in answer.warnings}


def test_nothing_found_for_any_part_is_not_found(advisor: Advisor) -> None:
    assert ask(advisor, "济南公租房怎么申请？排队得几年？").status == "not_found"


def test_a_sum_is_computed_for_the_part_that_asks_for_one(advisor: Advisor) -> None:
    answer = ask(advisor, "公司招了3个今年毕业的大学生，签两年。一次性补我多少？失业险费率降到哪年为止？")
    assert [c.amount for c in answer.calculations] == ["3000.00"]
    assert "2024年" in answer.text
    assert answer.citations[0].measure == "jinan-2023-10/15"


def test_a_later_part_leans_on_the_earlier_one(advisor: Advisor) -> None:
    answer = ask(advisor, "稳产保供企业的专项贷款一户最多批多少？利钱呢", region="370700", as_of="2023-08-16")
    assert {c.document for c in answer.citations} == {"weifang-2023-6"}
    assert "4%" in answer.text


def test_a_sentence_that_answers_two_parts_is_said_once(advisor: Advisor) -> None:
    answer = ask(advisor, "毕业生公积金头一回缴存给多少，留下来再给多少")
    lines = [line.split("：", 1)[-1] for line in answer.text.split("\n\n")]
    assert len(lines) == len(set(lines))
    said = answer.text.replace(",", "").replace(" ", "").replace(".00", "")
    assert "1200元" in said and "300元" in said


def test_a_title_is_short_and_never_cut_inside_a_number() -> None:
    long = "公司去年缴了很多很多失业保险费一共三十几万还是四十几万来着1234567元返多少"
    assert len(title(long)) <= 31
    assert not title(long).rstrip("…")[-1].isdigit()
    assert title("先说一大串情况说了很久很久很久很久很久很久很久很久很久，利息多少") == "利息多少"


def test_parts_about_different_cities_each_keep_to_their_city(advisor: Advisor) -> None:
    question = "潍坊的骑手意外险一年补多少？另外济南的公益岗今年新设多少个？还有青岛的稳岗返还几成？"
    answer = ask(advisor, question, region=None)
    assert {c.measure for c in answer.citations if "2020" not in c.document} >= {"weifang-2023-6/2", "jinan-2023-10/16"}
    assert "潍坊市" in answer.text and "济南市" in answer.text and "青岛市的文件不在库里" in answer.text


def test_parts_about_different_years_each_keep_to_their_year(advisor: Advisor) -> None:
    answer = ask(advisor, "自己创业的大学生，济南个人创业贷款2017年最多多少、现在（毕业两年）最多多少")
    assert {"jinan-2017-transition/9", "jinan-2023-10/8"} <= {c.measure for c in answer.citations}


def test_a_sum_does_not_stand_for_the_other_questions(advisor: Advisor) -> None:
    told = "其中俩是登记失业七八个月的，仨是今年毕业的大学生，都签三年。两拨各补多少？另外招人的税费优惠执行到哪年"
    answer = ask(advisor, "济南，公司今年新招5个人", told, as_of="2023-11-09")
    assert {c.amount for c in answer.calculations} >= {"2000.00", "3000.00"}
    assert "2027年12月31日" in answer.text


def test_a_later_part_about_the_day_of_another_measure_is_answered(advisor: Advisor) -> None:
    asked = "招了2个就业困难人员，单位社保一人一月1000，交了6个月。社保补贴给多少，减税政策到哪天？"
    answer = ask(advisor, asked, region="370700", as_of="2023-10-23")
    assert "12,000" in answer.text and "2025年12月31日" in answer.text


def test_a_ceiling_and_a_rate_are_both_told(advisor: Advisor) -> None:
    answer = ask(advisor, "稳岗扩岗专项贷款，最高授信额度和利率上限各是多少", region="370700", as_of="2023-08-10")
    assert "3000万" in answer.text and "4%" in answer.text
