"""The engine of this process: models, worker pools and the sessions that run on them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial

from django.conf import settings

from realtime_api.errors import ApiError, ServerError
from realtime_engine.core.outputs import Media
from realtime_engine.core.ports import ENGLISH
from realtime_engine.core.session import RealtimeSession
from realtime_engine.server import bounds, effects
from realtime_engine.server.backends import Backends
from realtime_engine.server.driver import Connection, Driver
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.ids import new_id
from realtime_engine.server.jobs import Jobs, JudgePool, Workshop
from realtime_engine.server.memory import Tidying
from realtime_engine.server.metrics import WorkerCollector
from realtime_engine.server.opening import Opening
from realtime_engine.speech.client import WorkerPool
from realtime_engine.speech.ports import LocalSpeechPorts

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 2.0
SHUTTING_DOWN = ServerError(
    "The server is shutting down. Connect again in a moment.", "server_shutting_down", status=503
)
BROKEN = ServerError("The engine failed where it should not have. Please start another session.", "internal_error")

TRANSPORTS: dict[Media, str] = {"events": "websocket", "track": "webrtc"}


class Engine:
    """Starts, runs and ends sessions. One per process, made by the lifespan."""

    def __init__(self, ports: LocalSpeechPorts, backends: Backends) -> None:
        self._ports = ports
        self._backends = backends
        self._judges = JudgePool(ports.judge) if ports.judge else None
        self._workshop = Workshop(self._judges, backends.recogniser, backends.voice, backends.answerer)
        self.collector = WorkerCollector(backends.pools)
        self._live: dict[asyncio.Task[None], Connection] = {}
        self._tidying = Tidying()

    @classmethod
    async def start(cls) -> Engine:
        """Loads the models and starts the worker processes, so that no conversation waits for them."""
        ports = await asyncio.to_thread(LocalSpeechPorts.load)
        for part, reason in ports.degraded().items():
            logger.warning("%s is degraded: %s", part, reason)
        backends = Backends.from_settings()
        await backends.start()
        return cls(ports, backends)

    @property
    def languages(self) -> Collection[str] | None:
        """What can be transcribed; None where it is not known before."""
        return self._backends.languages

    @property
    def pools(self) -> Sequence[WorkerPool]:
        """The worker processes by kind."""
        return self._backends.pools

    async def stop(self) -> None:
        """Tells every client, ends every session, stops the workers."""
        for connection in list(self._live.values()):
            self._end(connection, SHUTTING_DOWN, 1012)
        if self._live:
            await asyncio.wait(self._live, timeout=DRAIN_SECONDS)
        self._tidying.stop()
        if self._judges is not None:
            self._judges.close()
        await self._backends.stop()

    def driver(self, opening: Opening, connection: Connection, media: Media) -> Driver:
        """A new session, not yet started, and what runs it."""
        seconds = settings.ENGINE_SESSION_SECONDS
        session = RealtimeSession(
            opening.config,
            opening.dialect,
            ports=self._ports,
            new_id=new_id,
            media=media,
            now=asyncio.get_running_loop().time(),
            expires_at=int(time.time()) + seconds,
            session_seconds=seconds,
            limits=bounds.limits(),
            answerer=effects.has_language_model(),
            languages=self.languages,
            degraded=self._ports.degraded(),
        )
        return Driver(session, connection, partial(Jobs, self._workshop), TRANSPORTS[media])

    def run(self, driver: Driver, connection: Connection, leave: Callable[[], None]) -> asyncio.Task[None]:
        """Runs the session; at its end the connection is closed and ``leave`` gives its place back."""
        task = asyncio.create_task(self._run(driver))
        self._live[task] = connection
        task.add_done_callback(partial(self._ended, leave))
        return task

    @staticmethod
    async def _run(driver: Driver) -> None:
        try:
            await driver.run()
        except Exception:
            logger.exception("a session failed")  # here, where the log knows which
            raise

    def _ended(self, leave: Callable[[], None], task: asyncio.Task[None]) -> None:
        leave()
        self._tidying.soon()
        connection = self._live.pop(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            connection.close(1000, "")
        else:
            self._end(connection, BROKEN, 1011)

    @staticmethod
    def _end(connection: Connection, error: ApiError, code: int) -> None:
        connection.send(error_event(error))
        connection.close(code, close_reason(error))


_running: list[Engine] = []
"""The engine between lifespan's startup and shutdown: at most one."""


async def start() -> None:
    """Starts this process's engine."""
    running = await Engine.start()
    running.collector.start()
    _running.append(running)


async def stop() -> None:
    """Stops it; new sessions are refused from now on."""
    while _running:
        running = _running.pop()
        running.collector.stop()
        await running.stop()


def languages() -> Collection[str] | None:
    """What can be transcribed here; None where it is not known before, as long as no engine runs that could tell."""
    if _running:
        return _running[0].languages
    return None if effects.has_other_recogniser() else ENGLISH


def current() -> Engine:
    """The running engine. Raises ServerError (503) before startup and after shutdown."""
    if not _running:
        raise ServerError("The engine is not running on this server.", "engine_not_running", status=503)
    return _running[0]
