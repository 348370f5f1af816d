"""Conversations of API callers and of the page: in memory, bounded, forgotten after an hour of silence."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic

from bot.errors import RequestError
from bot.types import Conversation

KEEP_S = 60 * 60
MOST = 5_000


@dataclass
class _Kept:
    conversation: Conversation
    until: float
    turn: Lock = field(default_factory=Lock)


def new_key() -> str:
    """A name for a conversation that nobody can guess."""
    return secrets.token_urlsafe(16)


class ConversationStore:
    """Thread-safe. Keys are made here and cannot be guessed; two calls on one key wait for each other."""

    def __init__(self, most: int = MOST, keep_s: float = KEEP_S, clock: Callable[[], float] = monotonic) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()
        self._most, self._keep_s, self._clock = most, keep_s, clock

    @contextmanager
    def opened(self, key: str | None, scope: Conversation) -> Iterator[tuple[str, Conversation]]:
        """``(key, conversation)`` under the selectors of ``scope`` (those it leaves open stay as they were).

        :raises RequestError: an unknown or forgotten key.
        """
        if key is None:
            yield new_key(), scope
            return
        kept = self._find(key)
        if kept is None:
            raise RequestError(
                "没有这个会话，或者它已过期。请不带 conversation 重新提问，再用响应头 X-Conversation 里的编号接着问。"
            )
        with kept.turn:
            known = kept.conversation
            yield key, replace(known, region=scope.region or known.region, as_of=scope.as_of or known.as_of)

    def known(self, key: str) -> Conversation | None:
        """The conversation under a key; None when it is unknown or forgotten."""
        found = self._find(key)
        return found.conversation if found else None

    def forget(self, key: str) -> None:
        """Remove a conversation at once; an unknown key is no error."""
        with self._lock:
            self._kept.pop(key, None)

    def keep(self, key: str, conversation: Conversation) -> None:
        """Remember a conversation; the one silent for longest goes when there are too many."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                self._kept[key] = _Kept(conversation, self._clock() + self._keep_s)
            else:
                found.conversation, found.until = conversation, self._clock() + self._keep_s
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _find(self, key: str) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.until >= self._clock():
                return found
            self._kept.pop(key, None)
        return None
