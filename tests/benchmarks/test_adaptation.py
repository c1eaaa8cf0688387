"""The adaptation of the acoustic model: the map it finds, and the file that pocketsphinx reads."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.adaptation import CEPSTRA, likeliest, written
from realtime_engine.speech.decoding import ADAPTATION

RANDOM = np.random.default_rng(1)
MEANS = RANDOM.normal(0, 5, (200, CEPSTRA))
VARIANCES = RANDOM.uniform(0.5, 2, MEANS.shape)
COUNTS = RANDOM.uniform(1, 50, len(MEANS))
MAP = np.hstack([np.eye(CEPSTRA) + RANDOM.normal(0, 0.1, (CEPSTRA, CEPSTRA)), RANDOM.normal(0, 3, (CEPSTRA, 1))])
MOVED = MEANS @ MAP[:, :-1].T + MAP[:, -1]


def test_the_map_under_which_speech_is_likeliest_is_found() -> None:
    assert likeliest(MEANS, VARIANCES, MOVED * COUNTS[:, None], COUNTS) == pytest.approx(MAP, abs=1e-6)


def test_densities_without_variance_have_no_say() -> None:
    variances, sums = VARIANCES.copy(), MOVED * COUNTS[:, None]
    variances[0], sums[0] = 0, 1e6
    assert likeliest(MEANS, variances, sums, COUNTS) == pytest.approx(MAP, abs=1e-6)


def test_the_map_in_use_has_the_form_that_is_written() -> None:
    lengths = [len(line.split()) for line in ADAPTATION.read_text().splitlines()]
    assert lengths == [len(line.split()) for line in written([MAP] * 3).splitlines()]
