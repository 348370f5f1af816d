"""The index: a disposable build artefact, never repaired in place.

Layout of ``<home>/index``::

    CURRENT                     name of the folder in use (switched by an atomic rename)
    <version>/manifest.json     what it was built from; the version is the digest of exactly that
    <version>/entries.jsonl     one line an entry: what was indexed, and for which measure and point
    <version>/bm25-<kind>.npz   lexical half, one per kind of entry
    <version>/passages.jsonl    the passages with their spans
    <version>/chroma/           vectors, one collection a region (embedded Chroma filters slowly; a partition is free)
    <version>/vectors-<region>.npy, .json   the same vectors and their ids for an exact scan

Built in a staging folder, verified in a child process (a broken HNSW segment kills its reader), then
switched. Embedded Chroma is not crash-safe below its sync threshold, so the threshold lies above the row count.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from knowledge.errors import BrokenIndexError
from knowledge.texts.lexical import Bm25
from knowledge.texts.vectors import ChromaStore, Store, open_store, write_exact
from knowledge.types import Encoder, Passage

FORMAT = "4"  # raise when entries, tokenisation or layout change
KINDS = ("passage", "point", "question", "uncovered")
VERIFIED = 20  # an entry must stand among so many nearest to its own text; texts with the same words tie
NOWHERE = "000000"  # the partition of what belongs to no document
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One indexed text. ``row`` numbers entries within their kind; ``point`` is '' for none."""

    kind: str
    row: int
    measure: str
    region: str
    text: str
    point: str = ""
    passage: str = ""


def digest(parts: Iterable[bytes | str]) -> str:
    """A short stable digest of what an index depends on."""
    h = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        h.update(len(data).to_bytes(8, "big") + data)
    return h.hexdigest()[:16]


@dataclass(frozen=True)
class Index:
    """An open index; read-only."""

    version: str
    entries: dict[str, tuple[Entry, ...]]
    lexical: dict[str, Bm25]
    passages: tuple[Passage, ...]
    store: Store
    regions: tuple[str, ...]


def build(
    home: Path,
    manifest: dict[str, Any],
    passages: Sequence[Passage],
    entries: Sequence[Entry],
    encoder: Encoder,
    progress: Progress | None = None,
    rebuild: bool = False,
    encoder_name: str | None = None,
) -> Path:
    """Build, verify in a child process and switch. Returns the new index folder.

    A sound folder of the same version is taken as it is, unless ``rebuild``. ``encoder_name``: by which the child loads
    the same encoder (None: the shipped one).

    :raises BrokenIndexError: no space, no right to write, another build is running, or verification failed;
        the index in use is untouched in every case.
    """
    root = home / "index"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(str(root / "build.lock"), timeout=120):
            version = str(manifest["version"])
            if not rebuild and _usable(root / version, manifest):  # another process was faster
                return _switch(root, version)
            staging = Path(tempfile.mkdtemp(prefix=f"{version}.", dir=root))
            try:
                _fill(staging, manifest, passages, entries, encoder, progress or (lambda *_: None))
                _verify_in_child(staging, encoder_name)
                target = root / version
                shutil.rmtree(target, ignore_errors=True)
                staging.rename(target)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
            _switch(root, version)
            _forget_old(root, keep=version)
            return root / version
    except Timeout:
        raise BrokenIndexError(f"另一个进程正在建立索引（{root / 'build.lock'}）。请稍后再试。") from None
    except OSError as problem:
        raise BrokenIndexError(
            f"无法在 {root} 写索引：{problem.strerror or problem}。请腾出空间，或用 ADVISOR_HOME 指定可写的目录。"
        ) from problem


def _write_rows(path: Path, rows: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(list(asdict(row).values()), ensure_ascii=False) + "\n")


def _fill(
    folder: Path,
    manifest: dict[str, Any],
    passages: Sequence[Passage],
    entries: Sequence[Entry],
    encoder: Encoder,
    progress: Progress,
) -> None:
    _write_rows(folder / "entries.jsonl", entries)
    _write_rows(folder / "passages.jsonl", passages)
    for kind in KINDS:
        texts = [e.text for e in entries if e.kind == kind]
        Bm25.build(texts).save(folder / f"bm25-{kind}.npz")
        progress("词汇索引", KINDS.index(kind) + 1, len(KINDS))
    store = ChromaStore(str(folder / "chroma"))
    for region in sorted({e.region for e in entries}):
        mine = [e for e in entries if e.region == region]
        vectors = encoder.encode([e.text for e in mine])
        ids = [f"{e.kind}:{e.row}" for e in mine]
        store.create(region, ids, vectors, partial(_vectors_stored, progress, len(mine)))
        write_exact(folder, region, ids, vectors)
    counted = {**manifest, "entries": len(entries), "files": _checksums(folder)}
    (folder / "manifest.json").write_text(json.dumps(counted, ensure_ascii=False, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        if path.is_file():
            with path.open("rb") as f:
                os.fsync(f.fileno())


def _vectors_stored(progress: Progress, of: int, stored: int) -> None:
    progress("向量索引", stored, of)


def _checksums(folder: Path) -> dict[str, int]:
    """CRC-32 by name of every file beside the manifest (Chroma keeps its own folder and rewrites it)."""
    return {p.name: zlib.crc32(p.read_bytes()) for p in sorted(folder.iterdir()) if p.is_file() and p.name != "manifest.json"}


def _verify_in_child(folder: Path, encoder_name: str | None) -> None:
    code = (
        "import sys; from pathlib import Path; from knowledge.texts.index import verify; "
        "verify(Path(sys.argv[1]), sys.argv[2] or None)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    result = subprocess.run(
        [sys.executable, "-c", code, str(folder), encoder_name or ""], capture_output=True, text=True, check=False, timeout=900,
        env=env,
    )  # fmt: skip
    if result.returncode:
        last = (result.stderr.strip().splitlines() or [f"退出码 {result.returncode}"])[-1]
        raise BrokenIndexError(f"新索引没有通过核验（{last}），旧索引保持不变。请运行：advisor doctor")


def verify(folder: Path, encoder_name: str | None = None) -> None:
    """Prove an index folder: row counts, and a sample of entries that find themselves. ``encoder_name``: what it was built with.

    :raises BrokenIndexError: anything is missing or wrong.
    """
    from knowledge.texts.encoders import load_encoder

    manifest = read_manifest(folder)
    if _checksums(folder) != manifest.get("files"):
        raise BrokenIndexError(f"索引 {folder} 的文件缺失或损坏。运行：advisor doctor --rebuild")
    index = load(folder)
    encoder = load_encoder(encoder_name)
    total = sum(len(rows) for rows in index.entries.values())
    chroma = ChromaStore(str(folder / "chroma"))
    stored = sum(chroma.count(r) for r in index.regions)
    if not total == stored == manifest["entries"]:
        raise BrokenIndexError(f"{folder} 行数不符：清单 {manifest['entries']}，条目 {total}，向量 {stored}")
    flat = [e for rows in index.entries.values() for e in rows]
    for entry in flat[:: max(1, len(flat) // 200)]:
        vector = encoder.encode([entry.text])[0]
        if not np.any(vector):
            continue
        for name, store in (("Chroma", chroma), ("精确", index.store)):
            best = store.nearest(entry.region, vector, VERIFIED)
            if not any(key == f"{entry.kind}:{entry.row}" and similarity >= 0.999 for key, similarity in best):
                raise BrokenIndexError(
                    f"{folder} 的条目 {entry.kind}:{entry.row} 在{name}索引里找不到自己（最近 {best[0][1]:.3f}）"
                )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an index folder. :raises BrokenIndexError: missing or unreadable."""
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as problem:
        raise BrokenIndexError(f"{folder} 没有可读的 manifest.json（{problem}）。运行：advisor doctor --rebuild") from problem


def _usable(folder: Path, manifest: dict[str, Any]) -> bool:
    try:
        stored = read_manifest(folder)
        return all(stored.get(k) == v for k, v in manifest.items()) and _checksums(folder) == stored.get("files")
    except (BrokenIndexError, OSError):
        return False


def current(home: Path, manifest: dict[str, Any]) -> Path | None:
    """The folder of the index that matches ``manifest``, or None when it must be built."""
    folder = home / "index" / str(manifest["version"])
    return folder if _usable(folder, manifest) else None


def load(folder: Path, chroma_url: str | None = None) -> Index:
    """Open an index folder for reading. :raises BrokenIndexError: a file is missing or unreadable."""
    try:
        by_kind: dict[str, list[Entry]] = {k: [] for k in KINDS}
        for row in _read_rows(folder / "entries.jsonl"):
            by_kind[row[0]].append(Entry(*row))
        passages = tuple(Passage(*row) for row in _read_rows(folder / "passages.jsonl"))
        lexical = {k: Bm25.load(folder / f"bm25-{k}.npz") for k in KINDS}
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile, EOFError) as problem:
        raise BrokenIndexError(f"索引 {folder} 不可读（{problem}）。运行：advisor doctor --rebuild") from problem
    regions = tuple(sorted({e.region for rows in by_kind.values() for e in rows}))
    rows = sum(len(v) for v in by_kind.values())
    manifest = read_manifest(folder)
    if rows != manifest.get("entries") or len(passages) != len(by_kind["passage"]):
        raise BrokenIndexError(f"索引 {folder} 的条目数与清单不符。运行：advisor doctor --rebuild")
    return Index(
        str(manifest["version"]), {k: tuple(v) for k, v in by_kind.items()}, lexical, passages,
        open_store(folder, rows, chroma_url), regions,
    )  # fmt: skip


def _read_rows(path: Path) -> list[Any]:
    text = path.read_text(encoding="utf-8")
    return list(json.loads("[" + ",".join(text.rstrip("\n").split("\n")) + "]"))


def _switch(root: Path, version: str) -> Path:
    pointer = root / "CURRENT.tmp"
    pointer.write_text(version, encoding="utf-8")
    pointer.replace(root / "CURRENT")
    return root / version


def _forget_old(root: Path, keep: str) -> None:
    """Keep the index in use and the one before it; drop older ones and abandoned staging folders."""
    folders = sorted((p for p in root.iterdir() if p.is_dir() and p.name != keep), key=lambda p: p.stat().st_mtime, reverse=True)
    for folder in folders[1:]:
        shutil.rmtree(folder, ignore_errors=True)
