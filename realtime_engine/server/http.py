"""HTTP as plain data, so that the endpoints know neither Django nor httpx: both wrap the same functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from realtime_api import documents
from realtime_api.errors import ApiError, InvalidRequest
from realtime_engine.server import metrics

BASE = "/v1"
MAX_BODY_BYTES = 1024 * 1024
MAX_JSON_DEPTH = 64
RETRY_AFTER_S = 5  # a full engine frees places one by one, as conversations end

Clock = Callable[[], float]
"""Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``path`` as on the wire (``/v1/...``), ``headers`` with names in any case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: str = ""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter; None where it is absent or empty."""
        return next(iter(parse_qs(self.query).get(name, [])), None)

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case; empty where none was sent."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def json_response(document: Any, status: int = 200) -> Response:
    """JSON that nobody may keep: it can hold a key."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(status, headers, json.dumps(document).encode())


def error_response(error: ApiError) -> Response:
    """The API's error body, with the headers that its status calls for."""
    metrics.rejected(error)
    response = json_response({"error": error.body()}, error.status)
    if error.status == 401:
        return Response(response.status, {**response.headers, "WWW-Authenticate": "Bearer"}, response.body)
    if error.status in (429, 503):
        return Response(response.status, {**response.headers, "Retry-After": str(RETRY_AFTER_S)}, response.body)
    return response


def unknown_url(request: Request) -> InvalidRequest:
    return InvalidRequest(f"Invalid URL ({request.method} {request.path[:200]})", "unknown_url", status=404)


def method_not_allowed(request: Request, allowed: Iterable[str]) -> Response:
    """405, naming the methods this path has."""
    message = f"Not allowed to {request.method} on {request.path[:200]}."
    response = error_response(InvalidRequest(message, "method_not_allowed", status=405))
    return Response(response.status, {**response.headers, "Allow": ", ".join([*allowed, "OPTIONS"])}, response.body)


def check_size(request: Request) -> None:
    """Raises InvalidRequest (413) for a body no endpoint here needs."""
    if len(request.body) > MAX_BODY_BYTES:
        raise InvalidRequest("The request body is larger than 1 MiB.", "request_too_large", status=413)


def json_body(request: Request) -> Any:
    """The JSON of a request; an absent body is an empty object. Raises InvalidRequest (413, 415, 400)."""
    check_size(request)
    if not request.body:
        return {}
    if request.content_type != "application/json":
        raise unsupported_content_type(request, "application/json")
    return parse_json(request.body)


def unsupported_content_type(request: Request, *supported: str) -> InvalidRequest:
    message = f"Unsupported content type: '{request.content_type[:80]}'. Supported: {', '.join(supported)}."
    return InvalidRequest(message, "unsupported_content_type", status=415)


def parse_json(text: bytes | str) -> Any:
    """JSON of bounded depth (what is stored must also be written again). Raises InvalidRequest."""
    document = documents.parse(text, "invalid_json", "We could not parse the JSON body of your request.")
    level = [document]
    for _ in range(MAX_JSON_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return document
    raise InvalidRequest(f"The JSON body is nested deeper than {MAX_JSON_DEPTH} levels.", "invalid_json")


def _children(node: Any) -> Iterable[Any]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()
