"""Building a draft line by line: sentences that carry tokens, and the evidence behind the tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.citations import TOKEN
from bot.claims import over_untold
from bot.kit import Kit
from bot.types import (
    CalculationResult,
    Draft,
    EligibilityResult,
    Missing,
    Notice,
    Status,
)
from knowledge.rules.facts import FactValue
from knowledge.types import Document, Measure

LABOUR_OFFICES = ("人力资源社会保障", "人社")

_COLLECTED = ("lines", "quotes", "calculations", "eligibility", "missing", "warnings", "next_steps", "learned", "figures")


@dataclass
class Writer:
    """Collects the parts of one draft. The only mutable thing in the engine; it never leaves a call."""

    kit: Kit
    as_of: date
    told: Mapping[str, FactValue] = field(default_factory=dict)  # what the asker said of himself
    lines: list[str] = field(default_factory=list)
    quotes: list[tuple[str, str]] = field(default_factory=list)
    calculations: list[CalculationResult] = field(default_factory=list)
    eligibility: list[EligibilityResult] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)
    learned: dict[str, FactValue] = field(default_factory=dict)  # facts found once the benefit was known
    tries: dict[tuple[int, str], tuple[object, object]] = field(
        default_factory=dict
    )  # sums tried, by id of the understanding (kept beside: its id stays its own)
    figures: list[str] = field(default_factory=list)  # sums of branches computed beside the main calculation

    def cite(self, measure_id: str, quote: str) -> str:
        """A token for a quoted clause; the same clause gets the same token."""
        key = (measure_id, quote)
        if key not in self.quotes:
            self.quotes.append(key)
        return f"[M{self.quotes.index(key) + 1}]"

    def say(self, line: str) -> None:
        """Add a paragraph."""
        if line and line not in self.lines:
            self.lines.append(line)

    def warn(self, kind: str, text: str) -> None:
        """Add a notice once."""
        notice = Notice.model_validate({"kind": kind, "text": text})
        if notice not in self.warnings:
            self.warnings.append(notice)

    def advise(self, step: str) -> None:
        """Add a next step once."""
        if step not in self.next_steps:
            self.next_steps.append(step)

    def refer(self, office: str) -> None:
        """The next step when a person should decide: the hotline, or the office that is responsible."""
        self.advise(f"拨打 12333，或联系{office}")

    def first_clause(self, start: int) -> tuple[str, str] | None:
        """The clause that the first marked sentence from line ``start`` on rests on."""
        marks = (TOKEN.search(line) for line in self.lines[start:])
        return next((self.quotes[int(m[1]) - 1] for m in marks if m), None)

    def copy(self) -> Writer:
        """A writer to try something on, so that nothing of it stays when it is not used."""
        own = {name: getattr(self, name).copy() for name in _COLLECTED}
        return replace(self, **own)

    def take(self, trial: Writer) -> None:
        """Keep what was tried on a copy."""
        for name in _COLLECTED:
            setattr(self, name, getattr(trial, name))

    def _note_lapsed(self) -> None:
        """A cited clause whose time has passed is never shown without saying so."""
        text = "\n".join(self.lines)
        used = [q for i, q in enumerate(self.quotes, 1) if f"[M{i}]" in text]
        if not {w.kind for w in self.warnings} & {"expired", "not_yet_issued"}:
            for key in used:
                if self._note(key):
                    break
        for source in over_untold(self._made("answered", None), self.kit.knowledge, self.as_of):
            self._note((source.measure.id, source.quote))

    def _note(self, key: tuple[str, str]) -> bool:
        """Say that a clause's time has passed; whether it has."""
        validity = self.kit.knowledge.validity(*key, self.as_of)
        if validity.until is None or validity.until >= self.as_of:
            return False
        note = self.kit.replies("validity.lapsed", until=chinese_date(validity.until), as_of=chinese_date(self.as_of))
        self.say(f"{note}{self.cite(*key)}。")
        self.warn("expired", note + "。")
        return True

    def draft(self, status: Status, benefit: str | None = None) -> Draft:
        """The finished draft."""
        self._note_lapsed()
        return self._made(status, benefit)

    def _made(self, status: Status, benefit: str | None) -> Draft:
        return Draft(
            status, "\n\n".join(self.lines), tuple(self.quotes), tuple(self.calculations), tuple(self.eligibility),
            tuple(self.missing), tuple(self.warnings), tuple(self.next_steps), benefit=benefit, figures=tuple(self.figures),
            learned=dict(self.learned),
        )  # fmt: skip


def chinese_date(day: date) -> str:
    """2023-12-31 → 「2023 年 12 月 31 日」 without inner spaces."""
    return f"{day.year}年{day.month}月{day.day}日"


def office_of(kit: Kit, document: Document, measure: Measure) -> str:
    """Whom to ask about a measure: its lead, else its labour department, else its first department."""
    names = ([measure.lead] if measure.lead else []) + list(measure.departments)
    labour = next((n for n in names if any(w in n for w in LABOUR_OFFICES)), None)
    if not names:
        return kit.knowledge.gazetteer.office_in(document.region)
    chosen = labour or names[0]
    place = kit.knowledge.gazetteer.name(document.region)
    if not names and place.endswith("省"):
        chosen = "人力资源社会保障厅"  # a province has a department, a city a bureau
    if chosen[0] in "市省" and chosen[1:2]:
        return place + chosen[1:]
    return chosen if chosen.startswith(place[:2]) else place + chosen


def quoted(name: str) -> str:
    """A name in quotation marks, unless it brings its own."""
    return name if "“" in name else f"“{name}”"


def source_line(document: Document, measure: Measure) -> str:
    """「《…实施方案》（济政办发〔2023〕10号）（十五）」."""
    number = f"（{document.doc_no}）" if document.doc_no else ""
    return f"《{document.title}》{number}{measure.place}"
