"""Speech of a voice behind ``POST {url}/audio/speech``, asked for as raw samples (``pcm``: 16-bit mono at 24 kHz)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx

from realtime_engine.core.ports import SESSION_RATE, CancelJob, Job, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech.marks import EvenMarks
from realtime_engine.speech.remote import stream
from realtime_engine.speech.remote.service import Service
from realtime_engine.speech.remote.sound import RATES, Decoder, Raw, UnknownSound, Wav
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.worker_process import Deliver

DEFAULT_MODEL = "tts-1"

MAX_BYTES = 2 * SESSION_RATE * 600
"""Of one text: ten minutes of speech."""

RAW = ("", "audio/pcm", "audio/l16", "audio/raw", "audio/x-raw", "application/octet-stream")
WAV = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave")
"""Media types: what was asked for, and what servers that know only files send. Others would be heard as noise."""

_WORD = re.compile(r"\w")


class Speaker:
    """Speech jobs; where words begin is estimated, because the API does not tell (see ``EvenMarks``)."""

    def __init__(self, service: Service, voice: str = "") -> None:
        """``voice`` is asked for whatever the session says, where it is given."""
        self._service = service
        self._voice = voice
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
            "voice": self._voice or job.voice,
            "response_format": "pcm",
        }
        return body if job.speed == 1 else body | {"speed": job.speed}

    async def _read(self, job: Speak, response: httpx.Response, deliver: Deliver) -> None:
        try:
            await self._decode(job, stream.chunks(response, MAX_BYTES), _decoder(response), deliver)
        except UnknownSound as error:
            raise self._service.bad_answer(f"sent {error}") from None
        except stream.TooLong:
            raise self._service.bad_answer("spoke for more than ten minutes") from None

    async def _decode(self, job: Speak, chunks: AsyncIterator[bytes], decoder: Decoder, deliver: Deliver) -> None:
        marks, taken = EvenMarks(job.text, job.speed), 0
        async for chunk in chunks:
            audio = decoder.decode(chunk)
            taken += len(audio)
            if len(audio):
                deliver(SpeechChunk(job.job_id, audio, marks.until(taken)))
        rest = decoder.close()
        if taken + len(rest) == 0:
            raise self._service.bad_answer("sent no audio")
        deliver(SpeechChunk(job.job_id, rest, marks.rest(taken + len(rest))))


def _decoder(response: httpx.Response) -> Decoder:
    """Raises UnknownSound."""
    media_type = stream.content_type(response)
    if media_type in WAV:
        return Wav()
    if media_type not in RAW:
        raise UnknownSound("neither raw samples nor a WAV file")
    if stream.parameter(response, "channels") not in ("", "1"):
        raise UnknownSound("raw samples of several channels")
    return Raw(_rate(response))


def _rate(response: httpx.Response) -> int:
    """What the media type says (``audio/pcm;rate=16000``), or what was asked for. Raises UnknownSound."""
    rate = stream.parameter(response, "rate") or str(SESSION_RATE)
    if not rate.isdecimal() or len(rate) > 5 or int(rate) not in RATES:
        raise UnknownSound(f"raw samples at an unusual rate; {RATES[0]} to {RATES[-1]} Hz are taken")
    return int(rate)
