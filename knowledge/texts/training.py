"""Trains the shipped encoder: ``python -m knowledge.texts.training [--laws DIR] [--measure] [--bpe]``.

A text's vector is the normalised sum of the rows of its n-grams. Two stages, on the CPU, in minutes:

1. *General language*: the two halves of an article of law are nearest to each other among the halves of other
   articles of the same and of other laws (InfoNCE, van den Oord et al. 2018).
2. *Citizens' language*: a question is nearer to what belongs to its measure – other people's questions, the
   measure's text, plain points – than to everything else (neighbourhood components, Goldberger et al. 2004: the
   sum over all texts of the measure counts, so a question need not resemble an unrelated part of its measure).

n-grams are dropped at random, so that no single one decides. The mean over seeds that start from the same first
stage is kept. ``--laws`` is a folder of laws in Markdown; without it the first stage is left out.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from knowledge.texts.encoder_folder import save_encoder
from knowledge.texts.encoders import SHIPPED, SIZES
from knowledge.texts.training_bench import Trainer, measure
from knowledge.texts.training_data import (
    DATA, QUESTIONS, Article, Bags, Ints, Text, bags_of, choose_vocabulary, document_weights, load_articles, load_synonyms,
    load_texts, write_bpe,
)  # fmt: skip
from knowledge.types import Vectors


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that changes the result besides the data."""

    dimension: int = 256
    vocabulary: int = 45_000
    temperature: float = 0.05
    law_steps: int = 800
    law_batch: int = 768
    law_rate: float = 5e-3
    law_dropout: float = 0.2
    same_law: int = 8  # articles of one law in a batch: hard negatives
    steps: int = 200
    questions: int = 512  # anchors of a batch
    others: int = 1024  # further texts of a batch, all topics and documents
    rate: float = 3e-3
    dropout: float = 0.3
    seeds: tuple[int, ...] = (0, 1, 2)


def embed(table: torch.Tensor, bags: Bags) -> torch.Tensor:
    """Unit vectors, shape (len(bags), dimension); zeros for an empty bag."""
    total = functional.embedding_bag(torch.from_numpy(bags.ids), table, torch.from_numpy(bags.starts[:-1]), mode="sum")
    return functional.normalize(total, dim=1, eps=1e-6)


def _rate(step: int, steps: int, peak: float) -> float:
    """Linear warm-up over a twentieth, then linear decay to a fiftieth."""
    return peak * min(step / max(1, steps // 20), 1.0) * max(0.02, (steps - step) / steps)


def _descend(optimiser: torch.optim.Optimizer, loss: torch.Tensor, rate: float) -> float:
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return float(loss.detach())
