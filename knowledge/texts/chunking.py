"""Measures → passages within a token budget, with a deterministic context header.

A passage never crosses measures. Its header (region, document, section, title) is for retrieval only
and is not quoted; contextual headers are Anthropic's contextual-retrieval idea without the model.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.texts.deadlines import sentences
from knowledge.types import Document, Measure, Passage

BUDGET = 160  # tokens a passage; about 250 characters: one or two entitlements
RANKS = Path(__file__).parent.parent / "data" / "encoder" / "policy_bpe.tiktoken"
# Runs of Han characters, digits, Latin letters, and single marks; the trainer splits the same way.
SPLIT_PATTERN = r"\p{Han}{1,8}|\p{N}{1,4}|\p{L}+|[^\s\p{Han}\p{N}\p{L}]+|\s+"

Counter = Callable[[str], int]


@lru_cache(maxsize=2)
def token_counter(name: str | None = None) -> Counter:
    """Count tokens with the shipped encoding, or any tiktoken encoding named by ``ADVISOR_TOKENIZER``.

    :raises KnowledgeError: the named encoding is unknown or not on this machine (tiktoken fetches
        its rank files; this product never does so by itself).
    """
    import tiktoken
    from tiktoken.load import load_tiktoken_bpe

    if name:
        if name not in tiktoken.list_encoding_names():
            raise KnowledgeError(f"未知的分词编码 {name}。可用：{'、'.join(tiktoken.list_encoding_names())}，或留空。")
        if not os.environ.get("TIKTOKEN_CACHE_DIR"):
            raise KnowledgeError(f"ADVISOR_TOKENIZER={name} 需要本地的编码文件：请设置 TIKTOKEN_CACHE_DIR 后重试。")
        return lambda text: len(tiktoken.get_encoding(name).encode(text, disallowed_special=()))
    encoding = tiktoken.Encoding(
        "policy", pat_str=SPLIT_PATTERN, mergeable_ranks=load_tiktoken_bpe(str(RANKS)), special_tokens={}
    )
    return lambda text: len(encoding.encode_ordinary(text))


def header_of(document: Document, measure: Measure, region_name: str) -> str:
    """「济南市｜…实施方案｜济政办发〔2023〕10号｜五、保障重点群体就业｜促进高校毕业生等青年群体就业」."""
    parts = (region_name, document.title, document.doc_no or "", measure.section, measure.title)
    return "｜".join(p for p in parts if p)


def passages_of(
    document: Document, measure: Measure, region_name: str, count: Counter, budget: int = BUDGET
) -> tuple[Passage, ...]:
    """Whole sentences packed up to ``budget`` tokens; a longer sentence stands alone."""
    header = header_of(document, measure, region_name)
    groups: list[list[tuple[int, int]]] = []
    used = budget + 1
    for sentence in sentences(measure.text):
        size = count(sentence.text)
        if not groups or used + size > budget:
            groups.append([])
            used = 0
        groups[-1].append((sentence.start, sentence.end))
        used += size
    return tuple(
        Passage(
            f"{measure.id}#{i}", measure.id, measure.start + g[0][0], measure.start + g[-1][1],
            measure.text[g[0][0] : g[-1][1]].strip(), header,
        )
        for i, g in enumerate(groups)
    )  # fmt: skip


def with_heads(text: str, start: int, end: int) -> str:
    """A stretch of a measure as it is searched: every cell of a table with the head of its column, the first row with its table.

    What is quoted is the text itself; 「|硕士|1000|」 alone tells neither a reader nor an index what the 1,000 are.
    """
    lines, head = [], ""
    position = 0
    for line in text[:end].split("\n"):
        row = line.startswith("|")
        if row and not head:
            head = line
        head = head if row else ""
        if position + len(line) > start:
            lines.append(_with_head(line, head) if row else line[max(0, start - position) :])
        position += len(line) + 1
    return "\n".join(lines)


def _with_head(row: str, head: str) -> str:
    cells, heads = row.strip("|").split("|"), head.strip("|").split("|")
    if row == head or len(cells) != len(heads):
        return row
    return "|" + "|".join(h + c for h, c in zip(heads, cells, strict=True)) + "|"
