"""Every command: what it prints, its exit code, and a clear message with the next step for every kind of bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.advisor import Advisor
from bot.surfaces import cli
from bot.types import Answer
from tests.bot.cli_runner import Ran, Terminal

DAY = ("--as-of", "2023-10-15")


@pytest.fixture
def terminal(advisor: Advisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> Terminal:
    """The commands over the open advisor; opening one is tested apart."""
    monkeypatch.setattr(cli, "open_advisor", lambda *_, **__: advisor)
    monkeypatch.setenv("ADVISOR_HOME", str(home))
    return Terminal(capsys)


def test_ask_prints_the_answer_with_its_sources(terminal: Terminal, advisor: Advisor) -> None:
    ran = terminal.run("ask", "济南稳岗返还的标准是多少", *DAY)
    assert ran.code == 0
    assert "已答复" in ran.out
    assert "[1]" in ran.out
    answer = advisor.reply(advisor.start(None, "2023-10-15"), "济南稳岗返还的标准是多少").answer
    assert answer.citations[0].title in "".join(ran.out.split("\n"))
    assert "2023-10-15" in ran.out


def test_ask_json_is_the_contract(terminal: Terminal) -> None:
    ran = terminal.run("ask", "济南稳岗返还的标准是多少", "--json", *DAY)
    answer = Answer.model_validate_json(ran.out)
    assert (ran.code, answer.status, answer.contract, str(answer.as_of)) == (0, "answered", 1, "2023-10-15")
    assert list(json.loads(ran.out)) == list(Answer.model_fields)


@pytest.mark.parametrize("question", ["", "   ", "\u200b\u200b", "\x00\x07"])
def test_an_empty_question(terminal: Terminal, question: str) -> None:
    ran = terminal.run("ask", question, "--json")
    assert ran.code == 2
    answer = Answer.model_validate_json(ran.out)
    assert answer.status == "refused"
    assert "没有输入问题" in answer.text


def test_a_question_of_5000_characters(terminal: Terminal) -> None:
    ran = terminal.run("ask", "我想问补贴。" * 834)
    assert ran.code == 2
    assert "5004 个字" in ran.out
    assert "1000 个字" in ran.out


def test_control_characters_are_left_out(terminal: Terminal) -> None:
    clean = Answer.model_validate_json(terminal.run("ask", "济南稳岗返还的标准是多少", "--json", *DAY).out)
    dirty = terminal.run("ask", "济南稳岗\x00返还\x1b[31m的\u202e标准\u200b是\x07多少\udcff", "--json", *DAY)
    answer = Answer.model_validate_json(dirty.out)
    assert dirty.code == 0
    assert not any(c in answer.question for c in "\x00\x1b\u202e\u200b\x07\udcff")
    assert [c.measure for c in answer.citations] == [c.measure for c in clean.citations]


@pytest.mark.parametrize("command", [["ask", "稳岗返还"], ["search", "稳岗返还"], ["benefits"]])
@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--as-of", "2023-13-01", "2023-10-15"),
        ("--as-of", "昨天", "2023-10-15"),
        ("--as-of", "2023/10/15", "2023-10-15"),
        ("--as-of", "1066-10-14", "1990-01-01"),
        ("--as-of", "9999-12-31", "2100-12-31"),
        ("--region", "999999", "370100"),
        ("--region", "37", "370100"),
        ("--region", "[/火星]", "370100"),
    ],
)
def test_wrong_days_and_regions(terminal: Terminal, command: list[str], option: str, value: str, hint: str) -> None:
    ran = terminal.run(*command, option, value)
    assert ran.code == 1
    assert "出错" in ran.err
    assert value in ran.message
    assert hint in ran.message
    assert ran.out.strip() == ""


def test_a_region_by_name_or_district_code(terminal: Terminal) -> None:
    for value in ("济南", "370100", "370102", "历下"):
        ran = terminal.run("ask", "稳岗返还的标准是多少", "--json", "--region", value, *DAY)
        assert Answer.model_validate_json(ran.out).region == "370100"


def test_search(terminal: Terminal) -> None:
    ran = terminal.run("search", "稳岗返还", "-k", "3", "--json", *DAY)
    hits = json.loads(ran.out)
    assert (ran.code, len(hits)) == (0, 3)
    assert {"measure", "passage", "score"} <= set(hits[0])
    assert [h["score"] for h in hits] == sorted((h["score"] for h in hits), reverse=True)
    table = terminal.run("search", "稳岗返还", "-k", "3", *DAY)
    assert all(h["measure"] in table.out for h in hits)
    assert "没有找到" in terminal.run("search", "xyzzy", "--as-of", "1995-01-01").out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["稳岗", "-k", "0"], "k=0"),
        (["稳岗", "-k", "101"], "k=101"),
        (["稳岗", "-k", "-2"], "k=-2"),
        ([""], "空的"),
        (["问" * 5000], "5000 字"),
    ],
)
def test_search_arguments_out_of_range(terminal: Terminal, arguments: list[str], word: str) -> None:
    ran = terminal.run("search", *arguments)
    assert ran.code == 1
    assert word in ran.message


@pytest.mark.parametrize(
    "arguments", [["search", "稳岗", "-k", "三"], ["ask"], ["no-such-command"], ["ask", "问", "--colour"], ["batch", "x.jsonl"]]
)
def test_usage_errors_name_what_is_wrong(terminal: Terminal, arguments: list[str]) -> None:
    ran = terminal.run(*arguments)
    assert ran.code == 2
    assert "Usage" in ran.err or "Error" in ran.err


def test_help_lists_every_command(terminal: Terminal) -> None:
    ran = terminal.run("--help")
    assert ran.code == 0
    commands = ("ask", "chat", "search", "batch", "serve", "calc", "benefits", "ingest", "check", "doctor")
    assert all(command in ran.out for command in commands)
    assert all(terminal.run(command, "--help").code == 0 for command in commands)


def test_calc_computes_and_shows_its_clauses(terminal: Terminal, advisor: Advisor) -> None:
    listed = json.loads(terminal.run("benefits", "--json", *DAY).out)
    assert {b["id"] for b in listed} == {v.id for v in advisor.benefits(as_of="2023-10-15")}
    benefit = next(b for b in listed if b["inputs"] and all(i["example"] and "/" not in i["example"] for i in b["inputs"]))
    facts = [f"{i['fact']}={i['example']}" for i in benefit["inputs"]]
    ran = terminal.run("calc", benefit["id"], *facts, "--json", *DAY)
    assert ran.code == 0, ran.err
    result: dict[str, Any] = json.loads(ran.out)
    assert result["calculation"]["benefit"] == benefit["id"]
    assert result["citations"]
    assert benefit["name"] in terminal.run("calc", benefit["id"], *facts, *DAY).out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["没有这项"], "没有这项"), (["jinan-hire-2023", "人数"], "人数"), (["jinan-hire-2023", "=6"], "=6"), (["[/x]"], "[/x]")],
)
def test_calc_errors(terminal: Terminal, arguments: list[str], word: str) -> None:
    ran = terminal.run("calc", *arguments)
    assert ran.code == 1
    assert word in ran.message


def test_a_wrong_fact_names_it(terminal: Terminal, advisor: Advisor) -> None:
    benefit = next(v.id for v in advisor.benefits(as_of="2023-10-15") if advisor.benefit_inputs(v.id))
    for fact in ("no.such=1", f"{advisor.benefit_inputs(benefit)[0]['fact']}=许多许多"):
        ran = terminal.run("calc", benefit, fact)
        assert ran.code == 1
        assert fact.split("=")[0] in ran.message or fact.split("=")[1] in ran.message


def test_chat_keeps_the_conversation_and_ends(terminal: Terminal) -> None:
    ran = terminal.run("chat", *DAY, typed="济南稳岗返还的标准是多少\n\n新对话\n退出\n")
    assert ran.code == 0
    assert "已答复" in ran.out
    assert "没有输入问题" in ran.out
    assert "已开始新对话" in ran.out
    assert terminal.run("chat", typed="你好\n").code == 0  # the end of input ends it too


def test_check_on_the_shipped_data(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path))
    ran = terminal.run("check")
    assert ran.code == 0
    assert "5 documents, 115 measures" in ran.out
    assert "0 problems" in ran.out
    report = json.loads(terminal.run("check", "--json").out)
    assert (report["measures"], report["problems"]) == (115, [])


def test_check_with_a_broken_document_fails_and_names_it(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path))
    folder = tmp_path / "documents" / "broken-1"
    folder.mkdir(parents=True)
    (folder / "document.yaml").write_text("id: [", encoding="utf-8")
    ran = terminal.run("check")
    assert ran.code == 1
    assert "broken-1" in ran.out


def test_batch_reports_what_it_did(terminal: Terminal, tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "turns": ["你好"]}\nbroken\n', encoding="utf-8")
    ran = terminal.run("batch", str(source), "-o", str(output))
    assert ran.code == 1  # one line failed
    assert "完成 2 条，跳过 0 条，出错 1 条" in ran.message
    assert [sorted(json.loads(line)) for line in output.read_text(encoding="utf-8").splitlines()] == [
        ["answers", "id"],
        ["error", "id"],
    ]
    source.write_text('{"id": "a", "turns": ["你好"]}\n', encoding="utf-8")
    again = terminal.run("batch", str(source), "-o", str(output))
    assert (again.code, "跳过 1 条" in again.message) == (0, True)


@pytest.mark.parametrize(
    ("more", "word"), [([], "none.jsonl"), (["--engine", "gpt"], "gpt"), (["--search-only", "-k", "0"], "k=0")]
)
def test_batch_errors(terminal: Terminal, tmp_path: Path, more: list[str], word: str) -> None:
    ran = terminal.run("batch", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "o.jsonl"), *more)
    assert ran.code == 1
    assert word in ran.message
    assert not (tmp_path / "o.jsonl").exists()


def test_batch_into_a_folder_that_cannot_be_made(terminal: Terminal, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "turns": ["你好"]}\n', encoding="utf-8")
    ran = terminal.run("batch", str(source), "-o", str(source / "below" / "o.jsonl"))
    assert ran.code == 1
    assert "advisor doctor" in ran.message


def test_the_entry_point_guards_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(sys, "argv", ["advisor", "search", "稳岗返还"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    written = capsys.readouterr()
    assert ended.value.code == 1
    assert "ADVISOR_HOME" in written.err
    assert "Traceback" not in written.err


def test_serve_on_a_port_that_is_taken(terminal: Terminal) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = terminal.run("serve", "--port", str(port))
    assert ran.code == 1
    assert f"--port {port + 1}" in ran.message


class TestDoctor:
    """Over homes of its own: nothing is stubbed."""

    def doctor(self, capsys: pytest.CaptureFixture[str], *more: str) -> Ran:
        return Terminal(capsys).run("doctor", *more)

    def test_a_sound_home(self, built_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setenv("ADVISOR_HOME", str(built_home))
        ran = self.doctor(capsys)
        assert ran.code == 0, ran.out
        assert "已核验" in ran.out
        assert "✗" not in ran.out

    def test_a_new_home_has_no_index_yet(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "new"))
        ran = self.doctor(capsys)
        assert ran.code == 1
        assert "advisor doctor --rebuild" in ran.out

    def test_damage_is_named_one_line_each(
        self, built_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ADVISOR_HOME", str(built_home))
        (built_home / "journal.sqlite").write_bytes(b"no database" * 200)
        version = (built_home / "index" / "CURRENT").read_text(encoding="utf-8")
        (built_home / "index" / version / "entries.jsonl").write_text("", encoding="utf-8")
        ran = self.doctor(capsys)
        assert ran.code == 1
        assert ran.out.count("✗") == 2
        assert "advisor doctor --rebuild" in ran.out

    def test_a_home_that_cannot_be_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "file" / "home"))
        ran = self.doctor(capsys)
        assert ran.code == 1
        assert "数据目录" in ran.out

    def test_a_disk_that_is_nearly_full(
        self, built_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from bot.surfaces import diagnosis

        monkeypatch.setenv("ADVISOR_HOME", str(built_home))
        monkeypatch.setattr(diagnosis, "MIN_FREE_MB", 2**40)
        ran = self.doctor(capsys)
        assert ran.code == 1
        assert "腾出空间" in ran.out
