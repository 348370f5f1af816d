"""Words that sound like a word of the subject and are none themselves: 「失夜」 is 失业, 「补帖」 is 补贴.

Word by word, so that a slip in a message that is understood otherwise loses no fact. The words are those of the
lexicon; what is a word of its own, or as likely where it stands, is left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from knowledge.texts.decoding import NUMBERS, CharacterModel
from knowledge.texts.normalise import simplified
from knowledge.texts.pinyin import sounds_in, sounds_of

SHORTEST, LONGEST = 2, 12  # characters of a word
SURE = 4  # characters from which a word is so much its own that a little word in it is a slip, too (「吸那就业补贴」)
LIKELIER = 4.0  # nats that the word must be likelier, in its place, than what was typed
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_SLURRED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


class Speller:
    """Puts the words of the subject for what only sounds like them. The model is counted when there is something to mend."""

    def __init__(self, words: Iterable[str], kept: str, slips: Mapping[str, str], model: Callable[[], CharacterModel]) -> None:
        self._kept = NUMBERS | frozenset(kept)  # numbers decide sums
        self._slips = [(re.compile(pattern), meant) for pattern, meant in slips.items()]
        self._words = frozenset(w for w in words if SHORTEST <= len(w) <= LONGEST and _CHINESE.fullmatch(w))
        self._meaning = frozenset(w for w in self._words if len(w) > SHORTEST or not self._kept & set(w))
        self._count = model

    @cached_property
    def _model(self) -> CharacterModel:
        return self._count()

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], list[str]]:
        result: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for word in sorted(self._meaning):
            for sounds in {sounds_in(word), tuple(sounds_of(c)[0] for c in word if sounds_of(c))}:
                result[tuple(map(_slurred, sounds))].append(word)
        return dict(result)

    def mend(self, text: str) -> str:
        """The text with its misspelt words of the subject put right; the longest word at each place first."""
        for pattern, meant in self._slips:
            text = pattern.sub(meant, text)
        plain, result, i = simplified(text), [], 0
        while i < len(text):
            word = next((w for w in self._candidates(plain, i) if self._meant(plain, i, w)), None)
            result.append(word or text[i])
            i += len(word or text[i])
        return "".join(result)

    def _candidates(self, text: str, start: int) -> Iterator[str]:
        """The words that what stands at a place sounds like, the longest first; none when a known word stands there."""
        run = _CHINESE.match(text, start)
        if run is None:
            return
        stretch = run.group()[:LONGEST]
        heard = [sounds_of(c)[:1] for c in stretch]
        for size in range(len(stretch), SHORTEST - 1, -1):
            typed = stretch[:size]
            if typed in self._words or (size == SHORTEST and _is_word(typed)):
                return
            key = tuple(_slurred(s[0]) for s in heard[:size] if s)
            yield from (w for w in self._by_sound.get(key, ()) if self._may_be(w, typed))

    def _may_be(self, word: str, typed: str) -> bool:
        """Whether a word may be meant: some of it as typed, no number changed; of a short one half, by its very sound."""
        changed = _changed(typed, word)
        most = len(word) - 1 if len(word) >= SURE else 1
        if len(changed) > most or any(typed[i] in NUMBERS or word[i] in NUMBERS for i in changed):
            return False
        if len(word) < SURE and any(typed[i] in self._kept or word[i] in self._kept for i in changed):
            return False
        return len(word) >= SURE or all(sounds_of(typed[i])[0] in sounds_of(word[i]) for i in changed)

    def _meant(self, text: str, start: int, word: str) -> bool:
        """Whether a word is far likelier than what was typed, and no letter of what was typed belongs to another word."""
        end = start + len(word)
        typed = text[start:end]
        changed = _changed(typed, word)
        for i in changed:
            place = start + i
            if any(
                _is_word(text[max(0, a) : b])
                for a, b in ((place - 1, place + 1), (place, place + 2))
                if b - max(0, a) == SHORTEST
            ):
                return False
        before, after = text[max(0, start - 1) : start] or " ", text[end : end + 1] or " "
        return self._model.log_p_of(before + word + after) - self._model.log_p_of(before + typed + after) >= LIKELIER


def load_speller(data: Path, words: Iterable[str], model: Callable[[], CharacterModel]) -> Speller:
    """The speller with the words given and those of ``lexicon/spelling.yaml``."""
    row = yaml.load((data / "lexicon" / "spelling.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Speller({*words, *row["words"]}, row["kept"], row["slips"], model)


def _changed(typed: str, word: str) -> list[int]:
    return [i for i, (a, b) in enumerate(zip(typed, word, strict=True)) if a != b]


@lru_cache(maxsize=4096)
def _slurred(sound: str) -> str:
    for long, short in _SLURRED:
        if sound.startswith(long):
            sound = short + sound.removeprefix(long)
    return sound[:-1] if sound.endswith("ng") and sound[-3:-2] in "aei" else sound


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(w for w in phrases_dict if len(w) == SHORTEST)


def _is_word(text: str) -> bool:
    """Whether two characters are a word of the language."""
    return text in _dictionary()
