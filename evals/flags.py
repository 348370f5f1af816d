"""Operators' flags → candidate cases. A candidate never counts until a person has reviewed it.

Input: one JSON object a line, as ``/api`` feedback and the journal export write them: the question (or all
``turns``), ``as_of``, ``region``, the ``answer`` that was given, and what the operator said about it
(``kind``, ``comment``, optionally ``expected`` with the right amount or measure).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.privacy import mask
from evals.types import Case, EvalError, Gold

KINDS: Mapping[str, str] = {
    "wrong_amount": "金额不对", "wrong_clause": "引用不对", "wrong_city": "地区不对", "expired": "已经过期", "no_answer": "应该有答案",
    "made_up": "文件里没有", "unclear": "看不懂", "other": "其他",
}  # fmt: skip


class Flag(BaseModel):
    """What an operator reported."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str = ""
    turns: tuple[str, ...] = ()
    as_of: date | None = None
    region: str | None = None
    kind: str = "other"
    comment: str = ""
    expected: str = ""
    answer: Mapping[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_words(self) -> Flag:
        if not (self.turns or self.question.strip()):
            raise ValueError("question 或 turns 至少要有一个")
        return self


def read_flags(path: Path) -> tuple[Flag, ...]:
    """Read an export. :raises EvalError: missing file or malformed line."""
    if not path.is_file():
        raise EvalError(f"找不到 {path}。先从工作台或日志导出反馈（每行一个 JSON）。")
    flags = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                flags.append(Flag.model_validate(json.loads(line)))
            except (json.JSONDecodeError, ValidationError) as problem:
                raise EvalError(f"{path}:{number} 不是一条反馈：{problem}") from problem
    return tuple(flags)


def candidates(flags: Iterable[Flag], today: date) -> tuple[Case, ...]:
    """One candidate per distinct question, day and region. The gold is a draft: what the advisor said."""
    found: dict[str, Case] = {}
    for flag in flags:
        case = _candidate(flag, today)
        found.setdefault(case.id, case)
    return tuple(found.values())


def _candidate(flag: Flag, today: date) -> Case:
    turns = tuple(_masked(t) for t in (flag.turns or (flag.question,)))
    day = flag.as_of or _day(flag.answer.get("as_of")) or today
    region = flag.region or flag.answer.get("region")
    name = hashlib.sha256(json.dumps([turns, day.isoformat(), region], ensure_ascii=False).encode()).hexdigest()[:10]
    measures = tuple(dict.fromkeys(c["measure"] for c in flag.answer.get("citations", ())))
    said = f"坐席反馈：{KINDS.get(flag.kind, flag.kind)}"
    note = "；".join(t for t in (said, _masked(flag.comment), f"应为 {flag.expected}" if flag.expected else "") if t)
    gold = Gold(
        status=flag.answer.get("status", "answered"), measures=measures[:1], acceptable=measures[1:], behaviour="待人工填写"
    )
    kind = "amount" if flag.kind == "wrong_amount" else "multi_turn" if len(turns) > 1 else "fact"
    return Case.model_validate({
        "id": f"flag-{name}", "part": "candidate", "type": kind, "turns": turns, "as_of": day, "region": region, "gold": gold,
        "cluster": measures[0] if measures else "flag", "note": note,
    })  # fmt: skip


def _masked(text: str) -> str:
    return mask(text).text


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def append_candidates(cases: Iterable[Case], path: Path) -> int:
    """Append candidates that the file does not hold yet; the number added."""
    known = {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()} if path.is_file() else set()
    new = [c for c in cases if c.id not in known]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        for case in new:
            out.write(json.dumps(case.model_dump(mode="json", exclude_none=True), ensure_ascii=False) + "\n")
    return len(new)
