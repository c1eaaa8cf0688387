"""The turn judge: has the speaker finished, or only paused?

Model: Smart Turn v3.2, https://github.com/pipecat-ai/smart-turn, which hears how the last 8 s were said, not the words.
"""

from __future__ import annotations

import numpy as np
from onnxruntime import InferenceSession

from realtime_engine.core.ports import ANALYSIS_RATE, Samples

from .mel import log_mel

WINDOW = 8 * ANALYSIS_RATE
"""Samples the model hears: a longer turn is cut at its beginning, a shorter one preceded by silence."""


class SmartTurnJudge:
    """Judges turns over one shared model session; safe to call from several threads."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def judge(self, audio: Samples) -> float:
        """Probability 0..1 that the turn in ``audio`` (at 16 kHz, up to now) is complete; about 40 ms."""
        heard = np.zeros(WINDOW, np.float32)
        last = audio[-WINDOW:]
        heard[WINDOW - len(last) :] = last / np.float32(32768)
        (probability,) = self._session.run(None, {"input_features": log_mel(heard)[None]})
        return float(probability[0, 0])
