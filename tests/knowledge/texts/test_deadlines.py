"""Which words are a deadline, and which sentences it binds (reading rules 1 and 2)."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.texts.deadlines import deadlines_in, last_day, sentences
from knowledge.types import Deadline, Measure


def read(text: str, start: int = 100) -> tuple[Measure, tuple[Deadline, ...]]:
    measure = Measure("x/1", "x", 1, "（一）", "题", "", start, start + len(text), text)
    return measure, deadlines_in(measure)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("该项政策截至2031年12月31日。", None, date(2031, 12, 31)),
        ("执行至2031年6月。", None, date(2031, 6, 30)),
        ("延长至2032年2月。", None, date(2032, 2, 29)),
        ("有效期至2031年。", None, date(2031, 12, 31)),
        ("自2031年1月1日至2031年12月31日免收。", date(2031, 1, 1), date(2031, 12, 31)),
        ("2031年2月4日至5月4日期间给予补助。", date(2031, 2, 4), date(2031, 5, 4)),
        ("2031年3月至6月减半。", date(2031, 3, 1), date(2031, 6, 30)),
        ("2031年4月30日到期后延长1年。", None, date(2032, 4, 30)),
        ("2031年1月1日起再延长三年。", date(2031, 1, 1), date(2033, 12, 31)),
    ],
)
def test_deadlines(text: str, since: date | None, until: date) -> None:
    measure, found = read(text)
    assert [(d.since, d.until) for d in found] == [(since, until)]
    assert measure.text[found[0].start - 100 : found[0].end - 100] == found[0].quote


@pytest.mark.parametrize(
    "text",
    [
        "到2035年，建成10个园区。",
        "2031年年底前完成。",
        "2031年新增1万个。",
        "（截至2031年2月9日）开工的企业。",
        "截至2031年2月31日有误。",
        "在2031年5月1日以后办理。",
    ],
)
def test_goals_conditions_and_impossible_days_are_no_deadlines(text: str) -> None:
    assert read(text)[1] == ()


def bound(text: str) -> list[str]:
    measure, found = read(text)
    return [measure.text[d.binds_start - 100 : d.binds_end - 100] for d in found]


def test_a_deadline_binds_its_own_sentence() -> None:
    assert bound("（一）题。甲补助1000元。乙补助2000元，执行至2031年12月31日。丙补助3000元。") == [
        "乙补助2000元，执行至2031年12月31日。"
    ]


def test_a_sentence_that_only_states_a_deadline_binds_what_precedes_it() -> None:
    text = "（一）题。甲补助1000元。乙补助2000元。政策实施期限截至2031年12月31日。丙补助3000元。"
    assert bound(text) == ["（一）题。甲补助1000元。乙补助2000元。政策实施期限截至2031年12月31日。"]


def test_it_reaches_back_only_to_the_previous_deadline() -> None:
    text = "甲补助。政策实施期限截至2031年6月30日。乙补助。上述政策有效期至2032年6月30日。"
    assert bound(text) == ["甲补助。政策实施期限截至2031年6月30日。", "乙补助。上述政策有效期至2032年6月30日。"]


def test_two_items_mean_the_two_sentences_before() -> None:
    assert bound("甲补助。乙补助。丙补助。两项补贴实施期限截至2031年6月30日。") == [
        "乙补助。丙补助。两项补贴实施期限截至2031年6月30日。"
    ]


def test_sentences_hold_every_word_of_a_text_in_place() -> None:
    text = "第一句。“第二句。”第三句（含说明。）\n第四句：\n其一；\n其二。尾"
    parts = sentences(text)
    assert [p.text.strip() for p in parts] == [
        "第一句。",
        "“第二句。”",
        "第三句（含说明。）",
        "第四句：",
        "其一；",
        "其二。",
        "尾",
    ]
    assert all(text[p.start : p.end] == p.text for p in parts)


@pytest.mark.parametrize(
    ("args", "day"),
    [((2032, 2, None), date(2032, 2, 29)), ((2031, None, None), date(2031, 12, 31)), ((2031, 4, 3), date(2031, 4, 3))],
)
def test_last_days(args: tuple[int, int | None, int | None], day: date) -> None:
    assert last_day(*args) == day
