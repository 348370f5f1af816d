"""What the agent engine adds to a turn when the model costs nothing: ``python -m evals.bench_agent``.

An endpoint on 127.0.0.1 answers every request at once with one fixed streamed sentence, so what is left
is ours: tokens, graph, HTTP, parsing, verification. Each question is asked of the builtin engine and of the
agent; the overhead is the difference. Reported beside it: the wait for the first citations, and what
opening the agent costs once. Not a test: the numbers belong to the machine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter, process_time

from rich.console import Console
from rich.table import Table

from bot.advisor import Advisor, open_advisor
from bot.engines.agent import warm
from bot.settings import Settings
from bot.types import Event
from evals import cases as casefiles
from evals.sources import load_sources
from evals.statistics import percentile

ANSWER = "材料里写到了这件事[M1]。"
TARGET_MS = 150.0
OPEN_S = 60.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one question: both engines, and the agent's wait for its first citations.

    ``processor`` is what the agent adds in processor time, endpoint included: it does not grow when the machine is busy.
    """

    builtin: float
    agent: float
    citations: float
    processor: float
    by_model: bool  # the model's words were shown; otherwise code had settled or rejected the answer

    @property
    def overhead(self) -> float:
        """What the agent adds."""
        return self.agent - self.builtin


def _stream() -> bytes:
    head = {"id": "b", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    deltas = [{"role": "assistant", "content": ""}, *({"content": c} for c in ANSWER)]
    events = [{**head, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    events.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return b"".join(f"data: {json.dumps(e)}\n\n".encode() for e in events) + b"data: [DONE]\n\n"


@contextmanager
def instant_endpoint() -> Iterator[str]:
    """The address of a server that answers every chat request at once."""
    body = _stream()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def measure(advisor: Advisor, question: str, region: str | None, as_of: object) -> Timing:
    """Ask both engines one question in fresh conversations."""
    heard: list[float] = []

    def listen(event: Event) -> None:
        if event[0] == "citations" and not heard:
            heard.append(perf_counter())

    spent: dict[str, float] = {}
    worked: dict[str, float] = {}
    engine = ""
    for name in ("builtin", "agent"):
        conversation = advisor.start(region, str(as_of))
        started, before = perf_counter(), process_time()
        answer = advisor.reply(conversation, question, engine=name, on_event=listen if name == "agent" else None).answer
        spent[name] = (perf_counter() - started) * 1000
        worked[name] = (process_time() - before) * 1000
        engine = answer.engine
    first = (heard[0] - started) * 1000 if heard else spent["agent"]
    return Timing(spent["builtin"], spent["agent"], first, worked["agent"] - worked["builtin"], engine != "builtin")


def run(turns: int, home: Path | None = None) -> tuple[float, list[Timing]]:
    """Seconds to open the agent once, and the timings of ``turns`` questions that reach the model."""
    library = load_sources().library
    cases = [c for c in casefiles.load_cases(casefiles.case_files("all"), library) if c.turns]
    with tempfile.TemporaryDirectory() as folder, instant_endpoint() as url:
        base = Settings.from_environment()
        settings = replace(
            base, home=home or Path(folder), journal=False, llm_base_url=url, llm_model="bench", llm_timeout_s=OPEN_S
        )
        advisor = open_advisor(settings)
        started = perf_counter()
        warm(advisor.kit)
        measure(advisor, cases[0].turns[0], cases[0].region, cases[0].as_of)
        opening = perf_counter() - started
        timings: list[Timing] = []
        for case in cases * 3:
            if len(timings) == turns:
                break
            timing = measure(advisor, case.turns[0], case.region, case.as_of)
            timings += [timing] if timing.by_model else []
        advisor.kit.agent.close()
    return opening, timings


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="测语言模型引擎自身的开销（模型即时应答）。")
    parser.add_argument("--turns", type=int, default=100, help="测多少轮")
    parser.add_argument("--home", type=Path, default=None, help="已有索引的目录；省略时临时建一个")
    options = parser.parse_args()
    opening, timings = run(options.turns, options.home)
    if not timings:
        raise SystemExit("没有一轮用上模型。请运行 advisor doctor 检查。")
    table = Table("毫秒", "p50", "p95", "p99")
    for name, values in (
        ("内置引擎", [t.builtin for t in timings]), ("语言模型引擎（模型即时应答）", [t.agent for t in timings]),
        ("多出的开销", [t.overhead for t in timings]), ("其中处理器时间", [t.processor for t in timings]),
        ("到第一批出处", [t.citations for t in timings]),
    ):  # fmt: skip
        table.add_row(name, *(f"{percentile(values, share):.1f}" for share in (50, 95, 99)))
    console = Console()
    console.print(table)
    console.print(f"{len(timings)} 轮；首次打开 {opening:.1f} 秒；开销 p95 的目标是 {TARGET_MS:.0f} 毫秒")


if __name__ == "__main__":
    main()
