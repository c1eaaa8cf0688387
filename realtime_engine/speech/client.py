"""The server's side of the worker processes: starts them, gives them jobs, replaces them when they crash.

All methods belong to one event loop's thread and none of them blocks. A worker has one job at a time and keeps it until
it is done; jobs wait in a bounded queue, with the audio that was fed to them meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    CancelJob,
    Job,
    JobFailed,
    Speak,
    SpeechChunk,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptStable,
)
from realtime_engine.speech.messages import BadMessage, Message, Ready, Request
from realtime_engine.speech.worker_process import Deliver, Task, Worker

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
MAX_BEHIND_BYTES = 2 * ANALYSIS_RATE * 360
"""Audio a job may be ahead of its worker: the longest turn a session can hold."""

MAX_TEXT = 10_000
"""Characters of a text to speak: ten minutes, and 30 MB of speech."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """``job_seconds``: a worker that says nothing for so long, having been told to finish, is broken."""

    job_seconds: float = 60.0
    waiting_jobs: int = 64


class WorkerPool:
    """``size`` workers of a kind (recogniser or voice); ``program`` runs in them, by default the built-in one."""

    def __init__(self, kind: str, size: int, program: Sequence[str] = (), limits: PoolLimits | None = None) -> None:
        self.kind = kind
        self._program = tuple(program) or (kind,)
        self._size = size
        self._limits = limits or PoolLimits()
        self.languages: tuple[str, ...] = ()  # what recognisers know, once they are started
        self.workers: set[Worker] = set()
        self.restarts = 0  # workers that ended without being told to
        self._idle: list[Worker] = []
        self._busy: dict[str, Worker] = {}
        self._waiting: dict[str, Task] = {}
        self._keepers: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Jobs no worker has begun."""
        return len(self._waiting)

    async def start(self) -> None:
        """Returns when all workers are ready. Raises RuntimeError where one is not, and leaves none behind."""
        starts = (Worker.start(self._program) for _ in range(self._size))
        started = await asyncio.gather(*starts, return_exceptions=True)
        for worker in started:
            if isinstance(worker, Worker):
                self._keep(worker)
        failure = next((failed for failed in started if isinstance(failed, BaseException)), None)
        if failure is not None:
            await self.stop()
            raise failure

    async def stop(self) -> None:
        """End all workers; jobs that still run end with them."""
        self._stopping = True
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        for keeper in list(self._keepers):
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    # --- jobs ---

    def submit(self, job: Transcribe | Speak, deliver: Deliver) -> None:
        """A new job; its results go to ``deliver``, which is told JobFailed at once where there is no room."""
        if isinstance(job, Speak) and len(job.text) > MAX_TEXT:
            deliver(JobFailed(job.job_id, "text_too_long", f"No more than {MAX_TEXT} characters are spoken at a time."))
            return
        if len(self._waiting) >= self._limits.waiting_jobs:
            message = f"Too many jobs wait for a {self.kind}. Try again in a moment."
            deliver(JobFailed(job.job_id, "overloaded", message))
            return
        self._waiting[job.job_id] = Task(job.job_id, deliver, deque([job]))
        self._assign()

    def pass_on(self, request: TranscribeAudio | TranscribeEnd) -> None:
        """More of a job; ignored where the job has ended."""
        task = self._task(request.job_id)
        if task is None:
            return
        task.add(_in_pieces(request))
        if task.behind > MAX_BEHIND_BYTES:
            self._fail(task, "overloaded", f"The {self.kind} cannot keep up with the audio.")
            return
        if request.job_id in self._busy:
            self._busy[request.job_id].flush()

    def expect_end(self, job_id: str) -> None:
        """The job has all it needs: from now on its time counts."""
        task = self._task(job_id)
        if task is not None:
            task.deadline = asyncio.get_running_loop().call_later(self._limits.job_seconds, self._time_out, task)

    def cancel(self, job_id: str) -> None:
        """Nobody wants the result any more."""
        waiting = self._waiting.pop(job_id, None)
        if waiting is not None:
            waiting.close()
        worker = self._busy.get(job_id)
        if worker is not None:
            worker.send(CancelJob(job_id))
            self._release(worker)

    def _task(self, job_id: str) -> Task | None:
        worker = self._busy.get(job_id)
        return self._waiting.get(job_id) if worker is None else worker.task

    def _assign(self) -> None:
        while self._waiting and self._idle:
            worker = self._idle.pop()
            job_id = next(iter(self._waiting))
            worker.task = self._waiting.pop(job_id)
            self._busy[job_id] = worker
            worker.flush()

    def _release(self, worker: Worker) -> None:
        assert worker.task is not None
        worker.task.close()
        del self._busy[worker.task.job_id]
        worker.task = None
        self._idle.append(worker)
        self._assign()

    def _fail(self, task: Task, code: str, message: str) -> None:
        self.cancel(task.job_id)
        task.deliver(JobFailed(task.job_id, code, message))

    def _time_out(self, task: Task) -> None:
        """A worker that does not answer may be stuck: it is ended, and its keeper replaces it."""
        self._waiting.pop(task.job_id, None)
        worker = self._busy.pop(task.job_id, None)
        if worker is not None:
            worker.task = None
            worker.kill()
        task.deliver(JobFailed(task.job_id, "timeout", f"The {self.kind} did not answer in time."))

    # --- workers ---

    def _keep(self, worker: Worker) -> None:
        self.languages = worker.languages
        self.workers.add(worker)
        self._idle.append(worker)
        keeper = asyncio.create_task(self._keep_alive(worker))
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)
        self._assign()

    async def _keep_alive(self, worker: Worker) -> None:
        """Takes what a worker says until it ends; then replaces it."""
        try:
            while (message := await worker.read()) is not None:
                self._take(worker, message)
        except BadMessage:
            logger.exception("a %s worker sent nonsense", self.kind)
        self._forget(worker)
        await worker.stop()
        self.workers.discard(worker)
        if self._stopping:
            return
        self.restarts += 1
        logger.error("a %s worker ended with status %s and is replaced", self.kind, worker.process.returncode)
        self._keep(await self._replacement())

    async def _replacement(self) -> Worker:
        """A new worker, however often it takes."""
        while True:
            try:
                return await Worker.start(self._program)
            except (OSError, RuntimeError):
                logger.exception("a %s worker could not be replaced; trying again", self.kind)
                await asyncio.sleep(RETRY_SECONDS)

    def _forget(self, worker: Worker) -> None:
        if worker in self._idle:
            self._idle.remove(worker)
        task = worker.task
        if task is not None:
            task.close()
            del self._busy[task.job_id]
            task.deliver(JobFailed(task.job_id, "worker_crashed", f"The {self.kind} stopped unexpectedly."))

    def _take(self, worker: Worker, result: Message) -> None:
        task = worker.task
        if task is None or isinstance(result, Ready) or result.job_id != task.job_id:
            return  # of a job cancelled meanwhile
        if not isinstance(result, TranscriptStable | SpeechChunk):
            self._release(worker)
        task.deliver(result)  # type: ignore[arg-type]  # workers send results only


def _in_pieces(request: TranscribeAudio | TranscribeEnd) -> Iterator[Request]:
    """Audio second by second, so that a cancellation need not wait longer than one second is worked on."""
    if isinstance(request, TranscribeEnd):
        yield request
    else:
        for start in range(0, len(request.audio), ANALYSIS_RATE):
            yield TranscribeAudio(request.job_id, request.audio[start : start + ANALYSIS_RATE])


class Runner(Protocol):
    """Carries out what the core says about its jobs."""

    def handle(self, job: Job, deliver: Deliver) -> None: ...


class Recogniser:
    """Transcription jobs, on a pool of recogniser workers."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start, feed, end or cancel a transcription."""
        match job:
            case Transcribe():
                self._pool.submit(job, deliver)
            case TranscribeAudio():
                self._pool.pass_on(job)
            case TranscribeEnd():
                self._pool.pass_on(job)
                self._pool.expect_end(job.job_id)
            case CancelJob():
                self._pool.cancel(job.job_id)


class Voice:
    """Speech jobs, on a pool of voice workers."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start or cancel an utterance."""
        match job:
            case Speak():
                self._pool.submit(job, deliver)
                self._pool.expect_end(job.job_id)
            case CancelJob():
                self._pool.cancel(job.job_id)
