"""The gate: seeded corruptions of real drafts are all caught, and real drafts pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.advisor import Advisor
from bot.claims import over_untold
from bot.engines.builtin.writing import Writer
from bot.pipeline import STEPS, run_steps
from bot.steps.verify import defects, verify
from bot.types import Draft, Finding, Notice, Turn
from tests.bot.drafts import (
    Asked,
    as_if_in_force,
    asked_points,
    used,
    with_added_claim,
    with_altered_quote,
    with_foreign_number,
    with_printed_quote_altered,
    with_unknown_token,
)

SEED = 20261120
MODEL = "agent:test"  # corrupted words are a model's: the builtin engine writes no others


@pytest.fixture(scope="module")
def asked(advisor: Advisor) -> list[Asked]:
    return asked_points(advisor, 200, SEED)


@pytest.fixture(scope="module")
def cited(advisor: Advisor, asked: list[Asked]) -> list[Asked]:
    """Drafts that cite something and would pass if a model had written them word for word."""
    return [a for a in asked if used(a.draft) and not found(advisor, a.turn, replace(a.draft, engine=MODEL))]


def found(advisor: Advisor, turn: Turn, draft: Draft) -> tuple[Finding, ...]:
    return defects(draft, turn, advisor.kit)


def missed(advisor: Advisor, cases: list[tuple[Turn, Draft]], *kinds: str) -> list[str]:
    """The corrupted texts in which no defect of these kinds was found."""
    return [
        draft.text
        for turn, draft in cases
        if not {f.kind for f in found(advisor, turn, replace(draft, engine=MODEL))} & set(kinds)
    ]


def test_real_drafts_pass(advisor: Advisor, asked: list[Asked]) -> None:
    assert len(asked) == 200
    blocked = [(a.turn.question, found(advisor, a.turn, a.draft)) for a in asked if found(advisor, a.turn, a.draft)]
    assert len(blocked) <= 0.01 * len(asked), blocked


def test_enough_of_them_also_pass_the_stricter_gate_to_be_corrupted(cited: list[Asked]) -> None:
    assert len(cited) >= 80


@pytest.mark.parametrize(("corrupt", "kind"), [(with_unknown_token, "token"), (with_altered_quote, "quote")])
def test_unknown_tokens_and_altered_quotes(
    advisor: Advisor, cited: list[Asked], corrupt: Callable[[Draft, random.Random], Draft], kind: str
) -> None:
    rng = random.Random(SEED)
    cases = [(a.turn, corrupt(a.draft, rng)) for a in cited for _ in range(2)]
    assert len(cases) >= 160
    assert missed(advisor, cases, kind) == []


def test_a_clause_printed_with_other_words(advisor: Advisor, cited: list[Asked]) -> None:
    rng = random.Random(SEED)
    cases = [(a.turn, draft) for a in cited if (draft := with_printed_quote_altered(a.draft, rng))]
    assert len(cases) >= 60
    assert missed(advisor, cases, "quote") == []


def test_foreign_numbers(advisor: Advisor, cited: list[Asked]) -> None:
    rng = random.Random(SEED)
    cases = [(a.turn, draft) for a in cited for _ in range(3) if (draft := with_foreign_number(a.draft, a.turn.question, rng))]
    assert len(cases) >= 100
    assert missed(advisor, cases, "number", "quote") == []  # a figure changed inside the printed clause is an altered quote


def test_claims_out_of_thin_air_are_caught_in_any_engines_draft(advisor: Advisor, asked: list[Asked]) -> None:
    rng = random.Random(SEED)
    cases = [(a.turn, with_added_claim(a.draft, rng)) for a in asked if a.draft.quotes]
    assert len(cases) >= 150
    assert [d.text for turn, d in cases if "number" not in {f.kind for f in found(advisor, turn, d)}] == []


def test_an_expired_clause_said_as_current(advisor: Advisor, asked: list[Asked]) -> None:
    cases = []
    for a in asked:
        day = a.turn.understanding.as_of if a.turn.understanding else advisor.today()
        draft = as_if_in_force(a.draft)
        if any(advisor.knowledge.validity(m, q, day).in_force is False for m, q in used(draft)):
            cases.append((a.turn, draft))
    assert len(cases) >= 20
    assert missed(advisor, cases, "validity") == []


def test_another_citys_clause(advisor: Advisor, cited: list[Asked]) -> None:
    """The same words for an asker in the other city, with the first city's name taken out of what is said."""
    cases = []
    for a in cited:
        u = a.turn.understanding
        assert u is not None
        if u.region not in ("370100", "370700"):
            continue
        own = advisor.knowledge.gazetteer.name(u.region)[:2]
        said = [line for line in a.draft.text.split("\n\n") if own not in line or line.startswith("> 原文")]
        text = "\n\n".join(line for line in said if not line.startswith("> 原文"))
        draft = replace(a.draft, text=text)
        if text and any(advisor.knowledge.library.document_of(m).region == u.region for m, _ in used(draft)):
            other = "370700" if u.region == "370100" else "370100"
            cases.append((replace(a.turn, understanding=replace(u, region=other)), draft))
    assert len(cases) >= 40
    assert missed(advisor, cases, "region") == []
    assert [d.text for turn, d in cases if "region" not in {f.kind for f in found(advisor, turn, d)}] == []


def test_an_empty_draft_and_an_answer_without_any_clause(advisor: Advisor, cited: list[Asked]) -> None:
    a = cited[0]
    assert {f.kind for f in found(advisor, a.turn, replace(a.draft, text=" \n "))} >= {"empty"}
    bare = replace(a.draft, status="answered", text="可以申请，请带身份证去办理。")
    assert "token" in {f.kind for f in found(advisor, a.turn, bare)}


def test_a_whole_date_is_not_put_together_from_parts_of_others(advisor: Advisor, cited: list[Asked]) -> None:
    for a in cited[:30]:
        day = a.turn.understanding.as_of if a.turn.understanding else advisor.today()
        mixed = f"{a.draft.text}\n\n办理时间从{day.year}年{day.month % 12 + 1}月{day.day}日算起。"
        assert "number" in {f.kind for f in found(advisor, a.turn, replace(a.draft, text=mixed))}
        known = f"{a.draft.text}\n\n以上按{day.year}年{day.month}月{day.day}日回答。"
        assert found(advisor, a.turn, replace(a.draft, text=known)) == ()


def test_a_document_number_that_no_document_has(advisor: Advisor, cited: list[Asked]) -> None:
    numbered = [a for a in cited if advisor.knowledge.library.document_of(used(a.draft)[0][0]).doc_no]
    for a in numbered[:30]:
        real = advisor.knowledge.library.document_of(used(a.draft)[0][0]).doc_no
        assert real is not None
        wrong = real.replace("〔20", "〔19")
        for text, ok in ((f"{a.draft.text}\n\n见{real}。", True), (f"{a.draft.text}\n\n见{wrong}。", False)):
            kinds = {f.kind for f in found(advisor, a.turn, replace(a.draft, text=text))}
            assert ("number" not in kinds) is ok


def test_a_model_draft_that_fails_gives_way_to_the_builtin_engine_and_says_so(advisor: Advisor, cited: list[Asked]) -> None:
    rng = random.Random(SEED)
    for a in cited[:10]:
        wrong = replace(with_added_claim(a.draft, rng), engine=MODEL, warnings=())
        done = verify(replace(a.turn, draft=wrong), advisor.kit)
        assert done.answer is not None
        assert done.answer.engine == "builtin"
        assert "degraded" in {w.kind for w in done.answer.warnings}
        assert {f.kind for f in done.findings} >= {"number"}
        assert all(word not in done.answer.text for word in ("8,848", "77.7", "八十七", "九千三百", "４３２１"))


def test_a_builtin_draft_that_fails_becomes_an_abstention(advisor: Advisor, cited: list[Asked]) -> None:
    rng = random.Random(SEED)
    for a in cited[:10]:
        done = verify(replace(a.turn, draft=with_added_claim(a.draft, rng)), advisor.kit)
        assert done.answer is not None
        assert done.answer.status == "not_found"
        assert done.answer.citations == ()
        assert done.answer.next_steps
        assert done.findings


def test_a_warning_that_says_so_is_enough_for_an_expired_clause(advisor: Advisor, asked: list[Asked]) -> None:
    for a in asked:
        day = a.turn.understanding.as_of if a.turn.understanding else advisor.today()
        draft = as_if_in_force(a.draft)
        over = [q for q in used(draft) if advisor.knowledge.validity(*q, day).in_force is False]
        if over:
            labelled = replace(draft, warnings=(Notice(kind="expired", text="已经到期。"),))
            assert "validity" not in {f.kind for f in found(advisor, a.turn, labelled)}
            return
    raise AssertionError("no expired clause among the drafts")


@pytest.fixture(scope="module")
def beside(advisor: Advisor) -> tuple[Turn, Draft]:
    """A draft that uses a clause that is over beside one in force on the day."""
    day = date(2024, 3, 5)
    points = [p for p in advisor.knowledge.points if not p.silent]
    states = [(p, advisor.knowledge.validity(p.measure, p.quote, day)) for p in points]
    over = next(p for p, v in states if v.in_force is False and v.reason == "deadline")
    valid = next(p for p, v in states if v.in_force is not False and p.measure.split("/")[0] == over.measure.split("/")[0])
    turn = run_steps(Turn("x", over.questions[0] + valid.questions[0], advisor.start("370100", day), day), advisor.kit, STEPS[:2])
    quotes = ((over.measure, over.quote), (valid.measure, valid.quote))
    return turn, Draft("answered", "{over}[M1]。\n\n{valid}[M2]。", quotes)


def validity_findings(advisor: Advisor, beside: tuple[Turn, Draft], over: str, valid: str) -> list[Finding]:
    turn, draft = beside
    written = replace(draft, text=draft.text.format(over=over, valid=valid))
    return [f for f in found(advisor, turn, written) if f.kind == "validity"]


@pytest.mark.parametrize(
    "valid",
    [
        "这一项仍可以申请，期限到年底",
        "截止之前都可以办理",
        "以前没有办过的也可以办",
        "另一项已经到期",
        "当时没有申请的现在可以申请",
    ],
)
def test_a_word_beside_another_clause_does_not_excuse_one_that_is_over(
    advisor: Advisor, beside: tuple[Turn, Draft], valid: str
) -> None:
    assert validity_findings(advisor, beside, "招人可以申请补贴", valid)


@pytest.mark.parametrize("over", ["招人可以申请补贴，期限到年底", "招人可以申请补贴，截止前办理"])
def test_a_deadline_alone_does_not_say_that_it_has_passed(advisor: Advisor, beside: tuple[Turn, Draft], over: str) -> None:
    assert validity_findings(advisor, beside, over, "这一项可以申请")


@pytest.mark.parametrize("over", ["这项补贴已经到期", "当时招人可以申请补贴", "招人的补贴已截止"])
def test_said_where_the_clause_is_used_it_is_enough(advisor: Advisor, beside: tuple[Turn, Draft], over: str) -> None:
    assert validity_findings(advisor, beside, over, "这一项可以申请") == []


def test_a_notice_excuses_no_clause_beside_others(advisor: Advisor, beside: tuple[Turn, Draft]) -> None:
    turn, draft = beside
    noticed = replace(draft, warnings=(Notice(kind="expired", text="已经到期。"),))
    assert validity_findings(advisor, (turn, noticed), "招人可以申请补贴", "这一项可以申请")


def test_the_builtin_engine_says_of_every_clause_that_it_is_over(advisor: Advisor, beside: tuple[Turn, Draft]) -> None:
    _, draft = beside
    writer = Writer(advisor.kit, date(2024, 3, 5))
    for (measure, quote), words in zip(draft.quotes, ("招人可以申请补贴", "这一项可以申请"), strict=True):
        writer.say(f"{words}{writer.cite(measure, quote)}。")
    writer.warn("expired", "另一件事已经到期。")
    assert over_untold(writer.draft("answered"), advisor.knowledge, date(2024, 3, 5)) == ()
    assert any("已过" in line for line in writer.lines)
