"""Several questions in one message → its parts, each a question of its own."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"[？?；;\n]+|(?<=[。！!])|(?<=[吗呢不])，(?=另外|还有|再问|那|顺便)|(?:^|(?<=[。，]))(?=另外|还有就是|再问一下|顺便问)|(?<=[。；，\s])(?=[1-9一二三四][、.)）])"
)
_ASKING = re.compile(
    r"多少|几|谁|哪|什么|啥|怎么|咋|如何|吗|呢|不$|没$|么$|多久|多长|是否|能不能|可不可以|有没有|可以.{0,6}$|行不|为何|为什么|最高|最多|截止|标准|条件"
)
MIN_LENGTH = 4
MAX_PARTS = 4


def split_questions(text: str) -> tuple[str, ...]:
    """The asking parts of a message, in order; a story before a question stays with it.

    One part (the whole message) when it asks one thing.
    """
    pieces = [p.strip(" ，,。、1234)）.") for p in _BREAK.split(text)]
    parts: list[str] = []
    story = ""
    for piece in (p for p in pieces if p):
        if _ASKING.search(piece) and len(piece) >= MIN_LENGTH:
            parts.append(f"{story}，{piece}" if story else piece)
            story = ""
        else:
            story = f"{story}，{piece}" if story else piece
    if len(parts) < 2 or len(parts) > MAX_PARTS:
        return (text,)
    if story:  # what follows the last question belongs to all of them
        parts[-1] = f"{parts[-1]}，{story}"
    return tuple(parts)
