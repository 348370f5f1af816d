"""Comparisons: each side its own figure and clause, and which is more only when the figures say so."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from bot.engines.builtin.compare import likeness
from bot.types import Answer
from tests.bot import asking


def ask(advisor: Advisor, *turns: str, region: str | None = None, as_of: str = "2023-11-10") -> Answer:
    return asking.ask(advisor, *turns, region=region, as_of=as_of)


def test_each_year_states_the_figure_for_those_named_beside_it(advisor: Advisor) -> None:
    answer = ask(advisor, "2020年济南稳岗返还普通企业返多少", "那2023年中小微的呢，比当时高还是低")
    assert "50%" in answer.text and "60%" in answer.text and "30%" not in answer.text
    assert "2023年的比2020年的高" in answer.text


def test_two_years_named_are_compared_without_the_word(advisor: Advisor) -> None:
    answer = ask(advisor, "30人以下的小厂裁员率线，济南2020年的文和2023年的文有变化没")
    assert {c.document for c in answer.citations} == {"jinan-2020-1", "jinan-2023-10"}
    assert "数字一样" in answer.text


def test_cities_with_the_same_figure_are_said_to_be_the_same(advisor: Advisor) -> None:
    answer = ask(advisor, "送外卖的意外险补贴，济南跟潍坊比谁给得多")
    assert {c.document for c in answer.citations} == {"jinan-2023-10", "weifang-2023-6"}
    assert "数字一样" in answer.text


def test_a_side_without_a_document_is_named_and_no_verdict_given(advisor: Advisor) -> None:
    answer = ask(advisor, "济南和青岛的稳岗返还哪个高")
    assert "青岛市" in answer.text and "没有找到" in answer.text
    assert "数字" not in answer.text
    assert {c.document for c in answer.citations} == {"jinan-2023-10"}  # not what it replaced


@pytest.mark.parametrize(("one", "other", "more"), [("返还50%", "返还60%", True), ("返还50%", "裁员率20%", False)])
def test_likeness_counts_shared_words(one: str, other: str, more: bool) -> None:
    assert (likeness(one, other) > 0.2) is more
