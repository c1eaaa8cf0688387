"""Sockets of many callers are read together; nobody loses a message by that."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from realtime_demo.pacing import FEW, LIVE_BYTES, PACE, Pace, PacedSocket

MANY = FEW + 2


class Socket:
    """A socket that is not read for the moment."""

    def __init__(self, released: list[Socket]) -> None:
        self._released = released
        self.is_read = asyncio.Event()

    def release(self) -> None:
        self._released.append(self)
        self.is_read.set()


async def echo(scope: Any, receive: Any, send: Any) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "text": message["text"]})
            scope["extensions"][PACE]["rest"](math.inf)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where sockets of this kind say again what they hear."""
    config = uvicorn.Config(echo, ws=PacedSocket, log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: PacedSocket(config, ServerState(), {}), "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


HELD = {
    "few callers": (FEW, 10, 500.0, False),
    "many": (MANY, 10, 500.0, True),
    "a recording": (MANY, 10**6, 500.0, False),
    "near the end of a turn": (MANY, 10, 59.0, False),
}


@pytest.mark.parametrize(("sockets", "received", "patience_ms", "is_held"), HELD.values(), ids=HELD)
def test_live_audio_of_many_callers_is_held_where_it_may_be_late(
    sockets: int, received: int, patience_ms: float, is_held: bool
) -> None:
    pace = Pace()
    pace.sockets = sockets
    assert pace.holds(received, patience_ms) == is_held


async def test_all_that_are_held_are_read_together() -> None:
    pace, released = Pace(), list[Socket]()
    sockets = [Socket(released) for _ in range(3)]
    for socket in sockets:
        pace.hold(socket)
    assert released == []
    await asyncio.wait_for(sockets[0].is_read.wait(), 5)
    assert released == sockets


async def test_many_sockets_get_every_message_in_order(address: str) -> None:
    said = [str(number) * 10 for number in range(40)] + ["x" * 2 * LIVE_BYTES, "the end"]

    async def talk() -> list[str | bytes]:
        async with connect(address) as socket:
            for text in said:
                await socket.send(text)
            return [await socket.recv() for _ in said]

    assert await asyncio.gather(*(talk() for _ in range(MANY))) == [said] * MANY


async def test_sockets_that_have_left_are_not_counted(address: str) -> None:
    before = PacedSocket.pace.sockets
    async with connect(address) as socket:
        await socket.send("here")
        await socket.recv()
        assert PacedSocket.pace.sockets == before + 1
    async with asyncio.timeout(5):
        while PacedSocket.pace.sockets != before:  # noqa: ASYNC110 - nothing tells when uvicorn has let go
            await asyncio.sleep(0)
