"""The engine's voice: text in, speech at the session's rate with word timing out. Runs in a worker process."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import soxr

from realtime_engine.core.ports import SESSION_RATE, CancelJob, Samples, Speak, SpeechChunk, SpeechDone, SpeechMark
from realtime_engine.speech.espeak import Chunk, Espeak, WordStart, espeak
from realtime_engine.speech.messages import Answer, Ready, Request
from realtime_engine.speech.voices import manner

FADE = SESSION_RATE // 200
"""Samples over which speech fades in and out (5 ms): no click at either end."""

Floats = npt.NDArray[np.float32]
Send = Callable[[Answer], None]
_WORD = re.compile(r"\S+")


def serve(requests: Iterable[Request], cancelled: Callable[[str], bool], send: Send) -> None:
    """Speaks one text after the other; ``cancelled`` says whether a job is still wanted."""
    with espeak() as synthesiser:
        send(Ready())
        for request in requests:
            if isinstance(request, Speak):
                speak(synthesiser, request, cancelled, send)
            assert isinstance(request, Speak | CancelJob)


def speak(synthesiser: Espeak, job: Speak, cancelled: Callable[[str], bool], send: Send) -> None:
    """Speaks one text, handing over speech as it is made."""
    speech = _Speech(synthesiser.rate, job, send)

    def take(chunk: Chunk, words: list[WordStart]) -> bool:
        if cancelled(job.job_id):
            return False
        speech.add(chunk, words)
        return True

    synthesiser.speak(job.text, manner(job.voice, job.speed), take)
    if not cancelled(job.job_id):
        speech.close()
        send(SpeechDone(job.job_id))


class _Speech:
    """Resamples one utterance; its last 5 ms are kept back, to be faded out when nothing follows."""

    def __init__(self, rate: int, job: Speak, send: Send) -> None:
        self._job = job
        self._send = send
        self._ratio = SESSION_RATE / rate
        self._resampler = soxr.ResampleStream(rate, SESSION_RATE, 1, dtype="float32", quality="LQ")
        self._held: Floats = np.zeros(0, dtype=np.float32)
        self._spans = [match.span() for match in _WORD.finditer(job.text)]
        self._marked = 0
        self._marks: deque[SpeechMark] = deque()  # not handed over yet
        self._sent = 0

    def add(self, chunk: Chunk, words: list[WordStart]) -> None:
        """What was synthesised, and the words that begin in it."""
        audio = np.concatenate((self._held, self._resample(chunk, last=False)))
        ready, self._held = audio[:-FADE], audio[-FADE:]
        self._marks.extend(self._words(words))
        if len(ready):
            self._hand_over(ready)

    def close(self) -> None:
        """The rest, faded out."""
        audio = np.concatenate((self._held, self._resample(np.zeros(0, dtype=np.int16), last=True)))
        fade = min(FADE, len(audio))
        audio[len(audio) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        self._hand_over(audio)

    def _words(self, starts: list[WordStart]) -> Iterator[SpeechMark]:
        """Where words of the text begin; espeak-ng now and then points into a word, or says two words as one."""
        for start in starts:
            after = (index for index, (_, end) in enumerate(self._spans) if end > start.position)
            index = max(next(after, len(self._spans)), self._marked)
            if index < len(self._spans):
                self._marked = index + 1
                yield SpeechMark(*self._spans[index], round(start.sample * self._ratio))

    def _resample(self, chunk: Chunk, *, last: bool) -> Floats:
        resampled: Floats = self._resampler.resample_chunk(chunk.astype(np.float32), last=last)
        return resampled

    def _hand_over(self, audio: Floats) -> None:
        if self._sent == 0:
            fade = min(FADE, len(audio))
            audio[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
        self._sent += len(audio)
        begun = []
        while self._marks and self._marks[0].sample < self._sent:
            begun.append(self._marks.popleft())
        samples: Samples = np.clip(np.rint(audio), -32768, 32767).astype(np.int16)
        self._send(SpeechChunk(self._job.job_id, samples, tuple(begun)))
