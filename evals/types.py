"""Values of the evaluation suite: a case, what the advisor answered, a score. Imports nothing of evals.

A score is the triple (value, answer, explanation): the number, what was judged, and why. ``weight`` is
the size of the denominator behind ``value`` (1 for a yes-or-no judgement, the count of figures for a rate
over figures), so that a mean over cases is Σ weight·value / Σ weight.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.types import Answer, Status

CaseType = Literal[
    "fact", "condition", "amount", "eligibility", "combination", "temporal", "regional", "comparison", "multi_turn",
    "false_premise", "unanswerable", "near_miss", "clarify", "adversarial", "operator", "noisy",
]  # fmt: skip
Part = Literal["dev", "locked", "candidate", "outside"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Alternatives = Annotated[tuple[Text, ...], Field(min_length=1)]
ABSTENTIONS: frozenset[Status] = frozenset({"not_found", "refused"})


class EvalError(Exception):
    """A case, a run folder or an option is wrong. The message names the thing, the place and the next command."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldAmount(_Frozen):
    """An amount that a calculation must show. ``value`` is a decimal string in ``unit``."""

    value: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
    unit: Text


class Gold(_Frozen):
    """What a right answer is."""

    status: Status
    also: tuple[Status, ...] = ()
    measures: tuple[Text, ...] = ()
    acceptable: tuple[Text, ...] = ()
    nuggets: tuple[Alternatives, ...] = ()
    amounts: tuple[GoldAmount, ...] = ()
    must_not: tuple[Text, ...] = ()
    behaviour: str = ""
    reply: Text | None = None

    @property
    def statuses(self) -> frozenset[Status]:
        """Every status that is right."""
        return frozenset({self.status, *self.also})

    @property
    def citable(self) -> frozenset[str]:
        """Measures that may be cited first."""
        return frozenset({*self.measures, *self.acceptable})

    @property
    def documents(self) -> frozenset[str]:
        """Documents of the citable measures."""
        return frozenset(m.split("/")[0] for m in self.citable)


class After(_Frozen):
    """What must stand after the scripted reply to a question back."""

    status: Status = "answered"
    nuggets: tuple[Alternatives, ...] = ()
    amounts: tuple[GoldAmount, ...] = ()


class SourceQuote(_Frozen):
    """Words of the source that prove the gold."""

    measure: Text
    text: Text


class Case(_Frozen):
    """One question with its context and gold. Scored on the last turn."""

    id: Text
    part: Part = "outside"
    type: CaseType
    turns: Annotated[tuple[Text, ...], Field(min_length=1)]
    as_of: date
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] | None = None
    gold: Gold
    after: After | None = None
    quote: SourceQuote | None = None
    cluster: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _reply_and_after(self) -> Case:
        if (self.gold.reply is None) != (self.after is None):
            raise ValueError("gold.reply 与 after 必须同时给出或同时省略")
        return self

    @property
    def group(self) -> str:
        """What is resampled together: the cluster when it is a measure, else the case itself (topics share nothing)."""
        return self.cluster if "/" in self.cluster else self.id


class RankedHit(_Frozen):
    """A measure that the search returned, best first."""

    measure: str
    score: float


class Searched(_Frozen):
    """What the retrieval step was given on the scored turn."""

    query: str
    region: str | None = None
    as_of: date
    documents: tuple[str, ...] = ()


class Output(_Frozen):
    """What the advisor did with a case: an answer per turn, the follow-up after ``gold.reply``, the search."""

    case: str
    input_digest: str
    answers: tuple[Answer, ...]
    follow_up: Answer | None = None
    searched: Searched | None = None
    hits: tuple[RankedHit, ...] = ()
    seconds: float = 0.0
    error: str | None = None

    @property
    def last(self) -> Answer | None:
        """The answer that is scored; None when the run failed on this case."""
        return self.answers[-1] if self.answers else None

    @property
    def every_answer(self) -> tuple[Answer, ...]:
        """All answers of the conversation, the follow-up last."""
        return (*self.answers, self.follow_up) if self.follow_up else self.answers


class Score(_Frozen):
    """A judgement of one metric on one case."""

    value: float
    answer: str
    explanation: str
    weight: float = 1.0


class Scored(_Frozen):
    """All judgements on one case. Metrics that do not apply are absent."""

    case: str
    part: Part
    type: CaseType
    group: str
    document: str
    region: str
    turns: int
    status: Status | None
    stage: str | None
    confidence: float
    answer_digest: str
    scores: dict[str, Score]

    @property
    def strict(self) -> float:
        """1 when the answer is right in every respect."""
        return self.scores["strict"].value
