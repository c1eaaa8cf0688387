"""WebSockets that are read together: with many callers, what costs is being woken for each 20 ms of each one's audio.

One wake-up for all finds the code and the model's weights still in the processor's caches, and several messages of a
socket in one read: half the CPU at eight callers. Only who says so, through an extension of the ASGI scope, is read
later, and by PERIOD at most: where turns are detected nobody says so near the end of one (a client's own commit is
late). A few callers are not delayed at all.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

PERIOD = 0.06
"""Seconds between two readings."""

PACE = "websocket.pace"
"""The extension; the application calls its ``rest(patience_ms)`` when all is done and more may come so late."""

FEW = 3
"""So many sockets are read as data comes."""

LIVE_BYTES = 8192
"""What audio in real time brings at once at most; a socket that brings more is in a hurry."""


class Held(Protocol):
    """A socket that is not read for the moment."""

    def release(self) -> None:
        """Read it again."""


class Pace:
    """When the sockets of a process are read."""

    def __init__(self) -> None:
        self.sockets = 0
        self._held: list[Held] = []

    def holds(self, received: int, patience_ms: float) -> bool:
        """Whether a socket that brought so many bytes, and may be read so late, is to wait for the others."""
        return self.sockets > FEW and received <= LIVE_BYTES and patience_ms >= PERIOD * 1000

    def hold(self, socket: Held) -> None:
        """Release the socket at the next reading, with all others."""
        if not self._held:
            loop = asyncio.get_running_loop()
            loop.call_at((loop.time() // PERIOD + 1) * PERIOD, self._release)
        self._held.append(socket)

    def _release(self) -> None:
        held, self._held = self._held, []
        for socket in held:
            with contextlib.suppress(OSError, RuntimeError):  # of a transport that is being closed; the others go on
                socket.release()


class PacedSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, at the process's pace. (uvicorn itself pauses reading while a message is not yet taken.)"""

    pace = Pace()
    _is_held = False
    _received = 0  # bytes, in the latest reading

    async def run_asgi(self) -> None:
        extensions = self.scope["extensions"]
        assert extensions is not None  # uvicorn has one of its own
        extensions[PACE] = {"rest": self.rest}
        self.pace.sockets += 1
        try:
            await super().run_asgi()
        finally:
            self.pace.sockets -= 1

    def data_received(self, data: bytes) -> None:
        self._received = len(data)
        super().data_received(data)

    def rest(self, patience_ms: float) -> None:
        """The application has nothing left to do; what comes next may be so late."""
        if self.read_paused or self.transport.is_closing():  # there are messages that it has not taken yet
            return
        holds = self.pace.holds(self._received, patience_ms)
        if holds and not self._is_held:
            self._is_held = True
            self.transport.pause_reading()
            self.pace.hold(self)
        elif self._is_held and not holds:
            self.release()

    def release(self) -> None:
        self._is_held = False
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()
