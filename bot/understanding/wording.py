"""A message put so that it can be read alone: missing commas, an ellipsis with its number, a correction with its reason."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.understanding.cues import Cues, cue_rows

_NUMBER = r"(?:\d+|[一二两三四五六七八九十百]+)(?:个|名|位)?(?:人)?|俩|仨"
_UNITS = "年月个人元万块天岁名位家号日周学小百千分"
_TYPED_APART = re.compile(rf"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])|(?<=[\d%％])\s+(?=[^\W\d_{_UNITS}])")
_LEVELS = re.compile(
    r"(?:(?<=^)|(?<=[，,；;、\s]))((?:[初中高]级|[三四五]级)(?:证书?|工)?[\d一二两三四五六七八九十]{1,2}[个本张]?)(?=[初中高]级|[三四五]级)"
)
_STOPS = re.compile(r"[，。,；;！!：:]")
# 「那登记失业八九个月的呢？我想招俩，也签一年」: of whom the number is stands before it, as an ellipsis of its own.
_KIND_FIRST = re.compile(
    rf"(?:(?<=^)|(?<=[，,。；;！!\s]))那(?:么|要是|如果)?(?P<kind>[^，,。；;？?！!]{{3,18}}?)呢[？?，,。\s]+"
    rf"(?P<before>[^，,。；;？?！!\d]{{0,5}}(?:招|找|收|要|录|雇|聘|来)(?:了|过|到)?)(?P<number>{_NUMBER})(?=[，,。；;！!？?]|$)"
)
# 「他57，得60才退」: ages said without their unit, after whose they are or before retirement.
_TENS = r"(?:[2-7]\d|[二三四五六七]?十[一二三四五六七八九]?)"
_AGE = re.compile(
    rf"(?:(?<=[我俺他她爸妈伴数])({_TENS})(?=了?(?:[，,。；;！!？?\s]|$))|(?<![\d一二三四五六七八九十])({_TENS})(?=(?:才能?|就能?|办)?退(?:休)?(?!\d|[了回还]|.{{0,2}}%)))"
)
_CLAUSE = re.compile(r"[^，,。；;！!？?\s]+[，,。；;！!？?\s]*")
_STATES = re.compile(
    rf"^(?:那|就|应该|其实|一共|总共|实际|实际上|准确说|准确地说)*(?:应该)?(?:是|一共|总共|有)?(?:是)?(?:{_NUMBER})"
)


@lru_cache(maxsize=1)
def _reason() -> re.Pattern[str]:
    return re.compile(cue_rows()["correction_reason"])


@lru_cache(maxsize=1)
def _shorthand() -> tuple[re.Pattern[str], dict[str, str]]:
    words = dict(cue_rows()["shorthand"])
    return re.compile(rf"(?:(?<=^)|(?<=[\s，,、；;]))(?:{'|'.join(words)})(?=[\s，,、；;])"), words


@lru_cache(maxsize=1)
def _people_noted() -> re.Pattern[str]:
    return re.compile(cue_rows()["people_noted"])


def _in_full(question: str) -> str:
    """An operator's short names of subjects in full, in a note without a full sentence."""
    pattern, words = _shorthand()
    return pattern.sub(lambda m: words[m[0]], question, count=1)


def spelt_out(question: str, cues: Cues) -> str:
    """The message as it is read; what the asker sees is not changed."""
    question = _LEVELS.sub(r"\1，", question)
    question = _people_noted().sub(lambda m: f"{m[0]}人", question)
    for short, full in cue_rows()["abbreviations"].items():
        question = question.replace(short, full) if full not in question else question
    question = _in_full(question)
    question = question if _STOPS.search(question) else _TYPED_APART.sub("，", question)
    question = _AGE.sub(lambda m: f"{m[0]}岁", question)
    question = _KIND_FIRST.sub(_with_number, question)
    return _without_reason(question) if cues.is_correction(question) else question


def _with_number(m: re.Match[str]) -> str:
    kind = m["kind"] if "的" in m["kind"] else f"{m['kind']}的"
    return f"那{m['before']}{m['number']}{kind}呢"


def _without_reason(question: str) -> str:
    """「不对，是8个人，车间那仨我给漏了」: the number of those who were left out is in the new one already."""
    clauses = _CLAUSE.findall(question)
    kept = [c for c in clauses if not (_reason().search(c) and re.search(_NUMBER, c) and not _STATES.match(c))]
    return "".join(kept) if any(_STATES.match(c) for c in kept) else question
