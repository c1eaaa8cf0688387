"""The turn judge: has the speaker finished, or only paused?

Model: Smart Turn v3.2, which hears how the last 8 s were said, not the words.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from onnxruntime import InferenceSession

from realtime_engine.core.ports import ANALYSIS_RATE, Samples

from . import models, smart_turn
from .mel import log_mel

WINDOW = 8 * ANALYSIS_RATE
"""Samples the model hears: a longer turn is cut at its beginning, a shorter one preceded by silence."""

_STEP = WINDOW // smart_turn.STEPS
_STEPS_BEFORE = 10
"""Steps of the silence before a short turn that are heard one by one: the network's first layers look 30 ms around."""

_FRAMES_PER_STEP = 2


@cache
def network() -> InferenceSession:
    """The process's one session of the model. Raises ModelMissing."""
    return models.start(smart_turn.for_any_length(models.read(models.SMART_TURN)))


class SmartTurnJudge:
    """Judges turns over one shared model session; safe to call from several threads."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session

    def judge(self, audio: Samples) -> float:
        """Probability 0..1 that the turn in ``audio`` (at 16 kHz, up to now) is complete; about 40 ms, less for a short
        one."""
        heard = np.zeros(WINDOW, np.float32)
        last = audio[-WINDOW:]
        heard[WINDOW - len(last) :] = last / np.float32(32768)
        groups = smart_turn.groups_before(_STEPS_BEFORE + len(last) // _STEP)
        features = log_mel(heard, (smart_turn.STEPS - groups * smart_turn.GROUP) * _FRAMES_PER_STEP)
        (probability,) = self._session.run(None, smart_turn.inputs(features, groups))
        return float(probability[0, 0])
