"""The gate on words that a model wrote: corrupted drafts are caught, correct ones pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.advisor import Advisor
from bot.steps.verify import defects
from bot.types import Draft, Turn
from knowledge.numerals import numbers_in
from tests.bot.agent.drafts import CORRUPTIONS, Generator, Sample

SEED = 20261120
SAMPLES = 200


def _defects(advisor: Advisor, sample: Sample) -> list[str]:
    return [f.text for f in defects(sample.draft, sample.turn, advisor.kit)]


def test_every_corrupted_draft_is_caught(advisor: Advisor) -> None:
    samples = list(Generator(advisor.knowledge, SEED).corrupted(SAMPLES))
    missed = [f"{s.corruption} {s.note}: {s.draft.text}" for s in samples if not _defects(advisor, s)]
    assert {s.corruption for s in samples} == set(CORRUPTIONS)
    assert not missed


def test_correct_drafts_pass(advisor: Advisor) -> None:
    samples = list(Generator(advisor.knowledge, SEED).correct(SAMPLES))
    blocked = [(s.draft.text, found) for s in samples if (found := _defects(advisor, s))]
    assert len(blocked) <= SAMPLES // 100, blocked


def test_figures_of_the_same_clause_that_changed_places_are_mostly_caught(advisor: Advisor) -> None:
    """「初级2000元」 where the clause gives 2,000 for another grade: the hardest kind, so a rate is held, not all."""
    tried = caught = 0
    generator = Generator(advisor.knowledge, SEED)
    for point in generator.points:
        own = [n for n in numbers_in(point.plain) if n.unit in ("元", "%")]
        stated = [n for n in numbers_in(point.quote) if n.unit in ("元", "%")]
        for number in own:
            other = next((n for n in stated if n.unit == number.unit and n.value != number.value), None)
            if other is None:
                continue
            text = point.plain[: number.start] + other.raw + point.plain[number.end :]
            sample = generator._sample(f"{text.rstrip('。')}[M1]。", ((point.measure, point.quote),), generator._day(point))
            tried += 1
            caught += bool(_defects(advisor, sample))
    assert tried >= 20
    assert caught / tried >= 0.9


@pytest.fixture
def sample(advisor: Advisor) -> Sample:
    """A correct draft with a figure in it."""
    generator = Generator(advisor.knowledge, SEED)
    return next(s for s in generator.correct(1000) if "元" in s.draft.quotes[0][1] and s.turn.today.year < 2026)


def _with(sample: Sample, text: str) -> tuple[Draft, Turn]:
    return replace(sample.draft, text=text), sample.turn


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("可以申请这项补贴，具体看单位所在地的安排和口径[M9]。", "token"),
        ("单位招用人员以后，人社部门会主动联系并把补贴打到账上，全程免费办理。", "token"),
        ("You can apply for this subsidy at the office[M1].", "language"),
        ("详见 http://evil.example/apply 的说明[M1]。", "link"),
        ("依据《就业促进条例实施细则》办理[M1]。", "title"),
        ("依据济办发〔2031〕99号办理[M1]。", "title"),
        ("这项政策长期有效[M1]。", "validity"),
    ],
)
def test_single_defects_are_named(advisor: Advisor, sample: Sample, text: str, kind: str) -> None:
    assert kind in {f.kind for f in defects(*_with(sample, text), advisor.kit)}


def test_a_maximum_must_be_called_one(advisor: Advisor) -> None:
    points = [p for p in advisor.knowledge.points if "不超过" in p.quote and not p.silent]
    generator = Generator(advisor.knowledge, SEED)
    caught = 0
    for point in points:
        figure = next(
            (
                n
                for n in numbers_in(point.quote)
                if n.unit in ("元", "%") and "不超过" in point.quote[max(0, n.start - 6) : n.start]
            ),
            None,
        )
        if figure is not None:
            sample = generator._sample(f"这一项给{figure.raw}[M1]。", ((point.measure, point.quote),), generator._day(point))
            caught += any("上限" in t for t in _defects(advisor, sample))
    assert caught >= 3


def test_the_users_own_figure_is_no_policy_figure(advisor: Advisor, sample: Sample) -> None:
    """A false premise echoed as fact is caught; named as the user's, and corrected, it passes."""
    turn = replace(sample.turn, question="是不是每人给98765元？")
    echoed = replace(sample.draft, text="每人给98765元[M1]。")
    corrected = replace(sample.draft, text="您说的98765元和文件不一致[M1]。")
    assert defects(echoed, turn, advisor.kit)
    assert not defects(corrected, turn, advisor.kit)


def test_the_builtin_engine_keeps_its_own_gate(advisor: Advisor, sample: Sample) -> None:
    """The stricter rules hold a model to its marks; code's own sentences answer to ``bot.verification`` alone."""
    text = "单位招用人员以后，人社部门会主动联系并把补贴打到账上，全程免费办理。" + sample.draft.text
    assert not defects(replace(sample.draft, text=text, engine="builtin"), sample.turn, advisor.kit)
