"""A message that tells of several benefits, one after the other: what it tells of each.

「三十来人的厂，去年没裁员，失业险交了3万；另外仨工人考了高级证。稳岗返还多少？证的补贴多少？」 Read as one story, the three
workers are staff of the firm; read of each benefit alone, each number is where it belongs. A clause belongs to the benefits
whose names or own facts stand in it, one without any to the clause before it; what comes before the first, or speaks of
all, belongs to every benefit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.types import Turn
from bot.understanding.parts import asks
from knowledge.numerals import normalise_width
from knowledge.rules.names import is_named
from knowledge.rules.rulebook import Benefit, Rulebook
from knowledge.rules.story import read_apart
from knowledge.rules.story_numbers import quantities_in
from knowledge.texts.normalise import matching_form

LONGEST = 400  # characters of a message that is taken apart
_CLAUSE = re.compile(r"[^，,。；;：:！!？?\n]+[，,。；;：:！!？?\n]*")
_NUMBER = re.compile(r"[\d一二两三四五六七八九十]+(?:月|年|号|日|天|元|块|万)")
_OF_ALL = re.compile(r"[一-龥]{0,3}(?:都|全|均|一律|统统)|两[头样边拨]|这[几些两俩仨三四五]")


def told_of(turn: Turn, rulebook: Rulebook, benefit: Benefit, group: Sequence[Benefit]) -> Turn | None:
    """The turn with what its message tells of one of several benefits; None when it is not told one by one."""
    u = turn.understanding
    assert u is not None
    others = [b for b in group if b.id != benefit.id and not _excludes(benefit, b) and not _excludes(b, benefit)]
    if not others or u.answers_fact or u.is_followup or len(u.question) > LONGEST:
        return None
    text = _own_text(rulebook, normalise_width(u.question), benefit, others, u.as_of)
    alike = all(b.measure == benefit.measure and b.value_facts == benefit.value_facts for b in others)
    if text is None or (alike and not any(q.unit in ("人", "名", "位", "个") and q.value > 1 for q in quantities_in(text))):
        return None  # two sums for the same people
    story = read_apart(rulebook, text, u.as_of)
    standing = {f: v for f, v in u.facts.items() if f not in u.new_facts or _is_kind_of_asker(rulebook, f)}
    unclear = tuple((x.fact, x.raw) for x in story.unclear)
    own = replace(u, question=text, facts={**standing, **story.facts}, new_facts=frozenset(story.new), unclear=unclear, parts=())
    return replace(turn, understanding=own)


def _excludes(one: Benefit, other: Benefit) -> bool:
    """Whether one benefit is not paid to whoever had the other: that it was had is told of both."""
    return any(other.id in e.benefits or other.name in e.names for e in one.spec.exclusions)


def _own_text(rulebook: Rulebook, message: str, benefit: Benefit, others: Sequence[Benefit], as_of: date) -> str | None:
    """The clauses that tell of a benefit, with those that tell of all; None when none tells of it, or none of another."""
    clauses = _CLAUSE.findall(message)
    reads: list[set[str]] = [{f for f in b.reads if not _is_kind_of_asker(rulebook, f)} for b in others]
    own_reads = {f for f in benefit.reads if not _is_kind_of_asker(rulebook, f)}
    mine, theirs = own_reads - frozenset(reads[0]).intersection(*reads), frozenset().union(*reads) - own_reads
    kept: list[str] = []
    before: list[str] = []  # told before the first subject: of all, or where it tells of a number, of the one that follows
    own = apart = 0
    here = True
    for clause in clauses:
        told = set(read_apart(rulebook, clause, as_of).facts)
        form = matching_form(clause)
        of_it = bool(told & mine) or is_named(benefit, form)
        of_others = bool(told & theirs) or any(is_named(b, form) for b in others)
        if of_it or of_others:
            here = of_it
            kept += [c for c in before if here or _OF_ALL.search(c) or not _NUMBER.search(c)]
            before = []
            own += of_it
            apart += of_others and not of_it
        elif not own and not apart:
            before.append(clause)
            continue
        elif _OF_ALL.match(clause):
            kept.append(clause)
            continue
        elif asks(clause) and quantities_in(clause):
            continue  # 「仨师傅的证补一共多少」
        if here:
            kept.append(clause)
    return "".join(kept) if own and apart else None


def _is_kind_of_asker(rulebook: Rulebook, fact: str) -> bool:
    """Whether a fact says what the asker is (「小公司」「厂里」), which is so of whatever is told."""
    spec = rulebook.facts[fact]
    return spec.about == "employer" and spec.type in ("bool", "choice")
