"""Jobs that are tasks of this process's event loop, and how their failures are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

from realtime_engine.core.ports import JobFailed
from realtime_engine.speech.worker_process import Deliver

logger = logging.getLogger(__name__)


class JobError(Exception):
    """Ends a job as JobFailed with this code and message; both are shown to the client."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class RunningJobs:
    """One task per job; a job that is cancelled delivers nothing more."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, job_id: str, work: Coroutine[Any, Any, None], deliver: Deliver) -> None:
        """Runs the work; where it raises, ``deliver`` is told JobFailed."""
        task = asyncio.create_task(work)
        self._tasks[job_id] = task
        task.add_done_callback(partial(self._ran, job_id, deliver))

    def cancel(self, job_id: str) -> None:
        """Nobody wants the result any more; ignored where the job has ended."""
        if job_id in self._tasks:
            self._tasks[job_id].cancel()

    async def stop(self) -> None:
        """Cancels everything and waits for it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ran(self, job_id: str, deliver: Deliver, task: asyncio.Task[None]) -> None:
        del self._tasks[job_id]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, JobError):
            logger.warning("a job failed: %s: %s", error.code, error.message)
            deliver(JobFailed(job_id, error.code, error.message))
        elif error is not None:
            logger.error("a job failed", exc_info=error)
            deliver(JobFailed(job_id, "internal_error", f"{type(error).__name__} in the engine."))
