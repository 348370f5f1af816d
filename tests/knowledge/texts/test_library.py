"""Document folders on disk: what is written is read back, and every defect is named with its file and the next command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.base import DATA
from knowledge.errors import DataError, DocumentError
from knowledge.texts.library import load_document, load_library, parse_source, sha256, source_path, write_parsed
from knowledge.texts.points import load_points, load_questions, load_topics

NAME = "shandong-2024-14"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA / "documents" / NAME, tmp_path / "documents" / NAME))


def test_what_is_written_is_read_back(folder: Path) -> None:
    before = load_document(folder)
    text, segments, measures = parse_source(NAME, source_path(folder))
    (folder / "text.txt").unlink()
    (folder / "measures.jsonl").unlink()
    write_parsed(folder, text, segments, measures)
    assert load_document(folder) == before
    assert len(sha256(source_path(folder))) == 64


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (without("text.txt"), "text.txt"),
        (without("measures.jsonl"), "measures.jsonl"),
        (without("document.yaml"), "document.yaml"),
        (replaced("measures.jsonl", '"segments"', '"seg'), "损坏"),
        (replaced("measures.jsonl", '"start"', '"begin"'), "损坏"),
        (replaced("document.yaml", "title:", "tytle:"), "document.yaml"),
        (replaced("document.yaml", "issuer: ", "issuer: ["), "document.yaml"),
        (replaced("document.yaml", "issued_from: 2024-07-18", "notes2: x"), "document.yaml"),
        (lambda folder: (folder / "measures.jsonl").write_text("", encoding="utf-8"), "损坏"),
    ],
)
def test_a_defect_is_named(folder: Path, damage: Callable[[Path], None], word: str) -> None:
    damage(folder)
    with pytest.raises(DocumentError, match=word) as problem:
        load_document(folder)
    assert NAME in str(problem.value)
    assert "advisor" in str(problem.value) or "issued" in str(problem.value)


def test_without_any_day_a_document_cannot_be_used(folder: Path) -> None:
    replaced("document.yaml", "issued_from: 2024-07-18\n", "")(folder)
    with pytest.raises(DocumentError, match="issued_from"):
        load_document(folder)


def test_the_same_id_twice_is_refused(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("copy"))
    with pytest.raises(DocumentError, match=f"重复：{NAME}"):
        load_library([folder.parent])


def test_two_sources_or_none_are_refused(folder: Path) -> None:
    (folder / "source.md").write_text("x", encoding="utf-8")
    with pytest.raises(DocumentError, match="现有 2 个"):
        source_path(folder)
    for path in folder.glob("source.*"):
        path.unlink()
    with pytest.raises(DocumentError, match="现有 0 个"):
        source_path(folder)


def test_documents_come_in_order_of_region_and_day(tmp_path: Path) -> None:
    library = load_library([DATA / "documents", tmp_path / "none"])
    keys = [(d.region, d.issued_from) for d in library.documents.values()]
    assert keys == sorted(keys)
    assert all(library.document_of(m).id == m.split("/")[0] for m in library.measures)
    assert next(d for d in library.documents.values() if d.issued is None).issued_from == date(2024, 7, 18)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path.parent


@pytest.mark.parametrize(
    "text",
    [
        "- id: [",
        "- 一句话",
        "id: p",
        "- {id: p, measure: m, plain: 话}",
        "- {id: p, measure: m, plain: 话, quote: 话, colour: red}",
    ],
)
def test_malformed_points_name_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"p\.yaml"):
        load_points([write(tmp_path / "p.yaml", text)])


@pytest.mark.parametrize("line", ['{"measure": "m"}', "{broken", '["m", "q"]', "3"])
def test_a_broken_question_names_file_and_line(tmp_path: Path, line: str) -> None:
    good = json.dumps({"measure": "m", "question": "问"}, ensure_ascii=False)
    with pytest.raises(DataError, match=r"q\.jsonl 第 3 行"):
        load_questions([write(tmp_path / "q.jsonl", f"{good}\n\n{line}\n")])


def test_topics_are_optional_and_checked(tmp_path: Path) -> None:
    assert load_topics(tmp_path / "none.yaml") == ()
    path = tmp_path / "t.yaml"
    write(path, "- {id: t, topic: 甲}")
    with pytest.raises(DataError, match=r"t\.yaml"):
        load_topics(path)
    write(path, "- {id: t, topic: 甲, ask: 某局, questions: [甲怎么办]}")
    assert load_topics(path)[0].questions == ("甲怎么办",)
