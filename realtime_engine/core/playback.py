"""What the listener has heard: the model's audio is played in real time, faster as it may be made."""

from __future__ import annotations

import itertools
import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from realtime_api.server_events import OutputBufferCleared, OutputBufferStarted, OutputBufferStopped
from realtime_engine.core.input_buffer import AUDIO_PER_MS
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import PlayAudio, StopPlayback
from realtime_engine.core.ports import SESSION_RATE, Samples

REMEMBERED_S = 1.0
"""How long audio is kept after it was played, for whoever wants to know what the microphone may hear of it."""


class Playback(Protocol):
    """Where the audio of one response goes."""

    @property
    def ends_at(self) -> float:
        """When the last sample so far will have been played, in monotonic seconds; long past without audio."""
        ...

    def play(self, item_id: str, audio: Samples, now: float) -> None:
        """More audio of an item."""
        ...

    def complete(self) -> None:
        """No more audio will come."""
        ...


class ClientPlayback:
    """Audio sent in events: the client plays each response by itself, from its first sample on."""

    def __init__(self) -> None:
        self.ends_at = 0.0

    def play(self, item_id: str, audio: Samples, now: float) -> None:
        """After an underrun playing goes on from now."""
        self.ends_at = max(self.ends_at, now) + len(audio) / SESSION_RATE

    def complete(self) -> None:
        """Nothing to tell: the client sees response.done."""


@dataclass(frozen=True, slots=True)
class Cut:
    """An item whose audio was stopped before its end, and how much of it was heard."""

    item_id: str
    audio_end_ms: int


@dataclass(slots=True)
class _Chunk:
    """Audio of one item; ``start`` is samples of the item before it, ``starts_at`` monotonic seconds."""

    item_id: str
    start: int
    audio: Samples
    starts_at: float = math.inf  # not on the track yet

    @property
    def ends_at(self) -> float:
        return self.starts_at + len(self.audio) / SESSION_RATE

    def played(self, now: float) -> int:
        """How many of its samples were heard."""
        return 0 if now <= self.starts_at else min(len(self.audio), round((now - self.starts_at) * SESSION_RATE))

    def rest(self, now: float) -> _Chunk:
        """What of it was not heard."""
        played = self.played(now)
        return _Chunk(self.item_id, self.start + played, self.audio[played:])


@dataclass(slots=True, eq=False)
class _Queued:
    """One response on the track; ``chunks`` is its audio that was not all played when last looked at, never empty."""

    response_id: str
    out_of_band: bool
    chunks: list[_Chunk] = field(default_factory=list)
    started: bool = False
    complete: bool = False

    @property
    def drained_at(self) -> float | None:
        """When the client may be told that it has stopped; None while it has not started or more is to come."""
        return self.chunks[-1].ends_at if self.started and self.complete else None

    def cuts(self, now: float) -> list[Cut]:
        """Its items that were not heard to their end."""
        heard: dict[str, int] = {}
        for chunk in self.chunks:
            if chunk.ends_at > now:
                heard.setdefault(chunk.item_id, chunk.start + chunk.played(now))
        return [Cut(item_id, samples // AUDIO_PER_MS) for item_id, samples in heard.items()]


class TrackPlayback:
    """The model's audio track (WebRTC): responses one after the other on one clock.

    Only the first response in the queue has its audio on the track; when it has brought all of it, the next follows.
    The client is told of each response when its audio starts, drains and is cleared.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._queue: deque[_Queued] = deque()
        self._sent: deque[_Chunk] = deque()  # on the track, or played not long ago
        self._ends_at = 0.0

    def of_response(self, response_id: str, *, out_of_band: bool) -> Playback:
        """Where one response puts its audio."""
        return _ResponsePlayback(self, _Queued(response_id, out_of_band))

    @property
    def responses(self) -> set[str]:
        """The responses that play or wait."""
        return {queued.response_id for queued in self._queue}

    @property
    def next_timer(self) -> float | None:
        """When the first response starts to be heard or has been heard; at once where the track waits for audio."""
        if not self._queue:
            return None
        if next(self._to_send(), None) is not None:
            return 0.0
        first = self._queue[0]
        return first.drained_at if first.started else first.chunks[0].starts_at

    def handle_timer(self, now: float) -> None:
        """Send what the track waits for; tell the client which responses started and which stopped."""
        self._forget_played(now)
        self._send_ready(now)
        while self._queue:
            first = self._queue[0]
            if not first.started and first.chunks[0].starts_at <= now:
                first.started = True
                self._outbox.emit(OutputBufferStarted(response_id=first.response_id))
            if first.drained_at is None or first.drained_at > now:
                return
            self._queue.popleft()
            self._outbox.emit(OutputBufferStopped(response_id=first.response_id))

    def clear(self, now: float, *, keep_out_of_band: bool) -> list[Cut]:
        """Stop at once what plays or waits; returns the items that were cut, in playing order.

        Out-of-band responses may be kept: they go on where they were.
        """
        self.handle_timer(now)
        stopped = [queued for queued in self._queue if not (keep_out_of_band and queued.out_of_band)]
        cuts = [cut for queued in stopped for cut in queued.cuts(now)]
        self._queue = deque(queued for queued in self._queue if queued not in stopped)
        if stopped:
            self._restart(now)
        for queued in stopped:
            if queued.started:
                self._outbox.emit(OutputBufferCleared(response_id=queued.response_id))
        return cuts

    def played(self, start: float, end: float) -> Samples:
        """What the track played from ``start`` to ``end`` (monotonic seconds, at most REMEMBERED_S ago), at
        SESSION_RATE; silence where it played nothing.
        """
        heard = np.zeros(max(0, round((end - start) * SESSION_RATE)), dtype=np.int16)
        for chunk in self._sent:
            position = round((chunk.starts_at - start) * SESSION_RATE)
            first, last = max(0, position), min(len(heard), position + len(chunk.audio))
            if first < last:
                heard[first:last] = chunk.audio[first - position : last - position]
        return heard

    # --- one clock for all responses ---

    def add(self, queued: _Queued, chunk: _Chunk, now: float) -> None:
        """Audio of one response, which waits its turn."""
        if queued not in self._queue:
            self._queue.append(queued)
        queued.chunks.append(chunk)
        self.handle_timer(now)

    def ends_at(self, queued: _Queued) -> float:
        """When the last sample of a response so far will have been played, as far as it can be known."""
        end = self._ends_at
        for other in self._queue:
            end += sum(len(chunk.audio) for chunk in other.chunks if chunk.starts_at == math.inf) / SESSION_RATE
            if other is queued:
                last = queued.chunks[-1].ends_at
                return end if last == math.inf else last
        return 0.0

    def _may_send(self, queued: _Queued) -> bool:
        """Whether everything before it has brought all of its audio."""
        before = itertools.takewhile(lambda other: other is not queued, self._queue)
        return all(other.complete for other in before)

    def _to_send(self) -> Iterator[_Chunk]:
        """What is not on the track yet and has nothing unfinished before it."""
        for queued in filter(self._may_send, self._queue):
            yield from (chunk for chunk in queued.chunks if chunk.starts_at == math.inf)

    def _send_ready(self, now: float) -> None:
        for chunk in self._to_send():
            self._send(chunk, now)

    def _send(self, chunk: _Chunk, now: float) -> None:
        """Put it on the track; after an underrun playing goes on from now."""
        chunk.starts_at = max(self._ends_at, now)
        self._ends_at = chunk.ends_at
        self._sent.append(chunk)
        if len(chunk.audio):  # nothing is left of a chunk that was played to its end before a restart
            self._outbox.put(PlayAudio(chunk.audio))

    def _restart(self, now: float) -> None:
        """Empty the track, and put on it again what is still to be heard."""
        self._outbox.put(StopPlayback())
        self._ends_at = now
        for queued in self._queue:
            queued.chunks = [chunk.rest(now) for chunk in queued.chunks]
        for chunk in self._sent:
            chunk.audio = chunk.audio[: chunk.played(now)]
        self._send_ready(now)

    def _forget_played(self, now: float) -> None:
        while self._sent and self._sent[0].ends_at < now - REMEMBERED_S:
            self._sent.popleft()
        for queued in self._queue:
            while len(queued.chunks) > 1 and queued.chunks[0].ends_at <= now:
                queued.chunks.pop(0)


class _ResponsePlayback:
    """One response's way to the track."""

    def __init__(self, track: TrackPlayback, queued: _Queued) -> None:
        self._track = track
        self._queued = queued
        self._lengths: Counter[str] = Counter()  # item -> samples so far

    @property
    def ends_at(self) -> float:
        return self._track.ends_at(self._queued)

    def play(self, item_id: str, audio: Samples, now: float) -> None:
        if len(audio):
            self._track.add(self._queued, _Chunk(item_id, self._lengths[item_id], audio), now)
            self._lengths[item_id] += len(audio)

    def complete(self) -> None:
        self._queued.complete = True
