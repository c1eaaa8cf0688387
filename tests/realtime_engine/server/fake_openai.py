"""A server of the OpenAI-compatible HTTP API, run by uvicorn in the test's own process: it says what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

Step = dict[str, Any] | asyncio.Event
"""A chunk of a chat completion, or something to wait for before the next one."""

SPEECH = bytes(9_600)  # 200 ms for every text


def say(text: str) -> Step:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def call(name: str, arguments: str) -> Step:
    function = {"index": 0, "id": "call_of_the_model", "function": {"name": name, "arguments": arguments}}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [function]}, "finish_reason": None}]}


STOP: Step = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


@dataclass
class FakeOpenAI:
    """What it was asked and what it answers; ``refusals`` holds a status per path that it refuses."""

    url: str = ""
    heard: str = "what time is it"
    replies: list[list[Step]] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)
    chats: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[dict[str, Any]] = field(default_factory=list)
    transcribed: list[bytes] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    left: asyncio.Event = field(default_factory=asyncio.Event)  # somebody closed a reply before its end
    last_token_sent: bool = False

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        assert scope["type"] == "http"
        self.keys.add(dict(scope["headers"]).get(b"authorization", b"").decode())
        body, path = await _body(receive), scope["path"].removeprefix("/v1")
        if path in self.refusals:
            refusal = {"error": {"message": "This is not for you."}}
            await _answer(send, "application/json", json.dumps(refusal).encode(), self.refusals[path])
        elif path == "/chat/completions":
            await self._chat(json.loads(body), receive, send)
        elif path == "/audio/speech":
            self.spoken.append(json.loads(body))
            await _answer(send, "audio/pcm", SPEECH)
        else:
            self.transcribed.append(body)
            await _answer(send, "application/json", json.dumps({"text": self.heard}).encode())

    async def _chat(self, asked: dict[str, Any], receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self.chats.append(asked)
        self.last_token_sent = False
        replying = asyncio.create_task(self._reply(self.replies.pop(0), send))
        leaving = asyncio.create_task(receive())  # nothing more is sent: this is the client going away
        await asyncio.wait([replying, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not replying.done():
            self.left.set()
        for task in (replying, leaving):
            task.cancel()
        await asyncio.gather(replying, leaving, return_exceptions=True)

    async def _reply(self, steps: list[Step], send: ASGISendCallable) -> None:
        await _start(send, "text/event-stream", 200)
        for step in steps:
            if isinstance(step, asyncio.Event):
                await step.wait()
            else:
                await _more(send, f"data: {json.dumps(step)}\n\n".encode())
        self.last_token_sent = True
        await _more(send, b"data: [DONE]\n\n")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: ASGIReceiveCallable) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        assert message["type"] == "http.request"
        body, more = body + message["body"], message["more_body"]
    return body


async def _start(send: ASGISendCallable, content_type: str, status: int) -> None:
    headers = [(b"content-type", content_type.encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})


async def _more(send: ASGISendCallable, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: ASGISendCallable, content_type: str, body: bytes, status: int = 200) -> None:
    await _start(send, content_type, status)
    await send({"type": "http.response.body", "body": body, "more_body": False})


@asynccontextmanager
async def fake_openai() -> AsyncIterator[FakeOpenAI]:
    """The server on a free port of this machine."""
    fake = FakeOpenAI()
    config = uvicorn.Config(fake, port=0, lifespan="off", ws="none", log_config=None)
    server = uvicorn.Server(config)
    with config.bind_socket() as listening:
        fake.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        serving = asyncio.create_task(server._serve([listening]))  # serve() would take over the process's signals
        yield fake
        server.should_exit = True
        await serving
