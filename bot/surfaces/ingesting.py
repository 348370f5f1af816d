"""``advisor ingest``: a file becomes a document folder under ADVISOR_HOME, reviewed on the screen."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import track

from bot.errors import AdvisorError, RequestError
from bot.settings import Settings
from knowledge.base import DATA
from knowledge.errors import DocumentError, KnowledgeError
from knowledge.regions import Gazetteer, load_gazetteer
from knowledge.texts import identity
from knowledge.texts.doubts import doubts
from knowledge.texts.library import Metadata, load_metadata, parse_source, sha256, write_parsed
from knowledge.texts.normalise import matching_form
from knowledge.texts.parsing import parse
from knowledge.texts.readers import SUPPORTED
from knowledge.types import Measure, Segment

UNKNOWN = "000000"  # a region that no asker is in: nothing is applied until someone says where it holds


def ingest_files(settings: Settings, paths: list[Path], overrides: Mapping[str, str], console: Console) -> list[str]:
    """Read, parse and store files (a folder means every supported file in it). What of several could not be read is returned.

    :raises RequestError, DocumentError: nothing to read; options that fit one file given for several; the only file
        cannot be read or has no numbered measures.
    """
    files = sorted(
        {f for p in paths for f in (p.rglob("*") if p.is_dir() else [p]) if not p.is_dir() or f.suffix.lower() in SUPPORTED}
    )
    files = [f for f in files if not f.name.startswith(("~$", ".")) or f in paths]  # left behind by editors
    if not files:
        raise RequestError(f"没有可读的文件。可用的类型：{'、'.join(SUPPORTED)}")
    if len(files) > 1 and set(overrides) - {"region", "issuer"}:
        raise RequestError("一次读入多个文件时，只能用 --region 和 --issuer；其余请逐个文件指定。")
    gazetteer = load_gazetteer(DATA / "lexicon" / "regions.yaml").with_counties()
    failures: list[str] = []
    for path in track(files, "读入", console=console, transient=True, disable=len(files) < 2):
        try:
            meta, measures = ingest_one(settings.home, path, overrides, gazetteer)
        except (KnowledgeError, AdvisorError) as problem:
            if len(files) == 1:
                raise
            failures.append(f"{path}：{problem}")
            continue
        except AlreadyHere as found:
            console.print(f"＝ {path.name} 的内容与 {found} 相同，没有再存。", markup=False, highlight=False)
            continue
        _report(meta, measures, console)
    for failure in failures:
        console.print(f"✗ {failure}", style="red", markup=False, highlight=False)
    if failures:
        console.print(f"读入 {len(files) - len(failures)} 个，{len(failures)} 个没有读入。", markup=False, highlight=False)
    return failures


def _report(meta: Metadata, measures: tuple[Measure, ...], console: Console) -> None:
    annexes = sum(m.number == 0 for m in measures)
    counted = f"{meta.measures} 条" + (f"，附件 {annexes} 个" if annexes else "")
    console.print(
        f"✓ {meta.id}《{meta.title}》{meta.doc_no or ''} {meta.issuer} {meta.issued or ''} {counted}",
        markup=False,
        highlight=False,
    )
    for note in re.findall("[^。]+。", meta.notes or ""):
        console.print(f"  {note}", style="yellow", markup=False, highlight=False)


def ingest_one(
    home: Path, path: Path, overrides: Mapping[str, str], gazetteer: Gazetteer
) -> tuple[Metadata, tuple[Measure, ...]]:
    """Store one file as a document folder; an existing folder of the same document is replaced at the end, at once.

    :raises AlreadyHere: the library has a document of the same content under another id.
    """
    identifier = overrides.get("id") or _slug(path)
    if not re.fullmatch(r"\w[\w.-]{0,59}", identifier):
        raise RequestError(f"文件编号「{identifier}」不对。请用字母、数字和短横线，例如 zibo-2024-3。")
    if (DATA / "documents" / identifier).exists():
        raise RequestError(f"{identifier} 是随产品发布的文件，不能覆盖。请用 --id 另取一个编号。")
    text, segments, measures = parse_source(identifier, path)
    meta = _metadata(identifier, path, text, segments, measures, overrides, gazetteer)
    known = _known(home)
    free = _free_id(meta, known, given="id" in overrides)
    if free != identifier:
        segments, measures = parse(free, text)
        note = f"编号 {identifier} 已用于《{known[identifier].title}》，这份存为 {free}。"
        meta = meta.model_copy(update={"id": free, "notes": note + (meta.notes or "")})
    _look_for_copies(home, meta, text, known)
    target = home / "documents" / meta.id
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix="ingest.", dir=home))
    try:
        shutil.copyfile(path, staging / f"source{path.suffix.lower()}")
        write_parsed(staging, text, segments, measures)
        row: dict[str, Any] = meta.model_dump(exclude_none=True)
        (staging / "document.yaml").write_text(yaml.safe_dump(row, allow_unicode=True, sort_keys=False), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return meta, measures


class AlreadyHere(Exception):
    """The library has this text already; the message is the id of the document."""


def _known(home: Path) -> dict[str, Metadata]:
    """Every document that is here, shipped or read in, by id; a broken folder is no reason to refuse a new file."""
    found: dict[str, Metadata] = {}
    for folder in (p.parent for root in (DATA, home) for p in (root / "documents").glob("*/document.yaml")):
        with suppress(DocumentError):
            found[folder.name] = load_metadata(folder)
    return found


def _free_id(meta: Metadata, known: Mapping[str, Metadata], given: bool) -> str:
    """The id under which a document is stored: its own, or the next free one where a file of that name was another document.

    :raises RequestError: the id was asked for and belongs to another document.
    """
    candidates = [meta.id, *(f"{meta.id}-{i}" for i in range(2, 1000))]
    free = next(c for c in candidates if c not in known or _is_same(meta, known[c]))
    if free != meta.id and given:
        raise RequestError(f"编号 {meta.id} 已用于《{known[meta.id].title}》。请用 --id 另取一个编号。")
    return free


def _is_same(one: Metadata, other: Metadata) -> bool:
    """Whether two files are of one document: the same 文号, or the same title where one has none, or the same file."""
    if one.source_sha256 == other.source_sha256:
        return True
    if one.doc_no and other.doc_no:
        return matching_form(one.doc_no) == matching_form(other.doc_no)
    return matching_form(one.title) == matching_form(other.title)


def _look_for_copies(home: Path, meta: Metadata, text: str, known: Mapping[str, Metadata]) -> None:
    for other in known.values():
        folder = next(f for f in (home / "documents" / other.id, DATA / "documents" / other.id) if f.exists())
        stored = folder / "text.txt"
        if other.id != meta.id and stored.exists() and stored.read_text(encoding="utf-8") == text:
            raise AlreadyHere(other.id)


def _slug(path: Path) -> str:
    if path.stem == "source":
        return path.parent.name
    return re.sub(r"[^\w-]+", "-", path.stem).strip("-")[:60] or "document"


def _metadata(
    identifier: str,
    path: Path,
    text: str,
    segments: tuple[Segment, ...],
    measures: tuple[Measure, ...],
    given: Mapping[str, str],
    gazetteer: Gazetteer,
) -> Metadata:
    head = identity.head_of(text, segments)
    title = given.get("title") or identity.title_of(head) or path.stem
    doc_no = given.get("doc_no") or identity.doc_no_of(head)
    issuer = given.get("issuer") or identity.issuer_of(head, title, text) or "文中没有写明"
    found = gazetteer.issuing(issuer) or gazetteer.issuing(title)
    region = gazetteer.resolve(given["region"]).code if "region" in given else (found.code if found else UNKNOWN)
    issued = _date(given.get("issued"), "--issued") or identity.issued_on(text, head)
    term = identity.term_of(text, issued)
    term = term if term.until else replace(identity.time_of(measures), since=term.since)
    until = _date(given.get("valid_until"), "--valid-until") or term.until
    later = term.since if term.since and issued and term.since > issued else None
    first = None if issued else term.since or _first_of(identity.year_of(doc_no), path)
    unknown = [
        "" if issued else f"文中没有找到印发日期，暂从 {first} 起算；请用 --issued 指定。",
        "" if region != UNKNOWN else "没有认出适用地区；请用 --region 指定。",
        *doubts(text, segments, measures),
    ]
    return Metadata(
        id=identifier, title=title, doc_no=doc_no, issuer=issuer, region=region,
        issued=issued, issued_from=later or first, valid_until=until,
        valid_clause=term.clause if term.until else None, source_sha256=sha256(path),
        measures=sum(bool(m.number) for m in measures), notes="".join(unknown) or None,
    )  # fmt: skip


def _first_of(year: int | None, path: Path) -> date:
    """The first day of the year of the 文号. :raises DocumentError: there is none, so nobody could say when the rules hold."""
    if year is None:
        raise DocumentError(
            f"{path.name} 里没有印发日期、施行日期，也没有带年份的文号，无法判断从哪天起作数。请加 --issued 指定，例如 --issued 2024-03-01。"
        )
    return date(year, 1, 1)


def _date(raw: str | None, option: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise RequestError(f"{option} 的日期「{raw}」不对。请写成 2024-03-01。") from None
