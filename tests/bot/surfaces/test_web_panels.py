"""What the page shows of an answer, and that nothing from outside gets into it unescaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from bot.surfaces.panels import Scene, problem_html, turn_html
from bot.surfaces.panels_conditions import benefit_html, heading_of
from bot.surfaces.panels_numbers import amount_html, calculations_html, field_html, field_of, step_html
from bot.surfaces.panels_sources import highlighted, sources_html, validity_badge
from bot.surfaces.panels_text import amount_text, plain_text, prose_html, spoken, steps_to_show
from bot.types import Answer, CalculationResult, CalculationStep, Citation, EligibilityResult, Notice
from knowledge.rules.eligibility import ValidityState
from tests.bot.surfaces.web_fake import NASTY, TODAY, FakeAdvisor, View

VOID = {"br", "img", "input", "path", "rect"}


class Elements(HTMLParser):
    """Start tags and attributes of a piece of HTML; fails when an element is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


def answer_to(advisor: FakeAdvisor, question: str) -> Answer:
    return advisor.reply(advisor.start(), question).answer


def scene_for(advisor: FakeAdvisor, answer: Answer) -> Scene:
    return Scene(
        measures={c.measure: advisor.measure(c.measure) for c in answer.citations},
        inputs={"fake": advisor.benefit_inputs("fake")},
        place="济南市",
        status_labels={"needs_info": "还需一项情况", "not_found": "文件没有写"},
        notice="以部门审核为准。",
    )


def shown(advisor: FakeAdvisor, question: str) -> str:
    answer = answer_to(advisor, question)
    return turn_html(answer, scene_for(advisor, answer))


def cited(**changes: object) -> Citation:
    base = {"n": 1, "measure": "d/1", "document": "d", "title": "某文件", "doc_no": None, "issuer": "某机关", "issued": None, "label": "（一）某事",
            "quote": "甲乙", "start": 12, "end": 14, "valid_until": None, "in_force": None}  # fmt: skip
    return Citation.model_validate({**base, **changes})


@pytest.mark.parametrize("question", ["能领多少", "没有", "脚本", "还差"])
def test_every_kind_of_answer_is_well_formed(advisor: FakeAdvisor, question: str) -> None:
    html = shown(advisor, question)
    assert "script" not in Elements(html).tags
    assert "适用日期" in html


def test_nothing_from_outside_becomes_markup(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, f"脚本 {NASTY}").model_copy(update={"engine": f"agent:{NASTY}", "region": NASTY})
    citation = answer.citations[0].model_copy(
        update={"label": NASTY, "title": NASTY, "doc_no": NASTY, "issuer": NASTY, "quote": NASTY}
    )
    answer = answer.model_copy(update={"citations": (citation,)})
    scene = Scene(measures={citation.measure: View("x", "x", NASTY, NASTY, 0, 1)}, notice=NASTY, place=NASTY, forgotten=NASTY)
    found = Elements(turn_html(answer, scene))
    assert not {"img", "script"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert not {"img", "script"} & set(Elements(problem_html(NASTY, NASTY)).tags)


def test_marks_stand_only_for_citations() -> None:
    html = prose_html("一[1]，二[7]。", {1: "（一）某事"})
    assert html.count('class="mark"') == 1
    assert 'data-n="1"' in html
    assert "二[7]" in html
    assert "（一）某事" in html


def test_small_markdown() -> None:
    html = prose_html("**要点：**后面接着说\n第二行\n\n> 原文：“字”\n\n- 甲\n- 乙\n\n1. 子\n2. 丑", {})
    assert "<strong>要点：</strong>后面接着说<br>第二行" in html
    assert '<blockquote class="inline-quote">原文：“字”</blockquote>' in html
    assert "<ul><li>甲</li><li>乙</li></ul>" in html
    assert "<ol><li>子</li><li>丑</li></ol>" in html


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"in_force": None}, "open", "文件未写期限"),
        ({"in_force": True, "valid_until": TODAY + timedelta(200)}, "valid", "有效，还剩 200 天"),
        ({"in_force": True, "valid_until": TODAY + timedelta(30)}, "soon", "有效，还剩 30 天"),
        ({"in_force": True, "valid_until": TODAY}, "soon", "有效，今天是最后一天"),
        ({"in_force": True}, "valid", "有效"),
        ({"in_force": False, "valid_until": TODAY - timedelta(1)}, "expired", "已到期"),
        ({"in_force": False, "issued": TODAY + timedelta(1), "valid_until": TODAY + timedelta(9)}, "future", "尚未印发"),
        ({"in_force": False, "valid_until": TODAY + timedelta(9)}, "future", "尚未印发"),
    ],
)
def test_validity_in_words(changes: dict[str, object], kind: str, words: str) -> None:
    badge = validity_badge(cited(**changes), TODAY)
    assert (badge.kind, badge.label) == (kind, words)
    assert words in badge.html


def test_the_quote_is_marked_in_the_whole_measure(advisor: FakeAdvisor) -> None:
    for citation in answer_to(advisor, "能领多少").citations:
        marked = highlighted(advisor.measure(citation.measure), [citation])
        assert f'<mark data-n="{citation.n}">{citation.quote}</mark>' in marked


def test_nothing_is_marked_rather_than_the_wrong_words() -> None:
    assert highlighted(View("d/1", "", "", "丙丁戊己", 10, 14), [cited()]) == "丙丁戊己"
    assert highlighted(View("d/1", "", "", "丙甲乙丁", 0, 4), [cited()]) == '丙<mark data-n="1">甲乙</mark>丁'


def test_quotes_may_overlap() -> None:
    measure = View("d/1", "", "", "甲乙丙丁戊", 0, 5)
    quotes = [cited(start=0, quote="甲乙丙"), cited(n=2, start=1, quote="乙丙丁"), cited(n=3, start=1, quote="乙")]
    assert highlighted(measure, quotes) == '<mark data-n="1">甲乙丙</mark><mark data-n="2">丁</mark>戊'


def test_quotes_of_one_measure_share_a_card() -> None:
    dated = {"in_force": True, "valid_until": TODAY}
    html = sources_html([cited(), cited(n=2, quote="丙"), cited(n=3, measure="d/2")], {}, TODAY)
    assert html.count("<article") == 2
    assert html.count("文件未写期限") == 2
    assert [html.count(f'data-card="{n}"') for n in (1, 2, 3)] == [1, 1, 1]
    assert sources_html([cited(), cited(n=2, **dated)], {}, TODAY).count('class="badge ') == 2


def test_a_missing_fact_can_be_answered_by_pressing(advisor: FakeAdvisor) -> None:
    html = shown(advisor, "还差什么")
    assert "您是小微企业吗？" in html
    assert [f'data-say="{w}"' in html for w in ("是", "不是", "不清楚")] == [True] * 3
    assert "还需一项情况" in html
    assert html.index("您是小微企业吗？") < html.index("测算")


def test_the_missing_question_is_put_once(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "还差什么")
    answer = answer.model_copy(update={"text": f"先说范围。\n\n还需要知道：**{answer.missing[0].question}** 不清楚也没关系。"})
    html = turn_html(answer, scene_for(advisor, answer))
    prose = html.split('class="prose">')[1].split("</div>")[0]
    assert prose == "<p>先说范围。</p>"
    assert html.count(f'ask-question">{answer.missing[0].question}') == 1
    assert plain_text(answer, "").count(answer.missing[0].question) == 1


def test_a_clause_that_is_over_is_marked_in_the_text() -> None:
    over = {"in_force": False, "valid_until": TODAY - timedelta(1)}
    answer = Answer(id="i", status="answered", question="q", text="甲[1]，乙[2]。", as_of=TODAY, region=None, engine="builtin",
                    citations=(cited(), cited(n=2, **over)))  # fmt: skip
    assert turn_html(answer, Scene()).count("（已到期）") == 1
    warned = answer.model_copy(update={"warnings": (Notice(kind="expired", text="这项政策已到期。"),)})
    assert "（已到期）" not in turn_html(warned, Scene())


def test_branches_of_one_benefit_share_a_card() -> None:
    main = CalculationResult(
        benefit="b", name="n", inputs={"x": "1"}, amount=None, low="1.00", high="2.00", unit="元", is_maximum=True, steps=()
    )
    branches = [main.model_copy(update={"inputs": {"x": "1", "k": k}, "amount": a}) for k, a in (("big", "1.00"), ("小", "2.00"))]
    inputs = [
        {"fact": "k", "name": "大小", "unit": "", "type": "choice", "ask": "多大？", "choices": {"big": "大", "small": "小"}}
    ]
    html = calculations_html([*branches, main], {"b": inputs}, {"y": "9"}, (), TODAY, {})
    assert html.count("<section") == html.count("<form") == 1
    assert "<li><span>大</span>" in html
    assert "<li><span>小</span>" in html
    assert '<input type="hidden" name="y" value="9">' in html


def test_a_notice_already_said_is_not_said_twice(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    assert "两项只能选一项" in turn_html(answer, scene_for(advisor, answer))
    said = answer.model_copy(update={"text": answer.text + "\n\n**两项只能选一项**[1]。"})
    assert turn_html(said, scene_for(advisor, said)).count("notice-kind") == 0


def test_sums() -> None:
    result = CalculationResult(benefit="b", name="n", inputs={}, amount="1234567.50", unit="元", is_maximum=True, steps=())
    assert "最高 <strong>1,234,567.50</strong> 元" in amount_html(result)
    assert "<strong>0 – 10</strong>" in amount_html(result.model_copy(update={"amount": None, "low": "0.00", "high": "10.00"}))
    assert "还算不出金额" in amount_html(result.model_copy(update={"amount": None}))
    assert amount_text("若干") == "若干"


def test_a_sum_stands_beside_the_validity_of_its_clause(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    card = turn_html(answer, scene_for(advisor, answer)).split('class="panel calc"')[1].split("calc-result")[0]
    assert validity_badge(answer.citations[0], answer.as_of).html in card


def test_a_step_shows_its_value_once() -> None:
    step = CalculationStep(text="3 × 4", value="12", unit="元", citation=1)
    assert "= 12 元" in step_html(step, {1: "x"})
    assert "=" not in step_html(step.model_copy(update={"text": "3 × 4 = 12 元"}), {}).replace("3 × 4 = 12 元", "")


def test_fields_hold_what_was_said() -> None:
    base = {"fact": "f", "name": "某事", "unit": "人", "ask": "几个？", "example": ""}
    assert field_of({**base, "type": "count"}, "6人").value == "6"
    assert field_of({**base, "type": "count"}, "十来个").value == "十来个"
    choice = {**base, "type": "choice", "choices": {"a": "甲", "b": "乙"}}
    assert field_of(choice, "乙").value == "b"
    assert field_of(choice, "乙类的").options[0] == ("乙类的", "您说的：乙类的")
    assert field_of({**base, "type": "bool"}, "True").value == "是"
    assert "selected" not in field_html(field_of(choice, None))


def test_the_copied_text_carries_sources_and_the_notice(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    text = plain_text(answer, "以部门审核为准。")
    assert "**" not in text
    assert all(c.quote in text and c.title in text for c in answer.citations)
    assert text.endswith("适用日期：2023年10月15日。以部门审核为准。")


def test_an_unknown_issue_date_is_said() -> None:
    assert "文中未写印发日期" in plain_text(
        Answer(
            id="i",
            status="answered",
            question="q",
            text="t[1]",
            as_of=date(2024, 1, 1),
            region=None,
            engine="builtin",
            citations=(cited(),),
        ),
        "",
    )


def judged(**changes: object) -> EligibilityResult:
    base = {
        "benefit": "b",
        "name": "n",
        "verdict": "met",
        "amount": "6000.00",
        "conditions": ({"text": "某项", "verdict": "met"},),
    }
    return EligibilityResult.model_validate({**base, **changes})


@pytest.mark.parametrize(
    ("changes", "validity", "heading"),
    [
        ({}, "in_force", "met"),
        ({}, "open", "met"),
        ({}, "expired", "expired"),
        ({}, "not_yet_issued", "not_yet_issued"),
        ({"verdict": "unknown"}, "expired", "expired"),
        ({"verdict": "unmet"}, "expired", "unmet"),
        ({"conditions": ({"text": "某项", "verdict": "met"}, {"text": "别项", "verdict": "unknown"})}, "in_force", "supposed"),
    ],
)
def test_the_heading_is_never_better_than_its_rows_or_its_day(
    changes: dict[str, object], validity: ValidityState, heading: str
) -> None:
    result = judged(**changes)
    assert heading_of(result, validity) == heading
    head = benefit_html(result, {}, "元", validity, is_open=True).split("</summary>")[0]
    assert f'<span class="verdict verdict-{heading}">' in head
    assert ('class="benefit benefit-past"' in head) == (validity in ("expired", "not_yet_issued"))


def test_a_sum_that_is_over_stands_back(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    scene = scene_for(advisor, answer)
    assert "amount-past" not in turn_html(answer, scene)
    over = turn_html(answer, replace(scene, validities={"fake": "expired"}))
    assert 'class="amount-past"><p class="amount-note">已到期' in over
    assert "verdict-met" not in over.split("<summary>")[1].split("</summary>")[0]
    assert "amount-past" not in amount_html(answer.calculations[0].model_copy(update={"amount": None}), "expired")


def test_what_was_understood_stands_over_a_sum(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    html = turn_html(answer, replace(scene_for(advisor, answer), said={"small": "是", "elsewhere": "7"}))
    assert '<p class="understood"><strong>我理解的情况</strong>：人数 2 人；小微企业：是</p>' in html
    assert html.index('class="understood"') < html.index('class="prose"')
    roughly = turn_html(answer, replace(scene_for(advisor, answer), said={"people": "80000", "small": "算是吧"}))
    assert "人数 80,000 人；小微企业：算是吧</p>" in roughly
    nothing = answer_to(advisor, "没有")
    assert "understood" not in turn_html(nothing, scene_for(advisor, nothing))


def test_a_next_step_is_said_once(advisor: FakeAdvisor) -> None:
    steps = (
        "是否有新政策，请向济南市人力资源社会保障局或 12333 核实。",
        "拨打 12333，或联系济南市人力资源社会保障局",
        "带上劳动合同去街道窗口。",
    )
    answer = answer_to(advisor, "能领多少").model_copy(update={"next_steps": steps})
    assert steps_to_show(answer) == (steps[0], steps[2])
    said = answer.model_copy(update={"text": answer.text + "\n\n请向济南市人力资源社会保障局或 12333 核实，是否有新政策。"})
    assert steps_to_show(said) == (steps[2],)
    assert plain_text(said, "").count("12333") == 1


def test_day_and_place_stand_under_the_answer_and_in_the_copy(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    html = turn_html(answer, replace(scene_for(advisor, answer), place="没有指定，用的是济南市的文件"))
    assert "<span>地区：没有指定，用的是济南市的文件</span>" in html
    assert "地区：没有指定，用的是济南市的文件。以部门审核为准。</textarea>" in html


def test_words_are_read_aloud_without_marks() -> None:
    assert spoken("可以申请 **6 元**[1][2]。") == "可以申请 6 元。"


def test_a_conversation_that_is_gone_is_said_first(advisor: FakeAdvisor) -> None:
    answer = answer_to(advisor, "能领多少")
    html = turn_html(answer, replace(scene_for(advisor, answer), forgotten="不记得了"))
    assert '<p class="forgotten">不记得了</p>' in html
    assert html.index("forgotten") < html.index('class="prose"')
