"""Every kind of file, and every way in which a file can be bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import DocumentError
from knowledge.texts.parsing import parse
from knowledge.texts.readers import SUPPORTED, canonicalise, read_file
from tests.knowledge.texts.files import write_docx, write_pdf

LINES = [
    "青禾市便民服务办法",
    "一、总体安排",
    "（一）规范窗口。窗口每周开放5天，补助2.5万元。",
    "（二）公开信息。每月公开1次，比例不低于60%。",
]
TEXT = "\n".join(LINES)


def measures_of(path: Path) -> list[str]:
    _, measures = parse("x", canonicalise(read_file(path)))
    return [m.text for m in measures if m.number is not None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_plain_text_in_every_encoding(tmp_path: Path, encoding: str, suffix: str) -> None:
    path = tmp_path / f"文件{suffix}"
    path.write_bytes(TEXT.encode(encoding))
    assert canonicalise(read_file(path)) == TEXT
    assert measures_of(path) == LINES[2:]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_html(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.HTML"
    body = "".join(f"<p>{line}</p>" for line in LINES)
    path.write_bytes(
        f"<html><head><title>站名</title></head><body><script>一、脚本</script>{body}<footer>备案</footer>".encode(encoding)
    )
    assert canonicalise(read_file(path)) == TEXT


def test_html_text_after_the_last_tag_and_entities_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "page.htm"
    path.write_text("<div>一、甲事</div>（一）甲。每人&nbsp;500&nbsp;元&mdash;&mdash;甲&乙", encoding="utf-8")
    assert canonicalise(read_file(path)) == "一、甲事\n（一）甲。每人500元——甲&乙"


def test_html_laid_out_in_a_table_is_text_and_a_table_of_figures_is_rows(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    rows = "<table><tr><th>类别</th><th>标准</th></tr><tr><td>100</td><td>200</td></tr></table>"
    path.write_text(
        f"<table><tr><td><p>{LINES[0]}</p><p>{LINES[1]}</p><p>{LINES[2]}</p></td></tr></table>{rows}", encoding="utf-8"
    )
    assert canonicalise(read_file(path)).split("\n") == [*LINES[:3], "|类别|标准|", "|100|200|"]


def test_docx_with_a_table_keeps_figures_apart(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "文件.docx", LINES, [["类别", "首次", "再次"], ["甲", "500", "500"]])
    assert canonicalise(read_file(path)).split("\n") == [*LINES, "|类别|首次|再次|", "|甲|500|500|"]
    assert measures_of(path)[0] == LINES[2]


def test_docx_merged_cells_come_once(tmp_path: Path) -> None:
    from docx import Document as Docx

    document = Docx()
    grid = document.add_table(rows=1, cols=3)
    grid.cell(0, 0).merge(grid.cell(0, 1)).text = "合并"
    grid.cell(0, 2).text = "另一"
    document.save(str(tmp_path / "m.docx"))
    assert canonicalise(read_file(tmp_path / "m.docx")) == "|合并|另一|"


def test_pdf_over_two_pages_with_furniture(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "文件.pdf", [[*LINES[:2], LINES[2][:14], "— 1 —"], [LINES[2][14:], LINES[3], "— 2 —"]])
    assert canonicalise(read_file(path)) == TEXT


def test_an_image_only_pdf_names_ocr(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "扫描.pdf", [[], []])
    with pytest.raises(DocumentError, match="OCR") as problem:
        read_file(path)
    assert "扫描.pdf" in str(problem.value)


@pytest.mark.parametrize("suffix", SUPPORTED)
def test_an_empty_file_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"空{suffix}"
    path.write_bytes(b"")
    with pytest.raises(DocumentError) as problem:
        read_file(path)
    assert f"空{suffix}" in str(problem.value)


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_damaged_file_is_named_with_a_way_out(tmp_path: Path, suffix: str) -> None:
    good = write_pdf(tmp_path / "g.pdf", [LINES]) if suffix == ".pdf" else write_docx(tmp_path / "g.docx", LINES)
    for data in (good.read_bytes()[:200], b"\x00\xff" * 300, b"PK\x03\x04" + b"\x00" * 40):
        path = tmp_path / f"坏{suffix}"
        path.write_bytes(data)
        with pytest.raises(DocumentError, match=r"txt|空的") as problem:
            read_file(path)
        assert f"坏{suffix}" in str(problem.value)


@pytest.mark.parametrize("content", [b"   \n\n\t ", "１２３\n……".encode(), b"\xef\xbb\xbf"])
def test_a_file_without_words_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "符号.txt"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match="没有文字"):
        read_file(path)


def test_bytes_in_no_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "二进制.txt"
    path.write_bytes(b"\xff\x00\xd8\x01\x80" * 41)
    with pytest.raises(DocumentError, match="UTF-8"):
        read_file(path)


@pytest.mark.parametrize("name", ["文件.xlsx", "文件.doc", "文件", "图片.png"])
def test_an_unsupported_type_lists_what_works(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"data")
    with pytest.raises(DocumentError, match=r"\.docx"):
        read_file(path)


def test_a_missing_file_and_a_folder_are_not_found(tmp_path: Path) -> None:
    for path in (tmp_path / "没有.txt", tmp_path):
        with pytest.raises(DocumentError, match="找不到"):
            read_file(path)


def test_a_semicolon_at_a_line_end_stays_and_one_before_wide_space_breaks_a_one_line_export() -> None:
    assert canonicalise("（一）甲;\n（二）乙。") == "（一）甲；\n（二）乙。"
    assert (
        canonicalise("标题甲办法;　　一、甲事;　　（一）甲。内容。;　　（二）乙。")
        == "标题甲办法\n一、甲事\n（一）甲。内容。\n（二）乙。"
    )
