"""Texts → unit vectors.

The shipped encoder is a static model over overlapping characters and character pairs, in a standard
sentence-transformers folder (see encoder_folder): ``SentenceTransformer(path)`` loads it with the library's own
classes. Here the same arithmetic runs in NumPy, because importing torch costs seconds and hundreds of megabytes
at every start. A test holds both to the same vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import KnowledgeError
from knowledge.texts.normalise import grams
from knowledge.types import Encoder, Vectors

SHIPPED = Path(__file__).parent.parent / "data" / "encoder"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
SIZES = (1, 2)
UNKNOWN = "[UNK]"  # row 0, all zeros
_TYPES: Mapping[str, type[np.generic]] = {"I8": np.int8, "F32": np.float32}


def read_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The tensors of a safetensors file as read-only memory maps (int8 and float32 only).

    :raises KnowledgeError: the file is cut short or not a safetensors file.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
        return {
            name: np.memmap(path, _TYPES[t["dtype"]], "r", 8 + size + t["data_offsets"][0], tuple(t["shape"]))
            for name, t in header.items()
            if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError) as problem:
        raise KnowledgeError(
            f"编码模型文件 {path} 已损坏（{problem}）。请重新安装，或用 ADVISOR_ENCODER 指定别的模型。"
        ) from problem


class NgramEncoder:
    """Mean of learned n-gram vectors, normalised. Weights are int8 with one scale a row."""

    def __init__(self, folder: Path = SHIPPED) -> None:
        try:
            vocabulary = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
            tensors = read_tensors(folder / WEIGHTS)
        except FileNotFoundError as problem:
            raise KnowledgeError(
                f"缺少编码模型文件 {problem.filename}。请重新安装，或用 ADVISOR_ENCODER 指定别的模型。"
            ) from None
        except (ValueError, KeyError) as problem:
            raise KnowledgeError(f"编码模型文件 {folder / TOKENIZER} 已损坏（{problem}）。请重新安装。") from problem
        self._ids: dict[str, int] = vocabulary
        self._rows, self._scales = tensors["embeddings"], np.asarray(tensors["weights"])
        self._folder = folder

    @cached_property
    def name(self) -> str:
        """``ngram-<digest of the weights>``."""
        return "ngram-" + hashlib.sha256((self._folder / WEIGHTS).read_bytes()).hexdigest()[:12]

    @property
    def dimension(self) -> int:
        return int(self._rows.shape[1])

    def ids(self, text: str) -> list[int]:
        """Vocabulary rows of a text's n-grams; unknown n-grams are left out."""
        known = self._ids
        return [known[g] for g in grams(text, SIZES) if g in known]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (len(texts), dimension); a row of zeros when no n-gram is known."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            ids = self.ids(text)
            if ids:
                total = self._scales[ids] @ self._rows[ids].astype(np.float32)
                result[i] = total / max(float(np.linalg.norm(total)), 1e-9)
        return result


class SentenceTransformerEncoder:
    """Any sentence-transformers model that is on this machine, for those who have one."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as problem:  # the library raises OSError, ValueError, and hub errors alike
            raise KnowledgeError(
                f"无法载入编码模型 {name}（{problem}）。请检查 ADVISOR_ENCODER，或去掉它改用自带模型。"
            ) from problem
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (len(texts), dimension)."""
        return np.asarray(self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def load_encoder(name: str | None = None) -> Encoder:
    """The shipped encoder, or the model that ``name`` (``ADVISOR_ENCODER``) points to."""
    return SentenceTransformerEncoder(name) if name else NgramEncoder()
