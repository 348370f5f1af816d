"""Proof that benefits say what their clauses say: run by ``advisor check`` and by the editors of the data.

    python -m knowledge.rules.proofs [document id …]

Every figure stands in its quote with a fitting unit, every quote in its measure, every condition speaks of
what its quote speaks of, deadlines agree with those found in the clause, every named benefit and fact exists,
and no fact is defined that nothing uses.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.numerals import numbers_in
from knowledge.rules.benefits import BenefitFile, BenefitSpec, ConditionSpec, Parameter
from knowledge.rules.facts import FactSpec
from knowledge.rules.intervals import compile_expression
from knowledge.rules.proof_dates import dates_in, months_of, validity_problems, window_end
from knowledge.rules.rule_files import benefit_files, gather, read_model
from knowledge.rules.rulebook import Rulebook, load_rulebook
from knowledge.rules.units import convert, convertible, dimension, written_unit
from knowledge.texts.library import Library, load_library

# Words that are figures: 「减半」 is 50 %.
_WORD_FIGURES = {"减半": Decimal(50), "全额": Decimal(100), "免征": Decimal(100), "免费": Decimal(100), "不收": Decimal(100)}
# What a clause must say for two things not to be had together.
_EXCLUDES = re.compile(r"不重复|不得重复|不能重复|不同时|不得同时|不能同时|只能享受|不再享受|不得再|择一")
_FILLED = re.compile(r"\{[^{}]*\}")  # what code fills in is no figure of the data
_MAXIMUM_WORDS = ("不超过", "最高", "不高于", "最多", "以内", "上限", "最长")
_ANYBODY = ("1人", "1个")  # 「at_least: 1人」 says that there is somebody: no figure of the clause
_PLAIN_NUMBERS = frozenset(Decimal(n) for n in (0, 1, 12, 100))  # nothing, one, months in a year, per cent: no policy in them


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not proved: which benefit or fact, which key, what is wrong."""

    subject: str
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.subject} · {self.key}：{self.problem}"


def stands(value: Decimal, unit: str, quote: str) -> bool:
    """Whether a figure with its unit stands in a quote (units converted, 「1年」 is 「12个月」)."""
    for number in numbers_in(quote):
        written = written_unit(quote, number)
        if _same_kind(written, unit) and convert(number.value, written, unit) == value:
            return True
    return dimension(unit) == "share" and any(w in quote and v == value for w, v in _WORD_FIGURES.items())


def _same_kind(written: str, unit: str) -> bool:
    """Whether a figure written with one unit can be a figure of another; one without a unit can be any."""
    kinds = dimension(written), dimension(unit)
    return convertible(written, unit) and (not written or kinds[0] == kinds[1] or "piece" in kinds)


def prove(rulebook: Rulebook, benefits: Iterable[str] | None = None) -> tuple[Finding, ...]:
    """Every unproved statement of the benefits (all when None), plus facts that are dead or cannot work when all are checked."""
    chosen = [rulebook.benefits[b].spec for b in (benefits if benefits is not None else rulebook.benefits)]
    found = [f for spec in chosen for f in _Proof(rulebook, spec).findings()]
    if benefits is None:
        found += (*dead_facts(rulebook), *fact_findings(rulebook.facts.values()))
    return tuple(found)


@dataclass(frozen=True)
class _Proof:
    """The checks of one benefit."""

    rulebook: Rulebook
    spec: BenefitSpec

    @property
    def library(self) -> Library:
        return self.rulebook.library

    def findings(self) -> Iterator[Finding]:
        """Everything unproved about this benefit."""
        for key, problem in self._all():
            yield Finding(self.spec.id, key, problem)

    def _all(self) -> Iterator[tuple[str, str]]:
        if self.spec.measure not in self.library.measures:
            yield "measure", f"条款 {self.spec.measure} 不存在"
            return
        yield from self._place()
        yield from self._quotes()
        yield from self._conditions()
        yield from self._amount()
        yield from validity_problems(self.spec, self.library)
        yield from self._window()
        yield from self._exclusions()
        yield from self._words()

    def _place(self) -> Iterator[tuple[str, str]]:
        document = self.library.document_of(self.spec.measure)
        if document.region != self.spec.region:
            yield "region", f"写的是 {self.spec.region}，文件属于 {document.region}"

    def quotes(self) -> Iterator[tuple[str, str, str | None]]:
        """(key, quote, measure or None for the benefit's own) of everything quoted."""
        s = self.spec
        yield "quote", s.quote, None
        if s.validity.quote:
            yield "validity", s.validity.quote, s.validity.measure
        for c in (*s.conditions, *s.limits):
            yield from _condition_quotes(f"conditions.{c.id}", c)
        if s.event_window:
            yield "event_window", s.event_window.quote, s.event_window.measure
        if s.apply_within:
            yield "apply_within", s.apply_within.quote, s.apply_within.measure
        for e in s.exclusions:
            yield "exclusions", e.quote, e.measure
        for n in s.notes:
            if not isinstance(n, str):
                yield "notes", n.quote, n.measure
        yield from self._amount_quotes()

    def _amount_quotes(self) -> Iterator[tuple[str, str, str | None]]:
        if (a := self.spec.amount) is None:
            return
        if a.quote:
            yield "amount", a.quote, a.measure
        for name, p in self._parameters():
            yield f"amount.{name}", p.quote, p.measure
        for i, b in enumerate(a.branches):
            yield from _condition_quotes(f"amount.branches.{i}.when", b.when)
        for step in a.steps:
            if not isinstance(step, str) and step.quote:
                yield "amount.steps", step.quote, step.measure

    def _parameters(self) -> Iterator[tuple[str, Parameter]]:
        if (a := self.spec.amount) is None:
            return
        yield from a.parameters.items()
        for i, b in enumerate(a.branches):
            for name, p in b.parameters.items():
                yield f"branches.{i}.{name}", p
        if a.cap:
            yield "cap", a.cap

    def _quotes(self) -> Iterator[tuple[str, str]]:
        for key, quote, measure_id in self.quotes():
            measure = self.library.measures.get(measure_id or self.spec.measure)
            if measure is None:
                yield key, f"条款 {measure_id} 不存在"
            elif quote not in measure.text:
                yield key, f"原文不在 {measure.id}：「{quote[:40]}」"

    def _conditions(self) -> Iterator[tuple[str, str]]:
        for c in (*self.spec.conditions, *self.spec.limits):
            quote = c.quote or ""
            yield from self._leaves(f"conditions.{c.id}", c, quote)
            yield from _figures_in(f"conditions.{c.id}.text", c.text or "", quote)
        if self.spec.amount:
            for i, b in enumerate(self.spec.amount.branches):
                fallback = next((p.quote for p in b.parameters.values()), self.spec.quote)
                yield from self._leaves(f"amount.branches.{i}.when", b.when, b.when.quote or fallback)
        if (w := self.spec.apply_within) and not stands(Decimal(w.months), "个月", w.quote):
            yield "apply_within", f"{w.months}个月不在原文「{w.quote[:40]}」"

    def _leaves(self, key: str, spec: ConditionSpec, quote: str) -> Iterator[tuple[str, str]]:
        quote = spec.quote or quote
        for child in spec.children:
            yield from self._leaves(key, child, quote)
        if spec.fact is None:
            return
        fact = self.rulebook.facts[spec.fact]
        if fact.clause and not any(w in quote for w in fact.clause):
            yield key, f"原文没有说到「{fact.name}」（应有 {'、'.join(fact.clause[:4])} 之一）：「{quote[:40]}」"
        for limit in _limits(spec):
            if fact.type == "count" and limit in _ANYBODY:
                continue
            if isinstance(limit, date):
                since = spec.between[0] if spec.between else None
                last = window_end(since, quote) if isinstance(since, date) else None
                if limit not in dates_in(quote) and limit != last:
                    yield key, f"日期 {limit} 不在原文「{quote[:40]}」"
                continue
            number = numbers_in(limit)[0]
            if not stands(number.value, written_unit(limit, number), quote):
                yield key, f"数字「{limit}」不在原文「{quote[:40]}」"

    def _amount(self) -> Iterator[tuple[str, str]]:
        if (a := self.spec.amount) is None:
            return
        for name, p in self._parameters():
            if not stands(p.value, p.unit, p.quote):
                yield f"amount.{name}", f"{p.value}{p.unit} 不在原文「{p.quote[:40]}」"
        words = [a.quote or "", self.spec.quote, *(p.quote for n, p in self._parameters() if n != "cap")]
        limits = (*_MAXIMUM_WORDS, "按规定", "额度")
        if a.maximum and a.expression and not any(w in q for q in words for w in limits):
            yield "amount.maximum", "写了 maximum: true，原文没有“不超过、最高、不高于”"
        paid = [p for n, p in self._parameters() if n != "cap" and dimension(p.unit) in ("money", "share", "points")]
        if not a.maximum and any(w in p.quote for p in paid for w in _MAXIMUM_WORDS[:4]):
            yield "amount.maximum", "原文是“不超过/最高”，应写 maximum: true"
        if a.minimum and not any(w in q for q in words for w in ("不少于", "不低于", "至少")):
            yield "amount.minimum", "写了 minimum: true，原文没有“不少于、不低于”"
        for source in [a.expression, *(b.expression for b in a.branches)]:
            yield from self._constants(source)
        yield from self._defaults(a.defaults)
        if a.open and not a.quote:
            yield "amount.open", "文件没有写数额时也要有 quote（说到这项待遇的原文）"

    def _defaults(self, defaults: dict[str, str]) -> Iterator[tuple[str, str]]:
        """A quantity taken when nothing is said is none, one, or what the clause itself fixes."""
        quotes = "。".join(quote for _, quote, _ in self.quotes())
        for fact, raw in defaults.items():
            for number in numbers_in(raw) if self.rulebook.facts[fact].numeric else ():
                unit = written_unit(raw, number)
                whole = dimension(unit) == "span" and convert(number.value, unit, "个月") == months_of(self.spec.validity)
                if number.value not in (0, 1) and not whole and not stands(number.value, unit, quotes):
                    yield "amount.defaults", f"{fact} 的「{raw}」不在原文里"

    def _constants(self, source: str | None) -> Iterator[tuple[str, str]]:
        constants = compile_expression(source).constants if source else {}
        for interval in constants.values():
            if interval.low not in _PLAIN_NUMBERS:
                yield "amount.expression", f"算式里的 {interval.low} 应写成带原文的 parameters"

    def _window(self) -> Iterator[tuple[str, str]]:
        if (w := self.spec.event_window) is None:
            return
        days = dates_in(w.quote)
        if w.since and w.since not in days:
            yield "event_window", f"日期 {w.since} 不在原文「{w.quote[:40]}」"
        if w.until and w.until not in days and w.until != window_end(w.since, w.quote):
            yield "event_window", f"日期 {w.until} 不在原文「{w.quote[:40]}」"

    def _exclusions(self) -> Iterator[tuple[str, str]]:
        for e in self.spec.exclusions:
            for name in e.names:
                if name not in e.quote:
                    yield "exclusions", f"「{name}」不在原文「{e.quote[:60]}」"
            if not _EXCLUDES.search(e.quote):
                yield "exclusions", f"原文没有写不能同时享受「{e.quote[:60]}」"
            for other in e.benefits:
                if other not in self.rulebook.benefits:
                    yield "exclusions", f"没有待遇 {other}"

    def _words(self) -> Iterator[tuple[str, str]]:
        quotes = "。".join(quote for _, quote, _ in self.quotes())
        texts = {"name": self.spec.name, "summary": self.spec.summary}
        if self.spec.amount:
            texts["amount.open"] = self.spec.amount.open or ""
            texts["amount.steps"] = _FILLED.sub(
                "", "。".join(s if isinstance(s, str) else s.text for s in self.spec.amount.steps)
            )
        for key, text in texts.items():
            yield from _figures_in(key, text, quotes)
        for note in self.spec.notes:
            yield from _figures_in("notes", note if isinstance(note, str) else note.text, quotes)


def _condition_quotes(key: str, spec: ConditionSpec) -> Iterator[tuple[str, str, str | None]]:
    if spec.quote:
        yield key, spec.quote, spec.measure
    for child in spec.children:
        yield from _condition_quotes(key, child)


def _limits(spec: ConditionSpec) -> tuple[str | date, ...]:
    single = (spec.at_least, spec.more_than, spec.at_most, spec.less_than)
    return (*(x for x in single if x is not None), *(spec.between or ()))


def _figures_in(key: str, text: str, quote: str) -> Iterator[tuple[str, str]]:
    known = {n.value for n in numbers_in(quote)}
    for number in numbers_in(text):
        if number.value not in known and not stands(number.value, written_unit(text, number), quote):
            yield key, f"数字「{number.raw}」不在原文里"


def dead_facts(rulebook: Rulebook) -> tuple[Finding, ...]:
    """Facts that no benefit, derived fact or total uses."""
    used = {f for b in rulebook.benefits.values() for f in b.reads}
    used |= {f for b in rulebook.benefits.values() if b.amount for f in (b.amount.wanted, b.amount.held) if f}
    pending = list(used)
    while pending:
        spec = rulebook.facts[pending.pop()]
        more = {*spec.derived_from, *spec.sum_of, *spec.first_of, *([spec.part_of] if spec.part_of else ())}
        pending += [m for m in more - used if m in rulebook.facts]
        used |= more
    return tuple(
        Finding(f.id, "facts", "没有任何待遇用到这项情况（不用就删掉；只为听懂人话而设的写 context: true）")
        for f in rulebook.facts.values() if f.id not in used and not f.context
    )  # fmt: skip


def fact_findings(facts: Iterable[FactSpec]) -> tuple[Finding, ...]:
    """Definitions that cannot work: a choice without choices, a formula over unknown facts, a bad example."""
    specs = {f.id: f for f in facts}
    found = []
    for f in specs.values():
        if f.type == "choice" and not f.choices:
            found.append(Finding(f.id, "choices", "选择类的情况要写 choices"))
        unknown = set(f.derived_from) - set(specs)
        if unknown:
            found.append(Finding(f.id, "derive", f"用到没有定义的 {'、'.join(sorted(unknown))}"))
        if f.part_of and f.part_of not in specs:
            found.append(Finding(f.id, "part_of", f"没有 {f.part_of}"))
    return tuple(found)


def main(arguments: list[str], data_dir: Path) -> int:
    """Print findings (for the named documents only, when any are named); 1 when there are some."""
    library = load_library([data_dir / "documents"])
    try:
        rulebook = load_rulebook(data_dir, library) if not arguments else _partial(data_dir, library, arguments)
    except KnowledgeError as problem:
        print(problem)
        return 1
    chosen = None if not arguments else [b.id for b in rulebook.benefits.values() if b.document in arguments]
    findings = prove(rulebook, chosen)
    for finding in findings:
        print(finding)
    count = len(rulebook.benefits) if chosen is None else len(chosen)
    print(f"{count} 项待遇，{len(findings)} 处没有证实。")
    return 1 if findings else 0


def _partial(data_dir: Path, library: Library, documents: list[str]) -> Rulebook:
    """The named files, and of the others only those that are well formed."""
    readable = []
    for path in benefit_files(data_dir):
        if path.stem not in documents:
            try:
                read_model(path, BenefitFile)
                gather(data_dir, [path])
            except KnowledgeError:
                continue
        readable.append(path)
    return load_rulebook(data_dir, library, readable)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parents[1] / "data"))
