"""Whether there is a voice at all: a recogniser's model writes words over silence and noise, too ("You")."""

from __future__ import annotations

import numpy as np

from realtime_engine.core.ports import VAD_FRAME, Samples
from realtime_engine.speech import models
from realtime_engine.speech.vad import SileroVad

PROBABLE = 0.5
LEAST_FRAMES = 3
"""So many frames (of 32 ms) must probably be speech. A spoken "no" has five or more."""


class VoiceGate:
    """Opens for good when it has heard a voice; listening costs next to nothing from then on."""

    def __init__(self) -> None:
        self._detector = SileroVad(models.session(models.SILERO_VAD))
        self._waiting: Samples = np.zeros(0, np.int16)
        self._frames = 0

    @property
    def is_open(self) -> bool:
        return self._frames >= LEAST_FRAMES

    def hear(self, audio: Samples) -> None:
        """More audio at ANALYSIS_RATE."""
        audio = np.concatenate((self._waiting, audio))
        while len(audio) >= VAD_FRAME and not self.is_open:
            self._frames += self._detector.probability(audio[:VAD_FRAME]) >= PROBABLE
            audio = audio[VAD_FRAME:]
        self._waiting = audio[:0] if self.is_open else audio
