"""Voice activity detection with Silero VAD, one recurrent state per stream."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import exp

import numpy as np

from realtime_engine.core.ports import ANALYSIS_RATE, VAD_FRAME, Samples

from . import models
from .silero import CONTEXT, SEEN, Floats, Silero, State

# Long silence and above all music wind up the recurrent state until the speech that follows goes unheard: after a
# minute of guitar 69 % of the speech frames are lost (11 % on average over thirteen kinds of background). Clearing the
# state every two seconds cures that (2 %), but a model without memory takes strummed strings for a voice, for up to
# 0.4 s. Letting the state fade while nobody speaks keeps both: 2 % lost, and one stray frame in 13 minutes of noise.
_FADE = 0.99  # per frame, a time constant of 3.2 s
_QUIET = 0.05
_QUIET_FRAMES = 15  # about half a second: longer than the gaps between words

# A muted microphone sends digital silence, which no room has, and which deafens the model: up to half a second of the
# words after it went unheard. So once the model has taken the silence in, it is not shown more of it.
_SETTLED_FRAMES = 3
_DITHER = 1


@cache
def network() -> Silero:
    """The process's one copy of the weights. Raises ModelMissing."""
    return Silero(models.read(models.SILERO_VAD))


class SileroVad:
    """VoiceActivityDetector of one stream."""

    # After a word's end the probability stays up for one to three frames (word alignments of read speech: median 64 ms
    # until it is below a half). One frame is taken off; taking off more would clip words that fade.
    release_ms = VAD_FRAME * 1000 // ANALYSIS_RATE

    def __init__(self, silero: Silero) -> None:
        self._silero = silero
        self._state = State()
        self._context: Floats = np.zeros(CONTEXT, np.float32)
        self._quiet_frames = 0

    def probabilities(self, frames: Sequence[Samples]) -> list[float]:
        """Probability 0..1 that each frame (512 samples at 16 kHz) is speech; about 0.2 ms, 0.1 in each of four."""
        if self._is_settled and all(map(_is_silent, frames)):
            return [0.0] * len(frames)
        encoded = self._silero.encode(self._seen(frames))
        return [self._probability(*one) for one in zip(encoded, frames, strict=True)]

    def _seen(self, frames: Sequence[Samples]) -> Floats:
        """Each frame with its context, shape (n, SEEN); rows overlap in memory."""
        samples = np.concatenate((self._context, *frames), dtype=np.float32)
        samples[CONTEXT:] /= 32768
        self._context = samples[-CONTEXT:]
        item = samples.itemsize
        return np.ndarray((len(frames), SEEN), samples.dtype, samples, strides=(VAD_FRAME * item, item))

    @property
    def _is_settled(self) -> bool:
        return self._quiet_frames >= _SETTLED_FRAMES

    def _probability(self, encoded: Floats, frame: Samples) -> float:
        if self._is_settled and _is_silent(frame):
            return 0.0
        probability = 1 / (1 + exp(-self._silero.step(encoded, self._state)))
        self._quiet_frames = self._quiet_frames + 1 if probability < _QUIET else 0
        if self._quiet_frames >= _QUIET_FRAMES:
            self._state.fade(_FADE)
        return probability


def _is_silent(frame: Samples) -> bool:
    return bool(-_DITHER <= frame[0] <= _DITHER and frame.max() <= _DITHER and frame.min() >= -_DITHER)
