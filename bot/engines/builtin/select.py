"""Which measure and which of its points answer the question, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.engines.builtin.extract import extract
from bot.engines.builtin.kinds import stated
from bot.engines.builtin.match import match_benefits
from bot.types import Ask, Turn
from bot.understanding.cues import load_cues
from bot.understanding.parts import asks, content_runs
from knowledge.base import KnowledgeBase
from knowledge.numerals import numbers_in
from knowledge.texts.normalise import grams, matching_form
from knowledge.types import Hit, Point

# What an ask looks for among the aspects of a point.
ASPECTS: Mapping[Ask, frozenset[str]] = {
    Ask.AMOUNT: frozenset({"标准", "资金"}),
    Ask.VALIDITY: frozenset({"期限"}),
    Ask.DEPARTMENT: frozenset({"部门", "渠道"}),
    Ask.ELIGIBILITY: frozenset({"对象", "条件"}),
    Ask.COMBINATION: frozenset({"例外"}),
}
ASPECT_BONUS = 0.12
OFFICE_ONLY = 0.55  # who is responsible is no answer unless it was asked
FIGURE_LESS = 0.6  # asked “how much”: a point without a figure yields to the one that says there is none
OFFICE_ASPECTS = frozenset({"部门", "渠道"})
SUM_UNITS = frozenset({"元", "%", "元/人", "元/学时", "万元", "个百分点", "倍"})
_NOT_COUNTED = "(?!多?(?:人|名|个|户|家|亩|套|间|场|次|岗|位))"  # 「多少万人」 is no sum of money
_ASKS_SUM = re.compile(
    rf"多少钱|多少块|几块|几[百千万]{_NOT_COUNTED}|多少元|几个钱|百分之几|几个点|给多少|发多少|补多少|领多少|奖多少|多少补贴|补贴多少|数额|额度|多少万{_NOT_COUNTED}|返多少|贷多少|最高多少|最多多少|上限多少|封顶多少|比例|几成|怎么返|[高低多少]还是[高低多少]|哪[个边家](?:给|补|返|发|奖)?得?更?高|谁(?:给|补|返|发|奖)得?更?[高多]"
)
ASKS_COUNT = re.compile(
    r"(?:多少|(?<![好十])几)(?:个|多)?[百千万]?(?:人|名|位|家|场|间|处|所|个(?![月点百千万钱])|次|户|座|岗位|套)(?!之?[内后前]|民币)"
)
COUNTED_IN = frozenset({"人", "名", "位", "家", "场", "间", "处", "所", "个", "次", "户", "座", "套", "人次"})
_COUNT_WORDS = re.compile(r"(?:多少|几)(?:个|人|名|家|间|场|处|次|户|套|座)|人数|名额|数量")
_SUM_WORDS = re.compile(r"多少|几个点|数额|金额|标准|比例|额度|几成|利率|上限|多大|几个钱|单价")
_ASKS_DURATION = re.compile(r"(?<![好这那十头前近])几(?:年|个月|天)|多长时间|多久|多长|多少个?[年月天]")
_MONEY = re.compile(r"多少(?:钱|元|块)|几块|[补领返发给拿省贷报]多少|多少补贴|一共多少|总共多少|合计")
_DURATION = re.compile(r"(?<!\d)\d{1,2}\s*(?:年(?!\d)|个月|天)|[半一两三]年|\d{1,2}\s*月[至到]\d{1,2}\s*月")
_TIME_WORDS = re.compile(r"期限|截止|到期|多久|哪天|几年|几个月|什么时候|延期|有效|起止|年限")
_ASKED_OF = re.compile(
    r"([\u4e00-\u9fff]{2})(?:吗|么|不|没有?|多少|几[成个年])[？?。！!]*(?:$|(?=[，,；;\s]))"
)  # what the asking word stands at
_ASKS_WHICH = re.compile(r"多少|多[久长大高]|几|谁|哪|什么|啥|怎么|咋|如何")  # and not whether: 「有没有照顾」
_SUBJECT = 5  # characters after 「没有写」 that say of what something is not written
_HOW_TO = re.compile(r"材料|去哪|到哪|在哪|哪家|手续|怎么申|流程|几月开始|多久到账")
_ASKS_HOW_TO = re.compile(r"材料|手续|证|哪|怎么|咋|如何|流程|到账|多久|几[月号天]|时候|网|电话|找谁|办|申|报|递|要什么|要啥|交")
_CLAUSE = re.compile(r"[，,。！!？?；;\s]+")
_HOW_MUCH = re.compile(r"([\u4e00-\u9fff])多少")
CLEARLY = 1.15  # a silent point leads without words of its own only by this much more evidence
ASKED = 0.55  # a silent point that alone has a word of the question leads from this share of the best one's evidence
# A silent point that alone names something in the clause that asks what: from this share of the best one's evidence.
NAMED_SILENCE = 0.85
STATING = 0.35  # share of the best evidence from which a stretch of a new document leads because it states what is asked
SECOND_POINT = 0.78  # a further point is said when its evidence reaches this share of the first one's
MAX_POINTS = 3


@dataclass(frozen=True, slots=True)
class Selection:
    """The measure that carries the answer and its points, best first. ``silent``: it pointedly does not say."""

    hit: Hit
    points: tuple[Point, ...]
    scores: tuple[float, ...]

    @property
    def silent(self) -> bool:
        """Whether the best point is one that the documents leave open."""
        return bool(self.points) and self.points[0].silent


def point_score(point: Point, evidence: Mapping[str, float], ask: Ask) -> float:
    """Evidence for a point; one that speaks of what is asked for (amount, deadline, office) gains a little."""
    base = evidence.get(point.id, 0.0)
    if _is_office(point):
        return base + 1.0 if ask is Ask.DEPARTMENT else base * OFFICE_ONLY
    wanted = ASPECTS.get(ask, frozenset())
    return base + (ASPECT_BONUS if wanted & set(point.aspects) else 0.0)


def _is_office(point: Point) -> bool:
    """Whether a point only says who is responsible."""
    return "部门" in point.aspects and set(point.aspects) <= OFFICE_ASPECTS


def names_office(selection: Selection) -> bool:
    """Whether what is said first tells whom to ask, or that this is not written."""
    return bool(selection.points) and bool(OFFICE_ASPECTS & set(selection.points[0].aspects))


NAMED = 0.28  # asked for a sum, a point that rests on the clause of the one benefit that is named
KEPT = 0.6  # in a follow-up, a point that rests on the clause of the benefit under discussion


def _keep_to_benefit(
    ranked: list[tuple[float, Point]], turn: Turn, knowledge: KnowledgeBase, about: str | None
) -> list[tuple[float, Point]]:
    """A follow-up about a benefit (「到啥时候」) stays with its clause; so does a question that names one benefit of the measure
    (「招应届生的吸纳补贴多少钱」), and a choice made for a clause (``about``)."""
    u = turn.understanding
    quote = about
    if quote is None and u is not None and u.is_followup and u.benefit is not None:
        quote = knowledge.rulebook.benefits[u.benefit].spec.quote
    bonus = KEPT
    if quote is None and ranked and u is not None and _ASKS_SUM.search(u.question):
        quote, bonus = _named_clause(turn, knowledge, ranked[0][1].measure), NAMED
    if quote is None:
        return ranked
    kept = [(s + (bonus if p.quote in quote or quote in p.quote else 0.0), p) for s, p in ranked]
    return sorted(kept, key=lambda x: -x[0])


def _named_clause(turn: Turn, knowledge: KnowledgeBase, measure: str) -> str | None:
    """The clause of the one benefit of a measure that the question names."""
    named = [m.benefit for m in match_benefits(turn, knowledge) if m.named and m.benefit.measure == measure]
    return named[0].spec.quote if len({b.spec.subject for b in named}) == 1 else None


def _prefer_sums(ranked: list[tuple[float, Point]], asks_sum: bool) -> list[tuple[float, Point]]:
    """Asked for a sum, a point that states one, or says that none is stated, comes before points that merely do not."""
    if not asks_sum or not ranked or _speaks_of_sums(ranked[0][1]) or _clearly_silent(ranked):
        return ranked
    for i, (score, point) in enumerate(ranked):
        if score >= FIGURE_LESS * ranked[0][0] and _speaks_of_sums(point):
            return [ranked[i], *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _clearly_silent(ranked: list[tuple[float, Point]]) -> bool:
    """Whether a point that is silent about a sum has far more evidence than any that is not (「二级技师证补多少」)."""
    score, first = ranked[0]
    spoken = max((s for s, p in ranked if not p.silent), default=0.0)
    return first.silent and bool(ASPECTS[Ask.AMOUNT] & set(first.aspects)) and score >= CLEARLY * spoken


def _speaks_of_sums(point: Point) -> bool:
    if point.silent:
        return bool(_SUM_WORDS.search(_missing(point)))
    return _has_figure(point) and (not point.aspects or bool(ASPECTS[Ask.AMOUNT] & set(point.aspects)))


def _missing(point: Point) -> str:
    """What a silent point is silent about: 「文件没有写…」, without what the document does say (「，只写…」)."""
    return point.plain.split("只")[0]


def asks_the_missing(silent: Point, figure: str, question: str) -> bool:
    """Whether a question asks for the very figure that a silent point leaves open, and for nothing that it says is stated.

    「没有写省级…扶持资金多少，只说市级按1︰1配套」: 「省级项目给多少万」 does, 「市里再配多少」 does not.

    :param figure: what the figure is called.
    """
    missing = _missing(silent)
    stated = silent.plain.removeprefix(missing)
    return bool(stated) and bool(_pairs(figure) & _pairs(question)) and not set(question) & (set(stated) - set(missing))


def asks_duration(question: str) -> bool:
    """Whether a length of time is what is asked for, and no sum."""
    return bool(_ASKS_DURATION.search(question)) and not _MONEY.search(question)


def missing_duration(question: str, selection: Selection) -> bool:
    """Whether a length of time is asked for that none of the chosen points states."""
    states = any(p.silent or _states_duration(p) or (not p.aspects and stated(question, p.quote)) for p in selection.points)
    return asks_duration(question) and not states


def _states_duration(point: Point) -> bool:
    return bool(_DURATION.search(point.plain))


def _prefer_durations(ranked: list[tuple[float, Point]], question: str) -> list[tuple[float, Point]]:
    """Asked how long, a point that states a length of time, or says that none is stated, comes first."""
    if not asks_duration(question) or not ranked:
        return ranked
    for i, (score, point) in enumerate(ranked):
        says = bool(_ASKS_DURATION.search(_missing(point))) if point.silent else _states_duration(point)
        if score >= FIGURE_LESS * ranked[0][0] and says:
            return [ranked[i], *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _silence_in_its_place(
    ranked: list[tuple[float, Point]], question: str, asks_sum: bool, ask: Ask
) -> list[tuple[float, Point]]:
    """A silent point leads only when the question asks for what it is silent about.

    Either it shares words with the question that the rest of the measure does not have, or its evidence is clearly
    stronger, or a sum is asked for and no other point has a figure. Asked for a sum, a point that is silent about the procedure never leads.
    """
    spoken = [(s, p) for s, p in ranked if not p.silent]
    if not ranked or not spoken:
        return ranked
    known = frozenset().union(*(_pairs(p.plain) for _, p in spoken))
    ranked = _asked_silence_first(ranked, question, known)
    score, first = ranked[0]
    if not first.silent:
        return ranked
    missing = _missing(first)
    figured = any(s >= FIGURE_LESS * score and numbers_in(p.plain) for s, p in spoken)
    shared = (_pairs(missing) - known) & _pairs(question)
    naming = {pair for pair in shared if pair != "多少" and pair[0] != "能"}  # 「能贷」 in 「能贷几年」 names nothing
    own = bool(naming) or (bool(shared) and not _states_the_sum(question, spoken))
    fits = own or score >= CLEARLY * spoken[0][0] or (asks_sum and not figured)
    if (figured or not asks_sum) and _stated_after_all(first, question):
        fits = False
    if (
        any(ASKS_COUNT.search(c) and asks(c) for c in _CLAUSE.split(question))
        and not _COUNT_WORDS.search(missing)
        and _counted(spoken, score)
    ):
        fits = False  # how many people there are is stated; what is silent is about money
    if asks_sum and not (_SUM_WORDS.search(missing) or _clearly_silent(ranked)):
        fits = False
    sides = _pairs(missing.partition("没有写")[2][_SUBJECT:]) & _pairs(question) - known
    if _HOW_TO.search(missing) and not (sides or _ASKS_HOW_TO.search(question) or _SUM_WORDS.search(missing)):
        fits = False  # 「意外险补贴，高密有没有」 is no question about papers
    if ask is Ask.VALIDITY and not _TIME_WORDS.search(missing):
        fits = False  # 「还给不给」 is no question about how to apply
    return ranked if fits else [*spoken, *((s, p) for s, p in ranked if p.silent)]


def _counted(spoken: list[tuple[float, Point]], best: float) -> bool:
    """Whether a point with enough evidence tells how many there are of something."""
    return any(s >= FIGURE_LESS * best and any(n.unit in COUNTED_IN for n in numbers_in(p.plain)) for s, p in spoken)


def _stated_after_all(silent: Point, question: str) -> bool:
    """Whether the question asks for what a silent point says is stated (「没有写单独创业…，只写合伙…」 to 「合伙能贷多少」)."""
    asked = frozenset().union(*(_pairs(run) for run in content_runs(question)))
    stated = _pairs(silent.plain.removeprefix(_missing(silent)))
    missing = _pairs(_missing(silent))
    return bool(asked & (stated - missing)) and not asked & (missing - stated)


def _states_the_sum(question: str, spoken: list[tuple[float, Point]]) -> bool:
    """Whether a point gives a sum of what 「多少」 stands at (「能贷多少」: the most that is lent)."""
    asked = _HOW_MUCH.search(question)
    return asked is not None and any(_speaks_of_sums(p) and asked[1] in p.plain for _, p in spoken)


def _asked_silence_first(ranked: list[tuple[float, Point]], question: str, known: frozenset[str]) -> list[tuple[float, Point]]:
    """Something asked about that only a silent point has: the documents leave it open.

    Either what the asking word stands at (「商贷部分政府贴息吗」), or, where the evidence is nearly the best, any word of the
    clause that asks what (「网址是多少」).
    """
    if ranked[0][1].silent:
        return ranked
    named = (matching_form(m[1]) for m in _ASKED_OF.finditer(question))
    objects = frozenset(word for word in named if content_runs(word) == [word]) - known
    asked = _asked_words(question) - known
    for i, (score, point) in enumerate(ranked):
        share, own = score / ranked[0][0] if ranked[0][0] > 0 else 0.0, _pairs(_missing(point).partition("没有")[2])
        if point.silent and ((share >= ASKED and objects & own) or (share >= NAMED_SILENCE and asked & own)):
            return [ranked[i], *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _asked_words(question: str) -> frozenset[str]:
    """The word pairs of the clauses that ask for something, not whether, without those of the story around them."""
    clauses = (c for c in _CLAUSE.split(question) if asks(c) and _ASKS_WHICH.search(c))
    return frozenset().union(*(_pairs(run) for c in clauses for run in content_runs(c)))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(g for g in grams(matching_form(text), (2,)))


def _has_figure(point: Point) -> bool:
    return any(n.unit in SUM_UNITS for n in numbers_in(point.plain))


def is_written(knowledge: KnowledgeBase, measure_id: str) -> bool:
    """Whether somebody has written points for a measure; a freshly ingested document has only its sentences."""
    return measure_id in knowledge.points_of


def _stating_first(ranked: list[tuple[float, Point]], question: str) -> list[tuple[float, Point]]:
    """Of the stretches of a measure without written points, one that states the kind of thing that is asked for leads."""
    for i, (score, point) in enumerate(ranked):
        if score >= STATING * ranked[0][0] and not _is_office(point) and stated(question, point.quote):
            return [ranked[i], *ranked[:i], *ranked[i + 1 :]]
    return ranked


def hit_of(knowledge: KnowledgeBase, measure_id: str, score: float = 1.0) -> Hit:
    """A measure as if the search had found it."""
    measure = knowledge.library.measures[measure_id]
    document = knowledge.library.documents[measure.document]
    return Hit(measure, document, knowledge.searcher.passages[f"{measure_id}#0"], score)


def select(turn: Turn, knowledge: KnowledgeBase, hit: Hit, ask: Ask | None = None, about: str | None = None) -> Selection:
    """The points of a measure for this question, best first; extractive points when none are written.

    :param about: words of the clause that is meant, when more is known than the question says.
    """
    assert turn.understanding is not None
    ask = ask or turn.understanding.ask
    written = knowledge.points_of.get(hit.measure.id, ())
    candidates, evidence = written, turn.points
    if not written:
        asked = knowledge.in_policy_words(turn.understanding.question)
        found = extract(hit.measure, hit.document, asked, knowledge.searcher.encoder)
        candidates, evidence = found.points, found.evidence
    ranked = sorted(((point_score(p, evidence, ask), p) for p in candidates), key=lambda x: -x[0])
    ranked = _keep_to_benefit(ranked, turn, knowledge, about)
    question = turn.understanding.question
    asks_sum = bool(_ASKS_SUM.search(question))
    if not written and ask is not Ask.DEPARTMENT:
        ranked = _stating_first(ranked, question)
    elif written:
        ranked = _silence_in_its_place(_prefer_durations(_prefer_sums(ranked, asks_sum), question), question, asks_sum, ask)
    if load_cues().asks_source(question):  # what is not written stands in no article
        ranked = [r for r in ranked if not r[1].silent] or ranked
    if not ranked:
        return Selection(hit, (), ())
    best, first = ranked[0]
    chosen = [(best, first)]
    if ask is Ask.DEPARTMENT and _is_office(first):  # who is in charge, and of what
        chosen += [(score, p) for score, p in ranked[1:] if not _is_office(p) and not p.silent][:1]
        return Selection(hit, tuple(p for _, p in chosen), tuple(s for s, _ in chosen))
    for score, point in ranked[1:]:
        if len(chosen) == MAX_POINTS or score < SECOND_POINT * best or score <= 0:
            break
        if not point.silent and point.quote not in {p.quote for _, p in chosen} and not _is_office(point):
            chosen.append((score, point))
    return Selection(hit, tuple(p for _, p in chosen), tuple(s for s, _ in chosen))
