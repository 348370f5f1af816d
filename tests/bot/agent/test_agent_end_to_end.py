"""Over real HTTP, for citizens' questions of every document: the clause itself passes, the clause with one figure changed never does."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest

from bot.advisor import Advisor
from knowledge.numerals import numbers_in
from tests.bot.agent.open_agents import finished, kinds
from tests.bot.agent.scripted import Exchange, Request, Scripted, says

QUESTIONS = 40
_LINE = re.compile(r"^(\[M\d+\]) [^\n]*?｜“([^\n]+?)”｜(?:有效|文件没有写截止日期$)", re.M)


def _evidence(request: Request) -> tuple[str, str] | None:
    """A token and its words from the prompt: in force, with a figure, printed in full."""
    prompt = next(m["content"] for m in request["messages"] if m["role"] == "user")
    for token, words in _LINE.findall(prompt):
        if any(n.unit in ("元", "%", "个月") for n in numbers_in(words)) and "……" not in words:
            return token, words.rstrip("。；")
    return None


def _faithful(x: Exchange, request: Request) -> None:
    found = _evidence(request)
    says(f"文件里写着：{found[1]}{found[0]}。" if found else "[NONE]")(x, request)


def _corrupt(x: Exchange, request: Request) -> None:
    found = _evidence(request)
    if not found:
        says("[NONE]")(x, request)
        return
    token, words = found
    number = next(n for n in numbers_in(words) if n.unit in ("元", "%", "个月"))
    says(f"文件里写着：{words[: number.start]}{int(number.value * 7 + 3)}{number.unit}{words[number.end :]}{token}。")(x, request)


@pytest.fixture(scope="module")
def asked(advisor: Advisor) -> list[tuple[str, str, str]]:
    """(question, region, day) of points with a figure, from all documents."""
    drawn = random.Random(7)
    points = [
        p
        for p in advisor.knowledge.points
        if p.questions and not p.silent and any(n.unit in ("元", "%") for n in numbers_in(p.quote))
    ]
    chosen = drawn.sample(points, QUESTIONS)
    documents = [advisor.knowledge.library.document_of(p.measure) for p in chosen]
    days = [(d.issued_from + timedelta(days=12)).isoformat() for d in documents]
    return [(drawn.choice(p.questions), d.region, day) for p, d, day in zip(chosen, documents, days, strict=True)]


def test_the_clause_itself_is_shown(agent_advisor: Advisor, endpoint: Scripted, asked: list[tuple[str, str, str]]) -> None:
    blocked, shown = [], 0
    for question, region, day in asked:
        endpoint.play(_faithful)
        turn = finished(agent_advisor, question, agent_advisor.start(region, day))
        shown += turn.answer is not None and turn.answer.engine != "builtin"
        blocked += [(question, [f.text for f in turn.findings])] if "degraded" in kinds(turn) else []
    assert shown >= QUESTIONS // 2
    assert not blocked


def test_the_clause_with_another_figure_is_not(
    agent_advisor: Advisor, endpoint: Scripted, asked: list[tuple[str, str, str]]
) -> None:
    caught = 0
    for question, region, day in asked:
        endpoint.play(_corrupt)
        turn = finished(agent_advisor, question, agent_advisor.start(region, day))
        assert turn.answer is not None
        assert turn.answer.engine == "builtin", (question, turn.answer.text)
        caught += "degraded" in kinds(turn)
    assert caught >= QUESTIONS // 2
