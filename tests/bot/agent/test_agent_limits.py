"""Bounds around the model: tokens of a request, conversations in memory, opening once, waiting as asked."""

from __future__ import annotations

import threading
from time import monotonic

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.base import empty_checkpoint

from bot.advisor import Advisor
from bot.engines.agent.memory import REMEMBERED, ShortMemory, latest
from bot.engines.agent.middleware import DROPPED, fit
from bot.errors import ModelError
from bot.kit import OnFirstUse
from tests.bot.agent.open_agents import finished
from tests.bot.agent.scripted import Scripted, fails, says

GOOD = "按您说的情况，可以申请[C1]。"
QUESTION = "我在济南开个小公司，今年新来6个应届大学生，合同签的两年，有人说能领钱？"


def test_the_oldest_tool_results_give_way_first() -> None:
    messages = [
        HumanMessage("问" * 50),
        AIMessage("", tool_calls=[{"name": "a", "args": {}, "id": "1"}]),
        ToolMessage("旧" * 100, tool_call_id="1"),
        AIMessage("", tool_calls=[{"name": "a", "args": {}, "id": "2"}]),
        ToolMessage("新" * 100, tool_call_id="2"),
    ]
    kept = fit(messages, len, 240)
    assert [m.text for m in kept] == ["问" * 50, "", DROPPED, "", "新" * 100]
    assert [type(m) for m in kept] == [type(m) for m in messages]
    assert fit(messages, len, 10_000) == messages


def test_memory_is_short() -> None:
    assert latest(["a", "b"], ["b", "c"]) == ["a", "b", "c"]
    assert latest([str(i) for i in range(40)], ["x"])[-1] == "x"
    assert len(latest([str(i) for i in range(40)], ["x"])) == REMEMBERED


def test_only_the_latest_conversations_are_remembered() -> None:
    memory = ShortMemory(conversations=3)
    for thread in "abcde":
        for number in range(3):
            checkpoint = empty_checkpoint()
            checkpoint["channel_values"] = {"measures": [f"{thread}/{number}"]}
            checkpoint["channel_versions"] = {"measures": number + 1}
            memory.put({"configurable": {"thread_id": thread, "checkpoint_ns": ""}}, checkpoint, {}, {"measures": number + 1})
    assert [memory.measures_of(t) for t in "abcde"] == [(), (), ("c/2",), ("d/2",), ("e/2",)]
    assert len(memory.blobs) == 3


class _Thing:
    closed = False

    def close(self) -> None:
        self.closed = True


def test_opened_once_by_many() -> None:
    box: OnFirstUse[_Thing] = OnFirstUse()
    made: list[_Thing] = []

    def make() -> _Thing:
        made.append(_Thing())
        return made[-1]

    threads = [threading.Thread(target=box.get, args=(make, 5.0)) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(made) == 1
    box.close()
    assert made[0].closed


def test_a_failed_opening_is_named_and_tried_again() -> None:
    box: OnFirstUse[_Thing] = OnFirstUse()

    def fail() -> _Thing:
        raise ModelError("没有配置")

    assert box.get(fail, 5.0) is None
    assert box.problem == "没有配置"
    assert box.get(_Thing, 5.0) is not None
    assert box.problem is None


def test_opening_slowly_does_not_cost_the_budget() -> None:
    box: OnFirstUse[_Thing] = OnFirstUse()
    gate = threading.Event()

    def slow() -> _Thing:
        gate.wait(10)
        return _Thing()

    started = monotonic()
    assert box.get(slow, 0.1) is None
    assert monotonic() - started < 2
    gate.set()
    assert box.get(slow, 5.0) is not None


def test_a_server_that_asks_to_wait_is_waited_for(agent_advisor: Advisor, endpoint: Scripted) -> None:
    endpoint.play(fails(429, retry_after="1"), says(GOOD))
    started = monotonic()
    turn = finished(agent_advisor, QUESTION, agent_advisor.start("370100", "2023-10-15"))
    assert turn.answer is not None
    assert turn.answer.engine == "agent:scripted"
    assert monotonic() - started >= 1.0
    assert turn.trace["retries"] == 1


def test_a_server_that_asks_for_too_long_is_not_waited_for(agent_advisor: Advisor, endpoint: Scripted) -> None:
    endpoint.play(fails(429, retry_after="3600"))
    turn = finished(agent_advisor, QUESTION, agent_advisor.start("370100", "2023-10-15"))
    assert len(endpoint.requests) == 1
    assert turn.trace["retries"] == 0
