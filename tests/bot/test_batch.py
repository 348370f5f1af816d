"""JSONL in, JSONL out: order, resuming, and a broken line that costs only itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.advisor import Advisor
from bot.errors import RequestError
from bot.surfaces import batch
from bot.types import Answer, Conversation, Reply

GOOD: list[dict[str, Any]] = [
    {"id": "a", "turns": ["济南稳岗返还的标准是多少"], "as_of": "2023-10-15"},
    {"id": 7, "turns": ["潍坊创业担保贷款最高多少", "那期限呢"], "as_of": "2023-10-15", "region": "370700"},
    {"id": "c", "turns": ["你好"]},
]


def run(advisor: Advisor, folder: Path, lines: list[Any], **more: Any) -> tuple[batch.Summary, list[dict[str, Any]]]:
    source, output = folder / "in.jsonl", folder / "out" / "out.jsonl"
    source.write_text(
        "\n".join(x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines) + "\n", encoding="utf-8"
    )
    summary = batch.run(advisor, source, output, console=Console(quiet=True), **more)
    return summary, [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def test_answers_in_order_one_per_turn_in_the_contract(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(advisor, tmp_path, GOOD)
    assert summary == batch.Summary(written=3, skipped=0, failed=0)
    assert [row["id"] for row in out] == ["a", 7, "c"]
    assert [len(row["answers"]) for row in out] == [1, 2, 1]
    for row in out:
        for answer in row["answers"]:
            assert Answer.model_validate(answer).contract == 1
    assert out[1]["answers"][1]["region"] == "370700"
    assert out[0]["answers"][0]["citations"]


BROKEN = [
    ("{not json", "JSON"),
    ("[1, 2]", "turns"),
    ('"text"', "turns"),
    ("null", "turns"),
    ({"id": "x"}, "turns"),
    ({"id": "x", "turns": []}, "turns"),
    ({"id": "x", "turns": "一句话"}, "turns"),
    ({"id": "x", "turns": ["好", 3]}, "turns"),
    ({"id": "x", "turns": ["好"] * 51}, "turns"),
    ({"id": "x", "turns": ["好"], "as_of": "2023-13-45"}, "2023-13-45"),
    ({"id": "x", "turns": ["好"], "as_of": 20231015}, "as_of"),
    ({"id": "x", "turns": ["好"], "region": "999999"}, "999999"),
    ({"id": "x", "turns": ["好"], "region": ["370100"]}, "region"),
    ('{"id": "x", "turns": ["好"], "as_of": "1200-01-01"}', "1200"),
]


@pytest.mark.parametrize(("broken", "word"), BROKEN)
def test_a_broken_line_costs_only_itself(advisor: Advisor, tmp_path: Path, broken: Any, word: str) -> None:
    summary, out = run(advisor, tmp_path, [GOOD[0], broken, GOOD[2]])
    assert summary == batch.Summary(written=3, skipped=0, failed=1)
    assert [sorted(row) for row in out] == [["answers", "id"], ["error", "id"], ["answers", "id"]]
    assert word in out[1]["error"]
    assert out[1]["id"] == ("x" if isinstance(broken, dict) or '"x"' in broken else "line-2")


def test_a_lone_surrogate_in_a_line_is_answered(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(
        advisor, tmp_path, ['{"id": "s\\ud800", "turns": ["稳岗返还\\ud83d的标准"], "as_of": "2023-10-15"}', GOOD[2]]
    )
    assert summary.written == 2
    assert [len(row.get("answers", [])) for row in out] == [1, 1]


def test_nothing_is_done_twice(advisor: Advisor, tmp_path: Path) -> None:
    run(advisor, tmp_path, GOOD[:2])
    summary, out = run(advisor, tmp_path, GOOD)
    assert summary == batch.Summary(written=1, skipped=2, failed=0)
    assert [row["id"] for row in out] == ["a", 7, "c"]


def test_a_run_goes_on_after_a_cut_line(advisor: Advisor, tmp_path: Path) -> None:
    run(advisor, tmp_path, GOOD)
    output = tmp_path / "out" / "out.jsonl"
    whole = output.read_text(encoding="utf-8")
    output.write_text(whole[: len(whole.splitlines()[0]) + 40], encoding="utf-8")
    summary, out = run(advisor, tmp_path, GOOD)
    assert summary == batch.Summary(written=2, skipped=1, failed=0)
    assert [row["id"] for row in out] == ["a", 7, "c"]
    assert not list(output.parent.glob("*.tmp"))


def test_failed_lines_are_tried_again(advisor: Advisor, tmp_path: Path) -> None:
    run(advisor, tmp_path, [GOOD[0], {"id": "x", "turns": []}])
    summary, out = run(advisor, tmp_path, [GOOD[0], {"id": "x", "turns": ["你好"]}])
    assert summary == batch.Summary(written=1, skipped=1, failed=0)
    assert [row["id"] for row in out] == ["a", "x"]
    assert "error" not in out[1]


def test_the_same_id_twice_is_answered_once_per_line(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(advisor, tmp_path, [GOOD[0], {**GOOD[2], "id": "a"}])
    assert summary.written == 2
    assert [row["id"] for row in out] == ["a", "a"]


def test_search_only_gives_measures_for_the_last_turn_in_its_context(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(advisor, tmp_path, GOOD[:2], search_only=True, k=3)
    assert summary.failed == 0
    assert [row["id"] for row in out] == ["a", 7]
    for row in out:
        assert 1 <= len(row["hits"]) <= 3
        assert {"measure", "passage", "score"} <= set(row["hits"][0])
        assert all(hit["measure"] in advisor.knowledge.library.measures for hit in row["hits"])
    assert out[1]["hits"][0]["measure"].startswith("weifang")


@pytest.mark.parametrize("k", [0, 101, -3])
def test_k_out_of_range_is_an_error_of_the_call(advisor: Advisor, tmp_path: Path, k: int) -> None:
    with pytest.raises(RequestError, match=str(k)):
        run(advisor, tmp_path, GOOD, search_only=True, k=k)


def test_blank_lines_and_a_byte_order_mark(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(advisor, tmp_path, ["\ufeff" + json.dumps(GOOD[2]), "", "   "])
    assert (summary.written, [row["id"] for row in out]) == (1, ["c"])


def test_a_missing_source_and_an_unknown_engine(advisor: Advisor, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"none\.jsonl"):
        batch.run(advisor, tmp_path / "none.jsonl", tmp_path / "o.jsonl")
    with pytest.raises(RequestError, match="gpt"):
        run(advisor, tmp_path, GOOD, engine="gpt")


def test_source_and_output_must_differ(advisor: Advisor, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(GOOD[2]), encoding="utf-8")
    with pytest.raises(RequestError, match=r"in\.jsonl"):
        batch.run(advisor, source, source)
    assert json.loads(source.read_text(encoding="utf-8")) == GOOD[2]


@pytest.mark.parametrize("fault", [OverflowError("too far"), ValueError("no fault of the line"), KeyError("x"), RuntimeError("")])
def test_a_fault_of_the_program_costs_only_its_line(
    advisor: Advisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    reply = Advisor.reply

    def faulty(self: Advisor, conversation: Conversation, question: str, **more: Any) -> Reply:
        if question == "坏":
            raise fault
        return reply(self, conversation, question, **more)

    monkeypatch.setattr(Advisor, "reply", faulty)
    summary, out = run(advisor, tmp_path, [GOOD[0], {"id": "x", "turns": ["坏"]}, GOOD[2]])
    assert summary == batch.Summary(written=3, skipped=0, failed=1)
    assert [row["id"] for row in out] == ["a", "x", "c"]
    assert type(fault).__name__ in out[1]["error"]
    assert "JSON" not in out[1]["error"].replace(str(fault), "")
    assert "缺少字段" not in out[1]["error"]


def test_a_line_nested_too_deep_costs_only_itself(advisor: Advisor, tmp_path: Path) -> None:
    summary, out = run(advisor, tmp_path, ["[" * 100_000, GOOD[2]])
    assert (summary.failed, [row["id"] for row in out]) == (1, ["line-1", "c"])
    assert "JSON" in out[0]["error"]
