"""Speech of a voice behind ``POST {url}/audio/speech``, asked for as raw 16-bit samples at 24 kHz."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import numpy as np

from realtime_engine.core.ports import SESSION_RATE, CancelJob, Job, Samples, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech.marks import EvenMarks
from realtime_engine.speech.remote import stream
from realtime_engine.speech.remote.service import Service
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.worker_process import Deliver

DEFAULT_MODEL = "tts-1"

MAX_BYTES = 2 * SESSION_RATE * 600
"""Of one text: ten minutes of speech."""

RAW_TYPES = ("", "audio/pcm", "audio/l16", "audio/raw", "audio/x-raw", "application/octet-stream")
"""Media types under which servers send raw samples; a file in a container would be heard as noise."""

_SAMPLE = np.dtype("<i2")
_WORD = re.compile(r"\w")


class Speaker:
    """Speech jobs; where words begin is estimated, because the API does not tell (see ``EvenMarks``)."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running = RunningJobs()

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start or cancel an utterance."""
        match job:
            case Speak():
                self._running.start(job.job_id, self._speak(job, deliver), deliver)
            case CancelJob():
                self._running.cancel(job.job_id)

    async def aclose(self) -> None:
        await self._running.stop()
        await self._service.aclose()

    async def _speak(self, job: Speak, deliver: Deliver) -> None:
        if _WORD.search(job.text):  # servers refuse to say a dash
            async with self._service.post("/audio/speech", json=self._request(job)) as response:
                await self._read(job, response, deliver)
        deliver(SpeechDone(job.job_id))

    def _request(self, job: Speak) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._service.model or DEFAULT_MODEL,
            "input": job.text.strip(),
            "voice": job.voice,
            "response_format": "pcm",
        }
        return body if job.speed == 1 else body | {"speed": job.speed}

    async def _read(self, job: Speak, response: httpx.Response, deliver: Deliver) -> None:
        if stream.content_type(response) not in RAW_TYPES:
            raise self._service.bad_answer("did not send raw samples (response_format pcm)")
        marks, taken = EvenMarks(job.text, job.speed), 0
        try:
            async for audio in _samples(stream.chunks(response, MAX_BYTES)):
                taken += len(audio)
                deliver(SpeechChunk(job.job_id, audio, marks.until(taken)))
        except stream.TooLong:
            raise self._service.bad_answer("spoke for more than ten minutes") from None
        if taken == 0:
            raise self._service.bad_answer("sent no audio")
        deliver(SpeechChunk(job.job_id, np.zeros(0, np.int16), marks.rest(taken)))


async def _samples(chunks: AsyncIterator[bytes]) -> AsyncIterator[Samples]:
    """Whole samples, wherever the network cuts them in two."""
    odd = b""
    async for chunk in chunks:
        data = odd + chunk
        whole = len(data) // _SAMPLE.itemsize * _SAMPLE.itemsize
        data, odd = data[:whole], data[whole:]
        if data:
            yield np.frombuffer(data, _SAMPLE).astype(np.int16)
