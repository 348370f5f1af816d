"""Vectors by region: Chroma, the durable store and server, and an exact scan of the same vectors.

Embedded Chroma takes a second to import and open, returns approximate neighbours, and slows down with
every matching row under a filter. Up to ``EXACT_LIMIT`` entries a memory-mapped matrix product gives the true
neighbours in milliseconds and the same bytes every time; beyond it, or with ``ADVISOR_CHROMA_URL``, Chroma answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.errors import BrokenIndexError
from knowledge.types import Vectors

EXACT_LIMIT = 200_000  # rows; an exact scan of 100 000 × 256 takes 8 ms on one core
CHROMA_BATCH = 2000


class Store(Protocol):
    """Nearest neighbours within one region."""

    def nearest(self, region: str, vector: Vectors, k: int) -> list[tuple[str, float]]: ...


def open_store(folder: Path, rows: int, chroma_url: str | None = None) -> Store:
    """The store that answers queries for an index folder."""
    if chroma_url:
        return ChromaStore(chroma_url, prefix=f"{folder.name}-r")
    return ExactStore(folder) if rows <= EXACT_LIMIT else ChromaStore(str(folder / "chroma"))


def write_exact(folder: Path, region: str, ids: Sequence[str], vectors: Vectors) -> None:
    """Write one region's vectors for :class:`ExactStore` (float32, rows of length 1)."""
    np.save(folder / f"vectors-{region}.npy", vectors.astype(np.float32))
    (folder / f"vectors-{region}.json").write_text(json.dumps(list(ids)), encoding="utf-8")


class ExactStore:
    """A matrix product over memory-mapped vectors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[list[str], Vectors]] = {}

    def nearest(self, region: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """(id, cosine similarity) of the k nearest entries of a region, ties by position."""
        if region not in self._open:
            try:
                ids = json.loads((self._folder / f"vectors-{region}.json").read_text(encoding="utf-8"))
                self._open[region] = (ids, np.load(self._folder / f"vectors-{region}.npy", mmap_mode="r"))
            except (OSError, ValueError, EOFError) as problem:
                raise BrokenIndexError(
                    f"索引 {self._folder} 的向量不可读（{problem}）。运行：advisor doctor --rebuild"
                ) from problem
        ids, matrix = self._open[region]
        scores = matrix @ vector
        k = min(k, len(ids))
        best = np.argpartition(-scores, k - 1)[:k]
        return [(ids[i], float(scores[i])) for i in best[np.lexsort((best, -scores[best]))]]


@contextmanager
def _chroma_errors(place: str) -> Iterator[None]:
    """Chroma's own errors (full disk, broken file, no server) as one of ours."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as problem:
        raise BrokenIndexError(
            f"向量库 {place} 读写失败（{problem}）。请检查磁盘空间和权限，再运行：advisor doctor --rebuild"
        ) from problem


class ChromaStore:
    """Chroma behind four calls, embedded (a path) or a server (a URL)."""

    def __init__(self, location: str, prefix: str = "r") -> None:
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.config import Settings

        with _chroma_errors(location):
            if location.startswith("http"):
                from urllib.parse import urlparse

                url = urlparse(location)
                self._client: Any = chromadb.HttpClient(
                    host=url.hostname or "localhost", port=url.port or 8000, ssl=url.scheme == "https"
                )
            else:
                self._client = chromadb.PersistentClient(path=location, settings=Settings(anonymized_telemetry=False))
        self._prefix, self._place = prefix, location
        self._open: dict[str, Any] = {}

    def create(self, region: str, ids: Sequence[str], vectors: Vectors, on_batch: Callable[[int], None]) -> None:
        """Fill a fresh collection for one region."""
        hnsw = {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 200,
                "sync_threshold": max(len(ids) * 2, 1000), "batch_size": 1000}  # fmt: skip
        with _chroma_errors(self._place):
            collection = self._client.create_collection(
                f"{self._prefix}{region}", configuration={"hnsw": hnsw}, embedding_function=None
            )
            for start in range(0, len(ids), CHROMA_BATCH):
                part = slice(start, start + CHROMA_BATCH)
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
                on_batch(min(start + CHROMA_BATCH, len(ids)))

    def nearest(self, region: str, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """(id, cosine similarity) of the k nearest entries of a region."""
        collection = self._collection(region)
        found = collection.query(
            query_embeddings=vector.reshape(1, -1), n_results=min(k, collection.count()), include=["distances"]
        )
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self, region: str) -> int:
        """Entries of a region."""
        return int(self._collection(region).count())

    def _collection(self, region: str) -> Any:
        if region not in self._open:
            with _chroma_errors(self._place):
                self._open[region] = self._client.get_collection(f"{self._prefix}{region}", embedding_function=None)
        return self._open[region]
