"""Worker processes as the server sees them: real processes, real jobs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from realtime_engine.core.ports import (
    CancelJob,
    Job,
    JobFailed,
    JobResult,
    Speak,
    SpeechChunk,
    SpeechDone,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
)
from realtime_engine.speech import client
from realtime_engine.speech.client import PoolLimits, Recogniser, Voice, WorkerPool
from tests.patience import PATIENCE

STORY = "And so it went on and on. " * 200


@pytest.fixture
async def voices() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool("voice", 1)
    await pool.start()
    yield pool
    await pool.stop()


class Results:
    """Results of jobs, in the order they came."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[JobResult] = asyncio.Queue()
        self.put: Callable[[JobResult], None] = self._queue.put_nowait

    async def until(self, *kinds: type[JobResult]) -> JobResult:
        async with asyncio.timeout(PATIENCE):
            while not isinstance(result := await self._queue.get(), kinds):
                pass
        return result


def speak(job_id: str, text: str = "Hello.") -> Speak:
    return Speak(job_id, text, "alloy", 1.0)


async def test_a_text_is_spoken(voices):
    results = Results()
    Voice(voices).handle(speak("a"), results.put)
    assert isinstance(await results.until(SpeechChunk), SpeechChunk)
    assert await results.until(SpeechDone) == SpeechDone("a")


async def test_jobs_wait_for_a_worker_in_order(voices):
    results = Results()
    for job_id in "abc":
        Voice(voices).handle(speak(job_id), results.put)
    done = [await results.until(SpeechDone) for _ in range(3)]
    assert [result.job_id for result in done] == ["a", "b", "c"]


async def test_a_cancelled_job_says_nothing_more_and_frees_its_worker(voices):
    story, next_one = Results(), Results()
    Voice(voices).handle(speak("story", STORY), story.put)
    await story.until(SpeechChunk)
    Voice(voices).handle(CancelJob("story"), story.put)
    story.put = pytest.fail
    Voice(voices).handle(speak("next"), next_one.put)
    assert (await next_one.until(SpeechDone)).job_id == "next"


async def test_a_job_beyond_the_bound_is_refused_at_once():
    results = Results()
    pool = WorkerPool("voice", 1, limits=PoolLimits(waiting_jobs=1))
    await pool.start()
    for job_id in "abc":
        Voice(pool).handle(speak(job_id, STORY), results.put)
    failed = await results.until(JobFailed)
    await pool.stop()
    assert (failed.job_id, failed.code) == ("c", "overloaded")


async def test_a_crashed_worker_fails_its_job_and_is_replaced(voices):
    results = Results()
    Voice(voices).handle(speak("a", STORY), results.put)
    await results.until(SpeechChunk)
    (worker,) = voices.workers
    os.kill(worker.process.pid, signal.SIGKILL)
    assert (await results.until(JobFailed)).code == "worker_crashed"
    Voice(voices).handle(speak("b"), results.put)
    assert (await results.until(SpeechDone)).job_id == "b"


async def test_a_worker_may_die_before_its_audio_arrives():
    pool = WorkerPool("recogniser", 1)
    await pool.start()
    results, second = Results(), np.zeros(16_000, np.int16)
    Recogniser(pool).handle(Transcribe("a", None, None, None, False), results.put)
    next(iter(pool.workers)).process.kill()
    for _ in range(10):
        Recogniser(pool).handle(TranscribeAudio("a", second), results.put)
    assert (await results.until(JobFailed)).code == "worker_crashed"
    await pool.stop()


async def test_a_text_without_end_is_refused_at_once(voices):
    results = Results()
    Voice(voices).handle(speak("a", "word " * client.MAX_TEXT), results.put)
    assert (await results.until(JobFailed)).code == "text_too_long"


async def test_a_cancellation_is_quick(voices):
    story, hello = Results(), Results()
    Voice(voices).handle(speak("story", "1234567890 " * (client.MAX_TEXT // 11)), story.put)
    await story.until(SpeechChunk)
    before = asyncio.get_running_loop().time()
    Voice(voices).handle(CancelJob("story"), story.put)
    Voice(voices).handle(speak("hello"), hello.put)
    await hello.until(SpeechChunk)
    assert asyncio.get_running_loop().time() - before < 1  # a few ms on an idle machine; all of the story takes 2 s


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
async def test_a_worker_is_told_no_secrets(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    pool = WorkerPool("voice", 1)
    await pool.start()
    (worker,) = pool.workers
    environment = await asyncio.to_thread(Path(f"/proc/{worker.process.pid}/environ").read_bytes)
    await pool.stop()
    assert b"PATH" in environment
    assert b"secret" not in environment


async def test_a_worker_that_does_not_answer_is_given_up():
    results = Results()
    pool = WorkerPool("voice", 1, limits=PoolLimits(job_seconds=0.2))
    await pool.start()
    (worker,) = pool.workers
    os.kill(worker.process.pid, signal.SIGSTOP)
    Voice(pool).handle(speak("a"), results.put)
    assert (await results.until(JobFailed)).code == "timeout"
    assert await worker.process.wait() < 0  # killed; its replacement is another test
    await pool.stop()


async def test_stopping_leaves_no_process_behind():
    pool = WorkerPool("voice", 2)
    await pool.start()
    processes = [worker.process for worker in pool.workers]
    await pool.stop()
    assert all(process.returncode is not None for process in processes)


async def test_a_worker_that_cannot_start_is_an_error():
    with pytest.raises(RuntimeError, match="did not start"):
        await WorkerPool("nonsense", 1).start()


async def test_a_worker_whose_first_words_are_nonsense_has_not_started(monkeypatch, tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nprintf 'This is no message at all.'\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(RuntimeError, match="did not start"):  # what a pool tries again after
        await WorkerPool("voice", 1).start()


@pytest.mark.parametrize("seconds", [1, 10])  # ten are more than the pipe to the worker takes at once
async def test_audio_fed_in_one_go_is_transcribed(seconds):
    pool = WorkerPool("recogniser", 1)
    await pool.start()
    results = Results()
    silence = np.zeros(seconds * 16_000, np.int16)
    jobs: list[Job] = [Transcribe("a", None, None, None, False), TranscribeAudio("a", silence), TranscribeEnd("a")]
    for job in jobs:
        Recogniser(pool).handle(job, results.put)
    done = await results.until(TranscriptDone)
    await pool.stop()
    assert done.job_id == "a"
