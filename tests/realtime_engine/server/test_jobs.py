"""Jobs that run in the server's process: the turn judge and the guide."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from realtime_engine.core.ports import (
    CancelJob,
    Job,
    JobFailed,
    JobResult,
    JudgeTurn,
    Reply,
    ReplyDone,
    ReplyText,
    Samples,
    Turn,
    TurnJudged,
)
from realtime_engine.server import jobs
from realtime_engine.server.jobs import Jobs, JudgePool, Workshop
from realtime_engine.speech.client import Deliver
from tests.realtime_engine.server.support import until

AUDIO = np.zeros(16_000, np.int16)


class SlowJudge:
    """Judges when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()

    def judge(self, audio: Samples) -> float:
        self.let.wait(5)
        return 0.75


class Idle:
    """A worker pool without work."""

    def handle(self, job: Job, deliver: Deliver) -> None: ...


Start = Callable[[Job], None]


@pytest.fixture
def results() -> list[JobResult]:
    return []


@pytest.fixture
async def judge() -> AsyncIterator[SlowJudge]:
    slow = SlowJudge()
    yield slow
    slow.let.set()


@pytest.fixture
async def start(judge: SlowJudge, results: list[JobResult]) -> AsyncIterator[Start]:
    pool = JudgePool(judge)  # type: ignore[arg-type]
    running = Jobs(Workshop(pool, Idle(), Idle()), results.append)
    yield running.start
    await running.close()
    pool.close()


async def test_judgement_comes_back(start: Start, judge: SlowJudge, results: list[JobResult]) -> None:
    judge.let.set()
    start(JudgeTurn("j1", AUDIO))
    await until(lambda: bool(results))
    assert results == [TurnJudged("j1", 0.75)]


async def test_judgements_that_would_come_too_late_are_refused(
    start: Start, judge: SlowJudge, results: list[JobResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_JUDGEMENTS", 2)
    for number in range(3):
        start(JudgeTurn(f"j{number}", AUDIO))
    await until(lambda: bool(results))
    assert [(result.job_id, getattr(result, "code", "")) for result in results] == [("j2", "overloaded")]


async def test_missing_judge_is_said(results: list[JobResult]) -> None:
    Jobs(Workshop(None, Idle(), Idle()), results.append).start(JudgeTurn("j1", AUDIO))
    await until(lambda: bool(results))
    assert isinstance(results[0], JobFailed)


async def test_cancelled_judgement_is_not_delivered(start: Start, judge: SlowJudge, results: list[JobResult]) -> None:
    start(JudgeTurn("j1", AUDIO))
    await asyncio.sleep(0)
    start(CancelJob("j1"))
    judge.let.set()
    start(JudgeTurn("j2", AUDIO))
    await until(lambda: bool(results))
    assert [result.job_id for result in results] == ["j2"]


async def test_reply_is_delivered_in_order(start: Start, results: list[JobResult]) -> None:
    turns = (Turn("user", "what is two plus three"),)
    start(Reply("r1", turns, instructions="", tools=(), tool_choice="auto"))
    await until(lambda: ReplyDone("r1") in results)
    said = "".join(result.delta for result in results if isinstance(result, ReplyText))
    assert "five" in said
    assert results[-1] == ReplyDone("r1")


async def test_fault_in_a_job_is_told_to_its_session(start: Start, results: list[JobResult]) -> None:
    start(Reply("r1", turns=None, instructions="", tools=(), tool_choice="auto"))  # type: ignore[arg-type]
    await until(lambda: bool(results))
    assert isinstance(results[0], JobFailed)
    assert results[0].code == "internal_error"
