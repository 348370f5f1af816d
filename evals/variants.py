"""Paraphrase consistency: the same question in other clothes must get the same answer.

The variants change nothing that a person would answer differently to: courtesy, punctuation, width of
digits, traditional characters, a filler. They are rules, not a model, so anybody can repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bot.types import Answer
from evals.generation import Advisor, answer_case
from evals.tasks.numbers import amounts_shown
from evals.types import Case

_PUNCTUATION = re.compile(r"[\s，。！？、；：,!?;:~～…]+")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


class Consistency(BaseModel):
    """How one question fared: the tuple of each variant that departs from the original's."""

    model_config = ConfigDict(frozen=True)

    case: str
    original: str
    departures: Mapping[str, str]

    @property
    def value(self) -> float:
        """1 iff every variant got the same answer."""
        return float(not self.departures)


def variants_of(question: str) -> dict[str, str]:
    """Named rewordings of a question."""
    from opencc import OpenCC

    return {
        "原样再问": question,
        "客气": f"您好，请问{question}",
        "道谢": f"{question.rstrip('。')}，谢谢您！",
        "没有标点": _PUNCTUATION.sub(" ", question).strip(),
        "全角数字": question.translate(_WIDE),
        "繁体": OpenCC("s2t").convert(question),
        "电话口吻": f"喂，我想问一下哈，{question}",
    }


def measure(cases: Sequence[Case], advisor: Advisor, engine: str | None = None) -> Iterator[Consistency]:
    """Consistency of each case over its variants; only the last turn is reworded."""
    for case in cases:
        original = _essence(answer_case(case, advisor, engine).last)
        departures = {}
        for name, question in variants_of(case.turns[-1]).items():
            other = _essence(answer_case(case.model_copy(update={"turns": (*case.turns[:-1], question)}), advisor, engine).last)
            if other != original:
                departures[name] = other
        yield Consistency(case=case.id, original=original, departures=departures)


def _essence(answer: Answer | None) -> str:
    """Status, first measure and amounts: what must not depend on wording."""
    if answer is None:
        return "出错"
    amounts = "、".join(f"{v.normalize():f} {u}" for v, u in sorted(amounts_shown(answer)))
    return f"{answer.status}｜{answer.citations[0].measure if answer.citations else '无引用'}｜{amounts or '无金额'}"
