"""Step 1: length, hidden characters, personal data, injection and requests to falsify."""

from __future__ import annotations

from dataclasses import replace

from bot.guards import LIKENESS, screen_text
from bot.kit import Kit
from bot.privacy import mask
from bot.types import Answer, Turn
from knowledge.texts.normalise import visible

MAX_QUESTION = 1000  # characters


def screen(turn: Turn, kit: Kit) -> Turn:
    """Set the masked question; answer at once when it is empty, too long or refused."""
    raw = "".join(c for c in visible(turn.raw) if c in "\n\t" or ord(c) >= 32).strip()
    masked = mask(raw)
    turn = replace(turn, raw=masked.text[: MAX_QUESTION * 2], question=masked.text)
    r = kit.replies
    if not raw:
        return _refuse(turn, kit, r("screen.empty"))
    if len(raw) > MAX_QUESTION:
        return _refuse(turn, kit, r("screen.too_long", length=len(raw), limit=MAX_QUESTION))
    meant = kit.knowledge.in_characters(masked.text)
    verdict = screen_text(masked.text)
    if meant != masked.text and (verdict.kind is None or verdict.rule == LIKENESS):
        read = screen_text(meant)  # likeness can judge what the letters mean, not the letters
        verdict = replace(read, suspect=read.suspect or verdict.suspect or verdict.rule == LIKENESS)
    if verdict.kind:
        return _refuse(turn, kit, r(f"screen.{verdict.kind}"))
    return replace(turn, suspect=verdict.suspect, meant="" if meant == masked.text else meant)


def _refuse(turn: Turn, kit: Kit, text: str) -> Turn:
    conversation = turn.conversation
    answer = Answer(
        id=turn.id, status="refused", question=turn.question[:MAX_QUESTION], text=text,
        as_of=conversation.as_of or turn.today, region=conversation.region, engine="builtin",
    )  # fmt: skip
    return replace(turn, answer=answer)
