from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from realtime_engine.core.ports import FrontEnd, Processed, Samples
from realtime_engine.speech.noise import PROFILES, NoiseReduction, PlainFrontEnd, front_end
from realtime_engine.speech.spectral_gate import SpectralGate

from .recordings import hiss, level_db, syllables

MakeFrontEnd = Callable[[str, float], FrontEnd]

VOICE = syllables(1.5) + hiss(1.5, level=30)


def in_numpy(noise_reduction: str, strength: float) -> FrontEnd:
    """The front end as it is where WebRTC's noise reduction is not installed."""
    profile = PROFILES[noise_reduction]
    return NoiseReduction(SpectralGate(profile.floor_db, profile.max_gain_db).process, strength)


BACKENDS = [pytest.param(front_end, id="installed"), pytest.param(in_numpy, id="numpy")]
SETTINGS = [(kind, strength) for kind in PROFILES for strength in (0.0, 0.5, 1.0)]


def processed(end: FrontEnd, samples: Samples, chunk: int = 480) -> Processed:
    parts = [end.process(samples[at : at + chunk]) for at in range(0, len(samples), chunk)]
    return Processed(np.concatenate([part.audio for part in parts]), np.concatenate([part.analysis for part in parts]))


def lag(reference: Samples, output: Samples) -> int:
    """Samples by which the output lags, from the peak of the cross-correlation."""
    size = 2 * len(output)
    product = np.fft.rfft(output, size) * np.conj(np.fft.rfft(reference[: len(output)], size))
    peak = int(np.argmax(np.fft.irfft(product, size)))
    return peak - size if peak > len(output) else peak


def prominence(audio: Samples) -> float:
    """By how many dB the middle third of 6 s, which holds the voice, is louder than the last 0.9 s."""
    return level_db(audio[48_000:96_000]) - level_db(audio[120_000:141_600])


def test_without_noise_reduction_the_audio_is_the_input_itself() -> None:
    assert np.array_equal(processed(PlainFrontEnd(), VOICE).audio, VOICE)


@pytest.mark.parametrize("make", BACKENDS)
@pytest.mark.parametrize(("noise_reduction", "strength"), SETTINGS)
def test_output_lies_at_the_time_of_the_input(make: MakeFrontEnd, noise_reduction: str, strength: float) -> None:
    output = processed(make(noise_reduction, strength), VOICE)
    assert abs(lag(VOICE, output.audio)) <= 24
    assert abs(lag(processed(PlainFrontEnd(), VOICE).analysis, output.analysis)) <= 16


@pytest.mark.parametrize("make", BACKENDS)
@pytest.mark.parametrize("chunk", [1, 480, 4799])
def test_output_does_not_depend_on_chunks(make: MakeFrontEnd, chunk: int) -> None:
    whole = processed(make("near_field", 0.7), VOICE, len(VOICE))
    cut = processed(make("near_field", 0.7), VOICE, chunk)
    assert np.array_equal(cut.audio, whole.audio)
    assert np.array_equal(cut.analysis, whole.analysis)


@pytest.mark.parametrize("make", BACKENDS)
def test_output_trails_by_twenty_milliseconds_at_most(make: MakeFrontEnd) -> None:
    end, audio, analysis = make("far_field", 1.0), 0, 0
    for heard in range(1, 3000):
        output = end.process(np.zeros(1, np.int16))
        audio, analysis = audio + len(output.audio), analysis + len(output.analysis)
        assert heard / 24 - 20 <= audio / 24 <= heard / 24
        assert heard / 24 - 20 <= analysis / 16 <= heard / 24


@pytest.mark.parametrize("make", BACKENDS)
def test_no_strength_leaves_the_audio_untouched(make: MakeFrontEnd) -> None:
    audio = processed(make("near_field", 0.0), VOICE).audio
    assert np.array_equal(audio, VOICE[: len(audio)])


@pytest.mark.parametrize("make", BACKENDS)
@pytest.mark.parametrize("noise_reduction", PROFILES)
def test_a_voice_stands_out_more_from_its_noise(make: MakeFrontEnd, noise_reduction: str) -> None:
    audio = np.concatenate((hiss(2.0), syllables(2.0) // 4 + hiss(2.0), hiss(2.0)))
    cleaned = processed(make(noise_reduction, 1.0), audio).audio
    assert prominence(cleaned) > prominence(audio) + 4


@pytest.mark.parametrize("make", BACKENDS)
def test_near_field_reduces_noise_more_than_far_field(make: MakeFrontEnd) -> None:
    near, far = (
        level_db(processed(make(kind, 1.0), hiss(3.0)).audio[-24_000:]) for kind in ("near_field", "far_field")
    )
    assert near < far - 1


@pytest.mark.parametrize("make", BACKENDS)
def test_far_field_raises_a_distant_voice(make: MakeFrontEnd) -> None:
    distant = (syllables(4.0) // 30).astype(np.int16) + hiss(4.0, level=3)
    audio = processed(make("far_field", 1.0), distant).audio
    assert level_db(audio[-24_000:]) > level_db(distant[-24_000:]) + 4
