"""When does a text state a fact?"""

from __future__ import annotations

import pytest

from evals.matching import contains, is_figure, missing


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("补贴 **6,000 元**", "6000元"), ("补贴6000元", "6,000 元"), ("最高 100,000 元", "10万"), ("返还百分之六十", "60%"),
        ("返还６０％", "60%"), ("到 2023-12-31 为止", "2023年12月31日"), ("到2023年09月07日", "2023年9月7日"), ("满三年", "三年"),
        ("PPP模式", "ppp"), ("签订1年以上，劳动合同", "1年以上劳动合同"), ("三年以内", "3年"), ("共六千块钱", "6000元"),
    ],
)  # fmt: skip
def test_stated(text: str, needle: str) -> None:
    assert contains(text, needle)


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("补贴16,000元", "6000元"), ("补贴 11500元", "1500元"), ("满十三年", "三年"), ("最高三十万元", "十万元"), ("160%", "60%"),
        ("标准1000.5元", "1000"), ("2023年12月3日", "2023年12月31日"), ("12年", "2年"), ("3人", "3年"), ("", "1000元"), ("有内容", " "),
        ("截至2023，1000元", "20231000"),
    ],
)  # fmt: skip
def test_not_stated(text: str, needle: str) -> None:
    assert not contains(text, needle)


def test_missing_names_the_first_alternative() -> None:
    assert missing("每人1000元", [["1000元", "一千元"], ["到期", "过期"]]) == ["到期"]


def test_a_figure_has_a_number_in_every_alternative() -> None:
    assert is_figure(["6000元", "六千元"])
    assert not is_figure(["60%", "比例没有写"])
    assert not is_figure(["没有写"])
