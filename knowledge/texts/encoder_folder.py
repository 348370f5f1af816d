"""Writes the encoder as a standard sentence-transformers folder: StaticEmbedding, then Normalize.

sentence-transformers runs classes of other packages only with ``trust_remote_code``, so the folder uses its own
``StaticEmbedding``, and the overlapping n-grams of :func:`normalise.grams` must come out of a ``tokenizer.json``,
whose pre-tokenizers can only cut text into pieces that do not overlap. The way round: the normaliser writes each
Chinese character three times, ``保 → 保␟保␟保``, so that cutting at the marks yields 保 itself and both its pairs::

    稳岗 → 稳␟稳␟稳岗␟岗␟岗 → (one copy dropped at each end of a run) 稳␟稳岗␟岗 → 稳, 稳岗, 岗

The same character map folds width, case, traditional characters and white space (SentencePiece's precompiled
character map: a double-array trie, as in Yoshinaga's darts-clone).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from knowledge.texts.encoders import TOKENIZER, UNKNOWN, WEIGHTS
from knowledge.texts.normalise import matching_form
from knowledge.types import Vectors

MARK = "\x1f"
_HAN = "[\u3400-\u9fff]"
_MODULES = "sentence_transformers.sentence_transformer.modules"


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _character_map(vocabulary: Sequence[str]) -> dict[str, str]:
    """What each character of the basic plane becomes; Chinese ones outside the vocabulary stay as they are."""
    known = {char for gram in vocabulary for char in gram}
    result: dict[str, str] = {}
    for code in (*range(1, 0xD800), *range(0xE000, 0x10000)):
        form = matching_form(chr(code))
        if form and _is_han(form[0]) and not known.intersection(form):
            continue
        if form != chr(code) or _is_han(form):
            result[chr(code)] = "".join(MARK.join(c * 3) if _is_han(c) else c for c in form)
    return result


def _double_array(values: Mapping[bytes, int]) -> bytes:
    """A darts-clone trie: child of node ``p`` by byte ``b`` is ``p ^ offset(p) ^ b``; its leaf is at byte 0."""
    root: dict[int, Any] = {}
    for key, value in values.items():
        node = root
        for byte in key:
            node = node.setdefault(byte, {})
        node[0] = value
    units, used, lowest = {0: 0}, {0}, 1
    waiting = [(root, 0)]
    while waiting:
        node, at = waiting.pop()
        base = lowest
        while base == at or any(base ^ byte in used for byte in node):
            base += 1
        used.update(base ^ byte for byte in node)
        while lowest in used:
            lowest += 1
        units[at] |= (at ^ base) << 10 | (0x100 if 0 in node else 0)
        for byte, child in node.items():
            units[base ^ byte] = child | 1 << 31 if byte == 0 else byte
            if byte:
                waiting.append((child, base ^ byte))
    size = max(units) + 256
    return struct.pack(f"<{size}I", *(units.get(i, 0) for i in range(size)))


def _precompiled(mapping: Mapping[str, str]) -> bytes:
    """SentencePiece's blob: size of the trie, the trie, the replacements ended by zero bytes."""
    replacements, places, values = b"", dict[str, int](), dict[bytes, int]()
    for char, form in mapping.items():
        if form not in places:
            places[form] = len(replacements)
            replacements += form.encode() + b"\0"
        values[char.encode()] = places[form]
    trie = _double_array(values)
    return struct.pack("<I", len(trie)) + trie + replacements


def build_tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    """A tokenizer that yields exactly the known ``grams(text, (1, 2))``; row 0 is the unknown one."""
    tokenizer = Tokenizer(models.WordLevel({UNKNOWN: 0, **{g: i for i, g in enumerate(vocabulary, 1)}}, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(_precompiled(_character_map(vocabulary))),
            normalizers.Replace(Regex(f"(?<![\u3400-\u9fff{MARK}]){_HAN}{MARK}"), ""),
            normalizers.Replace(Regex(f"{MARK}{_HAN}(?![\u3400-\u9fff{MARK}])"), ""),
        ]
    )
    pieces = Regex(f"{_HAN}+|[a-z]+|[0-9]+(?:\\.[0-9]+)?")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(pieces, "removed", invert=True)
    return tokenizer


def save_encoder(folder: Path, vocabulary: Sequence[str], vectors: Vectors, card: Mapping[str, object]) -> None:
    """Write the folder: int8 rows and one scale a row (rows × scales ≈ vectors), tokenizer, modules, card.

    ``vectors`` has shape (len(vocabulary), dimension).
    """
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    table = np.vstack([np.zeros((1, vectors.shape[1]), dtype=np.float32), vectors])
    scales = (np.abs(table).max(axis=1) / 127).astype(np.float32)
    rows = np.round(table / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    save_file({"embeddings": rows, "weights": scales}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    build_tokenizer(vocabulary).save(str(folder / TOKENIZER), pretty=False)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": f"{_MODULES}.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{_MODULES}.Normalize"},
    ]
    config = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"}
    for name, value in (("modules.json", modules), ("config_sentence_transformers.json", config),
                        ("1_Normalize/config.json", {}), ("card.json", card)):  # fmt: skip
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
