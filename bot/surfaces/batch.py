"""JSONL in, JSONL out: in order, resumable, a broken line costs only itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bot.advisor import Advisor
from bot.errors import AdvisorError, RequestError
from knowledge.errors import KnowledgeError

MAX_TURNS = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch did."""

    written: int
    skipped: int
    failed: int


def run(
    advisor: Advisor, source: Path, output: Path, *, engine: str | None = None, search_only: bool = False, k: int = 10,
    console: Console | None = None,
) -> Summary:  # fmt: skip
    """Answer every dialogue of ``source`` into ``output``; ids that already have a result are skipped.

    A line that cannot be read or answered becomes ``{"id", "error"}``; the rest go on.

    :raises RequestError: the source cannot be read or is the output, the engine is unknown, ``k`` is out of range.
    """
    advisor.kit.settings.with_engine(engine)
    if not 1 <= k <= 100:
        raise RequestError(f"k={k} 超出范围。请用 1 到 100。")
    if not source.is_file():
        raise RequestError(f'找不到 {source}。每行应为 {{"id", "turns": ["…"], "as_of", "region"?}}。')
    if output.exists() and output.samefile(source):
        raise RequestError(f"结果不能写回 {source}。请用 -o 另取一个文件名。")
    lines = [line for line in source.read_text(encoding="utf-8-sig", errors="replace").split("\n") if line.strip()]
    done = _finished(output)
    written = skipped = failed = 0
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("a", encoding="utf-8") as out, Progress(console=console, transient=True) as bar:
        task = bar.add_task("回答", total=len(lines))
        for number, line in enumerate(lines, 1):
            key = _id_of(line, number)
            if key in done:
                skipped += 1
            else:
                row = _answer_line(advisor, line, key, engine, search_only, k)
                failed += "error" in row
                written += 1
                out.write(_line_of(row))
                out.flush()
            bar.advance(task)
    return Summary(written, skipped, failed)


def _line_of(row: dict[str, Any]) -> str:
    """One line of JSON; escaped only when it holds half a character, which no encoding can write."""
    text = json.dumps(row, ensure_ascii=False)
    return (text if text.isascii() or not re.search("[\ud800-\udfff]", text) else json.dumps(row)) + "\n"


def _finished(output: Path) -> set[str]:
    """Ids with a good result; a line cut off by a crash is dropped so that it is done again."""
    if not output.is_file():
        return set()
    good: list[str] = []
    ids: set[str] = set()
    for line in output.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            row = json.loads(line)
            if "error" not in row:
                ids.add(str(row["id"]))
                good.append(line)
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    temporary = output.with_name(output.name + ".tmp")
    temporary.write_text("".join(line + "\n" for line in good), encoding="utf-8")
    temporary.replace(output)
    return ids


def _id_of(line: str, number: int) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"line-{number}"


def _answer_line(advisor: Advisor, line: str, key: str, engine: str | None, search_only: bool, k: int) -> dict[str, Any]:
    try:
        row = _request(line)
        return {"id": row.get("id", key), **_results(advisor, row, engine, search_only, k)}
    except (KnowledgeError, AdvisorError) as problem:
        return {"id": key, "error": str(problem)}
    except Exception as problem:  # a fault of the program on one line must not cost the lines after it
        return {"id": key, "error": f"程序没能回答这一行（{type(problem).__name__}：{problem}）。请把这一行报告给维护者。"}


def _request(line: str) -> dict[str, Any]:
    """The request of a line. :raises RequestError: no JSON, or a field is missing or of the wrong kind."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise RequestError(f"这一行不是合法的 JSON：{problem}") from None
    turns = row.get("turns") if isinstance(row, dict) else None
    if not (isinstance(turns, list) and turns and all(isinstance(t, str) for t in turns) and len(turns) <= MAX_TURNS):
        raise RequestError(f"turns 应为 1 到 {MAX_TURNS} 句话的列表。每行应为 {{id, turns, as_of, region?}}。")
    for name in ("as_of", "region"):
        if row.get(name) is not None and not isinstance(row[name], str):
            raise RequestError(f"{name} 应为文字")
    return dict(row)


def _results(advisor: Advisor, row: dict[str, Any], engine: str | None, search_only: bool, k: int) -> dict[str, Any]:
    conversation = advisor.start(row.get("region"), row.get("as_of"))
    turns, answers = row["turns"], []
    for turn in turns[:-1] if search_only else turns:
        reply = advisor.reply(conversation, turn, engine=engine)
        conversation = reply.conversation
        answers.append(reply.answer.model_dump(mode="json"))
    return {"hits": advisor.search_in(conversation, turns[-1], k)} if search_only else {"answers": answers}
