"""What the agent remembers of a conversation: ids of the measures it used, never a text.

The graph's ``messages`` live in a channel that is not saved, so no question, answer or document text can
reach the checkpointer, whatever happens in a run. The saver keeps the latest checkpoint of a bounded
number of conversations; a run that broke off is not resumed, so its pending writes are not kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Annotated, Any

from langchain.agents import AgentState
from langchain_core.messages import AnyMessage
from langchain_core.runnables import RunnableConfig
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.message import add_messages

REMEMBERED = 12  # measures of a conversation, the latest ones
CONVERSATIONS = 1000


class Unsaved(UntrackedValue[Any]):
    """A message list that is reduced as usual and never checkpointed."""

    def update(self, values: Sequence[Any]) -> bool:
        """Add messages; an id seen before replaces its message."""
        for value in values:
            self.value = add_messages(self.value if self.is_available() else [], value)
        return bool(values)


def latest(old: Sequence[str] | None, new: Sequence[str]) -> list[str]:
    """Old and new ids, each once at its last place, at most :data:`REMEMBERED`."""
    both = [*(i for i in old or () if i not in new), *dict.fromkeys(new)]
    return both[-REMEMBERED:]


class Memory(AgentState[Any]):
    """The graph's state; ``measures`` is all that outlives a turn."""

    messages: Annotated[list[AnyMessage], Unsaved(list)]
    measures: Annotated[list[str], latest]


class ShortMemory(InMemorySaver):
    """Keeps the latest checkpoint of each of the latest conversations."""

    def __init__(self, conversations: int = CONVERSATIONS) -> None:
        super().__init__()
        self._limit = conversations
        self._recent: OrderedDict[str, None] = OrderedDict()

    def put(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Save, then forget older checkpoints of this conversation and the longest unused conversations."""
        saved = super().put(config, checkpoint, metadata, new_versions)
        thread = str(config["configurable"]["thread_id"])
        kept = set(checkpoint["channel_versions"].items())
        for checkpoints in self.storage[thread].values():
            for old in [i for i in checkpoints if i != checkpoint["id"]]:
                del checkpoints[old]
        for key in [k for k in self.blobs if k[0] == thread and (k[2], k[3]) not in kept]:
            del self.blobs[key]
        self._recent[thread] = None
        self._recent.move_to_end(thread)
        while len(self._recent) > self._limit:
            self.delete_thread(self._recent.popitem(last=False)[0])
        return saved

    def put_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        """Nothing: a broken turn is answered by the builtin engine, not resumed."""

    def measures_of(self, thread: str) -> tuple[str, ...]:
        """The ids remembered of a conversation."""
        saved = self.get_tuple({"configurable": {"thread_id": thread}})
        return tuple(saved.checkpoint["channel_values"].get("measures", ())) if saved else ()

    def texts(self) -> bytes:
        """Everything stored, serialised: what a test searches for words that must not be there."""
        blobs = b"".join(value for _, value in self.blobs.values())
        return blobs + b"".join(
            part[1] for ns in self.storage.values() for c in ns.values() for row in c.values() for part in row[:2]
        )
