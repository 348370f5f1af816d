"""The reply to a question that was asked: 「没有」「都是」「两年」「从3月开始」, and whatever else it tells."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from knowledge.errors import FactError
from knowledge.rules.facts import Facts, FactSpec, FactValue, date_value, parse_fact, unknown_fact
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.story import Story, Unclear, in_bounds, read_story, total_of
from knowledge.rules.story_dates import days_in
from knowledge.rules.story_numbers import quantities_in
from knowledge.rules.story_reading import since
from knowledge.rules.story_text import fact_value, fits, rate_fits

_DONT_KNOW = re.compile(
    r"不清楚|不知道|不了解|不确定|不太清楚|不好说|说不准|说不好|没数|忘了|记不清|不记得|不晓得|不懂|没算过|不明白|拿不准|不造|弄不清|没问过|没统计|再说吧|跳过|不想说|不方便"
)
_SOFT = "(?:都|也|已经|早就|早|一直|全|肯定|当然|应该|还|从来|压根|根本|暂时|好像|我|我们|他们|就|确实|嗯|哦|啊)*"
_YES = re.compile(
    rf"^{_SOFT}(?:是|有|对|嗯|没错|交|缴|签|办|上|买|算|能|可以|行|好|会|符合|考|领|在|参加|属于|认定|满|够|裁|yes|y$|ok)", re.I
)
_NO = re.compile(rf"^{_SOFT}(?:没|不|未|无|否|哪有|no|n$)", re.I)
_NONE = re.compile(
    rf"^{_SOFT}(?:没(?:有|签|交|缴|裁|招|领|人|过|呢|啊)*|一[个次](?:都|也)?没.{{0,3}}|零|0个?|都不是|不是|无)(?:[，,。！!啊呀呢的].*)?$"
)
_EVERY = re.compile(r"^(?:都是|全是|全部|全都是|都算|全部都是|都是的|对，?都是)")


def answer_fact(rulebook: Rulebook, fact_id: str, text: str, as_of: date, earlier: Facts | None = None) -> Story:
    """Read the reply to the question of one fact; whatever else the reply says is read too.

    :raises FactError: nobody defines the fact.
    """
    if fact_id not in rulebook.facts:
        raise unknown_fact(fact_id, rulebook.facts)
    spec = rulebook.facts[fact_id]
    story = read_story(rulebook, text, as_of, earlier)
    stripped = re.sub(r"\s+", "", text).strip("。！!~～.")
    siblings = [f for f in story.new if rulebook.facts[f].about == spec.about and rulebook.facts[f].part_of == spec.part_of]
    if fact_id in story.new or (siblings and spec.part_of):
        return story
    value = _reply(rulebook, spec, stripped, as_of, earlier or {})
    taken = {story.facts[f].raw for f in story.new}  # 「30人裁7」 answers no question about a sum
    if value is not None and in_bounds(spec, value) and not (spec.numeric and value.raw in taken):
        facts = {**{k: v for k, v in story.facts.items() if k != fact_id}, fact_id: value}
        unclear = tuple(u for u in story.unclear if u.fact != fact_id)
        return Story(facts, unclear, (*story.new, fact_id), story.corrected)
    if _DONT_KNOW.search(stripped):
        return Story(story.facts, story.unclear, story.new, story.corrected, (fact_id,))
    if any(u.fact == fact_id for u in story.unclear):
        return story
    return Story(story.facts, (*story.unclear, Unclear(fact_id, text, "没有看懂这个回答")), story.new, story.corrected)


def _reply(rulebook: Rulebook, spec: FactSpec, text: str, as_of: date, earlier: Facts) -> FactValue | None:
    """The value of a short reply; None when it does not answer."""
    if spec.numeric:
        return _number_reply(rulebook, spec, text, as_of, earlier)
    if _DONT_KNOW.search(text) or not text:
        return None
    if spec.type == "bool":
        no, yes = _NO.match(text), _YES.match(text) and not re.search(r"[没不未]", text[1:])
        return FactValue(spec.id, bool(yes), text) if yes or no else None
    if spec.type == "choice":
        return _parsed(spec, text, as_of)
    if spec.type == "date":
        days = days_in(text, as_of)
        return date_value(spec.id, days[0].first, days[0].last, days[0].raw) if len(days) == 1 else None
    return None


def _number_reply(rulebook: Rulebook, spec: FactSpec, text: str, as_of: date, earlier: Facts) -> FactValue | None:
    if spec.type in ("count", "months", "money", "percent") and _NONE.match(text):
        return FactValue(spec.id, Decimal(0), text)
    whole = total_of(spec, rulebook.facts, earlier)
    if _EVERY.match(text) and whole is not None:
        return FactValue(spec.id, whole.value, text, whole.low, whole.high)
    days = days_in(text, as_of)
    if spec.type in ("months", "years") and len(days) == 1 and re.search(r"从|开始|起|以来|到现在|至今|的时候", text):
        return since(spec, days[0], as_of)
    found = [q for q in quantities_in(text) if (fits(spec, q) or q.unit == "") and rate_fits(spec, text, q)]
    if len(found) != 1 or (spec.type in ("months", "years") and found[0].unit == ""):
        return None
    return fact_value(spec, found[0])


def _parsed(spec: FactSpec, text: str, as_of: date) -> FactValue | None:
    try:
        return parse_fact(spec, text, as_of)
    except FactError:
        return None
