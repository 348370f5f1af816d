"""Personal numbers are masked before anything else sees them: model, log, journal, search.

Digits are found however they are written: full width, circled, Chinese numerals, split by spaces, dots,
dashes, brackets or invisible characters, touching letters or Chinese text. What is masked has the shape of
a personal number (GB 11643, Luhn, 号段, area codes, document letters) or stands after a word that announces
one; 文号, amounts, dates, index numbers and public hotlines stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MASK = "×××"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split())
_CHINESE = dict(zip("零〇○洞一幺壹二贰三叁四肆五伍六陆七柒拐八捌九玖勾", "000011122334455667778899" "9", strict=False))
_HOMOGLYPHS = {"o": "0", "O": "0", "l": "1", "I": "1"}
_SEPARATORS = frozenset(" \t\r\n\u3000-‐‑‒–—―−_~.·•・./／\\|()（）[]【】,，、:：'’")
_MAX_SEPARATORS = 4  # between two digits of one number
_INVISIBLE = ("Cf", "Mn", "Me", "Cc")
_PHONE_SHAPES = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (4, 3, 4), (5, 3, 3), (3, 4, 2, 2)})
_CARD_SHAPES = re.compile(r"(?:4,){3}[4](?:,[1-3])?|6,1[03]|8,8|4,12|4,15|6,4,4,[2-5]|1[6-9]")
_CUE = re.compile(
    r"(?:手机|电话|座机|固话|固定电话|联系方式|联系我|打给我|打我|给我打|拨打|号码|传真|微信|(?<![a-z])(?:vx|wx|tel|phone|mobile|qq|v信)|扣扣|身份证|证件号|证号|身份号|卡号|账号|帐号|银行卡|社保号|护照|通行证|居留证)"
    r"[^\d，。,;；！？!?\n]{0,8}$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(r"(?:索引号?|信用代码|登记号|登记编号|机构代码|文号|编号|单号|流水号|订单号?|项目代码|受理号|案号|代码|期号|批次)[^\d，。,;；\n]{0,6}$")
_DOCUMENT = re.compile(r"(?<![A-Za-z0-9])(?:[EGPDSKMHCLT]|E[A-HJ-NP-Z]|[CHM][A-Z]|[A-Z]{3})(?=\d)", re.IGNORECASE)
_AT = r"(?:@|＠|\s?[\(\[（【]?\s?(?:at|艾特)\s?[\)\]）】]?\s?)"
_DOT = r"(?:\s?[.。．]\s?|\s?[\(\[（]?\s?(?:dot|点)\s?[\)\]）]?\s?)"
_EMAIL = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._%+\-]*{_AT}(?:[A-Za-z0-9\-]+{_DOT})+(?:com|cn|net|org|edu|gov|vip|io|me|cc|top|xyz|info|hk|tw|co)(?![A-Za-z])", re.IGNORECASE)
_HANDLE = re.compile(r"(?:微信号?|wechat|vx|wx|qq号?|扣扣号?)(?:是|为|号|[:：\s])*([A-Za-z][A-Za-z0-9_\-]{5,19}|[1-9]\d{5,10})(?![A-Za-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal numbers, and the kinds that were found."""

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that touch one another, in one script; ``start`` and ``end`` are offsets in the original text."""

    digits: str
    start: int
    end: int
    chinese: bool
    separator: str  # what stands before it in the run


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are an identity number with a right check digit, or 15 an old one with region and date."""
    if re.fullmatch(r"\d{17}[\dX]", digits):
        total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
        return _CHECK[total % 11] == digits[17] and _is_born(digits[6:14])
    return bool(re.fullmatch(r"\d{15}", digits)) and digits[:2] in _PROVINCES and _is_born("19" + digits[6:12])


def is_phone_number(digits: str) -> bool:
    """A mobile number, with or without the country code or the old trunk zero."""
    return bool(re.fullmatch(r"(?:86|0086|0)?1[3-9]\d{9}", digits))


def is_landline(digits: str) -> bool:
    """An area code (with or without its zero after 86) and seven or eight digits; service numbers are none."""
    return bool(re.fullmatch(r"(?:0(?:10|2\d)|86(?:10|2\d))[2-8]\d{7}|(?:0|86)[3-9]\d{2}[2-8]\d{6,7}", digits))


def is_bank_card(digits: str) -> bool:
    """A card number of 15–19 digits with a right Luhn digit and an issuer that exists."""
    if not re.fullmatch(r"[2-69]\d{15,18}|3[47]\d{13}", digits):
        return False
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_born(ymd: str) -> bool:
    """A calendar date from 1900 to 2099, as eight digits."""
    try:
        return 1900 <= date(int(ymd[:4]), int(ymd[4:6]), int(ymd[6:])).year <= 2099
    except ValueError:
        return False


def _is_service(digits: str) -> bool:
    """Numbers that offices and firms publish: 12333, 95588, 400-…"""
    return bool(re.fullmatch(r"1[12]\d{1,4}|95\d{3,6}|96\d{3,4}|(?:400|800)\d{7}", digits))


def _digit(text: str, i: int) -> tuple[str, bool] | None:
    """The digit at a place and whether it is a Chinese numeral; ``X`` closes an identity number."""
    c = text[i]
    if c in _CHINESE:
        return _CHINESE[c], True
    value = unicodedata.digit(c, None)
    return (str(value), False) if value is not None else None


def _runs(text: str) -> Iterator[list[_Group]]:
    """Digits with nothing but separators between them, as groups; a change of script parts two groups."""
    run: list[_Group] = []
    i, gap = 0, ""
    while i <= len(text):
        found = _digit(text, i) if i < len(text) else None
        if found:
            digit, chinese = found
            last = run[-1] if run else None
            if last and not gap and last.chinese == chinese:
                run[-1] = _Group(last.digits + digit, last.start, i + 1, chinese, last.separator)
            else:
                run.append(_Group(digit, i, i + 1, chinese, gap))
            gap = ""
        elif i < len(text) and unicodedata.category(text[i]) in _INVISIBLE and text[i] not in "\r\n\t":
            pass
        elif run and i < len(text) and text[i] in _SEPARATORS and len(gap) < _MAX_SEPARATORS:
            gap += text[i]
        else:
            if run:
                yield run
            run, gap = [], ""
        i += 1


def _closing_x(text: str, end: int) -> int:
    """The offset after an X that ends an identity number, or 0."""
    m = re.match(r"[\s\-.·\u200b-\u200f\ufeff]{0,3}(?:[XxＸｘ×Ⅹⅹ✕χХх]|叉)(?![A-Za-z0-9])", text[end:])
    return end + m.end() if m else 0


def _span(text: str, run: list[_Group]) -> Iterator[tuple[int, int, str]]:
    """The personal numbers of a run, left to right, the longest first."""
    at = 0
    while at < len(run):
        for to in range(len(run), at, -1):
            groups = run[at:to]
            kind, start, end = _kind(text, groups, whole=at == 0 and to == len(run))
            if kind:
                yield start, end, kind
                at = to
                break
        else:
            at += 1


def _kind(text: str, groups: list[_Group], whole: bool) -> tuple[str, int, int]:
    """What a window of groups is: kind and span, or no kind."""
    digits = "".join(g.digits for g in groups)
    start, end = groups[0].start, groups[-1].end
    if len(digits) < 7:
        return "", 0, 0
    announced = bool(_CUE.search(text[max(0, start - 24) : start]))
    public = bool(_PUBLIC.search(text[max(0, start - 16) : start]))
    amount = bool(re.match(r"\s?(?:万|亿)?元(?!旦|宵|月)|\.\d", text[end : end + 4])) or text[max(0, start - 1) : start] in ("¥", "￥")
    shape = tuple(len(g.digits) for g in groups)
    even = len({g.separator.strip() or g.separator[:1] for g in groups[1:]}) <= 1
    closed = _closing_x(text, end) if len(digits) == 17 else 0
    kind = _strong(digits + "X" * bool(closed), shape, whole and even)
    if not kind and not public and not amount:
        kind = _likely(text, groups, digits, shape, announced and whole)
    if kind and not announced and amount and kind in ("手机号", "座机号"):
        kind = ""
    if kind and groups[0].separator == "" and start and text[start - 1] == "+":
        start -= 1
    return kind, start, closed or end


def _strong(digits: str, shape: tuple[int, ...], free: bool) -> str:
    """Kinds that carry their own proof. ``free``: the window is a whole run, evenly split, so any split will do."""
    if len(digits) == 18 and is_identity_number(digits):
        return "身份证号"
    if len(digits) == 18 and digits[:2] in _PROVINCES and _is_born(digits[6:14]):
        return "身份证号"  # mistyped, or made up: the date of birth alone says what it is
    if len(digits) == 15 and is_identity_number(digits) and (free or len(shape) <= 4):
        return "身份证号"
    if is_phone_number(digits) and (free or shape in _PHONE_SHAPES or _after_code(digits, shape)):
        return "手机号"
    if is_bank_card(digits) and (free or _CARD_SHAPES.fullmatch(",".join(map(str, shape)))):
        return "银行卡号"
    if is_landline(digits) and len(shape) <= 4 and (len(shape) == 1 or shape[0] in (2, 3, 4)):
        return "座机号"
    return ""


def _after_code(digits: str, shape: tuple[int, ...]) -> bool:
    """「86 138 1234 5678」, 「0086-13812345678」."""
    code = digits[: len(digits) - 11]
    return len(code) == shape[0] and shape[1:] in _PHONE_SHAPES or shape in {(13,), (12,), (15,)} or (shape[0] == len(code) + 3 and shape[1:] in {(4, 4), (8,)})


def _likely(text: str, groups: list[_Group], digits: str, shape: tuple[int, ...], announced: bool) -> str:
    """Kinds told by their length, their letters or the word before them."""
    start, end = groups[0].start, groups[-1].end
    tail = text[end : end + 2]
    is_code = len(digits) == 17 and re.match(r"[A-HJ-NPQRTUWY](?![A-Za-z])", tail)  # 统一社会信用代码
    if len(groups) == 1 and len(digits) >= 16 and not is_code:
        return "号码"  # no amount or date has sixteen digits: a mistyped card or identity number
    if 16 <= len(digits) <= 19 and digits[0] in "34569" and _CARD_SHAPES.fullmatch(",".join(map(str, shape))):
        return "银行卡号"
    if text[max(0, start - 1) : start] == "+" and 10 <= len(digits) <= 15:
        return "手机号"
    if announced and not _is_service(digits) and not _is_calendar(digits):
        return "号码"
    if len(groups) == 1 and groups[0].chinese and len(digits) >= 11 and is_phone_number(digits[:11]):
        return "手机号"
    return ""


def _is_calendar(digits: str) -> bool:
    return len(digits) == 8 and _is_born(digits)


def _chinese_phone_end(groups: tuple[_Group, ...]) -> int:
    """「一三八…一直」: the numeral that begins the next word is not part of the number."""
    return groups[0].start + 11


def _documents(text: str) -> Iterator[tuple[int, int, str]]:
    """Passports and permits: one to three letters and seven to nine digits, however split."""
    for m in _DOCUMENT.finditer(text):
        body = re.match(r"(?:[\s\-]?\d){7,10}(?!\d)", text[m.end() :])
        letters = m.group().upper()
        if not body:
            continue
        digits = re.sub(r"\D", "", body.group())
        wanted = {1: {8, 10}, 2: {7}, 3: set()}[len(letters)]
        if len(digits) in wanted or (_CUE.search(text[max(0, m.start() - 16) : m.start()]) and len(digits) >= 6):
            yield m.start(), m.end() + body.end(), "护照号"


def mask(text: str) -> Masked:
    """Replace personal numbers by ×××."""
    raise NotImplementedError
