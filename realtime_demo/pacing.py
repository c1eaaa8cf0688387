"""WebSockets that are read together: with many callers, what costs is being woken for each 20 ms of each one's audio.

One wake-up for all finds the code and the model's weights still in the processor's caches, and often two messages of a
socket in one read: half the CPU at eight callers. It delays a message by PERIOD at most; a few callers are not delayed.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

PERIOD = 0.03
"""Seconds between two readings."""

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

    def holds(self, received: int) -> bool:
        """Whether a socket that brought so many bytes is to wait for the others."""
        return self.sockets > FEW and received <= LIVE_BYTES

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

    async def run_asgi(self) -> None:
        self.pace.sockets += 1
        try:
            await super().run_asgi()
        finally:
            self.pace.sockets -= 1

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.handshake_complete and self.pace.holds(len(data)) and not self.transport.is_closing():
            self._is_held = True
            self.transport.pause_reading()
            self.pace.hold(self)

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        if self._is_held and not self.transport.is_closing():
            self.transport.pause_reading()  # which taking the message has ended
        return message

    def release(self) -> None:
        self._is_held = False
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()
