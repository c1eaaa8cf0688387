"""Audio addressed by its position in the stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from realtime_engine.core.ports import Samples

SILENCE = np.zeros(0, dtype=np.int16)


def joined(pieces: Sequence[Samples]) -> Samples:
    """One array of all pieces, of which there may be none."""
    return np.concatenate(pieces) if pieces else SILENCE


def cut(samples: Samples, length: int) -> Iterator[Samples]:
    """The samples in pieces of ``length``; the last may be shorter."""
    return (samples[start : start + length] for start in range(0, len(samples), length))


class SampleLog:
    """The latest part of an endless stream; positions are samples since the stream began."""

    def __init__(self) -> None:
        self._chunks: deque[Samples] = deque()
        self.start = 0
        self.end = 0

    def append(self, samples: Samples) -> None:
        """Continue the stream."""
        if len(samples):
            self._chunks.append(samples)
            self.end += len(samples)

    def skip(self, samples: int) -> None:
        """Continue the stream with a gap: nothing before it is kept."""
        self._chunks.clear()
        self.end += samples
        self.start = self.end

    def drop_before(self, position: int) -> None:
        """Forget whole chunks that lie before ``position``."""
        while self._chunks and self.start + len(self._chunks[0]) <= position:
            self.start += len(self._chunks.popleft())

    def slice(self, start: int, end: int) -> Samples:
        """A copy of samples start..end, as far as they are still (or already) there."""
        pieces: list[Samples] = []
        position = self.start
        for chunk in self._chunks:
            if position >= end:
                break
            if position + len(chunk) > start:
                pieces.append(chunk[max(0, start - position) : end - position])
            position += len(chunk)
        return joined(pieces)
