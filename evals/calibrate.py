"""``advisor eval calibrate``: the development cases through the steps up to the decision, then the fit and its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from bot.advisor import Advisor
from bot.evidence import FEATURES, FILE, Calibration, features_of
from bot.types import Turn
from evals import runs
from evals.calibration import Quality, Result, Sample
from evals.plots import standalone_curves
from evals.types import ABSTENTIONS, Case

SAMPLES = Path(__file__).parent / "calibration.jsonl"
CURVE = runs.ROOT / "docs" / "risk-coverage.svg"
DIGITS = 4
ANSWERS = frozenset({"answered", "needs_info"})
_HEAD = """\
# How likely it is that the best measure answers: weights of the evidence of a search, and the probabilities that decide
# Written by `advisor eval calibrate` (evals/calibrate.py) from evals/calibration.jsonl; a test refits it. Meaning: bot/evidence.py.
"""


def collect(cases: Sequence[Case], advisor: Advisor) -> Iterator[Sample]:
    """Samples of the cases whose last turn is searched and has one right outcome.

    A case counts as answered when its gold is an answer (or a question back) and the best measure is one that may be
    cited; as not answered when the gold says that nothing is there, or another measure came first.

    :raises ValueError: a locked case.
    """
    for case in cases:
        if case.part == "locked":
            raise ValueError(f"{case.id} 是 locked 用例，不能用来拟合")
        answerable = bool(case.gold.statuses & ANSWERS)
        if answerable and case.gold.statuses & ABSTENTIONS:
            continue
        conversation = advisor.start(case.region, case.as_of)
        for turn in case.turns[:-1]:
            conversation = advisor.reply(conversation, turn).conversation
        found = advisor.retrieved(conversation, case.turns[-1])
        if found.hits and found.answer is None:
            right = answerable and found.hits[0].measure.id in case.gold.citable
            yield Sample(
                case=case.id,
                group=case.group,
                answers=right,
                answerable=answerable,
                uncovered=found.uncovered is not None,
                features=_evidence(found, advisor),
            )


def _evidence(turn: Turn, advisor: Advisor) -> dict[str, float]:
    assert turn.understanding is not None
    known = advisor.knowledge.searcher.index.lexical["question"].coverage(turn.understanding.standalone)
    return {name: round(value, DIGITS) for name, value in features_of(turn.hits, known).items()}


def read_samples(path: Path = SAMPLES) -> tuple[Sample, ...]:
    """The shipped samples."""
    return runs.read_rows(path, Sample)


def write(samples: Sequence[Sample], result: Result) -> None:
    """The samples, the model that the product reads, and the curve for the documentation."""
    runs.write_rows(SAMPLES, samples)
    FILE.write_text(_HEAD + yaml.safe_dump(as_data(result.model), sort_keys=False), encoding="utf-8")
    CURVE.write_text(standalone_curves(result.curves, "答了多少", "其中答错"), encoding="utf-8")


def as_data(model: Calibration) -> dict[str, object]:
    """The model as ``prompts/calibration.yaml`` holds it."""
    return {
        "weights": {name: round(model.weights[name], 3) for name in FEATURES},
        "intercept": round(model.intercept, 3),
        "threshold": model.threshold,
        "elsewhere": model.elsewhere,
        "province": model.province,
    }


def table(result: Result) -> str:
    """Everything that DECISIONS.md quotes, as Markdown."""
    lines = [
        f"{result.answerable} answerable and {result.unanswerable} unanswerable questions reach the threshold.",
        "",
        "| | by hand | fitted, unseen clusters |",
        "|---|---|---|",
    ]
    rows = {
        "AUC": "auc",
        "ECE": "ece",
        "Brier": "brier",
        "AURC": "aurc",
        "threshold": "threshold",
        "needless refusals": "refused",
    }
    for title, name in {**rows, "of these, best measure wrong": "misled", "unanswerable caught": "caught"}.items():
        lines.append(f"| {title} | {_shown(result.by_hand, name)} | {_shown(result.fitted, name)} |")
    lines += ["", "| probability said | answered in fact | questions |", "|---|---|---|"]
    lines += [f"| {mean:.2f} | {share:.2f} | {n} |" for mean, share, n in result.reliability]
    lines += ["", "| coverage | " + " | ".join(result.curves) + " |", "|---" * (len(result.curves) + 1) + "|"]
    for coverage in (0.5, 0.7, 0.8, 0.9, 0.95, 1.0):
        risks = [next(r for c, r in curve if c >= coverage - 1e-9) for curve in result.curves.values()]
        lines.append(f"| {coverage:.0%} | " + " | ".join(f"{r * 100:.1f} %" for r in risks) + " |")
    return "\n".join(lines)


def _shown(quality: Quality, name: str) -> str:
    value = getattr(quality, name)
    return str(value) if isinstance(value, int) or name == "threshold" else f"{value:.3f}"
