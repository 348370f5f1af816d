"""Peers: chunks lead to measures, answers by retrieval alone are judged like ours, a missing package is named."""

from __future__ import annotations

import pytest

from evals.peers.corpus import Chunk, Found, measures_of, optional, output_of
from evals.peers.lexical import Bm25Peer, characters
from evals.scoring import score_one
from evals.sources import load_sources
from evals.types import Case, EvalError, Searched

CASE = Case.model_validate({
    "id": "x", "type": "fact", "turns": ["骑手意外险补多少"], "as_of": "2023-10-15", "region": "370100",
    "gold": {"status": "answered", "measures": ["jinan-2023-10/3"], "nuggets": [["100元"]]},
})  # fmt: skip


def chunk_of(measure: str, before: int = 0, after: int = 0) -> Chunk:
    library = load_sources().library
    m = library.measures[measure]
    text = library.documents[m.document].text
    return Chunk(m.document, m.start - before, m.end + after, text[m.start - before : m.end + after])


def test_a_chunk_belongs_to_the_measure_that_fills_it() -> None:
    library = load_sources().library
    assert [m.id for m in measures_of(chunk_of("jinan-2023-10/3", 20, 20), library)] == ["jinan-2023-10/3"]
    both = chunk_of("jinan-2023-10/15", 0, library.measures["jinan-2023-10/16"].end - library.measures["jinan-2023-10/15"].end)
    assert [m.id for m in measures_of(both, library)] == ["jinan-2023-10/15", "jinan-2023-10/16"]
    assert measures_of(Chunk("jinan-2023-10", 0, 10, ""), library) == []


def test_an_answer_by_retrieval_alone_is_judged_like_ours() -> None:
    sources = load_sources()
    searched = Searched(query="骑手", as_of=CASE.as_of)
    found = [Found(chunk_of("jinan-2023-10/3", 15), 2.0), Found(chunk_of("weifang-2023-6/2"), 1.0)]
    scored = score_one(CASE, output_of(CASE, searched, found, sources.library), sources)
    assert (scored.strict, scored.scores["verbatim"].value, scored.scores["recall_1"].value) == (1, 1, 1)
    assert scored.scores["wrong_document"].value == 0.5
    nothing = score_one(CASE, output_of(CASE, searched, [], sources.library), sources)
    assert (nothing.status, nothing.stage) == ("not_found", "not_retrieved")


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EvalError, match=r"no_such_package.*pip install 'policy-advisor\[peers\]'"):
        optional("no_such_package")


def test_bm25_asks_its_package_for_the_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    class Index:
        def index(self, terms: list[list[str]], show_progress: bool) -> None:
            self.terms = terms

        def retrieve(self, queries: list[list[str]], k: int, show_progress: bool) -> tuple[list[list[int]], list[list[float]]]:
            scores = [float(len(set(t) & set(queries[0]))) for t in self.terms]
            order = sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
            return [order], [[scores[i] for i in order]]

    import evals.peers.lexical as lexical

    monkeypatch.setattr(lexical, "optional", lambda name: type("bm25s", (), {"BM25": Index}))
    peer = Bm25Peer("单字", [chunk_of("jinan-2023-10/20"), chunk_of("jinan-2023-10/3")], characters)
    assert peer.search(CASE, Searched(query="", as_of=CASE.as_of))[0].chunk == chunk_of("jinan-2023-10/3")
