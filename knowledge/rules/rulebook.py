"""The rulebook: every benefit and fact, compiled from data, found by id or everyday name.

Loading refuses a file whose shape is wrong; that its figures stand in their clauses is ``proofs``' work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from itertools import product
from pathlib import Path

from knowledge.errors import BenefitAmbiguous, BenefitNotFound, DataError
from knowledge.regions import covers
from knowledge.rules.benefits import Amount, BenefitSpec
from knowledge.rules.conditions import Condition, Node, compile_node, judge, leaves, window_condition, within_condition
from knowledge.rules.facts import FactSpec, FactValue, parse_fact, unknown_fact
from knowledge.rules.intervals import compile_expression
from knowledge.rules.rule_files import gather
from knowledge.rules.situation import Situation
from knowledge.rules.units import base_unit, quantity
from knowledge.texts.library import Library

_MOST_BRANCHING = 3  # facts that select a branch, tried in every combination
COUNTED = "hires_counted"  # the name under which a formula finds the sum of amount.counts


@dataclass(frozen=True)
class Benefit:
    """A benefit ready to be judged: its data, its compiled conditions and the facts they may ask for."""

    spec: BenefitSpec
    conditions: tuple[Condition, ...]  # conditions, limits, event window, time to apply: all must be met
    branches: tuple[Node, ...]
    facts: Mapping[str, FactSpec] = field(repr=False)
    defaults: Mapping[str, FactValue] = field(default_factory=dict)  # taken when nothing is said

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def stem(self) -> str:
        """The name without whom it is for (「（毕业生）」): benefits of one measure may share it."""
        return self.name.split("（")[0]

    @property
    def measure(self) -> str:
        return self.spec.measure

    @property
    def document(self) -> str:
        """Id of the document that grants it."""
        return self.spec.measure.split("/")[0]

    @property
    def region(self) -> str:
        return self.spec.region

    @property
    def amount(self) -> Amount | None:
        return self.spec.amount

    @property
    def states_sum(self) -> bool:
        """Whether the documents say how much it is; 「按规定」 does not."""
        return self.amount is not None and self.amount.open is None

    def rests_on(self, measure: str, quote: str) -> bool:
        """Whether it rests on a clause: on words of it, or on more of the measure."""
        return self.measure == measure and (quote in self.spec.quote or self.spec.quote in quote)

    @cached_property
    def value_facts(self) -> frozenset[str]:
        """The facts on which the size of the amount hangs (formulas, branches, counts), with what these derive from."""
        ids = {leaf.fact for node in self.branches for leaf in leaves(node)}
        if self.amount is not None:
            ids |= {*self.amount.counts, *expression_facts(self.amount, self.facts)}
        pending = list(ids)
        while pending:
            spec = self.facts[pending.pop()]
            more = {*spec.derived_from, *spec.first_of} - ids
            ids |= more
            pending += more
        return frozenset(ids)

    @cached_property
    def branches_cover_all(self) -> bool:
        """Whether one branch holds whatever the answers are (small, medium and large leave nothing over)."""
        open_facts = list(dict.fromkeys(leaf.fact for node in self.branches for leaf in leaves(node)))
        kinds = [self.facts[f] for f in open_facts]
        if any(s.type not in ("choice", "bool") for s in kinds) or len(kinds) > _MOST_BRANCHING:
            return False
        answers = [
            [FactValue(s.id, frozenset({k})) for k in s.choices] if s.choices else [FactValue(s.id, b) for b in (True, False)]
            for s in kinds
        ]
        chosen = (Situation(self.facts, {a.fact: a for a in combination}, date.min) for combination in product(*answers))
        return all(any(judge(node, situation) == "met" for node in self.branches) for situation in chosen)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """Ids of the facts that decide or measure it, in the order in which the data names them."""
        ids = [leaf.fact for c in self.conditions for leaf in leaves(c.node)]
        ids += [leaf.fact for node in self.branches for leaf in leaves(node)]
        if self.amount is not None:
            ids += [*self.amount.counts, *expression_facts(self.amount, self.facts)]
        return tuple(dict.fromkeys(ids))

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """``needs`` with the facts behind derived ones (layoffs and staff behind the layoff rate), and the totals of counts."""
        found = dict.fromkeys((*self.needs, *(self.amount.less if self.amount else ())))
        pending = list(found)
        while pending:
            spec = self.facts[pending.pop()]
            behind = (*spec.derived_from, *spec.sum_of, *spec.first_of, *([spec.part_of] if spec.part_of else ()))
            for fact in behind:
                if fact in self.facts and fact not in found:
                    found[fact] = None
                    pending.append(fact)
        return tuple(found)


def expression_facts(amount: Amount, facts: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """The facts in an amount's formulas (parameters and the counted sum are no facts)."""
    sources = [amount.expression, *(b.expression for b in amount.branches)]
    names = [n for s in sources if s for n in sorted(compile_expression(s).names)]
    return tuple(dict.fromkeys(n for n in names if n in facts))


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Every benefit and fact by id, and the library whose clauses they rest on."""

    benefits: Mapping[str, Benefit]
    facts: Mapping[str, FactSpec]
    library: Library = field(repr=False)
    compounds: tuple[str, ...] = ()  # terms that hide the shorter words inside them: 「失业保险」 is not 「失业」

    def find(self, name_or_id: str, as_of: date = date.max, region: str | None = None) -> Benefit:
        """A benefit by id, name or everyday name; of several with one name the one that governs a region on a day.

        :raises BenefitNotFound: no such name; names near matches.
        :raises BenefitAmbiguous: several remain; names each with its region.
        """
        wanted = name_or_id.strip()
        if wanted in self.benefits:
            return self.benefits[wanted]
        same = [b for b in self.benefits.values() if wanted in (b.name, *b.spec.aliases)]
        if not same:
            raise self._unknown(wanted)
        left = self._preferred(same, wanted, as_of, region)
        if len(left) == 1:
            return left[0]
        listed = "、".join(f"{b.id}（{self.library.documents[b.document].title}）" for b in left)
        raise BenefitAmbiguous(f"「{wanted}」有 {len(left)} 项：{listed}。请写其中一个编号，或用 --region 指明城市。")

    def _preferred(self, same: Sequence[Benefit], wanted: str, day: date, region: str | None) -> list[Benefit]:
        """Of benefits with one name: those that govern, that still run, that are called so officially, that state a sum, the nearest."""
        here = {b.id for b in self.in_region(region, day)}
        nearest = max(len(b.region.rstrip("0")) for b in same)
        tests: tuple[Callable[[Benefit], bool], ...] = (
            lambda b: b.id in here,
            lambda b: b.spec.validity.until is None or day <= b.spec.validity.until,
            lambda b: b.states_sum,
            lambda b: b.name == wanted,
            lambda b: len(b.region.rstrip("0")) == nearest,
        )
        left = list(same)
        for test in tests:
            left = [b for b in left if test(b)] or left
        return left

    def _unknown(self, wanted: str) -> BenefitNotFound:
        titles = {n: b.id for b in reversed(list(self.benefits.values())) for n in (*b.spec.aliases, b.name)}
        near = [n for n in titles if wanted and (wanted in n or n in wanted)][:3]
        near = near or get_close_matches(wanted, [*titles, *self.benefits], n=3, cutoff=0.3)
        hint = "相近的有：" + "、".join(f"{n}（{titles.get(n, n)}）" for n in near) + "。" if near else ""
        return BenefitNotFound(f"没有叫「{wanted}」的待遇事项。{hint}用 advisor benefits 看全部。")

    def sums(self) -> frozenset[Decimal]:
        """Every sum of money that a clause gives, in yuan."""
        amounts = [b.amount for b in self.benefits.values() if b.amount is not None]
        given = [p for a in amounts for p in a.figures()]
        return frozenset(p.figure for p in given if base_unit(p.unit) in ("元", "万元", "亿元"))

    def fact(self, fact_id: str, raw: str, as_of: date) -> FactValue:
        """Parse one typed fact by id or name. :raises FactError: unknown fact, wrong unit or range."""
        spec = self.facts.get(fact_id) or next((s for s in self.facts.values() if s.name == fact_id), None)
        if spec is None:
            raise unknown_fact(fact_id, self.facts)
        return parse_fact(spec, raw, as_of)

    def issued(self, benefit: Benefit, as_of: date) -> bool:
        """Whether the document that grants it existed on a day."""
        return self.library.documents[benefit.document].issued_from <= as_of

    def in_region(self, region: str | None, as_of: date) -> tuple[Benefit, ...]:
        """Benefits that govern a region on a day: its own and its province's, issued by then, none superseded or repealed.

        :param region: GB/T 2260 code of a city, county (its city answers) or province; None for all regions.
        """
        return tuple(
            b for b in self.benefits.values()
            if (region is None or covers(b.region, region)) and self.issued(b, as_of) and self.superseded_by(b, as_of) is None
            and not self.repealed(b, as_of)
        )  # fmt: skip

    def repealed(self, benefit: Benefit, as_of: date) -> bool:
        """Whether another document has put an end to its clause by a day."""
        return self.library.repealed(benefit.measure, benefit.spec.quote, as_of) is not None

    def superseded_by(self, benefit: Benefit, as_of: date) -> Benefit | None:
        """The benefit of the same region and subject in the newest other document issued by a day, if newer."""
        documents = self.library.documents
        own = documents[benefit.document].issued_from
        same = self._by_subject[benefit.region, benefit.spec.subject]
        rivals = [b for b in same if own < documents[b.document].issued_from <= as_of]
        return max(rivals, key=lambda b: documents[b.document].issued_from) if rivals else None

    def resting_on(self, measure: str, quote: str) -> tuple[Benefit, ...]:
        """The benefits that rest on a clause."""
        return tuple(b for b in self.benefits.values() if b.rests_on(measure, quote))

    def of_subjects(self, subjects: Iterable[str], region: str | None, as_of: date) -> tuple[Benefit, ...]:
        """The benefits of some subjects that govern a region on a day and have not run out by it."""
        wanted = frozenset(subjects)
        found = (b for b in self.in_region(region, as_of) if b.spec.subject in wanted)
        return tuple(b for b in found if b.spec.validity.until is None or as_of <= b.spec.validity.until)

    @cached_property
    def _by_subject(self) -> dict[tuple[str, str], tuple[Benefit, ...]]:
        grouped: dict[tuple[str, str], tuple[Benefit, ...]] = {}
        for benefit in self.benefits.values():
            key = benefit.region, benefit.spec.subject
            grouped[key] = (*grouped.get(key, ()), benefit)
        return grouped


def compile_benefit(spec: BenefitSpec, facts: dict[str, FactSpec]) -> Benefit:
    """Resolve facts and quantities of one benefit. :raises DataError: naming the benefit and the key."""
    where = f"待遇 {spec.id}"
    conditions = [
        Condition(c.id or "", c.text or "", compile_node(c, facts, where), c.quote or "", c.measure or spec.measure, c.presumed)
        for c in (*spec.conditions, *spec.limits)
    ]
    if spec.event_window:
        conditions.append(window_condition(spec.event_window, facts, spec.measure, where))
    if spec.apply_within:
        conditions.append(within_condition(spec.apply_within, facts, spec.measure, where))
    amount = spec.amount
    branches = tuple(compile_node(b.when, facts, where) for b in amount.branches) if amount else ()
    if amount:
        _check_formula(amount, facts, where)
    if amount and amount.counts:
        facts = _counting_only(amount.counts, facts)
    return Benefit(spec, tuple(conditions), branches, facts, _defaults(amount, facts, where) if amount else {})


def _counting_only(counts: tuple[str, ...], facts: dict[str, FactSpec]) -> dict[str, FactSpec]:
    """The facts in which a sum over categories of people runs over those that this benefit counts."""
    own = {
        f: s.model_copy(update={"sum_of": kept})
        for f, s in facts.items() if (kept := tuple(c for c in s.sum_of if c in counts))
    }  # fmt: skip
    return {**facts, **own}


def _defaults(amount: Amount, facts: Mapping[str, FactSpec], where: str) -> dict[str, FactValue]:
    found = {}
    for name, raw in amount.defaults.items():
        if name not in facts or not (facts[name].numeric or facts[name].type == "bool" or raw in facts[name].choices):
            raise DataError(f"{where}：amount.defaults 的 {name} 应当是已定义的数量、是/否类情况，或选择类情况的一个选项。")
        if facts[name].type == "bool":
            found[name] = parse_fact(facts[name], raw, date.min)
            continue
        if not facts[name].numeric:
            found[name] = FactValue(name, frozenset({raw}), facts[name].choices[raw].name)
            continue
        try:
            found[name] = FactValue(name, quantity(raw, facts[name].unit), raw)
        except ValueError as problem:
            raise DataError(f"{where}：amount.defaults.{name} 写得不对：{problem}") from problem
    return found


def _check_formula(amount: Amount, facts: Mapping[str, FactSpec], where: str) -> None:
    for count in amount.counts:
        if count not in facts or facts[count].type != "count":
            raise DataError(f"{where}：amount.counts 里的 {count} 应当是已定义的人数类情况。")
    common = set(amount.parameters) | ({COUNTED} if amount.counts else set())
    try:
        pairs = [(b.expression or amount.expression, common | set(b.parameters)) for b in amount.branches]
        for source, own in pairs or [(amount.expression, common)]:
            missing = compile_expression(source).names - own - set(facts) if source else frozenset()
            if missing:
                raise ValueError(f"算式「{source}」用到没有定义的名称：{'、'.join(sorted(missing))}")
    except ValueError as problem:
        raise DataError(f"{where}：{problem}") from problem


def load_rulebook(data_dir: Path, library: Library, paths: Iterable[Path] | None = None) -> Rulebook:
    """Load every benefit under ``data_dir`` (``knowledge/data``), or those of the given files only.

    :raises DataError: a file is malformed, or names a measure, fact or benefit that does not exist.
    """
    data = gather(data_dir, paths)
    benefits: dict[str, Benefit] = {}
    for path, file in data.files:
        for spec in file.benefits:
            if spec.measure not in library.measures:
                raise DataError(f"{path.name}：待遇 {spec.id} 的条款 {spec.measure} 不存在。")
            benefits[spec.id] = compile_benefit(spec, data.facts)
    return Rulebook(benefits, data.facts, library, data.compounds)
