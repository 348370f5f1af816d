"""Does a text state this fact? One rule for nuggets and for words that must not appear.

Both sides lose white space, asterisks, thousands separators and other commas (after NFKC). A needle that
begins or ends with a digit or a Chinese numeral must not be the tail or the head of a longer number:
「1500元」 is not in 「11500元」, 「三年」 is not in 「十三年」. A needle that is nothing but a number is also
found by value: 「10万」 in 「100,000 元」.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from knowledge.numerals import Number, numbers_in

_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_BY_VALUE = Decimal(1000)  # a bare figure below this (「3」) needs its unit to mean anything
_MARK = re.compile(r"\[\d+\]")


def normalise(text: str) -> str:
    """The form in which texts are compared."""
    text = re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).lower()
    text = re.sub(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", r"\1年\2月\3日", text)
    text = re.sub(r"(?<=[年月])0(?=\d)", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.sub(r"(?<=\d),(?=\d)", ";", text).replace(",", "")


def contains(text: str, needle: str) -> bool:
    """Whether ``text`` states ``needle``."""
    wanted = normalise(needle)
    if not wanted:
        return False
    if re.search(_before(wanted[0]) + re.escape(wanted) + _after(wanted[-1]), normalise(text)):
        return True
    number = _whole_number(needle)
    return number is not None and any(_same(number, n) for n in numbers_in(without_marks(text)))


def without_marks(text: str) -> str:
    """The text without its ``[1]`` marks and asterisks, which are no figures."""
    return _MARK.sub("", text).replace("*", "")


def first_in(text: str, needles: Iterable[str]) -> str | None:
    """The first needle that the text states."""
    return next((n for n in needles if contains(text, n)), None)


def missing(text: str, nuggets: Iterable[Sequence[str]]) -> list[str]:
    """The nuggets of which the text states no alternative, named by their first alternative."""
    return [alternatives[0] for alternatives in nuggets if first_in(text, alternatives) is None]


def is_figure(nugget: Sequence[str]) -> bool:
    """Whether a nugget is about a number."""
    return all(numbers_in(alternative) for alternative in nugget)


def _before(first: str) -> str:
    if first.isdigit():
        return r"(?<![\d.])"
    return rf"(?<![{_NUMERALS}])" if first in _NUMERALS else ""


def _after(last: str) -> str:
    if last.isdigit():
        return r"(?!\d|\.\d)"
    return ""


def _whole_number(needle: str) -> Number | None:
    found = numbers_in(unicodedata.normalize("NFKC", needle).replace(" ", ""))
    if len(found) != 1 or found[0].raw.replace(" ", "") != needle.replace(" ", ""):
        return None
    return found[0] if found[0].unit or found[0].value >= _BY_VALUE else None


def _same(wanted: Number, found: Number) -> bool:
    return wanted.value == found.value and (
        wanted.unit in ("", found.unit) or (wanted.unit == "元" and not found.unit and wanted.value >= _BY_VALUE)
    )
