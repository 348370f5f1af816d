"""The page's handlers and its fixed parts, without a browser."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.surfaces.app_conversations import ConversationStore
from bot.surfaces.panels_recalculation import MAX_LENGTH, recalculated
from bot.surfaces.panels_sources import found_html
from bot.surfaces.web import ASSETS, SCRIPTS, fact_words, respond, scene_of
from bot.surfaces.web_markup import STANDING_NOTICE, page_html
from knowledge.rules.facts import FactValue
from tests.bot.surfaces.web_fake import NASTY, FakeAdvisor

CSS = "".join((ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "answer.css"))
SCRIPT = "".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS)


@pytest.fixture
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


def asked(advisor: FakeAdvisor, text: str, store: ConversationStore | None = None, **more: str) -> list[dict[str, Any]]:
    said = {"turn": "turn-1", "text": text, "region": "", "as_of": "", **more}
    return list(respond(advisor, store or ConversationStore(), said))


def test_steps_then_the_answer(advisor: FakeAdvisor) -> None:
    store = ConversationStore()
    updates = asked(advisor, "能领多少", store)
    assert [u["step"] for u in updates[:-1]] == [0, 0, 0, 1, 2, 3]
    last = updates[-1]
    assert 'data-card="1"' in last["html"]
    assert "**" not in last["say"]
    assert not re.search(r"\[\d", last["say"])
    kept = store.known(last["conversation"])
    assert kept is not None
    assert len(kept.exchanges) == 1
    assert all(u["turn"] == "turn-1" for u in updates)


def test_the_question_comes_back_without_personal_numbers(advisor: FakeAdvisor) -> None:
    updates = asked(advisor, "我电话13812345678，能领多少")
    assert {u["question"] for u in updates} == {"我电话×××，能领多少"}


def test_what_was_found_is_shown_while_the_answer_is_written(advisor: FakeAdvisor) -> None:
    updates = asked(advisor, "依据 能领多少")
    cited = advisor._answer("x", advisor.start()).citations[0]
    assert [bool(u["found"]) for u in updates[:-1]] == [False] * 5 + [True] * 2
    assert cited.quote in updates[-2]["found"]
    assert "不在它的有效期内" in found_html([cited.model_copy(update={"in_force": False})])
    assert "<img" not in found_html([cited.model_copy(update={"title": NASTY, "label": NASTY, "quote": NASTY})])


def test_a_conversation_that_is_gone_is_said_so(advisor: FakeAdvisor) -> None:
    store = ConversationStore()
    first = asked(advisor, "能领多少", store)[-1]
    assert "不记得" not in first["html"]
    again = asked(advisor, "那八个人呢", store, conversation=first["conversation"])[-1]
    assert (again["conversation"], "不记得" in again["html"]) == (first["conversation"], False)
    store.forget(first["conversation"])
    lost = asked(advisor, "那八个人呢", store, conversation=first["conversation"])[-1]
    assert "不记得" in lost["html"]
    assert "不记得" in lost["say"]
    assert lost["conversation"] != first["conversation"]
    assert advisor.asked[-1][0].exchanges == ()


def test_the_place_of_an_answer_is_named(advisor: FakeAdvisor) -> None:
    answer = advisor.reply(advisor.start(), "能领多少").answer
    assert scene_of(advisor, answer, advisor.start()).place == "没有指定，用的是济南市的文件"
    elsewhere = answer.model_copy(update={"region": "370200"})
    assert scene_of(advisor, elsewhere, advisor.start()).place == "青岛市"
    nothing = answer.model_copy(update={"citations": ()})
    assert scene_of(advisor, nothing, advisor.start()).place == ""


def test_selectors_reach_the_advisor(advisor: FakeAdvisor) -> None:
    asked(advisor, "能领多少", region="370700", as_of="2023-06-01")
    conversation, _ = advisor.asked[-1]
    assert (conversation.region, str(conversation.as_of)) == ("370700", "2023-06-01")


def test_changing_a_selector_keeps_what_was_said(advisor: FakeAdvisor) -> None:
    store = ConversationStore()
    key = asked(advisor, "能领多少", store, region="370700")[-1]["conversation"]
    asked(advisor, "还有吗", store, region="370100", conversation=key)
    later, _ = advisor.asked[-1]
    assert (later.region, len(later.exchanges)) == ("370100", 1)


@pytest.mark.parametrize("more", [{"region": "000000"}, {"text": "出错"}])
def test_failures_are_words_with_a_next_step(advisor: FakeAdvisor, more: dict[str, str]) -> None:
    last = asked(advisor, **{"text": "能领多少", **more})[-1]
    assert last["failed"]
    assert "再试一次" in last["html"]
    assert "conversation" not in last
    assert "Traceback" not in last["html"]


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (FactValue("f", True), "是"),
        (FactValue("f", False), "否"),
        (FactValue("f", Decimal("6"), "六个"), "6"),
        (FactValue("f", Decimal("12"), "十来个", Decimal(8), Decimal(13)), "十来个"),
        (FactValue("f", frozenset({"small"}), "小公司"), "small"),
        (FactValue("f", frozenset({"small", "micro"}), "小微"), "小微"),
        (FactValue("f", date(2023, 6, 30), "六月底"), "2023-06-30"),
    ],
)
def test_facts_can_be_read_back(fact: FactValue, words: str) -> None:
    assert fact_words(fact) == words


def marks(advisor: FakeAdvisor) -> list[list[Any]]:
    answer = advisor.reply(advisor.start(), "能领多少").answer
    return [[7, c.measure, c.start, c.end] for c in answer.citations[:1]]


def test_recalculation_uses_the_numbers_of_the_answer(advisor: FakeAdvisor) -> None:
    update = recalculated(advisor, {"benefit": "fake", "facts": {"people": "5"}, "marks": marks(advisor)})
    assert "<strong>555</strong>" in update["html"]
    assert 'data-n="7"' in update["html"]


@pytest.mark.parametrize(
    "facts", [None, {"people": "许多"}, {"people": "1" * (MAX_LENGTH + 1)}, {str(i): "1" for i in range(99)}]
)
def test_a_wrong_value_is_explained(advisor: FakeAdvisor, facts: object) -> None:
    update = recalculated(advisor, {"benefit": "fake", "facts": facts, "marks": []})
    assert set(update) == {"error"}


def test_words_that_cannot_be_read_back_do_not_stop_the_calculation(advisor: FakeAdvisor) -> None:
    payload = {"benefit": "fake", "facts": {"people": "5", "small": "说不好"}, "marks": [], "touched": ["people"]}
    assert "<strong>555</strong>" in recalculated(advisor, payload)["html"]
    assert "error" in recalculated(advisor, {**payload, "touched": ["small"]})


def test_the_fixed_page() -> None:
    html = page_html([("1", NASTY)], NASTY)
    assert STANDING_NOTICE in html
    assert "<script" not in html
    assert "<img" not in html
    assert "${" not in html
    assert "{{" not in html


def test_nothing_comes_from_other_hosts() -> None:
    served = page_html([], "") + CSS + SCRIPT
    assert set(re.findall(r"https?://[^\s\"')]+", served)) <= {"http://www.w3.org/2000/svg"}
    assert "@import" not in CSS


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("ink", "ground"), ("soft", "ground"), ("blue", "ground"), ("blue", "tint"), ("ground", "blue"), ("good", "good-tint"),
     ("warm", "warm-tint"), ("bad", "bad-tint"), ("soft", "tint")],
)  # fmt: skip
def test_contrast_is_at_least_aa(ink: str, ground: str) -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", CSS))
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


def test_borders_of_controls_can_be_seen() -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", CSS))
    assert contrast(tokens["field"], tokens["ground"]) >= 3


def test_motion_can_be_turned_off() -> None:
    assert "prefers-reduced-motion: reduce" in CSS
    assert "prefers-reduced-motion: reduce" in SCRIPT
