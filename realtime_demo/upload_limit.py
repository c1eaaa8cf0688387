"""A bound on request bodies, before Django writes them to disk."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

READABLE_ANYWHERE = (b"access-control-allow-origin", b"*")
"""Pages of other sites may call the engine, and are to see why they were refused; this answer tells nothing else."""

MAX_BODY_BYTES = 2 * 1024 * 1024  # twice what the engine's REST endpoints take; forms and SDP are far smaller


class _TooLarge(Exception):
    pass


class UploadLimit:
    """Answers 413 to a request whose body is, or turns out to be, larger than ``max_bytes``."""

    def __init__(self, application: Application, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._application = application
        self._max_bytes = max_bytes

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _declared(scope["headers"]) > self._max_bytes:
            await self._refuse(send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise _TooLarge
            return message

        try:
            await self._application(scope, bounded, send)
        except _TooLarge:
            await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        message = f"The request body is too large: at most {self._max_bytes} bytes."
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": "request_too_large"}
        headers = [(b"content-type", b"application/json"), (b"connection", b"close"), READABLE_ANYWHERE]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        body = json.dumps({"error": error}).encode()
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    value = dict(headers).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0
