"""What the product says by itself: every use names a reply that exists, with its variables; every reply is used."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.replies import load_replies
from bot.understanding.cues import load_cues
from tests.conftest import ROOT

SOURCES = sorted(p for house in ("bot", "evals") for p in (ROOT / house).rglob("*.py"))
STATUSES = {"answered", "needs_info", "not_found", "refused"}
MEANT = {  # what stands in the place of a variable part of a key
    "screen.*": {"injection", "falsify"},
    "small_talk.*": set(load_cues().small_talk) - {"turned"},
    "eligibility.*": {"met", "open", "unknown"},
    "procedure.*": {"phone", "place", "papers", "wait"},
    "change.*": {"before", "after"},
    "together.unit_*": {"hire", "certificate", "employer", "person"},
    "amount.per_*": {"month", "person", "month_person"},
    "status.*.label": STATUSES,
    "status.*.colour": STATUSES,
}


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, node in tree.items():
        if isinstance(node, Mapping):
            yield from leaves(node, f"{prefix}{key}.")
        elif isinstance(node, str):
            yield f"{prefix}{key}", node


REPLIES = dict(leaves(load_replies().tree))


def declared(key: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(REPLIES[key]) if name}


def is_replies(call: ast.Call) -> bool:
    """``kit.replies(…)``, ``replies(…)``, ``load_replies()(…)``, or their short name ``r``."""
    function = call.func
    if isinstance(function, ast.Call):
        return ast.unparse(function.func) == "load_replies"
    return ast.unparse(function).split(".")[-1] in {"replies", "r"}


def spelt(node: ast.expr) -> list[str]:
    """The keys that an expression may stand for."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*spelt(node.body), *spelt(node.orelse)]
    assert isinstance(node, ast.JoinedStr), ast.unparse(node)
    pattern = "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)
    return [pattern.replace("*", part) for part in sorted(MEANT[pattern])]


def uses() -> Iterator[tuple[str, str, set[str] | None]]:
    """Place, key, variables given (None: a mapping of them, filled in where it runs)."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            t.id: n.value for n in ast.walk(tree) if isinstance(n, ast.Assign) for t in n.targets
            if isinstance(t, ast.Name) and t.id == "key"
        }  # fmt: skip
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and is_replies(call) and call.args):
                continue
            place = f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
            given = None if any(k.arg is None for k in call.keywords) else {str(k.arg) for k in call.keywords}
            key = call.args[0]
            for each in spelt(named[key.id] if isinstance(key, ast.Name) else key):
                yield place, each, given


USES = list(uses())


def test_there_are_uses_to_look_at() -> None:
    assert len(USES) > 60


@pytest.mark.parametrize(("place", "key", "given"), USES, ids=[f"{place} {key}" for place, key, _ in USES])
def test_every_use_names_a_reply_with_its_variables(place: str, key: str, given: set[str] | None) -> None:
    assert key in REPLIES
    if key.startswith("small_talk."):  # one line writes all of them, and one in a branch of its own the one with a variable
        assert given == ({"documents"} if "documents" in (given or ()) else set())
    else:
        assert given is None or given == declared(key)


def test_every_reply_is_used() -> None:
    assert set(REPLIES) <= {key for _, key, _ in USES}
