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
    path.write_text("便民办法\n便民发〔2031〕5号\n第一条 甲。\n第二条 乙。", encoding="utf-8")
    ingest_files(Settings(home=tmp_path), [path], {}, Console())
    out = capsys.readouterr().out
    assert "--issued" in out
    assert "--region" in out
    meta = yaml.safe_load((tmp_path / "documents" / "plain" / "document.yaml").read_text(encoding="utf-8"))
    assert meta["region"] == "000000"
    assert str(meta["issued_from"]) == "2031-01-01"  # the year of the 文号 is all there is
    assert "--issued" in meta["notes"]


def test_a_document_without_any_date_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("便民办法\n第一条 甲。\n第二条 乙。", encoding="utf-8")
    with pytest.raises(DocumentError, match="--issued"):
        ingest(tmp_path, path)
    ingest(tmp_path, path, issued="2031-05-01")
    assert load_library([tmp_path / "documents"]).documents["plain"].issued == date(2031, 5, 1)


def test_every_kind_of_file(tmp_path: Path) -> None:
    lines = ["云溪市便民办法", "第一条每人补助500元。", "第二条自2031年1月1日起施行，有效期至2033年12月31日。"]
    write_docx(tmp_path / "word.docx", lines)
    write_pdf(tmp_path / "paper.pdf", [[*lines[:1], "第一条每人补助600元。", *lines[2:]]])
    for name in ("page.html", "broken_markdown.md", "chapters.txt"):
        shutil.copy(FIXTURES / name, tmp_path)
    for path in sorted(tmp_path.iterdir()):
        ingest(tmp_path / "home", path, issued="2030-05-01")
    library = load_library([tmp_path / "home" / "documents"])
    assert sorted(library.documents) == ["broken_markdown", "chapters", "page", "paper", "word"]
    assert library.documents["word"].text == library.documents["paper"].text.replace("600元", "500元")
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


NOTICE = "{place}市人民政府办公室\n关于{subject}的通知\n{place}政办发〔203{n}〕{n}号\n（一）甲。补{n}元。\n（二）乙。补20元。\n{place}市人民政府办公室\n203{n}年5月1日"


def test_another_document_of_the_same_file_name_takes_another_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in (1, 2):
        path = tmp_path / str(n) / "通知.txt"
        path.parent.mkdir()
        path.write_text(NOTICE.format(place="云溪", subject="书屋补贴", n=n), encoding="utf-8")
        ingest_files(Settings(home=tmp_path / "home"), [path], {}, Console())
    library = load_library([tmp_path / "home" / "documents"])
    assert {d.id: d.doc_no for d in library.documents.values()} == {
        "通知": "云溪政办发〔2031〕1号",
        "通知-2": "云溪政办发〔2032〕2号",
    }
    assert all(m.id.startswith(f"{m.document}/") for m in library.measures.values())
    assert "这份存为通知-2" in "".join(capsys.readouterr().out.split())
    ingest(tmp_path / "home", path)  # the second one again: it replaces itself
    assert load_library([tmp_path / "home" / "documents"]) == library
    with pytest.raises(RequestError, match="--id"):
        ingest(tmp_path / "home", path, id="通知")


def test_the_same_text_under_another_name_is_not_stored_twice(tmp_path: Path, notice: Path) -> None:
    ingest(tmp_path / "home", notice)
    copy = Path(shutil.copy(notice, tmp_path / "copy.txt"))
    copy.write_text(copy.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    ingest(tmp_path / "home", copy)
    assert list(load_library([tmp_path / "home" / "documents"]).documents) == ["yunling-2030-22"]


def test_the_good_files_of_a_folder_are_read_and_the_bad_ones_named(
    tmp_path: Path, notice: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a-empty.txt").write_bytes(b"")
    shutil.copy(notice, folder / "b.txt")
    (folder / "c-plain.txt").write_text("关于某事的通知\n请各单位知悉。", encoding="utf-8")
    (folder / "~$b.docx").write_bytes(b"left behind by an editor")
    monkeypatch.setenv("ADVISOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cli, "open_advisor", lambda *_, **__: None)
    ran = Terminal(capsys).run("ingest", str(folder))
    assert ran.code == 1
    assert list(load_library([tmp_path / "home" / "documents"]).documents) == ["b"]
    assert "a-empty.txt" in ran.out
    assert "c-plain.txt" in ran.out
    assert "2 个没有读入" in ran.out.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("第一条甲。\n第二条各单位应当", "截断"),
        ("（一）甲事。补10元。\n（二）乙事。补20元。", "不完整"),
        ("（一）甲事。补10元。\n（二）乙事。补20元。\n（四）丁事。补40元。\n云溪市财政局\n2031年5月1日", "缺第 3 条"),
        ("（一）甲事。补10元。\n（二）乙事。补20元。\n（兰）丙事。补30元。\n（四）丁事。补40元。\n云溪市财政局\n2031年5月1日", "「（兰）」"),
        ("申请条件\n年满18周岁。\n补贴标准\n每月800元。\n云溪市财政局\n2031年5月1日", "小标题"),
    ],
)  # fmt: skip
def test_what_looks_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, word: str) -> None:
    path = tmp_path / "doubtful.txt"
    head = "云溪市书屋补贴办法\n" if "申请条件" not in text else "# 云溪市书屋补贴办法\n"
    path = path.with_suffix(".md")
    path.write_text(head + text.replace("申请条件", "## 申请条件").replace("补贴标准", "## 补贴标准"), encoding="utf-8")
    ingest_files(Settings(home=tmp_path / "home"), [path], {"issued": "2031-05-01", "region": "济南"}, Console())
    assert word in capsys.readouterr().out.replace("\n", "")


def test_a_sound_document_raises_no_doubts(tmp_path: Path, notice: Path) -> None:
    ingest(tmp_path, notice, region="济南")
    meta = yaml.safe_load((tmp_path / "documents" / "yunling-2030-22" / "document.yaml").read_text(encoding="utf-8"))
    assert "notes" not in meta


def test_impossible_dates_in_a_text_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "scan.txt"
    path.write_text("便民办法\n第一条 甲。\n第二条 本办法有效期至2031年2月30日。\n某市人民政府\n2031年2月31日", encoding="utf-8")
    with pytest.raises(DocumentError, match="--issued"):
        ingest(tmp_path / "home", path)
    ingest(tmp_path / "home", path, issued="2031-02-28")
    (document,) = load_library([tmp_path / "home" / "documents"]).documents.values()
    assert (document.issued, document.valid_until) == (date(2031, 2, 28), None)


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0c", "\x1d"])
def test_odd_line_separators_survive_storing_and_indexing(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(f"便民办法{mark}第一条 甲a{mark}b每人500元。{mark}第二条 乙。", encoding="utf-8")
    ingest(tmp_path / "home", path, issued="2031-05-01")
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
