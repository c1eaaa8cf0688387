"""The WebSocket shell: who is it, what do they want, and then texts in and texts out."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime_api.errors import ApiError, InvalidRequest
from realtime_engine.core.ports import Samples
from realtime_engine.server import admission, auth, engine
from realtime_engine.server.driver import Driver
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.opening import SUBPROTOCOL, Opening, choose_config, choose_dialect, subprotocol_key
from realtime_engine.server.writer import Writer

FATAL = 4000
BINARY_FRAME = InvalidRequest("Events are JSON text; binary frames are not used.", "invalid_event")


class SocketConnection:
    """A driver's view of a WebSocket: everything, audio too, leaves as JSON text."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.close = writer.close

    def send(self, event: dict[str, Any]) -> None:
        self._writer.put(json.dumps(event, separators=(",", ":")))

    def play(self, audio: Samples) -> None:
        raise AssertionError("a WebSocket session sends its audio in events")

    def stop_playback(self) -> None:
        raise AssertionError("a WebSocket session sends its audio in events")


class RealtimeConsumer(AsyncWebsocketConsumer):
    """One WebSocket at ``/v1/realtime``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writer = Writer(self.send, self.close)
        self._connection = SocketConnection(self._writer)
        self._driver: Driver | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        """Always accepts: a browser learns nothing from a refused handshake, so refusals are told as events."""
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        self._tasks.append(asyncio.create_task(self._write()))
        try:
            self._start(await self._opening())
        except ApiError as error:
            self._connection.send(error_event(error))
            self._connection.close(FATAL, close_reason(error))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            self._connection.send(error_event(BINARY_FRAME))
        elif self._driver is not None:
            await self._driver.receive(text_data)

    async def disconnect(self, code: int) -> None:
        if self._driver is not None:
            self._driver.stop()
        writing, *running = self._tasks
        writing.cancel()
        await asyncio.gather(writing, *running, return_exceptions=True)

    async def _write(self) -> None:
        await self._writer.run()
        if self._driver is not None:  # nobody reads any more
            self._driver.stop()

    async def _opening(self) -> Opening:
        """What this connection asks for, and may. Raises ApiError."""
        headers = {name.lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        offered = list(self.scope["subprotocols"])
        key = auth.bearer(headers.get(b"authorization")) or subprotocol_key(offered)
        grant = await database_sync_to_async(auth.authenticate)(key, time.time())
        dialect = choose_dialect(grant, headers.get(b"openai-beta"), offered)
        config = choose_config(grant, self.scope["query_string"].decode("latin-1"))
        return Opening(grant.owner, config, dialect)

    def _start(self, opening: Opening) -> None:
        running = engine.current()
        driver = running.driver(opening, self._connection, "events")
        leave = admission.of_this_process().admit(opening.owner)
        self._driver = driver
        self._tasks.append(running.run(driver, self._connection, leave))
