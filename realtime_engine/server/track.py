"""Audio of a WebRTC call: the model's track, played in real time from a queue, and the client's, as samples."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from fractions import Fraction
from typing import cast

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from realtime_engine.core.ports import SESSION_RATE, Samples

FRAME_SECONDS = 0.020
FRAME_SAMPLES = SESSION_RATE // 50
FADE_SAMPLES = SESSION_RATE // 100  # 10 ms: a cut this soft is not heard as a click
LATEST_SECONDS = 0.5  # a loop that stalled longer goes on from now; shorter delays are caught up
GAP_SECONDS = 0.5  # a phone that pauses its microphone sends nothing: silence takes its place, so that turns end
TIME_BASE = Fraction(1, SESSION_RATE)
FADE = np.linspace(1, 0, FADE_SAMPLES)
SILENCE = np.zeros(FADE_SAMPLES, np.int16)


class PlaybackQueue:
    """Samples waiting to be played, taken out frame by frame."""

    def __init__(self) -> None:
        self._chunks: deque[Samples] = deque()
        self._sounding = SILENCE  # the end of the last frame, where it has not faded yet

    def append(self, audio: Samples) -> None:
        if len(audio):
            self._chunks.append(audio)

    def cut(self) -> None:
        """Drop everything but a short fade-out."""
        self._chunks = deque([self._faded_out(self._take(FADE_SAMPLES))])

    def next_frame(self) -> Samples:
        """FRAME_SAMPLES samples; where the queue runs dry they fade into silence."""
        taken = self._take(FRAME_SAMPLES)
        if len(taken) == FRAME_SAMPLES:
            self._sounding = taken[-FADE_SAMPLES:]
            return taken
        faded = self._faded_out(taken)
        self._sounding = SILENCE
        return np.concatenate((faded, np.zeros(FRAME_SAMPLES - len(faded), np.int16)))

    def _faded_out(self, audio: Samples) -> Samples:
        """What is too short to fade goes on backwards: nothing jumps, and nothing had to be kept waiting for it."""
        backwards = np.concatenate((self._sounding, audio))[::-1]
        whole = np.concatenate((audio, backwards[: max(0, FADE_SAMPLES - len(audio))]))
        whole[-FADE_SAMPLES:] = whole[-FADE_SAMPLES:] * FADE
        return whole

    def _take(self, wanted: int) -> Samples:
        taken: list[Samples] = []
        while wanted and self._chunks:
            chunk = self._chunks.popleft()
            taken.append(chunk[:wanted])
            if len(chunk) > wanted:
                self._chunks.appendleft(chunk[wanted:])
            wanted -= len(taken[-1])
        return np.concatenate(taken) if taken else np.zeros(0, np.int16)


class ModelTrack(MediaStreamTrack):
    """Plays a queue. The deadline of each frame follows from the first, so delays never add up."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.queue = PlaybackQueue()
        self._samples = 0
        self._due: float | None = None

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        await self._until_due()
        # Both channels by hand: Opus is stereo here, and a resampler makes mono 3 dB quieter on the way.
        stereo = np.repeat(self.queue.next_frame(), 2)[None]
        frame = AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SESSION_RATE, self._samples, TIME_BASE
        self._samples += FRAME_SAMPLES
        return frame

    async def _until_due(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._due is None or now - self._due > LATEST_SECONDS:
            self._due = now
        if self._due > now:
            await asyncio.sleep(self._due - now)
        self._due += FRAME_SECONDS


async def incoming(track: MediaStreamTrack) -> AsyncIterator[Samples]:
    """The client's audio at SESSION_RATE, until the track ends; once it has begun, gaps become silence."""
    resampler = AudioResampler(format="s16", layout="mono", rate=SESSION_RATE)
    silence = np.zeros(int(GAP_SECONDS * SESSION_RATE), np.int16)
    patience: float | None = None
    with suppress(MediaStreamError):
        while True:
            try:
                async with asyncio.timeout(patience):
                    frame = cast(AudioFrame, await track.recv())
            except TimeoutError:
                yield silence
            else:
                patience = GAP_SECONDS
                yield _resampled(resampler, frame)


def _resampled(resampler: AudioResampler, frame: AudioFrame) -> Samples:
    parts = [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)
