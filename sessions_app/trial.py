"""A request of the reference page: what a visitor typed, sent to a provider with the API key of this server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from sessions_app.errors import TrialError
from sessions_app.providers import KEPT_HEADERS, RealtimeProvider
from sessions_app.reference import Operation

MAX_BODY = 100_000  # characters; the longest instructions with every tool fit
MAX_PARAMETER = 128
MAX_READABLE = 1 << 20  # characters of an answer: deep nesting grows a thousandfold when it is indented
PARAMETER_PREFIX = "parameter-"
SAFE_PARAMETER = re.compile(r"[A-Za-z0-9_.:-]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` are those of interest, ``body`` is readable text."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def reason(self) -> str:
        """The status in words."""
        return responses.get(self.status, "")

    @property
    def ok(self) -> bool:
        return self.status < 400

    def to_json(self) -> dict[str, Any]:
        return {"status": self.status, "reason": self.reason, "headers": dict(self.headers), "body": self.body}


async def send(provider: RealtimeProvider, operation: Operation, asked: Mapping[str, str]) -> Answer:
    """Sends the operation with the body and parameters asked for. Raises TrialError or ProviderError."""
    body = asked.get("body", "") if operation.content_type else ""
    if len(body) > MAX_BODY:
        raise TrialError(f"Shorten the body to {MAX_BODY:,} characters (it has {len(body):,}).")
    content = body.encode(errors="replace")
    answer = await provider.send(operation.method, _target(operation, asked), content, operation.content_type)
    return _answer(answer)


def _target(operation: Operation, asked: Mapping[str, str]) -> str:
    """Path and query below the base URL; the path is the document's own, with its parameters filled in."""
    path, query = operation.path, {}
    for parameter in operation.parameters:
        value = asked.get(PARAMETER_PREFIX + parameter.name, "").strip()
        if len(value) > MAX_PARAMETER:
            raise TrialError(f"Shorten {parameter.name} to {MAX_PARAMETER} characters (it has {len(value)}).")
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", _path_part(parameter.name, value))
        elif value:
            query[parameter.name] = value
    return f"{path}?{urlencode(query)}" if query else path


def _path_part(name: str, value: str) -> str:
    """One part of a path: never several, and never one that leads up."""
    if not SAFE_PARAMETER.fullmatch(value) or not value.strip("."):
        raise TrialError(f"Enter letters, digits and any of _ . : - for {name}.")
    return quote(value, safe="")


def _answer(answer: httpx.Response) -> Answer:
    headers = {name.title(): answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    return Answer(answer.status_code, headers, _readable(answer))


def _readable(answer: httpx.Response) -> str:
    """JSON indented where that stays within bounds, anything else as it is."""
    text = answer.content.decode(errors="replace")
    try:
        return _indented(json.loads(text)) or text
    except (ValueError, RecursionError):
        return text


def _indented(document: Any) -> str | None:
    """None above MAX_READABLE, and no more is written than that."""
    pieces, length = [], 0
    for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(document):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_READABLE:
            return None
    return "".join(pieces)
