"""Texts that the screen is measured on: attacks and innocent questions in ``data/``, and the citizens' own questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Attack:
    """One attempt. ``part`` is ``dev`` (rules were written against it) or ``heldout`` (only ever counted)."""

    id: str
    part: str
    kind: str
    family: str
    text: str


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def attacks(part: str) -> list[Attack]:
    """The attempts of a part."""
    return [a for a in (Attack(**row) for row in _lines(DATA / "attacks.jsonl")) if a.part == part]


def innocents(part: str) -> list[str]:
    """Questions of honest people that share words with attacks."""
    return [row["text"] for row in _lines(DATA / "innocent.jsonl") if row["part"] == part]


def indexed_questions() -> list[str]:
    """The questions in knowledge/data/questions and in the points."""
    data = ROOT / "knowledge" / "data"
    asked = [row["question"] for path in sorted((data / "questions").glob("*.jsonl")) for row in _lines(path)]
    for path in sorted((data / "points").glob("*.yaml")):
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        asked += [q for row in rows for q in row.get("questions", ())]
    return asked


def uncovered_questions() -> list[str]:
    """The questions on topics that the documents do not treat."""
    path = ROOT / "knowledge" / "data" / "uncovered" / "topics.yaml"
    return [q for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for q in row["questions"]]


def case_turns() -> list[str]:
    """What people say in the evaluation's dev dialogues that are not to be refused."""
    rows = [row for path in sorted((ROOT / "evals" / "cases" / "dev").glob("*.jsonl")) for row in _lines(path)]
    return [turn for row in rows if row["gold"]["status"] != "refused" for turn in row["turns"]]


def everyday_questions() -> list[str]:
    """Everything that citizens ask and that must not be refused."""
    return indexed_questions() + uncovered_questions() + case_turns()
