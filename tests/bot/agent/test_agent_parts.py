"""The agent's parts on their own: tools, the desk, composing, the token budget, the short memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.advisor import Advisor
from bot.claims import claims_of
from bot.engines import builtin
from bot.engines.agent import lookups
from bot.engines.agent.compose import declines, to_draft, written_by
from bot.engines.agent.desk import MAX_QUOTES, Desk
from bot.engines.agent.gate import leaks
from bot.engines.agent.lookups import StatedFact
from bot.pipeline import run_steps
from bot.steps.retrieve import retrieve
from bot.steps.screen import screen
from bot.steps.understand import understand
from bot.steps.verify import defects
from bot.types import Draft, Turn

QUESTION = "我在济南开个小公司，今年新来6个应届大学生，合同签的两年，有人说能领钱？"


@pytest.fixture
def desk(advisor: Advisor) -> Desk:
    """A desk after the turn's own search, as the model first sees it."""
    return laid(advisor, QUESTION)


def laid(advisor: Advisor, question: str, as_of: str = "2023-10-15", region: str | None = "370100") -> Desk:
    turn = run_steps(
        Turn("t", question, advisor.start(region, as_of), advisor.today()),
        replace(advisor.kit, journal=None),
        (screen, understand, retrieve),
    )
    made = Desk.lay(turn, advisor.kit, builtin.draft(turn, advisor.kit))
    lookups.lay_first_evidence(made, turn.hits)
    return made


def test_the_desk_begins_with_the_builtin_engines_evidence(desk: Desk) -> None:
    own = builtin.draft(desk.turn, desk.kit)
    assert tuple(desk.writer.quotes[: len(own.quotes)]) == own.quotes
    assert desk.evidence().startswith("[M1] ")
    assert desk.sums().startswith("[C1] ")


def test_tokens_run_out_without_an_error(desk: Desk) -> None:
    for measure in desk.kit.knowledge.library.measures.values():
        lookups.read_measure(desk, measure.id)
    assert len(desk.writer.quotes) == MAX_QUOTES
    assert lookups.read_measure(desk, "jinan-2023-10/25") == lookups.FULL


@pytest.mark.parametrize("measure", ["没有", "jinan-2023-10/99", "../../etc/passwd", "jinan-2023-10/１５"])
def test_a_measure_that_does_not_exist_is_answered_with_what_does(desk: Desk, measure: str) -> None:
    assert "jinan-2023-10/" in lookups.read_measure(desk, measure)


def test_a_document_issued_later_is_no_evidence(advisor: Advisor) -> None:
    early = laid(advisor, "稳岗返还怎么领", as_of="2020-05-01")
    assert "还没有印发" in lookups.read_measure(early, "jinan-2023-10/12")
    assert all(not m.startswith("jinan-2023-10") for m, _ in early.writer.quotes)


def test_search_stays_in_the_askers_region(desk: Desk) -> None:
    assert "[M" in lookups.search_policies(desk, "社会保险补贴")
    assert all(not m.startswith("weifang") for m, _ in desk.writer.quotes)
    elsewhere = lookups.search_policies(desk, "社会保险补贴", "潍坊")
    assert "潍坊" in elsewhere
    assert "不适用于所问地区" in elsewhere
    assert "不认识的地区" in lookups.search_policies(desk, "补贴", "火星")


def test_only_facts_in_the_users_own_words_are_computed_with(desk: Desk) -> None:
    benefit = desk.writer.calculations[0].benefit
    invented = lookups.calculate_benefit(desk, benefit, (StatedFact("hires.graduating", "60", "新来60个应届大学生"),))
    assert "不是用户的原话" in invented
    stretched = lookups.calculate_benefit(desk, benefit, (StatedFact("hires.graduating", "60", "新来6个应届大学生"),))
    assert "不在" in stretched
    unknown = lookups.calculate_benefit(desk, benefit, (StatedFact("shoe_size", "6", "新来6个应届大学生"),))
    assert "shoe_size" in unknown
    honest = lookups.calculate_benefit(desk, benefit, (StatedFact("hires.graduating", "6", "新来6个应届大学生"),))
    assert "[C1]" in honest


def test_an_unknown_benefit_is_answered_with_near_ones(desk: Desk) -> None:
    assert "match_benefits" in lookups.calculate_benefit(desk, "登月补贴")


def test_matching_lists_benefits_with_what_they_ask_for(desk: Desk) -> None:
    assert desk.writer.calculations[0].benefit in lookups.match_benefits(desk)


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("可以【M1】。", "可以[M1]。"),
        ("可以[M1, M2]。", "可以[M1][M2]。"),
        ("可以（m1、M12）。", "可以[M1][M12]。"),
        ("可以。[M1]", "可以[M1]。"),
        ("可以[1]。", "可以。"),
        ("见[官网](http://x.cn)。", "见官网。"),
        ("<b>可以</b><script>x</script>", "可以x"),
        ("<think>不给用户看</think>可以", "可以"),
        ("<think>没有写完", ""),
        ("## 结论\n可以", "**结论**\n可以"),
        ("可以[Ｍ１]", "可以[M1]"),
    ],
)
def test_what_the_model_writes_is_put_in_one_form(model: str, text: str) -> None:
    assert written_by(model) == text


def test_declining_is_one_word() -> None:
    assert declines("[NONE]")
    assert declines("NONE。")
    assert not declines("没有 NONE 的事")


def test_a_calculation_token_becomes_amount_working_and_marks(desk: Desk) -> None:
    draft = to_draft("可以申请[C1]。", desk, builtin.draft(desk.turn, desk.kit), "agent:x")
    assert "[C1]" not in draft.text
    assert "×" in draft.text
    assert "[M" in draft.text
    assert draft.calculations == tuple(desk.writer.calculations[:1])
    assert draft.status == "answered"
    assert "[C9]" in to_draft("可以申请[C9]。", desk, builtin.draft(desk.turn, desk.kit), "agent:x").text


def test_a_condition_that_fails_is_named_by_code_and_passes_the_gate(advisor: Advisor) -> None:
    refused = laid(advisor, "我在济南开公司，50人的企业去年裁员率8%，稳岗返还能返多少？")
    own = builtin.draft(refused.turn, refused.kit)
    assert any(e.verdict == "unmet" for e in own.eligibility)
    draft = to_draft("按您说的情况，[C1]。", refused, own, "agent:x")
    assert "不符合" in draft.text
    assert not defects(draft, refused.turn, advisor.kit)


def test_a_missing_fact_is_asked_for_in_codes_words(advisor: Advisor) -> None:
    asked = laid(advisor, "我们厂去年没裁员，稳岗返还能退多少钱？")
    own = builtin.draft(asked.turn, asked.kit)
    draft = to_draft("这项返还要看缴费情况[M1]。", asked, own, "agent:x")
    assert draft.missing == own.missing != ()
    assert all(m.question in draft.text for m in draft.missing)


def test_a_claim_rests_on_the_tokens_beside_it(desk: Desk) -> None:
    quotes = tuple(desk.writer.quotes[:2])
    text = "第一句[M1]。第二句没有记号。第三句[M2]。\n- 另一行没有记号"
    claims = claims_of(Draft("answered", text, quotes), desk.kit.knowledge)
    assert [tuple(q for q in c.quotes) for c in claims] == [(quotes[0][1],), (quotes[1][1],), (quotes[1][1],), ()]


def test_instructions_are_recognised_in_an_answer() -> None:
    instructions = "你只根据材料写，材料里没有的事，一个字也不添。每一句讲政策的话，句末都带出处记号。"
    assert leaks("好的：你只根据材料写，材料里没有的事，一个字也不添。每一句讲政策的话……", instructions)
    assert not leaks("企业可以申请这项补贴，按申领时的人数算，每年一次。", instructions)
