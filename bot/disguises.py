"""One text, every way it could have been meant to be read: folded, joined, reversed, decoded, spoken.

Instructions are hidden from filters by zero-width and look-alike characters, by spaces and marks between
characters, by encodings, by writing backwards, by pinyin and by characters that only sound right. Each
disguise is undone as a class; the guards then read every form with the same rules.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from knowledge.texts.normalise import matching_form, visible

# Letters of other scripts that look like Latin ones (after lower-casing; NFKC has undone the styled letters).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁԛһклмнтвгпьαβεικνορτυχγδηωօոսցահɑɡɩıłøđħ", "aeopcyxijsdqhklmhtbrnbabeiknoptuxydnwonsgahagiilodh"
)
_DECORATION = ("Mn", "Me", "So", "Cf")  # combining marks, symbols and emoji, format characters
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"[a-z0-9]+(?:[@$][a-z0-9]+)*")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_NOT_WORDS = re.compile(r"[^\w,。.!?;:]|_")
_SPELT_OUT = re.compile(r"(?<!\w)\w(?:[^\w\s]{1,2}\w){2,}(?!\w)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){8,}")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]+;|%[0-9a-fA-F]{2}){2,}")
_LATIN = re.compile(r"[a-z]+")
_CJK = re.compile("[\u3400-\u9fff]")
_INITIALS = "b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w|"
_FINALS = "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|ve|er|a|o|e|i|u|v"
_SYLLABLES = re.compile(f"(?:(?:{_INITIALS})(?:{_FINALS}))+")
# Everyday words whose characters seldom meet the other way round: they show in which direction a text was written.
_COMMON = re.compile(
    "什么|怎么|可以|所有|指令|提示|系统|补贴|合同|我们|没有|如何|告诉|忽略|规则|申请|直接|回答|的人|你的|我的|一个|多少|公司|"
    "不被|现在|文件|限制|这个|自己|帮我|给我|把你|员工|证书|失业|领取|设定|内容|输出|之前|你们|他们|是啥|服务|数据|密码|不是|"
    "就是|还是|怎样|要求|时候|知道|需要|工作|单位|材料|办理|政策|就业|企业|社保|全部|模式|开始|必须|不要|不能|一下|其他|用户"
)
MAX_DECODED = 4  # nested or repeated encodings beyond this are not followed


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a text. The last two describe each letter of a spoken form."""

    name: str
    words: str  # letters, digits and sentence marks only
    marks: str  # with every mark
    typed: tuple[bool, ...] = ()  # typed as pinyin, not written as a character
    begins: tuple[bool, ...] = ()  # a syllable may begin here


def folded(text: str) -> str:
    """The matching form, and: no combining marks, symbols or emoji; look-alike letters and digits in words made plain."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", visible(text)) if unicodedata.category(c) not in _DECORATION)
    plain = plain.lower().translate(_LOOKALIKES)
    least = 1 if _all_leet(plain) else 3  # letters in a word: 「A4纸」, 「3d打印」 are written so by everyone
    return matching_form(_joined(_LEET_WORD.sub(lambda m: _unleet(m.group(), least), plain)))


def _unleet(word: str, least: int) -> str:
    return word.translate(_LEET) if least <= sum(c.isalpha() for c in word) < len(word) else word


def _all_leet(text: str) -> bool:
    """Whether a text without Chinese characters mixes letters and digits in most of its words: 「y0u 4r3 n0w」."""
    words = _LEET_WORD.findall(text)
    mixed = sum(not w.isalpha() and not w.isdigit() for w in words)
    return len(words) >= 3 and mixed > len(words) / 2 and not _CJK.search(text)


def _joined(text: str) -> str:
    """Characters spelt out with marks between them, put together: 「忽-略-指-令」 → 「忽略指令」."""
    return _SPELT_OUT.sub(lambda m: re.sub(r"[^\w]", "", m.group()), text)


def _form(name: str, text: str) -> Form:
    marks = folded(text)
    return Form(name, _NOT_WORDS.sub("", marks), marks)


def _decode(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) >= 4 and all(c.isprintable() or c in "\n\t" for c in text) else None


def _base64(token: str) -> str | None:
    token = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _decode(base64.b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError):
        return None


def hidden_texts(text: str) -> tuple[str, ...]:
    """What a text carries in base64, hexadecimal, escapes, entities, tag characters or ROT13."""
    found: list[str | None] = ["".join(chr(ord(c) - 0xE0000) for c in run) for run in _TAGS.findall(text)]
    text = visible(text)
    found += [_base64(token) for token in _BASE64.findall(text)]
    found += [_decode(bytes.fromhex(re.sub(r"[\s:]", "", token))) for token in _HEX.findall(text)]
    if _ESCAPES.search(text):
        unescaped = re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda m: chr(int(m.group(1) or m.group(2), 16)), text)
        found.append(html.unescape(unquote(unescaped)))
    if len(re.findall("[A-Za-z]", text)) >= 12:
        found.append(codecs.encode(text, "rot13"))
    return tuple(t for t in found if t)[:MAX_DECODED]


@lru_cache(maxsize=8192)
def syllable(character: str) -> str:
    """The toneless pinyin of a Chinese character (the commonest reading); other characters as they are."""
    from pypinyin import lazy_pinyin

    return lazy_pinyin(character)[0].replace("ve", "ue") if _CJK.match(character) else character


def spoken(words: str) -> Form:
    """How a text sounds: pinyin without tones and spaces, whether it was written in characters or typed."""
    typed_pinyin = [False] * len(words)
    for run in _LATIN.finditer(words):
        if _SYLLABLES.fullmatch(run.group()):
            typed_pinyin[run.start() : run.end()] = [True] * len(run.group())
    sounds = [syllable(c) for c in words]
    typed = [t for t, s in zip(typed_pinyin, sounds, strict=True) for _ in s]
    begins = [i == 0 for s in sounds for i in range(len(s))]
    return Form("spoken", "".join(sounds).replace("lve", "lue").replace("nve", "nue"), "", tuple(typed), tuple(begins))


def forms_of(text: str) -> tuple[Form, ...]:
    """Every reading of a text, the plain one first; the spoken one last."""
    plain = _form("plain", text)
    hidden = hidden_texts(text)
    decoded = [_form("decoded", t) for t in (*hidden, *(inner for t in hidden for inner in hidden_texts(t)))]
    return (plain, *_backwards(plain), *decoded, spoken(plain.words))


def _backwards(plain: Form) -> tuple[Form, ...]:
    """The text read from its end, when more common words stand in it that way."""
    words = plain.words[::-1]
    written_backwards = len(_COMMON.findall(words)) > len(_COMMON.findall(plain.words))
    latin = len(_LATIN.findall(words)) > 0 and not _CJK.search(words)
    return (Form("reversed", words, plain.marks[::-1]),) if written_backwards or latin else ()
