"""Personal numbers are masked before anything else sees them: model, log, journal, search.

Digits are found however they are written: full width, circled, Chinese numerals, split by spaces, dots,
dashes, brackets or invisible characters, touching letters or Chinese text. Masked is what carries its own
proof (GB 11643, Luhn, 号段, area code, letters of a document) or stands after a word that announces it;
文号, amounts, dates, index numbers and public hotlines stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

MASK = "×××"
_LONGEST = 22  # digits of one number, with a country code and a numeral of the next word
Span = tuple[int, int, str]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_CHINESE = "零〇○洞一幺壹二贰三叁四肆五伍六陆七柒拐八捌九玖勾"
_VALUES = str.maketrans(_CHINESE, "0000111223344556677788999")
_AS_DIGITS = str.maketrans("OolI", "0011")
_D = f"[0-9{_CHINESE}]"
_GAP = r"[\s\-‐‑‒–—―−_.·]{0,3}"
_MARKS = r"\s\-‐‑‒–—―−_~.·•・/\\|()\[\]（）【】"
_RUN = re.compile(rf"{_D}(?:[{_MARKS}]{{0,4}}{_D})*")
_LETTER_DIGITS = re.compile(r"(?<![A-Za-z])(?=(?:[OolI]*\d){5})[\dOolI]{11,19}(?![A-Za-z])")
_GROUP = re.compile(f"[0-9]+|[{_CHINESE}]+")
_CLOSING_X = re.compile(r"[\s\-.·]{0,3}(?:[XxХх×✕χⅩⅹ](?![A-Za-z0-9])|叉)")
_CODE_LETTER = re.compile(r"[A-HJ-NPQRTUWY](?![A-Za-z])")  # the last place of a 统一社会信用代码
_PHONE_SHAPES = frozenset(
    {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (4, 3, 4), (5, 3, 3), (3, 2, 2, 2, 2)}
)
_CARD_SHAPE = re.compile(r"(?:4,){3}4(?:,[1-3])?|6,1[0-3]|8,8|8,11|4,12|4,15|6,4,4,[2-5]|15|1[6-9]")
_LINE = re.compile(r"(?:(?:86|0086)-?)?(?:0?(?:10|2\d)|0?[3-9]\d{2})-?(?:[2-8]\d{6,7}|[2-8]\d{2,3}-\d{4}|[2-8]\d{3}-\d{3})")
_ANNOUNCED = re.compile(
    r"(?:手机|电话|座机|固话|联系方式|联系我|打给我|打我|拨打|传真|微信|扣扣|身份证|证件号|证号|身份号|卡号|账号|帐号|账户|户头|银行卡|存折|个人编号|社保编号|护照|通行证|台胞证|回乡证|军官证|居留证"
    r"|(?<![a-z])(?:vx|wx|tel|phone|mobile|qq|v信))[^\d，。,;；！？!?\n]{0,8}$",
    re.IGNORECASE,
)
_ANNOUNCED_LIST = re.compile(
    _ANNOUNCED.pattern[:-1] + rf"(?<!{_D})({_D}{{2,6}}(?:[,，、]\s?{_D}{{2,8}}){{2,3}})(?!{_D})", re.IGNORECASE
)
_PUBLIC = re.compile(
    r"(?:索引号?|信用代码|登记号|登记编号|机构代码|文号|发票|订单|单号|流水号|项目代码|受理号?|案号|代码|期号|批次|办件|业务|编号)[^\d，。,;；\n]{0,6}$"
)
_AMOUNT = re.compile(r"\s?[万亿]?元(?![旦宵月])")
_SERVICE = re.compile(r"(?:0\d{2,3})?(?:1[12]\d{1,4}|9[56]\d{3,6})|[48]00\d{7}")
_LETTERS = re.compile(rf"(?<![A-Za-z0-9])[A-Z](?:{_GAP}[A-Z])?(?={_GAP}{_D})", re.IGNORECASE)
_BODY = re.compile(rf"(?:{_GAP}[0-9]){{6,10}}(?![0-9])|(?:{_GAP}[{_CHINESE}]){{6,10}}")
_HONG_KONG = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d{6}\s?\([0-9Aa]\)")
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
    r"(?:\s?(?:@|[(\[【]\s?(?:at|@|艾特)\s?[)\]】]|艾特)\s?[A-Za-z0-9\-]+(?:\s?(?:[.。]|[(\[]\s?(?:dot|点|\.)\s?[)\]]|点)\s?[A-Za-z]{2,})*"
    r"|\sat\s[A-Za-z0-9\-]+(?:\sdot\s[A-Za-z]{2,})+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?:微信号?|wechat|(?<![a-z])(?:vx|wx)|qq号?|扣扣号?)(?:是|为|号|:|\s)*([A-Za-z][A-Za-z0-9_\-]{5,19}|[1-9]\d{5,10})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal numbers, and the kinds that were found."""

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """Neighbouring groups of digits read as one number. Offsets are in the plain text."""

    digits: str
    shape: tuple[int, ...]
    start: int
    end: int
    parts: str  # the groups with a dash between
    free: bool  # nothing else in the run and split evenly: any split will do
    mixed: bool  # Arabic and Chinese digits: likely two things


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are an identity number with a right check digit, or 15 an old one with region and date."""
    if re.fullmatch(r"\d{17}[\dX]", digits):
        total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
        return _CHECK[total % 11] == digits[17] and _is_date(digits[6:14])
    return bool(re.fullmatch(r"\d{15}", digits) and _PROVINCES.match(digits)) and _is_date("19" + digits[6:12])


def is_phone_number(digits: str) -> bool:
    """A mobile number, with or without the country code or a trunk zero."""
    return bool(re.fullmatch(r"(?:86|0086|0)?1[3-9]\d{9}", digits))


def is_landline(digits: str) -> bool:
    """An area code and seven or eight digits; numbers of public services are none."""
    return bool(re.fullmatch(r"(?:0|86|0086)(?:(?:10|2\d)[2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7})", digits))


def is_bank_card(digits: str) -> bool:
    """A card number of 15–19 digits with a right Luhn digit and an issuer that exists."""
    if not re.fullmatch(r"(?:2[2-7]|[3-69]\d)\d{14,17}|3[47]\d{13}", digits):
        return False
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _is_date(ymd: str) -> bool:
    """Eight digits that are a day between 1900 and 2099."""
    try:
        return 1900 <= date(int(ymd[:4]), int(ymd[4:6]), int(ymd[6:])).year <= 2099
    except ValueError:
        return False


def _plain(text: str) -> tuple[str, list[int]]:
    """The text with every digit, letter and mark in its plain form and nothing invisible, and where each character stood."""
    characters: list[str] = []
    places: list[int] = []
    for i, c in enumerate(text):
        if unicodedata.category(c) in ("Cf", "Mn", "Me"):
            continue
        value = unicodedata.digit(c, None)
        folded = str(value) if value is not None else unicodedata.normalize("NFKC", c)
        characters.append(folded if len(folded) == 1 else c)
        places.append(i)
    plain = _LETTER_DIGITS.sub(lambda m: m.group().translate(_AS_DIGITS), "".join(characters))
    return plain, [*places, len(text)]


def _furthest(groups: list[tuple[str, int, int]], first: int) -> int:
    """The last group that can still belong to one number."""
    digits = len(groups[first][0])
    last = first
    while last + 1 < len(groups) and digits + len(groups[last + 1][0]) <= _LONGEST:
        last += 1
        digits += len(groups[last][0])
    return last


def _windows(run: re.Match[str]) -> Iterator[list[_Window]]:
    """For every group of a run, the windows that begin there, one script before two, the longest first.

    A Chinese numeral at either end may belong to the next word (「…一直」): windows without it are tried too.
    """
    groups = [(m.group(), run.start() + m.start(), run.start() + m.end()) for m in _GROUP.finditer(run.group())]
    for first in range(len(groups)):
        found: list[_Window] = []
        for last in range(_furthest(groups, first), first - 1, -1):
            part = groups[first : last + 1]
            gaps = {run.string[a[2] : b[1]].strip() or run.string[a[2] : b[1]][:1] for a, b in pairwise(part)}
            free = len(part) == len(groups) and len(gaps) <= 1
            mixed = len({g[0] in _CHINESE for g, _, _ in part}) > 1
            lead = min(2, len(part[0][0]) - 1) if part[0][0][0] in _CHINESE else 0
            tail = min(2, len(part[-1][0]) - 1) if part[-1][0][0] in _CHINESE else 0
            for a, b in sorted(((a, b) for a in range(lead + 1) for b in range(tail + 1)), key=sum):
                digits = "".join(g for g, _, _ in part).translate(_VALUES)
                sizes = [len(g) for g, _, _ in part]
                sizes[0] -= a
                sizes[-1] -= b
                parts = "-".join(g for g, _, _ in part).translate(_VALUES)
                ends = part[0][1] + a, part[-1][2] - b
                found.append(_Window(digits[a : len(digits) - b], tuple(sizes), *ends, parts[a : len(parts) - b], free, mixed))
        yield sorted(found, key=lambda w: w.mixed)


@dataclass(frozen=True, slots=True)
class _Before:
    """What the words before a number say about it."""

    announced: bool  # 「手机…」, 「卡号…」
    public: bool  # 「索引号…」, 「订单号…」
    money: bool  # 「￥…」


def _before(text: str, start: int) -> _Before:
    words = text[max(0, start - 24) : start]
    announced = bool(_ANNOUNCED.search(words))
    return _Before(announced, not announced and bool(_PUBLIC.search(words)), words[-1:] in ("¥", "￥"))


def _kind(text: str, w: _Window, before: _Before, proof: bool) -> tuple[str, int]:
    """What a window is by its own proof (or else by length and the word before), and where it ends, a closing X included."""
    if not 7 <= len(w.digits) <= max(_LONGEST, w.shape[0]) or min(w.shape) < 1:
        return "", 0
    x = _CLOSING_X.match(text, w.end) if len(w.digits) == 17 else None
    digits, end = (w.digits + "X", x.end()) if x else (w.digits, w.end)
    kind = _proven(digits, w, before.announced) if proof else _likely(text, digits, w, before)
    if not kind or before.announced:
        return kind, end
    amount = before.money or bool(_AMOUNT.match(text, w.end))
    excused = (kind in ("手机号", "座机号", "号码") and (amount or before.public)) or (kind == "银行卡号" and before.public)
    return "" if excused else kind, end


def _proven(digits: str, w: _Window, announced: bool) -> str:
    """Kinds that the digits prove by themselves."""
    shape, free = ",".join(map(str, w.shape)), w.free or announced
    if len(digits) == 18 and (is_identity_number(digits) or (_PROVINCES.match(digits) and _is_date(digits[6:14]))):
        return "身份证号"  # with a wrong check digit the region and the day of birth still say what it is
    if is_identity_number(digits) and (free or len(w.shape) <= 4):
        return "身份证号"
    if is_phone_number(digits) and (free or w.shape in _PHONE_SHAPES or _after_code(digits, w.shape)):
        return "手机号"
    if is_bank_card(digits) and (free or _CARD_SHAPE.fullmatch(shape)):
        return "银行卡号"
    if is_landline(digits) and ((free and len(w.shape) > 6) or _LINE.fullmatch(w.parts)):
        return "座机号"
    return ""


def _after_code(digits: str, shape: tuple[int, ...]) -> bool:
    """「86 138 1234 5678」, 「0086-13812345678」, 「86138 1234 5678」."""
    code = len(digits) - 11
    if code <= 0:
        return False
    apart = shape[0] == code and shape[1:] in _PHONE_SHAPES
    return apart or shape == (len(digits),) or (shape[0] == code + 3 and sum(shape[1:]) == 8)


def _likely(text: str, digits: str, w: _Window, before: _Before) -> str:
    """Kinds told by length, or by the word before."""
    if before.public:
        return ""
    single = len(w.shape) == 1
    if single and len(digits) >= 16 and not (len(digits) == 17 and _CODE_LETTER.match(text, w.end)):
        return "号码"  # no amount or date has sixteen digits: a mistyped card or identity number
    if 16 <= len(digits) <= 19 and digits[0] in "34569" and _CARD_SHAPE.fullmatch(",".join(map(str, w.shape))):
        return "银行卡号"
    if text[w.start - 1 : w.start] == "+" and 10 <= len(digits) <= 15:
        return "手机号"
    if before.announced and not _SERVICE.fullmatch(digits) and not (len(digits) == 8 and _is_date(digits)):
        return "号码"
    return ""


def _numbers(text: str) -> Iterator[Span]:
    """Numbers among the digits of a plain text."""
    for run in _RUN.finditer(text):
        taken = run.start()
        for candidates in _windows(run):
            free = [w for w in candidates if w.start >= taken]
            before = _before(text, free[0].start) if free else None
            alone = sorted(free, key=lambda w: (w.mixed, len(w.shape) > 1 and w.shape[0] >= 7))
            for w, proof in [*((w, True) for w in free), *((w, False) for w in alone)]:
                kind, end = _kind(text, w, before, proof) if before else ("", 0)
                if kind:
                    taken = end
                    yield _with_marks(text, w.start, end, kind)
                    break


def _announced_lists(text: str) -> Iterator[Span]:
    """「手机一三八，零零一三，八零零零」: commas between the parts, which without the word before would be a list."""
    for m in _ANNOUNCED_LIST.finditer(text):
        digits = "".join(_GROUP.findall(m.group(1))).translate(_VALUES)
        if is_phone_number(digits) or is_identity_number(digits):
            yield m.start(1), m.end(1), "手机号" if len(digits) < 15 else "身份证号"


def _with_marks(text: str, start: int, end: int, kind: str) -> Span:
    """A plus sign and an opening bracket belong to the number that they begin."""
    number = text[start:end]
    if start and text[start - 1] == "+":
        start -= 1
    if start and text[start - 1] in "([【" and sum(map(number.count, ")]】")) > sum(map(number.count, "([【")):
        start -= 1
    return start, end, kind


def _documents(text: str) -> Iterator[Span]:
    """Passports and permits: one or two letters and seven to ten digits."""
    for m in _LETTERS.finditer(text):
        body = _BODY.match(text, m.end())
        if not body:
            continue
        digits = "".join(_GROUP.findall(body.group())).translate(_VALUES)
        announced = bool(_ANNOUNCED.search(text[max(0, m.start() - 16) : m.start()]))
        letters = "".join(c for c in m.group().upper() if c.isalpha())
        passport = len(digits) == (8 if len(letters) == 1 else 7) and re.fullmatch("E[A-HJ-NP-Z]?|G|[CHM][A-Z]", letters)
        permit = letters in "PSDHMC" and len(digits) in (8, 10) and not digits.startswith(("19", "20"))
        if passport or permit or (announced and len(digits) >= 6):
            yield m.start(), body.end(), "护照号"
    for m in _HONG_KONG.finditer(text):
        yield m.start(), m.end(), "证件号"


def mask(text: str) -> Masked:
    """Replace personal numbers by ×××."""
    plain, places = _plain(text)
    spans: list[Span] = [(m.start(), m.end(), "邮箱") for m in _EMAIL.finditer(plain)]
    spans += [*_documents(plain), *_announced_lists(plain), *_numbers(plain)]
    spans += [(m.start(1), m.end(1), "社交账号") for m in _HANDLE.finditer(plain) if not _SERVICE.fullmatch(m.group(1))]
    pieces: list[str] = []
    kinds: list[str] = []
    at = 0
    for start, end, kind in sorted(spans, key=lambda s: (s[0], -s[1])):
        if places[start] < at:  # inside what is masked already; what sticks out is masked with it
            at = max(at, places[end - 1] + 1)
            continue
        pieces += [text[at : places[start]], MASK]
        at = places[end] if end < len(places) - 1 and places[end] - places[end - 1] > 1 else places[end - 1] + 1
        kinds.append(kind)
    return Masked("".join([*pieces, text[at:]]), tuple(dict.fromkeys(kinds)))
