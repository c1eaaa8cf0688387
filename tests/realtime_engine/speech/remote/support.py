"""A server behind the engine, as far as a test needs one: a handler of requests at httpx's seam."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import httpx
from pydantic import SecretStr

from realtime_engine.core.ports import Job, JobFailed, JobResult, ReplyDone, SpeechDone, TranscriptDone
from realtime_engine.speech.client import Runner
from realtime_engine.speech.remote.service import Address, Kind, Service
from tests.patience import PATIENCE

KEY = "sk-secret-of-the-tests"
ENDS = (ReplyDone, SpeechDone, TranscriptDone, JobFailed)

Handler = Callable[[httpx.Request], httpx.Response]


def make_service(kind: Kind, handler: Handler, *, model: str = "m", total_seconds: float = 10) -> Service:
    """The service with this handler behind it; it retries without waiting."""
    address = Address("http://server.invalid/v1/", model, SecretStr(KEY))
    return Service(kind, address, httpx.MockTransport(handler), retry_seconds=0, total_seconds=total_seconds)


async def run(runner: Runner, *jobs: Job) -> list[JobResult]:
    """What the runner delivers for a job until it ends."""
    results: list[JobResult] = []
    ended = asyncio.Event()

    def deliver(result: JobResult) -> None:
        results.append(result)
        if isinstance(result, ENDS):
            ended.set()

    for job in jobs:
        runner.handle(job, deliver)
    async with asyncio.timeout(PATIENCE):
        await ended.wait()
    return results


class Pieces(httpx.AsyncByteStream):
    """A body that arrives in these pieces; ``closed`` tells that the reader let go of it."""

    def __init__(self, pieces: Iterable[bytes], *, hang: bool = False, error: Exception | None = None) -> None:
        self._pieces = list(pieces)
        self._hang = hang
        self._error = error
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error
        if self._hang:
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True


def sse(*events: Any, done: bool = True) -> list[bytes]:
    """Server-sent events with these documents."""
    sent = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return [*sent, b"data: [DONE]\n\n"] if done else sent


def stream(pieces: Iterable[bytes], content_type: str = "text/event-stream", **how: Any) -> httpx.Response:
    """An answer in pieces."""
    return httpx.Response(200, headers={"Content-Type": content_type}, stream=Pieces(pieces, **how))


def chunk(content: str | None = None, *, finish: str | None = None, calls: Any = None, **more: Any) -> dict[str, Any]:
    """One chunk of a chat completion."""
    delta = {"content": content} | ({"tool_calls": calls} if calls else {})
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **more,
    }
