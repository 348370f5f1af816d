"""A new file becomes a document that can be searched and cited; a bad one leaves everything as it was."""

from __future__ import annotations

import errno
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from bot.advisor import Advisor, open_advisor
from bot.errors import RequestError
from bot.settings import Settings
from bot.surfaces import cli, ingesting
from bot.surfaces.ingesting import ingest_files
from knowledge.checks import run_checks
from knowledge.errors import DocumentError
from knowledge.texts.library import load_library
from tests.bot.cli_runner import Terminal
from tests.conftest import TODAY
from tests.knowledge.texts.files import write_docx, write_pdf

FIXTURES = Path(__file__).parents[1] / "fixtures" / "documents"


def ingest(home: Path, *paths: Path, **overrides: str) -> None:
    ingest_files(Settings(home=home), list(paths), overrides, Console(quiet=True))


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    return Path(shutil.copy(FIXTURES / "city_notice.txt", tmp_path / "yunling-2030-22.txt"))


def test_what_is_read_from_the_file_itself(tmp_path: Path, notice: Path) -> None:
    ingest(tmp_path, notice)
    document = load_library([tmp_path / "documents"]).documents["yunling-2030-22"]
    assert document.title == "关于支持城乡书屋发展的通知"
    assert document.doc_no == "云岭政办〔2030〕22号"
    assert document.issuer == "云岭市人民政府办公室"
    assert document.issued == date(2030, 2, 18)
    assert len(document.numbered) == 7
    folder = tmp_path / "documents" / "yunling-2030-22"
    assert sorted(p.name for p in folder.iterdir()) == ["document.yaml", "measures.jsonl", "source.txt", "text.txt"]
    assert run_checks(tmp_path).problems == ()


def test_what_is_given_counts_before_what_is_read(tmp_path: Path, notice: Path) -> None:
    given = {
        "id": "zibo-2030-1",
        "title": "某通知",
        "doc_no": "淄政办〔2030〕1号",
        "issuer": "淄博市人民政府",
        "region": "淄博",
        "issued": "2030-05-01",
        "valid_until": "2031-12-31",
    }
    ingest(tmp_path, notice, **given)
    d = load_library([tmp_path / "documents"]).documents["zibo-2030-1"]
    assert (d.title, d.doc_no, d.issuer, d.region, d.issued, d.valid_until) == (
        "某通知", "淄政办〔2030〕1号", "淄博市人民政府", "370300", date(2030, 5, 1), date(2031, 12, 31),
    )  # fmt: skip


def test_what_could_not_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("便民办法\n第一条 甲。\n第二条 乙。", encoding="utf-8")
    ingest_files(Settings(home=tmp_path), [path], {}, Console())
    out = capsys.readouterr().out
    assert "--issued" in out
    assert "--region" in out
    meta = yaml.safe_load((tmp_path / "documents" / "plain" / "document.yaml").read_text(encoding="utf-8"))
    assert meta["region"] == "000000"
    assert "--issued" in meta["notes"]


def test_every_kind_of_file(tmp_path: Path) -> None:
    lines = ["云溪市便民办法", "第一条每人补助500元。", "第二条自2031年1月1日起施行，有效期至2033年12月31日。"]
    write_docx(tmp_path / "word.docx", lines)
    write_pdf(tmp_path / "paper.pdf", [lines])
    for name in ("page.html", "broken_markdown.md", "chapters.txt"):
        shutil.copy(FIXTURES / name, tmp_path)
    ingest(tmp_path / "home", tmp_path)
    library = load_library([tmp_path / "home" / "documents"])
    assert sorted(library.documents) == ["broken_markdown", "chapters", "page", "paper", "word"]
    assert library.documents["word"].text == library.documents["paper"].text
    assert run_checks(tmp_path / "home").problems == ()


def test_ingesting_again_replaces(tmp_path: Path, notice: Path) -> None:
    ingest(tmp_path, notice)
    notice.write_text(notice.read_text(encoding="utf-8").replace("每个补助3万元", "每个补助4万元"), encoding="utf-8")
    ingest(tmp_path, notice)
    (document,) = load_library([tmp_path / "documents"]).documents.values()
    assert "每个补助4万元" in document.text
    ingest(tmp_path, tmp_path / "documents" / "yunling-2030-22" / "source.txt")  # what `advisor check` advises
    assert list(load_library([tmp_path / "documents"]).documents) == ["yunling-2030-22"]
    assert [p.name for p in (tmp_path / "documents").iterdir()] == ["yunling-2030-22"]


@pytest.mark.parametrize("identifier", ["..", ".", ".hidden", "a/b", "../escape", "", " ", "a b", "x" * 61, "jinan-2023-10"])
def test_ids_that_would_harm_are_refused(tmp_path: Path, notice: Path, identifier: str) -> None:
    home = tmp_path / "home"
    (home / "documents").mkdir(parents=True)
    (home / "keep.txt").write_text("x", encoding="utf-8")
    if identifier == "":
        path = tmp_path / "！.txt"
        shutil.copy(notice, path)
        ingest(home, path)
        assert "document" in load_library([home / "documents"]).documents
    else:
        with pytest.raises(RequestError, match=r"编号|不能覆盖"):
            ingest(home, notice, id=identifier)
        assert list((home / "documents").iterdir()) == []
    assert (home / "keep.txt").exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "空的"), ("关于某事的通知\n请各单位知悉。".encode(), "没有找到编号条款"), (b"\xff\x00\xd8\x01\x80" * 41, "编码")],
)
def test_a_bad_file_is_named_and_changes_nothing(tmp_path: Path, notice: Path, content: bytes, word: str) -> None:
    ingest(tmp_path / "home", notice)
    before = sorted(p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file())
    bad = tmp_path / "bad.txt"
    bad.write_bytes(content)
    with pytest.raises(DocumentError, match=word) as problem:
        ingest(tmp_path / "home", bad)
    assert "bad" in str(problem.value)
    assert sorted(p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file()) == before


def test_a_full_disk_leaves_the_old_document_and_no_rubbish(
    tmp_path: Path, notice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(tmp_path / "home", notice)
    old = load_library([tmp_path / "home" / "documents"])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ingesting, "write_parsed", full)
    with pytest.raises(OSError, match="No space"):
        ingest(tmp_path / "home", notice)
    assert load_library([tmp_path / "home" / "documents"]) == old
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["documents"]


@pytest.mark.parametrize(
    ("overrides", "word"),
    [
        ({"issued": "2030-2-30"}, "--issued"),
        ({"issued": "去年"}, "--issued"),
        ({"valid_until": "x"}, "--valid-until"),
        ({"region": "火星"}, "火星"),
    ],
)
def test_wrong_options(tmp_path: Path, notice: Path, overrides: dict[str, str], word: str) -> None:
    with pytest.raises(Exception, match=word):
        ingest(tmp_path / "home", notice, **overrides)
    assert not (tmp_path / "home" / "documents" / "yunling-2030-22").exists()


def test_options_for_one_file_do_not_fit_several(tmp_path: Path, notice: Path) -> None:
    other = Path(shutil.copy(notice, tmp_path / "other.txt"))
    with pytest.raises(RequestError, match="--region"):
        ingest(tmp_path / "home", notice, other, title="同一标题")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(RequestError, match="没有可读的文件"):
        ingest(tmp_path / "home", tmp_path / "nothing")


def test_impossible_dates_in_a_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "scan.txt"
    path.write_text("便民办法\n第一条 甲。\n第二条 本办法有效期至2031年2月30日。\n某市人民政府\n2031年2月31日", encoding="utf-8")
    ingest(tmp_path / "home", path)
    (document,) = load_library([tmp_path / "home" / "documents"]).documents.values()
    assert (document.issued, document.valid_until) == (None, None)


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0c", "\x1d"])
def test_odd_line_separators_survive_storing_and_indexing(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(f"便民办法{mark}第一条 甲a{mark}b每人500元。{mark}第二条 乙。", encoding="utf-8")
    ingest(tmp_path / "home", path)
    (document,) = load_library([tmp_path / "home" / "documents"]).documents.values()
    assert len(document.numbered) == 2
    assert mark not in document.text


def test_the_command_end_to_end(
    built_home: Path, notice: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document is read in, the index follows, and a question about it is answered with its clause."""
    monkeypatch.setenv("ADVISOR_HOME", str(built_home))
    ran = Terminal(capsys).run("ingest", str(notice), "--region", "青岛", "--issued", "2025-01-02")
    assert ran.code == 0, ran.err
    assert "7 条" in ran.out
    advisor: Advisor = open_advisor(Settings(home=built_home, today=TODAY, journal=False))
    assert "370200" in dict(advisor.regions())
    hits = advisor.search("新建书屋补助标准", region="370200")
    assert hits[0]["measure"].startswith("yunling-2030-22/")
    answer = advisor.reply(advisor.start("370200"), "新建城乡书屋每个补助多少钱").answer
    assert answer.status == "answered"
    assert answer.citations[0].measure == "yunling-2030-22/3"
    text = advisor.knowledge.library.documents["yunling-2030-22"].text
    assert all(text[c.start : c.end] == c.quote for c in answer.citations)
    assert json.loads(Terminal(capsys).run("check", "--json").out)["measures"] == 122


@pytest.mark.parametrize("name", ["missing.txt", "table.xlsx"])
def test_the_command_refuses_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cli, "open_advisor", lambda *_, **__: pytest.fail("no index is needed to refuse a file"))
    if name == "table.xlsx":
        (tmp_path / name).write_bytes(b"x")
    ran = Terminal(capsys).run("ingest", str(tmp_path / name))
    assert ran.code == 1
    assert name in ran.message
