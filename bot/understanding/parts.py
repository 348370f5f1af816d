"""Several questions in one message → its parts, each a question of its own, and the story they share."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PARTS = 6
MIN_OWN = 2  # characters that a part must have beside question words to be about something
_HARD = re.compile(
    r"(?<=[？?])|[；;\n]+|(?<=[。！!])|(?:^|(?<=[\s，。；：:、]))(?:[1-9一二三四五六]\s?[、.．)）]|[①②③④⑤⑥]|[(（][1-9一二三四五六][)）])"
)
_CLAUSE_END = re.compile(r"[，,。；;！!？?]")
_SOFT = re.compile(r"[，,]|(?<=[吗呢不没少么啥])\s+")
_LIST = re.compile(r"、(?=[^、]{4,})")  # cut only between two questions: 「毕业生、返乡农民工」 is a list
# Words that open a further question.
_JOINT = re.compile(
    r"^(?:另外|还有(?!没有)(?:就是)?|再就是|以及|顺便(?:再?问(?:一?下)?)?|再问(?:一?下)?|对了|然后|同时|最后(?!一[年月个次笔])|那么?(?=[，,\s]))[，,：:\s]*"
)
_TAIL = re.compile(r"(?:也|再|都)?(?:说说|讲讲|问问|说一下|讲一下|问一下|告诉我)(?:吧|呗|一下)?[。！!\s]*$")
# 「三件事：」「问仨：」「三个事一块问」 announce parts and say nothing themselves.
_ANNOUNCED = re.compile(
    r"(?:我?想?问?(?:[两俩三仨四]|几)(?:个|件|样)?(?:事儿?|问题)?(?:一块儿?|一起|一并)?(?:问|请教)?(?:一?下)?哈?|(?:的事儿?)?问(?:[两俩三仨四]|几)个?)$"
)
_ASKING = re.compile(
    r"多少|多久|多长|多大|多高|几(?![乎经分])|谁|哪(?!怕)|什么|啥|怎么|咋|如何|吗|呢$|为何|为什么|是否|"
    r"能不能|可不可以|有没有|(.)不\1|给不给|算(?:一下|算)|帮.{0,3}算|[行能让算报免补]不$|没$|么$|不$|截止|(?<!够)(?<!合)标准$|(?<!够)(?<!合)(?<!合的)条件$"
)
_MEASURED = "额度|利率|利息|比例|标准|金额|数额|期限|年限|有效期"
_TWO_ASKED = re.compile(
    rf"(?P<one>.{{0,30}}?(?P<kind>{_MEASURED})(?:上限|下限)?)(?:和|及|以及|跟|与|还有|、)(?P<two>.{{0,10}}?(?P<other>{_MEASURED})(?:的?(?:上限|下限))?)"
    r"(?:分别|各自?|都)*(?P<ask>(?:是|为|有|能到|到)?(?:多少|多高|多大|多长|几[年成个]?.{0,2}|怎么[算定]|哪天))(?:呢|啊|呀)?$"
)
# Question words in what is told, not asked: 「招了几个大学生」「不是什么重点」「交着呢」「多久我没问」「说按几成」.
_TOLD = re.compile(
    r"(?<![一总]共)(?<!到底)(?:招|来|有|开|干|裁|走|雇|带|办|考|缴|交|学|买|做|收)了?(?:十|百)?几(?:个|名|人|位|年|天|万|千|百|张|家)(?!.*(?:[？?吗呢]|多少))|"
    r"^(?:那么?|要是|就)?(?:按照?|依照?|照|根据)(?!.*(?:什么|啥|哪|多少|几|谁))[^，。]*(?:标准|条件)$|"
    r"几家(?!.*[？?])|(?:啥|什么)[^，。]{0,4}(?:也|都)?没|往.*几家|十几|几十|好几|没(?:什么|啥)|没.{0,3}(?:什么|啥)|不是(?:什么|啥)|(?:什么|啥)(?:的(?![\u4e00-\u9fff])|都|也)|着呢|"
    r"(?:哪个|谁|怎么|咋)(?:都|也)|(?:多久|多少|几|谁|哪).{0,6}(?:没细?问|没说|不清楚|不知道|不记得)|(?:正|一直).*呢$|^(?:说|听说)(?:是|按)?.*(?:几|多少|啥).*$"
)
_FUNCTION = re.compile(
    r"多少(?:钱|块|元|万|个)?|一共|总共|合计|加起来|加一起|加在一起|分别|各自?|到底|究竟|具体|差(?:多少|几个?)|怎么(?:算|差)|"
    r"能不能|可不可以|有没有|是不是|行不行|可以|能够?|给|补|领|拿|返|发|算|报|"
    r"我们?|俺们?|咱们?|你们?|他们?|她|它|这|那|两|俩|仨|三|样|项|拨|个|笔|都|就|还|也|又|再|要|该|会|呢|吗|呀|啊|吧|么|没|不|是|对|行|的|了|得|到|在|按|"
    r"最多|最高|顶多|顶格|最少|几|啥|什么|怎么|咋|谁|哪|差|共|一|块|元|钱|万|千|帮|请问|请|算算|下|说|知道|想|问"
)
# Short questions, but each one of its own: when, who pays, where and whom to ask.
_TIME = re.compile(
    r"几(?:年|个月|天)|多久|多长|啥时候|什么时候|哪[天年月]|谁(?:来)?(?:出|掏|付)(?:钱|的|$)|[去上在]哪(?:儿|里)?(?:申请|办|报|领)|找谁"
)
_LEANING = re.compile(
    r"^(?:一共|总共|合计|加起来|加一起|加在一起|两样|两项|分别|各|那?到底|差|也就是|就是说|对不对|是不是这样|给个|翻了?几|哪(?:头|档|个|边|样)?.{0,2}(?:多|高|低|少|好|划算|合算|合适)|谁[多高低少])"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The questions of a message, in order, and what was told before the first of them."""

    story: str
    questions: tuple[str, ...]


def split_questions(text: str) -> tuple[str, ...]:
    """The asking parts of a message, in order; one part (the whole message) when it asks one thing."""
    return split_parts(text).questions


def split_parts(text: str) -> Parts:
    """Cut a message where one question ends and another begins.

    What stands before a question mark asks, whatever its words. A stretch that asks nothing belongs to the question after it, before the first question to all of them. A question with
    no subject of its own (「一共多少」) belongs to the one before it.
    """
    parts: list[str] = []
    story = pending = ""
    for piece, marked in _stretches(text):
        if not (marked or asks(piece)):
            pending = _joined(pending, piece)
        elif parts and not pending and leans(piece):
            parts[-1] = _joined(parts[-1], piece)
        elif not parts:
            story, pending = pending, ""
            parts.append(piece)
        else:
            parts.append(_joined(pending, piece))
            pending = ""
    if not 2 <= len(parts) <= MAX_PARTS:
        return Parts("", (text,))
    if pending:  # told after the last question
        parts[-1] = _joined(parts[-1], pending)
    return Parts(_ANNOUNCED.sub("", story).strip("，,：: "), tuple(parts))


def _stretches(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text in order, and whether a question mark follows."""
    found: list[tuple[str, bool]] = []
    for stretch in _HARD.split(text):
        pieces = _pieces(stretch.rstrip("？?")) if stretch else []
        found += [(p, i == len(pieces) - 1 and stretch.endswith(("？", "?"))) for i, p in enumerate(pieces)]
    return found


def split_clauses(text: str) -> list[str]:
    """A text cut at commas and ends of sentences, in its order; empty ones stay."""
    return _CLAUSE_END.split(text)


def asks(piece: str) -> bool:
    """Whether a stretch of text asks something."""
    return bool(_ASKING.search(_TOLD.sub("", piece)))


def leans(piece: str) -> bool:
    """Whether a question has no subject of its own."""
    if _LEANING.match(piece):
        return True
    if _TIME.search(piece):
        return False
    own = MIN_OWN - 1 if piece.endswith("呢") else MIN_OWN  # 「利钱呢」
    return len(re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", _FUNCTION.sub("", piece))) < own


def content_runs(text: str) -> list[str]:
    """The stretches of a text that say what it is about, without the words that only ask."""
    return [run for run in re.split(r"[^\u4e00-\u9fffA-Za-z]+", _FUNCTION.sub(" ", text)) if run]


def _pieces(stretch: str) -> list[str]:
    """A stretch without a full stop, cut at commas; what only opens or closes a question taken off."""
    found = []
    colon = re.split(r"(?<=[^\d])[：:]", stretch)
    for i, side in enumerate(colon):
        for raw in (one for clause in _SOFT.split(side) for cut in _unlisted(clause) for one in _shared(cut)):
            piece = _JOINT.sub("", raw.strip(" ，,。、！!　"))
            piece = _TAIL.sub("", piece).strip(" ，,。、")
            if i < len(colon) - 1:
                piece = _ANNOUNCED.sub("", piece).strip(" ，,。、")
            if piece:
                found.append(piece)
    return found


def _unlisted(clause: str) -> list[str]:
    """A clause cut at its 、 when questions stand on both sides."""
    cuts = _LIST.split(clause)
    return cuts if len(cuts) > 1 and all(asks(c) for c in cuts) else [clause]


def _shared(clause: str) -> list[str]:
    """「最高额度及利率上限分别是多少」: two different things with one asking word are two questions."""
    m = _TWO_ASKED.match(clause)
    if m is None or m["kind"] == m["other"]:
        return [clause]
    return [f"{m['one']}{m['ask']}", f"{m['two']}{m['ask']}"]


def _joined(left: str, right: str) -> str:
    return f"{left}，{right}" if left else right
