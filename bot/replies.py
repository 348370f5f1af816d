"""What the product says by itself: ``prompts/replies.yaml``, read strictly."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PROMPTS = Path(__file__).parent.parent / "prompts"


@dataclass(frozen=True)
class Replies:
    """Replies by dotted key: ``replies("validity.expired", until=…)``."""

    tree: Mapping[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """Fill in a reply. :raises KeyError: no such reply, a missing or a needless variable."""
        node: Any = self.tree
        for part in key.split("."):
            node = node[part]
        declared = {name for _, name, _, _ in string.Formatter().parse(node) if name}
        if declared != set(values):
            raise KeyError(f"回复 {key} 需要变量 {sorted(declared)}，得到 {sorted(values)}（见 prompts/replies.yaml）")
        return str(node).format(**values)

    @property
    def constants(self) -> tuple[str, ...]:
        """Numbers that may stand in an answer without a clause: hotlines."""
        return tuple(self.tree["constants"])


@lru_cache(maxsize=1)
def load_replies(path: Path = PROMPTS / "replies.yaml") -> Replies:
    """Read the replies once."""
    return Replies(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
