"""Fixtures of the server's tests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.server import calls, engine, rest
from realtime_engine.server.consumer import RealtimeConsumer
from realtime_engine.server.http import Request, Response
from tests.realtime_engine.server.caller import Caller
from tests.realtime_engine.server.support import ENGINE_KEY, MANUAL, NOW, Connect, Dial, MakeCaller, Socket, issue, post


@pytest.fixture(autouse=True)
def _engine_key(settings: Any) -> None:
    settings.ENGINE_API_KEY = ENGINE_KEY


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running_engine() -> AsyncIterator[None]:
    """The real engine with its models and workers, for the tests of one module."""
    await engine.start()
    yield
    await engine.stop()


@pytest.fixture
def ask(db: None) -> Callable[..., Response]:
    """Sends one request to the REST function, with the engine's own key unless told otherwise."""

    def ask(
        method: str, path: str, body: Any = None, *, key: str | None = ENGINE_KEY, now: float = NOW, **headers: str
    ) -> Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        if body is not None:
            sent.setdefault("content-type", "application/json")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return rest.handle(Request(method, f"/v1/{path}", sent, raw), clock=lambda: now)

    return ask


@pytest_asyncio.fixture(loop_scope="module")
async def make_caller(running_engine: None, transactional_db: None) -> AsyncIterator[MakeCaller]:
    """Makes callers, and hangs up after the test."""
    callers: list[Caller] = []

    def make_caller(**options: Any) -> Caller:
        callers.append(Caller(**options))
        return callers[-1]

    yield make_caller
    for caller in callers:
        await caller.hang_up()
    await calls.hang_up_all()


@pytest.fixture
def dial(make_caller: MakeCaller) -> Dial:
    """Makes a call with a key for this configuration."""

    async def dial(config: SessionConfig = MANUAL, dialect: Dialect = GA, **options: Any) -> tuple[Caller, Response]:
        caller = make_caller(**options)
        response = await post("calls", await caller.offer(), key=await issue(config, dialect))
        await caller.accept(response.body.decode())
        return caller, response

    return dial


@pytest_asyncio.fixture(loop_scope="module")
async def connect(running_engine: None, transactional_db: None) -> AsyncIterator[Connect]:
    """Opens sockets that are accepted, and closes what a test leaves open."""
    sockets: list[Socket] = []

    async def connect(query: str = "", *, key: str | None = None, offered: tuple[str, ...] = (), **headers: str) -> Any:
        sent = {"authorization": f"Bearer {key}"} if key else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in sent.items()]
        socket: Any = Socket(RealtimeConsumer.as_asgi(), f"/v1/realtime?{query}", raw, list(offered))
        accepted, socket.subprotocol = await socket.connect()
        assert accepted
        sockets.append(socket)
        return socket

    yield connect
    for socket in sockets:
        await socket.disconnect()
