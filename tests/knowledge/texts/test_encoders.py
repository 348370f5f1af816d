"""The shipped encoder: one arithmetic behind two doors, NumPy here and sentence-transformers there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import KnowledgeError
from knowledge.texts.encoder_folder import build_tokenizer, save_encoder
from knowledge.texts.encoders import SHIPPED, SIZES, UNKNOWN, NgramEncoder, SentenceTransformerEncoder, load_encoder
from knowledge.texts.normalise import grams

TEXTS = (
    "俺被厂子辞退了，失业金能领几个月？",
    "失業保險金 怎麼領",
    "一次性吸纳就业补贴每人1000元、２０２３年12月31日前，60.5%",
    "ＧＤＰ 与 abc\u200b社保",
    "㈠ ① ｶﾅ café 🙂 鬱鸨",
    "保",
    "补贴 补 贴",
    "",
    "!!!",
)


@pytest.fixture(scope="module")
def shipped() -> NgramEncoder:
    return NgramEncoder()


def test_sentence_transformers_loads_the_folder_and_gives_the_same_vectors(shipped: NgramEncoder) -> None:
    library = SentenceTransformerEncoder(str(SHIPPED))
    theirs, ours = library.encode(TEXTS), shipped.encode(TEXTS)
    assert library.dimension == shipped.dimension
    assert np.abs(theirs - ours).max() < 1e-4


def test_the_tokenizer_file_cuts_exactly_the_n_grams_of_the_lexical_half() -> None:
    vocabulary = sorted({g for t in TEXTS[:4] for g in grams(t, SIZES)})
    tokenizer = build_tokenizer(vocabulary)
    for text in (*TEXTS, "失业职工领补贴1000元", "每人每月１５００元", "abc领abc"):
        found = Counter(t for t in tokenizer.encode(text, add_special_tokens=False).tokens if t != UNKNOWN)
        assert found == Counter(g for g in grams(text, SIZES) if g in set(vocabulary)), text


def test_vectors_are_unit_rows_or_zeros_when_nothing_is_known(shipped: NgramEncoder) -> None:
    vectors = shipped.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), shipped.dimension)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths[:-2] == pytest.approx(1.0, abs=1e-5)
    assert not vectors[-2:].any()
    assert shipped.encode([]).shape == (0, shipped.dimension)


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("被公司裁员了能领什么钱", "失业保险金", "创业担保贷款"),
        ("想开个店，公家能借我点钱吗", "创业担保贷款", "失业保险金"),
        ("孩子刚毕业想去单位实习", "就业见习", "拖欠农民工工资"),
        ("包工头拖着俺的工钱不给", "农民工工资支付", "职业技能提升补贴"),
        ("考了个电工证有补助不", "职业技能等级证书补贴", "残疾人就业保障金"),
    ],
)
def test_everyday_words_lie_near_the_policys_words(shipped: NgramEncoder, question: str, near: str, far: str) -> None:
    asked, right, wrong = shipped.encode([question, near, far])
    assert asked @ right > asked @ wrong + 0.1


def test_width_case_spaces_and_traditional_characters_do_not_matter(shipped: NgramEncoder) -> None:
    a, b = shipped.encode(["失业保险稳岗返还60%", "失業保險 穩崗返還６０％"])
    assert a == pytest.approx(b)


def test_same_text_same_bytes_alone_or_among_others(shipped: NgramEncoder) -> None:
    assert np.array_equal(shipped.encode(TEXTS), NgramEncoder().encode(TEXTS))
    assert np.array_equal(shipped.encode(TEXTS)[2], shipped.encode([TEXTS[2]])[0])
    assert shipped.name == NgramEncoder().name


def test_encoding_needs_no_torch() -> None:
    code = (
        "import sys; from knowledge.texts.encoders import load_encoder; load_encoder().encode(['社保'])\n"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"


def test_the_folder_is_small_and_says_what_it_was_made_from() -> None:
    assert sum(p.stat().st_size for p in SHIPPED.rglob("*") if p.is_file()) < 18_000_000
    card = json.loads((SHIPPED / "card.json").read_text(encoding="utf-8"))
    assert card["settings"]["seeds"]
    assert all(part["digest"] for part in card["data"].values())


def test_a_saved_encoder_comes_back_within_the_rounding_of_its_rows(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    save_encoder(tmp_path, ["社", "保", "社保"], vectors, {})
    expected = vectors.sum(axis=0)
    assert NgramEncoder(tmp_path).encode(["社保"])[0] == pytest.approx(expected / np.linalg.norm(expected), abs=0.02)


def test_a_missing_or_broken_folder_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="缺少编码模型文件"):
        NgramEncoder(tmp_path)
    save_encoder(tmp_path, ["社"], np.ones((1, 4), dtype=np.float32), {})
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:20])
    with pytest.raises(KnowledgeError, match="已损坏"):
        NgramEncoder(tmp_path)
    with pytest.raises(KnowledgeError, match="ADVISOR_ENCODER"):
        load_encoder(str(tmp_path / "nowhere"))


def test_training_is_repeatable_and_draws_questions_to_their_measure() -> None:
    import torch

    from knowledge.texts.training import Settings, encode_with, finish, prepare
    from knowledge.texts.training_data import Text

    torch.set_num_threads(1)
    settings = Settings(dimension=16, vocabulary=500, steps=40, seeds=(0,))
    texts = [
        Text(measure, words, kind)
        for measure, kind, words in (
            ("a", "passage", "创业担保贷款由财政贴息"), ("a", "question", "做买卖借钱"), ("a", "question", "开店想借钱"),
            ("b", "passage", "失业人员领取失业保险金"), ("b", "question", "被辞退领钱"), ("b", "question", "厂里辞退我了"),
        )
    ]  # fmt: skip
    first, second = (finish(prepare(texts, (), settings), texts, settings) for _ in range(2))
    assert np.array_equal(first, second)
    shop, loan, fired = encode_with(prepare(texts, (), settings), first)(["想借钱", "做买卖", "被辞退"])
    assert shop @ loan > shop @ fired + 0.2
