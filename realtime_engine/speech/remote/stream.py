"""Bodies of answers, read with bounds: whole, in bytes, or as server-sent events."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx

MAX_EVENT = 1 << 18
"""Bytes of one server-sent event."""


DONE = "[DONE]"
"""What servers send behind the last event."""


class TooLong(Exception):
    """The server sends more than any answer could need."""


async def chunks(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises TooLong behind ``most`` bytes."""
    taken = 0
    async for chunk in response.aiter_bytes():
        taken += len(chunk)
        if taken > most:
            raise TooLong
        yield chunk


async def whole(response: httpx.Response, most: int) -> bytes:
    """The whole body. Raises TooLong."""
    return b"".join([chunk async for chunk in chunks(response, most)])


async def events(response: httpx.Response, most: int) -> AsyncIterator[str]:
    """The data of each server-sent event, the last one's ``DONE`` included. Raises TooLong."""
    waiting, data = b"", []
    async for chunk in chunks(response, most):
        *lines, waiting = (waiting + chunk).split(b"\n")
        if len(waiting) > MAX_EVENT or any(len(line) > MAX_EVENT for line in lines):
            raise TooLong
        for line in lines:
            field, _, value = line.rstrip(b"\r").partition(b":")
            if field == b"data":
                data.append(value.removeprefix(b" ").decode(errors="replace"))
            elif not field and data:
                yield "\n".join(data)
                data = []


def is_events(response: httpx.Response) -> bool:
    """Whether the server streams events."""
    return content_type(response) == "text/event-stream"


def content_type(response: httpx.Response) -> str:
    """The media type without parameters, in lower case."""
    header: str = response.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()


def parameter(response: httpx.Response, name: str) -> str:
    """The value of one of the media type's parameters, such as ``rate``; empty where it is absent."""
    found = re.search(rf";\s*{name}\s*=([^;]*)", response.headers.get("content-type", ""), re.IGNORECASE)
    return found[1].strip(' "') if found else ""
