"""Train ``prompts/suspicion.json`` anew from the dev attacks and the innocent questions of this repository.

Run after the attacks, the innocent questions or the questions in knowledge/data changed:
``python tests/bot/train_suspicion.py``. The held-out parts are not read.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from corpora import attacks, everyday_questions, innocents  # noqa: E402

from bot.disguises import forms_of  # noqa: E402
from bot.suspicion import BUCKETS, buckets  # noqa: E402

# One attack or hard innocent question weighs as much as so many everyday questions, of which there are many more.
ATTACK_WEIGHT, HARD_WEIGHT = 12.0, 4.0
REGULARISATION = 3.0
REFUSE, SUSPECT = 2.5, -2.0  # log-odds; chosen by cross-validation on the dev part
HONEST = -4.5  # log-odds around what a soft rule found, below which it does not refuse; no attack of such a rule lies there


def features(texts: list[str]) -> csr_matrix:
    """Rows of texts, columns of buckets."""
    rows = [sorted(buckets(forms_of(t)[0].words)) for t in texts]
    indices = np.concatenate([np.asarray(r) for r in rows])
    starts = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
    return csr_matrix((np.ones(len(indices)), indices, starts), shape=(len(texts), BUCKETS))


def model(rows: csr_matrix, labels: np.ndarray, weights: np.ndarray) -> dict[str, float | str]:
    """A fitted model as it is stored: weights quantised to bytes."""
    fitted = LogisticRegression(C=REGULARISATION, max_iter=3000).fit(rows, labels, sample_weight=weights)
    scale = float(np.abs(fitted.coef_[0]).max() / 127)
    stored = base64.b64encode(np.round(fitted.coef_[0] / scale).astype(np.int8).tobytes()).decode()
    return {"scale": round(scale, 8), "bias": round(float(fitted.intercept_[0]), 6), "weights": stored}


def main() -> None:
    """Fit one model per kind of attack, write both."""
    bad = [a for a in attacks("dev") if not a.family.startswith("x-")]
    hard = innocents("dev")
    texts = [a.text for a in bad] + hard + everyday_questions()
    rows = features(texts)
    weights = np.r_[np.full(len(bad), ATTACK_WEIGHT), np.full(len(hard), HARD_WEIGHT), np.ones(len(texts) - len(bad) - len(hard))]
    models = {}
    for kind in ("injection", "falsify"):
        labels = np.array([a.kind == kind for a in bad] + [False] * (len(texts) - len(bad)))
        mine = np.array([a.kind == kind for a in bad] + [True] * (len(texts) - len(bad)))  # the other kind takes no part
        models[kind] = model(rows[mine], labels[mine], weights[mine])
    row = {"refuse": REFUSE, "suspect": SUSPECT, "honest": HONEST, "models": models}
    (ROOT / "prompts" / "suspicion.json").write_text(json.dumps(row) + "\n", encoding="utf-8")
    print(f"{len(bad)} 条攻击、{len(texts) - len(bad)} 条正常问题 → prompts/suspicion.json")


if __name__ == "__main__":
    main()
