"""「是省重点项目会不会更多」: the sum of the story with and without what the part supposes."""

from __future__ import annotations

from bot.engines.builtin.writing import Writer
from bot.types import Draft, Turn
from bot.understanding.cues import load_cues
from knowledge.numerals import format_amount
from knowledge.rules.calculator import calculate
from knowledge.rules.facts import FactValue
from knowledge.rules.story import read_story


def write(asked: Turn, benefit: str | None, writer: Writer) -> Draft | None:
    """Whether a standing that the part names makes the sum of the story more; None when it supposes nothing."""
    u = asked.understanding
    assert u is not None
    if benefit is None or not load_cues().asks_for_more(u.question):
        return None
    knowledge = writer.kit.knowledge
    found = knowledge.rulebook.benefits[benefit]
    own = read_story(knowledge.rulebook, u.question, u.as_of).facts
    standing = next((f for f, v in own.items() if v.value is True and f in found.reads), None)
    if standing is None:
        return None
    supposed = {**u.facts, standing: FactValue(standing, True, own[standing].raw)}
    without = {**u.facts, standing: FactValue(standing, False, "")}
    more, less = (calculate(found, facts, u.as_of, knowledge.library) for facts in (supposed, without))
    if more.amount is None or less.amount is None or more.missing or less.missing:
        return None
    marks = "".join(dict.fromkeys(writer.cite(s.measure, s.quote) for s in more.steps))
    key = "amount.more" if more.amount > less.amount else "amount.no_more"
    said = {"amount": format_amount(more.amount), "unit": more.unit, "working": "；".join(s.text for s in more.steps)}
    writer.figures += [said["amount"], said["working"]]
    writer.say(writer.kit.replies(key, **said) + f"{marks}。")
    return writer.draft("answered", benefit=benefit)
