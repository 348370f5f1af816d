"""Personal numbers are masked before anything else sees them: model, log, journal, search.

Structured numbers only, each with its own check (GB 11643 for identity cards, Luhn for bank cards), so
that 文号, amounts and dates stay. Digits may be split by spaces, dots or dashes, and may be full width.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MASK = "×××"
_SEP = r"[\s·.\-—_]?"
_DIGIT_RUN = re.compile(rf"(?<![\dA-Za-z〔\[])(?:\+?86{_SEP})?\d(?:{_SEP}\d){{9,20}}(?:{_SEP}[Xx×])?(?![\dA-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[EeGgPp]\d{8}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_CHINESE_RUN = re.compile(r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{11,19}[Xx]?")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal numbers, and the kinds that were found."""

    text: str
    kinds: tuple[str, ...]


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are an identity number with a right check digit, or 15 an old one with a date."""
    if re.fullmatch(r"\d{17}[\dX]", digits):
        total = sum(int(d) * w for d, w in zip(digits[:17], _WEIGHTS, strict=True))
        return _CHECK[total % 11] == digits[17] and "19" <= digits[6:8] <= "20" and "01" <= digits[10:12] <= "12"
    return bool(re.fullmatch(r"\d{15}", digits)) and "01" <= digits[8:10] <= "12" and "01" <= digits[10:12] <= "31"


def is_phone_number(digits: str) -> bool:
    """A mobile number, with or without the country code."""
    return bool(re.fullmatch(r"(?:86)?1[3-9]\d{9}", digits))


def is_bank_card(digits: str) -> bool:
    """A card number of 15–19 digits with a right Luhn digit and an issuer that exists (3–6)."""
    if not re.fullmatch(r"[3-6]\d{14,18}", digits):
        return False
    total = 0
    for i, d in enumerate(reversed(digits)):
        n = int(d) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def _kind(digits: str) -> str | None:
    if is_identity_number(digits):
        return "身份证号"
    if is_phone_number(digits):
        return "手机号"
    if is_bank_card(digits):
        return "银行卡号"
    if re.fullmatch(r"\d{16,19}", digits) or re.fullmatch(r"\d{17}X", digits):
        return "号码"  # no amount or date has sixteen digits: a mistyped card or identity number
    return None


def mask(text: str) -> Masked:
    """Replace personal numbers by ×××."""
    folded = "".join(unicodedata.normalize("NFKC", c) if len(unicodedata.normalize("NFKC", c)) == 1 else c for c in text)
    spans: list[tuple[int, int, str]] = []
    for m in _DIGIT_RUN.finditer(folded):
        digits = re.sub(r"[^\dXx]", "", m.group()).upper()
        for candidate in (digits, digits.removeprefix("86")):
            kind = _kind(candidate)
            if kind:
                spans.append((m.start(), m.end(), kind))
                break
    for m in _CHINESE_RUN.finditer(folded):
        if kind := _kind(m.group().translate(_CHINESE_DIGITS).upper()):
            spans.append((m.start(), m.end(), kind))
    spans += [(m.start(), m.end(), "护照号") for m in _PASSPORT.finditer(folded)]
    spans += [(m.start(), m.end(), "邮箱") for m in _EMAIL.finditer(folded)]
    result = text
    for start, end, _ in sorted(spans, reverse=True):
        result = result[:start] + MASK + result[end:]
    return Masked(result, tuple(dict.fromkeys(kind for _, _, kind in sorted(spans))))
