"""The page in a real browser: what a tab remembers, a lost connection, what is kept from being sent, copied or printed wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bot.surfaces.browsing import SIZES, ask, free_port, open_page, serving
from tests.bot.surfaces.web_fake import FakeAdvisor

pytestmark = pytest.mark.browser


def change(page: Any, value: str) -> None:
    page.locator("#turn-1 input[name=people]").fill(value)


def test_a_reload_takes_nothing(page: Any, served_advisor: FakeAdvisor) -> None:
    page.select_option("[name=region]", "370700")
    page.fill("[name=as_of]", "2023-06-01")
    ask(page, "能领多少")
    page.fill("#advisor-question", "还没写完")
    page.reload()
    page.wait_for_selector("#turn-1 .reply")
    assert page.input_value("[name=region]") == "370700"
    assert page.input_value("[name=as_of]") == "2023-06-01"
    assert page.input_value("#advisor-question") == "还没写完"
    page.wait_for_load_state("networkidle")
    assert page.locator(".break").count() == 0
    ask(page, "那八个人呢", 2)
    assert len(served_advisor.asked[-1][0].exchanges) == 1
    assert page.locator(".forgotten").count() == 0


def test_a_new_conversation_leaves_nothing_in_the_tab(page: Any) -> None:
    page.select_option("[name=region]", "370700")
    ask(page, "能领多少")
    assert page.evaluate("sessionStorage.length") > 0
    page.keyboard.press("Alt+KeyN")
    assert page.locator(".turn").count() == 1
    page.keyboard.press("Alt+KeyN")
    assert page.locator(".turn").count() == 0
    assert page.input_value("[name=region]") == ""
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    page.reload()
    page.wait_for_selector("#advisor-question")
    assert page.locator(".welcome").is_visible()


def test_a_restart_of_the_server_takes_nothing_and_is_said(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    with serving(FakeAdvisor(), tmp_path, port) as address:
        page = open_page(browser, address, locale="zh-CN")
        ask(page, "能领多少")
    change(page, "5")
    page.wait_for_selector(".calc-status.bad")
    assert "连不上服务" in page.inner_text(".calc-status")
    page.fill("#advisor-question", "那八个人呢")
    page.keyboard.press("Enter")
    assert page.inner_text(".alert").startswith("连不上服务")
    assert page.input_value("#advisor-question") == "那八个人呢"
    again = FakeAdvisor()
    with serving(again, tmp_path, port):
        page.wait_for_selector(".alert", state="hidden")
        page.reload()
        page.wait_for_selector(".break")
        assert "不记得" in page.inner_text(".break")
        assert page.locator("#turn-1 .card").count() == 3
        ask(page, "那八个人呢", 2)
        assert again.asked[-1][0].exchanges == ()
        assert page.locator(".forgotten").count() == 0  # the line between the turns says it
    page.context.close()


def test_a_question_sent_into_the_dark_comes_back(browser: Any, tmp_path: Path) -> None:
    port = free_port()
    with serving(FakeAdvisor(), tmp_path, port) as address:
        page = open_page(browser, address)
    page.fill("#advisor-question", "能领多少")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert[data-kind=offline]")
    page.wait_for_selector("#turn-1 .reply-problem")
    assert page.input_value("#advisor-question") == "能领多少"
    page.wait_for_timeout(1000)
    assert not page.evaluate("[...document.querySelectorAll('.toast-body')].some(t => t.checkVisibility())")
    with serving(FakeAdvisor(), tmp_path, port):
        page.wait_for_selector(".alert[data-kind=offline]", state="detached")
        page.wait_for_selector("#advisor-question")
        assert page.input_value("#advisor-question") == "能领多少"
    page.context.close()


def test_a_question_that_is_too_long_stays_in_the_box(page: Any, served_advisor: FakeAdvisor) -> None:
    before = len(served_advisor.asked)
    page.fill("#advisor-question", "很" * 1001)
    page.keyboard.press("Enter")
    assert "已写 1001 字，最多 1000 字" in page.inner_text(".alert")
    assert len(page.input_value("#advisor-question")) == 1001
    assert page.locator(".turn").count() == 0
    assert len(served_advisor.asked) == before
    page.fill("#advisor-question", "很" * 1000)
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .reply")
    assert not page.locator(".alert").is_visible()


def test_numbers_of_persons_are_not_shown_or_remembered(page: Any) -> None:
    turn = ask(page, "我电话13812345678，能领多少")
    assert turn.locator(".question .words").inner_text() == "我电话×××，能领多少"
    assert turn.locator(".masked").is_visible()
    assert "13812345678" not in page.evaluate("document.body.innerText + JSON.stringify(sessionStorage)")
    assert not ask(page, "能领多少", 2).locator(".masked").is_visible()


def test_a_wrong_value_puts_the_old_sum_back_and_a_changed_one_is_said(browser: Any, address: str) -> None:
    page = open_page(browser, address, permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, "能领多少")
    change(page, "abc")
    page.wait_for_selector("#turn-1 .calc-result.stale")
    assert turn.locator(".changed-note").count() == 0
    change(page, "5")
    page.wait_for_selector("#turn-1 .changed-note")
    assert turn.locator(".calc-result.stale").count() == 0
    assert turn.locator(".calc-result .understood").inner_text() == "按这些重算：人数 5 人"
    turn.locator(".copy").click()
    page.wait_for_function("document.querySelector('.copy').innerText === '已复制'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("【测算的情况改过")
    assert copied.index("555") < copied.index("222")
    turn.locator(".restore").click()
    page.wait_for_selector("#turn-1 .changed-note", state="detached")
    page.context.close()


def test_one_answer_is_printed(page: Any) -> None:
    page.evaluate("window.print = () => {}")
    ask(page, "能领多少")
    ask(page, "没有", 2).locator(".print").click()
    page.emulate_media(media="print")
    assert not page.locator("#turn-1").is_visible()
    assert page.locator("#turn-2").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#turn-1").is_visible()
    page.emulate_media(media="screen")


def test_what_was_found_shows_before_the_answer(page: Any) -> None:
    page.fill("#advisor-question", "慢 依据 能领多少")
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .pending .found li")
    assert "找到的依据" in page.inner_text("#turn-1 .found")
    page.wait_for_selector("#turn-1 .reply")
    assert page.locator("#turn-1 .found").count() == 0


@pytest.mark.parametrize("size", SIZES)
def test_the_focus_is_never_under_the_composer(browser: Any, address: str, size: str) -> None:
    page = open_page(browser, address, size)
    ask(page, "能领多少")
    page.locator(".skip").focus()
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.composer') !== null"):
            break
        hidden += page.evaluate("""(() => { const e = document.activeElement, box = e.getBoundingClientRect();
            return box.bottom > document.querySelector('.composer').offsetTop + 1 && box.height < 200 ? [e.outerHTML.slice(0, 60)] : []; })()""")
    assert hidden == []
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_composer_leaves_room_and_shows_its_words(browser: Any, address: str, size: str) -> None:
    page = open_page(browser, address, size)
    ask(page, "能领多少")
    assert page.locator(".new").is_visible()
    assert page.evaluate("document.querySelector('.composer').offsetHeight") <= {390: 100}.get(SIZES[size][1], 180)
    cut = page.evaluate("""(() => {
        const draw = document.createElement('canvas').getContext('2d');
        const width = (e, words) => { const s = getComputedStyle(e); draw.font = `${s.fontWeight} ${s.fontSize} ${s.fontFamily}`;
            return draw.measureText(words).width + parseFloat(s.paddingLeft) + parseFloat(s.paddingRight) > e.clientWidth + 1; };
        const box = document.querySelector('#advisor-question'), region = document.querySelector('[name=region]');
        return [width(box, box.placeholder), width(region, region.options[0].textContent)]; })()""")
    assert cut == [False, False]
    page.context.close()
