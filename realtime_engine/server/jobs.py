"""Runs the jobs a session hands out, and brings their results back into its driver."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from realtime_engine.core.ports import (
    CancelJob,
    Job,
    JobFailed,
    JudgeTurn,
    Reply,
    Samples,
    Speak,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TurnJudged,
)
from realtime_engine.speech.client import Runner
from realtime_engine.speech.guide.runner import Guide
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.turn_judge import SmartTurnJudge
from realtime_engine.speech.worker_process import Deliver

JUDGE_THREADS = 2
MAX_JUDGEMENTS = 16  # waiting or running: about a third of a second behind on one core; later answers are of no use


class Overloaded(Exception):
    """There is more work than can be done in time."""


class JudgePool:
    """The turn judge in a few threads, with a bound on what may wait for it."""

    def __init__(self, judge: SmartTurnJudge) -> None:
        self._judge = judge
        self._threads = ThreadPoolExecutor(JUDGE_THREADS, thread_name_prefix="turn-judge")
        self._waiting = 0

    async def judge(self, audio: Samples) -> float:
        """Probability that the turn is complete. Raises Overloaded."""
        if self._waiting >= MAX_JUDGEMENTS:
            raise Overloaded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._judge.judge, audio)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the jobs of all sessions run on; without a turn judge (its model is missing) time alone ends turns.

    Recogniser, voice and answerer work elsewhere: a job opens, feeds, ends or cancels what they do.
    """

    judges: JudgePool | None
    recogniser: Runner
    voice: Runner
    answerer: Runner = field(default_factory=Guide)


class Jobs:
    """The jobs of one session. ``deliver`` gets their results in the loop's thread."""

    def __init__(self, workshop: Workshop, deliver: Deliver) -> None:
        self._workshop = workshop
        self._deliver = deliver
        self._running = RunningJobs()

    def start(self, job: Job) -> None:
        """Starts a job, or passes on what it says about a running one."""
        match job:
            case JudgeTurn():
                self._running.start(job.job_id, self._judge(job), self._deliver)
            case Reply():
                self._workshop.answerer.handle(job, self._deliver)
            case Speak():
                self._workshop.voice.handle(job, self._deliver)
            case Transcribe() | TranscribeAudio() | TranscribeEnd():
                self._workshop.recogniser.handle(job, self._deliver)
            case CancelJob():
                self._cancel(job)

    def _cancel(self, job: CancelJob) -> None:
        """Whoever runs it stops; the others have never heard of it."""
        self._running.cancel(job.job_id)
        self._workshop.answerer.handle(job, self._deliver)
        self._workshop.recogniser.handle(job, self._deliver)
        self._workshop.voice.handle(job, self._deliver)

    async def close(self) -> None:
        """Cancels what still runs here; the session has cancelled the rest."""
        await self._running.stop()

    async def _judge(self, job: JudgeTurn) -> None:
        judges = self._workshop.judges
        if judges is None:
            self._deliver(JobFailed(job.job_id, "turn_judge_missing", "The turn judge's model is not installed."))
            return
        try:
            probability = await judges.judge(job.audio)
        except Overloaded:
            self._deliver(JobFailed(job.job_id, "overloaded", "Too many turns end at the same time."))
        else:
            self._deliver(TurnJudged(job.job_id, probability))
