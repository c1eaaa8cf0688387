from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.ports import VAD_FRAME
from realtime_engine.speech import noise
from realtime_engine.speech.ports import LocalSpeechPorts


@pytest.fixture(scope="module")
def ports() -> LocalSpeechPorts:
    return LocalSpeechPorts.load()


@pytest.mark.parametrize("audio_format", ["pcm16", "g711_ulaw", "g711_alaw"])
def test_silence_stays_silence_in_every_format(ports: LocalSpeechPorts, audio_format: str) -> None:
    wire = ports.encoder(audio_format).encode(np.zeros(4800, np.int16))
    heard = ports.decoder(audio_format).decode(wire)
    assert len(heard) > 4500
    assert np.abs(heard).max() < 16  # A-law has no zero


@pytest.mark.parametrize("noise_reduction", [None, "near_field", "far_field"])
def test_the_front_end_feeds_the_voice_activity_detector(ports: LocalSpeechPorts, noise_reduction: str | None) -> None:
    analysis = ports.front_end(noise_reduction, 1.0).process(np.zeros(2400, np.int16)).analysis
    assert ports.voice_activity_detector().probabilities([analysis[:VAD_FRAME]])[0] < 0.5


def test_what_is_replaced_is_said(ports: LocalSpeechPorts) -> None:
    assert ports.judge is not None
    assert ("noise_reduction" in ports.degraded()) == (noise.BACKEND == "numpy")


def test_a_missing_judge_is_said() -> None:
    assert LocalSpeechPorts(None, {"turn_judge": "The model is missing."}).degraded() == {
        "turn_judge": "The model is missing."
    }
