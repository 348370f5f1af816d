"""A number asked for beside the subsidy (a deposit, what an insurer pays): no sum is computed for it, and that it is not written is said."""

from __future__ import annotations

from bot.engines.builtin.extract import extract
from bot.engines.builtin.select import Selection
from bot.engines.builtin.writing import Writer
from bot.types import Turn
from bot.understanding.beside import Beside, beside_asked
from knowledge.numerals import numbers_in
from knowledge.types import Hit, Point

NEAR = 6  # hits in which somebody might state the number


def unwritten(turn: Turn, writer: Writer) -> Beside | None:
    """The number beside the subsidy that is asked for and that no point near the question states."""
    assert turn.understanding is not None
    asked = beside_asked(turn.understanding.question)
    if asked is None or any(_states(p, asked) for h in turn.hits[:NEAR] for p in _points(writer, h)):
        return None
    return asked


def say(turn: Turn, writer: Writer, first: Selection, asked: Beside) -> Selection:
    """Says that the number is not written, in the words of a point that says so where there is one; what is told after it."""
    silent = next((p for p in _points(writer, first.hit) if p.silent and asked.written.search(p.plain.split("只")[0])), None)
    if silent is not None:
        return Selection(first.hit, (silent, *(p for p in first.points if not p.silent)), (first.scores[0], *first.scores))
    writer.say(writer.kit.replies("not_found.beside", number=asked.called))
    return first


def _states(point: Point, asked: Beside) -> bool:
    return not point.silent and bool(asked.written.search(point.plain)) and bool(numbers_in(point.plain))


def _points(writer: Writer, hit: Hit) -> tuple[Point, ...]:
    """What somebody has written of a measure; of a new document its own sentences."""
    written = writer.kit.knowledge.points_of.get(hit.measure.id, ())
    return tuple(written) if written else extract(hit.measure, hit.document, hit.measure.text).points
