"""A served page and a real browser for the tests marked ``browser``."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from bot.settings import Settings
from bot.surfaces.app import create_app
from tests.bot.surfaces.web_fake import FakeAdvisor

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SIZES = {"desktop": (1280, 860), "phone": (390, 844), "small phone": (320, 640), "phone on its side": (844, 390)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(advisor: FakeAdvisor, home: Path, port: int) -> Iterator[str]:
    """The page at the address that is given back, until the end of the block."""
    app = create_app(advisor, Settings(home=home, port=port))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(10)


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def open_page(browser: Any, address: str, size: str = "desktop", **options: Any) -> Any:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
    page = context.new_page()
    page.outside, page.problems = [], []
    page.on("request", lambda r: page.outside.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: page.problems.append(str(e)))
    page.goto(address)
    page.wait_for_selector("#advisor-question")
    return page


def ask(page: Any, words: str, turn: int = 1) -> Any:
    page.fill("#advisor-question", words)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#turn-{turn} .reply")
    return page.locator(f"#turn-{turn}")
