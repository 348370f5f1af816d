"""Documents as they come: misread numbers, provisions below headings, annexes, tables, questions and answers, web pages (all invented)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.texts import identity
from knowledge.texts.chunking import with_heads
from knowledge.texts.dates import issue_date
from knowledge.texts.deadlines import deadlines_in
from knowledge.texts.doubts import doubts
from knowledge.texts.library import Library, parse_source
from knowledge.texts.parsing import parse
from knowledge.texts.readers import canonicalise
from knowledge.texts.repeals import Repeal, repeals_in
from knowledge.types import Document, Measure

FIXTURES = Path(__file__).parents[2] / "fixtures" / "awkward"
SIGNED = "\n云溪市财政局\n2031年5月1日"


def ids(text: str) -> list[str]:
    return [m.id.partition("/")[2] for m in parse("d", text)[1] if m.number is not None]


def measure_of(text: str) -> Measure:
    measure = Measure("x/1", "x", 1, "（一）", "题", "", 0, len(text), text)
    return replace(measure, deadlines=deadlines_in(measure))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（一）甲。补1元。\n（二）乙。补2元。\n（兰）丙。补3元。\n（四）丁。补4元。", ["1", "2", "3", "4"]),
        ("（一）甲。补1元。\n（二）乙。补2元。\n（四）丁。补4元。\n（五）戊。补5元。", ["1", "2", "4", "5"]),
        ("1.甲。补1元。\n2.乙。补2元。\n2.丙。补3元。\n4.丁。补4元。", ["1", "2", "3", "4"]),
        ("1.甲。补1元。\nz.乙。补2元。\n3.丙。补3元。", ["1", "3"]),
        ("一、扶持\n（一）甲。补1元。\n兰、保障\n（二）乙。补2元。\n四、其他\n（三）丙。补3元。", ["1", "2", "3"]),
    ],
)
def test_a_count_goes_on_after_a_lost_or_misread_number(text: str, found: list[str]) -> None:
    assert ids(text + SIGNED) == found


def test_a_space_in_a_marker_is_no_other_marker() -> None:
    assert ids(canonicalise("办法\n1 .发放补贴。补1元。\n2. 提供住宿。住7天。\n3、购房。补3元。\n4．见习。补4元。")) == [
        "1",
        "2",
        "3",
        "4",
    ]
    assert ids("1.2031年起补1元。\n2.2032年起补2元。") == ["1", "2"]


def test_provisions_below_a_heading_are_the_measures_and_a_list_is_not() -> None:
    text = (
        "一、任务\n（一）支持创业\n1.创业奖补。每人补8000元。\n2.场地补贴。每年补5000元。\n（二）支持就业\n1.交通补助。每年补500元。\n"
        "2.技能培训。每天补50元。\n二、保障\n（三）材料。需要提交：\n1.申请表；\n2.身份证。"
    )
    _, measures = parse("d", text + SIGNED)
    numbered = [m for m in measures if m.number]
    assert [m.title for m in numbered] == ["创业奖补", "场地补贴", "交通补助", "技能培训", "材料"]
    assert [m.place for m in numbered] == ["（一）1", "（一）2", "（二）1", "（二）2", "（三）"]
    assert numbered[2].section == "一、任务｜（二）支持就业"
    assert "身份证" in numbered[-1].text


def test_an_annex_with_a_table_can_be_cited() -> None:
    text = (
        "第一条补贴见附件1。\n第二条自2031年6月1日起施行。\n附件：1.最高额度表\n2.申请表\n云溪市财政局\n2031年5月1日\n附件1\n最高额度表\n"
        "|人员|额度（元）|\n|残疾人|700|\n附件2申请表（略）\n云溪市财政局办公室2031年5月2日印发"
    )
    segments, measures = parse("d", text)
    annex = next(m for m in measures if m.number == 0)
    assert (annex.id, annex.marker, annex.title, annex.place) == ("d/annex-1", "附件1", "最高额度表", "附件1")
    assert annex.text.endswith("|残疾人|700|")
    assert segments[-1].end == len(text)
    document = Document("d", "办法", None, "", "", None, date(2031, 5, 1), None, None, text, segments, measures)
    assert [m.number for m in document.numbered] == [1, 2]  # an annex is no article


def test_a_letter_passes_on_its_annex() -> None:
    letter = "现将办法印发给你们。\n附件：书屋办法\n云溪市财政局\n2031年5月1日\n"
    text = canonicalise(letter + "附件\n书屋办法\n第一条 补1元。\n第二条 补2元。\n附件2\n标准表\n|类|元|\n|甲|3|")
    assert ids(text) == ["1", "2", "annex-1"]
    assert identity.title_of("附件：云溪市书屋补贴管理办法\n为了书屋") == "云溪市书屋补贴管理办法"


def test_a_long_annex_has_measures_of_its_own() -> None:
    rules = "\n".join(
        f"{i}.项目{i}。按规定提交申请表、劳动合同、工资支付凭证和身份证复印件，由经办机构在七个工作日内审核。"
        for i in range(1, 12)
    )
    found = ids(f"（一）甲。补1元。\n（二）乙。补2元。{SIGNED}\n附件1\n办事指南\n{rules}")
    assert found[:2] == ["1", "2"]
    assert len(found) == 13


@pytest.mark.parametrize(
    ("name", "titles", "issued", "until"),
    [
        (
            "questions.md",
            ["哪些人可以申请一次性创业补贴？", "补贴标准是多少？", "到哪里申请，什么时候截止？"],
            date(2031, 5, 6),
            None,
        ),
        ("picture.txt", ["补贴对象", "补贴标准", "申领期限", "咨询电话"], date(2031, 4, 2), None),
        (
            "announcement.txt",
            ["补贴对象", "补贴标准", "申报材料：", "申报时间", "联系电话"],
            date(2031, 5, 28),
            date(2031, 9, 30),
        ),
        ("page.html", None, date(2031, 3, 1), None),
        ("order.txt", None, date(2031, 2, 10), None),
    ],
)
def test_other_kinds_of_documents(name: str, titles: list[str] | None, issued: date, until: date | None) -> None:
    text, segments, measures = parse_source("d", FIXTURES / name)
    numbered = [m for m in measures if m.number]
    if titles:
        assert [m.title for m in numbered] == titles
    assert [m.number for m in numbered] == list(range(1, len(numbered) + 1))
    assert identity.issued_on(text, identity.head_of(text, segments)) == issued
    assert identity.time_of(measures).until == until


def test_a_web_page_without_what_stands_around_the_document() -> None:
    text, segments, measures = parse_source("d", FIXTURES / "page.html")
    assert not any(word in text for word in ("打印本页", "上一篇", "ICP", "您现在的位置"))
    assert identity.issuer_of(identity.head_of(text, segments), "通知", text) == "云溪市人力资源和社会保障局、云溪市财政局"
    assert [m.id for m in measures if m.number == 0] == ["d/annex-1"]


def test_a_broken_line_that_names_an_article_opens_none() -> None:
    text, segments, measures = parse_source("d", FIXTURES / "order.txt")
    assert len([m for m in measures if m.number]) == 6
    assert "第四条规定取得补助的" in next(m.text for m in measures if m.number == 5)
    assert doubts(text, segments, measures) == ()
    assert identity.issuer_of(identity.head_of(text, segments), "云溪市零工市场管理规定", text) == "云溪市人民政府"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("（一）甲。\n云溪市财政局\n二〇三一年五月二十日", date(2031, 5, 20)),
        ("（一）甲。\n云溪市财政局\n二○三一年十二月三十一日", date(2031, 12, 31)),
        ("（一）甲。\n云溪市社会保险事业中心\n2031年5月20日", date(2031, 5, 20)),
        ("|成文日期|2031-05-18|发布日期|2031-05-21|\n（一）甲。", date(2031, 5, 18)),
        ("（一）甲。", None),
    ],
)
def test_the_day_of_issue_in_other_writing(text: str, day: date | None) -> None:
    assert issue_date(text) == day


def test_who_issued_it() -> None:
    assert identity.issuer_of("云溪市财政局\n云溪市教育局文件\n标题", "标题") == "云溪市财政局、云溪市教育局"
    assert identity.issuer_of("某办法", "某办法", "某办法\n第一条甲。\n云溪市财政局\n2031年5月1日") == "云溪市财政局"
    assert identity.year_of("云溪人社发〔2031〕7号") == 2031
    assert identity.year_of(None) is None


@pytest.mark.parametrize(
    ("sentence", "until"),
    [
        ("受理截止日期为2031年12月31日。", date(2031, 12, 31)),
        ("申报截止时间：2031年11月30日。", date(2031, 11, 30)),
        ("须于2031年11月30日前申报。", date(2031, 11, 30)),
        ("申请期限至2031年6月30日。", date(2031, 6, 30)),
    ],
)
def test_more_words_for_a_deadline(sentence: str, until: date) -> None:
    assert [d.until for d in measure_of(sentence).deadlines] == [until]


def test_a_condition_with_a_day_is_no_deadline() -> None:
    assert measure_of("2031年6月30日前申请失业登记的人员，补1元。").deadlines == ()


def test_a_closing_date_for_claims_binds_what_it_closes() -> None:
    text = "（三）返还。按60%返还，最高300万元。2031年稳岗返还申报截止日期为2031年11月30日。"
    (deadline,) = measure_of(text).deadlines
    assert (deadline.binds_start, deadline.binds_end) == (0, len(text))


@pytest.mark.parametrize(
    ("sentence", "since", "until"),
    [
        ("以上政策自2031年3月1日起执行至2032年12月31日，由县人社局负责解释。", date(2031, 3, 1), date(2032, 12, 31)),
        ("本若干措施有效期至2032年12月。", None, date(2032, 12, 31)),
        ("本工作方案自2031年3月1日起施行，至2033年2月28日止。", date(2031, 3, 1), date(2033, 2, 28)),
        ("本通知自2031年3月1日起施行，执行期限为2年。", date(2031, 3, 1), date(2033, 2, 28)),
    ],
)
def test_more_words_for_a_term(sentence: str, since: date | None, until: date) -> None:
    term = identity.term_of(f"（一）甲。\n{sentence}", date(2031, 2, 1))
    assert (term.since, term.until) == (since, until)
    assert parse("d", f"1.甲。\n2.乙。\n{sentence}\n云溪市财政局\n2031年2月1日")[1][-1].text.startswith(sentence)


def test_offices_with_brackets_of_their_own() -> None:
    _, measures = parse("d", "（一）甲。补1元。（责任单位：市财政局、各区（市）政府）\n（二）乙。补2元。")
    assert measures[0].departments == ("市财政局", "各区（市）政府")


def _document(identifier: str, text: str, issued: date, doc_no: str | None = None) -> Document:
    segments, measures = parse(identifier, text)
    return Document(identifier, "云溪市文化方案", doc_no, "", "379900", issued, issued, None, None, text, segments, measures)


PLAN = (
    "（一）落实书屋返还。可以申请书屋返还。其中，小的按60%返还。不裁员就行。\n（二）支持阅读。读书的补1元。给予阅读补贴2元。\n"
    "（三）继续实施书屋返还政策。每家按30%返还。\n（四）展览。办展览的补5元。"
)


@pytest.fixture
def plan() -> Document:
    return _document("plan", PLAN, date(2030, 1, 1), "云溪政发〔2030〕5号")


def ended(plan: Document, words: str) -> list[str]:
    notice = _document("notice", words, date(2031, 5, 1))
    repeals = repeals_in(notice, {"plan": plan, "notice": notice})
    pieces = ("小的按60%返还", "不裁员就行", "读书的补1元", "给予阅读补贴2元", "每家按30%返还", "办展览的补5元")
    return [p for p in pieces for m in plan.measures if p in m.text and any(r.covers(m, p) for r in repeals)]


def test_every_article_of_a_list_is_ended(plan: Document) -> None:
    words = "《云溪市文化方案》（云溪政发〔2030〕5号）第（三）条、第（四）条关于展览的规定以及第（二）条关于阅读补贴的规定同时停止执行。"
    assert ended(plan, f"（一）甲。\n（二）乙。\n{words}") == ["给予阅读补贴2元", "每家按30%返还", "办展览的补5元"]


def test_the_name_of_a_measure_speaks_for_its_sentences_and_so_does_the_sentence_before(plan: Document) -> None:
    words = "《云溪市文化方案》（云溪政发〔2030〕5号）关于书屋返还的规定停止执行。"
    assert ended(plan, f"（一）甲。\n（二）乙。\n{words}") == ["小的按60%返还", "不裁员就行", "每家按30%返还"]


def test_what_is_paid_for_anew_overrides_what_was_paid_before(plan: Document) -> None:
    clause = "此前规定与本通知不一致的，以本通知为准。"
    assert ended(plan, f"（一）提高阅读补贴标准。补3元。\n（二）乙。\n{clause}") == ["给予阅读补贴2元"]
    assert ended(plan, "（一）提高阅读补贴标准。补3元。\n（二）乙。") == []
    other = replace(_document("o", f"（一）提高阅读补贴标准。补3元。\n（二）乙。\n{clause}", date(2031, 1, 1)), region="379800")
    assert repeals_in(other, {"plan": plan, "o": other}) == ()  # another city's


def test_a_document_that_is_not_here_is_declared_at_an_end(plan: Document) -> None:
    new = _document("new", "（一）甲。\n（二）《云溪市旧细则》（云溪人社发〔2020〕18号）同时废止。", date(2031, 5, 1))
    library = Library({"new": new}, {m.id: m for m in new.measures})
    assert library.declared_ended("云溪人社发〔2020〕18号", date(2031, 6, 1)) == (
        "new/2",
        "（二）《云溪市旧细则》（云溪人社发〔2020〕18号）同时废止。",
    )
    assert library.declared_ended("《云溪市旧细则》", date(2031, 6, 1)) is not None
    assert library.declared_ended("云溪人社发〔2020〕18号", date(2031, 4, 1)) is None
    assert library.declared_ended("云溪人社发〔2020〕19号", date(2031, 6, 1)) is None


def test_a_cell_is_searched_with_the_head_of_its_column() -> None:
    text = "（一）标准：\n|学历|每月（元）|\n|硕士|1000|\n|本科|500|\n另行通知。"
    start = text.index("|本科")
    assert with_heads(text, start, len(text)) == "|学历本科|每月（元）500|\n另行通知。"
    assert with_heads(text, 0, text.index("\n|本科")).endswith("|学历|每月（元）|\n|学历硕士|每月（元）1000|")


def test_a_repeal_without_words_ends_the_article(plan: Document) -> None:
    assert Repeal("n", "plan", 4).covers(plan.measures[3], "办展览的补5元")
