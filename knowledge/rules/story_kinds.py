"""Who the people of a message are, for one benefit: those for whom a benefit was had that it excludes, and the one kind spoken of."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.rules.facts import FactSpec, FactValue, Part, as_number
from knowledge.rules.lexicon import STOP, Lexicon
from knowledge.rules.story_numbers import Quantity
from knowledge.rules.story_slots import COUNTED_PEOPLE, PEOPLE_UNITS, Slots, counts_people, nearness
from knowledge.rules.story_text import clause_end, clause_start, fact_value, fits

_SENTENCE = STOP.replace("、", "")


def kinds_of_people(reader: Slots) -> None:
    """「介绍了43个人：14个有焊工证，9个技校毕业的，剩下20个普工」: a kind that differs among those counted is said part by part."""
    facts = reader.benefit.facts
    counts = [f for f in reader.benefit.value_facts if facts[f].type == "count" and facts[f].unit in COUNTED_PEOPLE]
    kinds = [facts[f] for f in reader.benefit.needs if facts[f].type == "choice" and facts[f].varies]
    if len(counts) != 1 or len(kinds) != 1:
        return
    people = [q for q in reader.text.quantities if counts_people(reader.text.text, q) and q.exact]
    said = [(q, kind) for q in people if (kind := _kind_said(kinds[0], reader.text.text, q)) is not None]
    if len(said) < 2:
        return
    parts = tuple(Part(q.value, frozenset({kind}), raw=q.raw) for q, kind in said)
    total = sum((q.value for q, _ in said), Decimal(0))
    stated = reader.known.get(counts[0])
    whole = next((q for q in people if q.value > total or (q.value == total and q not in [s for s, _ in said])), None)
    if whole is None and (stated is None or stated.value in {q.value for q, _ in said}):
        reader.fill(FactValue(counts[0], total, "＋".join(q.raw for q, _ in said)))
    elif whole is not None and stated is None:
        reader.fill(fact_value(facts[counts[0]], whole), whole)
    reader.fill(FactValue(kinds[0].id, parts[0].value, "、".join(q.raw for q, _ in said), parts=parts), *(q for q, _ in said))


def lengths_of_people(reader: Slots) -> None:
    """「7个人考出证，失业保险交满三年的5个，另外俩才交一年多」: a length of time that differs among those counted is said part by part."""
    facts, text = reader.benefit.facts, reader.text
    counts = [f for f in reader.benefit.value_facts if facts[f].type == "count" and facts[f].unit in COUNTED_PEOPLE]
    if len(counts) > 1:
        counts = [f for f in counts if f in reader.known and reader.known[f].value]
    if len(counts) != 1:
        return
    people = [
        q for q in text.quantities
        if q.exact and not reader.counts_things(q)
        and (counts_people(text.text, q) or q.raw in ("俩", "仨") or (q.value == 1 and _ONE_OF.search(text.text[: q.start])))
    ]  # fmt: skip
    for spec in (
        facts[f] for f in reader.benefit.needs if facts[f].type in ("months", "years") and f not in reader.benefit.value_facts
    ):
        told_apart = reader.known.get(spec.id, _NONE).parts
        people_of = reader.known.get(counts[0])
        if told_apart and people_of and sum((p.count or 0 for p in told_apart), Decimal(0)) == people_of.value:
            continue  # told part by part in the words of the fact
        spans = [q for q in text.quantities if fits(spec, q) and (spec.about == "person" or not of_joblessness(text.text, q))]
        first = people[:1] if len(people) > 2 and people[0].value == sum((q.value for q in people[1:]), Decimal(0)) else []
        pairs = _paired([q for q in people if q not in first], spans, text.text)
        total = sum((p.value for p, _ in pairs), Decimal(0))
        told = len(pairs) > 1 and any(
            nearness(spec, text.text, v) or v.raw in reader.known.get(spec.id, _NONE).raw for _, v in pairs
        )
        wholes = [q for q in people if q.value == total and q not in [p for p, _ in pairs]]
        stated = reader.known.get(counts[0])
        if not told or (not wholes and (stated is None or stated.value != total)):
            continue
        values = [(p, fact_value(spec, v)) for p, v in pairs]
        parts = tuple(Part(p.value, v.value, as_number(v.low), as_number(v.high), raw=f"{p.raw}{v.raw}") for p, v in values)
        reader.fill(FactValue(counts[0], total, (wholes[0] if wholes else pairs[0][0]).raw), *wholes)
        reader.fill(
            FactValue(spec.id, parts[0].value, "、".join(p.raw for p in parts), parts=parts), *(q for pair in pairs for q in pair)
        )


_ONE_OF = re.compile(r"(?:[，,；]|还有|另有|另|有|其中)$")
_WHAT_FOR = re.compile(r"登记|登(?!门|陆|山)|失业(?!保|险)|离校|毕业|签|合同|参保|保险|社保|交|缴|干|住")
_NOT_OF_A_CONTRACT = ("登记", "登", "失业", "离校", "毕业")
_NONE = FactValue("", False)


def _paired(people: list[Quantity], spans: list[Quantity], text: str) -> list[tuple[Quantity, Quantity]]:
    """People and lengths of time that follow each other in turn, within the same or the next clause."""
    in_turn = sorted([(q.start, q) for q in (*people, *spans)])
    pairs, at = [], 0
    while at + 1 < len(in_turn):
        one, two = in_turn[at][1], in_turn[at + 1][1]
        between = text[one.end : two.start]
        if (one in people) != (two in people) and not re.search(r"[。；;！!？?]", between) and between.count("，") <= 1:
            pairs.append((one, two) if one in people else (two, one))
            at += 2
        else:
            at += 1
    return pairs


def of_joblessness(text: str, span: Quantity) -> bool:
    """Whether a length of time is that of somebody's being out of work (「4个登记了七八个月」)."""
    start = max((text.rfind(c, 0, span.start) for c in "。；;！!？?"), default=-1) + 1
    before = _WHAT_FOR.findall(text[start : span.start])
    after = re.match(r"[^，,。；;]{0,4}(?:登记|失业(?!保|险))", text[span.end :])
    return bool(after) or bool(before and before[-1] in _NOT_OF_A_CONTRACT)


def _kind_said(spec: FactSpec, text: str, q: Quantity) -> str | None:
    """The choice that the words around a number of people name, the last of the list (「其他」) first, since it denies the others."""
    around = text[clause_start(text, q.start) : clause_end(text, q.end)]
    for key, choice in reversed(spec.choices.items()):
        if any(_spoken(w, around) for w in choice.words):
            return key
    return None


def one_each(reader: Slots) -> None:
    """「车间8个人…都拿了中级工的证」: a kind of certificate told without a number, of several people: one for each of them.

    Where it is not plain that each has one, the kind told counts nothing: it is doubtful, and asked for.
    """
    amount = reader.benefit.amount
    kinds = [s for f in (amount.counts if amount else ()) if (s := reader.benefit.facts[f]).bare and s.holders]
    told = [s for s in kinds if s.id in reader.known and reader.known[s.id].value]
    text = reader.text.text
    if len(told) != 1 or reader.known[told[0].id].raw not in told[0].nouns or _ONE_PERSON.search(text):
        return
    spec, holders = told[0], told[0].holders
    people = [q for q in reader.text.quantities if q.exact and counts_people(text, q) and not _things(text, q)]
    numbers = {q.value for q in people}
    if not people or holders is None:
        return
    if len(numbers) == 1 and (_EVERYBODY.search(text) or len(people) > 1):
        raw = people[0].raw
        reader.fill(FactValue(spec.id, people[0].value, raw), *people)
        reader.fill(FactValue(holders, people[0].value, raw))
    else:
        reader.doubtful += people


def whose_things(reader: Slots) -> None:
    """More certificates than one person is taken to have, of nobody in particular: whose they are is asked."""
    amount = reader.benefit.amount
    told = {**reader.known, **reader.filled}
    kinds = [s for f in (amount.counts if amount else ()) if (s := reader.benefit.facts[f]).holders and f in told]
    number = sum((v for s in kinds if isinstance(v := told[s.id].value, Decimal)), Decimal(0))
    text = reader.text.text
    people = any(
        q.exact and q.value != number and counts_people(text, q) and not reader.counts_things(q) for q in reader.text.quantities
    )
    one = _ONE_PERSON.search(text) or (_ABOUT_ME.search(text) and not people)
    if number > _MOST_OF_ONE and kinds[0].holders not in told and not one:
        reader.doubtful += [q for q in reader.text.quantities if reader.counts_things(q)]


_ABOUT_ME = re.compile(
    r"(?:^|[，,。；;：:！!？?])(?:[我俺]|媳妇|老公|老婆|对象|儿子|闺女)(?!们|厂|公司|单位|司|店|这|家|车间|班组)"
)
_MOST_OF_ONE = 2  # certificates that one person is taken to have obtained when nobody is named
_ONE_PERSON = re.compile(
    r"(?:[我俺他她](?!们)|媳妇|老公|老婆|对象|儿子|闺女|女儿|自己|[小老][一-龥])[^，,。；;们]{0,8}?(?:考|拿|取得|领)(?:了|下|到|的|过)"
)
_EVERYBODY = re.compile(r"都|均|全|一起|一块|每人|人手|人人|共|合计|合起来|加起来")


def _things(text: str, q: Quantity) -> bool:
    """Whether a number counts certificates (「8个中级证」)."""
    return bool(re.match(r"[^，,。；;]{0,6}证", text[q.end :])) and q.unit == "个"


def paid_otherwise(reader: Slots) -> None:
    """People for whom a benefit was had that this one excludes by name; other benefits had exclude nobody."""
    amount = reader.benefit.amount
    repeats = next((f for f in (amount.less if amount else ()) if reader.benefit.facts[f].repeats), None)
    if repeats is None:
        return
    text = reader.text.text
    named = [n for e in reader.benefit.spec.exclusions for n in e.names]
    people = [
        q
        for q in reader.text.quantities
        if q.exact
        and q.unit in PEOPLE_UNITS
        and _had(named, text[clause_start(text, q.start, _SENTENCE) : clause_end(text, q.end, _SENTENCE)])
    ]
    if people:
        last = people[-1]
        value = fact_value(reader.benefit.facts[repeats], last)
        reader.fill(value, *people)
        reader.known = {**reader.known, repeats: value}
    elif repeats in reader.known and not any(_tail(n) in text for n in named):
        reader.filled[repeats] = FactValue(repeats, Decimal(0), reader.known[repeats].raw)


def _had(names: list[str], clause: str) -> bool:
    """Whether a clause says that one of these was had: 「其中俩已经领过一次性扩岗补助」."""
    return any(_tail(n) in clause for n in names) and bool(re.search(r"[领拿申报享用]\S{0,3}(?:过|了)|已经|受过", clause))


def _tail(name: str) -> str:
    """The part of a name that people say."""
    return name.removeprefix("一次性").removeprefix("创业")


def people_of_one_kind(reader: Slots) -> None:
    """「招一个应届生给1500，我招了4个」: the only kind of people spoken of is the kind that was counted."""
    amount = reader.benefit.amount
    counts = amount.counts if amount else ()
    specs = {c: reader.benefit.facts[c] for c in counts}
    if not specs or any(c in reader.known for c in counts) or any(c in {f for f, _ in reader.readings.vague} for c in counts):
        return
    if not all(s.part_of for s in specs.values()):
        return
    wholes = {s.part_of for s in specs.values()}
    if any(reader.lexicon.specs[r.value.fact].part_of in wholes for r in reader.readings.found if r.value.fact):
        return  # the message itself says who they are
    spoken = _kinds_spoken_of(reader)
    kinds = spoken & set(specs)
    if len(kinds) != 1 or (spoken - kinds):
        return
    kind = next(iter(kinds))
    whole = specs[kind].part_of
    while whole is not None and whole not in reader.known:
        whole = reader.benefit.facts[whole].part_of
    if whole is not None:
        total = reader.known[whole]
        reader.fill(FactValue(kind, total.value, total.raw, total.low, total.high))
        return
    people = [q for q in reader.free() if counts_people(reader.text.text, q)]
    if len(people) == 1:
        reader.fill(fact_value(specs[kind], people[0]), people[0])


def _kinds_spoken_of(reader: Slots) -> set[str]:
    """Categories of people whose names stand anywhere in the message, the narrower hiding the wider."""
    found: set[str] = set()
    message = reader.text.text
    for spec in reader.lexicon.specs.values():
        if spec.type != "count" or not spec.part_of:
            continue
        words = [*spec.nouns, *(spec.modifiers if any(w in message for w in _wider_nouns(spec, reader.lexicon)) else ())]
        if any(_spoken(w, message) for w in words):
            found.add(spec.id)
    wholes = {reader.lexicon.specs[f].part_of for f in found}
    return {f for f in found if f not in wholes}


def _spoken(word: str, message: str) -> bool:
    """Whether a word stands in the message and is not denied (「也不是困难人员」)."""
    at = message.find(word)
    return at >= 0 and not re.search(r"(?:不是|不算|没有|不属于|并非|又不|也不)[^，,。]{0,4}$", message[max(0, at - 8) : at])


def _wider_nouns(spec: FactSpec, lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.specs[spec.part_of].nouns if spec.part_of else ()
