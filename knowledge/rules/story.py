"""From a citizen's words to facts: deterministic, driven by the words in the data, silent when in doubt.

``read_story`` reads a message in the light of what was said before; ``story_reply`` reads the reply to one
question. What can be read in two ways goes to ``unclear`` and is asked, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from knowledge.errors import FactError
from knowledge.rules.facts import (
    Facts,
    FactSpec,
    FactValue,
    Part,
    Value,
    as_number,
    checked,
)
from knowledge.rules.lexicon import compile_lexicon
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.story_numbers import Quantity, quantities_in
from knowledge.rules.story_people import PEOPLE
from knowledge.rules.story_reading import read
from knowledge.rules.story_text import Reading, Readings, fact_value, fits
from knowledge.rules.story_values import combined

_CORRECTION = re.compile(
    r"^是(?=[\d一二两三四五六七八九十])|不对|[说报算数][少多漏]了|少[说报算数]了|说错了|搞错了|弄错了|记错了|写错了|打错了|报错了|算错了|看错了|数错了|错了|更正|纠正|改成|改为|改一下|换成|应该是|其实是|准确说|准确地说|(?:涨|增|增加|扩|减|降)到(?=[\d一二两三四五六七八九十百]+(?:个|人|名))|那(?=(?:\d+|[一二两三四五六七八九十]+)(?:个|名|位)?人?呢)|(?:^|(?<=[，,。！!]))(?:哦|噢|啊|哎|呃|嗯)?不是[，,]?(?=(?:\d+|[一二两三四五六七八九十]+)(?:个|人|名|位|本|张|万|千)|[俩仨])|就按(?=[\d一二两三四五六七八九十百]+[个人名本])|(?:^|(?<=[，,。；;！!？?那可但]))(?:要是|如果是|假如)"
)
# Somebody looked again: a number told after this stands for the like one told before (「翻了账，去年交的是6万8」).
LOOKED_UP = re.compile(
    r"(?:翻|查|核|核对|看|对|算|问)(?:了|过)(?:一?下|一遍|半天)?(?:账本?|账目|单子|报表|台账|明细|记录|合同|财务|会计|人事)|(?:又|重新|再|后来|刚才?)(?:去)?(?:核|查|数|翻|算)(?:实|对)?了|(?:财务|会计|人事)(?:那边|上)?(?:刚|又)?(?:说|讲|告诉我|回话)"
)
_DENIED = re.compile(
    r"(?P<about>[^，,。；;！!？?]*?)(?<!是)不是[^，,。；;是]{0,6}?[\d一二两三四五六七八九十半俩仨][^，,。；;是]{0,6}?[，,]?(?:而|应该)?是(?=\S)"
)
_ADDED = re.compile(r"再|又|还")  # 「要是又考了中级呢」 adds one
_FEW = 500  # a bare number corrects a count only when it is no sum of money


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that can be read in two ways: the fact to ask for, the words, and why."""

    fact: str
    raw: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """All facts known after a message (earlier ones included), and what the message left unclear.

    ``new``: ids stated or changed by this message. ``unknown``: facts the citizen says they do not know.
    """

    facts: Facts
    unclear: tuple[Unclear, ...] = ()
    new: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass
class _Draft:
    """Facts while a message is being read, in the order of mention."""

    specs: Mapping[str, FactSpec]
    facts: dict[str, FactValue]
    new: dict[str, None] = field(default_factory=dict)
    corrected: dict[str, None] = field(default_factory=dict)
    unclear: dict[str, Unclear] = field(default_factory=dict)

    def put(self, value: FactValue) -> None:
        self.facts.pop(value.fact, None)
        self.facts[value.fact] = value
        for older in [s.id for s in self.specs.values() if s.id not in self.new and _rests_on(s, value.fact)]:
            self.facts.pop(older, None)  # staff said anew: insured staff taken from an older number no longer hold
        self.new[value.fact] = None
        self.unclear.pop(value.fact, None)

    def doubt(self, fact: str, raw: str, why: str) -> None:
        self.facts.pop(fact, None)
        self.new.pop(fact, None)
        self.unclear[fact] = Unclear(fact, raw, why)


def _rests_on(spec: FactSpec, fact: str) -> bool:
    """Whether a fact is another one by another name, or a product of it (days worked by so many people)."""
    return spec.derive == fact or ("*" in (spec.derive or "") and fact in spec.derived_from)


def read_story(rulebook: Rulebook, text: str, as_of: date, earlier: Facts | None = None) -> Story:
    """Read one message. Facts of ``earlier`` stay unless the message changes them."""
    lexicon = compile_lexicon(rulebook)
    draft = _Draft(rulebook.facts, dict(earlier or {}))
    for stretch, correcting in _stretches(text, bool(earlier)):
        readings = read(stretch, as_of, lexicon)
        _take(draft, readings, correcting)
    _taken_off(draft, earlier or {}, text)
    _holders(draft, text)
    return _finish(draft, earlier or {})


@lru_cache(maxsize=1024)
def read_apart(rulebook: Rulebook, text: str, as_of: date) -> Story:
    """A stretch of a message read by itself, once for all the benefits that it may tell of."""
    return read_story(rulebook, text, as_of)


def _stretches(text: str, goes_on: bool) -> Iterable[tuple[str, bool]]:
    """The message cut at words of correction; the stretch after such a word corrects what went before.

    :param goes_on: something was told earlier, which a number looked up since then corrects.
    """
    text = _DENIED.sub(r"不对，\g<about>是", text)
    if goes_on:
        text = LOOKED_UP.sub("不对，", text, count=1)
    at = 0
    for m in _CORRECTION.finditer(text):
        if m.start() > at:
            yield text[at : m.start()], at > 0
        at = m.end()
    yield text[at:], at > 0


def _take(draft: _Draft, readings: Readings, correcting: bool) -> None:
    before = dict(draft.facts)
    grouped: dict[str, list[Reading]] = {}
    for reading in readings.found:
        if reading.value.fact and not reading.negated:
            grouped.setdefault(reading.value.fact, []).append(reading)
    for fact, found in grouped.items():
        spec = _redirected(draft, draft.specs[fact]) if correcting else draft.specs[fact]
        found = [replace(r, value=replace(r.value, fact=spec.id)) for r in found]
        if correcting and len(found) == 1 and spec.type == "count" and not _ADDED.search(readings.text):
            _replaced(draft, spec, found[0].value, grouped)
        _settle(draft, spec, found, correcting, readings.text)
    for fact, raw in readings.vague:
        draft.doubt(fact, raw, "算不算这一类说不准")
    if correcting:
        for q in (q for q in readings.unclaimed if not readings.denied(q)):
            _correct(draft, before, q)
        _restated(draft, before, readings)
    for q in readings.unclaimed:
        _settles(draft, before, q)


def _settles(draft: _Draft, before: Mapping[str, FactValue], q: Quantity) -> None:
    """「招了几个大学生」 … 「5个人都是6月来的」: the exact number of the one group counted only vaguely."""
    vague = [f for f, v in before.items() if f in draft.facts and draft.specs[f].type == "count" and not v.exact and not v.parts]
    if len(vague) != 1 or not q.exact or q.unit not in PEOPLE or draft.facts[vague[0]] is not before[vague[0]]:
        return
    low, high = as_number(before[vague[0]].low), as_number(before[vague[0]].high)
    if low is not None and high is not None and low <= q.value <= high:
        draft.put(fact_value(draft.specs[vague[0]], q))


def _settle(draft: _Draft, spec: FactSpec, found: list[Reading], correcting: bool, text: str) -> None:
    """One value out of all that a stretch says about a fact, or a doubt."""
    if found[0].value.value == frozenset({"all"}):
        whole = total_of(spec, draft.specs, draft.facts)
        if whole is not None:
            draft.put(FactValue(spec.id, whole.value, f"都是{found[0].value.raw}", whole.low, whole.high))
        return
    value = combined(spec, found, draft.facts.get(spec.id), text)
    if value is None:
        draft.doubt(spec.id, "、".join(r.value.raw for r in found), "前后说法不一样")
        return
    if not in_bounds(spec, value):
        draft.doubt(spec.id, value.raw, "数字不合常理")
        return
    if correcting and spec.id in draft.facts and draft.facts[spec.id].value != value.value:
        draft.corrected[spec.id] = None
    draft.put(_with_the_others(value, draft.facts.get(spec.id)))
    for other, implied in spec.implies.items():
        if (other not in draft.facts or correcting) and value.value not in (False, Decimal(0)):
            said: Value = implied if isinstance(implied, bool) else frozenset({implied})
            draft.put(FactValue(other, said, value.raw))


def _with_the_others(value: FactValue, before: FactValue | None) -> FactValue:
    """What is told of some people leaves what was told of all before to the others (「另外一个也签了两年」, 「有一个只签了半年」)."""
    told_of_all = before is not None and before.exact and not before.parts
    if not value.parts or not told_of_all or any(p.count is None for p in value.parts):
        return value
    assert before is not None
    if all(p.value == before.value for p in value.parts):
        return before
    rest = Part(None, before.value, as_number(before.low), as_number(before.high), raw=before.raw)
    return replace(value, parts=(*value.parts, rest))


def total_of(spec: FactSpec, specs: Mapping[str, FactSpec], facts: Facts) -> FactValue | None:
    """The nearest stated total of a category, e.g. 「招了6个人」 for 「都是应届生」."""
    whole = spec.part_of
    while whole is not None and whole not in facts:
        whole = specs[whole].part_of
    return facts[whole] if whole is not None else None


def _redirected(draft: _Draft, spec: FactSpec) -> FactSpec:
    """A corrected total (「要是招8个呢」) means the one category stated so far, when there is just one."""
    parts = [f for f in draft.facts if total_of(draft.specs[f], draft.specs, {spec.id: FactValue(spec.id, True)})]
    return draft.specs[parts[0]] if len(parts) == 1 and spec.id not in draft.facts else spec


def _replaced(draft: _Draft, spec: FactSpec, value: FactValue, mentioned: Iterable[str]) -> None:
    """「不对，是高级证」: the category stated before gives way to the one named now, when their numbers agree."""
    others = [
        f for f in draft.facts if f not in mentioned and f != spec.id and spec.part_of and draft.specs[f].part_of == spec.part_of
    ]
    if len(others) == 1 and spec.id not in draft.facts and draft.facts[others[0]].value == value.value:
        del draft.facts[others[0]]
        draft.corrected[spec.id] = None


def in_bounds(spec: FactSpec, value: FactValue) -> bool:
    """Whether a value is one that its fact allows."""
    if not isinstance(value.value, Decimal):
        return True
    try:
        checked(spec, value.value if spec.type != "count" else value.value.to_integral_value(), value.raw)
    except FactError:
        return False
    return spec.type != "count" or value.value == value.value.to_integral_value()


def _correct(draft: _Draft, before: Mapping[str, FactValue], q: Quantity) -> None:
    """A bare number after a correction replaces the last fact it can stand for, unless it only sums up (「再加一个…仨人一共给多少」)."""
    people = [v.value for f, v in draft.facts.items() if draft.specs[f].type == "count" and draft.specs[f].part_of]
    if len(people) > 1 and q.unit in PEOPLE and sum(v for v in people if isinstance(v, Decimal)) == q.value:
        return
    for fact in reversed(list(before)):
        spec = draft.specs.get(fact)
        counted = spec is None or spec.type != "count" or (1 < q.value < _FEW) or (q.unit in PEOPLE and q.value != 1)
        if spec is not None and spec.numeric and fits(spec, q) and counted and fact in draft.facts:
            draft.put(fact_value(spec, q))
            draft.corrected[fact] = None
            return


def _restated(draft: _Draft, before: Mapping[str, FactValue], readings: Readings) -> None:
    """「说错了，32是一个车间的，全厂是232个人」: the old number is said again with what it really was, and the new one beside it."""
    said = readings.quantities
    for fact, value in before.items():
        spec = draft.specs[fact]
        again = [q for q in said if spec.numeric and q.exact and q.value == value.value and fits(spec, q)]
        others = [q for q in said if q.exact and q not in again and fits(spec, q) and q.value > 1]
        if spec.type == "count":
            others = [q for q in others if q.unit in PEOPLE or q.value < _FEW]
        if spec.type in ("count", "money") and again and again[0] == said[0] and len(others) == 1 and fact in draft.facts:
            draft.put(fact_value(spec, others[0]))
            draft.corrected[fact] = None


def _holders(draft: _Draft, text: str) -> None:
    """「初级证8人」「员工里4个高级」: things of several people, each with one, so that a limit per person binds each alone."""
    for fact in [f for f in draft.new if f in draft.facts and draft.specs[f].holders]:
        spec = draft.specs[fact]
        raw = draft.facts[fact].raw
        several = any(w in text for w in spec.holder_words) or raw.endswith(("人", "名", "位")) or _who_passed(text, raw)
        same = [draft.facts[f].value for f in draft.facts if draft.specs[f].holders == spec.holders]
        if several and spec.holders and spec.holders not in draft.new:
            draft.put(
                FactValue(spec.holders, sum((v for v in same if isinstance(v, Decimal)), Decimal(0)), draft.facts[fact].raw)
            )


_OFF = re.compile(
    r"(?:去掉|除去|除掉|除了|刨去|刨掉|扣掉|扣除|减去|不算|抛开|剔除)(?:这|那|他|她)?(?:们)?(?P<number>俩|仨|[一二两三四五六七八九十]|\d{1,3})(?:个|人|名)?(?:人)?(?![\d年月天岁块元])"
)


def _taken_off(draft: _Draft, earlier: Facts, text: str) -> None:
    """「去掉他俩再算算」: so many fewer of the one number of people told of before."""
    m = _OFF.search(text)
    off = quantities_in(m["number"] + "个" if m["number"] not in ("俩", "仨") else m["number"]) if m else ()
    counted = [
        f
        for f, v in earlier.items()
        if draft.specs[f].type == "count" and v.exact and isinstance(v.value, Decimal) and v.value > 1
    ]
    narrow = [f for f in counted if not any(draft.specs[g].part_of == f for g in counted)]
    if m is None or not off or len(narrow) != 1:
        return
    before = earlier[narrow[0]]
    assert isinstance(before.value, Decimal)
    if before.value > off[0].value:
        draft.put(FactValue(narrow[0], before.value - off[0].value, f"{before.raw}，{m.group(0)}"))
        draft.corrected[narrow[0]] = None


def _who_passed(text: str, raw: str) -> bool:
    """「有4个考出中级的」 counts people."""
    return bool(raw) and re.search(re.escape(raw) + r"(?:人)?(?:都)?(?:考|拿|取得|过了|评)", text) is not None


def _who_remain(draft: _Draft, earlier: Facts) -> None:
    """「走了6个，现在就38个」 after 「44个」: the number told now is without those who left."""
    for left in {s.remains_of for s in draft.specs.values() if s.remains_of} & draft.new.keys():
        gone = draft.facts[left].value
        for fact in draft.new.keys() & earlier.keys():
            then, now = earlier[fact].value, draft.facts[fact].value
            if fact != left and isinstance(then, Decimal) and isinstance(now, Decimal) and then - now == gone:
                draft.facts[left] = FactValue(left, Decimal(0), draft.facts[left].raw)
                return


def _finish(draft: _Draft, earlier: Facts) -> Story:
    _who_remain(draft, earlier)
    facts = dict(draft.facts)
    return Story(facts, tuple(draft.unclear.values()), tuple(f for f in draft.new if f in facts), tuple(draft.corrected))
