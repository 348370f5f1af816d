"""Several questions in one message: each searched and answered as a question of its own, in one draft."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.citations import TOKEN
from bot.engines.builtin import absent, compare, single, what_if
from bot.engines.builtin.kinds import stated
from bot.engines.builtin.select import is_written, select
from bot.engines.builtin.writing import Writer
from bot.kit import Kit
from bot.retrieval import search, shares_words, word_pairs
from bot.types import Ask, Draft, Status, Turn, Understanding
from bot.understanding.cues import load_cues
from bot.understanding.parts import content_runs, leans, split_parts
from bot.understanding.references import governing_in_year, read_references
from knowledge.regions import cities_of
from knowledge.rules.names import is_named, named_at
from knowledge.rules.story import read_story
from knowledge.texts.normalise import grams, matching_form

TITLE = 30  # characters of a part shown before its answer
CONTEXT = 200
BARE = 8  # a part this short that asks until when names no subject of its own
BRIEF = 2  # with more parts than these the clauses are not printed below each answer
_TITLE = re.compile(r"^\*\*([^*]+)\*\*：")
_ENUMERATED = re.compile(
    r"^(?:第?[一二三四五六]是?[、,，:：]|[一二三四五六]是|其[一二三四五六][、,，:：]?|问(?=[\u4e00-\u9fff]{3,}))"
)
_CLIPPED = re.compile(r"^(?:个(?![体人税])|的|了|是(?=[^不]{0,6}$)|也|都|就)")  # begins in the middle of a sentence
_ONLY_ELSEWHERE = re.compile(
    r"(?:那么?|在|要是|如果|换成?|[我俺咱]们?)*(?:这边|那边|那儿|这儿|那里|这里)?的?(?:呢|怎么样|咋样|如何)?[，,？?。！!\s]*$"
)
# What a part says that asks until when; without it, what is left names what it asks of.
_WHEN = re.compile(
    r"什么时候|啥时候|何时|哪[天年月]|几号|截止|期限|为止|有效期?|执行|到期|最[晚迟]|结束|政策|补贴|补助|申请|时间|日期|这事|那事|现在|还能"
)
_SUMS = (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.COMBINATION)


@dataclass(frozen=True, slots=True)
class Written:
    """What has been written so far, and how each part ended."""

    writer: Writer
    statuses: tuple[Status, ...] = ()
    benefit: str | None = None
    clause: tuple[str, str] | None = None  # measure and quote that the last part was about
    said: str = ""  # the part before, as context of the next
    region: str | None = None  # where the part before is about


def applies(turn: Turn) -> bool:
    """Whether the message asks several things that are answered one by one."""
    u = turn.understanding
    assert u is not None
    known = u.ask is not Ask.SCREEN and u.article is None and not u.answers_fact
    return known and len(u.parts) > 1


def write(turn: Turn, writer: Writer) -> Draft:
    """Sums that the whole story gives first, then every part that they do not answer."""
    u = turn.understanding
    assert u is not None
    whole = _whole(turn, writer)
    written = whole or Written(writer)
    parts = split_parts(u.question)
    headings: list[str] = []
    for i, part in enumerate(parts.questions):
        before = written if i else None
        if before is not None and before.said and _asks_the_same(part, writer.kit):
            part = before.said
        told = f"{parts.story}，{part}" if parts.story else part
        asked = _asked(turn, parts.story if before else "", part if before else told, before)
        asked = _in_its_year(_in_its_place(asked, told if not i else parts.questions[i], writer.kit, before), part, writer.kit)
        asked = search(asked, writer.kit, before.clause[0] if before and before.clause else None, part=True)
        if asked.uncovered and turn.uncovered is None and not shares_words(asked.uncovered[0], part):
            asked = replace(asked, uncovered=None)  # 「今天最后一天了吧」 is no question about the weather
        heading = title(parts.questions[i])
        if len(_cities(turn)) > 1 and asked.region:
            heading = f"{writer.kit.knowledge.gazetteer.name(asked.region)}，{heading}".rstrip("，")
        headings.append(heading)
        written = _add(asked, written, heading, told, whole, brief=len(parts.questions) > BRIEF)
    lines = written.writer.lines
    headed = [i for i, line in enumerate(lines) if any(line.startswith(f"**{h}") for h in headings if h)]
    if whole is None and len(headed) == 1:  # a heading over the whole answer tells nothing
        lines[headed[0]] = _TITLE.sub("", lines[headed[0]], count=1)
    return written.writer.draft(_status(written.statuses, whole), benefit=written.benefit)


def _whole(turn: Turn, writer: Writer) -> Written | None:
    """The sums of the message read as one story; None when it tells no facts or they give no sum."""
    u = turn.understanding
    assert u is not None
    years = {_years(p, turn, writer.kit) for p in u.parts} if u.years_named else set()
    if not u.new_facts or turn.uncovered or len(_cities(turn)) > 1 or len(years) > 1:
        return None
    trial = writer.copy()
    draft = single.compute(turn, trial)
    if draft is None:
        return None
    return Written(trial, (draft.status,), draft.benefit, trial.first_clause(0), "")


def _status(statuses: tuple[Status, ...], whole: Written | None) -> Status:
    """Answered as soon as one part is; asking back stays asking back when the sum of the story hangs on it."""
    if whole is not None and whole.statuses[0] == "needs_info":
        return "needs_info"
    return next((s for s in ("answered", "needs_info") if s in statuses), "not_found")


def _asked(turn: Turn, story: str, part: str, before: Written | None) -> Turn:
    """A part as a question of its own: what was said before is to it what a conversation is to a follow-up."""
    u = turn.understanding
    assert u is not None
    last = turn.conversation.last
    topic = last.understanding.standalone if u.is_followup and last and last.understanding else ""
    context = " ".join(x for x in (topic, story, before.said if before else "") if x)
    wants = [w for w in load_cues().wants(part) if w is not Ask.COMPARISON]
    own = replace(
        u, question=part, standalone=f"{context} {part}".strip()[-CONTEXT:], ask=wants[0] if wants else Ask.LOOKUP, parts=(part,),
        is_followup=bool(context), benefit=None if before else u.benefit,
    )  # fmt: skip
    return replace(turn, understanding=own)


def _cities(turn: Turn) -> list[str]:
    """The cities that the message is about: those it names, and first the asker's own when a later part goes elsewhere."""
    u = turn.understanding
    assert u is not None
    named = list(cities_of(u.regions_named))
    return [u.home, *named] if u.home and named and u.home not in named else named


def _years(part: str, turn: Turn, kit: Kit) -> tuple[int, ...]:
    assert turn.understanding is not None
    return read_references(part, kit.knowledge.library, turn.understanding.as_of).years


def _in_its_year(asked: Turn, part: str, kit: Kit) -> Turn:
    """Of a message that names years, a part is about the documents of its own year, or about what holds on the day."""
    u = asked.understanding
    assert u is not None
    if not u.years_named:
        return asked
    years = _years(part, asked, kit)
    documents: frozenset[str] = frozenset()
    if len(years) == 1 and years[0] < u.as_of.year:
        then, now = (governing_in_year(kit.knowledge.library, y, u.region) for y in (years[0], u.as_of.year))
        documents = frozenset(d.id for d in then) - {d.id for d in now}
    return replace(asked, understanding=replace(u, years_named=years, documents=documents))


def _asks_the_same(part: str, kit: Kit) -> bool:
    """Whether a part names another place and nothing else (「济南那边呢」): the question before, asked there."""
    rest = part
    for _, start, end in reversed(kit.knowledge.gazetteer.mentions(part)):
        rest = rest[:start] + rest[end:]
    return rest != part and bool(_ONLY_ELSEWHERE.match(rest))


def _in_its_place(asked: Turn, words: str, kit: Kit, before: Written | None) -> Turn:
    """A part that names a city is about that city, one that names none about the city of the part before."""
    u = asked.understanding
    assert u is not None
    cities = _cities(turn=asked)
    if len(cities) < 2:
        return asked
    named = [r.code for r in kit.knowledge.gazetteer.named_in(words) if r.code in cities]
    region = named[0] if named else (before.region if before else u.home) or u.region
    return replace(asked, understanding=replace(u, region=region, regions_named=(region,) if region else ()))


def _add(asked: Turn, written: Written, heading: str, told: str, covered: Written | None, brief: bool) -> Written:
    """One more part answered; unchanged when the sums of the whole story already answer it."""
    u = asked.understanding
    assert u is not None
    trial = written.writer.copy()
    start = len(trial.lines)
    draft = absent.foreign_region(asked, trial) or what_if.write(asked, covered.benefit if covered else None, trial)
    supposed = draft is not None
    if draft is None and written.clause is not None and u.ask is Ask.VALIDITY and _asks_only_when(u.question):
        draft = single.tell_time(asked, trial, *written.clause, brief)  # 「到什么时候？」 after 「降了几个点？」
    if draft is None and (covered is None or u.ask in _SUMS):  # a sum is no answer to 「是不是就停了」
        draft = _computed(asked, trial, told, first=not written.statuses)
    if draft is not None and not supposed and covered is not None and _same_benefits(trial, covered.writer):
        return replace(written, said=u.question)
    if draft is None:
        trial = written.writer.copy()
        draft = single.tell(asked, trial, brief)
        measure = _first_measure(trial, start)
        settled = covered is not None and measure in {m for m, _ in covered.writer.quotes}
        settled = settled and not _adds(u.question, trial, start, covered)
        if covered is not None and settled and u.ask in _SUMS and not _names_another(u, covered.writer):
            return replace(written, said=u.question)
    repeated = _tidy(trial, start, heading)
    if (
        repeated is not None
        and draft.status == "answered"
        and not (_about(u, repeated, trial.kit) or _states(u, trial, written.clause))
    ):
        draft = replace(draft, status="not_found")  # only what was said already, and that shares no word with this part
    if draft.status == "not_found" and trial.quotes == written.writer.quotes:  # nothing quoted says that it is not written
        trial.warn("partial", f"没有找到能回答“{heading or u.question}”的内容。")
    clause = trial.first_clause(start) or written.clause
    statuses = (*written.statuses, draft.status)
    return Written(trial, statuses, written.benefit or draft.benefit, clause, u.question, u.region)


def _asks_only_when(question: str) -> bool:
    """Whether a part asks until when and names nothing (「到什么时候」), unlike 「减税政策到哪天」."""
    return len(question) <= BARE and not any(len(run) >= 2 for run in content_runs(_WHEN.sub(" ", question)))


def _computed(asked: Turn, trial: Writer, told: str, first: bool) -> Draft | None:
    """Sums for a part, from the story and the part's own words; a refusal only of what the part names."""
    u = asked.understanding
    assert u is not None
    knowledge = trial.kit.knowledge
    own = read_story(knowledge.rulebook, told if first else u.question, u.as_of).facts
    u = replace(u, new_facts=u.new_facts & own.keys())
    asked = replace(asked, understanding=u)
    if asked.uncovered is None and compare.applies(asked, trial.kit):
        return compare.write(asked, trial)
    if asked.uncovered or single.pointedly_silent(asked, trial):
        return None
    settled = len(trial.eligibility)
    start = len(trial.lines)
    draft = single.compute(replace(asked, understanding=replace(u, question=told)), trial)
    measure = _first_measure(trial, start)
    if u.documents and measure is not None and measure.split("/")[0] not in u.documents:
        return None  # a sum by another year's rules than the part asks for
    if draft is not None and not first and _said_elsewhere(asked, trial, settled):
        return None  # 「利率能上浮多少」 is no question about the sum
    if draft is not None and any(
        e.verdict == "unmet" and not _named(e.benefit, u.question, trial) for e in trial.eligibility[settled:]
    ):
        return None
    return draft


def _said_elsewhere(asked: Turn, trial: Writer, settled: int) -> bool:
    """Whether a part's own words stand in what the documents say, and in nothing that the computed benefits are about."""
    u = asked.understanding
    assert u is not None
    knowledge = trial.kit.knowledge
    own = {g for run in content_runs(matching_form(u.question)) for g in grams(run, (2,))}
    specs = [knowledge.rulebook.benefits[e.benefit].spec for e in trial.eligibility[settled:]]
    about = _grams(" ".join((*(s.name for s in specs), *(a for s in specs for a in s.aliases), *(s.summary for s in specs))))
    if not asked.hits or not specs or own & about:
        return False
    selection = select(asked, knowledge, asked.hits[0])
    return bool(selection.points) and not selection.silent and bool(own & _grams(selection.points[0].plain))


def _named(benefit: str, question: str, writer: Writer) -> bool:
    return is_named(writer.kit.knowledge.rulebook.benefits[benefit], matching_form(question))


def _same_benefits(trial: Writer, whole: Writer) -> bool:
    """Whether a part's sums are of benefits that the whole story has settled already."""
    settled = {e.benefit for e in whole.eligibility}
    return {e.benefit for e in trial.eligibility} <= settled


def _adds(question: str, trial: Writer, start: int, whole: Written | None) -> bool:
    """Whether a part has a subject of its own, and another clause answers it than those that the sums rest on."""
    assert whole is not None
    said = _grams(" ".join(whole.writer.lines))
    own = {g for run in content_runs(matching_form(question)) for g in grams(run, (2,))} - said
    mark = next((m for line in trial.lines[start:] if (m := TOKEN.search(line))), None)
    quote = trial.quotes[int(mark[1]) - 1][1] if mark else ""
    return bool(own and quote) and not any(quote in q or q in quote for _, q in whole.writer.quotes)


def _grams(text: str) -> frozenset[str]:
    return frozenset(grams(matching_form(text), (2,)))


def _names_another(u: Understanding, whole: Writer) -> bool:
    """Whether a part names only benefits other than those that the whole story has settled."""
    settled = {e.benefit for e in whole.eligibility}
    form = matching_form(u.question)
    named = {b.id for b in whole.kit.knowledge.rulebook.in_region(u.region, u.as_of) if named_at(b, form)}
    return bool(named) and not named & settled


def _states(u: Understanding, trial: Writer, clause: tuple[str, str] | None) -> bool:
    """Whether the clause of a new document that an earlier part quoted states the kind of thing that this part asks for."""
    if clause is None or is_written(trial.kit.knowledge, clause[0]):
        return False
    return stated(u.question, clause[1])


def _about(u: Understanding, line: str, kit: Kit) -> bool:
    """Whether a sentence shares a word with a part, place names aside."""
    places = "".join(r.name for r in kit.knowledge.gazetteer.named_in(u.question))
    return bool((word_pairs(u.question) - word_pairs(places)) & word_pairs(line))


def _tidy(trial: Writer, start: int, heading: str) -> str | None:
    """The part's title before its first sentence; what an earlier part says already is not said again.

    :returns: the first sentence when an earlier part has said it.
    """
    earlier = {_bare(line): i for i, line in enumerate(trial.lines[:start])}
    new = trial.lines[start:]
    fresh = [line for line in new if _bare(line) not in earlier]
    same = earlier.get(_bare(new[0])) if new else None
    if same is not None and heading:
        trial.lines[same] = _TITLE.sub(lambda m: f"**{m[1]}；{heading}**：", trial.lines[same], count=1)
        trial.lines[start:] = []
        trial.lines[same + 1 : same + 1] = fresh
        return _bare(new[0])
    if fresh and heading:
        fresh[0] = f"**{heading}**：{fresh[0]}"
    trial.lines[start:] = fresh
    return _bare(new[0]) if same is not None else None


def _bare(line: str) -> str:
    """A sentence without its marks, bold type and the titles of the parts that it answers."""
    return TOKEN.sub("", _TITLE.sub("", line)).replace("**", "")


def title(part: str) -> str:
    """A part in a few of its own words, never cut inside a number; '' when they say nothing by themselves (「行吗」)."""
    part = _ENUMERATED.sub("", part)
    clauses = [c for c in part.split("，") if c]
    short = part if len(part) <= TITLE else next((c for c in reversed(clauses) if not leans(c)), "")
    if leans(short) or _CLIPPED.match(short):
        return ""
    return short if len(short) <= TITLE else re.sub(r"[\d.]+$", "", short[:TITLE]) + "…"


def _first_measure(writer: Writer, start: int) -> str | None:
    clause = writer.first_clause(start)
    return clause[0] if clause else None
