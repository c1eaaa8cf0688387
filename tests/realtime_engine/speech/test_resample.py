from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.ports import Samples
from realtime_engine.speech.resample import Resampler, to_int16

from .recordings import hiss, level_db, tone

RATES = [
    pytest.param(24_000, 16_000, id="analysis"),
    pytest.param(16_000, 24_000, id="back from analysis"),
    pytest.param(8_000, 24_000, id="G.711 in"),
    pytest.param(24_000, 8_000, id="G.711 out"),
]


def resampled(samples: Samples, in_rate: int, out_rate: int, chunk: int) -> Samples:
    resampler = Resampler(in_rate, out_rate)
    return np.concatenate([resampler.process(samples[at : at + chunk]) for at in range(0, len(samples), chunk)])


@pytest.mark.parametrize(("in_rate", "out_rate"), RATES)
def test_output_lies_at_the_time_of_the_input(in_rate: int, out_rate: int) -> None:
    output = resampled(tone(1000, 0.5, in_rate), in_rate, out_rate, in_rate // 50)
    wanted = tone(1000, 0.5, out_rate)[: len(output)]
    settled = slice(out_rate // 100, None)
    assert np.abs(output[settled] - wanted[settled]).max() < 20


@pytest.mark.parametrize("chunk", [1, 160, 777, 5000])
@pytest.mark.parametrize(("in_rate", "out_rate"), RATES)
def test_output_does_not_depend_on_chunks(in_rate: int, out_rate: int, chunk: int) -> None:
    noise = hiss(0.25, in_rate, level=8000)
    whole = resampled(noise, in_rate, out_rate, len(noise))
    assert np.array_equal(resampled(noise, in_rate, out_rate, chunk), whole)


@pytest.mark.parametrize(("in_rate", "out_rate"), RATES)
def test_output_trails_by_three_milliseconds_at_most(in_rate: int, out_rate: int) -> None:
    resampler, produced = Resampler(in_rate, out_rate), 0
    for step in range(1, 51):
        produced += len(resampler.process(np.zeros(in_rate // 50, np.int16)))
        assert 0 <= step / 50 - produced / out_rate <= 0.0031


@pytest.mark.parametrize("hertz", [8_300, 9_000, 11_500])
def test_what_the_lower_rate_cannot_hold_is_removed(hertz: int) -> None:
    output = resampled(tone(hertz, 0.5), 24_000, 16_000, 480)[160:]
    assert level_db(output) < level_db(tone(hertz, 0.5)) - 60


def test_nothing_in_gives_nothing_out() -> None:
    assert len(Resampler(24_000, 16_000).process(np.empty(0, np.int16))) == 0


def test_too_loud_is_clipped_rather_than_wrapped() -> None:
    assert to_int16(np.array([-40_000.0, 0.6, 40_000.0])).tolist() == [-32768, 1, 32767]
