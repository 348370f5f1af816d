"""Codes, names and the places in a citizen's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.base import DATA
from knowledge.errors import RegionError
from knowledge.regions import Gazetteer, covers, is_province, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(DATA / "lexicon" / "regions.yaml")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("370100", "370100"),
        (" 370700 ", "370700"),
        ("济南", "370100"),
        ("济南市历下区", "370100"),
        ("寿光", "370700"),
        ("山东省", "370000"),
        ("370102", "370100"),
        ("379900", "370000"),
    ],
)
def test_codes_and_names(gazetteer: Gazetteer, given: str, code: str) -> None:
    assert gazetteer.resolve(given).code == code


@pytest.mark.parametrize("given", ["", "999999", "火星", "37", "济南和潍坊", "三七零一零零", "370100; drop table"])
def test_unknown_regions_are_named_with_examples(gazetteer: Gazetteer, given: str) -> None:
    with pytest.raises(RegionError, match="370100") as problem:
        gazetteer.resolve(given)
    assert f"「{given}」" in str(problem.value)


def test_mentions_stand_where_they_say(gazetteer: Gazetteer) -> None:
    text = "我在潍坊寿光上班，户口在济南"
    found = gazetteer.mentions(text)
    assert [(r.code, text[a:b]) for r, a, b in found] == [("370700", "潍坊"), ("370700", "寿光"), ("370100", "济南")]
    assert [r.code for r in gazetteer.named_in(text)] == ["370700", "370100"]
    assert gazetteer.mentions("") == gazetteer.mentions("鲁班奖和粗鲁") == ()  # one character names nothing


@pytest.mark.parametrize("before", ["在", "我在", "来", "留", "回", "到", "驻", "从", "老家在"])
def test_no_word_before_a_name_makes_another_place_of_it(gazetteer: Gazetteer, before: str) -> None:
    for word, code in gazetteer.words.items():
        assert [r.code for r in gazetteer.named_in(before + word)] == [code]


def test_longer_names_win(gazetteer: Gazetteer) -> None:
    text = "济南高新"
    assert [text[a:b] for _, a, b in gazetteer.mentions(text)] == [
        max((w for w in gazetteer.words if text.startswith(w)), key=len)
    ]


def test_every_word_leads_to_a_known_region_and_no_word_to_two(gazetteer: Gazetteer) -> None:
    import yaml

    rows = yaml.safe_load((DATA / "lexicon" / "regions.yaml").read_text(encoding="utf-8"))["regions"]
    words = [w for r in rows for w in {r["name"], *r.get("short", ()), *r.get("places", ())}]
    assert sorted(w for w in set(words) if words.count(w) > 1) == []
    assert set(gazetteer.words.values()) <= set(gazetteer.regions)
    assert all(len(code) == 6 and code.isdigit() for code in gazetteer.regions)
    assert gazetteer.name("000000") == "000000"


@pytest.mark.parametrize(
    ("parent", "child", "result"),
    [
        ("370000", "370100", True),
        ("370100", "370100", True),
        ("370100", "370000", False),
        ("370100", "370700", False),
        ("320000", "370100", False),
    ],
)
def test_a_province_covers_its_cities(parent: str, child: str, result: bool) -> None:
    assert covers(parent, child) is result
    assert is_province(parent) is parent.endswith("0000")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"regions\.yaml"):
        load_gazetteer(tmp_path / "regions.yaml")


@pytest.mark.parametrize(
    ("code", "office"),
    [("370000", "山东省人力资源社会保障厅"), ("410000", "河南省人力资源社会保障厅"), ("450000", "广西壮族自治区人力资源社会保障厅"),
     ("370200", "青岛市人力资源社会保障局"), ("110000", "北京市人力资源社会保障局"), ("810000", "香港特别行政区劳工处"),
     (None, "当地人力资源社会保障局"), ("999999", "当地人力资源社会保障局")],
)  # fmt: skip
def test_whom_to_ask_in_a_region(gazetteer: Gazetteer, code: str | None, office: str) -> None:
    assert gazetteer.office_in(code) == office


def test_every_region_has_an_office(gazetteer: Gazetteer) -> None:
    for region in gazetteer.regions.values():
        assert region.office
        assert region.office.endswith("厅") <= is_province(region.code)


@pytest.mark.parametrize(
    ("parent", "child", "result"), [("370100", "370102", True), ("370102", "370100", False), ("370100", "370702", False)]
)
def test_a_city_covers_its_counties(parent: str, child: str, result: bool) -> None:
    assert covers(parent, child) is result


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在滨海新区招了3个人", "滨海新区"),
        ("柳林镇这边有没有补贴", "柳林镇"),
        ("俺在咱们双桥街道开店", "双桥街道"),
        ("我在超市上班，住在老旧小区", None),
        ("公司在创业园区", None),
        ("在人才市场看见个二维码", None),
        ("我在济南高新区", None),
        ("我在市中区开店", None),  # several cities have one
        ("在哪个区办", None),
    ],
)
def test_places_that_are_not_listed_are_known_by_their_endings(gazetteer: Gazetteer, text: str, place: str | None) -> None:
    assert gazetteer.unlisted_in(text) == place


@pytest.mark.parametrize("word", ["台北", "延边", "恩施", "凉山", "西双版纳", "伊犁", "三沙", "东京", "新加坡"])
def test_places_far_away_are_known_as_such(gazetteer: Gazetteer, word: str) -> None:
    assert [r.code[:2] != "37" for r in gazetteer.named_in(f"我在{word}开店")] == [True]


def test_counties_and_the_nation(gazetteer: Gazetteer) -> None:
    every, one = gazetteer.with_counties(), gazetteer.with_counties({"370783"})
    assert every.issuing("寿光市人民政府办公室") == every.regions["370783"]
    assert every.issuing("潍坊市奎文区人民政府") == every.regions["370705"]
    assert every.issuing("潍坊市人民政府") == every.regions["370700"]
    assert every.issuing("全国人民代表大会常务委员会") == every.resolve("全国")
    assert every.issuing("某公司") is None
    assert (one.resolve("寿光").code, one.resolve("奎文").code) == ("370783", "370700")
    assert covers("370700", "370783")
    assert not covers("370783", "370700")
    assert covers("100000", "370783")
    assert not covers("370000", "100000")
    assert gazetteer.mentions("全国都一样吗") == ()
    assert every.office_in("100000") == every.office_in(None)
    assert all(code[:4] + "00" in gazetteer.regions for code in gazetteer.counties)
    assert gazetteer.without_places("我在寿光开店") == "我在开店"
