"""Cases → outputs: drives the advisor exactly as a surface does. Scores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from multiprocessing import get_all_start_methods, get_context
from time import perf_counter
from typing import Any, Protocol

from threadpoolctl import threadpool_limits

from bot.settings import Settings
from bot.types import Answer, Conversation, Reply
from evals.cases import input_digest
from evals.types import Case, EvalError, Output, RankedHit, Searched

DEPTH = 10  # hits kept per question
WORTH_FORKING = 100  # cases; fewer are answered sooner than processes start


class Advisor(Protocol):
    """What is used of the bot's door (``bot.advisor.Advisor``)."""

    def start(self, region: str | None = None, as_of: date | None = None) -> Conversation: ...

    def reply(self, conversation: Conversation, question: str, *, engine: str | None = None) -> Reply: ...

    def search_in(self, conversation: Conversation, question: str, k: int = 10) -> Sequence[Any]: ...


def open_advisor(settings: Settings | None = None) -> Advisor:
    """The production advisor, without a journal: evaluation must not look like use."""
    from bot import advisor

    advisor_: Advisor = advisor.open_advisor(replace(settings or Settings.from_environment(), journal=False))
    return advisor_


def generate(
    cases: Sequence[Case], advisor: Advisor, engine: str | None = None, workers: int = 1, processes: int = 1
) -> Iterator[Output]:
    """One output a case, in order. Threads help only an engine that waits for a model, processes only one that computes.

    :raises EvalError: ``workers`` below 1.
    """
    if workers < 1:
        raise EvalError(f"--workers 应为正整数，现为 {workers}")
    if workers == 1 and processes > 1 and len(cases) >= WORTH_FORKING and "fork" in get_all_start_methods():
        yield from _in_processes(cases, advisor, engine, processes)
        return
    run = partial(answer_case, advisor=advisor, engine=engine)
    if workers == 1:
        yield from map(run, cases)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(run, cases)


_forked: tuple[Advisor, str | None] | None = None  # what the processes inherit when they are forked


def _in_processes(cases: Sequence[Case], advisor: Advisor, engine: str | None, processes: int) -> Iterator[Output]:
    global _forked
    _forked = (advisor, engine)
    try:
        # one thread each for matrix products: as many as there are cores in every process would only wait for each other
        with get_context("fork").Pool(processes, initializer=threadpool_limits, initargs=(1,)) as pool:
            yield from pool.imap(_answer_forked, cases, chunksize=8)
    finally:
        _forked = None


def _answer_forked(case: Case) -> Output:
    assert _forked is not None
    return answer_case(case, *_forked)


def answer_case(case: Case, advisor: Advisor, engine: str | None = None) -> Output:
    """Put the turns of a case, then the scripted reply if the advisor asks. An exception becomes ``error``."""
    started = perf_counter()
    answers: list[Answer] = []
    follow_up: Answer | None = None
    try:
        conversation = advisor.start(region=case.region, as_of=case.as_of)
        for turn in case.turns:
            before = conversation
            reply = advisor.reply(conversation, turn, engine=engine)
            answers.append(reply.answer)
            conversation = reply.conversation
        hits = [
            RankedHit(measure=h["measure"], score=float(h["score"])) for h in advisor.search_in(before, case.turns[-1], DEPTH)
        ]
        if case.gold.reply and answers[-1].status == "needs_info":
            follow_up = advisor.reply(conversation, case.gold.reply, engine=engine).answer
    except Exception as problem:  # a crash is a result of this case, not of the run
        return Output(case=case.id, input_digest=input_digest(case), answers=(), error=f"{type(problem).__name__}: {problem}",
                      seconds=perf_counter() - started)  # fmt: skip
    return Output(case=case.id, input_digest=input_digest(case), answers=tuple(answers), follow_up=follow_up, searched=searched(before, conversation, case),
                  hits=tuple(hits), seconds=perf_counter() - started)  # fmt: skip


def searched(before: Conversation, after: Conversation, case: Case) -> Searched:
    """What production searched for on the last turn; the turn itself when it left no trace (refused, small talk)."""
    if after.exchanges == before.exchanges or (understanding := after.exchanges[-1].understanding) is None:
        return Searched(query=case.turns[-1], region=case.region, as_of=case.as_of)
    return Searched(
        query=understanding.standalone or case.turns[-1], region=understanding.region, as_of=understanding.as_of,
        documents=tuple(sorted(understanding.documents)),
    )  # fmt: skip
