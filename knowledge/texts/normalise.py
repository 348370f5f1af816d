"""One normal form for matching: what people type and what documents print, made comparable.

Only for search and understanding; quotes and answers always show canonical text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\ud800-\uf8ff\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\U000e0000-\U000e007f]")
_CJK = re.compile("[\u3400-\u9fff]")


@lru_cache(maxsize=1)
def _simplifier() -> dict[int, str]:
    """Traditional → simplified, character by character (OpenCC's table; one to one keeps offsets)."""
    words = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    table = {}
    for line in words.splitlines():
        traditional, _, rest = line.partition("\t")
        simple = rest.split(" ")[0]
        if len(traditional) == len(simple) == 1 and simple != traditional and "\u4e00" <= traditional <= "\u9fff":
            table[ord(traditional)] = simple
    return table


def visible(text: str) -> str:
    """Drop zero-width, bidi-control and tag characters (they hide instructions and split words), broken and private ones."""
    return _INVISIBLE.sub("", text)


def simplified(text: str) -> str:
    """Traditional characters to simplified, one for one (offsets stay)."""
    return text.translate(_simplifier())


def matching_form(text: str) -> str:
    """NFKC, lower case, simplified characters, no white space."""
    folded = unicodedata.normalize("NFKC", visible(text)).lower()
    return _SPACES.sub("", folded.translate(_simplifier()))


def grams(text: str, sizes: tuple[int, ...] = (1, 2)) -> list[str]:
    """Overlapping character n-grams of the Chinese runs; digits and Latin runs stay whole words.

    >>> grams("稳岗返还60%")
    ['稳', '岗', '返', '还', '稳岗', '岗返', '返还', '60']
    """
    result: list[str] = []
    for run in re.findall("[\u3400-\u9fff]+|[a-z]+|\\d+(?:\\.\\d+)?", matching_form(text)):
        if not _CJK.match(run):
            result.append(run)
            continue
        for n in sizes:
            result += [run[i : i + n] for i in range(len(run) - n + 1)]
    return result
