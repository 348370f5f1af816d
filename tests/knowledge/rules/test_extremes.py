"""What nobody's story means but anybody may type: ages of the world, ends of the calendar, private characters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.understanding.references import read_references
from knowledge.base import KnowledgeBase
from knowledge.rules.lexicon import MOST, compile_lexicon
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.story import read_story
from knowledge.rules.story_dates import days_in
from knowledge.rules.story_reply import answer_fact
from knowledge.rules.story_text import prepare

DAY = date(2023, 10, 15)
SPANS = ("年", "个月", "天", "周", "个星期", "年多")
WORDS = (
    "上个月",
    "下个月",
    "上上个月",
    "昨天",
    "大前天",
    "今年",
    "明年",
    "大前年",
    "12月",
    "3月初",
    "9999年底",
    "二〇二三年三月",
    "23届",
)


@pytest.mark.parametrize("text", ["我3000年前毕业", "99999999999天前失业", f"{'9' * 900}周前失业", "九千万年前毕业"])
def test_a_span_beyond_anybodys_life_names_no_day(text: str) -> None:
    assert days_in(text, DAY) == ()


def test_a_span_within_a_life_names_one() -> None:
    assert [(d.first.year, d.last.year) for d in days_in("60年前参加工作", DAY)] == [(1963, 1963)]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(WORDS),
            st.builds(lambda n, unit: f"{n}{unit}前", st.integers(0, 10**30), st.sampled_from(SPANS)),
        ),
        min_size=1,
        max_size=4,
    ),
    st.one_of(st.sampled_from([date.min, date(1, 3, 31), date(9999, 1, 1), date.max]), st.dates()),
)
@settings(max_examples=300, deadline=None)
def test_days_are_read_on_every_day_of_the_calendar(words: list[str], as_of: date) -> None:
    for day in days_in("，".join(words), as_of):
        assert day.first <= day.last


@pytest.mark.parametrize("text", ["二零1一五年的政策", "二〇9二三年的规定", "前年的政策", "二零一五年的政策", "10年的政策"])
@pytest.mark.parametrize("as_of", [date(2023, 10, 15), date.min, date.max])
def test_years_of_policies_are_read_without_breaking(knowledge: KnowledgeBase, text: str, as_of: date) -> None:
    years = read_references(text, knowledge.library, as_of).years
    assert years == () or as_of != DAY or years in ((2015,), (2021,), (2010,))


@pytest.mark.parametrize("private", ["\ue000", "\ue003", "\uf003", "\uf8ff", "\ue6ff"])
def test_private_characters_are_no_marks(rulebook: Rulebook, private: str) -> None:
    plain = read_story(rulebook, "招了3个应届生，今年毕业，合同1年", DAY).facts
    for at in (
        "招了3个应届生{}，今年毕业，合同1年",
        "{}招了3个{}应届生，今年{}毕业，合同{}1年",
        "招了3个应届生，{}今年毕业，合同1年{}",
    ):
        said = read_story(rulebook, at.replace("{}", private), DAY).facts
        assert {f: v.value for f, v in said.items()} == {f: v.value for f, v in plain.items()}
    assert (
        read_story(rulebook, f"{private}毕业，登记失业{private}", DAY).facts.keys()
        == read_story(rulebook, "毕业，登记失业", DAY).facts.keys()
    )


def test_marks_stay_in_their_block(rulebook: Rulebook) -> None:
    """More numbers than a block holds: those after it are not marked, and none is taken for one of another kind."""
    lexicon = compile_lexicon(rulebook)
    text, _ = prepare("，".join(["招了3个应届生"] * (MOST + 50)), DAY, lexicon)
    assert len(text.quantities) == MOST
    assert len({c for c in text.masked if "\ue000" <= c <= "\uf8ff"}) == MOST
    many = read_story(rulebook, "，".join(["1人2元3年"] * 200), DAY)
    assert all(not isinstance(v.value, Decimal) or v.value.is_finite() for v in many.facts.values())


@given(
    st.sampled_from(["hires.graduating", "contract_months", "unemployment_premium_paid", "is_unemployed", "company_size"]),
    st.lists(
        st.sampled_from([*"0123456789万亿一两半年月天个人元%前多来没是有", "\uf000", "\ue001", "个月", "年前"]), max_size=14
    ).map("".join),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_short_reply_can_be_read(rulebook: Rulebook, fact: str, reply: str) -> None:
    answer_fact(rulebook, fact, reply, DAY)
