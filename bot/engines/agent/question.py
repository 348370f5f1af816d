"""The one message that a turn begins with: day, place, what was said before, the evidence found by code, the question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engines.agent.desk import Desk
from bot.engines.builtin.writing import chinese_date
from bot.prompts import Prompt
from knowledge.texts.chunking import Counter

TURNS = 3  # earlier exchanges shown: the questions, and what the answers rested on
SHARE = 0.6  # of the context that the first evidence may take
NOTHING = "（没有）"


def question_for(desk: Desk, prompt: Prompt, earlier: Sequence[str], count: Counter, context_tokens: int) -> str:
    """The rendered message, its evidence cut to its share of the context."""
    u = desk.understanding
    gazetteer = desk.kit.knowledge.gazetteer
    return prompt.render(
        as_of=chinese_date(desk.as_of),
        region=gazetteer.name(u.region) if u.region else "用户没有说",
        history=_history(desk),
        earlier=_earlier(desk, earlier),
        evidence=_within(desk.evidence().split("\n"), count, int(context_tokens * SHARE)),
        calculations=desk.sums(),
        question=desk.turn.said,
    )


def _within(lines: Sequence[str], count: Counter, budget: int) -> str:
    kept: list[str] = []
    for line in lines:
        budget -= count(line) + 1
        if budget < 0 and kept:
            break
        kept.append(line)
    return "\n".join(kept)


def _history(desk: Desk) -> str:
    """Earlier questions with the labels of what answered them; no earlier answer is shown, so none is copied."""
    measures = desk.kit.knowledge.library.measures
    lines = []
    for exchange in desk.turn.conversation.exchanges[-TURNS:]:
        labels = "、".join(
            dict.fromkeys(measures[c.measure].title for c in exchange.answer.citations[:2] if c.measure in measures)
        )
        lines.append(f"- 用户：{exchange.question}" + (f"（答复讲的是：{labels}）" if labels else ""))
    return "\n".join(lines) or NOTHING


def _earlier(desk: Desk, ids: Sequence[str]) -> str:
    """Measures used earlier in the conversation, by id; the model can read them again."""
    measures = desk.kit.knowledge.library.measures
    named = [f"{i}（{measures[i].title}）" for i in ids if i in measures and i not in desk.measures]
    return "、".join(named) or NOTHING
