"""Whisper as the recogniser, by faster-whisper (extra ``whisper``). Runs in a worker process.

Whisper hears up to 30 s as a whole, so the audio is gathered while the user talks and transcribed at the end; text is
handed over segment by segment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    Samples,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech.messages import Answer, Ready, Request
from realtime_engine.speech.refusal import refuse

LEAST_PROBABILITY = 1e-6

Send = Callable[[Answer], None]


class Word(Protocol):
    word: str  # with the blank before it
    probability: float


class Segment(Protocol):
    text: str
    words: Sequence[Word] | None


class Model(Protocol):
    """What is used of faster_whisper.WhisperModel."""

    @property
    def supported_languages(self) -> list[str]: ...

    def transcribe(
        self,
        audio: npt.NDArray[np.float32],
        *,
        language: str | None,
        initial_prompt: str | None,
        word_timestamps: bool,
        condition_on_previous_text: bool,
    ) -> tuple[Iterable[Segment], object]: ...


def serve(
    requests: Iterable[Request],
    cancelled: Callable[[str], bool],
    send: Send,
    path_or_name: str,
    threads: str,
    *,
    load: Callable[[str, int], Model] | None = None,
) -> None:
    """Loads the model and listens to one utterance after the other; says why where there is no model."""
    try:
        model = (load or _load)(path_or_name, int(threads))
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        refuse(requests, send, f"REALTIME_WHISPER_MODEL: {_remedy(error, path_or_name)}")
        return
    send(Ready(tuple(model.supported_languages)))  # English alone, or all that Whisper knows
    Listener(model, cancelled, send).listen(requests)


def _load(path_or_name: str, threads: int) -> Model:
    from faster_whisper import WhisperModel

    model: Model = WhisperModel(
        path_or_name, device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )
    return model


def _remedy(error: Exception, path_or_name: str) -> str:
    if isinstance(error, ImportError):
        return 'faster-whisper is not installed. Install it with: pip install -e ".[whisper]"'
    return (
        f"no faster-whisper model could be loaded from {path_or_name!r} ({type(error).__name__}). It is a folder with "
        "model.bin, or the name of a model that was downloaded before with faster_whisper.download_model(name)."
    )


class Listener:
    """One utterance at a time; audio of a cancelled job is passed over."""

    def __init__(self, model: Model, cancelled: Callable[[str], bool], send: Send) -> None:
        self._model = model
        self._cancelled = cancelled
        self._send = send
        self._job: Transcribe | None = None
        self._audio: list[Samples] = []

    def listen(self, requests: Iterable[Request]) -> None:
        """Until there are no more requests."""
        for request in requests:
            match request:
                case Transcribe():
                    self._job, self._audio = request, []
                case TranscribeAudio(_, audio):
                    self._audio.append(audio)
                case TranscribeEnd() if self._job is not None and not self._cancelled(request.job_id):
                    self._transcribe(self._job)
                case CancelJob():
                    self._job, self._audio = None, []

    def _transcribe(self, job: Transcribe) -> None:
        language = job.language.partition("-")[0] if job.language else None
        if language not in (None, *self._model.supported_languages):
            message = f"The Whisper model of REALTIME_WHISPER_MODEL does not know the language '{language}'."
            self._send(JobFailed(job.job_id, "unsupported_language", message))
            return
        text, tokens = "", list[Token]()
        for segment in self._segments(job, language):
            if self._cancelled(job.job_id):
                return
            text += segment.text
            tokens += _tokens(segment)
            self._send(TranscriptStable(job.job_id, text.strip()))
        self._send(TranscriptDone(job.job_id, text.strip(), _stripped(tokens, text.strip())))

    def _segments(self, job: Transcribe, language: str | None) -> Iterator[Segment]:
        """Nothing of one segment prompts the next: that is how Whisper comes to repeat itself without end."""
        samples = np.concatenate([np.zeros(0, np.int16), *self._audio])
        audio = samples.astype(np.float32) / np.float32(32768)
        segments, _ = self._model.transcribe(
            audio,
            language=language,
            initial_prompt=job.prompt,
            word_timestamps=job.logprobs,
            condition_on_previous_text=False,
        )
        yield from segments


def _tokens(segment: Segment) -> Iterator[Token]:
    for word in segment.words or ():
        yield Token(word.word, math.log(min(1.0, max(LEAST_PROBABILITY, word.probability))))


def _stripped(tokens: list[Token], text: str) -> tuple[Token, ...]:
    """The tokens without the blank before the first, or none where they are not the text."""
    if not tokens:
        return ()
    stripped = (Token(tokens[0].text.lstrip(), tokens[0].logprob), *tokens[1:])
    return stripped if "".join(token.text for token in stripped) == text else ()
