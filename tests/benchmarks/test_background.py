"""What is played beneath a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.background import Background
from benchmarks.clips import RATE, Clip

CLIP = Clip("speech", Path("speech.wav"), "exact", ((1.0, 2.0),), ())
SPOKEN = np.concatenate([np.full(RATE, level, np.int16) for level in (0, 8_000, 0)])
BED = np.array([3, -3, 3, -3], np.int16)


def test_background_is_softer_than_the_speech_by_so_much_and_lies_beneath_all_of_it() -> None:
    mixed = Background(BED, below_db=20).beneath(CLIP, SPOKEN)
    assert set(np.abs(mixed - SPOKEN)) == {800}


def test_what_is_too_loud_together_is_clipped() -> None:
    mixed = Background(BED, below_db=-20).beneath(CLIP, SPOKEN)
    assert (mixed.min(), mixed.max()) == (-32_768, 32_767)
