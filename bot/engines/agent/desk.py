"""The desk of one turn: the evidence laid out for the model, every piece under a token issued by code.

``[M3]`` stands for an exact quote of a measure, ``[C1]`` for a calculation. The model sees tokens and
short texts; what they stand for stays here. Sizes are bounded; a tool holds the lock while it writes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.engines.agent.standing import replaced_by
from bot.engines.builtin.validity import newer_documents
from bot.engines.builtin.writing import Writer, chinese_date
from bot.kit import Kit
from bot.types import CalculationResult, Draft, EligibilityResult, Turn, Understanding
from knowledge.numerals import format_amount
from knowledge.regions import related
from knowledge.types import Measure

MAX_QUOTES = 80  # tokens issued in a turn
MAX_CALCULATIONS = 12
SHOWN = 320  # characters of a quote that the model sees


@dataclass
class Desk:
    """Evidence of one turn. Mutable, never leaves the turn."""

    turn: Turn
    kit: Kit
    writer: Writer
    measures: list[str] = field(default_factory=list)  # every measure looked at, in order
    tool_calls: list[str] = field(default_factory=list)  # what the model asked for, for the journal
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)  # held by a tool while it works

    @classmethod
    def lay(cls, turn: Turn, kit: Kit, own: Draft) -> Desk:
        """A desk on which the builtin engine's evidence already lies: its quotes are [M1]…, its sums [C1]…."""
        assert turn.understanding is not None
        writer = Writer(kit, turn.understanding.as_of)
        writer.quotes += own.quotes
        writer.calculations += own.calculations
        writer.eligibility += own.eligibility
        return cls(turn, kit, writer, list(dict.fromkeys(m for m, _ in own.quotes)))

    @property
    def understanding(self) -> Understanding:
        """What was asked."""
        assert self.turn.understanding is not None
        return self.turn.understanding

    @property
    def as_of(self) -> date:
        """The day on which the answer must hold."""
        return self.writer.as_of

    @property
    def said(self) -> str:
        """The user's own words in this conversation, oldest first."""
        return "\n".join((*(e.question for e in self.turn.conversation.exchanges), self.turn.said))

    def cite(self, measure_id: str, quote: str) -> str:
        """The token of a quote, issued on first use; '' when the desk is full."""
        if (measure_id, quote) not in self.writer.quotes and len(self.writer.quotes) >= MAX_QUOTES:
            return ""
        if measure_id not in self.measures:
            self.measures.append(measure_id)
        return self.writer.cite(measure_id, quote)

    def compute(self, result: CalculationResult) -> str:
        """The token of a calculation; '' when the desk is full."""
        if result not in self.writer.calculations:
            if len(self.writer.calculations) >= MAX_CALCULATIONS:
                return ""
            self.writer.calculations.append(result)
        return f"[C{self.writer.calculations.index(result) + 1}]"

    def note_verdict(self, verdict: EligibilityResult) -> None:
        """Keep the verdict on a benefit; a later one for the same benefit replaces it."""
        self.writer.eligibility[:] = [e for e in self.writer.eligibility if e.benefit != verdict.benefit] + [verdict]

    def line(self, measure_id: str, quote: str) -> str:
        """One piece of evidence for the model: token, place, article, words, validity; '' when the desk is full."""
        token = self.cite(measure_id, quote)
        if not token:
            return ""
        measure = self.kit.knowledge.library.measures[measure_id]
        words = quote if len(quote) <= SHOWN else quote[:SHOWN] + "……"
        return f"{token} {self.place(measure)}｜{measure.label}（{measure_id}）｜“{words}”｜{self.standing(measure, quote)}"

    def place(self, measure: Measure) -> str:
        """「济南市2023年」, with a warning when it is not the asker's place."""
        document = self.kit.knowledge.library.documents[measure.document]
        name = self.kit.knowledge.gazetteer.name(document.region)
        asked = self.understanding.region
        foreign = asked is not None and not related(document.region, asked)
        return f"{name}{document.issued_from.year}年" + ("【别的城市的规定，不适用于所问地区】" if foreign else "")

    def standing(self, measure: Measure, quote: str) -> str:
        """Whether the words hold on the day, in words for the model."""
        validity = self.kit.knowledge.validity(measure.id, quote, self.as_of)
        document = self.kit.knowledge.library.documents[measure.document]
        if validity.reason == "not_yet_issued":
            return f"尚未印发：{chinese_date(validity.since or document.issued_from)}才印发"
        if validity.in_force is False and validity.until:
            return f"已到期：期限到{chinese_date(validity.until)}"
        if validity.in_force and validity.until:
            return f"有效：期限到{chinese_date(validity.until)}，还剩{(validity.until - self.as_of).days}天"
        newer = replaced_by(self.kit, measure, quote, self.as_of)
        if newer is not None:
            return f"已有新文件：同一件事以《{newer.title}》为准，这是旧规定"
        later = newer_documents(self.writer, document)
        return "文件没有写截止日期" + ("；之后当地又印发过新文件，没有找到它对这一条另作规定" if later else "")

    def evidence(self) -> str:
        """Every quote on the desk, one a line, without those that a longer one of the same measure holds."""
        quotes = tuple(self.writer.quotes)
        shown = [(m, q) for m, q in quotes if not any(m == other and q != longer and q in longer for other, longer in quotes)]
        return "\n".join(self.line(m, q) for m, q in shown) or "（没有）"

    def sums(self) -> str:
        """Every calculation on the desk, one a line."""
        lines = [f"[C{i}] {self.sum_in_words(c)}" for i, c in enumerate(tuple(self.writer.calculations), 1)]
        return "\n".join(lines) or "（没有）"

    def sum_in_words(self, c: CalculationResult) -> str:
        """A calculation for the model: what comes out, from what, and what it rests on."""
        benefit = self.kit.knowledge.rulebook.benefits.get(c.benefit)
        facts = benefit.facts if benefit is not None else {}
        given = "、".join(f"{facts[f].name if f in facts else f} {_shown(v)}" for f, v in c.inputs.items()) or "还没有"
        return f"{amount_in_words(c, self.unmet(c))}（按用户说的：{given}）"

    def unmet(self, c: CalculationResult) -> str:
        """The condition that fails for this benefit, '' when none does."""
        for verdict in self.writer.eligibility:
            if verdict.benefit == c.benefit and verdict.verdict == "unmet":
                return next((x.text for x in verdict.conditions if x.verdict == "unmet"), "属于条款列出的情形")
        return ""


def tokens_of(desk: Desk, c: CalculationResult) -> str:
    """The tokens of the clauses on which a calculation rests: of the failing condition, of its steps, else of the benefit."""
    benefit = desk.kit.knowledge.rulebook.benefits.get(c.benefit)
    if benefit is None:
        return "".join(f"[M{n}]" for n in steps_of(c))
    unmet = desk.unmet(c)
    failing = next((x for x in benefit.conditions if x.text == unmet and x.quote), None)
    if failing is not None:
        return desk.cite(failing.measure, failing.quote)
    return "".join(f"[M{n}]" for n in steps_of(c)) or desk.cite(benefit.measure, benefit.spec.quote)


def amount_in_words(c: CalculationResult, unmet: str = "") -> str:
    """「“一次性吸纳就业补贴”6,000 元（1,000 元/人 × 6 人）」, the words that replace ``[C1]``."""
    name = f"“{c.name}”"
    if unmet:
        return f"**不符合**{name}的条件“{unmet}”"
    if c.amount is not None:
        most = "最高 " if c.is_maximum else ""
        working = "；".join(s.text for s in c.steps)
        return f"{name}{most}**{_figure(c.amount)} {c.unit}**" + (f"（{working}）" if working else "")
    if c.low is not None and c.high is not None and c.low != c.high:
        return f"{name}在 **{_figure(c.low)}** 到 **{_figure(c.high)} {c.unit}** 之间"
    return f"{name}还差情况，算不出数"


def _shown(value: object) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _figure(amount: str) -> str:
    return format_amount(Decimal(amount))


def steps_of(c: CalculationResult) -> Sequence[int]:
    """Numbers of the quotes (1-based) on which the steps of a calculation rest."""
    return tuple(dict.fromkeys(s.citation for s in c.steps if s.citation is not None))
