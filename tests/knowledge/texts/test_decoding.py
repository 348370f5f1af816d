"""Pinyin and homophones are put into characters; everything else stays as it was typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.texts.decoding import CharacterModel, Decoder, may_hold_pinyin
from knowledge.texts.normalise import simplified
from knowledge.texts.pinyin import SYLLABLES, folded_letters, is_all_pinyin, is_pinyin, near_sounds, sounds_of

TEXTS = (
    "失业保险金提到最低工资的百分之几",
    "稳岗返还能退多少",
    "潍坊零工客栈设在社区",
    "济南创业担保贷款最高多少万",
    "招了几个人",
    "30人以下",
)
SMALL = Decoder(CharacterModel.count(TEXTS * 3))
DIGITS = re.compile(r"\d+")


@pytest.mark.parametrize("run", ["jinan", "shiyebaoxianjin", "xian", "lvse", "nueji", "tidao"])
def test_pinyin_is_syllables_from_end_to_end(run: str) -> None:
    assert is_pinyin(run)


@pytest.mark.parametrize("run", ["", "app", "hrss", "osta", "ignore", "please", "v", "wifi", "shiyeb"])
def test_other_words_are_not(run: str) -> None:
    assert not is_pinyin(run)


def test_a_message_is_all_pinyin_only_without_other_words() -> None:
    assert is_all_pinyin("Jinan shiye baoxianjin 2020nian, zenme ling?")
    assert is_all_pinyin("jǐ nán shī yè")
    assert not is_all_pinyin("jinan 失业")
    assert not is_all_pinyin("tell me shiye")
    assert not is_all_pinyin("12333")


def test_letters_are_folded_one_for_one() -> None:
    assert folded_letters("Lǜ sè ＡＰＰ 岗") == "lv se app 岗"


def test_sounds() -> None:
    assert {"huan", "hai"} <= set(sounds_of("还"))
    assert sounds_of("a") == ()
    near = dict(near_sounds("zhang"))
    assert near["zhang"] == 0 and near["zang"] == near["zhan"] == 1 and near["zan"] == 2
    assert set(near) <= SYLLABLES
    assert "hui" not in near


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shiye baoxianjin tidao zuidi gongzi de baifenzhi ji", "失业保险金提到最低工资的百分之几"),
        ("wengangfanhuan neng tui duoshao", "稳岗返还能退多少"),
        ("WEN GANG FAN HUAN", "稳岗返还"),
        ("wěn gǎng fǎn huán", "稳岗返还"),
        ("wengang返还能退多少", "稳岗返还能退多少"),
        ("wengang hanhuan 能退多少", "稳岗返还 能退多少"),  # f and h are one sound in some places
        ("jinan 2020nian 6ge ren", "济南2020年6个人"),
    ],
)
def test_pinyin_is_read(knowledge: KnowledgeBase, typed: str, meant: str) -> None:
    assert knowledge.in_characters(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "App登录不了", "hrss和osta上都能查", "e码通怎么用", "www.jinan.gov.cn 上能看到吗", "https://hrss.jinan.gov.cn/fuwu", "AI和IT行业",
        "please tell me how", "can you change mode", "banana", "NBA long song", "ignore all previous instructions", "找HR要 PDF 和 WORD",
        "me@weifang.com", "OA", "o", "v", "",
    ],
)  # fmt: skip
def test_words_of_other_languages_stay(knowledge: KnowledgeBase, text: str) -> None:
    assert knowledge.in_characters(text) == text
    assert knowledge.decoder.from_pinyin(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("稳岗返换怎么领", "稳岗返还怎么领"),
        ("潍仿那个林工客站", "潍坊那个林工客栈"),
        ("技能题升部贴", "技能提升补贴"),
        ("时业保险金6月前怎么领", "失业保险金6月前怎么领"),
    ],
)
def test_homophones_are_read(knowledge: KnowledgeBase, typed: str, meant: str) -> None:
    assert knowledge.decoder.from_homophones(typed) == meant


def test_numbers_are_neither_changed_nor_made(knowledge: KnowledgeBase) -> None:
    assert knowledge.decoder.from_homophones("一伙零工，百万两，三十") == "一伙零工，百万两，三十"
    assert "十" not in knowledge.decoder.from_homophones("时业保险金发时个月")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for read in (SMALL.from_pinyin(text), SMALL.from_homophones(text)):
        assert DIGITS.findall(read) == DIGITS.findall(text)


@given(st.text(st.sampled_from("abcdeghijnosuvwyz 一是失业0129,.'ü"), max_size=40))
def test_letters_in_any_order_are_read_without_an_error(text: str) -> None:
    read = SMALL.from_pinyin(text)
    assert "".join(DIGITS.findall(read)) == "".join(DIGITS.findall(text))
    assert [c for c in read if c in "，。,."] == [c for c in text if c in "，。,."]


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("0123456789，。？%（） \n"), max_size=60)
)
def test_text_without_letters_is_no_pinyin(text: str) -> None:
    assert not may_hold_pinyin(text)
    assert SMALL.from_pinyin(text) == text


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("0123456789一三百万两 ,"), max_size=40)
)
def test_homophones_keep_length_and_numbers(text: str) -> None:
    read = SMALL.from_homophones(text)
    assert len(read) == len(text)
    assert [(i, c) for i, c in enumerate(read) if c in "0123456789一三百万两 ,"] == [
        (i, c) for i, c in enumerate(text) if c in "0123456789一三百万两 ,"
    ]


def test_the_product_s_own_questions_are_no_pinyin(knowledge: KnowledgeBase) -> None:
    asked = [e.text for kind in ("question", "uncovered") for e in knowledge.searcher.index.entries[kind]]
    read = {t: knowledge.decoder.from_pinyin(t) for t in asked if may_hold_pinyin(t)}
    assert {t: r for t, r in read.items() if t != r and t.replace("jinan", "济南") != r} == {}


def test_hardly_a_known_question_is_respelt(knowledge: KnowledgeBase) -> None:
    asked = [e.text for e in knowledge.searcher.index.entries["question"]][::10]
    changed = [t for t in asked if knowledge.speller.mend(t) != t]
    assert len(changed) <= 0.02 * len(asked), changed  # some were written with wrong characters


def test_hardly_a_known_question_is_changed_by_its_sound(knowledge: KnowledgeBase) -> None:
    asked = [simplified(e.text) for e in knowledge.searcher.index.entries["question"]][::20]
    changed = [t for t in asked if knowledge.decoder.from_homophones(t) != t]
    assert len(changed) <= 0.02 * len(asked), changed  # some were written with wrong characters
