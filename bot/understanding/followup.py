"""Whether a message goes on with the talk or begins something of its own."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from bot.types import Ask
from bot.understanding.context import Context
from bot.understanding.cues import Cues, cue_rows, load_cues
from bot.understanding.parts import content_runs
from bot.understanding.references import References
from bot.understanding.returning import returns
from bot.understanding.things import thing_asked
from knowledge.base import KnowledgeBase
from knowledge.numerals import numbers_in
from knowledge.rules.names import is_named, is_partly_named, named_in
from knowledge.rules.story import Story
from knowledge.texts.normalise import matching_form

FOLLOWUP_LENGTH = 14  # a message this short that names no subject leans on what came before
NAME_PART = 3  # characters from which a part of a benefit's name says which is meant
GOES_ON = 30  # characters up to which a message with numbers and without a subject goes on with the talk
SUBJECT = 4  # characters without a word of asking from which a stretch can name a subject by itself
NEAR_A_QUESTION = 0.6  # likeness to a known question from which a message is about what that question is about
FAR_FROM_BEFORE = 0.6  # the measure spoken of fits less than this share of what another one does
TAIL = re.compile(r"(呢|呀|啊|吧|嘛|么)?[？?。！!\s]*$")
# 「退役军人能领吗」: who or what is named is held against the topic of the talk.
_VERDICT = re.compile(r"(?:行|可以|[能可](?:领|申请|办|拿|享受)?|算|有|够|给|符合|要)(?:吗|不|么|嘛|没有?)[？?。！!\s]*$")
_LEANS = re.compile(r"^(?:那|那么|还有|另外|可是?|但是?|不过|要是|如果|假如|换成|比如|跟|和)|呢[？?。！!\s]*$")
# Sides of any subject: asked for, they belong to the one spoken of.
_ASPECT = re.compile(
    r"截止|日期|期限|条件|材料|流程|标准|时间|手续|部门|电话|地址|地点|网址|方式|比例|金额|上限|封顶|次数|年限|范围|对象|要求|资格|依据|文件|申请|办理|政策|补贴|规定|具体|需要|单位|公司|企业|个人"
)
# What was had, or is had beside, is told; it is not what is asked about.
_BESIDE = re.compile(r"领着|领过|领了|享受(?:着|过|了)|拿过|拿了|已经|没领|没享受")


# 「一年能领几次」「去哪问」 ask something else than the sum that was asked before; 「那大专生呢」 does not.
_ASKS_ITSELF = re.compile(
    r"几[次回趟年天号]|多久|多长|啥时|什么时|何时|哪[天年月里儿些种]|[去到在上]哪|谁|怎么(?!算)|咋(?!算)|如何|什么|啥|有没有|有上限|封顶|上限|要不要|用不用|需不需要"
)


def asks_itself(question: str) -> bool:
    """Whether a follow-up asks something by its own words, and does not only lean on what was asked before."""
    return _ASKS_ITSELF.search(question) is not None


def starts_anew(
    question: str, wants: tuple[Ask, ...], context: Context, story: Story, cues: Cues, knowledge: KnowledgeBase, as_of: date
) -> bool:
    """Whether a message begins something of its own: the next caller, a case told anew, a subject named that nobody spoke of."""
    if not context.topic:
        return False
    if cues.has("next_case", question) or re.search(cue_rows()["caller"], question):
        return True
    if cues.is_correction(question) or returns(question) or _LEANS.search(question):
        return False
    if cues.has("aside", question) and other_name(question, context, story, knowledge):
        return True
    if cues.has("pronouns", question) or wants[0] in (Ask.COMPARISON, Ask.COMBINATION) or _BESIDE.search(question):
        return False
    if _told_anew(question, context, story, knowledge):
        return True
    short = len(TAIL.sub("", question)) <= FOLLOWUP_LENGTH
    return short and (other_name(question, context, story, knowledge) or _own_subject(question, context, story, knowledge, as_of))


def _told_anew(question: str, context: Context, story: Story, knowledge: KnowledgeBase) -> bool:
    """「稳岗 大企 缴120万 裁员率3%」 after another firm's: the benefit is named again, and its numbers are told from the beginning."""
    benefit = knowledge.rulebook.benefits.get(context.benefit or "")
    if benefit is None or not is_named(benefit, matching_form(question)):
        return False
    told = [f for f in story.new if f in benefit.reads]
    changed = [f for f in told if f in context.facts and story.facts[f].value != context.facts[f].value]
    return len(told) > 1 and bool(changed) and any(isinstance(story.facts[f].value, Decimal) for f in told)


def _own_subject(question: str, context: Context, story: Story, knowledge: KnowledgeBase, as_of: date) -> bool:
    """「工伤保险怎么缴」: words that the talk so far and its clause do not hold, and that are near to another measure."""
    if story.new or _VERDICT.search(question):
        return False
    spoken = _spoken(context, knowledge)
    least = SUBJECT if context.measure else NAME_PART  # nothing was found: there is little to lean on
    runs = [r for r in content_runs(_ASPECT.sub(" ", matching_form(question))) if len(r) >= least]
    if not any(r not in spoken for r in runs):
        return False
    found = knowledge.rank(knowledge.evidence(question), as_of)
    if not found.hits:
        return True
    best = found.hits[0]
    near = max(best.features.get("bm25_question", 0.0), best.features.get("dense_question", 0.0))
    stayed = max((h.score for h in found.hits if h.measure.id == context.measure), default=0.0)
    return best.measure.id != context.measure and near > NEAR_A_QUESTION and stayed < FAR_FROM_BEFORE * best.score


def is_followup(question: str, context: Context, cues: Cues, references: References) -> bool:
    """Whether the wording leans on what came before: short, a pronoun, a correction, an opener."""
    if not context.topic or cues.has("topic_switch", question):
        return False
    if references.documents and references.article is not None:
        return False
    if (
        returns(question)
        or cues.is_correction(question)
        or cues.has("pronouns", question)
        or cues.wants(question)[0] is Ask.COMPARISON
    ):
        return True
    return len(TAIL.sub("", question)) <= FOLLOWUP_LENGTH or cues.opens_as_followup(question)


def adds_to_story(
    question: str, wants: tuple[Ask, ...], context: Context, story: Story, knowledge: KnowledgeBase, references: References
) -> bool:
    """Whether a longer message goes on with what is under discussion: it names no other benefit and tells or asks more.

    It goes on when it asks nothing, when it tells nothing, when it begins in the middle (「哎等等，里头有4个…」), or when
    it says more about the people or the firm spoken of before.
    """
    if not context.topic or references.documents or load_cues().has("topic_switch", question):
        return False
    if other_name(question, context, story, knowledge) or _other_thing(question, context, knowledge):
        return False
    personal = wants[0] in (Ask.AMOUNT, Ask.ELIGIBILITY, Ask.VALIDITY, Ask.COMBINATION)
    if story.new and (_MIDWAY.search(question) or (wants[0] is Ask.LOOKUP and not _ASKS.search(question))):
        return True
    numbers = any(isinstance(v.value, Decimal) for v in context.facts.values())
    if not story.new and personal and (numbers or _MIDWAY.search(question)):
        return True
    specs = knowledge.rulebook.facts
    groups = {specs[f].about for f in context.facts if f in specs}
    if {specs[f].about for f in story.new if f in specs} & groups:
        return True
    if personal and not story.new and numbers_in(question) and context.measure and len(question) <= GOES_ON:
        return True  # its numbers are told of what was spoken of: 「2月到4月单位该交30万，能省多少」
    needs = knowledge.rulebook.benefits[context.benefit].reads if context.benefit else ()
    return any(f in needs for f in story.facts)


# Words with which somebody goes on in the middle of a story.
_MIDWAY = re.compile(
    r"^(?:哎|唉|哦|噢|嗯|啊|等等|等下|对了|刚|又|再加|另外|后来|结果|那|可|但|不过|就是|还有|这|里头|其中|拖到|当时)|那(?:该|补|能|总共|一共)"
)
_ASKS = re.compile(r"[？?]|吗|呢|多少|怎么|咋|哪|谁|什么|啥|几[个块百千万成]|能不能|行不行|是不是|有没有|对不对")


def other_name(question: str, context: Context, story: Story, knowledge: KnowledgeBase) -> bool:
    """Whether a message names a benefit, and not the one under discussion; in a few words also by a part of its name (「公积金呢」)."""
    form = matching_form(question)
    named = [knowledge.rulebook.benefits[b] for b in named_in(knowledge.rulebook, form)]
    if named or story.new or len(form) > FOLLOWUP_LENGTH or not context.topic:
        return bool(named) and not any(b.id == context.benefit or b.measure == context.measure for b in named)
    spoken = _spoken(context, knowledge)
    runs = tuple(r for r in name_parts(form) if r not in spoken)
    return bool(runs) and any(is_partly_named(b, runs) for b in knowledge.rulebook.benefits.values())


def name_parts(text: str) -> tuple[str, ...]:
    """The stretches of a few words that can be a part of a benefit's name."""
    form = matching_form(text)
    return (*(r for r in content_runs(form) if len(r) >= NAME_PART), *(w for w in cue_rows()["subjects"] if w in form))


def _spoken(context: Context, knowledge: KnowledgeBase) -> str:
    """What the talk and the clause that carried the last answer are about, in matching form."""
    measures, benefit = knowledge.library.measures, knowledge.rulebook.benefits.get(context.benefit or "")
    clause = measures[context.measure].text if context.measure in measures else ""
    names = (benefit.name, *benefit.spec.aliases) if benefit else ()
    return matching_form("".join((context.topic, clause, *names)))


def _other_thing(question: str, context: Context, knowledge: KnowledgeBase) -> bool:
    """Whether a message asks for a thing that the benefit under discussion has nothing to do with (a loan, after a training subsidy)."""
    thing = thing_asked(question)
    if thing is None or context.benefit is None:
        return False
    benefit = knowledge.rulebook.benefits[context.benefit]
    return not thing.given_by(benefit) and not thing.treated_in(knowledge.library.measures[benefit.measure].text)
