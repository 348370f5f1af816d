"""What is known about the asker on a day, as intervals: the input of conditions and formulas.

Derived facts (rates, months since a day, the total of categories) are worked out here once, so that
conditions, amounts and questions see the same numbers.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from knowledge.errors import FactError
from knowledge.rules.facts import Facts, FactSpec, FactValue, unknown_fact
from knowledge.rules.intervals import INFINITY, Interval, compile_expression, evaluate, point

_EPOCH = date(1900, 1, 1)  # day 0 of the numbers that formulas see for days; a day nobody named is not before it


@dataclass(frozen=True)
class Situation:
    """Facts on a day. ``specs`` holds every fact that the benefits at hand may ask for."""

    specs: Mapping[str, FactSpec]
    facts: Facts
    as_of: date
    assumed: frozenset[str] = frozenset()  # facts taken because nothing was said
    _memo: dict[str, Interval] = field(default_factory=dict, compare=False, repr=False)

    def spec(self, fact: str) -> FactSpec:
        """The definition of a fact. :raises FactError: nobody defines it."""
        if fact not in self.specs:
            raise unknown_fact(fact, self.specs)
        return self.specs[fact]

    def number(self, fact: str) -> Interval:
        """The interval of a numeric fact: one value, the bounds of an approximate one, or all it allows."""
        if fact not in self._memo:
            self._memo[fact] = self._number(fact)
        return self._memo[fact]

    def once(self, name: str, work_out: Callable[[], Interval]) -> Interval:
        """A number that benefits derive from these facts, worked out when first needed. ``name``: no fact's id."""
        if name not in self._memo:
            self._memo[name] = work_out()
        return self._memo[name]

    def _number(self, fact: str) -> Interval:
        spec = self.spec(fact)
        least, greatest = spec.span
        if spec.type != "percent":
            greatest = INFINITY  # a fact's maximum guards what people type; it is no bound of what they left out
        said = self.facts.get(fact)
        if said is not None:
            return _said(spec, said)
        stated = [f for f in spec.sum_of if f in self.facts]
        if stated:
            return self.sum_of(stated)
        instead = next((f for f in spec.first_of if f in self.facts), None)
        if instead is not None:
            return self.number(instead)
        if spec.derive:
            derived = self._derive(spec)
            low = min(max(derived.low, least), greatest)
            return Interval(low, max(low, min(derived.high, greatest)))
        total = self.sum_of(self.stated_parts(fact))
        ancestor = self.stated_whole(fact)
        if ancestor is not None:
            return Interval(total.low, total.high + self.most_unplaced(ancestor))
        return total if total.low > 0 else Interval(least, greatest)

    def sum_of(self, facts: Iterable[str]) -> Interval:
        """The sum of numeric facts."""
        total = point(Decimal(0))
        for fact in facts:
            total = total + self.number(fact)
        return total

    def stated_whole(self, fact: str) -> str | None:
        """The nearest stated total of which a category is part."""
        whole = self.spec(fact).part_of
        while whole is not None and whole not in self.facts:
            whole = self.spec(whole).part_of
        return whole

    def stated_parts(self, whole: str) -> tuple[str, ...]:
        """The stated categories of a total, none of them part of another stated one below it."""
        return tuple(f for f in self.facts if f in self.specs and f != whole and self._under(f, whole))

    def most_unplaced(self, whole: str) -> Decimal:
        """How many of a stated total may at most belong to none of its stated categories."""
        return max(self.number(whole).high - self.sum_of(self.stated_parts(whole)).low, Decimal(0))

    def _under(self, fact: str, whole: str) -> bool:
        above = self.specs[fact].part_of
        while above is not None and above != whole and above not in self.facts:
            above = self.specs[above].part_of
        return above == whole

    def _derive(self, spec: FactSpec) -> Interval:
        assert spec.derive is not None
        expression = compile_expression(spec.derive)
        names: dict[str, Interval] = {}
        for name in expression.names:
            names[name] = self._days(name) if self.spec(name).type == "date" else self.number(name)
        return evaluate(expression, names, {"months_since": self._months_since, "years_since": self._years_since})

    def _days(self, fact: str) -> Interval:
        first, last = self.day(fact)
        return Interval(Decimal(((first or _EPOCH) - _EPOCH).days), Decimal(((last or self.as_of) - _EPOCH).days))

    def _months_since(self, days: Interval) -> Interval:
        first, last = (_EPOCH + timedelta(days=int(d)) for d in (days.low, days.high))
        return Interval(months_between(last, self.as_of), months_between(first, self.as_of))

    def _years_since(self, days: Interval) -> Interval:
        months = self._months_since(days)
        return Interval(months.low / 12, months.high / 12)

    def day(self, fact: str) -> tuple[date | None, date | None]:
        """First and last day that a date fact may mean; None where it is unknown."""
        said = self.facts.get(fact)
        if said is None:
            return None, None
        if isinstance(said.low, date) and isinstance(said.high, date):
            return said.low, said.high
        if not isinstance(said.value, date):
            raise FactError(f"「{self.spec(fact).name}」（{fact}）应当是日期，例如：{self.spec(fact).example}。")
        return said.value, said.value

    def flag(self, fact: str) -> bool | None:
        """A yes/no fact; None when unknown."""
        said = self.facts.get(fact)
        if said is not None and not said.parts:
            return bool(said.value)
        return None

    def choices(self, fact: str) -> frozenset[str]:
        """The choices that remain possible."""
        said = self.facts.get(fact)
        every = frozenset(self.spec(fact).choices)
        return said.value & every if said is not None and isinstance(said.value, frozenset) else every

    def settled(self, fact: str) -> bool:
        """Whether one value is known, directly or through what the fact derives from."""
        if fact in self.facts:
            return self.facts[fact].exact
        return self.spec(fact).numeric and self.number(fact).exact


def _said(spec: FactSpec, said: FactValue) -> Interval:
    if isinstance(said.low, Decimal) and isinstance(said.high, Decimal):
        return Interval(said.low, said.high)
    if not isinstance(said.value, Decimal):
        raise FactError(f"「{spec.name}」（{spec.id}）应当是数，例如：{spec.example}。")
    return point(said.value)


def months_between(first: date, last: date) -> Decimal:
    """Months from one day to another; a begun month counts by its days in 31sts (0 when last is earlier)."""
    if last < first:
        return Decimal(0)
    months = (last.year - first.year) * 12 + last.month - first.month
    days = last.day - first.day
    if days < 0:
        months, days = months - 1, days + 31
    return Decimal(months) + (Decimal(days) / 31 if days else 0)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day when it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
