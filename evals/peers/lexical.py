"""BM25 (bm25s, default parameters) over the plain chunks: words by jieba, or single characters."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from evals.peers.corpus import CHUNKS_ASKED, Chunk, Found, optional, plain_question
from evals.types import Case, Searched

Tokenise = Callable[[str], list[str]]


class Bm25Peer:
    """A BM25 index with one way to cut text into terms."""

    def __init__(self, name: str, chunks: Sequence[Chunk], tokenise: Tokenise) -> None:
        self.name, self._chunks, self._tokenise = name, chunks, tokenise
        self._index: Any = optional("bm25s").BM25()
        self._index.index([tokenise(c.text) for c in chunks], show_progress=False)

    def search(self, case: Case, searched: Searched) -> list[Found]:
        """The best chunks for all that was said."""
        terms = self._tokenise(plain_question(case))
        rows, scores = self._index.retrieve([terms], k=min(CHUNKS_ASKED, len(self._chunks)), show_progress=False)
        return [Found(self._chunks[int(r)], float(s)) for r, s in zip(rows[0], scores[0], strict=True) if s > 0]


def characters(text: str) -> list[str]:
    """Single characters without white space."""
    return [c for c in text.lower() if not c.isspace()]


def jieba_words() -> Tokenise:
    """jieba's default cut."""
    jieba = optional("jieba")
    jieba.setLogLevel(logging.WARNING)
    return lambda text: [w for w in jieba.lcut(text.lower()) if w.strip()]
