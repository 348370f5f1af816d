"""Values of the bot house: the answer contract, a turn on its way through the pipeline, a conversation.

The answer models are the JSON contract (``contract: 1``): the API, ``ask --json``, ``batch`` and evals
all emit exactly this. Everything is frozen; a step returns a new turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.rules.facts import FactValue
from knowledge.types import Hit

Status = Literal["answered", "needs_info", "not_found", "refused"]
Verdict = Literal["met", "unmet", "unknown"]
WarningKind = Literal["expired", "expiring", "not_yet_issued", "superseded", "exclusive", "region", "degraded", "partial"]
# The first six are of every draft; the others are only looked for in a model's words.
FindingKind = Literal[
    "token", "quote", "number", "validity", "region", "empty", "title", "article", "length", "language", "link", "leak"
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(_Frozen):
    """A quoted clause. ``start``/``end`` are offsets in the document's canonical text."""

    n: int
    measure: str
    document: str
    title: str
    doc_no: str | None
    issuer: str
    issued: date | None
    label: str
    quote: str
    start: int
    end: int
    valid_until: date | None
    in_force: bool | None


class CalculationStep(_Frozen):
    """One line of arithmetic with the clause of its parameters."""

    text: str
    value: str
    unit: str
    citation: int | None = None


class CalculationResult(_Frozen):
    """An amount as a decimal string in ``unit``, or a range while a fact is missing."""

    benefit: str
    name: str
    inputs: Mapping[str, float | int | str | bool]
    amount: str | None
    low: str | None = None
    high: str | None = None
    unit: str
    is_maximum: bool
    steps: tuple[CalculationStep, ...]


class ConditionResult(_Frozen):
    """One condition of a benefit for this asker."""

    text: str
    verdict: Verdict
    citation: int | None = None


class EligibilityResult(_Frozen):
    """One benefit for this asker."""

    benefit: str
    name: str
    verdict: Verdict
    amount: str | None = None
    conditions: tuple[ConditionResult, ...] = ()


class Missing(_Frozen):
    """A fact that decides, and the question to put."""

    fact: str
    question: str


class Notice(_Frozen):
    """A warning shown with an answer."""

    kind: WarningKind
    text: str


class Answer(_Frozen):
    """What the product says, to every surface."""

    contract: Literal[1] = 1
    id: str
    status: Status
    question: str
    text: str
    as_of: date
    region: str | None
    engine: str
    citations: tuple[Citation, ...] = ()
    calculations: tuple[CalculationResult, ...] = ()
    eligibility: tuple[EligibilityResult, ...] = ()
    missing: tuple[Missing, ...] = ()
    warnings: tuple[Notice, ...] = ()
    next_steps: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = Field(default_factory=dict)


class Ask(StrEnum):
    """What a question wants."""

    LOOKUP = "lookup"
    AMOUNT = "amount"
    ELIGIBILITY = "eligibility"
    SCREEN = "screen"  # 「我能领什么」
    VALIDITY = "validity"
    DEPARTMENT = "department"
    COMPARISON = "comparison"
    COMBINATION = "combination"
    CONVERSATION = "conversation"  # greetings, thanks, complaints


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the deterministic reading made of a question in its conversation."""

    question: str  # masked, visible characters only
    standalone: str  # the question with what the conversation supplies, for search
    ask: Ask
    as_of: date
    region: str | None = None
    regions_named: tuple[str, ...] = ()
    years_named: tuple[int, ...] = ()
    documents: frozenset[str] = frozenset()
    article: str | None = None  # a measure id named by 第几条
    small_talk: str | None = None  # key of a reply in prompts/replies.yaml
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    new_facts: frozenset[str] = frozenset()
    unclear: tuple[tuple[str, str], ...] = ()  # (fact, the words that can be read in two ways)
    answers_fact: str | None = None  # the question is a reply to what was asked
    benefit: str | None = None  # the benefit under discussion
    parts: tuple[str, ...] = ()  # several questions in one message
    is_followup: bool = False
    home: str | None = None  # the region that stood before a later part of the message named another
    unknown_place: str | None = None  # where the asker is, in words that no list of places holds
    picked: str | None = None  # the region in the selector when this was said
    at_home: bool = False  # the asker said to be in ``region``: it stands for further questions as well
    unknown_document: str | None = None  # a title or 文号 that the library does not have


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine wrote: text with ``[M1]`` / ``[C1]`` tokens, and the evidence the tokens stand for."""

    status: Status
    text: str
    quotes: tuple[tuple[str, str], ...] = ()  # (measure id, exact quote); [M1] is the first
    calculations: tuple[CalculationResult, ...] = ()
    eligibility: tuple[EligibilityResult, ...] = ()
    missing: tuple[Missing, ...] = ()
    warnings: tuple[Notice, ...] = ()
    next_steps: tuple[str, ...] = ()
    engine: str = "builtin"
    benefit: str | None = None
    figures: tuple[str, ...] = ()  # sums of branches that the calculator gave beside ``calculations``
    learned: Mapping[str, FactValue] = field(default_factory=dict)  # facts that drafting found in the message


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect that verification found in a draft."""

    kind: FindingKind
    text: str  # what is wrong, in words that a model can act on


@dataclass(frozen=True, slots=True)
class Turn:
    """One question on its way through the pipeline."""

    id: str
    raw: str
    conversation: Conversation
    today: date
    question: str = ""  # after screening
    suspect: bool = False  # so like an attack that no language model should read it
    understanding: Understanding | None = None
    hits: tuple[Hit, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0  # P(the best measure answers); 0 for an uncovered topic
    uncovered: tuple[str, str] | None = None  # (topic that no document covers, whom to ask)
    lent: Hit | None = None  # another city's measure that fits; never applied, only named
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    answer: Answer | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    trace: Mapping[str, object] = field(default_factory=dict)  # what the agent did: model, prompt digests, calls, failure
    meant: str = ""  # the message in characters, where it was typed in pinyin or in characters that only sound right

    @property
    def said(self) -> str:
        """The message as it is read."""
        return self.meant or self.question

    @property
    def as_of(self) -> date:
        """The day the answer is for: read from the question, else the conversation's, else today."""
        return self.understanding.as_of if self.understanding else self.conversation.as_of or self.today

    @property
    def region(self) -> str | None:
        """The place the answer is for, as a code of GB/T 2260."""
        return self.understanding.region if self.understanding else self.conversation.region


@dataclass(frozen=True, slots=True)
class Exchange:
    """A finished turn as later turns see it: no texts of documents, only ids and facts."""

    question: str
    answer: Answer
    understanding: Understanding | None
    benefit: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one asker has said so far. ``region`` and ``as_of`` are the selectors of the surface."""

    id: str
    region: str | None = None
    as_of: date | None = None
    exchanges: tuple[Exchange, ...] = ()
    asked: tuple[str, ...] = ()  # facts already asked for, oldest first; never asked twice

    @property
    def last(self) -> Exchange | None:
        """The latest exchange that was not refused."""
        return next((e for e in reversed(self.exchanges) if e.answer.status != "refused"), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a question, and the conversation that now includes it."""

    answer: Answer
    conversation: Conversation


Event = tuple[str, object]  # ('step', name) | ('citations', tuple[Citation, ...]) | ('progress', words)
OnEvent = Callable[[Event], None]
