"""``advisor check``: clean on what is shipped, and one named problem for each kind of defect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.base import DATA
from knowledge.checks import check_document, check_points, run_checks
from knowledge.texts.library import load_library
from knowledge.texts.points import Question, check_references, link_questions, load_points, load_questions
from knowledge.types import Point

NAME = "shandong-2024-14"


def test_the_shipped_data_has_no_problem() -> None:
    report = run_checks()
    assert report.problems == ()
    assert sorted(row.measures for row in report.documents) == [20, 20, 24, 25, 26]
    assert report.to_json()["measures"] == 115
    assert all(row.points > 100 for row in report.documents)


def test_every_measure_has_points_and_questions() -> None:
    library = load_library([DATA / "documents"])
    numbered = {m.id for m in library.measures.values() if m.number is not None}
    assert {p.measure for p in load_points([DATA / "points"])} >= numbered
    assert {q.measure for q in load_questions([DATA / "questions"])} >= numbered


def changed(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(data: Path) -> None:
        path = data / name
        text = path.read_text(encoding="utf-8")
        assert old in text, name
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (changed(f"documents/{NAME}/source.txt", "鲁政发", "鲁政 发"), "校验和"),
        (changed(f"documents/{NAME}/text.txt", "就业", "择业"), "不是现在的解析结果"),
        (changed(f"documents/{NAME}/document.yaml", "measures: 20", "measures: 21"), "记的是 21 条"),
        (changed("documents/weifang-2023-6/document.yaml", "valid_clause: 以上", "valid_clause: 上述"), "valid_clause"),
        (changed(f"documents/{NAME}/measures.jsonl", '["header", 0,', '["header", 1,'), "不是现在的解析结果"),
        (changed(f"points/{NAME}.yaml", f"measure: {NAME}/1\n", f"measure: {NAME}/99\n"), "不存在的条款"),
        (changed(f"questions/{NAME}.jsonl", f'"{NAME}/1"', f'"{NAME}/99"'), "不存在的条款"),
        (lambda data: (data / "documents" / NAME / "text.txt").unlink(), "text.txt"),
    ],
)  # fmt: skip
def test_each_defect_is_one_named_problem(copied_data: Callable[[], Path], change: Callable[[Path], None], word: str) -> None:
    data = copied_data()
    change(data)
    problems = run_checks(data=data).problems
    assert any(word in p for p in problems), problems


def test_points_are_proved_against_their_clause() -> None:
    library = load_library([DATA / "documents"])
    points = load_points([DATA / "points"])
    assert check_points(points, library) == []
    with_number = next(p for p in points if "1000元" in p.plain)
    cases = {
        "不在它的引文里": replace(with_number, plain=with_number.plain.replace("1000元", "1001元")),
        "的引文不在": replace(with_number, quote=with_number.quote + "，另加一句"),
    }
    for word, point in cases.items():
        found = check_points([point], library)
        assert found
        assert all(with_number.id in p for p in found)
        assert any(word in p for p in found)
    assert check_points([with_number, with_number], library) == [f"要点编号重复：{with_number.id}"]


def test_references_to_missing_measures() -> None:
    library = load_library([DATA / "documents"])
    point = Point("p", "nowhere/1", "话", "话")
    found = check_references(library, [point], [Question("nowhere/2", "问")])
    assert [p.rsplit(" ", 1)[-1] for p in found] == ["nowhere/1", "nowhere/2"]


def test_a_document_folder_is_checked_alone(copied_data: Callable[[], Path]) -> None:
    data = copied_data()
    document = load_library([data / "documents"]).documents[NAME]
    assert check_document(document, data / "documents" / NAME) == []
    (data / "documents" / NAME / "source.txt").unlink()
    assert any("source" in p for p in check_document(document, data / "documents" / NAME))


def test_questions_are_linked_to_the_point_they_ask_for() -> None:
    from knowledge.texts.encoders import load_encoder

    points = [
        Point("p1", "x/1", "每人补贴1000元", "每人补贴1000元"),
        Point("p2", "x/1", "期限到年底", "期限到年底"),
        Point("p3", "x/1", "由市里负责", "由市里负责", silent=True),
        Point("p4", "x/2", "每人补贴1000元", "每人补贴1000元"),
    ]
    asked = [
        Question("x/1", "每人补贴多少元"),
        Question("x/1", "期限到哪天"),
        Question("x/3", "期限到哪天"),
        Question("x/1", "zzz"),
    ]
    linked = link_questions(asked, points, load_encoder())
    assert [q.point for q in linked] == ["p1", "p2", "", ""]
