"""Counting people and things in a story by their nouns: 「6个应届生」「应届生6个」「应届生和失业青年各3个」「都是应届生」「考了中级证」."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.lexicon import STOP, Lexicon
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_text import (
    COUNTED_UNITS,
    HIRING,
    Reading,
    Text,
    before_in_clause,
    clause_end,
    clause_start,
    is_sum_of,
    reading_of,
)

PEOPLE = ("个", "人", "名")
_SENTENCE = STOP.replace("、", "")  # certificates are listed with 、 under one verb
_LINK = re.compile(
    r"^(?:[一-龥]{0,3}生)?(?:[，,：:](?=人数|共|一共|总共|总计|合计))?(?:人数|有|招了|招|共|一共|总共|总计|合计|是|为|录了|录用|来了|就|大概|差不多|占了?|的|数)*$"
)
_EACH = re.compile(r"各(?:考|拿|招|有|来|是|取得)?了?$")
_ALL = re.compile(r"(?:都是|全是|全都是|全部是|全部都是|均为|都|全)(?:些)?$")
_OBTAIN = re.compile(r"考|拿|取得|下来|发|过了|评|有|办|得")
_GOT = re.compile(r"考|拿|取得|下来|发|过了|评|得了|刚")
_DATED = re.compile(r"\d月|[一二三四五六七八九十]月|今年|去年|前年|上个?月|年底|年初")  # 「今年3月中级证」: obtained then
_INTENT = re.compile(r"没|想|打算|准备|要考|备考|报名|报考|不够|还差|去考|学")
_DENIED = re.compile(r"(?:不是|不算|不属于|并非|都不是|没有)$")
_NOBODY = Decimal(0)


_BETWEEN_PLACES = re.compile(r"[、和跟及与]")
_PLACES_EACH = re.compile(
    r"((?:[一-龥]{2,5}?[、和跟及与])+[一-龥]{2,5}?)(?:两[地市])?(?:都)?各(?:自)?(?:挂牌)?(?:设|建|开|办|搞|弄)?(?:立|起)?了?$"
)


def each(text: str) -> bool:
    """Whether a text ends in 「各」: the number after it is that of each kind."""
    return bool(_EACH.search(text))


@dataclass
class Claims:
    """Which quantities are taken, and which stretches of the text are used up."""

    taken: dict[int, Reading] = field(default_factory=dict)
    used: list[tuple[int, int]] = field(default_factory=list)
    vague: list[tuple[str, str]] = field(default_factory=list)
    weak: set[int] = field(default_factory=set)  # people of whom a rule only said what they are not

    def within(self, start: int, end: int) -> bool:
        """Whether a stretch lies inside a used one."""
        return any(a <= start and end <= b for a, b in self.used)


def counted(
    text: Text, nouns: tuple[re.Match[str], ...], lexicon: Lexicon, claims: Claims, strong: set[int]
) -> Iterator[Reading]:
    """Counts by their nouns; a claim on one quantity goes to ``claims``, what needs no own quantity is yielded."""
    bare = [m for m in nouns if lexicon.noun_facts[m.group(0)].bare]
    got = any(_GOT.search(before_in_clause(text.text, m.start(), _SENTENCE)) for m in bare)
    several = len({lexicon.noun_facts[m.group(0)].id for m in bare}) > 1
    uncounted = []
    numbered: set[str] = set()
    for m in nouns:
        spec = lexicon.noun_facts[m.group(0)]
        out_of_place = spec.beside and not any(w in text.text for w in spec.beside)
        if out_of_place or claims.within(m.start(), m.end()) or (spec.bare and not _obtained(text.text, m, got)):
            continue
        i = _counting(text, m, spec, lexicon, claims, strong)
        if i is None:
            uncounted.append(m)
        else:
            numbered.add(spec.id)
            q = text.quantities[i]
            claims.used.append((min(q.start, m.start()), m.end()))
            if _DENIED.search(text.text[q.end : max(q.end, m.start())]):
                claims.taken[i] = Reading(FactValue("", _NOBODY), q.start, q.end, True)  # 「另外4个不是贫困户」
                continue
            narrowed = reading_of(_narrowed(text.text, m, spec, lexicon, q), text, q)
            if each(text.text[: q.start]) and several_ages(text, q):
                claims.vague.append((spec.id, text.text[clause_start(text.text, q.start) : q.end]))
                claims.taken[i] = Reading(FactValue("", _NOBODY), q.start, q.end, True)
            elif each(text.text[: q.start]):
                yield narrowed
            else:
                claims.taken[i] = _place_by_place(narrowed, spec, text.text[: q.start])
    _continued(text, claims)
    for m in uncounted:
        spec = lexicon.noun_facts[m.group(0)]
        obtained_by = _obtained_by(text, m, spec, numbered)
        if obtained_by is not None:
            claims.used.append(m.span())
            yield Reading(FactValue(spec.id, obtained_by.value, obtained_by.raw), m.start(), m.end())
            continue
        if spec.part_of and spec.about == "hire" and spec.id not in numbered and _this_one(text.text, m):
            claims.used.append(m.span())
            yield Reading(FactValue(spec.id, Decimal(1), m.group(0)), m.start(), m.end())
        elif _ALL.search(before_in_clause(text.text, m.start())) and spec.part_of and spec.id not in numbered:
            claims.used.append(m.span())
            yield Reading(FactValue(spec.id, frozenset({"all"}), m.group(0)), m.start(), m.end())
        elif spec.bare and spec.id not in numbered and _stated_bare(text.text, m, got, several):
            claims.used.append(m.span())
            yield Reading(FactValue(spec.id, Decimal(1), m.group(0)), m.start(), m.end())


def _place_by_place(r: Reading, spec: FactSpec, before: str) -> Reading:
    """「上海、苏州各设了一个服务站」: as many as there are places."""
    places = _PLACES_EACH.search(before) if spec.about == "institution" else None
    if places is None or not isinstance(r.value.value, Decimal):
        return r
    number = r.value.value * len(_BETWEEN_PLACES.split(places[1]))
    return replace(r, value=replace(r.value, value=number, raw=f"{places.group(0)}{r.value.raw}"))


def _obtained_by(text: Text, noun: re.Match[str], spec: FactSpec, numbered: set[str]) -> Quantity | None:
    """「6个工人考了中级证」: as many certificates as people who obtained one."""
    if not spec.bare or spec.id in numbered:
        return None
    start = clause_start(text.text, noun.start())
    people = [
        q for q in text.quantities if start <= q.start and q.end <= noun.start() and q.unit in PEOPLE and q.exact and q.value > 1
    ]
    if len(people) != 1 or not re.match(r"[^（()）]{0,6}?(?:考|拿|取得|领)", text.text[people[0].end : noun.start()]):
        return None
    return people[0]


def _this_one(text: str, noun: re.Match[str]) -> bool:
    """「和那个应届女生签的合同」: one person whom the asker has taken on."""
    return bool(re.search(r"[那这]个$", text[: noun.start()]) and re.search(r"合同|签|招|录用|聘|来我|入职", text))


def several_ages(text: Text, q: Quantity) -> bool:
    """「19岁和22岁小伙各一个」: how many people that makes is asked, not worked out."""
    start = clause_start(text.text, q.start)
    return sum(1 for x in text.quantities if x.unit == "岁" and start <= x.start < q.start) > 1


def _continued(text: Text, claims: Claims) -> None:
    """「7月入职应届生5名，8月4名，10月3名」: more of the same people, day by day."""
    for i, q in enumerate(text.quantities):
        start = clause_start(text.text, q.start)
        dated = any(d.start == start and d.end == q.start for d in text.days)
        before = [r for j, r in sorted(claims.taken.items()) if j < i and r.value.fact and text.quantities[j].unit == q.unit]
        if dated and before and i not in claims.taken and q.unit in PEOPLE:
            value = FactValue(before[-1].value.fact, q.value, q.raw, None if q.exact else q.low, None if q.exact else q.high)
            claims.taken[i] = Reading(value, q.start, q.end, adds=True)


def _narrowed(text: str, noun: re.Match[str], spec: FactSpec, lexicon: Lexicon, q: Quantity) -> FactSpec:
    """「9个新毕业的本科生」: words before a broad noun that name one of its categories."""
    start = max(clause_start(text, noun.start()), noun.start() - 10, q.end if q.end <= noun.start() else 0)
    phrase = text[start : noun.end()]
    return next((s for s in lexicon.specs.values() if s.part_of == spec.id and any(w in phrase for w in s.modifiers)), spec)


def _counting(text: Text, noun: re.Match[str], spec: FactSpec, lexicon: Lexicon, claims: Claims, strong: set[int]) -> int | None:
    """The quantity that counts a noun: just before it, or just after it."""
    taken = {*claims.taken, *strong, *(text.sums if spec.about != "employer" else ())}
    free = [i for i, q in enumerate(text.quantities) if q.unit in COUNTED_UNITS and i not in taken and not is_sum_of(spec, q)]
    before = [i for i in free if text.quantities[i].end <= noun.start()]
    if before and _counts_before(text, text.quantities[before[-1]], noun, spec):
        return before[-1]
    after = [i for i in free if text.quantities[i].start >= noun.end()]
    if after and _counts_after(text.text, text.quantities[after[0]], noun, lexicon):
        return after[0]
    return None


def _counts_before(text: Text, q: Quantity, noun: re.Match[str], spec: FactSpec) -> bool:
    between = text.text[q.end : noun.start()]
    if spec.bare is False and spec.about == "certificate" and (q.unit == "人" or between[:1] == "人"):
        return False  # 「拿证的8个人」 counts people
    if between[:1] in ("批", "群", "帮", "伙", "拨", "茬", "些"):
        return False  # 「一批应届大学生」 gives no number
    others = [x for x in text.quantities if q.end <= x.start < noun.start() and x.unit != "岁"]
    hired = spec.about == "employer" and HIRING.search(text.text[max(0, q.start - 4) : q.start])  # 「新招了25个工人」
    plain = not any(c in STOP for c in between) and not re.search(r"招|和|跟|裁|各", between)
    return len(between) <= 10 and not others and plain and not hired


def _counts_after(text: str, q: Quantity, noun: re.Match[str], lexicon: Lexicon) -> bool:
    between = text[noun.end() : q.start]
    things = lexicon.noun_facts[noun.group(0)]
    if not things.bare and things.about == "certificate" and (q.unit == "人" or text[q.end : q.end + 1] == "人"):
        return False  # 「这批拿证的8个人」 counts people
    if each(between) and len(between) <= 14 and "，" not in between:
        return True
    own = lexicon.nouns.match(text, q.end) or text[q.end : q.end + 1] == "证"  # 「初级、中级两个证」 counts the certificates
    return bool(_LINK.match(between)) and len(between) <= 6 and not own


def _obtained(text: str, noun: re.Match[str], got: bool) -> bool:
    """Whether a certificate is one obtained: not one wanted, nor an old one beside a new one."""
    before = before_in_clause(text, noun.start(), _SENTENCE)
    clause = before + text[noun.end() : clause_end(text, noun.end(), _SENTENCE)]
    return not _INTENT.search(before) and (bool(_GOT.search(clause) or _DATED.search(before)) or not got or "有" not in before)


_SOMEBODYS = re.compile(
    r"(?:^|[，,、；;：:])(?:[我俺他她]|媳妇|老婆|老公|对象|[小老][一-龥])(?:的|这本|考的|拿的)*(?:是|考的是|拿的是|考了|拿了)?$"
)


def _stated_bare(text: str, noun: re.Match[str], got: bool, several: bool) -> bool:
    """Whether a noun without a number says that there is one: obtained, not planned, not an old one beside a new one."""
    before = before_in_clause(text, noun.start(), _SENTENCE)
    clause = before + text[noun.end() : clause_end(text, noun.end(), _SENTENCE)]
    if _SOMEBODYS.search(before):
        return True  # 「她是初级，我是高级」
    asked = re.search(r"多少|几|吗|么|咋|怎么", clause) and not _GOT.search(clause)  # 「中级证补多少」 asks about the rule
    return not (asked or "分别" in clause or (several and not (_OBTAIN.search(clause) or _DATED.search(before)))) and (
        bool(_GOT.search(clause) or _DATED.search(before)) or not got
    )


def all_of_them(text: Text, found: list[Reading], lexicon: Lexicon, claims: Claims) -> list[Reading]:
    """「我这有7个人符合，都是应届大学生」: 「都是」 takes the people mentioned before whom nothing else has claimed."""
    result = []
    for r in found:
        people = [i for i, q in enumerate(text.quantities) if q.unit in PEOPLE and q.end <= r.start and i not in claims.taken]
        if r.value.value == frozenset({"all"}) and len(people) == 1:
            claims.taken[people[0]] = reading_of(lexicon.specs[r.value.fact], text, text.quantities[people[0]])
        else:
            result.append(r)
    return result
