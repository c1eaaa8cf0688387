"""The WebSocket shell: who is it, what do they want, and then texts in and texts out."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any, cast

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from realtime_api.errors import ApiError, InvalidRequest
from realtime_engine.core.ports import Samples
from realtime_engine.server import admission, auth, bounds, calls, engine, metrics
from realtime_engine.server.distant import Call
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.keys import Grant
from realtime_engine.server.opening import (
    SUBPROTOCOL,
    Opening,
    choose_config,
    choose_dialect,
    shows_decisions,
    side_band_call,
    subprotocol_key,
)
from realtime_engine.server.session_log import session_id
from realtime_engine.server.writer import Writer

logger = logging.getLogger(__name__)

FATAL = 4000
PACE = "websocket.pace"
"""Extension of a server that reads sockets at its own pace, and wants to know when a session rests."""
BINARY_FRAME = InvalidRequest("Events are JSON text; binary frames are not used.", "invalid_event")


class SocketConnection:
    """A driver's view of a WebSocket: everything, audio too, leaves as JSON text."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.close = writer.close
        self.shows_decisions = False
        self.rest: Callable[[float], None] = lambda _patience_ms: None

    def send(self, event: dict[str, Any]) -> None:
        self._writer.put(json.dumps(event, separators=(",", ":")))

    def show_decision(self, event: dict[str, Any]) -> None:
        if self.shows_decisions:
            self.send(event)

    def play(self, audio: Samples) -> None:
        raise AssertionError("a WebSocket session sends its audio in events")

    def stop_playback(self) -> None:
        raise AssertionError("a WebSocket session sends its audio in events")


class RealtimeConsumer(AsyncWebsocketConsumer):
    """One WebSocket at ``/v1/realtime``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writer = Writer(
            self.send,
            self.close,
            max_queued=bounds.unread(),
            stalled_seconds=settings.ENGINE_MAX_STALL_SECONDS,
        )
        self._connection = SocketConnection(self._writer)
        self._receive: Callable[[str], Awaitable[None]] | None = None
        self._leave: Callable[[], None] = lambda: None
        self._tasks: list[asyncio.Task[None]] = []
        self._context = copy_context()  # the writer's, which begins before the session it logs about

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Messages one by one, as they come.

        Channels' own loop makes a task and a thread's round trip of each, for channel layers and database connections:
        a session has neither, and 50 messages a second.
        """
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                message = await receive()
                await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        """Always accepts: a browser learns nothing from a refused handshake, so refusals are told as events."""
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        self._tasks.append(asyncio.create_task(self._write(), context=self._context))
        try:
            await self._open()
        except ApiError as error:
            self._refuse(error, FATAL)
        except Exception:
            logger.exception("a connection could not be opened")
            self._refuse(engine.BROKEN, 1011)

    def _refuse(self, error: ApiError, code: int) -> None:
        metrics.rejected(error)
        self._connection.send(error_event(error))
        self._connection.close(code, close_reason(error))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            self._connection.send(error_event(BINARY_FRAME))
        elif self._receive is not None:
            await self._receive(text_data)

    async def disconnect(self, code: int) -> None:
        self._leave()
        writing, *running = self._tasks
        writing.cancel()
        await asyncio.gather(writing, *running, return_exceptions=True)

    async def _write(self) -> None:
        await self._writer.run()
        self._leave()  # nobody reads any more

    async def _open(self) -> None:
        """Starts the session this connection asks for, or joins a call. Raises ApiError."""
        headers = {name.lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        offered = list(self.scope["subprotocols"])
        query = self.scope["query_string"].decode("latin-1")
        key = auth.bearer(headers.get(b"authorization")) or subprotocol_key(offered)
        grant = await database_sync_to_async(auth.authenticate)(key, time.time())
        if (call_id := side_band_call(query)) is not None:
            await self._join(await calls.find(call_id, grant))
            return
        self._connection.shows_decisions = shows_decisions(query)
        dialect = choose_dialect(grant, headers.get(b"openai-beta"), offered)
        self._start(grant, Opening(grant.owner, choose_config(grant, query), dialect))

    def _start(self, grant: Grant, opening: Opening) -> None:
        running = engine.current()
        driver = running.driver(opening, self._connection, "events")
        leave = admission.of_this_process().admit(grant)
        self._context.run(session_id.set, driver.session.session_id)
        self._receive, self._leave = driver.receive, driver.stop
        if pace := (self.scope.get("extensions") or {}).get(PACE):
            self._connection.rest = cast("Callable[[float], None]", pace["rest"])
        self._tasks.append(running.run(driver, self._connection, leave))

    async def _join(self, call: Call) -> None:
        """A side-band connection: as long as the call, and no session of its own."""
        self._leave = await call.join(self._connection)
        self._receive = call.receive
