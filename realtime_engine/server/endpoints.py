"""Every REST endpoint behind one function, for who is in this process and needs no HTTP."""

from __future__ import annotations

import re

from asgiref.sync import sync_to_async

from realtime_engine.server import calls, rest
from realtime_engine.server.http import BASE, Request, Response

CALLS = re.compile(rf"{BASE}/realtime(?:/calls(?:/[^/]+/hangup)?)?")


async def handle(request: Request) -> Response:
    """Answers a request to any endpoint below ``/v1``; to be awaited in the loop where the calls live."""
    if CALLS.fullmatch(request.path):
        return await calls.handle(request)
    return await sync_to_async(rest.handle)(request)
