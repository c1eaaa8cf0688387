from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE, Samples
from realtime_engine.speech import models
from realtime_engine.speech.noise import front_end
from realtime_engine.speech.vad import SileroVad

from .recordings import Mask, analysed, frames, recording, speech_frames

LABELLED = ["dev03_librivox_0870", "dev04_librivox_0920", "dev06_mid_turn_pauses", "dev10_noisy_10dB"]
NOISES = ["hens", "sheep", "acoustic_guitar_0", "env", "taps_rubs"]


def stream() -> SileroVad:
    return SileroVad(models.session(models.SILERO_VAD))


def heard(vad: SileroVad, audio: Samples) -> Mask:
    """Which frames of audio at ANALYSIS_RATE count as speech at the usual threshold."""
    return np.array([vad.probability(frame) for frame in frames(audio)]) >= 0.5


@pytest.mark.parametrize("noise_reduction", [None, "near_field", "far_field"])
@pytest.mark.parametrize("clip", LABELLED)
def test_speech_is_told_from_its_pauses(clips: Path, clip: str, noise_reduction: str | None) -> None:
    found = heard(stream(), analysed(recording(clips, clip), front_end(noise_reduction, 1.0)))
    is_speech, is_clear = speech_frames(clips, clip, len(found), collar=0.1)
    found, is_speech = found[is_clear], is_speech[is_clear]
    assert (found & is_speech).sum() / is_speech.sum() > 0.95
    assert (found & ~is_speech).sum() / (~is_speech).sum() < 0.1


@pytest.mark.parametrize("number_and_noise", [f"{n}_{noise}" for n, noise in enumerate(NOISES, 1)])
@pytest.mark.parametrize("noise_reduction", [None, "near_field", "far_field"])
def test_noise_never_lasts_as_speech(clips: Path, number_and_noise: str, noise_reduction: str | None) -> None:
    noise = recording(clips, f"dev_noise{number_and_noise}")
    found = heard(stream(), analysed(noise, front_end(noise_reduction, 1.0)))
    assert not (found[1:] & found[:-1]).any()


@pytest.mark.parametrize("background", ["dev_noise3_acoustic_guitar_0", "dev_noise2_sheep", None])
def test_speech_is_heard_after_a_minute_of_something_else(clips: Path, background: str | None) -> None:
    audio = analysed(recording(clips, background)) if background else np.zeros(ANALYSIS_RATE, np.int16)
    vad = stream()
    heard(vad, np.resize(audio, 60 * ANALYSIS_RATE))
    voice = analysed(recording(clips, "dev03_librivox_0870"))
    found = heard(vad, voice)
    is_speech, _ = speech_frames(clips, "dev03_librivox_0870", len(found), collar=0)
    assert found[is_speech].mean() > 0.9


def test_streams_do_not_disturb_each_other(clips: Path) -> None:
    voice = list(frames(analysed(recording(clips, "dev03_librivox_0870"))))[:60]
    alone, beside, other = stream(), stream(), stream()
    for frame, noise in zip(voice, reversed(voice), strict=True):
        other.probability(noise)
        assert alone.probability(frame) == beside.probability(frame)


def test_digital_silence_is_not_speech() -> None:
    assert not heard(stream(), np.zeros(ANALYSIS_RATE, np.int16)).any()
