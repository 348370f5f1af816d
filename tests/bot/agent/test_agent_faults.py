"""Whatever the endpoint does, the citizen gets an answer within the budget, and is told when the model did not write it."""

from __future__ import annotations

import json
from time import monotonic

import pytest

from bot.advisor import Advisor
from bot.types import Conversation
from tests.bot.agent.open_agents import KEY, finished, kinds, with_endpoint
from tests.bot.agent.scripted import (
    Act,
    Scripted,
    calls,
    chunk,
    crawls,
    cuts,
    drips,
    fails,
    floods,
    garbles,
    hangs,
    replies,
    resets,
    says,
    sends,
    whole,
)  # fmt: skip

QUESTION = "我在济南开个小公司，今年新来6个应届大学生，合同签的两年，有人说能领钱？"
GOOD = "按您说的情况，可以申请[C1]。"
LOOPS = calls(("search_policies", {"query": "就业补贴"}))
GRACE_S = 1.5  # builtin draft, verification and a busy machine

# The endpoint never gives anything usable: the builtin engine answers.
HOPELESS: dict[str, tuple[Act, ...]] = {
    "http 400": (fails(400),),
    "http 401": (fails(401),),
    "http 404": (fails(404),),
    "http 429": (fails(429),),
    "http 429 with a long wait": (fails(429, retry_after="3600"),),
    "http 500": (fails(500),),
    "http 503 in HTML": (fails(503, "<html>down</html>"),),
    "connection reset": (resets,),
    "stream cut in a chunk": (cuts,),
    "events that are not JSON": (garbles,),
    "HTML instead of a stream": (replies("<html>login</html>", "text/html"),),
    "empty body": (replies("", "text/event-stream"),),
    "only [DONE]": (sends(),),
    "no choices": (sends({**chunk({}), "choices": []}),),
    "choices null": (sends({**chunk({}), "choices": None}),),
    "content null": (sends(chunk({"content": None}, "stop")),),
    "error inside the stream": (sends({"error": {"message": "overloaded", "code": 500}}),),
    "whitespace": (says(" \n "),),
    "only thinking": (says("<think>让我想想……</think>"),),
    "wrong JSON for tools, always": (calls(("search_policies", '{"query": "补')),),
    "tool arguments of the wrong type, always": (calls(("search_policies", {"query": 5})),),
    "hallucinated tool, always": (calls(("delete_everything", {"really": True})),),
    "endless tool loop": (LOOPS,),
    "many tools at once, always": (calls(*[("search_policies", {"query": f"补贴{i}"}) for i in range(12)]),),
    "a lie, twice": (says("每人补贴98765元[M1]。"),),
    "no marks, twice": (says("企业招用大学生可以领取各类补贴，请放心申请办理即可，非常简单方便。"),),
    "its instructions": (says("你是就业政策答复的撰写人，面对的是普通群众和热线坐席。你只根据“材料”和工具查到的内容写[M1]。"),),
    "cut off by its length limit": (says("可以申请这项补贴[M1]，另外", finish="length"),),
    "tool call torn apart": (sends(chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}), chunk({}, "tool_calls")),),
}  # fmt: skip

# The endpoint recovers: the model's answer is used.
PASSING: dict[str, tuple[Act, ...]] = {
    "at once": (says(GOOD),),
    "after a 429": (fails(429, retry_after="0"), says(GOOD)),
    "after two 500s": (fails(500), fails(502), says(GOOD)),
    "after a reset": (resets, says(GOOD)),
    "after a cut stream": (cuts, says(GOOD)),
    "after garbage": (garbles, says(GOOD)),
    "after an empty choice": (sends({**chunk({}), "choices": []}), says(GOOD)),
    "a server that cannot stream": (replies(json.dumps(whole({"content": GOOD}))),),
    "after wrong JSON for a tool": (calls(("search_policies", '{"query": "补')), says(GOOD)),
    "after a hallucinated tool": (calls(("delete_everything", {})), says(GOOD)),
    "after arguments of the wrong type": (calls(("calculate_benefit", {"stated": "six"})), says(GOOD)),
    "after three tools": (LOOPS, calls(("match_benefits", {})), calls(("read_measure", {"measure": "没有/99"})), says(GOOD)),
    "after a rejected draft": (says("每人补贴98765元[M1]。"), says(GOOD)),
    "without [DONE]": (sends(chunk({"content": GOOD}), chunk({}, "stop"), done=False),),
    "with usage in a last chunk": (
        sends(chunk({"content": GOOD}), chunk({}, "stop"), {**chunk({}), "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}),
    ),
    "thinking aloud": (says(f"<think>先看材料，每人98765元？</think>\n{GOOD}"),),
    "a call without an index": (
        sends(chunk({"tool_calls": [{"index": None, "id": "a", "type": "function", "function": {"name": "match_benefits", "arguments": "{}"}}]}), chunk({}, "tool_calls")),
        says(GOOD),
    ),
}  # fmt: skip


@pytest.fixture
def conversation(agent_advisor: Advisor) -> Conversation:
    """A citizen of Jinan in autumn 2023."""
    return agent_advisor.start("370100", "2023-10-15")


@pytest.mark.parametrize("fault", HOPELESS)
def test_the_builtin_engine_answers_and_says_so(
    fault: str, agent_advisor: Advisor, endpoint: Scripted, conversation: Conversation
) -> None:
    endpoint.play(*HOPELESS[fault])
    builtin = agent_advisor.reply(conversation, QUESTION).answer
    started = monotonic()
    turn = finished(agent_advisor, QUESTION, conversation)
    assert turn.answer is not None
    assert monotonic() - started < agent_advisor.kit.settings.llm_timeout_s + GRACE_S
    assert turn.answer.engine == "builtin"
    assert "degraded" in kinds(turn)
    assert (turn.answer.text, turn.answer.status) == (builtin.text, builtin.status)
    assert turn.answer.citations
    assert turn.trace["failure"]
    assert endpoint.requests, "the endpoint was asked"
    assert KEY not in repr(turn)


@pytest.mark.parametrize("case", PASSING)
def test_the_model_answers_once_the_endpoint_does(
    case: str, agent_advisor: Advisor, endpoint: Scripted, conversation: Conversation
) -> None:
    endpoint.play(*PASSING[case])
    turn = finished(agent_advisor, QUESTION, conversation)
    assert turn.answer is not None
    assert turn.answer.engine == "agent:scripted", turn.trace
    assert "degraded" not in kinds(turn)
    assert "98765" not in turn.answer.text
    assert turn.answer.calculations
    assert turn.answer.calculations[0].steps[0].citation == 1


@pytest.mark.parametrize("act", [hangs, drips, crawls, floods], ids=lambda a: a.__name__)
def test_a_server_that_never_ends_is_left_at_the_deadline(
    act: Act, hasty_advisor: Advisor, endpoint: Scripted, conversation: Conversation
) -> None:
    endpoint.play(act)
    started = monotonic()
    turn = finished(hasty_advisor, QUESTION, conversation)
    assert monotonic() - started < hasty_advisor.kit.settings.llm_timeout_s + GRACE_S
    assert turn.answer is not None
    assert turn.answer.engine == "builtin"
    assert turn.answer.citations
    assert "degraded" in kinds(turn)
    assert turn.trace["failure"]


def test_nobody_listens_at_the_address(advisor: Advisor) -> None:
    made = with_endpoint(advisor, "http://127.0.0.1:9/v1")
    turn = finished(made, QUESTION, made.start("370100", "2023-10-15"))
    made.kit.agent.close()
    assert turn.answer is not None
    assert turn.answer.engine == "builtin"
    assert "degraded" in kinds(turn)


def test_nothing_is_configured(advisor: Advisor) -> None:
    made = with_endpoint(advisor, None)
    turn = finished(made, QUESTION, made.start("370100", "2023-10-15"))
    assert turn.answer is not None
    assert turn.answer.engine == "builtin"
    assert "degraded" in kinds(turn)
    assert turn.trace == {"failure": "not configured"}


def test_an_answer_by_choice_of_the_builtin_engine_is_not_called_degraded(
    agent_advisor: Advisor, conversation: Conversation
) -> None:
    assert "degraded" not in {w.kind for w in agent_advisor.reply(conversation, QUESTION).answer.warnings}
