"""The stricter gate for words that a model wrote, after ``bot.verification``: every claim against its own clauses.

``verification`` asks whether a figure stands anywhere in the evidence; here each sentence must be carried
by the clauses that its own tokens name: value and unit, what the figure is of, names, titles, 文号,
articles, places, and whether the clause holds on the day. Text only; no model; each finding is a sentence
that tells the model what to put right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.claims import NOT_IN_FORCE, STILL, Claim, Source, claims_of, over_on, untold
from bot.engines.agent import figures, names
from bot.engines.agent.alignment import misplaced
from bot.engines.agent.figures import Calendar, Known, calculated_in
from bot.engines.agent.standing import replaced_by
from bot.kit import Kit
from bot.types import Draft, Finding, Turn

LONGEST = 4000  # characters of an answer
_REPLACED = re.compile(r"新文件|新的文件|后来|替代|取代|旧规定|旧文件|老文件|以前|当时|原来|那时|曾|已有新|为准")
_NOT = re.compile(r"不|没|未必|是否|吗|能不能|可不可以|核实|确认|咨询")
_ENDED = re.compile(r"已(?:经)?(?:到期|过期|失效|截止|结束)|不再执行|停止执行|不能再(?:申请|领)")
_FOREVER = re.compile(r"长期有效|一直有效|永久有效|没有期限限制|不设期限|长期执行")
_EXCLUSIVE = re.compile(r"不重复享受|不得重复|不能重复|不可重复|不得同时|不能同时|不可同时")
_BOTH = re.compile(r"(?<!不)(?<!不能)(?:可以|能够?|都能)(?:一起|同时|重复|叠加)(?:享受|申请|领|办)?")
_ADVICE = re.compile(
    r"请|咨询|拨打|建议|核实|如果|若|告诉|还需要|不清楚|下面|以下|如下|分别|另外|文件没有|没有写|没写|没有规定|没有提到|未写|未规定|未提|材料没有|没有涉及|"
    r"您说|您的|理解|更正|[:：]$|[？?]$"
)
_URL = re.compile(r"(?:https?://|www\.)[a-z0-9./?=&%_~#-]+|[a-z0-9-]+\.(?:com|cn|net|org|gov)\b[a-z0-9./?=&%_~#-]*", re.I | re.A)
UNCITED = 14  # a sentence this long without a source must be advice


def defects(draft: Draft, turn: Turn, kit: Kit) -> tuple[Finding, ...]:
    """Everything that a model's draft says and its clauses do not; empty when it may be shown."""
    u = turn.understanding
    names_documents = u is not None and bool(u.documents or u.years_named)
    text = draft.text
    for words in (*(m.question for m in draft.missing), *(f"“{q}”" for _, q in draft.quotes)):
        text = text.replace(words, "“”")  # put by code, or the clause itself, word for word
    claims = claims_of(replace(draft, text=text), kit.knowledge)
    said = "\n".join((*(e.question for e in turn.conversation.exchanges), turn.said))
    conditions = "\n".join(c.text for e in draft.eligibility for c in e.conditions)  # named by code when one fails
    known = Known(said, kit.replies.constants, turn.as_of, calculated_in(draft.calculations))
    found = [*_shape(draft, said), *_overall(claims, kit, turn.as_of, names_documents)]
    for claim in claims:
        line = "，".join(c.text for c in claims if c.line == claim.line and c.sources == claim.sources)
        found += _figures(claim, line, known, kit, draft.quotes)
        found += _names(claim, f"{said}\n{conditions}", kit)
        found += [
            Finding("region", f"“{_short(claim)}”用的是{n}的规定，要写明是{n}的，不能当成本地的")
            for n in names.foreign_sources(claim, kit.knowledge, turn.region)
        ]
        found += _standing(claim, kit, turn.as_of)
    return tuple(dict.fromkeys(found))


def _shape(draft: Draft, said: str) -> Iterable[Finding]:
    text = draft.text
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if len(text) > LONGEST:
        yield Finding("length", f"答复有 {len(text)} 字，太长；请写在 800 字以内")
    if han < latin:
        yield Finding("language", "答复要用中文写")
    quoted = "｜".join(q for _, q in draft.quotes) + said
    for url in _URL.findall(text):
        if url not in quoted:
            yield Finding("link", f"网址“{url[:60]}”不在材料里，请删掉")


def _figures(claim: Claim, line: str, known: Known, kit: Kit, quotes: Sequence[tuple[str, str]]) -> Iterable[Finding]:
    for n in figures.unsupported(claim, known, _calendar(claim.sources, known.as_of, kit)):
        elsewhere = figures.holders(n, quotes)
        hint = f"；写着它的是 {elsewhere}" if elsewhere else ""
        yield Finding("number", f"“{_short(claim)}”里的“{n.raw}”不在它注明的条款里{hint}")
    for raw in misplaced(claim, line, known.calculated):
        yield Finding("number", f"“{_short(claim)}”里的“{raw}”在条款里说的是另一件事，请对照原文")
    for raw in figures.bare_maximum(claim, known.calculated):
        yield Finding("number", f"“{raw}”在条款里是上限，要写“最高”或“不超过”")


def _calendar(sources: Sequence[Source], as_of: date, kit: Kit) -> Calendar:
    """The day itself, days of issue and of validity, and the days that are left."""
    days: list[date | None] = [as_of]
    left: list[int] = []
    for s in sources:
        validity = kit.knowledge.validity(s.measure.id, s.quote, as_of)
        days += [s.document.issued, s.document.issued_from, validity.until, validity.since]
        if validity.until:
            left.append((validity.until - as_of).days)
    return Calendar(tuple(d for d in days if d), tuple(left))


def _names(claim: Claim, said: str, kit: Kit) -> Iterable[Finding]:
    short = _short(claim)
    documents = kit.knowledge.library.documents.values()
    for name in names.stray_titles(claim, said, (d.title for d in documents)):
        yield Finding("title", f"“{short}”里的《{name}》不是它注明的文件；文件名不用写，程序会补")
    for name in names.stray_numbers(claim, said):
        yield Finding("title", f"“{short}”里的文号“{name}”不是它注明的文件的；文号不用写，程序会补")
    for name in names.stray_articles(claim, said):
        yield Finding("article", f"“{short}”里的“{name}”不是它注明的那一条；第几条不用写，程序会补")
    if claim.sources:
        every = names.names_of(kit.knowledge)
        for name in every.strays(claim, said):
            yield Finding("title", f"“{short}”说的是“{name}”，但注明的条款不是讲它的")
        for quote in names.stray_quotes(claim, said, every):
            yield Finding("quote", f"引号里的“{quote[:30]}”不是注明的条款的原话；引用要照抄，转述不用引号")
    for name in names.stray_places(claim, kit.knowledge):
        yield Finding("region", f"“{short}”说的是{name}，但注明的条款不是{name}的")
    if not claim.sources and len(claim.text) >= UNCITED and not _ADVICE.search(claim.text):
        yield Finding("token", f"“{short}”没有注明出处；请加记号，材料里没有的就删掉")


def _standing(claim: Claim, kit: Kit, as_of: date) -> Iterable[Finding]:
    """Does the sentence speak of its clauses as what they are on the day: in force, over, replaced, without an end?"""
    states = [kit.knowledge.validity(s.measure.id, s.quote, as_of) for s in claim.sources]
    still = [
        m
        for m in STILL.finditer(claim.text)
        if not _NOT.search(claim.text[max(0, m.start() - 4) : m.start()] + claim.text[m.end() :][:3])
    ]
    short = _short(claim)
    if states and all(v.in_force is False for v in states) and still:
        yield Finding("validity", f"“{short}”说得像现在还有效，但它注明的条款在 {as_of} 不在期限内")
    if (
        states
        and all(v.in_force for v in states)
        and _ENDED.search(claim.text)
        and not re.search(r"如果|以后|之后|届时|前|的，", claim.text)
    ):
        yield Finding("validity", f"“{short}”说已经到期，但它注明的条款在 {as_of} 仍在期限内")
    if states and _FOREVER.search(claim.text) and not any(_FOREVER.search(s.measure.text) for s in claim.sources):
        yield Finding("validity", f"“{short}”说长期有效，条款没有这样写")
    if any(_EXCLUSIVE.search(s.quote) for s in claim.sources) and _BOTH.search(claim.text):
        yield Finding("validity", f"“{short}”说可以同时享受，条款写的是不能")


def _overall(claims: Sequence[Claim], kit: Kit, as_of: date, about_the_past: bool) -> Iterable[Finding]:
    """Clauses that are over or replaced must be said to be so: on their own line, or once above when all are.

    Asked about an earlier time, naming the year of the document says it as well.
    """
    cited = dict.fromkeys(s for c in claims for s in c.sources)
    over = over_on(claims, kit.knowledge, as_of)
    replaced = {s: None for s in cited if s not in over and replaced_by(kit, s.measure, s.quote, as_of) is not None}
    groups: tuple[tuple[Mapping[Source, date | None], re.Pattern[str], str], ...] = (
        (over, NOT_IN_FORCE, "已经不在期限内"),
        (replaced, _REPLACED, "已有新文件"),
    )
    for group, words, what in groups:

        def tells(source: Source, text: str, words: re.Pattern[str] = words) -> bool:
            year = f"{source.document.issued_from.year}年" if about_the_past else "　"
            return bool(words.search(text)) or year in text

        for source in untold(claims, group, tells):
            yield Finding("validity", f"“{source.quote[:24]}…”这条在 {as_of} {what}，用到它的那一段要写明")


def _short(claim: Claim) -> str:
    return claim.text if len(claim.text) <= 30 else claim.text[:30] + "…"


def leaks(text: str, prompt: str, length: int = 18) -> bool:
    """Whether a text repeats a stretch of ``length`` characters of the instructions; every sixth place is tried."""
    plain, instructions = (re.sub(r"\s", "", t) for t in (text, prompt))
    return any(plain[i : i + length] in instructions for i in range(0, max(0, len(plain) - length), 6))
