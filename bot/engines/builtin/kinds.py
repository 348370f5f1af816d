"""The kind of thing that a question asks for, and whether some text states one: for documents without written points.

「能领几次」 is answered by words with a number of times in them, 「去哪申请」 by a place or a channel. The first kind that a
question fits is the one it asks for.
"""

from __future__ import annotations

import re

_N = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)"
PHONE = r"(?<!\d)0\d{2,3}[-—－]?\d{7,8}(?!\d)|(?<!\d)1\d{4}(?!\d)"
# A length of time, not a year of the calendar or a day of a month: 「2024年」「3月1日」.
_LENGTH = r"(?<![\d月])(?:\d{1,2}|[一二两三四五六七八九十]+)(?:年(?!\d|级)|个月|个?工作日|日(?![起前至])|天)"
_MONEY = rf"{_N}\s*[万亿]?元|（[^（）]{{0,4}}元[^（）]{{0,6}}）"  # or the head of a column of a table: 「补助标准（元/人）」
_OPEN = r"另行(?:制定|确定|公布|规定)"  # that somebody else will say it is an answer too
_SHARE = r"[%％‰]|[百一二三四五六七八九十]分之|个百分点"
_CONDITIONS = r"不得|不能|条件|对象|具有|符合|可(?!能)"
_MATERIALS = r"材料|申请表|复印件|证明"
_CHANNELS = r"通过|窗口|平台|网站|公众号|[^，。]网[”，。]|向[^，。]{2,30}申请"
FORCE = r"自.{0,16}起.{0,4}(?:施行|实施|执行)|有效期"  # said of a document as a whole, often in its closing words
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(stated))
    for asked, stated in (
        (r"电话|热线|号码|联系方式", PHONE),
        (r"材料|手续|带(?:啥|什么)|交(?:啥|什么)", _MATERIALS),
        (r"(?:几|多少)次", rf"{_N}次"),
        (r"(?:几|多少)倍", rf"{_N}倍"),
        (r"多大(?:岁数|年纪|年龄)?[能可才]|几岁|多少岁|年龄|\d岁.{0,8}(?:[能行]|可以)", r"\d周?岁"),
        (r"(?:哪天|哪年|(?:什么|啥)时候|几号|几月).{0,4}(?:开始|起)?(?:执行|施行|实施|生效)|有效期", FORCE),
        (
            r"(?:多久|多长时间|几[天年]|几个月|几个工作日)(?:之|以)?内|(?:啥时候|什么时候|哪天|几号)(?:之|以)?前|(?:申请|申领|办理)[期时]限|最晚|最迟",
            r"内(?!不得)[^。；]{0,60}(?:申请|提出|申领|办|提交|申报)|[年月日]前|截至|截止|申(?:请|报|领)[时期]限",
        ),
        (r"几天|多少天|几个工作日", rf"{_N}个?(?:工作日|天)|(?<![月\d])\d+日(?!起)|[一二三四五六七八九十]日"),
        (r"几年|几个月|多长时间|多久|多长|多少个?[年月]", _LENGTH),
        (r"(?:什么|啥)时候|哪天|几号|几月", r"\d{1,2}月(?:\d{1,2}日|底|前|份)|\d{1,2}日(?:[至到—-]|前|起|之前|以前)|[次当]月|退休"),
        (r"百分之[几多]|几成|比例|费率|几个点|占多少", _SHARE),
        (r"[去上在到从]哪|哪里|哪儿|(?:怎么|咋|如何)(?:申请|申领|办|领|报)", _CHANNELS),
        (r"多少(?:钱|元|块)|几[百千万块]|多少补贴|几个钱", f"{_MONEY}|{_OPEN}"),
        (r"多少(?:个|名|位)?(?:人|大学生|毕业生)|招多少", rf"{_N}(?:人|名|个)|{_OPEN}"),
        (r"(?:几|多少)个(?!月|工作日|点|百分|钱)", rf"{_N}个|{_OPEN}"),
        (r"多少|数额|额度|标准|最高|封顶|上限|怎么补|怎么返", f"{_MONEY}|{_SHARE}|{_N}倍|{_OPEN}"),
        (r"(?:能|可以|够)[^，。]{0,12}吗|条件|资格|符合", _CONDITIONS),
    )
)  # fmt: skip


_WORDS_ONLY = frozenset({_CONDITIONS, _MATERIALS, _CHANNELS, FORCE})


# What states the thing asked for in so many words, where a text may state its kind for another reason (「离校2年内」).
_PLAINLY: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(stated))
    for asked, stated in (
        (r"[停断]|不(?:给|发|补)了", r"停止|停发|终止|不再"),
        (
            r"[领补发享拿贷借缓免减返给].{0,4}(?:几年|几个月|多长时间|多久|多长)|最[长多](?:几年|几个月|多久)|期限",
            rf"(?:期限|最长|不超过|至多|为期)[^。；]{{0,12}}?{_LENGTH}|{_LENGTH}的?期限",
        ),
        (r"[去上在到从]哪|哪里|哪儿", r"向[^。；]{2,40}(?:申请|申报|提出)|官网|APP|窗口|(?:服务)?(?:中心|大厅|站)"),
    )
)


def stated_plainly(question: str, text: str) -> bool | None:
    """Whether a text states in so many words what is asked for, of the things that are often only touched upon; None of others."""
    wanted = next((answer for asked, answer in _PLAINLY if asked.search(question)), None)
    return None if wanted is None else bool(wanted.search(text))


def asks_something_definite(question: str) -> bool:
    """Whether a figure, a time or a number is what a question asks for."""
    wanted = _wanted(question)
    return wanted is not None and wanted.pattern not in _WORDS_ONLY


def _wanted(question: str) -> re.Pattern[str] | None:
    return next((answer for asked, answer in _KINDS if asked.search(question)), None)


def stated(question: str, text: str) -> bool:
    """Whether a text states the kind of thing that a question asks for; a question of no kind is content with any text."""
    wanted = _wanted(question)
    return wanted is None or bool(wanted.search(text))


def lacks_the_figure(question: str, text: str) -> bool:
    """Whether a figure is asked for, be it a sum, a time or a telephone number, and a text has none of its kind."""
    wanted = _wanted(question)
    return wanted is not None and wanted.pattern not in _WORDS_ONLY and not wanted.search(text)


def asks_about_the_document(question: str) -> bool:
    """Whether it is the force of a document as such that a question asks for; its closing words may state that."""
    wanted = _wanted(question)
    return wanted is not None and wanted.pattern == FORCE
