"""Messages and notes between the processes of one site, through Redis.

Where Redis does not answer, the log says so and each process goes on by itself: nothing here raises.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

MAX_WAITING = 1000  # messages on their way to Redis
ANSWER_SECONDS = 2.0
RETRY_SECONDS = 1.0
OWN_CHANNEL = "realtime:nothing"  # one must subscribe to something before one can listen

Message = dict[str, Any]
Handler = Callable[[Message], None]


class Relay:
    """Channels, and notes that expire; one relay per process."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        # No timeout on this socket: it would end a subscription in which nothing is said for a while.
        self._listener = Redis.from_url(url, decode_responses=True, socket_timeout=None)
        self._subscription = self._listener.pubsub(ignore_subscribe_messages=True)
        self._handlers: dict[str, Handler] = {}
        self._outgoing: asyncio.Queue[tuple[str, Message]] = asyncio.Queue(MAX_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self.listen(OWN_CHANNEL, lambda _: None)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._publish())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._subscription.aclose()  # type: ignore[no-untyped-call]
        await self._listener.aclose()
        await self._redis.aclose()

    async def keep(self, name: str, text: str, seconds: int) -> None:
        """A note that every process can read, for so long."""
        with _told("a note"):
            await self._redis.set(name, text, ex=seconds)

    async def kept(self, name: str) -> str | None:
        """The note; None where there is none."""
        with _told("a note"):
            text = await self._redis.get(name)
            return text if isinstance(text, str) else None
        return None

    async def drop(self, name: str) -> None:
        """The note is no longer true."""
        with _told("a note"):
            await self._redis.delete(name)

    def say(self, channel: str, message: Message) -> None:
        """Queues a message; where Redis is too far behind it is lost, and the log says so."""
        try:
            self._outgoing.put_nowait((channel, message))
        except asyncio.QueueFull:
            logger.error("Redis does not keep up: a message between processes is lost")

    async def listen(self, channel: str, handler: Handler) -> None:
        """From now on ``handler`` gets what is said there."""
        self._handlers[channel] = handler
        with _told("a subscription"):
            await self._subscription.subscribe(channel)

    async def forget(self, channel: str) -> None:
        """No longer."""
        self._handlers.pop(channel, None)
        with _told("a subscription"):
            await self._subscription.unsubscribe(channel)

    async def _listen(self) -> None:
        while True:
            with _told("listening"):
                async for received in self._subscription.listen():
                    self._hand_over(received["channel"], received["data"])
            await asyncio.sleep(RETRY_SECONDS)

    def _hand_over(self, channel: str, text: str) -> None:
        if channel in self._handlers:
            self._handlers[channel](json.loads(text))

    async def _publish(self) -> None:
        while True:
            channel, message = await self._outgoing.get()
            with _told("a message"):
                await self._redis.publish(channel, json.dumps(message))


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Passes over what Redis refuses, and logs it."""
    try:
        yield
    except RedisError as error:
        logger.error("%s between processes failed: %s", what, type(error).__name__)
