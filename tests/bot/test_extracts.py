"""What is said of a measure for which nobody has written points (invented rules)."""

from __future__ import annotations

from datetime import date

from bot.engines.builtin.extract import extract
from knowledge.texts.parsing import parse
from knowledge.types import Document

RULES = (
    "第一条给予补贴。\n第二条下列期间不得享受书屋补贴：\n（一）歇业期间；\n（二）停业期间。\n附件1\n标准表\n|类别|每月（元）|\n"
    + "\n".join(f"|第{i}类书屋（含分店和流动站点）|{i}00|" for i in range(1, 40))
)


def _points(place: str, question: str) -> list[str]:
    segments, measures = parse("d", RULES)
    document = Document("d", "办法", None, "", "", None, date(2031, 1, 1), None, None, RULES, segments, measures)
    measure = next(m for m in measures if m.place == place)
    found = extract(measure, document, question)
    assert all(p.quote in measure.text for p in found.points)
    return [p.plain for p in found.points]


def test_a_prohibition_is_said_with_its_list() -> None:
    (said,) = _points("第二条", "歇业能领书屋补贴吗")
    assert said.startswith("下列期间不得享受书屋补贴：")
    assert "歇业期间" in said


def test_the_rows_of_a_table_keep_the_heads_of_their_columns() -> None:
    said = "".join(_points("附件1", "第39类书屋每月多少"))
    assert all(f"第{i}类书屋（含分店和流动站点）：每月（元）{i}00" in said for i in range(1, 40))
