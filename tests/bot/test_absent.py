"""Saying whom to ask where the documents are silent: each place by its own authority."""

from __future__ import annotations

import pytest

from bot.advisor import Advisor
from tests.bot.asking import ask


@pytest.mark.parametrize(
    ("place", "office"),
    [("河南", "河南省人力资源社会保障厅"), ("广西", "广西壮族自治区人力资源社会保障厅"), ("上海", "上海市人力资源社会保障局"), ("青岛", "青岛市人力资源社会保障局")],
)  # fmt: skip
def test_another_places_own_authority_is_named(advisor: Advisor, place: str, office: str) -> None:
    answer = ask(advisor, f"{place}的一次性吸纳就业补贴一个人多少钱", region=None)
    assert answer.status == "not_found"
    assert office in answer.text
    assert any(office in step for step in answer.next_steps)


def test_no_province_has_a_bureau(advisor: Advisor) -> None:
    for region in advisor.knowledge.gazetteer.regions.values():
        if not region.name.endswith(("省", "自治区")):
            continue
        answer = ask(advisor, f"{region.name}的一次性吸纳就业补贴一个人多少钱", region=None)
        assert f"{region.name}人力资源社会保障局" not in answer.text + "".join(answer.next_steps)
