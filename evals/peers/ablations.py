"""Ourselves with parts taken away: the same search on the same stand-alone question, minus one source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evals.peers.corpus import DEPTH, Chunk, Found
from evals.types import Case, Searched
from knowledge.texts.search import Searcher

ALL = frozenset({"lexical", "dense", "questions", "preferences"})
ABLATIONS: dict[str, frozenset[str]] = {
    "本系统检索（只检索，不用规则）": ALL,
    "去掉群众问法": ALL - {"questions"},
    "去掉地区与日期偏好": ALL - {"preferences"},
    "去掉向量编码": ALL - {"dense"},
    "去掉词汇检索": ALL - {"lexical"},
    "不融合：只用向量": frozenset({"dense"}),
    "不融合：只用词汇": frozenset({"lexical"}),
}


class Ablation:
    """Our searcher with some sources, and nothing of the bot."""

    def __init__(self, name: str, searcher: Searcher, sources: frozenset[str]) -> None:
        self.name = name
        self._searcher = replace(searcher, sources=sources)

    def search(self, case: Case, searched: Searched) -> list[Found]:
        """The best passages for the stand-alone question, day and region that production searched with."""
        query = searched.query.strip()[:600] or case.turns[-1]
        result = self._searcher.search(query, searched.as_of, searched.region, DEPTH, frozenset(searched.documents))
        return [Found(Chunk(h.document.id, h.passage.start, h.passage.end, h.passage.text), h.score) for h in result.hits]


def ablations(searcher: Searcher) -> Iterator[Ablation]:
    """Every version, the whole one first."""
    for name, sources in ABLATIONS.items():
        yield Ablation(name, searcher, sources)
