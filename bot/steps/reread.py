"""Step 4: a message in which nothing was found, read once more by its sound (「稳岗返换」)."""

from __future__ import annotations

from dataclasses import replace

from bot.engines import builtin
from bot.evidence import calibration
from bot.guards import screen_text
from bot.kit import Kit
from bot.retrieval import LONGEST
from bot.steps.retrieve import retrieve
from bot.steps.understand import understand
from bot.types import Turn
from knowledge.texts.normalise import simplified

SURE = 0.6  # P(the documents answer) from which the other characters are what was meant


def reread(turn: Turn, kit: Kit) -> Turn:
    """Put the likelier characters of the same sound for those typed, where only they find an answer."""
    u = turn.understanding
    assert u is not None
    if turn.confidence >= calibration().threshold or turn.uncovered or u.answers_fact or u.article:
        return turn
    typed = simplified(turn.said[:LONGEST])
    meant = kit.knowledge.decoder.from_homophones(typed)
    if meant == typed or screen_text(meant).kind or builtin.draft(turn, kit).status != "not_found":
        return turn
    again = understand(replace(turn, meant=meant + turn.said[LONGEST:]), kit)
    if again.answer is not None:
        return turn
    again = retrieve(again, kit)
    return again if again.confidence >= SURE and not again.uncovered else turn
