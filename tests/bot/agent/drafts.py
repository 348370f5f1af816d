"""Drafts as a model might write them, made from the real points by a seeded generator: correct ones, and ones
corrupted in a known way. No policy fact is written here; every word and figure comes from the knowledge base."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.types import Ask, Conversation, Draft, Turn, Understanding
from knowledge.base import KnowledgeBase
from knowledge.numerals import Number, numbers_in
from knowledge.types import Point

ENGINE = "agent:scripted"
FIGURES = ("元", "%", "个月", "年", "元/人", "元/学时", "天", "人", "个百分点")
LONG_AFTER = date(2026, 11, 20)
CORRUPTIONS = ("figure", "moved_figure", "article", "repealed", "title", "city")


@dataclass(frozen=True)
class Sample:
    """A draft, the turn it answers, and what was done to it ('' for a correct one)."""

    draft: Draft
    turn: Turn
    corruption: str
    note: str = ""


class Generator:
    """Draws samples; the same seed gives the same samples."""

    def __init__(self, knowledge: KnowledgeBase, seed: int) -> None:
        self.knowledge, self.random = knowledge, random.Random(seed)
        self.points = [p for p in knowledge.points if not p.silent and len(p.plain) > 10 and "没有写" not in p.plain]

    def correct(self, count: int) -> Iterator[Sample]:
        """Drafts whose every sentence stands in its clause."""
        forms: tuple[Callable[[], Sample | None], ...] = (self._plain, self._sourced, self._listed, self._dated, self._expired)
        yield from self._draw(forms, count)

    def corrupted(self, count: int) -> Iterator[Sample]:
        """Drafts with exactly one defect, the kinds in turn."""
        forms: tuple[Callable[[], Sample | None], ...] = (
            self._changed_figure, self._moved_figure, self._invented_article, self._stale_as_current, self._swapped_title, self._other_city,
        )  # fmt: skip
        yield from self._draw(forms, count)

    def _draw(self, forms: tuple[Callable[[], Sample | None], ...], count: int) -> Iterator[Sample]:
        for i in range(count):
            sample = None
            while sample is None:
                sample = forms[i % len(forms)]()
            yield sample

    # ---- correct forms

    def _sample(self, text: str, quotes: tuple[tuple[str, str], ...], as_of: date, corruption: str = "", note: str = "",
                region: str | None = None) -> Sample:  # fmt: skip
        place = region or self.knowledge.library.document_of(quotes[0][0]).region
        question = "这件事是怎么规定的？"
        u = Understanding(question, question, Ask.LOOKUP, as_of, place)
        turn = Turn("t", question, Conversation("c", place, as_of), as_of, question, u)
        return Sample(Draft("answered", text, quotes, engine=ENGINE), turn, corruption, note)

    def _day(self, point: Point) -> date:
        """A day on which the point's clause is not over and not replaced."""
        return self.knowledge.library.document_of(point.measure).issued_from + timedelta(days=10)

    def _usable(self, point: Point, day: date) -> bool:
        return self.knowledge.validity(point.measure, point.quote, day).in_force is not False

    def _pick(self) -> Point | None:
        point = self.random.choice(self.points)
        return point if self._usable(point, self._day(point)) else None

    def _plain(self) -> Sample | None:
        point = self._pick()
        return point and self._sample(f"{point.plain.rstrip('。')}[M1]。", ((point.measure, point.quote),), self._day(point))

    def _sourced(self) -> Sample | None:
        point = self._pick()
        if point is None:
            return None
        measure = self.knowledge.library.measures[point.measure]
        document = self.knowledge.library.documents[measure.document]
        number = f"（{document.doc_no}）" if document.doc_no else ""
        text = f"根据《{document.title}》{number}“{measure.title}”，{point.plain.rstrip('。')}[M1]。"
        return self._sample(text, ((point.measure, point.quote),), self._day(point))

    def _listed(self) -> Sample | None:
        point = self._pick()
        if point is None:
            return None
        same = [p for p in self.points if p.measure == point.measure and self._usable(p, self._day(point))]
        chosen = self.random.sample(same, min(3, len(same)))
        lines = "\n".join(f"- {p.plain.rstrip('。')}[M{i}]。" for i, p in enumerate(chosen, 1))
        return self._sample(f"有这几点：\n{lines}", tuple((p.measure, p.quote) for p in chosen), self._day(point))

    def _dated(self) -> Sample | None:
        point = self._pick()
        if point is None:
            return None
        day = self._day(point)
        validity = self.knowledge.validity(point.measure, point.quote, day)
        if not validity.until:
            return None
        text = f"**{point.plain.rstrip('。')}**[M1]。\n\n**期限**：到{_chinese(validity.until)}为止，还剩{(validity.until - day).days}天[M1]。"
        return self._sample(text, ((point.measure, point.quote),), day)

    def _expired(self) -> Sample | None:
        point = self.random.choice(self.points)
        validity = self.knowledge.validity(point.measure, point.quote, LONG_AFTER)
        if validity.in_force is not False or not validity.until:
            return None
        text = f"这项政策的期限到{_chinese(validity.until)}，现在已经到期[M1]。\n\n当时的规定是：{point.plain.rstrip('。')}[M1]。"
        return self._sample(text, ((point.measure, point.quote),), LONG_AFTER)

    # ---- corruptions

    def _figures(self, point: Point) -> list[Number]:
        return [
            n for n in numbers_in(point.plain) if n.unit in FIGURES and n.value > 1 and not (n.unit == "年" and n.value > 1900)
        ]

    def _changed_figure(self) -> Sample | None:
        point = self._pick()
        figures = self._figures(point) if point else []
        if point is None or not figures:
            return None
        number = self.random.choice(figures)
        stated = {n.value for n in numbers_in(point.quote)} | {n.value * 12 for n in numbers_in(point.quote)}
        value = number.value * self.random.choice([Decimal(2), Decimal(3), Decimal(10), Decimal("0.5")]) + self.random.choice(
            [0, 1, 5]
        )
        value = value.to_integral_value()
        if value in stated or value == number.value or value <= 1:
            return None
        text = point.plain[: number.start] + f"{value}{number.unit}" + point.plain[number.end :]
        return self._sample(
            f"{text.rstrip('。')}[M1]。", ((point.measure, point.quote),), self._day(point), "figure", f"{number.raw} → {value}"
        )

    def _moved_figure(self) -> Sample | None:
        """A figure of another clause of the same document, put under this clause's token."""
        point = self._pick()
        figures = self._figures(point) if point else []
        if point is None or not figures:
            return None
        number = self.random.choice(figures)
        document = point.measure.split("/")[0]
        stated = {n.value for n in numbers_in(point.quote)}
        others = [
            (p, n) for p in self.points if p.measure.startswith(document) and p.measure != point.measure
            for n in self._figures(p) if n.unit == number.unit and n.value not in stated and n.value * 12 not in stated
        ]  # fmt: skip
        if not others:
            return None
        other, taken = self.random.choice(others)
        text = point.plain[: number.start] + taken.raw + point.plain[number.end :]
        quotes = ((point.measure, point.quote), (other.measure, other.quote))
        return self._sample(f"{text.rstrip('。')}[M1]。", quotes, self._day(point), "moved_figure", f"{number.raw} → {taken.raw}")

    def _invented_article(self) -> Sample | None:
        point = self._pick()
        if point is None:
            return None
        quotes = ((point.measure, point.quote),)
        plain = point.plain.rstrip("。")
        number = self.random.choice([31, 36, 42, 58, 77])
        form = self.random.randrange(3)
        text = (f"根据第{number}条，{plain}[M1]。", f"{plain}[M{number}]。", f"根据（{_numeral(number)}）的规定，{plain}[M1]。")[
            form
        ]
        return self._sample(text, quotes, self._day(point), "article", str(number))

    def _stale_as_current(self) -> Sample | None:
        point = self.random.choice(self.points)
        validity = self.knowledge.validity(point.measure, point.quote, LONG_AFTER)
        if validity.in_force is not False:
            return None
        plain = point.plain.rstrip("。")
        text = self.random.choice(
            [f"{plain}[M1]。", f"现在仍然可以申请：{plain}[M1]。", f"这项政策目前还在执行，没有到期。{plain}[M1]。"]
        )
        if any(w in plain for w in ("截至", "止", "到期", "期限到", "期满", "当时", "以前", "原来", "历史")):
            return None
        return self._sample(text, ((point.measure, point.quote),), LONG_AFTER, "repealed")

    def _swapped_title(self) -> Sample | None:
        point = self._pick()
        if point is None:
            return None
        library = self.knowledge.library
        own = library.documents[library.measures[point.measure].document]
        plain, quotes, day = point.plain.rstrip("。"), ((point.measure, point.quote),), self._day(point)
        form = self.random.randrange(3)
        other = self.random.choice([d for d in library.documents.values() if d.id != own.id])
        if form == 0:
            return self._sample(f"根据《{other.title}》，{plain}[M1]。", quotes, day, "title", other.title)
        if form == 1:
            return (
                self._sample(f"依据{other.doc_no}，{plain}[M1]。", quotes, day, "title", other.doc_no) if other.doc_no else None
            )
        text = library.measures[point.measure].text + own.title
        names = [
            b.name
            for b in self.knowledge.rulebook.benefits.values()
            if len(b.name) >= 6 and b.measure != point.measure and b.name.endswith(("补贴", "返还"))
        ]
        name = self.random.choice(names)
        if name in text or ("补贴" not in plain and "返还" not in plain):
            return None
        return self._sample(f"{name}是这样规定的：{plain}[M1]。", quotes, day, "title", name)

    def _other_city(self) -> Sample | None:
        """Another city's clause, or its figure, given out as the asker's own."""
        point = self._pick()
        if point is None or not self._figures(point):
            return None
        gazetteer = self.knowledge.gazetteer
        regions = {d.region for d in self.knowledge.library.documents.values()} - {"370000"}
        home = self.knowledge.library.document_of(point.measure).region
        if home not in regions:
            return None
        asker = self.random.choice(sorted(regions - {home}))
        name = gazetteer.name(asker)
        plain = point.plain.rstrip("。")
        owner = gazetteer.name(home)[:2]
        if owner in plain or owner in self.knowledge.library.measures[point.measure].label:
            return None
        text = self.random.choice([f"{name}的标准是：{plain}[M1]。", f"{plain}[M1]。", f"在{name[:2]}，{plain}[M1]。"])
        return self._sample(text, ((point.measure, point.quote),), self._day(point), "city", f"{owner} → {name}", region=asker)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    return f"{digits[number // 10]}十{digits[number % 10] if number % 10 else ''}"
