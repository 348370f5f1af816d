"""What a document says about itself, and what it ends in others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.texts import identity
from knowledge.texts.dates import issue_date
from knowledge.texts.deadlines import deadlines_in
from knowledge.texts.library import Library
from knowledge.texts.parsing import parse
from knowledge.texts.repeals import Repeal, repeals_in
from knowledge.texts.validity import succeeds
from knowledge.types import Document

ISSUED = date(2031, 2, 28)


@pytest.mark.parametrize(
    ("sentence", "since", "until"),
    [
        ("本办法自2031年3月1日起施行，有效期至2033年2月28日。", date(2031, 3, 1), date(2033, 2, 28)),
        ("本通知自2031年3月1日起施行，有效期五年。", date(2031, 3, 1), date(2036, 2, 29)),
        ("本方案自印发之日起施行，有效期3年。", None, date(2034, 2, 27)),
        ("以上政策措施自公布之日起实施，有效期至2031年12月31日。", None, date(2031, 12, 31)),
        ("本政策执行至2031年6月30日。", None, date(2031, 6, 30)),
        ("本条例自发布之日起施行。", None, None),
        ("创业补贴政策执行至2031年6月30日。", None, None),  # of one entitlement, not of the document
        ("本市自2031年3月1日起开展培训，有效期3年的证书可以申请。", None, None),
    ],
)
def test_term(sentence: str, since: date | None, until: date | None) -> None:
    term = identity.term_of(f"第一条甲。\n第二条{sentence}", ISSUED)
    assert (term.since, term.until) == (since, until)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "云溪市财政局文件\n关于印发《云溪市书屋补贴管理办法》的通知\n各区财政局：\n云溪市书屋补贴管理办法",
            "云溪市书屋补贴管理办法",
        ),
        ("关于印发《云溪市书屋补贴管理办法》的通知\n现将办法印发给你们。", "云溪市书屋补贴管理办法"),
        ("云溪市财政局\n关于书屋补贴有关问题的通知\n各区财政局：", "关于书屋补贴有关问题的通知"),
        ("云溪市财政局\n云溪市书屋若干措施", "云溪市书屋若干措施"),
        ("书屋条例\n2030年1月1日国务院令第9号公布", "书屋条例"),
    ],
)
def test_title(head: str, title: str) -> None:
    assert identity.title_of(head) == title


def test_issuer_and_number_of_a_rule_of_the_nation() -> None:
    head = "书屋条例\n2029年12月1日国务院第11次常务会议通过\n2030年1月1日中华人民共和国国务院令第999号公布"
    assert identity.issuer_of(head, "书屋条例") == "国务院"
    assert identity.doc_no_of(head) == "国务院令第999号"


def test_the_signature_is_the_day_of_issue_not_the_print_line() -> None:
    text = "云溪市财政局\n2030年4月22日\n第一条甲。\n云溪市财政局办公室2030年4月23日印发"
    assert issue_date(text) == date(2030, 4, 22)
    assert issue_date("第一条甲。\n云溪市财政局办公室2030年4月23日印发") == date(2030, 4, 23)


def test_headings_over_plain_text_open_measures() -> None:
    text = "一、数量\n设岗20个。\n二、条件\n1.年满18周岁；\n2.身体健康。\n三、待遇\n每月800元。\n四、期限\n累计不超过5年。"
    _, measures = parse("d", text)
    assert [m.id for m in measures if m.number] == ["d/1", "d/2", "d/3", "d/4"]
    assert "身体健康" in measures[1].text


def test_a_deadline_binds_the_table_that_its_sentence_announces() -> None:
    text = "1.补助。2031年1月1日至2031年6月30日，按下列标准补助：\n|人数|补助（元）|\n|10人|500|\n（责任单位：市人社局）\n2.奖励。奖100元。"
    _, measures = parse("d", text)
    (deadline,) = deadlines_in(measures[0])
    assert deadline.binds_start <= text.index("|10人") < deadline.binds_end


def _document(identifier: str, title: str, issued: date, text: str, doc_no: str | None = None) -> Document:
    segments, measures = parse(identifier, text)
    return Document(identifier, title, doc_no, "云溪市财政局", "379900", issued, issued, None, None, text, segments, measures)


PLAN = "（一）书屋补贴。建书屋的补3万元。办展览的补1万元。\n（二）培训。每人500元。\n（三）贷款。最高20万元。"
ENDING = "（一）书屋补贴每个4万元。\n（二）《云溪市文化方案》（云溪政发〔2030〕5号）第（一）条关于书屋的规定同时停止执行。"


def test_what_a_document_ends() -> None:
    plan = _document("plan", "云溪市文化方案", date(2030, 1, 1), PLAN, "云溪政发〔2030〕5号")
    notice = _document("notice", "关于书屋补贴的通知", date(2031, 5, 1), ENDING)
    assert repeals_in(notice, {"plan": plan, "notice": notice}) == (Repeal("notice", "plan", 1, "书屋"),)
    assert repeals_in(replace(notice, issued_from=date(2029, 1, 1)), {"plan": plan}) == ()
    library = Library({"plan": plan, "notice": notice}, {m.id: m for d in (plan, notice) for m in d.measures})
    assert library.repealed("plan/1", "补3万元", date(2031, 5, 1)) is notice
    assert library.repealed("plan/1", "补3万元", date(2031, 4, 30)) is None
    assert library.repealed("plan/1", "补1万元", date(2031, 5, 1)) is None
    assert library.repealed("plan/2", "每人500元", date(2031, 5, 1)) is None


def test_only_a_document_on_the_same_subject_and_as_broad_succeeds() -> None:
    plan = _document("plan", "云溪市文化繁荣实施方案", date(2030, 1, 1), PLAN)
    later = _document("later", "云溪市进一步促进文化繁荣的意见", date(2031, 1, 1), PLAN)
    other = _document("other", "云溪市道路养护实施方案", date(2031, 1, 1), PLAN)
    narrow = _document("narrow", "云溪市文化繁荣补贴通知", date(2031, 1, 1), "（一）书屋补贴每个4万元。")
    assert succeeds(later, plan)
    assert not succeeds(plan, later)
    assert not succeeds(other, plan)
    assert not succeeds(narrow, plan)
    assert not succeeds(replace(later, region="379800"), plan)
