from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, VAD_FRAME, Samples
from realtime_engine.speech.noise import front_end
from realtime_engine.speech.vad import SileroVad, network

from .recordings import Mask, analysed, frames, recording, speech_frames

LABELLED = ["dev03_librivox_0870", "dev04_librivox_0920", "dev06_mid_turn_pauses", "dev10_noisy_10dB"]
MUTED_IN_MID_WORD = [("dev03_librivox_0870", 4.0), ("dev02_vosk_digits", 7.0), ("dev01_jfk", 6.5)]
NOISES = ["hens", "sheep", "acoustic_guitar_0", "env", "taps_rubs"]


def stream() -> SileroVad:
    return SileroVad(network())


def heard(vad: SileroVad, audio: Samples) -> Mask:
    """Which frames of audio at ANALYSIS_RATE count as speech at the usual threshold."""
    return np.array(vad.probabilities(list(frames(audio)))) >= 0.5


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


@pytest.mark.parametrize("muted", [1, 3, 60])
@pytest.mark.parametrize(
    ("clip", "cut"), [("dev03_librivox_0870", 4.0), ("dev02_vosk_digits", 7.0), ("dev01_jfk", 6.5)]
)
def test_speech_is_heard_right_after_a_mute(clips: Path, clip: str, cut: float, muted: int) -> None:
    audio, at = recording(clips, clip), int(cut * SESSION_RATE)
    silence = np.zeros(muted * SESSION_RATE, np.int16)
    found = heard(stream(), analysed(np.concatenate((audio[:at], silence, audio[at:]))))
    resumed = int((cut + muted) * ANALYSIS_RATE / VAD_FRAME)
    assert np.flatnonzero(found[resumed:])[0] <= 5
    assert found[resumed : resumed + 15].mean() > 0.6


@pytest.mark.parametrize(("clip", "cut", "pause"), [("dev04_librivox_0920", 3.0, 6.8), ("dev10_noisy_10dB", 5.0, 7.8)])
def test_a_mute_in_mid_word_leaves_nothing_behind(clips: Path, clip: str, cut: float, pause: float) -> None:
    audio, silence = recording(clips, clip), np.zeros(3 * SESSION_RATE, np.int16)
    before, after = audio[: int(cut * SESSION_RATE)], audio[int(pause * SESSION_RATE) :]
    found = heard(stream(), analysed(np.concatenate((before, silence, after))))
    assert not found[int((cut + 0.3) * ANALYSIS_RATE / VAD_FRAME) :].any()


def test_streams_do_not_disturb_each_other(clips: Path) -> None:
    voice = list(frames(analysed(recording(clips, "dev03_librivox_0870"))))[:60]
    alone, beside, other = stream(), stream(), stream()
    for frame, noise in zip(voice, reversed(voice), strict=True):
        other.probabilities([noise])
        assert alone.probabilities([frame]) == beside.probabilities([frame])


def test_digital_silence_is_not_speech() -> None:
    assert not heard(stream(), np.zeros(ANALYSIS_RATE, np.int16)).any()
