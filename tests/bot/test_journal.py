"""The journal: one chained row a turn, masked, replayable; and its failure never costs the answer."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.advisor import Advisor, open_advisor
from bot.journal import MIGRATIONS, Journal
from bot.types import Answer
from tests.conftest import TODAY

PHONE, CARD = "13912345678", "370102199003071233"  # the check digit is wrong on purpose: still sixteen digits and more


def rows(path: Path) -> list[sqlite3.Row]:
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute("select * from turn order by rowid").fetchall()


def ask(advisor: Advisor, *questions: str) -> list[Answer]:
    conversation = advisor.start("370100", "2023-10-15")
    answers = []
    for question in questions:
        reply = advisor.reply(conversation, question)
        conversation = reply.conversation
        answers.append(reply.answer)
    return answers


def chained(before: str, row: sqlite3.Row) -> str:
    """The chain value that a row must carry, from the one before and its own columns."""
    own = "".join(str(row[name]) for name in row.keys() if name not in ("chain", "trace"))  # noqa: SIM118
    return hashlib.sha256((before + own + (row["trace"] or "")).encode()).hexdigest()


def test_one_row_a_turn_with_everything_to_replay_it(journaled: Advisor, tmp_path: Path) -> None:
    answers = ask(journaled, "稳岗返还的标准是多少", "", "那小微企业呢")
    found = rows(tmp_path / "journal.sqlite")
    assert [r["id"] for r in found] == [a.id for a in answers]
    assert [r["status"] for r in found] == [a.status for a in answers]
    assert {r["conversation"] for r in found} == {found[0]["conversation"]}
    assert Answer.model_validate_json(found[0]["answer"]) == answers[0]
    assert found[0]["as_of"] == "2023-10-15"
    assert found[0]["region"] == "370100"
    assert found[0]["index_version"] == journaled.knowledge.index_version
    assert answers[0].citations[0].measure in [measure for measure, *_ in json.loads(found[0]["hits"])[:2]]
    assert json.loads(found[0]["understanding"])["standalone"]
    assert found[1]["understanding"] is None


def test_the_chain_holds_and_any_change_breaks_it(journaled: Advisor, tmp_path: Path) -> None:
    ask(journaled, "稳岗返还的标准是多少", "创业担保贷款额度", "你好", "社保补贴")
    found = rows(tmp_path / "journal.sqlite")
    before = ""
    for row in found:
        assert row["chain"] == chained(before, row)
        before = row["chain"]
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.execute("update turn set status='answered', question=question||'。' where rowid=2")
    changed = rows(tmp_path / "journal.sqlite")
    assert chained(changed[0]["chain"], changed[1]) != changed[1]["chain"]


def test_personal_numbers_are_nowhere_in_the_file(journaled: Advisor, tmp_path: Path) -> None:
    ask(journaled, f"我的手机{PHONE}，身份证{CARD}，稳岗返还能领多少", f"{PHONE}", "那期限呢")
    journaled.kit.journal.close()  # type: ignore[union-attr]
    raw = b"".join(p.read_bytes() for p in tmp_path.glob("journal.sqlite*"))
    assert PHONE.encode() not in raw
    assert CARD.encode() not in raw
    assert "×××" in rows(tmp_path / "journal.sqlite")[0]["question"]


def test_two_writers_keep_one_chain(journaled: Advisor, tmp_path: Path) -> None:
    other = Advisor(replace(journaled.kit, journal=Journal(tmp_path / "journal.sqlite")))
    threads = [
        threading.Thread(target=ask, args=(a, "稳岗返还的标准是多少", "你好", "社保补贴")) for a in (journaled, other, journaled)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    found = rows(tmp_path / "journal.sqlite")
    assert len(found) == 9
    before = ""
    for row in found:
        assert row["chain"] == chained(before, row)
        before = row["chain"]
    assert other.kit.journal is not None
    assert other.kit.journal.count() == 9
    other.kit.journal.close()


def test_a_writer_waits_for_another_and_chains_onto_its_row(journaled: Advisor, tmp_path: Path) -> None:
    ask(journaled, "你好")
    other = sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None, timeout=5)
    other.execute("begin immediate")
    writer = threading.Thread(target=ask, args=(journaled, "社保补贴"))
    writer.start()
    time.sleep(0.6)
    other.execute("insert into turn select 'other', at, conversation, question, status, engine, as_of, region, answer, understanding, hits, "
                  "findings, index_version, 'of another process', trace from turn")  # fmt: skip
    other.execute("commit")
    other.close()
    writer.join()
    found = rows(tmp_path / "journal.sqlite")
    assert [r["chain"] for r in found][1] == "of another process"
    assert found[2]["chain"] == chained("of another process", found[2])


def refused_by(problem: str, journal: Journal, path: Path) -> None:
    """Make every later write fail in one way."""
    if problem == "dropped":
        with sqlite3.connect(path) as connection:
            connection.execute("drop table turn")
    elif problem == "full":
        assert journal._connection is not None
        journal._connection.execute("pragma max_page_count=1")
    else:
        journal.close()
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("problem", ["dropped", "full", "gone"])
def test_a_failing_journal_never_costs_the_answer(journaled: Advisor, tmp_path: Path, problem: str) -> None:
    journal = journaled.kit.journal
    assert journal is not None
    ask(journaled, "你好")
    refused_by(problem, journal, tmp_path / "journal.sqlite")
    answers = ask(journaled, *["稳岗返还的标准是多少"] * 12)
    assert {a.status for a in answers} == {"answered"}
    assert journal.failed


@pytest.mark.parametrize("content", [None, b"this is no database" * 100])
def test_a_journal_that_cannot_be_opened_never_costs_the_answer(advisor: Advisor, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "journal.sqlite"
    path.mkdir() if content is None else path.write_bytes(content)
    journal = Journal(path)
    assert journal.failed
    opened = Advisor(replace(advisor.kit, journal=journal))
    assert ask(opened, "稳岗返还的标准是多少")[0].status == "answered"
    assert journal.count() == 0
    journal.close()


def test_opening_an_advisor_over_a_broken_journal(built_home: Path) -> None:
    from bot.settings import Settings

    (built_home / "journal.sqlite").mkdir()
    opened = open_advisor(Settings(home=built_home, today=TODAY))
    assert ask(opened, "稳岗返还的标准是多少")[0].status == "answered"


def test_journal_off_writes_nothing(advisor: Advisor, home: Path) -> None:
    ask(advisor, "稳岗返还的标准是多少")
    assert not (home / "journal.sqlite").exists()


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(journaled: Advisor, tmp_path: Path) -> None:
    ask(journaled, "你好")
    old = tmp_path / "old.sqlite"
    with sqlite3.connect(old) as connection:
        connection.execute(MIGRATIONS[0])
        connection.execute("pragma user_version=1")
        columns = [r[1] for r in connection.execute("pragma table_info(turn)")]
        connection.execute(f"attach '{tmp_path / 'journal.sqlite'}' as new")
        connection.execute(f"insert into turn select {','.join(columns)} from new.turn")
    journal = Journal(old)
    assert (journal.failed, journal.count()) == (None, 1)
    ask(Advisor(replace(journaled.kit, journal=journal)), "社保补贴")
    assert (journal.failed, journal.count()) == (None, 2)
    journal.close()
    with sqlite3.connect(old) as connection:
        assert connection.execute("pragma user_version").fetchone()[0] == len(MIGRATIONS)
