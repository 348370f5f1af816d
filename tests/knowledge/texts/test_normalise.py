"""The matching form: what people type and what documents print become the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.texts.normalise import grams, matching_form, visible


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("穩崗返還６０％", "稳岗返还60%"),
        ("ＡＢＣ 公司", "abc公司"),
        ("失\u200b业\u202e保险", "失业保险"),
        (" 补 贴\n标准　", "补贴标准"),
        ("勞動合同", "劳动合同"),
    ],
)
def test_two_writings_of_the_same(typed: str, printed: str) -> None:
    assert matching_form(typed) == printed


@given(
    st.text(
        alphabet=st.one_of(
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
            st.characters(max_codepoint=0x7F),
            st.sampled_from("６％Ａ（：。\u200b\u3000①㎡"),
        ),
        max_size=80,
    )
)
def test_it_is_a_normal_form(text: str) -> None:
    once = matching_form(text)
    assert matching_form(once) == once
    assert not any(c.isspace() for c in once)
    assert visible(visible(text)) == visible(text)


def test_grams_keep_numbers_and_words_whole() -> None:
    assert grams("稳岗返还60%") == ["稳", "岗", "返", "还", "稳岗", "岗返", "返还", "60"]
    assert grams("VPN 3.5万") == ["vpn", "3.5", "万"]
    assert grams("就业", (1, 2, 3)) == ["就", "业", "就业"]
    assert grams("，。！ ") == []


@given(st.text(alphabet="就业补贴，12ab ", max_size=30))
def test_pairs_never_cross_a_mark(text: str) -> None:
    form = matching_form(text)
    assert all(g in form for g in grams(text))
