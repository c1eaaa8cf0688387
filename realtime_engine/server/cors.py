"""Cross-origin rules: any page may call, because a bearer key is no ambient authority (no cookie is ever looked at)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from realtime_engine.server.http import Request, Response

ALLOWED_HEADERS = ("authorization", "content-type", "openai-beta", "x-openai-agents-sdk")
EXPOSED_HEADERS = "Location, Retry-After"
PREFLIGHT_SECONDS = "600"
HEADER_NAME = re.compile(r"[a-z0-9-]{1,64}")
MAX_ASKED_HEADERS = 32


def with_cors(request: Request, response: Response) -> Response:
    """The response, readable by the page that asked."""
    if request.header("origin") is None:
        return response
    headers = {
        **response.headers,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
    }
    return Response(response.status, headers, response.body)


def preflight(request: Request, methods: Iterable[str]) -> Response:
    """The answer to OPTIONS; SDKs add headers of their own, so those asked for are allowed as well."""
    asked = (request.header("access-control-request-headers") or "").lower().split(",")
    names = [name.strip() for name in asked[:MAX_ASKED_HEADERS] if HEADER_NAME.fullmatch(name.strip())]
    headers = {
        "Allow": ", ".join([*methods, "OPTIONS"]),
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ", ".join(dict.fromkeys([*ALLOWED_HEADERS, *names])),
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    }
    return Response(204, headers)
