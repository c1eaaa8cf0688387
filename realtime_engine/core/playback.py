"""What the listener has heard: the model's audio is played in real time, faster as it may be made."""

from __future__ import annotations

from realtime_api.server_events import OutputBufferCleared, OutputBufferStarted, OutputBufferStopped
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import PlayAudio, StopPlayback
from realtime_engine.core.ports import SESSION_RATE, Samples


class Playback:
    """The clock of one response's audio, from its first sample on."""

    def __init__(self) -> None:
        self._total = 0.0
        self._ends_at = 0.0

    def append(self, samples: int, now: float) -> None:
        """More audio; after an underrun playing goes on from now."""
        seconds = samples / SESSION_RATE
        self._ends_at = max(self._ends_at, now) + seconds
        self._total += seconds

    def lead(self, now: float) -> float:
        """Seconds of audio not played yet."""
        return max(0.0, self._ends_at - now)

    def played_ms(self, now: float) -> int:
        """Milliseconds of the response the listener has heard."""
        return int((self._total - self.lead(now)) * 1000)

    @property
    def ends_at(self) -> float:
        """When the last sample so far will have been played."""
        return self._ends_at


class TrackPlayback:
    """The model's audio track (WebRTC): tells the client when it starts, drains and is cleared."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._clock = Playback()
        self._response_id: str | None = None
        self._item_id = ""
        self._complete = False

    @property
    def playing(self) -> bool:
        return self._response_id is not None

    @property
    def ends_at(self) -> float | None:
        """When the track will have drained; None while more audio is to come or nothing plays."""
        return self._clock.ends_at if self.playing and self._complete else None

    def play(self, response_id: str, item_id: str, audio: Samples, now: float) -> None:
        """Queue audio of a response."""
        if self._response_id != response_id:
            self.handle_timer(now, force=True)
            self._clock = Playback()
            self._response_id, self._item_id, self._complete = response_id, item_id, False
            self._outbox.emit(OutputBufferStarted(response_id=response_id))
        self._clock.append(len(audio), now)
        self._outbox.put(PlayAudio(audio))

    def complete(self, response_id: str) -> None:
        """No more audio will come for this response."""
        self._complete = self._complete or response_id == self._response_id

    def clear(self, now: float) -> tuple[str, int] | None:
        """Stop at once; returns the item that played and the milliseconds of it that were heard."""
        if self._response_id is None:
            return None
        heard = self._item_id, self._clock.played_ms(now)
        self._outbox.put(StopPlayback())
        self._outbox.emit(OutputBufferCleared(response_id=self._response_id))
        self._response_id = None
        return heard

    def handle_timer(self, now: float, *, force: bool = False) -> None:
        """Report a drained track (``force``: another response takes the track over)."""
        if self._response_id is not None and self._complete and (force or now >= self._clock.ends_at):
            self._outbox.emit(OutputBufferStopped(response_id=self._response_id))
            self._response_id = None
