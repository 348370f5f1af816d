"""``advisor serve`` ends when it is told to, also while a page is open."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from urllib.request import urlopen

from tests.bot.surfaces.browsing import free_port
from tests.conftest import ROOT

# A page holds one response open that never ends; here it is the only route there is.
PROGRAM = """
import asyncio, sys
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from rich.console import Console
from bot.surfaces import app, serving

async def beats():
    while True:
        yield "beat"
        await asyncio.sleep(0.1)

def create_app(advisor, settings):
    served = FastAPI()
    served.get("/")(lambda: StreamingResponse(beats()))
    return served

app.create_app = create_app
serving.serve_forever(None, None, "127.0.0.1", int(sys.argv[1]), Console(stderr=True))
"""


def test_the_server_ends_while_a_page_is_open() -> None:
    from bot.surfaces.serving import GRACE_S

    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        page, deadline = None, time.monotonic() + 30
        while page is None and time.monotonic() < deadline:
            try:
                page = urlopen(f"http://127.0.0.1:{port}/", timeout=5)
            except OSError:
                time.sleep(0.1)
        assert page is not None
        assert page.read(4) == b"beat"
        server.send_signal(signal.SIGTERM)
        server.wait(GRACE_S + 5)
        page.close()
    finally:
        server.kill()
        server.wait()
