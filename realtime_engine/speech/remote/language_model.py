"""Replies of a language model behind ``POST {url}/chat/completions``."""

from __future__ import annotations

import httpx
from pydantic import ValidationError

from realtime_engine.core.ports import CancelJob, Job, Reply
from realtime_engine.speech.remote import chat, stream
from realtime_engine.speech.remote.completion import BadCompletion, Chunk, Completion
from realtime_engine.speech.remote.service import Service
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.worker_process import Deliver

MAX_BYTES = 16 << 20
"""Of one answer: every token comes in an event of a few hundred bytes."""


class LanguageModel:
    """Reply jobs; a cancelled one closes its stream, so that the server stops too."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running = RunningJobs()

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start or cancel a reply."""
        match job:
            case Reply():
                self._running.start(job.job_id, self._reply(job, deliver), deliver)
            case CancelJob():
                self._running.cancel(job.job_id)

    async def aclose(self) -> None:
        await self._running.stop()
        await self._service.aclose()

    async def _reply(self, job: Reply, deliver: Deliver) -> None:
        is_openai = self._service.host == "api.openai.com"
        body = chat.request(job, self._service.model, is_openai=is_openai)
        async with self._service.post("/chat/completions", json=body) as response:
            if not stream.is_events(response):
                raise self._service.bad_answer("did not stream its reply")
            try:
                await self._read(job, response, deliver)
            except ValidationError:
                raise self._service.bad_answer("sent something that is no chat completion") from None
            except stream.TooLong:
                raise self._service.bad_answer("replied without end") from None
            except BadCompletion as error:
                raise self._service.bad_answer(str(error)) from None

    async def _read(self, job: Reply, response: httpx.Response, deliver: Deliver) -> None:
        completion = Completion(job.job_id, spoken=job.parameters.spoken)
        async for data in stream.events(response, MAX_BYTES):
            if data == stream.DONE:
                completion.finish()
                break
            chunk = Chunk.model_validate_json(data)
            if chunk.error:
                raise self._service.refusal(chunk.error)
            for result in completion.take(chunk):
                deliver(result)
        for result in completion.close():
            deliver(result)
