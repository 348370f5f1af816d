"""BM25 over character unigrams and bigrams, as one sparse matrix of precomputed weights.

Robertson & Zaragoza (2009), the Lucene variant of idf. Chinese has no spaces: bigrams need no
dictionary, follow new policy terms at once, and keep 文号 and amounts whole (see normalise.grams).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.texts.normalise import grams

K1 = 1.2
B = 0.6  # passages are of similar length by construction; full length normalisation hurts short ones
UNIGRAM_WEIGHT = 0.3  # a shared character is weak evidence beside a shared pair

Floats = npt.NDArray[np.float32]


def _weight(term: str) -> float:
    return UNIGRAM_WEIGHT if len(term) == 1 else 1.0


class Bm25:
    """An immutable BM25 index over a list of texts; row i of a score is text i."""

    def __init__(
        self, terms: dict[str, int], starts: npt.NDArray[np.int64], rows: npt.NDArray[np.int32], weights: Floats, size: int
    ) -> None:
        self._terms, self._starts, self._rows, self._weights, self.size = terms, starts, rows, weights, size

    @classmethod
    def build(cls, texts: Sequence[str]) -> Bm25:
        """Index texts, tokenised by :func:`grams`."""
        counts = [Counter(grams(t)) for t in texts]
        lengths = np.array([sum(c.values()) for c in counts], dtype=np.float32)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        postings: dict[str, list[tuple[int, int]]] = {}
        for row, count in enumerate(counts):
            for term, n in count.items():
                postings.setdefault(term, []).append((row, n))
        starts, rows, weights = [0], [], []
        terms = {term: i for i, term in enumerate(postings)}
        for term, posting in postings.items():
            idf = np.log(1 + (len(texts) - len(posting) + 0.5) / (len(posting) + 0.5)) * _weight(term)
            for row, n in posting:
                rows.append(row)
                weights.append(idf * n * (K1 + 1) / (n + K1 * (1 - B + B * lengths[row] / max(mean, 1e-6))))
            starts.append(len(rows))
        return cls(
            terms,
            np.array(starts, dtype=np.int64),
            np.array(rows, dtype=np.int32),
            np.array(weights, dtype=np.float32),
            len(texts),
        )

    def scores(self, query: str) -> Floats:
        """BM25 of every text for a query, shape ``(size,)``; 0 where nothing is shared."""
        result = np.zeros(self.size, dtype=np.float32)
        for term in set(grams(query)):
            i = self._terms.get(term)
            if i is not None:
                a, b = self._starts[i], self._starts[i + 1]
                np.add.at(result, self._rows[a:b], self._weights[a:b])
        return result

    def ideal(self, query: str) -> float:
        """The score of a text of mean length that holds every known term of the query once."""
        total = 0.0
        for term in set(grams(query)):
            i = self._terms.get(term)
            if i is not None:
                df = int(self._starts[i + 1] - self._starts[i])
                total += float(np.log(1 + (self.size - df + 0.5) / (df + 0.5))) * _weight(term)
            else:  # unknown terms count as rare: asking for what no text holds must lower every score
                total += float(np.log(1 + self.size + 0.5)) * _weight(term)
        return total

    def coverage(self, query: str) -> float:
        """Share of the query's bigrams that occur anywhere in the index: 0 … 1 (1 for no bigrams)."""
        pairs = {t for t in grams(query) if len(t) > 1}
        return sum(t in self._terms for t in pairs) / len(pairs) if pairs else 1.0

    def save(self, path: Path) -> None:
        """Write as one ``.npz``."""
        np.savez(
            path,
            terms=np.array("\n".join(self._terms)),
            starts=self._starts,
            rows=self._rows,
            weights=self._weights,
            size=self.size,
        )

    @classmethod
    def load(cls, path: Path) -> Bm25:
        """Read what :meth:`save` wrote."""
        with np.load(path) as z:
            terms = {t: i for i, t in enumerate(str(z["terms"]).split("\n"))}
            return cls(terms, z["starts"], z["rows"], z["weights"], int(z["size"]))
