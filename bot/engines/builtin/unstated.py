"""What is asked for that the clause found does not state: a number, or a subsidy for something that nobody writes of."""

from __future__ import annotations

import re

from bot.engines.builtin.kinds import stated
from bot.engines.builtin.select import ASKS_COUNT, COUNTED_IN, SUM_UNITS, Selection
from bot.engines.builtin.writing import Writer
from bot.understanding.parts import asks, content_runs
from knowledge.base import KnowledgeBase
from knowledge.numerals import numbers_in
from knowledge.texts.normalise import matching_form

_ASKS_MONEY = re.compile(
    r"多少(?:钱|元|块|[一-龥]{0,4}(?:补贴|补助|津贴))|(?:补贴|补助|奖励|奖金|津贴|待遇|补|奖|发)(?:是|给|有|了)?多少[？?。]*$|给多少|几块钱|补多少"
)
_CLAUSE = re.compile(r"[，,。；;！!？?\s]+")
_IN_FULL = re.compile(r"全额|免费|免征|免交|不收|暂免|减半")
_SUBSIDY_FOR = re.compile(r"([\u4e00-\u9fff]{2})(?:的|有没有|有|给不给|给|能不能领|能领|能拿|领|发)*(?:补贴|补助|津贴)")
LIKE_A_SUM = 100  # a number without a unit from here on is heard as yuan
SHORT = 16  # a message this short is about the subsidy that it names, and tells no story around it


def missing_figure(question: str, selection: Selection) -> bool:
    """Whether a number is asked for (how much, how many people, how many places) that none of the chosen points states."""
    if not selection.points or selection.silent or _in_a_table(question, selection):
        return False
    said = [number for p in selection.points for number in (*numbers_in(p.plain), *numbers_in(p.quote))]
    question = "，".join(c for c in _CLAUSE.split(question) if asks(c))  # 「收了几个学生」 asks for no number
    if _ASKS_MONEY.search(question):
        return not any(n.unit in SUM_UNITS for n in said) and not _IN_FULL.search(selection.points[0].plain)
    return bool(ASKS_COUNT.search(question)) and not any(n.unit in COUNTED_IN or n.unit == "%" for n in said)


def _in_a_table(question: str, selection: Selection) -> bool:
    """Whether the number stands in a cell without its unit, which the head of the column says (「补贴标准（元/月）」)."""
    return any("|" in p.quote and stated(question, p.quote) for p in selection.points if not p.aspects)


def tells_a_sum(question: str) -> bool:
    """Whether a message puts a sum of money forward (「能贷30万吗」)."""
    return any(n.unit in SUM_UNITS or (not n.unit and n.value >= LIKE_A_SUM) for n in numbers_in(question))


def unnamed_subsidy(question: str, selection: Selection, writer: Writer) -> str | None:
    """What a subsidy is asked for (「搬家补助」), when neither the measure found nor what people call its benefits speaks of it."""
    form = matching_form(question)
    asked = _SUBSIDY_FOR.search(form)
    if asked is None or len(form) > SHORT or content_runs(asked[1]) != [asked[1]]:
        return None
    knowledge = writer.kit.knowledge
    measure = selection.hit.measure
    points = knowledge.points_of.get(measure.id, ())
    if not points:
        return None
    own = [b for b in knowledge.rulebook.benefits.values() if b.measure == measure.id]
    words = (measure.text, *(p.plain for p in points), *(q for p in points for q in p.questions))
    words = (*words, *(w for b in own for w in (b.name, *b.spec.aliases)))
    known = any(asked[1] in matching_form(w) for w in words) or asked[1] in _told_of(knowledge)
    return None if known else asked[1]


def spoken_only(selection: Selection) -> Selection:
    """The points that say something; what another clause leaves open is nothing about what was asked."""
    kept = [(p, s) for p, s in zip(selection.points, selection.scores, strict=True) if not p.silent]
    return Selection(selection.hit, tuple(p for p, _ in kept), tuple(s for _, s in kept)) if kept else selection


def _told_of(knowledge: KnowledgeBase) -> str:
    """The words with which people tell of themselves: who asks is nothing that a subsidy is for."""
    specs = {f.id: f for b in knowledge.rulebook.benefits.values() for f in b.facts.values()}
    words = (w for f in specs.values() for w in (*f.nouns, *(w for said in f.words.values() for w in said)))
    return matching_form("|".join(words))
