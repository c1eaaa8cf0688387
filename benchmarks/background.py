"""A recording beneath the speech of others, as a radio in the room is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.clips import RATE, Clip, Samples


@dataclass(frozen=True, slots=True)
class Background:
    """A recording played over and over, ``below_db`` softer than the labelled speech of whatever lies over it."""

    audio: Samples
    below_db: float

    def beneath(self, clip: Clip, audio: Samples) -> Samples:
        """The clip's audio (it may be longer than its file) with this beneath all of it."""
        speech = np.concatenate([audio[round(start * RATE) : round(end * RATE)] for start, end in clip.speech])
        bed = np.resize(self.audio, len(audio)).astype(np.float64)
        bed *= _loudness(speech) / _loudness(bed) * 10 ** (-self.below_db / 20)
        return np.clip(np.rint(audio + bed), -32768, 32767).astype(np.int16)


def _loudness(audio: Samples | np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
