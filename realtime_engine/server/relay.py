"""Messages and notes between the processes of one site, through Redis.

Where Redis does not answer, the log says so and each process goes on by itself: nothing here raises, or waits long.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0
RETRY_SECONDS = 1.0
OWN_CHANNEL = "realtime:nothing"  # one must subscribe to something before one can listen

Handler = Callable[[str], None]


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
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.listen(OWN_CHANNEL, lambda _: None)
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._subscription.aclose()  # type: ignore[no-untyped-call]
        await self._listener.aclose()
        await self._redis.aclose()

    async def keep(self, name: str, text: str, seconds: int) -> None:
        """A note that every process can read, for so long."""
        async with _told("a note"):
            await self._redis.set(name, text, ex=seconds)

    async def kept(self, name: str) -> str | None:
        """The note; None where there is none."""
        async with _told("a note"):
            text = await self._redis.get(name)
            return text if isinstance(text, str) else None
        return None

    async def drop(self, name: str) -> None:
        """The note is no longer true."""
        async with _told("a note"):
            await self._redis.delete(name)

    async def tell(self, channel: str, message: str) -> bool:
        """Whether anybody heard it; who awaits each of its messages keeps to the pace of Redis."""
        async with _told("a message"):
            return bool(await self._redis.publish(channel, message))
        return False

    async def listen(self, channel: str, handler: Handler) -> None:
        """From now on ``handler`` gets what is said there."""
        self._handlers[channel] = handler
        async with _told("a subscription"):
            await self._subscription.subscribe(channel)

    async def forget(self, channel: str) -> None:
        """No longer."""
        self._handlers.pop(channel, None)
        async with _told("a subscription"):
            await self._subscription.unsubscribe(channel)

    async def _listen(self) -> None:
        while True:
            try:
                async for received in self._subscription.listen():
                    self._hand_over(received["channel"], received["data"])
            except RedisError as error:
                _log("listening", error)
            await asyncio.sleep(RETRY_SECONDS)

    def _hand_over(self, channel: str, message: str) -> None:
        """One message that its handler fails at must not end the listening for all calls."""
        try:
            if channel in self._handlers:
                self._handlers[channel](message)
        except Exception:
            logger.exception("a message between processes could not be handled")


@asynccontextmanager
async def _told(what: str) -> AsyncIterator[None]:
    """Passes over what Redis refuses, or does not answer in time, and logs it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except (RedisError, TimeoutError) as error:
        _log(what, error)


def _log(what: str, error: Exception) -> None:
    logger.error("%s between processes failed: %s", what, type(error).__name__)
