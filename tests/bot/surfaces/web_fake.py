"""A stand-in for the advisor: real documents, made-up sums, an answer of every kind by a word in the question."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import knowledge
from bot.errors import RequestError
from bot.privacy import mask
from bot.types import (
    Answer,
    CalculationResult,
    CalculationStep,
    Citation,
    ConditionResult,
    Conversation,
    EligibilityResult,
    Exchange,
    Missing,
    Notice,
    OnEvent,
    Reply,
)
from knowledge.errors import FactError
from knowledge.rules.eligibility import ValidityState
from knowledge.texts.library import load_library
from knowledge.types import Measure

TODAY = date(2023, 10, 15)
RATE = Decimal(111)  # of no document
NASTY = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


@dataclass(frozen=True)
class View:
    """What ``Advisor.measure`` returns, as far as the page looks at it."""

    id: str
    label: str
    section: str
    text: str
    start: int
    end: int
    region_name: str = "济南市"


class FakeAdvisor:
    """Same methods as the advisor; keeps the questions it was asked."""

    def __init__(self) -> None:
        self.library = load_library([Path(knowledge.__file__).parent / "data" / "documents"])
        self.asked: list[tuple[Conversation, str]] = []
        self.validities: dict[str, ValidityState] = {}

    def start(self, region: str | None = None, as_of: date | str | None = None) -> Conversation:
        if region and region not in dict(self.regions()):
            raise RequestError(f"没有地区 {region}")
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return Conversation(uuid.uuid4().hex, region, day)

    def reply(
        self, conversation: Conversation, question: str, *, engine: str | None = None, on_event: OnEvent | None = None
    ) -> Reply:
        self.asked.append((conversation, question))
        for step in ("screen", "understand", "retrieve", "draft", "verify"):
            if on_event:
                on_event(("step", step))
            if on_event and step == "draft" and "依据" in question:
                on_event(("citations", self._answer(question, conversation).citations[:1]))
            if "慢" in question and step == "draft":
                time.sleep(1.5)
        if "出错" in question:
            raise RuntimeError("a bug")
        answer = self._answer(mask(question).text, conversation)
        return Reply(answer, replace(conversation, exchanges=(*conversation.exchanges, Exchange(question, answer, None))))

    def _answer(self, question: str, conversation: Conversation) -> Answer:
        day = conversation.as_of or TODAY
        dated = [m for m in self.library.measures.values() if m.deadlines][:2]
        undated = next(m for m in self.library.measures.values() if not m.deadlines and len(m.text) > 400)
        citations = tuple(self._cite(n, m, day) for n, m in enumerate([*dated, undated], 1))
        common = {"id": uuid.uuid4().hex, "question": question, "as_of": day, "region": conversation.region, "engine": "builtin"}
        if "没有" in question:
            text = "现有文件里没有找到能回答这个问题的内容。"
            return Answer(**common, status="not_found", text=text, next_steps=("请拨打 12333 咨询。",))
        if "脚本" in question:
            return Answer(**common, status="answered", text=f"您说的是 {NASTY} **{NASTY}**[1]", citations=citations[:1],
                          warnings=(Notice(kind="partial", text=NASTY),), next_steps=(NASTY,))  # fmt: skip
        if "还差" in question:
            return Answer(**common, status="needs_info", text="还需要知道一件事。", missing=(Missing(fact="small", question="您是小微企业吗？"),),
                          calculations=(self._calculation("2", exact=False),))  # fmt: skip
        conditions = tuple(
            ConditionResult(text=f"第{i}项条件", verdict=v, citation=1) for i, v in enumerate(("met", "unmet", "unknown"), 1)
        )
        return Answer(
            **common, status="answered", text="**可以申请，一共 222 元**：算法见下[1]。\n\n> 原文：“……”[2]\n\n另外请看[3]。", citations=citations,
            calculations=(self._calculation("2", exact=True),),
            eligibility=(EligibilityResult(benefit="fake", name="示例待遇", verdict="unknown", amount="222.00", conditions=conditions),),
            warnings=(Notice(kind="exclusive", text="两项只能选一项。"),), next_steps=("请拨打 12333 咨询。",),
        )  # fmt: skip

    def _cite(self, n: int, measure: Measure, day: date) -> Citation:
        document = self.library.documents[measure.document]
        start = measure.deadlines[0].binds_start if measure.deadlines else measure.start + 30
        end = measure.deadlines[0].binds_end if measure.deadlines else start + 60
        until = measure.deadlines[0].until if measure.deadlines else None
        return Citation(
            n=n, measure=measure.id, document=document.id, title=document.title, doc_no=document.doc_no, issuer=document.issuer,
            issued=document.issued, label=measure.label, quote=document.text[start:end], start=start, end=end, valid_until=until,
            in_force=None if until is None else day <= until,
        )  # fmt: skip

    def _calculation(self, people: str, exact: bool) -> CalculationResult:
        total = format(RATE * Decimal(people), "f")
        step = CalculationStep(text=f"{RATE} 元/人 × {people} 人", value=total, unit="元", citation=1)
        return CalculationResult(
            benefit="fake", name="示例待遇", inputs={"people": people}, amount=f"{total}.00" if exact else None, low=None if exact else "0.00",
            high=None if exact else f"{total}.00", unit="元", is_maximum=False, steps=(step,) if exact else (),
        )  # fmt: skip

    def calculate(self, benefit: str, facts: Mapping[str, str], as_of: date | str | None = None) -> dict[str, Any]:
        people = facts.get("people", "")
        if facts.get("small", "是") not in ("是", "否"):
            raise FactError("看不出是“是”还是“否”")
        if not people.isdigit():
            raise FactError(f"「人数」的值「{people}」不是数")
        citation = self._cite(1, next(m for m in self.library.measures.values() if m.deadlines), TODAY)
        return {
            "calculation": self._calculation(people, exact=True).model_dump(mode="json"), "eligibility": {"benefit": "fake", "name": "示例待遇", "verdict": "met", "conditions": [{"text": "某项", "verdict": "met"}]}, "missing": [], "failing": None,
            "open": None, "validity": self.validity("fake", TODAY), "citations": [citation.model_dump(mode="json")],
        }  # fmt: skip

    def benefit_inputs(self, benefit: str) -> list[dict[str, Any]]:
        base = {"unit": "", "example": "", "choices": {}}
        return [
            {**base, "fact": "people", "name": "人数", "unit": "人", "type": "count", "ask": "几个人？"},
            {**base, "fact": "small", "name": "小微企业", "type": "bool", "ask": "您是小微企业吗？"},
        ]

    def measure(self, measure_id: str) -> View:
        found = self.library.measures.get(measure_id)
        if found is None:
            raise RequestError(f"没有条款 {measure_id}")
        return View(found.id, found.label, found.section, found.text, found.start, found.end)

    def search(self, query: str, as_of: date | None = None, region: str | None = None, k: int = 10) -> list[dict[str, Any]]:
        return [{"measure": m.id, "passage": m.text[:50], "score": 1.0} for m in list(self.library.measures.values())[:k]]

    def region_name(self, code: str) -> str:
        return {**dict(self.regions()), "370200": "青岛市"}.get(code, code)

    def validity(self, benefit: str, as_of: date) -> ValidityState:
        return self.validities.get(benefit, "in_force")

    def regions(self) -> list[tuple[str, str]]:
        return [("370100", "济南市"), ("370700", "潍坊市"), ("370000", "山东省")]
