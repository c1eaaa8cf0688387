"""Calls of other processes: side-band connections and hang-ups may come to any process of a site.

A call's process keeps a note in Redis of who owns the call, and listens on a channel of the same name for what the
others ask; each side-band connection has a channel of its own for what it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from realtime_api.errors import ApiError, InvalidRequest
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.ids import new_id
from realtime_engine.server.side_band import Follower

if TYPE_CHECKING:  # Redis is an extra
    from realtime_engine.server.relay import Message, Relay

MAX_WAITING = 1000  # client events of one side-band connection that its call has not taken in
TOO_FAST = InvalidRequest("Events come faster than the call takes them in.", "rate_limit_exceeded", status=429)


class Call(Protocol):
    """A call, wherever it runs."""

    @property
    def owner(self) -> str:
        """Names the key that made it."""

    async def join(self, connection: Follower) -> Callable[[], None]:
        """Lets a side-band connection see the call's events; returns what ends that. Raises InvalidRequest (429)."""

    async def receive(self, message: str) -> None:
        """A client event from a side-band connection."""

    def close(self, code: int, reason: str) -> None:
        """Ends the call."""


class Shared:
    """A call of this process, for the others to reach."""

    def __init__(self, call_id: str, call: Call, relay: Relay) -> None:
        self._channel = _channel(call_id)
        self._call = call
        self._relay = relay
        self._sides: dict[str, DistantSide] = {}

    async def open(self, seconds: int) -> None:
        """To be reached from now on, for ``seconds`` at most."""
        await self._relay.keep(self._channel, self._call.owner, seconds)
        await self._relay.listen(self._channel, self._handle)

    async def close(self) -> None:
        """The call is over."""
        for side in self._sides.values():
            side.stop()
        await self._relay.forget(self._channel)
        await self._relay.drop(self._channel)

    def _handle(self, message: Message) -> None:
        match message:
            case {"verb": "join", "side": name}:
                self._sides[name] = DistantSide(name, self._call, self._relay)
            case {"verb": "say", "side": name, "text": text} if name in self._sides:
                self._sides[name].take(text)
            case {"verb": "leave", "side": name} if name in self._sides:
                self._sides.pop(name).stop()
            case {"verb": "close", "code": code, "reason": reason}:
                self._call.close(code, reason)


class DistantSide:
    """A side-band connection that another process holds."""

    def __init__(self, name: str, call: Call, relay: Relay) -> None:
        self._name = name
        self._call = call
        self._relay = relay
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._task = asyncio.create_task(self._run())

    def send(self, event: dict[str, Any]) -> None:
        self._relay.say(self._name, {"event": event})

    def close(self, code: int, reason: str) -> None:
        self._relay.say(self._name, {"close": [code, reason]})

    def take(self, text: str) -> None:
        """A client event from there."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._refuse(TOO_FAST)

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        try:
            leave = await self._call.join(self)
        except ApiError as error:
            self._refuse(error)
            return
        try:
            while True:
                await self._call.receive(await self._waiting.get())
        finally:
            leave()

    def _refuse(self, error: ApiError) -> None:
        self.send(error_event(error))
        self.close(4000, close_reason(error))


class DistantCall:
    """A call of another process, as this one reaches it."""

    def __init__(self, channel: str, owner: str, relay: Relay) -> None:
        self.owner = owner
        self._channel = channel
        self._relay = relay
        self._side = f"realtime:{new_id('side')}"
        self._leaving: asyncio.Task[None] | None = None

    async def join(self, connection: Follower) -> Callable[[], None]:
        def handle(message: Message) -> None:
            if "event" in message:
                connection.send(message["event"])
            else:
                connection.close(*message["close"])

        await self._relay.listen(self._side, handle)
        self._say("join")
        return self._leave

    async def receive(self, message: str) -> None:
        self._say("say", text=message)

    def close(self, code: int, reason: str) -> None:
        self._say("close", code=code, reason=reason)

    def _leave(self) -> None:
        if self._leaving is None:
            self._say("leave")
            self._leaving = asyncio.create_task(self._relay.forget(self._side))

    def _say(self, verb: str, **rest: Any) -> None:
        self._relay.say(self._channel, {"verb": verb, "side": self._side, **rest})


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
    """Within, the other processes can reach this call."""
    if not _running:
        yield
        return
    sharing = Shared(call_id, call, _running[0])
    await sharing.open(settings.ENGINE_SESSION_SECONDS)
    try:
        yield
    finally:
        await sharing.close()


async def find(call_id: str) -> DistantCall | None:
    """A call of another process; None where there is none."""
    if not _running:
        return None
    owner = await _running[0].kept(_channel(call_id))
    return None if owner is None else DistantCall(_channel(call_id), owner, _running[0])


def _channel(call_id: str) -> str:
    return f"realtime:{call_id}"
