"""``advisor serve``: the page and the API in one process."""

from __future__ import annotations

import errno
import socket

from rich.console import Console

from bot.advisor import Advisor
from bot.errors import RequestError
from bot.settings import Settings

GRACE_S = 3  # an open page holds a connection that never ends by itself; an answer under way gets this long


def serve_forever(advisor: Advisor, settings: Settings, host: str, port: int, console: Console) -> None:
    """Serve until interrupted. :raises RequestError: the port is taken or the host is not ours."""
    _require_free(host, port)
    import uvicorn

    from bot.surfaces.app import create_app

    app = create_app(advisor, settings)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    console.print(f"[green]已启动：[/green]http://{shown}:{port}  （按 Ctrl+C 停止）", highlight=False)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise RequestError(f"端口 {port} 已被占用。请换一个：advisor serve --port {port + 1}") from None
            raise RequestError(f"不能在 {host}:{port} 监听（{problem.strerror}）。请检查 --host 和 --port。") from None
