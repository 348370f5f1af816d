"""Scorers against answers labelled by hand: agreement must be complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.scoring import score_one
from evals.scripted import output_of
from evals.sources import load_sources
from evals.types import Case

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "labelled.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_there_are_enough_labels_of_every_kind() -> None:
    assert len(ROWS) >= 100
    kinds = {r["category"] for r in ROWS}
    assert {"right", "wrong_number", "wrong_city", "expired_as_current", "not_yet_issued", "misgrounded", "over_refusal",
            "false_quote", "invented", "forbidden", "no_question"} <= kinds  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[r["name"] for r in ROWS])
def test_scorers_agree_with_the_label(row: dict[str, Any]) -> None:
    sources = load_sources()
    case = Case.model_validate(row["case"])
    scored = score_one(case, output_of(case, row, sources), sources)
    got = {name: round(scored.scores[name].value, 6) if name in scored.scores else None for name in row["expect"]}
    assert got == {k: round(v, 6) for k, v in row["expect"].items()}, row["why"]
    assert scored.stage == row["stage"], (row["why"], scored.scores["strict"].explanation)
