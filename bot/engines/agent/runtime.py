"""The agent, open: a graph, a model, a memory, and one thread with an event loop in which every turn runs.

A turn is a coroutine, so a server that drips, hangs or never ends is left at the deadline by cancelling it:
no thread stays behind. The caller's thread waits, handing progress to the surface as it comes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware, ToolCallLimitMiddleware
from langchain_core.messages import HumanMessage
from langsmith import tracing_context

from bot.chat_model import open_models, reason
from bot.engines.agent.errand import Errand
from bot.engines.agent.memory import Memory, ShortMemory
from bot.engines.agent.middleware import MODEL_CALLS, TOOL_CALLS, Gate, Patience
from bot.engines.agent.question import question_for
from bot.kit import Kit
from bot.prompts import load_prompts
from bot.tools import TOOLS
from bot.types import Event
from knowledge.texts.chunking import token_counter

PROMPTS = ("compose", "question", "repair", "finish")
GRACE_S = 0.5  # for the loop to hand over after the deadline
_DONE: Event = ("done", None)


class Agent:
    """Thread-safe. Close it when its advisor is closed; a process that ends needs no closing."""

    def __init__(self, kit: Kit) -> None:
        """Compile the graph; nothing is contacted. :raises AdvisorError: no model configured, a broken prompt."""
        settings = kit.settings
        self.models = open_models(settings)
        self.name = f"agent:{settings.llm_model}"
        self.prompts = load_prompts(PROMPTS, settings.llm_model or "")
        self.memory = ShortMemory()
        self.context_tokens = settings.llm_context_tokens
        self.count = token_counter(settings.tokenizer)
        documents = "\n".join(f"- 《{d.title}》" for d in kit.knowledge.library.documents.values())
        system = self.prompts["compose"].render(documents=documents)
        layers: Sequence[AgentMiddleware[Any, Errand, Any]] = (
            ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="error"),
            ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="continue"),
            Patience(self.models, self.prompts, self.count, self.context_tokens),
            Gate(self.prompts, self.prompts["compose"].text, self.name),
        )
        self.graph: Any = create_agent(
            self.models.streaming, TOOLS, system_prompt=system, middleware=layers, context_schema=Errand, state_schema=Memory,
            checkpointer=self.memory,
        )  # fmt: skip
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="advisor-agent", daemon=True)
        self._thread.start()

    def run(self, errand: Errand) -> str | None:
        """Let the model work on an errand until it is done or its time is up; None, or why there is no draft."""
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        hear, errand.emit = errand.emit, events.put
        future = asyncio.run_coroutine_threadsafe(self._turn(errand, events), self._loop)
        try:
            while True:
                event = events.get(timeout=errand.seconds_left + GRACE_S)
                if event is _DONE:
                    return future.result(timeout=GRACE_S)
                hear(event)
        except queue.Empty:
            return "deadline"
        finally:
            future.cancel()

    async def _turn(self, errand: Errand, events: queue.SimpleQueue[Event]) -> str | None:
        """One turn; failures are returned as words, never raised."""
        try:
            thread = errand.desk.turn.conversation.id
            earlier = self.memory.measures_of(thread)
            message = HumanMessage(question_for(errand.desk, self.prompts["question"], earlier, self.count, self.context_tokens))
            with tracing_context(enabled=False):
                async with asyncio.timeout(errand.seconds_left):
                    await self.graph.ainvoke(
                        {"messages": [message]}, {"configurable": {"thread_id": thread}}, context=errand, durability="exit"
                    )
            return None if errand.draft or errand.declined else "rejected"
        except TimeoutError:
            return "deadline"
        except Exception as problem:
            return reason(problem)
        finally:
            events.put(_DONE)

    def close(self) -> None:
        """End the loop and close the connections."""
        if self._loop.is_running():
            asyncio.run_coroutine_threadsafe(self.models.close(), self._loop).result(timeout=2)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=2)
        if not self._loop.is_running() and not self._loop.is_closed():
            self._loop.close()
