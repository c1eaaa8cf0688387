"""What the decoders are made of."""

from __future__ import annotations

import numpy as np
import pytest

from realtime_engine.core.ports import ANALYSIS_RATE
from realtime_engine.speech.decoding import NEUTRAL_MEAN, NEVER_HEARD, MeanCepstrum

NOISE = np.random.default_rng(1).normal(0, 3000, ANALYSIS_RATE).astype(np.int16)


def test_silence_around_a_voice_does_not_change_its_mean():
    padded = np.concatenate((NOISE[: ANALYSIS_RATE // 5] // 1000, NOISE))
    mean = MeanCepstrum()
    assert first_of(mean.of(padded)) == pytest.approx(first_of(mean.of(NOISE)), abs=2)


def test_a_mean_knows_nothing_of_the_voice_before():
    mean = MeanCepstrum()
    alone = mean.of(NOISE)
    mean.of(NOISE // 100)
    assert mean.of(NOISE) == alone


UNMEASURABLE = {"nothing": 0, "one sample": 1, "silence": ANALYSIS_RATE}


@pytest.mark.parametrize("samples", UNMEASURABLE.values(), ids=UNMEASURABLE)
def test_where_there_is_no_voice_the_mean_is_neutral(samples):
    assert MeanCepstrum().of(np.zeros(samples, np.int16)) == NEUTRAL_MEAN


@pytest.mark.parametrize("word", ["hello", "cockpit", "shiitake", "therapist", "niggardly", "assess"])
def test_decent_words_are_heard(word):
    assert not NEVER_HEARD.match(word)


def first_of(mean: str) -> float:
    return float(mean.split(",")[0])
