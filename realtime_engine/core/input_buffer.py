"""The input audio buffer: what the client has written and nobody has committed yet."""

from __future__ import annotations

from collections import deque

import numpy as np

from realtime_engine.core.ports import ANALYSIS_RATE, SESSION_RATE, FrontEnd, Processed, Samples
from realtime_engine.core.samples import SampleLog

SLICE = SESSION_RATE // 5
"""Samples processed in one go (200 ms), so that a long append never holds up the event loop."""

AUDIO_PER_MS = SESSION_RATE // 1000
ANALYSIS_PER_MS = ANALYSIS_RATE // 1000


class InputBuffer:
    """Audio on its way through noise reduction, and what of it is not committed yet.

    All times are milliseconds of audio written since the session began, the API's clock for audio_start_ms and
    audio_end_ms.
    """

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end = front_end
        self._gap: Processed | None = None  # before what comes next
        self._waiting: deque[Samples] = deque()
        self._waiting_samples = 0
        self._received = 0
        self._committed = 0
        self.audio = SampleLog()
        self.analysis = SampleLog()

    @property
    def waiting_ms(self) -> float:
        """Audio written that still waits for processing."""
        return self._waiting_samples / AUDIO_PER_MS

    @property
    def start_ms(self) -> int:
        """Where the uncommitted audio begins."""
        return self._committed // AUDIO_PER_MS

    @property
    def end_ms(self) -> int:
        """How much audio was processed since the session began."""
        return self._received // AUDIO_PER_MS

    @property
    def kept_from_ms(self) -> int:
        """Where the uncommitted audio begins that is still kept."""
        return max(self.start_ms, -(-self.audio.start // AUDIO_PER_MS))

    @property
    def analysed_ms(self) -> int:
        """Where the next analysis sample lies."""
        return self.analysis.end // ANALYSIS_PER_MS

    @property
    def uncommitted_ms(self) -> float:
        """Audio written since the last commit or clear."""
        return (self._received + self._waiting_samples - self._committed) / AUDIO_PER_MS

    def change_front_end(self, front_end: FrontEnd) -> None:
        """Process with another front end from now on; what the old one held back (20 ms at most) becomes silence."""
        self._front_end = front_end
        analysed = self._received * ANALYSIS_RATE // SESSION_RATE
        self._gap = Processed(_silence(self._received - self.audio.end), _silence(analysed - self.analysis.end))

    def write(self, samples: Samples) -> None:
        """Take audio in; it is processed slice by slice."""
        for start in range(0, len(samples), SLICE):
            self._waiting.append(samples[start : start + SLICE])
        self._waiting_samples += len(samples)

    def process(self) -> Processed:
        """Run what waits, a slice at most, through the front end and keep the result."""
        samples = self._take_slice()
        self._waiting_samples -= len(samples)
        self._received += len(samples)
        processed = self._front_end.process(samples)
        if self._gap is not None:
            processed, self._gap = _joined(self._gap, processed), None
        self.audio.append(processed.audio)
        self.analysis.append(processed.analysis)
        return processed

    def _take_slice(self) -> Samples:
        pieces = [self._waiting.popleft()]
        room = SLICE - len(pieces[0])
        while self._waiting and len(self._waiting[0]) <= room:
            pieces.append(self._waiting.popleft())
            room -= len(pieces[-1])
        return np.concatenate(pieces) if len(pieces) > 1 else pieces[0]

    def commit(self, end_ms: int | None = None) -> None:
        """Everything up to ``end_ms`` (default: all there is) no longer belongs to the buffer."""
        end = self._received if end_ms is None else min(self._received, end_ms * AUDIO_PER_MS)
        self._committed = max(self._committed, end)
        self.forget_before(self.start_ms)

    def clear(self) -> None:
        """Drop all uncommitted audio, waiting audio included; the clock keeps counting it."""
        self._received += self._waiting_samples
        self.audio.skip(self._waiting_samples)
        self.analysis.skip(self._waiting_samples * ANALYSIS_RATE // SESSION_RATE)
        self._waiting.clear()
        self._waiting_samples = 0
        self.commit()

    def forget_before(self, ms: int) -> None:
        """Free audio that no turn can need any more."""
        self.audio.drop_before(ms * AUDIO_PER_MS)
        self.analysis.drop_before(ms * ANALYSIS_PER_MS)

    def audio_between(self, start_ms: int, end_ms: int) -> Samples:
        """Processed audio at SESSION_RATE."""
        return self.audio.slice(start_ms * AUDIO_PER_MS, end_ms * AUDIO_PER_MS)

    def analysis_between(self, start_ms: int, end_ms: int) -> Samples:
        """Processed audio at ANALYSIS_RATE."""
        return self.analysis.slice(start_ms * ANALYSIS_PER_MS, end_ms * ANALYSIS_PER_MS)


def _silence(samples: int) -> Samples:
    return np.zeros(samples, dtype=np.int16)


def _joined(first: Processed, then: Processed) -> Processed:
    return Processed(np.concatenate((first.audio, then.audio)), np.concatenate((first.analysis, then.analysis)))
