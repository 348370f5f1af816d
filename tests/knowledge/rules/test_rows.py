"""Messages told in rows: where they are cut, and what is left whole."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.rules.rows import rows_in


def test_people_one_by_one_lose_their_names_and_the_number_of_all() -> None:
    rows = rows_in("今年招的三个都登过失业，合同一律一年：老李41，登记8个月；小孙登记半年；周姐登记俩月。能报几千？")
    assert rows is not None and rows.kind == "person" and [r.label for r in rows.rows] == ["老李", "小孙", "周姐"]
    assert rows.rows[0].text == "今年招的都登过失业，合同一律一年：1个人41岁，登记8个月。能报几千？"
    assert all("三个" not in r.text and "合同一律一年" in r.text for r in rows.rows)


def test_a_bare_number_takes_the_words_of_the_first_row() -> None:
    rows = rows_in("三个人考了证：老王失业保险交了41个月，小赵正好36个月，小刘35个月。最多能领多少？")
    assert rows is not None
    assert [r.words for r in rows.rows] == ["1个人失业保险交了41个月", "1个人失业保险交了36个月", "1个人失业保险交了35个月"]


def test_firms_are_asked_for_one_by_one() -> None:
    rows = rows_in("我的厂现有100人，我表哥的厂130人，都算小微。我俩的厂各自最少得新招几个人？")
    assert rows is not None and rows.kind == "owner" and rows.each
    assert [r.label for r in rows.rows] == ["我的厂", "我表哥的厂"] and "俩" not in rows.rows[0].text


@pytest.mark.parametrize(
    ("message", "months"),
    [
        ("去年上半年每月交480，去年下半年每月660。退多少？", [6, 6]),
        ("缴费基数，3月到8月每月46万，从9月起每月52万。少交多少？", [6, 4]),
        ("二月三月各2.2万，四月五月各1.9万，六月2.5万。一共免多少？", [2, 2, 1]),
    ],
)
def test_a_stretch_of_time_is_a_number_of_months(message: str, months: list[int]) -> None:
    rows = rows_in(message, date(2020, 12, 31))
    assert rows is not None and rows.kind == "phase" and [r.months for r in rows.rows] == months


def test_a_day_of_the_month_is_no_stretch() -> None:
    rows = rows_in("2月25号招了4个，3月20号又招了3个，合同都一年半。给多少？")
    assert rows is not None and [r.months for r in rows.rows] == [None, None]


def test_groups_leave_out_their_total() -> None:
    rows = rows_in("27个农民工，里头22个听满了40学时，另外5个半道回去了，只听了24学时。该给多少？")
    assert rows is not None and rows.kind == "group"
    assert [r.label for r in rows.rows] == ["22个", "5个"] and all("27" not in r.text for r in rows.rows)


@pytest.mark.parametrize(
    "message",
    [
        "招了6个应届生，签了两年合同，能领多少？",
        "老板说补贴停了，小店还能申请吗？",
        "去年没裁员，今年能返多少失业保险？",
        "我和老公都在厂里上班，能领技能补贴吗？",
        "2020年和2023年有什么变化？",
    ],
)
def test_a_plain_message_has_no_rows(message: str) -> None:
    assert rows_in(message) is None
