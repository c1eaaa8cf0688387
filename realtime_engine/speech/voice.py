"""The engine's voice: text in, samples at the session's rate with word timing out. Runs in a worker process."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from realtime_engine.core.ports import SESSION_RATE, Samples, SpeechMark
from realtime_engine.speech.espeak import SLOWEST_RATE, Espeak, SpokenWord
from realtime_engine.speech.voices import VOICES

FADE = SESSION_RATE // 200
"""Samples of fade in, out and at a cancel (5 ms): no click."""

WORD_GAP_UNIT_MS = 39  # measured at SLOWEST_RATE; the documented 10 ms are at normal pace

OnSpeech = Callable[[Samples, list[SpeechMark]], bool]
"""Takes speech and the words that begin in it; False: enough."""


def pace(rate: int, speed: float) -> tuple[int, int]:
    """Words per minute and extra gap (in espeak-ng's units) for a speed.

    Below espeak-ng's slowest rate the rest of the slowness goes between the words.
    """
    wanted = rate * speed
    if wanted >= SLOWEST_RATE:
        return round(wanted), 0
    gap_ms = 60_000 / wanted - 60_000 / SLOWEST_RATE
    return SLOWEST_RATE, round(gap_ms / WORD_GAP_UNIT_MS)


class Speaker:
    """Speaks with the API's voices."""

    def __init__(self) -> None:
        self._espeak = Espeak()

    def say(self, text: str, voice: str, speed: float, on_speech: OnSpeech) -> None:
        """Speak the text, handing over audio as it is made. Raises KeyError for an unknown voice."""
        settings = VOICES[voice]
        rate, gap = pace(settings.rate, speed)
        self._espeak.use(settings.name, rate, settings.pitch, gap)
        stream = _Stream(self._espeak.sample_rate, settings.gain, on_speech)
        self._espeak.say(text, stream.add)
        stream.close()


class _Stream:
    """Resamples one utterance and keeps its last 5 ms back, to fade them out when nothing follows."""

    def __init__(self, rate: int, gain: float, on_speech: OnSpeech) -> None:
        self._ratio = SESSION_RATE / rate
        self._gain = gain
        self._on_speech = on_speech
        self._resampler = soxr.ResampleStream(rate, SESSION_RATE, 1, dtype="float32", quality="LQ")
        self._held = np.zeros(0, dtype=np.float32)
        self._begun = False
        self._over = False

    def add(self, samples: Samples, words: list[SpokenWord]) -> bool:
        """Some more; False once nobody wants it."""
        if self._over:
            return False
        audio = np.concatenate((self._held, self._resampled(samples, last=False)))
        ready, self._held = audio[:-FADE], audio[-FADE:]
        marks = [SpeechMark(w.start, w.start + w.length, round(w.sample * self._ratio)) for w in words]
        return self._hand_over(ready, marks)

    def close(self) -> None:
        """The rest, faded out."""
        if self._over:
            return
        audio = np.concatenate((self._held, self._resampled(np.zeros(0, dtype=np.int16), last=True)))
        fade = min(FADE, len(audio))
        if fade:
            audio[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
        self._hand_over(audio, [])

    def _resampled(self, samples: Samples, *, last: bool) -> np.ndarray:
        return self._resampler.resample_chunk(samples.astype(np.float32), last=last)  # type: ignore[no-any-return]

    def _hand_over(self, audio: np.ndarray, marks: list[SpeechMark]) -> bool:
        if not self._begun and len(audio):
            fade = min(FADE, len(audio))
            audio[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
            self._begun = True
        loud = np.clip(np.rint(audio * self._gain), -32768, 32767).astype(np.int16)
        self._over = not self._on_speech(loud, marks)
        return not self._over
