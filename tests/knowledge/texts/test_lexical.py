"""BM25 against a naive implementation written from the formula."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.texts.lexical import K1, UNIGRAM_WEIGHT, B, Bm25
from knowledge.texts.normalise import grams

TEXTS = st.lists(st.text(alphabet="稳岗返还就业补贴3元a %", max_size=24), max_size=12)
QUERY = st.text(alphabet="稳岗返还就业补贴创3元a", max_size=12)


def naive(texts: list[str], query: str) -> list[float]:
    """Robertson & Zaragoza with Lucene's idf, term by term."""
    bags = [Counter(grams(t)) for t in texts]
    lengths = [sum(bag.values()) for bag in bags]
    mean = sum(lengths) / len(lengths) if lengths else 1.0
    result = []
    for bag, length in zip(bags, lengths, strict=True):
        score = 0.0
        for term in set(grams(query)):
            df = sum(term in other for other in bags)
            tf = bag[term]
            if tf:
                idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5)) * (UNIGRAM_WEIGHT if len(term) == 1 else 1.0)
                score += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / mean))
        result.append(score)
    return result


@given(TEXTS, QUERY)
@settings(max_examples=300, deadline=None)
def test_scores_equal_the_formula(texts: list[str], query: str) -> None:
    scores = Bm25.build(texts).scores(query)
    assert scores.shape == (len(texts),)
    np.testing.assert_allclose(scores, naive(texts, query), rtol=1e-4, atol=1e-6)


@given(TEXTS, QUERY)
@settings(max_examples=60, deadline=None)
def test_a_saved_index_scores_the_same(tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str) -> None:
    path = tmp_path_factory.mktemp("bm25") / "x.npz"
    built = Bm25.build(texts)
    built.save(path)
    loaded = Bm25.load(path)
    np.testing.assert_array_equal(loaded.scores(query), built.scores(query))
    assert (loaded.size, loaded.coverage(query), loaded.ideal(query)) == (built.size, built.coverage(query), built.ideal(query))


def test_rare_pairs_outweigh_common_ones_and_repetition_saturates() -> None:
    texts = ["补贴标准", "补贴期限", "补贴对象", "返还比例", "补贴补贴补贴补贴"]
    index = Bm25.build(texts)
    assert index.scores("返还")[3] > index.scores("补贴").max()
    assert index.scores("补贴")[4] < 4 * index.scores("补贴")[0]
    assert int(np.argmax(index.scores("返还比例是多少"))) == 3


def test_what_no_text_holds_lowers_coverage_and_raises_the_ideal() -> None:
    index = Bm25.build(["稳岗返还", "创业补贴"])
    assert index.coverage("稳岗返还") == 1.0
    assert index.coverage("公积金贷款") == 0.0
    assert 0 < index.coverage("稳岗公积金") < 1
    assert index.coverage("") == 1.0
    assert index.ideal("稳岗公积金") > index.ideal("稳岗")
    assert index.scores("公积金").tolist() == [0.0, 0.0]


def test_nothing_indexed(tmp_path: Path) -> None:
    empty = Bm25.build([])
    empty.save(tmp_path / "e.npz")
    assert Bm25.load(tmp_path / "e.npz").scores("补贴").shape == (0,)
