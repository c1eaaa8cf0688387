"""The input audio buffer's two clocks: the session's audio and what is analysed."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.input_buffer import ANALYSIS_PER_MS, AUDIO_PER_MS, InputBuffer
from realtime_engine.core.ports import Processed, Samples


class Trailing:
    """A front end that holds back so many samples of the session's audio, and of what is analysed."""

    def __init__(self, audio: int, analysis: int) -> None:
        self._held = audio, analysis

    def process(self, samples: Samples) -> Processed:
        audio, analysis = self._held
        self._held = 0, 0
        return Processed(samples[audio:], samples[: len(samples) * 2 // 3][analysis:])


@pytest.mark.parametrize(("audio", "analysis"), [(0, 24), (300, 224)])
def test_changes_of_the_front_end_leave_both_clocks_where_they_are(audio: int, analysis: int) -> None:
    buffer = InputBuffer(Trailing(audio, analysis))
    for _ in range(5):
        buffer.write(np.ones(4800, np.int16))
        buffer.process()
        buffer.change_front_end(Trailing(audio, analysis))
    buffer.write(np.ones(4800, np.int16))
    buffer.process()
    assert buffer.audio.end == 6 * 200 * AUDIO_PER_MS - audio
    assert buffer.analysis.end == 6 * 200 * ANALYSIS_PER_MS - analysis
