"""The network in numpy says what onnxruntime says of the same file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE
from realtime_engine.speech import models
from realtime_engine.speech.silero import CELLS, CONTEXT, SEEN, Silero, State

from .recordings import analysed, frames, recording

Floats = npt.NDArray[np.float32]


def seen(clips: Path, clip: str) -> Floats:
    """Frames of the recording's first eight seconds, each after its context."""
    audio = [frame / np.float32(32768) for frame in frames(analysed(recording(clips, clip))[: 8 * ANALYSIS_RATE])]
    contexts = [np.zeros(CONTEXT, np.float32), *(frame[-CONTEXT:] for frame in audio)]
    return np.array([np.concatenate(each) for each in zip(contexts, audio, strict=False)])


def by_onnxruntime(shown: Floats) -> list[float]:
    session, state, found = models.start(models.read(models.SILERO_VAD)), np.zeros((2, 1, CELLS), np.float32), []
    for frame in shown:
        inputs = {"input": frame[None], "state": state, "sr": np.array(ANALYSIS_RATE, np.int64)}
        (probability,), state = session.run(None, inputs)
        found.append(float(probability[0]))
    return found


@pytest.mark.parametrize("clip", ["dev06_mid_turn_pauses", "dev11_noisy_0dB", "dev_noise3_acoustic_guitar_0"])
def test_probabilities_are_those_of_onnxruntime(clips: Path, clip: str) -> None:
    silero, state, shown = Silero(models.read(models.SILERO_VAD)), State(), seen(clips, clip)
    odds = np.array([silero.step(encoded, state) for encoded in silero.encode(shown)])
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(by_onnxruntime(shown), abs=1e-4)


def test_a_frame_is_encoded_alike_alone_and_among_others() -> None:
    silero = Silero(models.read(models.SILERO_VAD))
    shown = np.random.default_rng(1).normal(0, 0.1, (5, SEEN)).astype(np.float32)
    alone = np.concatenate([silero.encode(frame[None]) for frame in shown])
    assert silero.encode(shown) == pytest.approx(alone, abs=1e-4)
