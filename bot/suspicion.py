"""How much a message reads like an attack, where no rule of the screen fits it.

Two linear models over hashed character 1–3-grams, one for each kind of attack, trained on this
repository's attacks and innocent questions (``tests/bot/train_suspicion.py``).
"""

from __future__ import annotations

import base64
import json
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.replies import PROMPTS

BUCKETS = 8192
SIZES = (1, 2, 3)


@dataclass(frozen=True)
class Model:
    """Weights per bucket as small integers, to be multiplied by ``scale``; log-odds."""

    weights: array[int]
    scale: float
    bias: float


@dataclass(frozen=True)
class Suspicion:
    """A model by kind of attack. Above ``refuse`` a message is refused, above ``suspect`` kept from language models.
    Below ``honest``, the words around everyday ones that an attack also has read like an honest question."""

    models: Mapping[str, Model]
    refuse: float
    suspect: float
    honest: float

    def judge(self, words: str) -> tuple[str, float]:
        """The likeliest kind of attack and its log-odds. ``words``: a words form of ``bot.disguises``."""
        hit = buckets(words)
        scores = {kind: m.bias + m.scale * sum(m.weights[b] for b in hit) for kind, m in self.models.items()}
        return max(scores.items(), key=lambda pair: pair[1])


def buckets(words: str) -> frozenset[int]:
    """The features of a text: which buckets its character n-grams fall into, its ends marked."""
    text = f"^{words}$"
    return frozenset(zlib.crc32(text[i : i + n].encode()) % BUCKETS for n in SIZES for i in range(len(text) - n + 1))


@lru_cache(maxsize=1)
def load_suspicion(path: Path = PROMPTS / "suspicion.json") -> Suspicion:
    """Read the models once."""
    row = json.loads(path.read_text(encoding="utf-8"))
    models = {k: Model(array("b", base64.b64decode(m["weights"])), m["scale"], m["bias"]) for k, m in row["models"].items()}
    return Suspicion(models, row["refuse"], row["suspect"], row["honest"])
