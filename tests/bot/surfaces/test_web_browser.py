"""The page in a real browser: asking, citations, recalculation, keyboard, phone width. Run with ``-m browser``."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.surfaces.browsing import SIZES, ask, open_page
from tests.bot.surfaces.web_fake import FakeAdvisor

pytestmark = pytest.mark.browser


def test_enter_sends_and_the_box_keeps_the_focus(page: Any) -> None:
    turn = ask(page, "能领多少")
    assert turn.locator(".question .words").inner_text() == "能领多少"
    assert turn.locator(".card").count() == 3
    assert page.evaluate("document.activeElement.id") == "advisor-question"
    assert page.input_value("#advisor-question") == ""
    assert "答复：" in page.inner_text(".announce")
    assert page.locator(".standing").is_visible()


def test_shift_enter_breaks_the_line_and_an_input_method_does_not_send(page: Any) -> None:
    page.fill("#advisor-question", "第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.evaluate("""document.querySelector('#advisor-question').dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))""")
    assert page.input_value("#advisor-question") == "第一行\n第二行"
    assert page.locator(".turn").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .reply")


def test_while_waiting_steps_show_and_nothing_is_sent_twice(page: Any, served_advisor: FakeAdvisor) -> None:
    before = len(served_advisor.asked)
    page.fill("#advisor-question", "慢 能领多少")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .pending li.now")
    assert page.evaluate("document.activeElement.id") == "advisor-question"
    assert page.get_attribute(".send", "aria-disabled") == "true"
    page.keyboard.type("下一个问题")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .reply")
    assert page.input_value("#advisor-question") == "下一个问题"
    assert len(served_advisor.asked) == before + 1
    assert page.get_attribute(".send", "aria-disabled") == "false"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_mark_opens_its_card(browser: Any, address: str, size: str) -> None:
    page = open_page(browser, address, size)
    turn = ask(page, "能领多少")
    turn.locator(".mark[data-n='3']").first.focus()
    page.keyboard.press("Enter")
    cite = turn.locator("[data-card='3']")
    card = turn.locator(".card:has([data-card='3'])")
    assert card.locator("details").get_attribute("open") is not None
    assert card.locator("mark[data-n='3']").is_visible()
    assert page.evaluate("document.activeElement.dataset.card") == "3"
    box = cite.bounding_box()
    assert 0 <= box["y"] < SIZES[size][1] - 200
    if size == "phone":
        card.locator(".back").click()
        assert page.evaluate("document.activeElement.className") == "mark"
    page.context.close()


def test_changing_a_figure_computes_again(page: Any) -> None:
    turn = ask(page, "能领多少")
    amount = turn.locator(".calc .amount strong")
    assert amount.inner_text() == "222"
    turn.locator("input[name=people]").fill("5")
    page.wait_for_function("document.querySelector('.calc .amount strong').innerText === '555'")
    assert turn.locator(".calc .mark[data-n='1']").count() == 1
    assert turn.locator(".conditions li").count() == 1
    turn.locator("input[name=people]").fill("许多")
    page.wait_for_selector(".calc-status.bad")
    assert "不是数" in turn.locator(".calc-status").inner_text()
    turn.locator(".restore").click()
    page.wait_for_function("document.querySelector('.calc .amount strong').innerText === '222'")
    assert turn.locator(".calc-status").inner_text() == ""
    assert turn.locator(".conditions li").count() == 3


def test_a_missing_fact_is_answered_by_a_press(page: Any, served_advisor: FakeAdvisor) -> None:
    turn = ask(page, "还差什么")
    turn.get_by_role("button", name="不清楚").click()
    page.wait_for_selector("#turn-2 .reply")
    assert served_advisor.asked[-1][1] == "不清楚"
    assert len(served_advisor.asked[-1][0].exchanges) == 1
    assert not turn.locator(".quick").is_visible()


def test_selectors_are_sent(page: Any, served_advisor: FakeAdvisor) -> None:
    page.select_option("[name=region]", "370700")
    page.fill("[name=as_of]", "2023-06-01")
    ask(page, "能领多少")
    conversation = served_advisor.asked[-1][0]
    assert (conversation.region, str(conversation.as_of)) == ("370700", "2023-06-01")


def test_an_example_asks_and_a_new_conversation_forgets(page: Any, served_advisor: FakeAdvisor) -> None:
    page.locator(".example").first.click()
    page.wait_for_selector("#turn-1 .reply")
    page.locator(".new").click()
    assert page.locator(".turn").count() == 1
    page.locator(".new").click()
    assert page.locator(".turn").count() == 0
    assert page.locator(".welcome").is_visible()
    page.fill("#advisor-question", "能领多少")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .reply")
    assert served_advisor.asked[-1][0].exchanges == ()


def test_words_from_outside_stay_words(page: Any) -> None:
    ask(page, "脚本 <img src=x onerror='window.hacked=1'> ${window.hacked=1} {{constructor}}")
    assert page.evaluate("window.hacked") is None
    assert "{{constructor}}" in page.inner_text("#turn-1 .question")


def test_after_a_failure_the_question_is_kept(browser: Any, address: str) -> None:
    page = open_page(browser, address)
    turn = ask(page, "出错")
    turn.locator(".again").click()
    assert page.input_value("#advisor-question") == "出错"
    assert page.locator(".turn").count() == 0
    page.context.close()


def test_copy(browser: Any, address: str) -> None:
    page = open_page(browser, address, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "能领多少").locator(".copy").click()
    page.wait_for_function("document.querySelector('.copy').innerText === '已复制'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "依据：" in copied
    assert "审核为准" in copied
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_and_can_be_touched_and_read(browser: Any, address: str, size: str) -> None:
    page = open_page(browser, address, size, color_scheme="dark")
    too_small: list[str] = []
    for n, words in enumerate(["", "能领多少", "还差什么", "没有", "脚本"]):
        if words:
            turn = ask(page, words, n)
            turn.evaluate("turn => turn.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        too_small += page.evaluate("""[...document.querySelectorAll('#advisor :is(button, select, input, textarea, summary)')]
            .filter(e => e.checkVisibility() && !e.matches('.mark') && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))""")
        too_small += page.evaluate("""[...document.querySelectorAll('#advisor *')].filter(e => e.checkVisibility() && !e.closest('.sr-only, svg')
            && [...e.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && parseFloat(getComputedStyle(e).fontSize) < 16)
            .map(e => e.outerHTML.slice(0, 80))""")
    assert too_small == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.context.close()


def test_the_keyboard_reaches_everything_in_order(page: Any) -> None:
    page.evaluate("document.querySelector('.skip').focus()")
    order = ["skip"]
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("document.activeElement.className || document.activeElement.name || document.activeElement.tagName")
        )
    assert order[1:7] == ["example"] * 6
    assert order[7] == "region"
    assert "as_of" in order
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "advisor-question"
