"""history + message → :class:`bot.types.Understanding`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bot.types import Ask, Conversation, Understanding
from bot.understanding.context import Context, context_of
from bot.understanding.cues import Cues, SmallTalk, load_cues
from bot.understanding.followup import TAIL, adds_to_story, asks_itself, is_followup, other_name, starts_anew
from bot.understanding.later import day_of_asking
from bot.understanding.parts import asks, split_clauses, split_questions
from bot.understanding.places import home_of, place_of
from bot.understanding.references import References, governing_in_year, read_references, without_numbers_of_documents
from bot.understanding.wording import spelt_out
from knowledge.base import KnowledgeBase
from knowledge.numerals import numbers_in
from knowledge.rules.facts import FactSpec, FactValue
from knowledge.rules.names import named_in
from knowledge.rules.story import LOOKED_UP, Story, read_story
from knowledge.rules.story_reply import answer_fact
from knowledge.texts.normalise import matching_form, simplified

SHORT_REPLY = 12  # a late answer to an earlier question of ours is this short
_SIDE_BY_SIDE = (Ask.COMPARISON, Ask.COMBINATION)
NOTE = 12  # characters of the longest item of a terse note
_OPENERS = re.compile(r"^(那么?|还有|另外|再问一下|再问|对了|好的?|嗯+|哦|谢谢|请问|要是|如果)[，,\s]*")


def understand(question: str, conversation: Conversation, knowledge: KnowledgeBase, today: date) -> Understanding:
    """Read one screened message. Never raises for user input."""
    cues = load_cues()
    question = spelt_out(simplified(question), cues)
    as_of = day_of_asking(question, conversation.as_of or today)
    context = context_of(conversation)
    talk = cues.small_talk_in(question)
    wants = cues.wants(question)
    references = read_references(question, knowledge.library, as_of)
    question = without_numbers_of_documents(question)
    own_story = read_story(knowledge.rulebook, question, as_of)
    anew = starts_anew(question, wants, context, own_story, cues, knowledge, as_of)
    reply = _reply_to_asked(question, talk, context, cues, knowledge, as_of)
    if anew and reply is not None and (not reply[1] or cues.has("next_case", question)):
        reply = None  # not understood as a reply, and with a subject of its own
    if talk and reply is None:
        return Understanding(question, context.topic, Ask.CONVERSATION, as_of, context.region, small_talk=talk.kind,
                             facts=context.facts, benefit=context.benefit)  # fmt: skip
    followup = not anew and (
        is_followup(question, context, cues, references)
        or adds_to_story(question, wants, context, own_story, knowledge, references)
    )
    standing = (
        context.region if followup or reply is not None or context.at_home or not conversation.region else conversation.region
    )
    place = place_of(question, standing, context, conversation.region, references.documents, knowledge, cues)
    if reply is not None:
        facts, new = reply
        return Understanding(
            question, context.topic, context.wanted or Ask.AMOUNT, as_of, facts=facts, new_facts=new,
            answers_fact=context.asked_fact, benefit=context.benefit, is_followup=True, **place,
        )  # fmt: skip
    turns = followup and wants[0] not in _SIDE_BY_SIDE and other_name(question, context, own_story, knowledge)  # 「那见习补贴呢」
    carried = _carried(question, context, own_story, knowledge) if followup else {}
    story = read_story(knowledge.rulebook, question, as_of, carried) if followup else own_story
    missing = None if references.documents else references.unknown_document
    # the year in a 文号 is no year of a policy
    years = frozenset[str]() if missing else _documents_of_years(references, knowledge, place["region"], as_of)
    documents = references.documents or years
    parts = split_questions(question)
    note = not followup and _is_note(question, story, knowledge)
    ask = _ask(wants, followup, context, bool(set(story.facts) - set(context.facts)), asks_itself(question))
    return Understanding(
        question=question,
        standalone=_standalone(question, context, followup and not turns, bool(place["regions_named"]), knowledge),
        ask=Ask.AMOUNT if note and ask is Ask.LOOKUP else ask,
        as_of=as_of,
        years_named=references.years,
        documents=documents,
        article=_article(references, documents, knowledge, context, conversation),
        facts=story.facts,
        new_facts=frozenset(k for k, v in story.facts.items() if context.facts.get(k) != v),
        unclear=_unclear(question, conversation, carried, story, cues, knowledge),
        benefit=context.benefit if followup and not turns else None,
        parts=parts,
        is_followup=followup,
        home=home_of(parts, standing, knowledge.gazetteer, cues),
        unknown_document=missing,
        **place,
    )


def _unclear(
    question: str,
    conversation: Conversation,
    carried: Mapping[str, FactValue],
    story: Story,
    cues: Cues,
    knowledge: KnowledgeBase,
) -> tuple[tuple[str, str], ...]:
    """What can be read in two ways: in this message, left open by an earlier one, or put in the place of what was counted."""
    return (
        *((u.fact, u.raw) for u in story.unclear),
        *_still_unclear(conversation, story),
        *_overwritten(carried, story.facts, question, cues, knowledge.rulebook.facts),
    )


_Reply = tuple[Mapping[str, FactValue], frozenset[str]]


def _still_unclear(conversation: Conversation, story: Story) -> tuple[tuple[str, str], ...]:
    """What an earlier message left open and this one says nothing of (「里头有俩没给上保险」)."""
    last = conversation.last
    if last is None or last.understanding is None:
        return ()
    now = {u.fact for u in story.unclear}
    return tuple((fact, raw) for fact, raw in last.understanding.unclear if fact not in story.facts and fact not in now)


def _reply_to_asked(
    question: str, talk: SmallTalk | None, context: Context, cues: Cues, knowledge: KnowledgeBase, as_of: date
) -> _Reply | None:
    """The facts after a reply to the fact we asked for; None when the message is something else.

    Small talk is a reply only to what was just asked, and only by what stands beside it (「您好，有」) or by a word that
    can be both (「好」「行」). An acknowledgement that answers nothing (「好的」 to a number) goes on without the fact.
    """
    if not context.pending or (not context.just_asked and (talk or len(question) > SHORT_REPLY)):
        return None
    if talk is None:
        return _read_reply(question, context, cues, knowledge, as_of)
    for words in (talk.rest, question if talk.kind == "thanks" else ""):
        reply = _read_reply(words, context, cues, knowledge, as_of) if words else None
        if reply and (reply[1] or words == question):
            return reply
    return None


def _read_reply(words: str, context: Context, cues: Cues, knowledge: KnowledgeBase, as_of: date) -> _Reply | None:
    asking = bool(re.search(r"[？?]|吗|多少|怎么|咋|哪|谁|什么|啥|[是对]吧|[对行]不|几[年次个天]", words))
    if cues.has("topic_switch", words) or (asking and len(words) > 8):
        return None
    for fact in context.pending:
        if asking and knowledge.rulebook.facts[fact].type == "bool":
            continue  # 「有上限吗」 is no yes
        story = answer_fact(knowledge.rulebook, fact, words, as_of, context.facts)
        if story.new:
            return story.facts, frozenset(story.new)
        if fact in story.unknown:
            return context.facts, frozenset()
    if cues.is_unknown(words) or (not asking and context.just_asked):
        return context.facts, frozenset()  # not known, or not understood: never asked twice
    return None


# Somebody else than the one spoken of so far: 「我同事考的是初级」「俺媳妇呢」「我哥那公司」.
_SOMEBODY_ELSE = re.compile(
    r"(?:同事|媳妇|老婆|对象|老公|丈夫|妻子|老伴|老头子|爱人|儿子|闺女|女儿|老爸|老妈|爸爸|妈妈|[我俺]爸|[我俺]妈|[我俺]爹|[我俺]娘|公公|婆婆|岳父|岳母|老丈人|丈母娘|父亲|母亲|弟弟|哥哥|[我俺]弟|[我俺]哥|[我俺]姐|[我俺]妹|朋友|邻居|亲戚|小舅子|表[弟哥姐妹]|同学|工友|老乡|隔壁|另一家|别家|另外一家)"
)


_THEIR_FIRM = re.compile(_SOMEBODY_ELSE.pattern + r"[^，,。？?]{0,6}(?:厂|公司|店|企业|单位)")


_ANOTHER_KIND = re.compile(r"(?:那|要是|如果|换成)?[^，,。；;]{1,10}(?:呢|[？?])[？?。！!\s]*")
_TOGETHER = re.compile(r"两口子|我俩|咱俩|俩人|两人|两个人|一块|一起|加起来|合计|一共|总共")


def _carried(question: str, context: Context, own: Story, knowledge: KnowledgeBase) -> Mapping[str, FactValue]:
    """The facts that still hold: of somebody else, what is counted anew replaces what was counted before.

    So does another kind that is asked about without a number (「那高级呢」).
    """
    if _ANOTHER_KIND.fullmatch(question):
        specs, told = knowledge.rulebook.facts, [f for f in own.new if not numbers_in(own.facts[f].raw)]
        groups = {specs[f].part_of for f in told if specs[f].type == "count" and specs[f].part_of}
        standings = [f for f in own.new if _stands(specs[f], own.facts[f])]
        another = bool(standings) or load_cues().names_the_ordinary(question)  # 「要是一般企业呢」 after a steel works
        return {
            f: v for f, v in context.facts.items()
            if (specs[f].part_of not in groups or f in own.new) and not (another and _stands(specs[f], v))
        }  # fmt: skip
    if not _SOMEBODY_ELSE.search(question) or _TOGETHER.search(question):
        return context.facts
    specs = knowledge.rulebook.facts
    if _THEIR_FIRM.search(question):
        return {f: v for f, v in context.facts.items() if specs[f].about != "employer"}
    anew = {(specs[f].about, specs[f].part_of) for f in own.new if specs[f].type == "count" and specs[f].part_of}
    kept = {f: v for f, v in context.facts.items() if f in own.new or (specs[f].about, specs[f].part_of) not in anew}
    return {f: v for f, v in kept.items() if f in own.new or not _follows_from(specs[f], own)}


def _stands(spec: FactSpec, value: FactValue) -> bool:
    """Whether a fact is a standing that a firm has."""
    return spec.type == "bool" and spec.about == "employer" and value.value is True


def _follows_from(spec: FactSpec, own: Story) -> bool:
    """Whether a fact of the person before is worked out from what is told of another one (「老伴57，得60才退」: not my 8 months)."""
    return not set(own.new).isdisjoint(spec.derived_from)


_OF_A_PART = re.compile(
    r"其中|里头|里面|里边|当中|还有|另外|有的|有[一二三两俩仨\d]|剩|余下|走了|离职|辞|没给|没上|没交|没签|不干|只有|才|就|又|再|也"
)


def _overwritten(
    before: Mapping[str, FactValue],
    after: Mapping[str, FactValue],
    question: str,
    cues: Cues,
    specs: Mapping[str, FactSpec],
) -> tuple[tuple[str, str], ...]:
    """Counts that a message would replace without correcting anything (「其中60个不干了」): asked, not assumed.

    What is told of other people (「还有俩登记失业的，签了一年半」) replaces nothing either. One that a mere word gave before (「那高级呢」) was no count, and somebody else's replace nothing.
    """
    if (
        not _OF_A_PART.search(question)
        or cues.is_correction(question)
        or LOOKED_UP.search(question)
        or re.search(
            r"要是|如果|假如|换成|改成|去掉|除去|扣掉|不算|(?:涨|增|增加|扩|减|降)到|那[^，,。；;？?]{0,16}呢|^[^，,。；;？?]{1,10}呢[？?]?$"
            r"|一共|总共|合计|加起来|加一块|累计",
            question,
        )
        or _SOMEBODY_ELSE.search(question)
    ):
        return ()
    counted = any(specs[f].type == "count" and specs[f].part_of for f in before)  # those of whom a part is told
    others = any(f not in before and isinstance(v.value, Decimal) and specs[f].part_of for f, v in after.items())
    changed = [
        f for f, v in after.items()
        if f in before and not (v.parts and counted) and not (others and specs[f].varies) and isinstance(v.value, Decimal) and before[f].value != v.value and numbers_in(before[f].raw)
    ]  # fmt: skip
    return tuple((f, after[f].raw) for f in changed)


def _standalone(question: str, context: Context, followup: bool, new_region: bool, knowledge: KnowledgeBase) -> str:
    """The message with the topic of the conversation, for search."""
    if not followup:
        return question
    topic = context.topic
    if new_region:
        for word in knowledge.gazetteer.words:
            topic = topic.replace(word, "")
    own = TAIL.sub("", _OPENERS.sub("", question))
    return f"{topic} {own}".strip()[-200:]


def _ask(wants: tuple[Ask, ...], followup: bool, context: Context, new_facts: bool, by_itself: bool) -> Ask:
    """What is asked; a follow-up that only adds facts or a place, and asks nothing by itself, keeps asking what was asked before."""
    goes_on = new_facts or (context.wanted in (Ask.AMOUNT, Ask.ELIGIBILITY) and not by_itself)
    return context.wanted if wants[0] is Ask.LOOKUP and followup and context.wanted and goes_on else wants[0]


def _is_note(question: str, story: Story, knowledge: KnowledgeBase) -> bool:
    """「稳岗返还 小微 35人 零裁员 缴8万」: a benefit named and its numbers told, without a question: its sum is wanted."""
    if asks(question) or re.search(r"[？?呢吧]", question) or max(map(len, split_clauses(question))) > NOTE:
        return False
    rulebook = knowledge.rulebook
    named = [rulebook.benefits[b] for b in named_in(rulebook, matching_form(question))]
    counted = any(n.unit for n in numbers_in(question))
    return counted and any(b.amount is not None and b.amount.open is None for b in named)


def _documents_of_years(references: References, knowledge: KnowledgeBase, region: str | None, as_of: date) -> frozenset[str]:
    """The documents of a past year that the question is about; none for the year of as_of."""
    past = [y for y in references.years if y < as_of.year]
    if len(past) != 1 or any(y >= as_of.year for y in references.years):
        return frozenset()
    documents = governing_in_year(knowledge.library, past[0], region)
    current = {d.id for d in governing_in_year(knowledge.library, as_of.year, region)}
    older = [d for d in documents if d.id not in current]
    return frozenset(d.id for d in older)


def _article(
    references: References, documents: frozenset[str], knowledge: KnowledgeBase, context: Context, conversation: Conversation
) -> str | None:
    """The measure id of a numbered article, even one that does not exist in its document."""
    if references.article is None:
        return None
    document = next(iter(documents), None)
    if document is None and conversation.last and conversation.last.answer.citations:
        document = conversation.last.answer.citations[0].document
    return f"{document}/{references.article}" if document else None
