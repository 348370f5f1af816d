"""Messages typed in pinyin, or in characters that only sound right, put into the characters that were meant.

A bigram model of characters, counted from the product's own texts, chooses among the characters of each syllable
(Viterbi over every way to cut the Latin letters into syllables; Chen & Lee, 2000). Text that is neither stays as it is.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from knowledge.texts.normalise import simplified
from knowledge.texts.pinyin import folded_letters, is_pinyin, near_sounds, sounds_of, syllables_at

BEAM = 24  # last characters kept at each place
TYPED_BEAM = 8  # where most characters are right as they were typed
DISCOUNT = 0.6  # taken from every counted pair for those that were never seen
# Costs in nats, chosen on dev questions spelt in pinyin, with homophones, and as they were typed (see DECISIONS.md).
SLURRED = 3.0  # a habit of speech: n for ng, s for sh, l for n
SECOND_READING = 0.7  # a reading of the character that is not its commonest
RETYPED = 7.0  # another character than the one that was typed
# A stretch of pinyin whose characters are less likely than this, in nats a character, is no Chinese that we know.
LIKELY = -5.5
NUMBERS = frozenset("零〇一二三四五六七八九十百千万亿两俩仨半")  # decide sums: never changed or written for another character
_LATIN = re.compile("[a-z]+")
_ADDRESS = re.compile(r"(?:https?:|www\.)\S+|[\w.+-]+@[\w.-]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+[\w/?=&.-]*", re.IGNORECASE | re.ASCII)
_ABBREVIATION = re.compile(r"(?<![A-Za-z])[A-Z]{1,4}(?![A-Za-z])")
_CHINESE = re.compile("[\u3400-\u9fff]")
_APART = re.compile(r"[\s'’·\d%-]*")  # may stand between the words of one stretch of pinyin
_UNHEARD = re.compile(r"[\s'’·]")
MOSTLY = 0.6  # share of the letters of a message in Latin letters that are syllables, or it is another language
_START, _DIGIT, _WORD = "^", "0", "a"


def _symbol(character: str) -> str:
    """What the model sees of a character: all digits, letters and marks are alike."""
    if _CHINESE.match(character):
        return character
    return _DIGIT if character.isdigit() or character == "%" else _WORD if character.isalpha() else _START


@dataclass(frozen=True)
class CharacterModel:
    """Which character follows which, in log probabilities with absolute discounting."""

    alone: Mapping[str, float]  # log P(character), lowered for nothing
    pairs: Mapping[str, Mapping[str, float]]  # log P(second | first) of the pairs that were counted
    rest: Mapping[str, float]  # by first character: log of the share kept for pairs that were never seen
    unknown: float  # log P of a character that no text has

    @classmethod
    def count(cls, texts: Iterable[str]) -> CharacterModel:
        """Count the neighbours in texts; white space is left out."""
        single: Counter[str] = Counter()
        neighbours: Counter[tuple[str, str]] = Counter()
        symbols: dict[str, str] = {}
        for text in texts:
            row = [_START]
            for c in simplified("".join(text.split())):
                row.append(symbols.get(c) or symbols.setdefault(c, _symbol(c)))
            row.append(_START)
            single.update(row)
            neighbours.update(pairwise(row))
        total = sum(single.values()) + len(single) + 1
        alone = {c: (n + 1) / total for c, n in single.items()}
        followers: dict[str, dict[str, int]] = defaultdict(dict)
        for (first, second), n in neighbours.items():
            followers[first][second] = n
        pairs: dict[str, dict[str, float]] = {}
        rest: dict[str, float] = {}
        for first, row_of in followers.items():
            whole = sum(row_of.values())
            kept = DISCOUNT * len(row_of) / whole
            rest[first] = math.log(kept)
            pairs[first] = {b: math.log((n - DISCOUNT) / whole + kept * alone[b]) for b, n in row_of.items()}
        return cls({c: math.log(p) for c, p in alone.items()}, pairs, rest, -math.log(total))

    def log_p(self, first: str, second: str) -> float:
        """log P(second | first)."""
        seen = self.pairs.get(first, {}).get(second)
        return seen if seen is not None else self.rest.get(first, 0.0) + self.alone.get(second, self.unknown)

    def log_p_of(self, text: str) -> float:
        """log P of a stretch of text, its first character given."""
        return sum(self.log_p(_symbol(a), _symbol(b)) for a, b in pairwise(text))


@dataclass(frozen=True, slots=True)
class _Node:
    """A way to read a message up to a place: what was written last, and what came before."""

    score: float
    symbol: str
    before: _Node | None
    written: str
    start: int  # in the message
    log_p: float  # of this piece, its cost included


@dataclass(frozen=True, slots=True)
class _Edge:
    """A piece of the message, up to ``end``, and the characters that may stand for it, each with its cost."""

    end: int
    choices: Mapping[str, float]


_Edges = Callable[[int], Iterator[_Edge]]
Stretch = tuple[tuple[int, int], ...]  # the places of its runs of letters


@dataclass(frozen=True)
class Decoder:
    """Puts syllables into characters. Never raises; changes no digit, mark, address or word of another language."""

    model: CharacterModel
    _known: dict[str, Mapping[str, float]] = field(default_factory=dict, repr=False, compare=False)

    def from_pinyin(self, text: str) -> str:
        """The text with its stretches of pinyin in characters; words of other languages and doubtful stretches stay."""
        letters = folded_letters(text)
        stretches = _stretches(text, letters)
        if not stretches:
            return text
        run_end = {i: b for stretch in stretches for a, b in stretch for i in range(a, b)}

        def edges(i: int) -> Iterator[_Edge]:
            for end, syllable in syllables_at(letters[: run_end.get(i, 0)], i):
                yield _Edge(end, self._characters(syllable))

        path = self._best(text, edges, BEAM)
        return _written(text, path, _read(stretches, path, text))

    def from_homophones(self, text: str) -> str:
        """The text with other characters of the same or nearly the same sound where those are far likelier."""

        def edges(i: int) -> Iterator[_Edge]:
            if _CHINESE.match(text[i]) and text[i] not in NUMBERS:
                choices = {c: RETYPED + cost for s in sounds_of(text[i]) for c, cost in self._characters(s).items()}
                yield _Edge(i + 1, {**{c: cost for c, cost in choices.items() if c not in NUMBERS}, text[i]: 0.0})

        return "".join(n.written for n in self._best(text, edges, TYPED_BEAM))

    @cached_property
    def _by_sound(self) -> Mapping[str, Mapping[str, float]]:
        """The characters of the product's texts by syllable, with the cost of a rarer reading."""
        result: dict[str, dict[str, float]] = defaultdict(dict)
        for character in self.model.alone:
            for i, sound in enumerate(sounds_of(character)):
                result[sound][character] = SECOND_READING if i else 0.0
        return result

    def _characters(self, syllable: str) -> Mapping[str, float]:
        """What a syllable may be written with: its own characters and those of the sounds near to it."""
        if syllable not in self._known:
            cheapest: dict[str, float] = {}
            for sound, habits in near_sounds(syllable):
                for character, cost in self._by_sound.get(sound, {}).items():
                    cheapest[character] = min(cheapest.get(character, math.inf), cost + SLURRED * habits)
            self._known[syllable] = cheapest
        return self._known[syllable]

    def _best(self, text: str, edges: _Edges, beam: int) -> list[_Node]:
        """The likeliest way through a message, piece by piece. ``edges``: what may stand at a place; what was typed, if nothing."""
        places: list[dict[str, _Node]] = [{} for _ in range(len(text) + 1)]
        places[0][_START] = _Node(0.0, _START, None, "", -1, 0.0)
        for i, typed in enumerate(text):
            nodes = sorted(places[i].values(), key=lambda n: -n.score)[:beam]
            if not nodes:  # inside a syllable that nothing cuts here
                continue
            here = [e for e in edges(i) if e.choices]  # some syllables stand in none of the texts
            if not here and _UNHEARD.match(typed):
                for node in nodes:
                    _keep(places[i + 1], _Node(node.score, node.symbol, node, typed, i, 0.0))
            elif not here:
                self._extend(places[i + 1], nodes, i, {_symbol(typed): 0.0}, typed)
            for edge in here:
                self._extend(places[edge.end], nodes, i, edge.choices)
        last = max(places[-1].values(), key=lambda n: n.score)
        path: list[_Node] = []
        while last.before is not None:
            path.append(last)
            last = last.before
        return path[::-1]

    def _extend(
        self, place: dict[str, _Node], nodes: Sequence[_Node], start: int, choices: Mapping[str, float], typed: str = ""
    ) -> None:
        """Write each choice after the node that it follows best."""
        model = self.model
        rows = [(n, model.pairs.get(n.symbol, {})) for n in nodes]
        unseen = max(nodes, key=lambda n: n.score + model.rest.get(n.symbol, 0.0))  # the best before a pair never seen
        unseen_rest = model.rest.get(unseen.symbol, 0.0)
        for symbol, cost in choices.items():
            best, log_p = unseen, unseen_rest + model.alone.get(symbol, model.unknown)
            for node, row in rows:
                seen = row.get(symbol)
                if seen is not None and node.score + seen > best.score + log_p:
                    best, log_p = node, seen
            _keep(place, _Node(best.score + log_p - cost, symbol, best, typed or symbol, start, log_p - cost))


def _keep(place: dict[str, _Node], node: _Node) -> None:
    known = place.get(node.symbol)
    if known is None or node.score > known.score:
        place[node.symbol] = node


def may_hold_pinyin(text: str) -> bool:
    """Whether any letters of a text are syllables from end to end."""
    return bool(_stretches(text, folded_letters(text)))


def _stretches(text: str, letters: str) -> list[Stretch]:
    """The runs of letters that may be pinyin, those that only spaces and digits part put together."""
    words = [m.span() for m in _LATIN.finditer(letters)]
    if not words:
        return []
    apart = [m.span() for m in _ADDRESS.finditer(text)]
    if text.upper() != text:
        apart += [m.span() for m in _ABBREVIATION.finditer(text)]
    runs = [(a, b) for a, b in words if b - a > 1 and not any(x < b and a < y for x, y in apart) and is_pinyin(letters[a:b])]
    spelt, every = (sum(b - a for a, b in spans) for spans in (runs, words))
    if spelt < MOSTLY * every and not _CHINESE.search(text):
        return []
    result: list[Stretch] = []
    for run in runs:
        if result and _APART.fullmatch(text[result[-1][-1][1] : run[0]]):
            result[-1] = (*result[-1], run)
        else:
            result.append((run,))
    return result


def _read(stretches: Sequence[Stretch], path: Sequence[_Node], text: str) -> list[Stretch]:
    """The stretches that are likely Chinese. A single syllable says little: it is read behind a digit, beside longer ones."""
    pieces = {s: [n.log_p for n in path if any(a <= n.start < b for a, b in s)] for s in stretches}
    likely = [s for s in stretches if sum(pieces[s]) / len(pieces[s]) >= LIKELY]
    if all(len(pieces[s]) == 1 for s in likely):
        return []
    return [s for s in likely if len(pieces[s]) > 1 or text[: s[0][0]][-1:].isdigit()]


def _written(text: str, path: Sequence[_Node], read: Sequence[Stretch]) -> str:
    """The text with the characters of the stretches that could be read, without the spaces in and around them."""
    places = {i for stretch in read for a, b in stretch for i in range(a, b)}
    within = {i for stretch in read for i in range(stretch[0][0], stretch[-1][1])}
    result: list[str] = []
    for node, after in zip(path, (*(n.start for n in path[1:]), len(text)), strict=True):
        if node.start in places:
            result.append(node.written)
        elif not (node.start in within and _UNHEARD.match(text[node.start])):
            result.append(text[node.start : after])
    return "".join(result)
