"""Words of a recogniser behind ``POST {url}/audio/transcriptions``."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, field
from typing import Annotated

import httpx
import numpy as np
from pydantic import BaseModel, Field, ValidationError

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    CancelJob,
    Job,
    JobFailed,
    Samples,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech.remote import stream
from realtime_engine.speech.remote.service import Service
from realtime_engine.speech.running import RunningJobs
from realtime_engine.speech.worker_process import Deliver

DEFAULT_MODEL = "whisper-1"

NAMES_TOKENS = "gpt-4o"
"""Beginning of the models that can be asked for log probabilities; others refuse the question."""

MAX_SAMPLES = ANALYSIS_RATE * 750
"""Of one utterance: as a file they stay below the 25 MB that servers take."""

MAX_BYTES = 4 << 20
"""Of one answer."""


class LogProb(BaseModel):
    token: str
    logprob: Annotated[float, Field(le=0)]


class Transcript(BaseModel):
    """The whole answer; what is not needed here is passed over."""

    text: str
    logprobs: list[LogProb] | None = None

    def result(self, job_id: str) -> TranscriptDone:
        """With tokens only where they are the text's."""
        tokens = tuple(Token(each.token, each.logprob) for each in self.logprobs or ())
        text = self.text.strip()
        return TranscriptDone(job_id, text, tokens if "".join(token.text for token in tokens) == text else ())


class Event(Transcript):
    """One event of a streamed answer: transcript.text.delta or transcript.text.done."""

    type: str
    delta: str = ""
    text: str = ""


@dataclass(slots=True)
class Utterance:
    """What was said so far."""

    job: Transcribe
    audio: list[Samples] = field(default_factory=list)
    samples: int = 0

    def add(self, audio: Samples) -> None:
        self.audio.append(audio)
        self.samples += len(audio)

    def wav(self) -> bytes:
        """As a file: 16-bit mono at ANALYSIS_RATE."""
        content = io.BytesIO()
        with wave.open(content, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(ANALYSIS_RATE)
            file.writeframes(np.concatenate([np.zeros(0, np.int16), *self.audio]).astype("<i2").tobytes())
        return content.getvalue()


class Transcriber:
    """Transcription jobs: audio is gathered while the user talks, and sent when the turn is over."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._utterances: dict[str, Utterance] = {}
        self._running = RunningJobs()

    def handle(self, job: Job, deliver: Deliver) -> None:
        """Start, feed, end or cancel a transcription."""
        match job:
            case Transcribe():
                self._utterances[job.job_id] = Utterance(job)
            case TranscribeAudio():
                self._hear(job, deliver)
            case TranscribeEnd() if job.job_id in self._utterances:
                utterance = self._utterances.pop(job.job_id)
                self._running.start(job.job_id, self._transcribe(utterance, deliver), deliver)
            case CancelJob():
                self._utterances.pop(job.job_id, None)
                self._running.cancel(job.job_id)

    async def aclose(self) -> None:
        await self._running.stop()
        await self._service.aclose()

    def _hear(self, job: TranscribeAudio, deliver: Deliver) -> None:
        utterance = self._utterances.get(job.job_id)
        if utterance is None:
            return
        utterance.add(job.audio)
        if utterance.samples > MAX_SAMPLES:
            del self._utterances[job.job_id]
            message = f"More than {MAX_SAMPLES // ANALYSIS_RATE} seconds are not transcribed at a time."
            deliver(JobFailed(job.job_id, "stt_too_long", message))

    async def _transcribe(self, utterance: Utterance, deliver: Deliver) -> None:
        file = ("speech.wav", utterance.wav(), "audio/wav")
        form = self._form(utterance.job)
        async with self._service.post("/audio/transcriptions", data=form, files={"file": file}) as response:
            try:
                done = await _read(utterance.job.job_id, response, deliver)
            except (ValidationError, EOFError):
                raise self._service.bad_answer("sent something that is no transcript") from None
            except stream.TooLong:
                raise self._service.bad_answer("answered without end") from None
        deliver(done)

    def _form(self, job: Transcribe) -> dict[str, str]:
        """A server that cannot stream passes over ``stream`` and answers as a whole; Whisper's names no tokens."""
        model = self._service.model or job.model or DEFAULT_MODEL
        form = {
            "model": model,
            "language": job.language.partition("-")[0] if job.language else None,
            "prompt": job.prompt,
            "response_format": "json",
            "stream": "true",
            "include[]": "logprobs" if job.logprobs and model.startswith(NAMES_TOKENS) else None,
        }
        return {name: value for name, value in form.items() if value}


async def _read(job_id: str, response: httpx.Response, deliver: Deliver) -> TranscriptDone:
    """The words, whole or as it streams. Raises ValidationError, TooLong, and EOFError for a stream that breaks off."""
    if not stream.is_events(response):
        return Transcript.model_validate_json(await stream.whole(response, MAX_BYTES)).result(job_id)
    heard = ""
    async for data in stream.events(response, MAX_BYTES):
        event = Event.model_validate_json(data)
        if event.type == "transcript.text.done":
            return event.result(job_id)
        if event.type == "transcript.text.delta" and event.delta:
            heard += event.delta
            deliver(TranscriptStable(job_id, heard.strip()))
    raise EOFError
