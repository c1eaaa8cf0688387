"""The embedded engine as an HTTP server inside this process: no port, no nested request, no second connection."""

from __future__ import annotations

import httpx

from realtime_engine.server import endpoints, http

BASE_URL = "http://engine.invalid/v1"
"""Resolves nowhere (RFC 6761): without the transport a request fails instead of leaving the machine."""


class EngineTransport(httpx.AsyncBaseTransport):
    """Calls the functions that the engine's own views call."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        plain = http.Request(
            method=request.method,
            path=request.url.path,
            headers=dict(request.headers),
            body=await request.aread(),
            query=request.url.query.decode(),
        )
        answer = await endpoints.handle(plain)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
