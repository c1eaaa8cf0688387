"""Voice activity detection with Silero VAD, one recurrent state per stream.

Model: https://github.com/snakers4/silero-vad (16 kHz, 512 new samples after 64 samples of context).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from onnxruntime import InferenceSession

from realtime_engine.core.ports import ANALYSIS_RATE, VAD_FRAME, Samples

_CONTEXT = 64  # samples of the previous frame that the model sees before the new ones
_STATE = (2, 1, 128)
_RATE = np.array(ANALYSIS_RATE, np.int64)

# Long silence and above all music wind up the recurrent state until the speech that follows goes unheard: after a
# minute of guitar 69 % of the speech frames are lost (11 % on average over thirteen kinds of background). Clearing the
# state every two seconds cures that (2 %), but a model without memory takes strummed strings for a voice, for up to
# 0.4 s. Letting the state fade while nobody speaks keeps both: 2 % lost, and one stray frame in 13 minutes of noise.
_FADE = np.float32(0.99)  # per frame, a time constant of 3.2 s
_QUIET = 0.05
_QUIET_FRAMES = 15  # about half a second: longer than the gaps between words

# A muted microphone sends digital silence, which no room has, and which deafens the model: up to half a second of the
# words after it went unheard. So once the model has taken the silence in, it is not shown more of it.
_SETTLED_FRAMES = 3
_DITHER = 1


class SileroVad:
    """VoiceActivityDetector of one stream over the process's shared model session."""

    # After a word's end the probability stays up for one to three frames (word alignments of read speech: median 64 ms
    # until it is below a half). One frame is taken off; taking off more would clip words that fade.
    release_ms = VAD_FRAME * 1000 // ANALYSIS_RATE

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self._window: npt.NDArray[np.float32] = np.zeros((1, _CONTEXT + VAD_FRAME), np.float32)
        self._state: npt.NDArray[np.float32] = np.zeros(_STATE, np.float32)
        self._quiet_frames = 0

    def probability(self, frame: Samples) -> float:
        """Probability 0..1 that ``frame`` (512 samples at 16 kHz) is speech; about 0.1 ms."""
        if self._quiet_frames >= _SETTLED_FRAMES and frame.min() >= -_DITHER and frame.max() <= _DITHER:
            return 0.0
        self._window[0, :_CONTEXT] = self._window[0, -_CONTEXT:]
        self._window[0, _CONTEXT:] = frame
        self._window[0, _CONTEXT:] /= 32768
        inputs = {"input": self._window, "state": self._state, "sr": _RATE}
        output, self._state = self._session.run(None, inputs)
        probability = float(output[0, 0])
        self._fade(probability)
        return probability

    def _fade(self, probability: float) -> None:
        self._quiet_frames = self._quiet_frames + 1 if probability < _QUIET else 0
        if self._quiet_frames >= _QUIET_FRAMES:
            self._state *= _FADE
