"""Calls of other processes: side-band connections and hang-ups may come to any process of a site.

A call's process keeps a note in Redis of who owns the call, and listens on a channel of the same name for what the
others ask; each side-band connection has a channel of its own for what it is sent. Of each connection's client events
one is on its way at a time: the next is sent when the call has taken that in, so that nothing piles up in between.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from realtime_api.errors import ApiError, InvalidRequest, ServerError
from realtime_engine.server import bounds
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.ids import new_id
from realtime_engine.server.side_band import Follower, not_found
from realtime_engine.server.writer import Writer

if TYPE_CHECKING:  # Redis is an extra
    from realtime_engine.server.relay import Relay

NOTE_SECONDS = 30  # how long a call whose process was killed still seems to be there
REFRESH_SECONDS = 10.0
TAKEN_SECONDS = 30.0  # a call takes in what it is sent once it has begun, or ends: within 20 s
END_SECONDS = 2.0
MAX_MISSES = 3  # refreshes at which nobody hears a side-band connection: one may be a short trouble of Redis

TOO_FAST = InvalidRequest("Events come faster than the call takes them in.", "rate_limit_exceeded", status=429)
NO_ANSWER = ServerError("The process that holds this call does not answer.", "call_unreachable", status=503)


class Call(Protocol):
    """A call, wherever it runs."""

    @property
    def owner(self) -> str:
        """Names the key that made it."""

    async def join(self, connection: Follower) -> Callable[[], None]:
        """Lets a side-band connection see the call's events; returns what ends that. Raises InvalidRequest (4xx)."""

    async def receive(self, message: str) -> None:
        """A client event from a side-band connection; waits until the call has taken it in."""

    async def hang_up(self) -> None:
        """Ends the call. Raises InvalidRequest (404) where its process is gone."""


class Shared:
    """A call of this process, for the others to reach."""

    def __init__(self, call_id: str, call: Call, relay: Relay) -> None:
        self._channel = _channel(call_id)
        self._call = call
        self._relay = relay
        self._sides: dict[str, DistantSide] = {}
        self._hanging_up: asyncio.Task[None] | None = None

    async def stay_open(self) -> None:
        """To be reached as long as this runs; a Redis that forgets is told again."""
        while True:
            await self._relay.listen(self._channel, self._handle)
            await self._relay.keep(self._channel, self._call.owner, NOTE_SECONDS)
            await asyncio.sleep(REFRESH_SECONDS)

    async def close(self) -> None:
        """The call is over; whoever still joins is told so."""
        await self._relay.drop(self._channel)
        await self._relay.forget(self._channel)
        await asyncio.gather(*(side.end() for side in self._sides.values()))

    def _handle(self, message: str) -> None:
        match json.loads(message):
            case {"verb": "join", "side": name}:
                self._sides[name] = DistantSide(name, self._call, self._relay)
            case {"verb": "say", "side": name, "text": text} if name in self._sides:
                self._sides[name].take(text)
            case {"verb": "leave", "side": name} if name in self._sides:
                self._sides.pop(name).stop()
            case {"verb": "hang_up"}:
                self._hanging_up = asyncio.create_task(self._call.hang_up())


class DistantSide:
    """A side-band connection that another process holds."""

    def __init__(self, name: str, call: Call, relay: Relay) -> None:
        self._name = name
        self._call = call
        self._relay = relay
        self._said: asyncio.Queue[str] = asyncio.Queue(1)
        self._writer = Writer(
            self._tell_event,
            self._tell_close,
            max_queued=bounds.unread(),
            stalled_seconds=settings.ENGINE_MAX_STALL_SECONDS,
        )
        self._writing = asyncio.create_task(self._writer.run())
        self._reading = asyncio.create_task(self._read())

    def send(self, event: dict[str, Any]) -> None:
        self._writer.put(json.dumps(event, separators=(",", ":")))

    def close(self, code: int, reason: str) -> None:
        self._writer.close(code, reason)

    def take(self, text: str) -> None:
        """A client event from there; its process waits with the next until this one has been taken in."""
        try:
            self._said.put_nowait(text)
        except asyncio.QueueFull:
            self._refuse(TOO_FAST)

    def stop(self) -> None:
        """It is gone."""
        self._reading.cancel()
        self._writing.cancel()

    async def end(self) -> None:
        """The call is over: what is queued may still leave."""
        self.close(1000, "")
        await asyncio.wait([self._writing], timeout=END_SECONDS)
        self.stop()

    async def _read(self) -> None:
        try:
            leave = await self._call.join(self)
        except ApiError as error:
            self._refuse(error)
            return
        try:
            while True:
                await self._call.receive(await self._said.get())
                await self._tell(taken=True)
        finally:
            leave()

    def _refuse(self, error: ApiError) -> None:
        self.send(error_event(error))
        self.close(4000, close_reason(error))

    async def _tell_event(self, text: str) -> None:
        await self._tell(event=text)

    async def _tell_close(self, code: int, reason: str) -> None:
        await self._tell(close=[code, reason])

    async def _tell(self, **message: Any) -> None:
        await self._relay.tell(self._name, json.dumps(message))


class DistantCall:
    """A call of another process, as this one reaches it."""

    def __init__(self, channel: str, owner: str, relay: Relay) -> None:
        self.owner = owner
        self._channel = channel
        self._relay = relay
        self._side = f"realtime:{new_id('side')}"
        self._connection: Follower | None = None
        self._taken = asyncio.Event()
        self._over = False
        self._watching: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def join(self, connection: Follower) -> Callable[[], None]:
        self._connection = connection
        await self._relay.listen(self._side, self._handle)
        try:
            await self._ask("join")
        except InvalidRequest:
            await self._relay.forget(self._side)
            raise
        self._watching = asyncio.create_task(self._watch())
        return self._leave

    async def receive(self, message: str) -> None:
        if self._over:
            return
        self._taken.clear()
        try:
            await self._ask("say", text=message)
            await asyncio.wait_for(self._taken.wait(), TAKEN_SECONDS)
        except (InvalidRequest, TimeoutError):
            self._refuse(NO_ANSWER)

    async def hang_up(self) -> None:
        await self._ask("hang_up")

    def _handle(self, message: str) -> None:
        assert self._connection is not None
        match json.loads(message):
            case {"event": event}:
                self._connection.send(json.loads(event))
            case {"close": [code, reason]}:
                self._close(code, reason)
            case {"taken": _}:
                self._taken.set()

    def _refuse(self, error: ApiError) -> None:
        assert self._connection is not None
        self._connection.send(error_event(error))
        self._close(4000, close_reason(error))

    def _close(self, code: int, reason: str) -> None:
        """For this side-band connection, the call is over: nobody waits for it any more."""
        assert self._connection is not None
        self._connection.close(code, reason)
        self._over = True
        self._taken.set()

    async def _watch(self) -> None:
        """Who only listens would never learn that the call's process was killed."""
        misses = 0
        while misses < MAX_MISSES:
            await asyncio.sleep(REFRESH_SECONDS)
            misses = 0 if await self._tell("watch") else misses + 1
        self._refuse(NO_ANSWER)

    def _leave(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        await self._tell("leave")
        await self._relay.forget(self._side)

    async def _ask(self, verb: str, **rest: Any) -> None:
        """Raises InvalidRequest (404) where nobody hears it: the call's process is gone, or forgot the call."""
        if not await self._tell(verb, **rest):
            raise not_found()

    async def _tell(self, verb: str, **rest: Any) -> bool:
        return await self._relay.tell(self._channel, json.dumps({"verb": verb, "side": self._side, **rest}))


_running: list[Relay] = []
"""The relay between lifespan's startup and shutdown, where the settings name a Redis: at most one."""


async def start() -> None:
    """Starts this process's relay; without REDIS_URL a site is one process, and needs none."""
    if not settings.REDIS_URL:
        return
    from realtime_engine.server.relay import Relay

    relay = Relay(settings.REDIS_URL)
    await relay.start()
    _running.append(relay)


async def stop() -> None:
    """Stops it."""
    while _running:
        await _running.pop().stop()


@asynccontextmanager
async def shared(call_id: str, call: Call) -> AsyncIterator[None]:
    """Within, the other processes can reach this call, once Redis has been told: a slow one holds no call up."""
    if not _running:
        yield
        return
    sharing = Shared(call_id, call, _running[0])
    opening = asyncio.create_task(sharing.stay_open())
    try:
        yield
    finally:
        opening.cancel()
        await sharing.close()


async def find(call_id: str) -> DistantCall | None:
    """A call of another process; None where there is none."""
    if not _running:
        return None
    owner = await _running[0].kept(_channel(call_id))
    return None if owner is None else DistantCall(_channel(call_id), owner, _running[0])


def _channel(call_id: str) -> str:
    return f"realtime:{call_id}"
