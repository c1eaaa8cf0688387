"""The guide as one of the engine's answerers."""

from __future__ import annotations

import asyncio
from datetime import datetime

from realtime_engine.core.ports import CancelJob, Job, Reply
from realtime_engine.speech.guide.reply import answer
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.worker_process import Deliver


class Guide:
    """Reply jobs, answered by the local time."""

    def __init__(self) -> None:
        self._running = RunningJobs()

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start or cancel a reply."""
        match job:
            case Reply():
                self._running.start(job.job_id, self._reply(job, deliver), deliver)
            case CancelJob():
                self._running.cancel(job.job_id)

    async def _reply(self, job: Reply, deliver: Deliver) -> None:
        for result in answer(job, datetime.now().astimezone()):
            deliver(result)
            await asyncio.sleep(0)
