"""The one task that writes to a socket, from a bounded queue."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from realtime_engine.server import metrics

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 2.0

Close = tuple[int, str]
TOO_SLOW: Close = (4008, "client_error.too_slow")


class Writer:
    """Sends texts in order; a reader who does not keep up is cut off, never buffered without end.

    ``send`` and ``close`` write to the transport and wait while it cannot take more. ``max_queued`` characters may wait
    (the core makes speech at most 20 s ahead: about 1.3 million), and one text may take ``stalled_seconds`` to leave.
    """

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int, str], Awaitable[None]],
        *,
        max_queued: int,
        stalled_seconds: float,
    ) -> None:
        self._send = send
        self._close = close
        self._max_queued = max_queued
        self._stalled_seconds = stalled_seconds
        self._queue: deque[str] = deque()
        self._queued = 0
        self._closing: Close | None = None
        self._wake = asyncio.Event()

    def put(self, text: str) -> None:
        """Queue a text; ignored once the connection is closing."""
        if self._closing is not None:
            return
        if self._queue and self._queued + len(text) > self._max_queued:  # one long event alone is no slow reader
            self._cut_off()
            return
        self._queue.append(text)
        self._queued += len(text)
        self._wake.set()

    def close(self, code: int, reason: str) -> None:
        """Close after what is queued; the first reason stands."""
        self._closing = self._closing or (code, reason)
        self._wake.set()

    async def run(self) -> None:
        """Until closed, or until the peer is gone; returns after the close frame."""
        with suppress(OSError):  # the ASGI server's word for a peer that has gone; TimeoutError is one, too
            while self._queue or self._closing is None:
                await self._write_all()
                if self._closing is None:
                    await self._wake.wait()
                    self._wake.clear()
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._close(*self._closing)

    async def _write_all(self) -> None:
        while self._queue:
            text = self._queue.popleft()
            self._queued -= len(text)
            try:
                async with asyncio.timeout(self._stalled_seconds):
                    await self._send(text)
            except TimeoutError:
                self._cut_off()

    def _cut_off(self) -> None:
        metrics.REJECTIONS.labels("too_slow").inc()
        logger.warning("a client that reads too slowly was cut off, %d characters behind", self._queued)
        self._queue.clear()
        self._queued = 0
        self._closing = TOO_SLOW
        self._wake.set()
