"""Helpers of the server's tests: requests to the REST function, with the clock as a number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from realtime_engine.server import rest
from realtime_engine.server.http import Request, Response

NOW = 1_700_000_000
ENGINE_KEY = "sk-engine-key-of-the-tests-0123456789"


@pytest.fixture(autouse=True)
def _engine_key(settings: Any) -> None:
    settings.ENGINE_API_KEY = ENGINE_KEY


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
