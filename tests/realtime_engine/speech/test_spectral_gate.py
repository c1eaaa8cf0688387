from __future__ import annotations

import numpy as np

from realtime_engine.core.ports import Samples
from realtime_engine.speech.spectral_gate import SpectralGate

from .recordings import hiss, level_db, syllables

RATE = 16_000


def gated(samples: Samples, max_gain_db: float = 0) -> Samples:
    gate = SpectralGate(-15, max_gain_db)
    return np.concatenate([gate.process(frame) for frame in samples.reshape(-1, 160)])


def test_a_voice_passes_while_its_noise_is_reduced() -> None:
    voice = syllables(3.0, RATE)
    output = gated(voice + hiss(3.0, RATE, level=60))
    assert abs(level_db(output[RATE:]) - level_db(voice[RATE:])) < 1


def test_the_first_noise_after_a_muted_microphone_is_learnt() -> None:
    muted = np.zeros(RATE, np.int16)
    output = gated(np.concatenate((hiss(1.0, RATE), muted, hiss(2.0, RATE))))
    assert level_db(output[-RATE:]) < level_db(hiss(1.0, RATE)) - 8


def test_levelling_never_overdrives_a_loud_voice() -> None:
    loud = np.clip(syllables(3.0, RATE) * 3.0, -32768, 32767).astype(np.int16)
    assert level_db(gated(loud, max_gain_db=15)[RATE:]) <= level_db(loud[RATE:]) + 0.5


def test_noise_alone_is_not_levelled_up() -> None:
    noise = hiss(5.0, RATE, level=20)
    assert level_db(gated(noise, max_gain_db=15)[-RATE:]) < level_db(noise)
