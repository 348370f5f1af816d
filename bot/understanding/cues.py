"""How people put things: ``prompts/cues.yaml``, and the tests made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from bot.replies import PROMPTS
from bot.types import Ask
from bot.understanding.parts import asks
from knowledge.texts.normalise import matching_form

_STRIP = re.compile(r"[\s，。！？!?~～、,.…·“”\"']+")
# In this order the first cue that fits decides: the specific before the general.
_ORDER = (Ask.COMBINATION, Ask.COMPARISON, Ask.SCREEN, Ask.VALIDITY, Ask.DEPARTMENT, Ask.AMOUNT, Ask.ELIGIBILITY)


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """What kind of small talk a message is, and the one character that it may hold beside it (「您好，有」)."""

    kind: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """Something that people want to do, and what the benefits for it are called."""

    asked: re.Pattern[str]
    names: re.Pattern[str]
    other: re.Pattern[str]

    def covers(self, benefit: str) -> bool:
        """Whether a benefit of this name is for it."""
        return bool(self.names.search(benefit)) and not self.other.search(benefit)


@dataclass(frozen=True)
class Cues:
    """Word lists by purpose, in matching form."""

    asks: Mapping[str, tuple[str, ...]]
    small_talk: Mapping[str, tuple[str, ...]]
    followup: Mapping[str, tuple[str, ...]]
    unknown_reply: tuple[str, ...]
    premise: tuple[str, ...]
    reported: tuple[str, ...]
    source: tuple[str, ...]
    in_time: tuple[str, ...]
    more: tuple[str, ...]
    patterns: Mapping[str, tuple[re.Pattern[str], ...]]
    origin: re.Pattern[str]
    elsewhere: re.Pattern[str]
    rules: re.Pattern[str]
    level: re.Pattern[str]
    something_of: re.Pattern[str]
    lives: tuple[re.Pattern[str], re.Pattern[str]]
    self_words: tuple[str, ...]
    next_year: tuple[str, ...]
    conditions: re.Pattern[str]
    overview: re.Pattern[str]
    share: tuple[str, ...]
    alone: tuple[str, ...]
    now: tuple[str, ...]
    themes: tuple[Theme, ...]
    contrast: re.Pattern[str]
    ordinary: re.Pattern[str]
    together: Mapping[str, re.Pattern[str]]
    then: re.Pattern[str]
    set_apart: re.Pattern[str]
    same: re.Pattern[str]
    change: re.Pattern[str]
    lent: re.Pattern[str]

    def wants(self, text: str) -> tuple[Ask, ...]:
        """Everything a text asks for, most specific first; a plain look-up when no cue fits."""
        form = matching_form(text)
        found = tuple(a for a in _ORDER if any(c in form for c in self.asks[a.value]) or self._fits(a, form))
        return found or (Ask.LOOKUP,)

    def _fits(self, ask: Ask, form: str) -> bool:
        return any(p.search(form) for p in self.patterns.get(ask.value, ()))

    def small_talk_in(self, text: str) -> SmallTalk | None:
        """The small talk when that is all the text is (despair and abuse: wherever they stand)."""
        form = _STRIP.sub("", matching_form(text))
        for kind in ("despair", "complaint", "identity", "scope"):
            if any(c in form for c in self.small_talk[kind]) and (
                kind == "despair" or len(form) <= (12 if kind == "complaint" else 24)
            ):
                return SmallTalk(kind)
        for kind in ("greeting", "thanks", "bye"):
            rest = form
            for cue in sorted(self.small_talk[kind], key=len, reverse=True):
                rest = rest.replace(cue, "")
            turned = kind == "thanks" and rest in self.small_talk["turned"]
            if rest != form and len(rest) <= 1 and len(form) <= 12 and not turned:
                return SmallTalk(kind, rest)
        return None

    def is_unknown(self, text: str) -> bool:
        """「不清楚」."""
        form = _STRIP.sub("", matching_form(text))
        return len(form) <= 14 and any(c in form for c in self.unknown_reply)

    def has(self, kind: str, text: str) -> bool:
        """Whether a follow-up cue of a kind stands in the text."""
        return _stands_in(text, self.followup[kind])

    def opens_as_followup(self, text: str) -> bool:
        """Whether a text begins the way follow-ups do, or only tells something, as nobody does who asks anew."""
        form = _STRIP.sub("", matching_form(text))
        return any(form.startswith(c) for c in self.followup["openers"]) or not (asks(text) or "？" in text or "?" in text)

    def is_correction(self, text: str) -> bool:
        """「不对，是 8 个人」."""
        form = _STRIP.sub("", matching_form(text))
        for word in self.followup["interjections"]:
            form = form.removeprefix(word)
        if re.match(r"是[\d一二两三四五六七八九十]", form) or _NOT_BUT.search(text):
            return True
        mistaken = any(c in form for c in self.followup["mistaken"])  # also in mid-sentence
        return (
            mistaken
            or any(form.startswith(c) for c in self.followup["correction"])
            or ("不是" in form[:12] and "是" in form[4:] and "？" not in text and "吗" not in form)
        )

    def speaks_of_next_year(self, text: str) -> bool:
        """「明年还有吗」「过了年还能申请吗」."""
        return any(c in text for c in self.next_year)

    def speaks_of_now(self, text: str) -> bool:
        """「今年什么政策」: what holds at present is asked for."""
        return any(c in text for c in self.now)

    def speaks_of_then(self, text: str) -> bool:
        """「以前返几成」: what held once is asked for."""
        return bool(self.then.search(text))

    def sets_apart(self, text: str) -> bool:
        """「那时候跟现在各是多少」: two things are asked for in one clause."""
        return bool(self.set_apart.search(text))

    def asks_change(self, text: str) -> bool:
        """「提高了几万」: by how much something changed is asked for."""
        return bool(self.change.search(text))

    def asks_the_same(self, text: str) -> bool:
        """Whether two things are the same is asked: 「写得一样不一样」."""
        return bool(self.same.search(text))

    def theme(self, text: str) -> Theme | None:
        """What a message that asks for everything there is wants to do (「我想创业，都有什么支持」)."""
        form = matching_form(text)
        return next((t for t in self.themes if t.asked.search(form)), None)

    def speaks_of_self(self, text: str) -> bool:
        """Whether somebody tells of themselves: 「我们」「俺家」."""
        return any(c in text for c in self.self_words)

    def presumes(self, text: str) -> bool:
        """Whether a text puts a figure forward to be confirmed."""
        return _stands_in(text, self.premise)

    def hearsay(self, text: str) -> bool:
        """Whether a text reports what others say."""
        return _stands_in(text, self.reported)

    def asks_conditions(self, text: str) -> bool:
        """Whether it is asked what a benefit asks for: 「有什么条件」「谁能领」."""
        return bool(self.conditions.search(matching_form(text)))

    def asks_what_it_is(self, text: str) -> bool:
        """Whether it is asked what something is as a whole: 「稳岗返还是什么」「给我讲讲」."""
        return bool(self.overview.search(matching_form(text)))

    def asks_share(self, text: str) -> bool:
        """Whether a share is asked for and no sum: 「按几成返」「占多少」."""
        return _stands_in(text, self.share)

    def contrasts(self, text: str) -> bool:
        """Whether things are put side by side: 「差多少」「哪个多」「各是多少」."""
        return bool(self.contrast.search(matching_form(text)))

    def asks_together(self, text: str) -> bool:
        """Whether two things can be had together is asked: 「冲突不」「再领一份行不行」."""
        return bool(self.together["asked"].search(matching_form(text)))

    def asks_with_what(self, text: str) -> bool:
        """「不能和谁一起领」: what a benefit excludes is asked for."""
        return bool(self.together["with_what"].search(matching_form(text)))

    def speaks_of_others(self, text: str) -> bool:
        """Whether two people, or two certificates, are spoken of: 「老李是另一个员工」."""
        form = matching_form(text)
        people = set(self.together["person"].findall(form))
        return not self.together["same"].search(form) and (bool(self.together["apart"].search(form)) or len(people) > 1)

    def names_the_ordinary(self, text: str) -> bool:
        """Whether the kind without any special standing is named: 「普通那档」."""
        return bool(self.ordinary.search(matching_form(text)))

    def asks_alone(self, text: str) -> bool:
        """Whether only what is told now is asked about: 「光这俩能给多少」."""
        return _stands_in(text, self.alone)

    def asks_in_time(self, text: str) -> bool:
        """「还赶趟不」: whether there is still time."""
        return _stands_in(text, self.in_time)

    def asks_for_more(self, text: str) -> bool:
        """「会不会更多」: whether what is supposed brings more."""
        return _stands_in(text, self.more)

    def asks_source(self, text: str) -> bool:
        """Whether the document, its number or the article is what is asked for."""
        return _stands_in(text, self.source)


def _stands_in(text: str, cues: tuple[str, ...]) -> bool:
    """Whether one of the cues, which are in matching form, stands in a text."""
    form = matching_form(text)
    return any(c in form for c in cues)


_NUMBER = r"[\d一二两三四五六七八九十百千万半俩仨]"
_NOT_BUT = re.compile(
    rf"不是[^，,。；;！!？?]{{0,4}}{_NUMBER}[^，,。；;！!？?]{{0,4}}[，,]?(?:而|应该)?是[^，,。；;！!？?]{{0,4}}{_NUMBER}"
)  # 「不是30，是42个月」


@lru_cache(maxsize=1)
def cue_rows() -> dict[str, Any]:
    """``prompts/cues.yaml`` as written, parsed once for all who make tests of it."""
    rows: dict[str, Any] = yaml.load((PROMPTS / "cues.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return rows


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    """Read the cues once."""
    rows = cue_rows()

    def forms(words: list[str]) -> tuple[str, ...]:
        return tuple(matching_form(w) for w in words)

    return Cues(
        asks={k: forms(v) for k, v in rows["asks"].items()},
        small_talk={k: forms(v) for k, v in rows["small_talk"].items()},
        followup={k: forms(v) for k, v in rows["followup"].items()},
        unknown_reply=forms(rows["unknown_reply"]),
        premise=forms(rows["premise"]),
        reported=forms(rows["hearsay"]),
        source=forms(rows["source"]),
        in_time=forms(rows["in_time"]),
        more=forms(rows["more"]),
        patterns={k: tuple(re.compile(p) for p in v) for k, v in rows["ask_patterns"].items()},
        origin=re.compile(rows["places"]["origin"]),
        elsewhere=re.compile(rows["places"]["elsewhere"]),
        rules=re.compile(rows["places"]["rules"]),
        level=re.compile(rows["places"]["level"]),
        something_of=re.compile(rows["places"]["something_of"]),
        lives=(re.compile(rows["places"]["lives"][0]), re.compile(rows["places"]["lives"][1])),
        self_words=tuple(rows["self_words"]),
        next_year=tuple(rows["next_year"]),
        conditions=re.compile(rows["conditions"]),
        overview=re.compile(rows["overview"]),
        share=forms(rows["share"]),
        alone=forms(rows["alone"]),
        now=tuple(rows["now"]),
        themes=tuple(
            Theme(re.compile(t["asked"]), re.compile(t["names"]), re.compile(t["other"])) for t in rows["themes"].values()
        ),
        contrast=re.compile(rows["contrast"]),
        ordinary=re.compile(rows["ordinary"]),
        together={k: re.compile(v) for k, v in rows["together"].items()},
        then=re.compile(rows["then"]),
        set_apart=re.compile(rows["set_apart"]),
        same=re.compile(rows["same"]),
        change=re.compile(rows["change"]),
        lent=re.compile(rows["places"]["lent"]),
    )
