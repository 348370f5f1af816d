"""What the tools do, without the language-model library: arguments in, short text with tokens out.

Nothing here raises for what a model may ask; a mistake comes back as a sentence that names the next step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.engines.agent.desk import Desk
from bot.engines.builtin.contract import to_contract, verdict_to_contract
from bot.engines.builtin.extract import extract
from bot.engines.builtin.select import OFFICE_ASPECTS, select
from bot.types import Ask
from knowledge.errors import KnowledgeError
from knowledge.numerals import values_in
from knowledge.rules.calculator import calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.rulebook import Benefit
from knowledge.rules.screening import screen
from knowledge.texts.deadlines import sentences
from knowledge.texts.normalise import matching_form
from knowledge.types import Hit, Measure, Point

HITS = 5  # measures a search shows
POINTS = 3  # quotes of each
SENTENCES = 14  # of one measure
BENEFITS = 8  # a screening shows
FULL = "材料已经够多，不能再加了。请用已有的记号写出答复。"


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact that the model took from the user's words, with the words."""

    fact: str
    value: str
    said: str


def lay_first_evidence(desk: Desk, hits: Sequence[Hit]) -> None:
    """Put the best points of the turn's own search on the desk, after what the builtin engine laid there."""
    for hit in hits[:HITS]:
        for point in select(desk.turn, desk.kit.knowledge, hit).points[: POINTS - 1]:
            desk.cite(point.measure, point.quote)


def best_points(desk: Desk, measure: Measure, evidence: Mapping[str, float]) -> tuple[Point, ...]:
    """What a measure says about the question, best first; its nearest sentences when no points are written."""
    written = desk.kit.knowledge.points_of.get(measure.id, ())
    if not written:
        found = extract(measure, desk.kit.knowledge.library.document_of(measure.id), desk.understanding.standalone)
        written, evidence = found.points, found.evidence
    asks_office = desk.understanding.ask is Ask.DEPARTMENT
    return tuple(sorted(written, key=lambda p: (set(p.aspects) <= OFFICE_ASPECTS and not asks_office, -evidence.get(p.id, 0.0))))


def search_policies(desk: Desk, query: str, region: str = "") -> str:
    """Search the documents that bind the asker's region (or a named one) on the day."""
    u = desk.understanding
    knowledge = desk.kit.knowledge
    try:
        code = knowledge.gazetteer.resolve(region).code if region else u.region
        result = knowledge.search(query, desk.as_of, code, k=HITS)
    except KnowledgeError as problem:
        return str(problem)
    if not result.hits:
        return f"没有查到“{query}”。请换个说法再查一次；还没有，就写文件没有写。"
    lines = [desk.line(p.measure, p.quote) for h in result.hits for p in best_points(desk, h.measure, result.points)[:POINTS]]
    return "\n".join(dict.fromkeys(filter(None, lines))) or FULL


def read_measure(desk: Desk, measure: str) -> str:
    """One measure in full, a token a sentence."""
    library = desk.kit.knowledge.library
    found = library.measures.get(measure.strip())
    if found is None:
        seen = "、".join(desk.measures[:6]) or "先用 search_policies 查"
        return f"没有条款 {measure}。编号形如“文件/条号”，材料里有：{seen}。"
    if library.documents[found.document].issued_from > desk.as_of:
        return f"{measure} 所在的文件在适用日期还没有印发，不能作为依据。请用别的条款。"
    heading = found.label.rstrip("。")
    parts = [s.text.strip() for s in sentences(found.text) if s.text.strip().rstrip("。") != heading]
    lines = [desk.line(found.id, text) for text in parts[:SENTENCES]]
    return "\n".join(filter(None, lines)) or FULL


def calculate_benefit(desk: Desk, benefit: str, stated: Sequence[StatedFact] = ()) -> str:
    """Compute one benefit from what the user said; the model may only add facts that it can quote."""
    rulebook = desk.kit.knowledge.rulebook
    try:
        found = rulebook.find(benefit, desk.as_of, desk.understanding.region)
    except KnowledgeError as problem:
        return f"{problem} 请先用 match_benefits 看有哪些。"
    if not rulebook.issued(found, desk.as_of):
        return f"“{found.name}”在适用日期还没有印发。请换一项。"
    facts = _with_stated(desk, stated)
    return facts if isinstance(facts, str) else _computed(desk, found, facts)


def _with_stated(desk: Desk, stated: Sequence[StatedFact]) -> dict[str, FactValue] | str:
    """The facts understood so far with those that the model found in the user's words, or what is wrong with one of them."""
    facts: dict[str, FactValue] = dict(desk.understanding.facts)
    for fact in stated:
        value = _accepted(desk, fact)
        if isinstance(value, str):
            return value
        facts[value.fact] = value
    return facts


def _accepted(desk: Desk, fact: StatedFact) -> FactValue | str:
    """The parsed fact, or what is wrong with it: the words must be the user's, the number must be in the words."""
    words = matching_form(fact.said)
    if len(words) < 2 or words not in matching_form(desk.said):
        return f"“{fact.said}”不是用户的原话。said 要照抄用户说到“{fact.fact}”的那几个字；用户没说的不要填，直接请用户补充。"
    unsaid = values_in(fact.value) - values_in(fact.said)
    if unsaid:
        return f"{fact.fact} 的数 {fact.value} 不在“{fact.said}”里。只能用用户说过的数。"
    try:
        return desk.kit.knowledge.rulebook.fact(fact.fact, fact.value, desk.as_of)
    except KnowledgeError as problem:
        return str(problem)


def _computed(desk: Desk, benefit: Benefit, facts: Mapping[str, FactValue]) -> str:
    try:
        result = calculate(benefit, facts, desk.as_of, desk.kit.knowledge.library)
    except KnowledgeError as problem:
        return str(problem)
    base = desk.line(benefit.measure, benefit.spec.quote)
    if not base:
        return FULL
    desk.note_verdict(verdict_to_contract(desk.writer, benefit, result))
    lines = [base]
    if benefit.amount is not None:
        contract = to_contract(desk.writer, benefit, result, facts)
        lines.append(f"{desk.compute(contract) or FULL} {desk.sum_in_words(contract)}")
    if result.open_text:
        lines.append(f"文件没有写数额：{result.open_text}")
    for condition in result.assessment.conditions[:8]:
        state = {"met": "符合", "unmet": "不符合", "unknown": "用户还没说"}[condition.verdict]
        lines.append(f"条件“{condition.text}”：{state}{desk.cite(condition.measure, condition.quote)}")
    lines += [
        f"不能同时领：{'、'.join(x.names)}{desk.cite(x.measure or benefit.measure, x.quote)}" for x in benefit.spec.exclusions
    ]
    if result.missing:
        lines.append(f"还差：{benefit.facts[result.missing[0]].ask}（{result.missing[0]}）")
    return "\n".join(lines)


def match_benefits(desk: Desk, stated: Sequence[StatedFact] = ()) -> str:
    """The benefits in force that fit what the user said, most fitting first."""
    facts = _with_stated(desk, stated)
    if isinstance(facts, str):
        return facts
    rulebook = desk.kit.knowledge.rulebook
    found = [a for a in screen(rulebook, facts, desk.understanding.region, desk.as_of) if a.verdict != "unmet"][:BENEFITS]
    if not found:
        return "这个地区在适用日期没有还在期限内、又可能符合的待遇。请用 search_policies 查相关规定。"
    lines = []
    for assessment in found:
        b = rulebook.benefits[assessment.benefit]
        token = desk.cite(b.measure, b.spec.quote)
        needs = "、".join(f"{f}（{b.facts[f].name}）" for f in b.needs[:6]) or "无"
        state = "看起来符合" if assessment.verdict == "met" else "还差情况"
        standing = desk.standing(desk.kit.knowledge.library.measures[b.measure], b.spec.quote)
        lines.append(f"{token} {b.id}｜{b.name}｜{state}｜{b.spec.summary}｜{standing}｜测算要用的情况：{needs}")
    return "\n".join(lines)
