"""What several of the server's tests need."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.core.ports import Job, Samples
from realtime_engine.server import calls, keys
from realtime_engine.server.http import Request, Response
from realtime_engine.speech.client import Deliver
from tests.patience import PATIENCE
from tests.realtime_engine.server.caller import Caller

NOW = 1_700_000_000
ENGINE_KEY = "sk-engine-key-of-the-tests-0123456789"
FAR_FUTURE = 4_000_000_000

TEXT_SESSION = SessionConfig(output_modality="text")
MANUAL = SessionConfig(turn_detection=None)
SDP = {"content-type": "application/sdp"}

Connect = Callable[..., Awaitable[WebsocketCommunicator]]
MakeCaller = Callable[..., Caller]
Dial = Callable[..., Awaitable[tuple[Caller, Response]]]


async def issue(config: SessionConfig, dialect: Dialect = GA) -> str:
    """A key that is valid while the tests run."""
    return (await database_sync_to_async(keys.issue)(config, dialect, 60, FAR_FUTURE)).value


async def post(
    path: str, body: str | bytes = b"", *, key: str = ENGINE_KEY, query: str = "", **headers: str
) -> Response:
    raw = body.encode() if isinstance(body, str) else body
    sent = SDP | {name.replace("_", "-"): value for name, value in headers.items()} | {"authorization": f"Bearer {key}"}
    return await calls.handle(Request("POST", f"/v1/realtime/{path}".rstrip("/"), sent, raw, query))


class Socket(WebsocketCommunicator):
    """One end of a WebSocket, with more patience than a second."""

    async def connect(self, within: float = PATIENCE) -> Any:
        return await super().connect(within)

    async def receive_output(self, within: float = PATIENCE) -> Any:
        return await super().receive_output(max(within, PATIENCE))

    async def disconnect(self, code: int = 1000, within: float = PATIENCE) -> None:
        await super().disconnect(code, within)


async def closed(socket: WebsocketCommunicator) -> tuple[int, str]:
    frame = await socket.receive_output()
    assert frame["type"] == "websocket.close"
    return frame["code"], frame["reason"]


async def until(condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Waits for what another task brings about; fails when it does not."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the other task knows nothing of this one
            await asyncio.sleep(0.01)


def text_message(text: str) -> dict[str, object]:
    """A conversation.item.create event with the user's text."""
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}


def append(seconds: float) -> str:
    """An input_audio_buffer.append event with that much silence."""
    audio = base64.b64encode(bytes(int(seconds * 48_000))).decode()
    return json.dumps({"type": "input_audio_buffer.append", "audio": audio})


@dataclass
class Client:
    """The far end of a connection, and of the worker processes: keeps what it is told."""

    events: list[dict[str, Any]] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    jobs: list[Job] = field(default_factory=list)
    patience_ms: float | None = None

    def send(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def show_decision(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    def play(self, audio: Samples) -> None: ...

    def stop_playback(self) -> None: ...

    def rest(self, patience_ms: float) -> None:
        self.patience_ms = patience_ms

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def handle(self, job: Job, deliver: Deliver) -> None:
        self.jobs.append(job)

    def has(self, event_type: str) -> bool:
        return any(event["type"] == event_type for event in self.events)
