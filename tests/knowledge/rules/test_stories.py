"""Stories in everyday words: the facts read from them, the sums they lead to, corrections over turns, replies to questions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.rules.calculator import calculate
from knowledge.rules.facts import Facts
from knowledge.rules.rulebook import Rulebook
from knowledge.rules.story import read_story
from knowledge.rules.story_reply import answer_fact

DATA = yaml.safe_load((Path(__file__).parent / "stories.yaml").read_text(encoding="utf-8"))
DAY = date(2023, 10, 15)


def stated(facts: Facts, fact: str) -> Any:
    """A fact's value as the file writes it: a number, true or false, one choice or a sorted list; None when absent or vague."""
    said = facts.get(fact)
    if said is None:
        return None
    if isinstance(said.value, frozenset):
        return sorted(said.value) if len(said.value) > 1 else next(iter(said.value))
    return said.value if said.exact else None


@pytest.mark.parametrize("case", [pytest.param(c, id=c["story"]) for c in DATA["stories"]])
def test_a_story_leads_to_its_sum(case: dict[str, Any], rulebook: Rulebook) -> None:
    """The first answer is the right sum, or, where the story leaves something open, no sum and a fact to ask for."""
    story = read_story(rulebook, case["story"], case["as_of"])
    result = calculate(rulebook.find(case["benefit"]), story.facts, case["as_of"], rulebook.library)
    if case.get("asks"):
        assert result.amount is None
        assert result.missing or story.unclear
    else:
        assert result.amount == Decimal(case["amount"])


@pytest.mark.parametrize("case", [pytest.param(c, id=" / ".join(c["said"])) for c in DATA["turns"]])
def test_facts_are_carried_and_corrected_over_turns(case: dict[str, Any], rulebook: Rulebook) -> None:
    """Each message is read in the light of those before it; null means that the fact is not (or no longer) stated."""
    facts: Facts = {}
    for message in case["said"]:
        facts = read_story(rulebook, message, DAY, facts).facts
    assert {fact: stated(facts, fact) for fact in case["facts"]} == case["facts"]


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c['fact']}: {c['reply']}") for c in DATA["replies"]])
def test_a_short_reply_answers_the_question(case: dict[str, Any], rulebook: Rulebook) -> None:
    """A reply gives the fact, or says that the citizen does not know, or is not understood; never a guess."""
    story = answer_fact(rulebook, case["fact"], case["reply"], DAY)
    wanted = case.get("facts", {})
    assert {fact: stated(story.facts, fact) for fact in wanted} == wanted
    assert bool(story.unknown) is case.get("unknown", False)
    assert bool(story.unclear) is case.get("unclear", False)


def test_an_unclear_part_is_named_and_not_guessed(rulebook: Rulebook) -> None:
    """People who may or may not be of a category: no number, and the words that leave it open."""
    story = read_story(rulebook, "公司招了2个失业快半年的，3个失业几个月的，合同一年", DAY)
    assert [u.fact for u in story.unclear] == ["hires.unemployed_half_year"]
    assert "几个月" in story.unclear[0].raw
    assert "hires.unemployed_half_year" not in story.facts


def test_what_differs_among_people_is_kept_by_part(rulebook: Rulebook) -> None:
    """Two contract lengths for two groups: each with its number and whom it counts."""
    story = read_story(rulebook, "6个应届生签两年，2个失业半年的签半年", DAY)
    parts = [(p.count, p.value, p.of) for p in story.facts["contract_months"].parts]
    assert parts == [(6, 24, "hires.graduating"), (2, 6, "hires.unemployed_half_year")]
    assert not story.facts["contract_months"].exact


def test_those_who_fail_a_condition_are_named(rulebook: Rulebook) -> None:
    """「其中3人只签了半年」: three are not counted, with the condition that they fail."""
    story = read_story(rulebook, "招应届生13人，其中3人合同只有半年，其余两年", DAY)
    result = calculate(rulebook.find("jinan-hiring-youth-2023"), story.facts, DAY, rulebook.library)
    assert result.amount == 10000
    assert [(left.number, left.text) for left in result.left] == [(3, "签订1年以上劳动合同")]


def test_an_approximate_number_is_kept_as_bounds(rulebook: Rulebook) -> None:
    """「十来个」 gives a range and the question how many exactly."""
    story = read_story(rulebook, "公司招了十来个应届生，合同一年", DAY)
    result = calculate(rulebook.find("jinan-hiring-youth-2023"), story.facts, DAY, rulebook.library)
    assert (result.amount, result.low, result.high) == (None, 8000, 13000)
    assert result.missing == ("hires.graduating",)


def test_a_reply_about_all_takes_the_total_stated_before(rulebook: Rulebook) -> None:
    """「都是」 after 「招了6个人」 means six."""
    before = read_story(rulebook, "招了6个人", DAY).facts
    assert stated(answer_fact(rulebook, "hires.graduating", "都是", DAY, before).facts, "hires.graduating") == 6


@pytest.mark.parametrize(
    ("correction", "fact", "value"),
    [
        ("说错了，32是一个车间的，全厂是232个人", "workers", 232),
        ("不对，是40个", "workers", 40),
    ],
)
def test_a_correction_may_say_again_what_was_wrong(rulebook: Rulebook, correction: str, fact: str, value: int) -> None:
    before = read_story(rulebook, "每天32人上班", DAY).facts
    assert stated(read_story(rulebook, correction, DAY, before).facts, fact) == value


def test_what_one_brings_is_no_count(rulebook: Rulebook) -> None:
    assert "hires.new" not in read_story(rulebook, "听说招一个能补点钱", DAY).facts
    assert stated(read_story(rulebook, "招了一个人，能领多少", DAY).facts, "hires.new") == 1


def test_a_span_needs_a_word_of_beginning(rulebook: Rulebook) -> None:
    fact = "unemployment_insurance_months"
    assert fact not in read_story(rulebook, "失业保险那个返钱的政策今年还有不", DAY).facts
    assert fact in read_story(rulebook, "失业保险从2021年3月开始交的", DAY).facts
