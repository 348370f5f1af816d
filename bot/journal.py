"""SQLite: one row a turn. Numbered migrations; masked text only; written without slowing the answer down."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.types import Answer, Turn

MIGRATIONS = (
    """create table turn (
        id text primary key, at text not null, conversation text not null, question text not null, status text not null,
        engine text not null, as_of text not null, region text, answer text not null, understanding text, hits text,
        findings text, index_version text not null, chain text not null)""",
    "create index turn_conversation on turn (conversation, at)",
    "alter table turn add column trace text",  # what the agent did, with the digests of its prompts
)


class Journal:
    """An append-only, hash-chained log of turns."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        self.failed: str | None = None
        self._connection: sqlite3.Connection | None = self._opened()

    def _opened(self) -> sqlite3.Connection | None:
        """The open file; None (and the reason in ``failed``) when it cannot be opened: then nothing is journaled."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=2.0)
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=normal")
            _migrate(connection)
        except (sqlite3.Error, OSError) as problem:
            self.failed = str(problem)
            return None
        return connection

    def write(self, turn: Turn, index_version: str) -> None:
        """Append a finished turn. A failure (full disk, locked file) is kept in ``failed`` and not raised."""
        if turn.answer is None:
            return
        row = _row(turn, turn.answer, index_version)
        trace = json.dumps(dict(turn.trace), ensure_ascii=False, default=str) if turn.trace else None
        with self._lock:
            self._connection = connection = self._connection or self._opened()
            if connection is None:
                return
            try:
                connection.execute("begin immediate")  # one chain, whoever else writes to the file
                last = connection.execute("select chain from turn order by rowid desc limit 1").fetchone()
                linked = (last[0] if last else "") + "".join(map(str, row.values())) + (trace or "")
                written = {**row, "chain": hashlib.sha256(linked.encode()).hexdigest(), "trace": trace}
                columns, values = ", ".join(written), ", ".join(f":{name}" for name in written)
                connection.execute(f"insert or ignore into turn ({columns}) values ({values})", written)
                connection.execute("commit")
                self.failed = None
            except (sqlite3.Error, UnicodeError) as problem:
                self.failed = str(problem)
                with suppress(sqlite3.Error):
                    connection.rollback()

    def count(self) -> int:
        """Rows written so far."""
        return int(self._connection.execute("select count(*) from turn").fetchone()[0]) if self._connection else 0

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _row(turn: Turn, answer: Answer, index_version: str) -> dict[str, str | None]:
    """The columns of a turn, in the order in which the chain runs over them."""
    u = turn.understanding
    read = {"standalone": u.standalone, "ask": u.ask.value, "facts": {k: str(v.value) for k, v in u.facts.items()}} if u else None
    return {
        "id": turn.id, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "conversation": turn.conversation.id,
        "question": turn.question, "status": answer.status, "engine": answer.engine, "as_of": answer.as_of.isoformat(),
        "region": answer.region, "answer": answer.model_dump_json(),
        "understanding": json.dumps(read, ensure_ascii=False) if read else None,
        "hits": json.dumps([[h.measure.id, round(h.score, 4)] for h in turn.hits], ensure_ascii=False),
        "findings": json.dumps([[f.kind, f.text] for f in turn.findings], ensure_ascii=False), "index_version": index_version,
    }  # fmt: skip


def _migrate(connection: sqlite3.Connection) -> None:
    version = int(connection.execute("pragma user_version").fetchone()[0])
    for number, statement in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("begin immediate")
        if int(connection.execute("pragma user_version").fetchone()[0]) < number:
            connection.execute(statement)
            connection.execute(f"pragma user_version={number}")
        connection.execute("commit")
