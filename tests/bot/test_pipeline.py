"""The product in one list: its order, who ends a run, what is timed, and what a turn can never do."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advisor import Advisor
from bot.kit import Kit
from bot.pipeline import FINALLY, STEPS, run_steps
from bot.steps.record import record
from bot.types import Answer, Turn
from bot.understanding.cues import load_cues
from knowledge.base import DATA
from knowledge.rules.rulebook import load_rulebook
from knowledge.texts.library import load_library

ORDER = ["screen", "understand", "retrieve", "reread", "draft", "verify"]


def turn(advisor: Advisor, question: str) -> Turn:
    return Turn("t1", question, advisor.start("370100", "2023-10-15"), advisor.today())


def test_the_order_of_the_steps() -> None:
    assert [step.__name__ for step in STEPS] == ORDER
    assert FINALLY is record


def test_an_answered_question_passes_every_step_in_order(advisor: Advisor) -> None:
    events: list[tuple[str, object]] = []
    done = run_steps(turn(advisor, "稳岗返还的标准是多少"), advisor.kit, on_event=events.append)
    assert [name for kind, name in events if kind == "step"] == ORDER
    assert done.answer is not None
    assert list(done.answer.timings_ms) == list(done.timings_ms) == ORDER
    assert all(ms >= 0 for ms in done.timings_ms.values())
    assert done.answer.id == "t1"


@pytest.mark.parametrize(("question", "last"), [("", "screen"), ("补" * 5000, "screen"), ("你好", "understand")])
def test_the_first_step_that_answers_ends_the_run(advisor: Advisor, question: str, last: str) -> None:
    events: list[tuple[str, object]] = []
    done = run_steps(turn(advisor, question), advisor.kit, on_event=events.append)
    assert [name for _, name in events][-1] == last
    assert done.draft is None


def test_the_end_runs_once_for_every_ending(advisor: Advisor) -> None:
    class Counting:
        written: list[str] = []  # noqa: RUF012

        def write(self, turn: Turn, index_version: str) -> None:
            assert turn.answer is not None
            self.written.append(f"{turn.answer.status} {index_version}")

    kit = replace(advisor.kit, journal=Counting())  # type: ignore[arg-type]
    for question in ("", "稳岗返还的标准是多少", "你好"):
        run_steps(turn(advisor, question), kit)
    version = advisor.knowledge.index_version
    assert Counting.written == [f"refused {version}", f"answered {version}", f"answered {version}"]


def test_steps_are_functions_on_frozen_values(advisor: Advisor) -> None:
    before = turn(advisor, "稳岗返还的标准是多少")
    kept, current = replace(before), before
    for step in STEPS:
        current = step(current, advisor.kit)
        assert isinstance(current, Turn)
    assert before == kept
    with pytest.raises(FrozenInstanceError):
        before.question = "x"  # type: ignore[misc]
    assert isinstance(current.answer, Answer)
    with pytest.raises(ValueError, match="frozen"):
        current.answer.text = "x"  # type: ignore[misc]
    assert isinstance(advisor.kit, Kit)


@given(st.text(max_size=120))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_message_gets_an_answer_of_a_named_status(advisor: Advisor, question: str) -> None:
    answer = advisor.reply(advisor.start(), question).answer
    assert answer.status in ("answered", "needs_info", "not_found", "refused")
    assert answer.text.strip()
    assert not any(c for c in answer.question if ord(c) < 32 and c not in "\n\t")
    answer.model_dump_json().encode("utf-8")


# What people type, joined without sense: words that the rules know, numerals of any size, units of time, private characters.
_LEXICON = sorted(
    {word for spec in load_rulebook(DATA, load_library([DATA / "documents"])).facts.values() for word in (*spec.nouns, *spec.zero, *spec.patterns)}
    | {word for words in load_cues().small_talk.values() for word in words}
)  # fmt: skip
_NUMERALS = st.one_of(
    st.integers(0, 40).map(str), st.integers(0, 10**40).map(str), st.decimals(0, 10**6, places=2).map(str),
    st.text("〇零一二两三四五六七八九十百千万亿半", min_size=1, max_size=6),
)  # fmt: skip
_PIECES = st.one_of(
    st.sampled_from(_LEXICON), _NUMERALS,
    st.sampled_from(["年前", "个月前", "天前", "周前", "年", "个月", "月", "号", "天", "个", "人", "元", "万", "%", "岁", "年多"]),
    st.sampled_from(["上个月", "去年", "今年", "昨天", "大前年", "届", "第", "条", "的政策", "二零", "20", "能领多少", "还有效吗", "，", "。", "？", "不是", "其中"]),
    st.characters(categories=["Co"]),
)  # fmt: skip
_SENTENCES = st.lists(_PIECES, min_size=1, max_size=12).map("".join)


@given(_SENTENCES, _SENTENCES, st.sampled_from(["1990-01-01", "2020-05-01", "2023-10-15", "2100-12-31"]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_turns_of_everyday_words_get_answers_of_a_named_status(advisor: Advisor, first: str, second: str, day: str) -> None:
    conversation = advisor.start("370100", day)
    for message in (first, second):
        reply = advisor.reply(conversation, message)
        conversation = reply.conversation
        assert reply.answer.status in ("answered", "needs_info", "not_found", "refused")
        assert reply.answer.text.strip()
        assert not any("\ue000" <= c <= "\uf8ff" for c in reply.answer.model_dump_json())


@given(st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Co", "Lo"]), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_broken_and_invisible_characters_never_break_an_answer(advisor: Advisor, noise: str) -> None:
    answer = advisor.reply(advisor.start("370100", "2023-10-15"), f"稳岗返还{noise}的标准是多少").answer
    answer.model_dump_json().encode("utf-8")


@pytest.mark.parametrize("length", [1000, 1001, 5000, 200_000])
def test_length_is_limited_and_named(advisor: Advisor, length: int) -> None:
    answer = advisor.reply(advisor.start(), "问" * length).answer
    assert (answer.status == "refused") is (length > 1000)
    assert len(answer.question) <= 1000
    if length > 1000:
        assert f"{length} 个字" in answer.text


def test_nothing_is_shared_between_conversations(advisor: Advisor) -> None:
    first, second = advisor.start(), advisor.start()
    assert first.id != second.id
    reply = advisor.reply(first, "济南稳岗返还的标准是多少")
    assert len(reply.conversation.exchanges) == 1
    assert first.exchanges == second.exchanges == ()
