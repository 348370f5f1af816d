"""How much a message reads like an attack, when no rule of the screen fits it.

A linear model over hashed character 1–3-grams, trained on this repository's attacks and innocent questions
(``tests/bot/train_suspicion.py``). It never refuses: people who fear a fraud write much like those who plan
one. A suspect message is answered by the engine that cannot be talked into anything: the builtin one.
"""

from __future__ import annotations

import base64
import json
import zlib
from array import array
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.replies import PROMPTS

BUCKETS = 8192
SIZES = (1, 2, 3)


@dataclass(frozen=True)
class Suspicion:
    """Quantised weights per bucket; ``threshold`` is on the scale of the sum."""

    weights: array[int]
    scale: float
    bias: float
    threshold: float

    def score(self, words: str) -> float:
        """The log-odds that a text (words form of ``bot.disguises``) is an attack."""
        return self.bias + self.scale * sum(self.weights[b] for b in buckets(words))

    def suspects(self, words: str) -> bool:
        """Whether the text should be kept from a language model."""
        return self.score(words) > self.threshold


def buckets(words: str) -> frozenset[int]:
    """The features of a text: which buckets its character n-grams fall into, its ends marked."""
    text = f"^{words}$"
    return frozenset(zlib.crc32(text[i : i + n].encode()) % BUCKETS for n in SIZES for i in range(len(text) - n + 1))


@lru_cache(maxsize=1)
def load_suspicion(path: Path = PROMPTS / "suspicion.json") -> Suspicion:
    """Read the model once."""
    row = json.loads(path.read_text(encoding="utf-8"))
    return Suspicion(array("b", base64.b64decode(row["weights"])), row["scale"], row["bias"], row["threshold"])
