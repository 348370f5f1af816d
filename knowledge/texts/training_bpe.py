"""Trains the token counter's byte-pair encoding (see chunking): ``python -m knowledge.texts.training --bpe``."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from knowledge.texts.chunking import RANKS, SPLIT_PATTERN
from knowledge.texts.training_data import QUESTIONS, load_texts

LAWS = 400  # files of law beside the policy documents, for general words
OWN_WEIGHT = 3


def _bytes_of_letters() -> dict[str, int]:
    """The byte-level alphabet of GPT-2: which printable letter stands for which byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {**{chr(b): b for b in printable}, **{chr(256 + n): b for n, b in enumerate(others)}}


def train_bpe(laws: Path | None, size: int = 8192, seed: int = 0) -> dict[bytes, int]:
    """Ranks of at most ``size`` tokens, learnt from the documents, the questions and a sample of laws."""
    texts = [t.text for t in load_texts() if t.kind in QUESTIONS | {"passage"}] * OWN_WEIGHT
    files = sorted(laws.rglob("*.md")) if laws else []
    random.Random(seed).shuffle(files)
    texts += [f.read_text(encoding="utf-8") for f in files[:LAWS]]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT_PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    letters = _bytes_of_letters()
    ranks = {bytes([b]): b for b in range(256)}
    for left, right in json.loads(tokenizer.to_str())["model"]["merges"]:
        token = bytes(letters[c] for c in left + right)
        ranks.setdefault(token, len(ranks))
    return ranks


def write_bpe(laws: Path | None, path: Path = RANKS) -> int:
    """Train and write the ranks in tiktoken's format. Returns the number of tokens."""
    ranks = train_bpe(laws)
    path.write_text("".join(f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()), encoding="ascii")
    return len(ranks)
