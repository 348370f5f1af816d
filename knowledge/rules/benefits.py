"""Benefits as data: the shape of ``knowledge/data/benefits/<document>.yaml``, strictly checked.

Staff edit these files; every message says which benefit and which key is wrong. How the
entries are evaluated is in ``conditions`` and ``calculator``, what is proved of them in ``proofs``.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from knowledge.rules.facts import FactSpec, Figure, Strict
from knowledge.rules.units import base_unit, convert

Audience = Literal["employer", "person", "institution", "street_service", "government", "school"]
Kind = Literal[
    "subsidy", "loan", "refund", "premium_cut", "exemption", "housing", "service", "priority", "insurance", "award", "tax",
    "training", "job", "protection",
]  # fmt: skip
Per = Literal[
    "hire", "certificate", "person", "employer", "loan", "year", "introduction", "trainee", "worker", "household", "station", "project",
]  # fmt: skip
OPERATORS = ("at_least", "more_than", "at_most", "less_than", "between", "is", "in")


class ConditionSpec(Strict):
    """One condition: a fact and one operator, or a group (any, all, not) of conditions."""

    id: str | None = None
    text: str | None = None
    fact: str | None = None
    at_least: str | date | None = None
    more_than: str | date | None = None
    at_most: str | date | None = None
    less_than: str | date | None = None
    between: tuple[str | date, str | date] | None = None
    is_: bool | None = Field(default=None, alias="is")
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    any_: tuple[ConditionSpec, ...] | None = Field(default=None, alias="any")
    all_: tuple[ConditionSpec, ...] | None = Field(default=None, alias="all")
    not_: ConditionSpec | None = Field(default=None, alias="not")
    quote: str | None = None
    measure: str | None = None
    presumed: bool = False  # taken as met when nothing is said, and shown as an assumption

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators given (exactly one in a leaf)."""
        return tuple(n for n in OPERATORS if getattr(self, {"is": "is_", "in": "in_"}.get(n, n)) is not None)

    @property
    def children(self) -> tuple[ConditionSpec, ...]:
        """The conditions of a group."""
        return self.any_ or self.all_ or ((self.not_,) if self.not_ else ())

    @model_validator(mode="after")
    def _one_form(self) -> ConditionSpec:
        groups = sum(x is not None for x in (self.any_, self.all_, self.not_))
        if self.fact is None:
            if groups != 1 or self.operators:
                raise ValueError("条件要么写 fact 加一个比较词，要么只写 any、all、not 之一")
        elif groups or len(self.operators) != 1:
            raise ValueError(f"条件 {self.id or self.fact} 应当有且只有一个比较词（{'、'.join(OPERATORS)}）")
        return self


class Parameter(Strict):
    """A figure of the clause, with its unit."""

    value: Figure
    unit: str
    quote: str
    measure: str | None = None

    @property
    def figure(self) -> Decimal:
        """The value as formulas use it: 万元 becomes 元."""
        unit = base_unit(self.unit)
        return convert(self.value, unit, "元") if unit in ("万元", "亿元") else self.value


class Branch(Strict):
    """The figures (and formula, if it differs) that hold when a condition is met."""

    when: ConditionSpec
    parameters: dict[str, Parameter] = Field(default={})
    expression: str | None = None
    name: str | None = None


class Step(Strict):
    """A line of working shown to the user; ``{name}`` is filled in by code."""

    text: str
    expression: str | None = None
    unit: str | None = None
    quote: str | None = None
    measure: str | None = None
    words: tuple[str, ...] = ()  # how people call what this line pays, where one line may be asked for alone


class Amount(Strict):
    """How much: a formula with figures, or, when the document gives none, what it leaves open and to whom."""

    expression: str | None = None
    unit: str = "元"
    maximum: bool = False  # 不超过、最高
    minimum: bool = False  # 不少于、不低于: at least this much
    parameters: dict[str, Parameter] = Field(default={})
    counts: tuple[str, ...] = ()
    less: tuple[str, ...] = ()  # people who are counted but bring nothing here: left again, or already paid for
    defaults: dict[str, str] = Field(default={})  # quantities taken when nothing is said, shown as an assumption
    wanted: str | None = None  # the fact that says how much the asker would like: above the sum the answer says no
    held: str | None = None  # the fact that says how much there is already: below the sum the answer says that it falls short
    cap: Parameter | None = None
    steps: tuple[Annotated[str | Step, Field(union_mode="left_to_right")], ...] = ()
    branches: tuple[Branch, ...] = ()
    open: str | None = None
    decided_by: str | None = None
    quote: str | None = None
    measure: str | None = None

    @model_validator(mode="after")
    def _figure_or_open(self) -> Amount:
        formula = self.expression or any(b.expression for b in self.branches)
        if not formula and not self.open:
            raise ValueError("amount 要么写 expression（算式），要么写 open（文件没有写数额，说明留给谁定）")
        return self

    def figures(self) -> tuple[Parameter, ...]:
        """Every figure of the clause that the amount rests on."""
        branches = [p for b in self.branches for p in b.parameters.values()]
        return (*self.parameters.values(), *branches, *([self.cap] if self.cap else []))


class ValiditySpec(Strict):
    """Until when this entitlement can be had; ``quote`` null only when the document states no deadline."""

    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    quote: str | None = None
    measure: str | None = None

    @model_validator(mode="after")
    def _quoted(self) -> ValiditySpec:
        if (self.since or self.until) and not self.quote:
            raise ValueError("validity 有日期就必须有 quote（写明期限的原文）")
        return self


class EventWindow(Strict):
    """When the event (hiring, opening …) must have happened."""

    fact: str
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    quote: str
    measure: str | None = None
    text: str | None = None
    presumed: bool = False  # taken as met when no day is given, and shown as an assumption


class ApplyWithin(Strict):
    """How long after an event one may apply."""

    fact: str
    months: int
    quote: str
    measure: str | None = None
    text: str | None = None
    presumed: bool = False


class Exclusion(Strict):
    """What cannot be had together with this benefit, and for what (hire, certificate …) this is checked."""

    names: tuple[str, ...]
    words: dict[str, tuple[str, ...]] = Field(default={})  # what a name is called in everyday words
    benefits: tuple[str, ...] = ()
    per: Per
    quote: str
    measure: str | None = None


class QuotedNote(Strict):
    """A remark that rests on its own clause."""

    text: str
    quote: str
    measure: str | None = None


class BenefitSpec(Strict):
    """One entitlement of one measure."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str
    aliases: tuple[str, ...] = ()
    measure: str
    region: str = Field(pattern=r"^\d{6}$")
    audience: tuple[Audience, ...] = Field(min_length=1)
    kind: Kind
    summary: str
    quote: str
    subject: str
    per: Per
    on_request: bool = False  # answered only when its own name is said (「最多能裁几个」), never offered
    validity: ValiditySpec
    event_window: EventWindow | None = None
    conditions: tuple[ConditionSpec, ...] = ()
    amount: Amount | None = None  # null: a service, priority or exemption without a sum
    exclusions: tuple[Exclusion, ...] = ()
    limits: tuple[ConditionSpec, ...] = ()
    apply_within: ApplyWithin | None = None
    notes: tuple[Annotated[str | QuotedNote, Field(union_mode="left_to_right")], ...] = ()

    @model_validator(mode="after")
    def _named_conditions(self) -> BenefitSpec:
        listed = (*self.conditions, *self.limits)
        for condition in listed:
            if not (condition.id and condition.text and condition.quote):
                raise ValueError(
                    f"条件 {condition.id or condition.text or condition.fact} 缺 id、text 或 quote（每个条件都要有原文）"
                )
        if len({c.id for c in listed}) != len(listed):
            raise ValueError("conditions 和 limits 里有重复的 id")
        return self


class BenefitFile(Strict):
    """A whole file."""

    facts: tuple[FactSpec, ...] = ()
    benefits: tuple[BenefitSpec, ...] = ()


class FactFile(Strict):
    """``knowledge/data/lexicon/facts.yaml``."""

    facts: tuple[FactSpec, ...]
    compounds: tuple[str, ...] = ()
