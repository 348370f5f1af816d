"""``advisor ingest``: a file becomes a document folder under ADVISOR_HOME, reviewed on the screen."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import track

from bot.errors import RequestError
from bot.settings import Settings
from knowledge.base import DATA
from knowledge.regions import Gazetteer, load_gazetteer
from knowledge.texts import identity
from knowledge.texts.library import Metadata, parse_source, sha256, write_parsed
from knowledge.texts.readers import SUPPORTED
from knowledge.types import Measure, Segment

UNKNOWN = "000000"  # a region that no asker is in: nothing is applied until someone says where it holds


def ingest_files(settings: Settings, paths: list[Path], overrides: Mapping[str, str], console: Console) -> None:
    """Read, parse and store files (a folder means every supported file in it).

    :raises RequestError, DocumentError: nothing to read; options that fit one file given for several; a
        file that cannot be read or has no numbered measures. Files before the bad one stay ingested.
    """
    files = sorted(
        {f for p in paths for f in (p.rglob("*") if p.is_dir() else [p]) if not p.is_dir() or f.suffix.lower() in SUPPORTED}
    )
    if not files:
        raise RequestError(f"没有可读的文件。可用的类型：{'、'.join(SUPPORTED)}")
    if len(files) > 1 and set(overrides) - {"region", "issuer"}:
        raise RequestError("一次读入多个文件时，只能用 --region 和 --issuer；其余请逐个文件指定。")
    gazetteer = load_gazetteer(DATA / "lexicon" / "regions.yaml").with_counties()
    for path in track(files, "读入", console=console, transient=True, disable=len(files) < 2):
        meta, measures = ingest_one(settings.home, path, overrides, gazetteer)
        count = sum(m.number is not None for m in measures)
        console.print(
            f"✓ {meta.id}《{meta.title}》{meta.doc_no or ''} {meta.issuer} {meta.issued or ''} {count} 条",
            markup=False,
            highlight=False,
        )
        if meta.notes:
            console.print(f"  {meta.notes}", style="yellow", markup=False, highlight=False)


def ingest_one(
    home: Path, path: Path, overrides: Mapping[str, str], gazetteer: Gazetteer
) -> tuple[Metadata, tuple[Measure, ...]]:
    """Store one file as a document folder; an existing folder of the same id is replaced at the end, at once."""
    identifier = overrides.get("id") or _slug(path)
    if not re.fullmatch(r"\w[\w.-]{0,59}", identifier):
        raise RequestError(f"文件编号「{identifier}」不对。请用字母、数字和短横线，例如 zibo-2024-3。")
    if (DATA / "documents" / identifier).exists():
        raise RequestError(f"{identifier} 是随产品发布的文件，不能覆盖。请用 --id 另取一个编号。")
    text, segments, measures = parse_source(identifier, path)
    meta = _metadata(identifier, path, text, segments, measures, overrides, gazetteer)
    target = home / "documents" / identifier
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
    issuer = given.get("issuer") or identity.issuer_of(head, title) or "文中没有写明"
    found = gazetteer.issuing(issuer) or gazetteer.issuing(title)
    region = gazetteer.resolve(given["region"]).code if "region" in given else (found.code if found else UNKNOWN)
    issued = _date(given.get("issued"), "--issued") or identity.issued_on(text, head)
    term = identity.term_of(text, issued)
    until = _date(given.get("valid_until"), "--valid-until") or term.until
    later = term.since if term.since and issued and term.since > issued else None
    unknown = [
        "" if issued else "文中没有找到印发日期；请用 --issued 指定。",
        "" if region != UNKNOWN else "没有认出适用地区；请用 --region 指定。",
    ]
    return Metadata(
        id=identifier, title=title, doc_no=given.get("doc_no") or identity.doc_no_of(head), issuer=issuer, region=region,
        issued=issued, issued_from=later or (None if issued else term.since or date(1990, 1, 1)), valid_until=until,
        valid_clause=term.clause if term.until else None, source_sha256=sha256(path),
        measures=sum(m.number is not None for m in measures), notes="".join(unknown) or None,
    )  # fmt: skip


def _date(raw: str | None, option: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise RequestError(f"{option} 的日期「{raw}」不对。请写成 2024-03-01。") from None
