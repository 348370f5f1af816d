"""Numbers in running text: generated amounts in every writing, and the cases that are hard."""

from __future__ import annotations

import itertools
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.numerals import chinese_value, format_amount, normalise_width, numbers_in, values_in

WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
many = settings(max_examples=300, deadline=None)


def writings(amount: int) -> list[str]:
    """An amount of yuan as people and documents write it."""
    result = [f"{amount}元", f"{amount:,}元", f"{amount}元".translate(WIDE), f"{cn2an.an2cn(str(amount))}元", f"{amount}块钱"]
    if amount % 10 == 0 and amount >= 10_000:
        result += [f"{Decimal(amount) / 10000:f}万元", f"{Decimal(amount) / 10000:f} 万元".translate(WIDE)]
    if amount % 1000 == 0 and amount < 10_000:
        result.append(f"{amount // 1000}千元")
    if amount % 10_000 == 0:
        result.append(f"{cn2an.an2cn(str(amount // 10_000))}万元")
    return result


@many
@given(
    st.one_of(st.integers(1, 999), st.integers(1, 9_999).map(lambda n: n * 10), st.integers(1, 9_999).map(lambda n: n * 10_000))
)
def test_an_amount_is_read_from_every_writing(amount: int) -> None:
    for written in writings(amount):
        text = f"对每家给予{written}的补助。"
        found = numbers_in(text)
        assert [(n.value, n.unit) for n in found] == [(Decimal(amount), "元")], written
        assert normalise_width(text)[found[0].start : found[0].end] == found[0].raw


@many
@given(st.decimals(0, 100, places=2), st.booleans())
def test_percentages(value: Decimal, wide: bool) -> None:
    written = f"{value.normalize():f}%"
    assert [(n.value, n.unit) for n in numbers_in(written.translate(WIDE) if wide else written)] == [(value, "%")]


@many
@given(st.integers(1, 99))
def test_percentages_in_words(value: int) -> None:
    assert [(n.value, n.unit) for n in numbers_in(f"比例为百分之{cn2an.an2cn(str(value))}左右")] == [(Decimal(value), "%")]


@many
@given(st.dates())
def test_dates_give_year_month_and_day(day: object) -> None:
    y, m, d = (int(part) for part in str(day).split("-"))
    if y >= 1000:
        assert [(n.value, n.unit) for n in numbers_in(f"自{y}年{m}月{d}日起")] == [(y, "年"), (m, "月"), (d, "日")]


@many
@given(st.text(alphabet="一二两三十百千万亿半0123456789.,，%％元人年个月〔〕号第条次性多来余 俩", max_size=40))
def test_any_text_yields_ordered_disjoint_numbers_in_place(text: str) -> None:
    found = numbers_in(text)
    assert list(found) == sorted(found, key=lambda n: n.start)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(normalise_width(text)[n.start : n.end].startswith(n.raw) for n in found)
    assert values_in(text) == {n.value for n in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("两千五百元", [(2500, "元")]),
        ("两万五", [(25000, "")]),
        ("一百二", [(120, "")]),
        ("三十二个月零五天", [(32, "个月"), (5, "天")]),
        ("一亿二千万元", [(120_000_000, "元")]),
        ("4.11万个岗位", [("41100", "个")]),
        ("降低2个百分点", [(2, "个百分点")]),
        ("千分之五", [(5, "‰")]),
        ("百分之零点五", [("0.5", "%")]),
        ("一年半", [("1.5", "年")]),
        ("2年半", [("2.5", "年")]),
        ("半年", [("0.5", "年")]),
        ("俩人", [(2, "人")]),
        ("二〇二三年十二月三十一日", [(2023, "年"), (12, "月"), (31, "日")]),
        ("济政办发〔2023〕10号", [(2023, ""), (10, "号")]),
        ("第二十四条", [(24, "条")]),
        ("每人每天200元", [(200, "元")]),
        ("3000—5000元", [(3000, ""), (5000, "元")]),
        ("45周岁", [(45, "岁")]),
        ("1,000元", [(1000, "元")]),
        ("１２３４５６", [(123456, "")]),
        ("一次性吸纳补贴，统一办理，一般不超过一定数额", []),
        ("五险一金和三险一金，进一步统一，零就业家庭", []),
        ("上万元、数千元、几百块", []),
        ("", []),
    ],
)
def test_hard_cases(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(n.value, n.unit) for n in numbers_in(text)] == [(Decimal(v), unit) for v, unit in expected]


@pytest.mark.parametrize(("text", "approximate"), [("10来个人", True), ("30多人", True), ("100余家", True), ("30人", False)])
def test_a_bound_is_marked_approximate(text: str, approximate: bool) -> None:
    assert [n.approximate for n in numbers_in(text)] == [approximate]


@many
@given(st.integers(0, 99_999_999))
def test_chinese_numerals_round_trip(value: int) -> None:
    assert chinese_value(cn2an.an2cn(str(value))) == value


@pytest.mark.parametrize("word", ["万", "百", "亿", "甲", "", "点"])
def test_no_number(word: str) -> None:
    assert chinese_value(word) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [("6000", "6,000"), ("1234.5", "1,234.50"), ("0.00", "0"), ("1000000.005", "1,000,000"), ("12.345", "12.34")],
)
def test_amounts_are_shown_to_the_fen(value: str, shown: str) -> None:
    assert format_amount(Decimal(value)) == shown


@many
@given(st.decimals(0, 10**9, places=2))
def test_a_shown_amount_reads_back(value: Decimal) -> None:
    assert values_in(f"{format_amount(value)}元") == {value.normalize()}


@many
@given(st.text(max_size=60))
def test_width_is_normalised_one_for_one(text: str) -> None:
    assert len(normalise_width(text)) == len(text)
