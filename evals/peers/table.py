"""The table of peers: ours from a run folder, every peer on the same cases, each figure with its interval."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bot.settings import Settings
from evals import runs
from evals.cases import input_digest
from evals.peers.ablations import ablations
from evals.peers.corpus import Peer, output_of, recursive_chunks
from evals.peers.lexical import Bm25Peer, characters, jieba_words
from evals.peers.vectors import LlamaIndexPeer, PlainRag
from evals.scoring import observations, score_all
from evals.sources import Sources, load_sources
from evals.statistics import Estimate, estimate, paired_difference
from evals.types import Case, EvalError, Output, Scored, Searched
from knowledge.base import KnowledgeBase, open_knowledge

COLUMNS = (
    "strict",
    "nugget_recall",
    "temporal",
    "regional",
    "recall_1",
    "recall_5",
    "recall_10",
    "mrr",
    "ndcg",
    "wrong_document_5",
)
OURS = "本系统"
Rows = list[tuple[str, Mapping[str, Estimate]]]


def factories(knowledge: KnowledgeBase) -> dict[str, Callable[[], Peer]]:
    """Peers by short name, built on demand (some need packages of the ``peers`` extra)."""
    library, encoder = knowledge.library, knowledge.searcher.encoder
    return {
        "langchain": lambda: PlainRag(recursive_chunks(library), encoder),
        "llamaindex": lambda: LlamaIndexPeer(library, encoder),
        "jieba": lambda: Bm25Peer("BM25（jieba 分词）", recursive_chunks(library), jieba_words()),
        "characters": lambda: Bm25Peer("BM25（单字）", recursive_chunks(library), characters),
        **{f"ablation{i}": partial(_itself, a) for i, a in enumerate(ablations(knowledge.searcher))},
    }  # fmt: skip


def _itself(peer: Peer) -> Peer:
    return peer


def compare_peers(cases: Sequence[Case], run: Path, only: Sequence[str], settings: Settings,
                  on_step: Callable[[str], None] = lambda name: None) -> tuple[Rows, dict[str, str]]:  # fmt: skip
    """Judge ours and every peer; writes ``peers.json`` into the run. Returns rows and what was left out, why.

    :raises EvalError: the run does not hold the cases, or ``only`` names no peer.
    """
    sources = load_sources()
    outputs = {o.case: o for o in runs.read_rows(run / runs.OUTPUTS, Output)}
    cases = [c for c in cases if c.id in outputs and outputs[c.id].input_digest == input_digest(c)]
    if not cases:
        raise EvalError(f"{run} 里没有这些用例的答复。省略 --run 重新运行，或换一个结果目录。")
    ours = score_all(cases, [outputs[c.id] for c in cases], sources)
    judged: dict[str, tuple[Scored, ...]] = {OURS: ours}
    skipped: dict[str, str] = {}
    available = factories(
        open_knowledge(settings.home, encoder_name=settings.encoder, tokenizer=settings.tokenizer, chroma_url=settings.chroma_url)
    )
    unknown = [n for n in only if n not in available]
    if unknown:
        raise EvalError(f"没有对照 {'、'.join(unknown)}。可用：{'、'.join(available)}")
    for key in only or available:
        on_step(key)
        try:
            peer = available[key]()
        except EvalError as problem:
            skipped[key] = str(problem)
            continue
        judged[peer.name] = _judge(peer, cases, outputs, sources)
    rows: Rows = [(name, _estimates(scored)) for name, scored in judged.items()]
    _write(run / runs.PEERS, rows, judged)
    return rows, skipped


def _judge(peer: Peer, cases: Sequence[Case], outputs: Mapping[str, Output], sources: Sources) -> tuple[Scored, ...]:
    results = []
    for case in cases:
        searched = outputs[case.id].searched or Searched(query=case.turns[-1], region=case.region, as_of=case.as_of)
        results.append(output_of(case, searched, peer.search(case, searched), sources.library))
    return score_all(cases, results, sources)


def _estimates(rows: Sequence[Scored]) -> dict[str, Estimate]:
    found = {name: estimate(observations(rows, name)) for name in COLUMNS}
    return {name: e for name, e in found.items() if e is not None}


def _write(path: Path, rows: Rows, judged: Mapping[str, Sequence[Scored]]) -> None:
    """Estimates, and for each peer the paired difference to ours on the columns that both have."""
    written = [
        {
            "system": name,
            "estimates": {k: asdict(e) for k, e in estimates.items()},
            "minus_ours": _minus_ours(judged[OURS], judged[name]),
        }
        for name, estimates in rows
    ]
    path.write_text(json.dumps({"columns": COLUMNS, "rows": written}, ensure_ascii=False, indent=1), encoding="utf-8")


def _minus_ours(ours: Sequence[Scored], theirs: Sequence[Scored]) -> dict[str, dict[str, float]]:
    result = {}
    for name in COLUMNS:
        pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if name in a.scores and name in b.scores]
        if pairs:
            d = paired_difference(observations((a for a, _ in pairs), name), observations((b for _, b in pairs), name))
            result[name] = {"value": d.value, "low": d.low, "high": d.high, "p": d.p}
    return result
