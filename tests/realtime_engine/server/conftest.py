"""Fixtures of the server's tests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from realtime_engine.server import engine, rest
from realtime_engine.server.http import Request, Response
from tests.realtime_engine.server.support import ENGINE_KEY, NOW


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
