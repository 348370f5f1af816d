"""An OpenAI-compatible server on 127.0.0.1 that answers from a script: real HTTP, real SSE, every fault on demand.

A script is a list of acts, one a request; the last one repeats. An act writes a whole response. Nothing
waits longer than ``PATIENCE`` or than the server lives.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 20.0
Request = dict[str, Any]
Act = Callable[["Exchange", Request], None]


@dataclass
class Exchange:
    """One response under way."""

    handler: BaseHTTPRequestHandler
    closing: threading.Event

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Status line and headers; the connection closes after the body."""
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Connection", "close")
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def raw(self, text: str | bytes) -> None:
        """Bytes as they are, at once."""
        self.handler.wfile.write(text if isinstance(text, bytes) else text.encode())
        self.handler.wfile.flush()

    def event(self, data: object) -> None:
        """One SSE event."""
        self.raw(f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n")

    def wait(self, seconds: float) -> bool:
        """Sleep; False when the server is closing."""
        return not self.closing.wait(min(seconds, PATIENCE))


def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """A chat.completion.chunk with one choice."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}


def whole(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    """A chat.completion with one choice."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}


def says(text: str, finish: str = "stop", size: int = 7) -> Act:
    """A written answer: streamed in small pieces, or in one piece when no stream is asked for."""

    def act(x: Exchange, request: Request) -> None:
        if not request.get("stream"):
            x.start(kind="application/json")
            x.raw(json.dumps(whole({"content": text}, finish)))
            return
        x.start()
        x.event(chunk({"role": "assistant", "content": ""}))
        for i in range(0, len(text), size):
            x.event(chunk({"content": text[i : i + size]}))
        x.event(chunk({}, finish))
        x.event("[DONE]")

    return act


def calls(*tools: tuple[str, object]) -> Act:
    """Tool calls, their arguments split over several deltas. Arguments may be a broken string."""

    def act(x: Exchange, request: Request) -> None:
        texts = [(n, a if isinstance(a, str) else json.dumps(a, ensure_ascii=False)) for n, a in tools]
        if not request.get("stream"):
            made = [
                {"id": f"call_{i}", "type": "function", "function": {"name": n, "arguments": a}} for i, (n, a) in enumerate(texts)
            ]
            x.start(kind="application/json")
            x.raw(json.dumps(whole({"content": None, "tool_calls": made}, "tool_calls")))
            return
        x.start()
        for i, (name, arguments) in enumerate(texts):
            x.event(
                chunk(
                    {
                        "tool_calls": [
                            {"index": i, "id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": ""}}
                        ]
                    }
                )
            )
            for j in range(0, len(arguments), 9):
                x.event(chunk({"tool_calls": [{"index": i, "function": {"arguments": arguments[j : j + 9]}}]}))
        x.event(chunk({}, "tool_calls"))
        x.event("[DONE]")

    return act


def fails(status: int, body: str = '{"error": {"message": "no", "type": "x"}}', **headers: str) -> Act:
    """An HTTP error."""

    def act(x: Exchange, request: Request) -> None:
        x.start(status, "application/json", **headers)
        x.raw(body)

    return act


def hangs(x: Exchange, request: Request) -> None:
    """Accepts the request and says nothing."""
    x.wait(PATIENCE)


def drips(x: Exchange, request: Request) -> None:
    """Slow loris: a comment every now and then, never an answer."""
    x.start()
    while x.wait(0.05):
        x.raw(": wait\n\n")


def crawls(x: Exchange, request: Request) -> None:
    """Slow loris in words: one character at a time, without end."""
    x.start()
    while x.wait(0.05):
        x.event(chunk({"content": "补"}))


def floods(x: Exchange, request: Request) -> None:
    """Writes as fast as it can and never stops."""
    x.start()
    while not x.closing.is_set():
        x.event(chunk({"content": "补贴" * 500}))


def cuts(x: Exchange, request: Request) -> None:
    """Closes the connection in the middle of a chunked stream."""
    x.handler.send_response(200)
    x.handler.send_header("Content-Type", "text/event-stream")
    x.handler.send_header("Transfer-Encoding", "chunked")
    x.handler.end_headers()
    x.raw(b'ff\r\ndata: {"choices": [{"delta": {"content": "\xe5\x8f')
    x.handler.connection.close()


def resets(x: Exchange, request: Request) -> None:
    """Closes the connection before the status line."""
    x.handler.connection.close()


def garbles(x: Exchange, request: Request) -> None:
    """Events that are not JSON."""
    x.start()
    x.event('{"choices": [{"delta": {"content": "可以')
    x.event("<html>oops</html>")


def sends(*events: object, done: bool = True) -> Act:
    """These events, whatever they are."""

    def act(x: Exchange, request: Request) -> None:
        x.start()
        for e in events:
            x.event(e)
        if done:
            x.event("[DONE]")

    return act


def replies(body: str, kind: str = "application/json") -> Act:
    """A plain body instead of a stream."""

    def act(x: Exchange, request: Request) -> None:
        x.start(kind=kind)
        x.raw(body)

    return act


@dataclass
class Scripted:
    """The running server: its address, what it was asked, and the acts to come."""

    url: str
    acts: list[Act] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def play(self, *acts: Act) -> None:
        """A new script; what was asked before is forgotten."""
        self.acts, self.requests = list(acts), []

    def prompt(self, i: int = 0) -> str:
        """The user message of a request."""
        return str(next(m["content"] for m in self.requests[i]["messages"] if m["role"] == "user"))


@contextmanager
def serve(acts: Sequence[Act] = ()) -> Iterator[Scripted]:
    """Run a server until the block ends."""
    closing, lock = threading.Event(), threading.Lock()
    scripted = Scripted("", list(acts))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            with lock:
                act = scripted.acts[min(len(scripted.requests), len(scripted.acts) - 1)]
                scripted.requests.append({**request, "authorization": self.headers.get("Authorization")})
            self.close_connection = True
            try:
                act(Exchange(self, closing), request)
            except OSError:
                return  # the client left

        def log_message(self, *args: object) -> None:
            """Quiet."""

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 32

        def handle_error(self, request: object, client_address: object) -> None:
            """Quiet: a client that leaves is part of the script."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    scripted.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield scripted
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
