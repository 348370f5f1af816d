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
from knowledge.texts.library import Metadata, parse_source, sha256, write_parsed
from knowledge.texts.parsing import day_of, issue_date
from knowledge.texts.readers import SUPPORTED
from knowledge.types import Measure

_DOC_NO = re.compile(r"[\u4e00-\u9fff]{1,8}〔\d{4}〕\d+号")
_TITLE = re.compile(
    r"(?:关于)?[^，。；：《》]{6,80}(?:通知|意见|方案|办法|规定|细则|决定|公告|条例|措施|规划|法)(?:（[^（）]{1,12}）)?$"
)
UNKNOWN = "000000"  # a region that no asker is in: nothing is applied until someone says where it holds
_VALID_UNTIL = re.compile(r"有效期(?:至|到)(\d{4})年(\d{1,2})月(\d{1,2})日")


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
    gazetteer = load_gazetteer(DATA / "lexicon" / "regions.yaml")
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
    meta = _metadata(identifier, path, text, measures, overrides, gazetteer)
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
    identifier: str, path: Path, text: str, measures: tuple[Measure, ...], given: Mapping[str, str], gazetteer: Gazetteer
) -> Metadata:
    head = text[: measures[0].start] if measures else text[:600]
    title = given.get("title") or _guess_title(head) or path.stem
    doc_no = given.get("doc_no") or next(iter(_DOC_NO.findall(head)), None)
    issuer = given.get("issuer") or _guess_issuer(head, title)
    named = gazetteer.named_in(issuer) or gazetteer.named_in(title)
    region = gazetteer.resolve(given["region"]).code if "region" in given else (named[0].code if named else UNKNOWN)
    issued = _date(given.get("issued"), "--issued") or issue_date(text) or _first_date(head)
    stated = _VALID_UNTIL.search(text[measures[-1].end :] if measures else "")
    until = _date(given.get("valid_until"), "--valid-until") or (day_of(*stated.groups()) if stated else None)
    unknown = [
        "" if issued else "文中没有找到印发日期；请用 --issued 指定。",
        "" if region != UNKNOWN else "没有认出适用地区；请用 --region 指定。",
    ]
    return Metadata(
        id=identifier, title=title, doc_no=doc_no, issuer=issuer, region=region, issued=issued,
        issued_from=None if issued else date(1990, 1, 1), valid_until=until, valid_clause=stated.group() if stated else None,
        source_sha256=sha256(path), measures=sum(m.number is not None for m in measures),
        notes="".join(unknown) or None,
    )  # fmt: skip


def _guess_title(head: str) -> str | None:
    lines = [line for line in head.split("\n") if _TITLE.search(line) and not line.startswith("《")]
    own = [line for line in lines if "关于印发" not in line]
    best = (own or lines)[-1:] or list(head.split("\n")[:1])
    return best[0] if best else None


def _guess_issuer(head: str, title: str) -> str:
    for line in head.split("\n"):
        match = re.fullmatch(r"([^，。；：]{2,30}(?:人民政府|办公厅|办公室|委员会|部|厅|局))(?:文件)?", line)
        if match:
            return match[1]
    match = re.match(r"(.{2,24}?(?:人民政府|办公厅|办公室|委员会|厅|局))关于", title)
    if match:
        return match[1]
    passed = re.search(r"\d{4}年\d{1,2}月\d{1,2}日(?:\s*)([^，。\n]{4,40}?)(?:第[^\n]{1,20}次会议)?(?:通过|公布|发布)", head)
    return passed[1] if passed else "文中没有写明"


def _date(raw: str | None, option: str) -> date | None:
    if not raw:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise RequestError(f"{option} 的日期「{raw}」不对。请写成 2024-03-01。") from None


def _first_date(head: str) -> date | None:
    days = [day_of(*m) for m in re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", head)]
    return max((d for d in days if d), default=None)
