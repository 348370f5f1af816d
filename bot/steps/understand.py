"""Step 2: read the message in its conversation; small talk is answered here."""

from __future__ import annotations

from dataclasses import replace

from bot.kit import Kit
from bot.types import Answer, Ask, Turn
from bot.understanding import understand as read
from bot.understanding.returning import brought_back


def understand(turn: Turn, kit: Kit) -> Turn:
    """Set ``turn.understanding``; greetings, thanks, complaints and despair get their reply."""
    turn = replace(turn, conversation=brought_back(turn.said, turn.conversation, kit.knowledge))
    understanding = read(turn.said, turn.conversation, kit.knowledge, turn.today)
    turn = replace(turn, understanding=understanding)
    if understanding.ask is not Ask.CONVERSATION or understanding.small_talk is None:
        return turn
    key = f"small_talk.{understanding.small_talk}"
    if understanding.small_talk == "scope":
        titles = "、".join(f"《{d.title}》" for d in kit.knowledge.library.documents.values())
        text = kit.replies(key, documents=titles)
    else:
        text = kit.replies(key)
    answer = Answer(
        id=turn.id, status="answered", question=turn.question, text=text, as_of=understanding.as_of,
        region=understanding.region, engine="builtin",
    )  # fmt: skip
    return replace(turn, answer=answer)
