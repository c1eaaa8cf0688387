"""Clients that mean harm, or are broken: whatever they do, the next one is served, and memory is where it was."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.live import LiveServer, live_server
from tests.patience import PATIENCE
from tests.realtime_engine.server.caller import Caller
from tests.realtime_engine.server.support import text_message

MARGIN_MIB = 30  # what a process may keep after the worst of it: allocator, thread stacks, caches
UNREAD_MIB = 1
STALL_SECONDS = 2
SESSIONS = 12
STORY = {"type": "response.create", "response": {"conversation": "none", "instructions": "Tell me a long story."}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    limits = {
        "REALTIME_MAX_UNREAD_MIB": str(UNREAD_MIB),
        "REALTIME_MAX_STALL_SECONDS": str(STALL_SECONDS),
        "REALTIME_MAX_SESSIONS": str(SESSIONS),
        "REALTIME_MAX_SESSIONS_PER_KEY": str(SESSIONS),
    }
    with live_server(tmp_path_factory.mktemp("var"), **limits) as running:
        yield running


@asynccontextmanager
async def session(server: LiveServer, **options: Any) -> AsyncIterator[ClientConnection]:
    url = f"{server.api.replace('http', 'ws')}/realtime?model=gpt-realtime"
    headers = {"Authorization": f"Bearer {server.engine_key}"}
    async with connect(url, additional_headers=headers, max_size=None, proxy=None, **options) as connection:
        yield connection


async def event(connection: ClientConnection, *types: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while (received := json.loads(await connection.recv()))["type"] not in types:
            pass
    return dict(received)


async def normal_turn(server: LiveServer) -> None:
    """A text turn, answered in speech."""
    async with session(server) as connection:
        await event(connection, "session.created")
        await connection.send(json.dumps(text_message("What is two plus three?")))
        await connection.send(json.dumps({"type": "response.create"}))
        await event(connection, "response.output_audio.delta", "response.done")
        done = await event(connection, "response.done")
    assert done["response"]["status"] == "completed"


def resident_mib(server: LiveServer) -> float:
    """The server process's memory (Linux)."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def workers(server: LiveServer) -> list[int]:
    """The server's worker processes (Linux)."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def sessions(server: LiveServer) -> float:
    """How many sessions the server says it has."""
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("realtime_sessions{"))


async def all_gone(server: LiveServer, within: float = PATIENCE) -> None:
    async with asyncio.timeout(within):
        while sessions(server):  # noqa: ASYNC110 - the other process tells nobody
            await asyncio.sleep(0.2)


# --- what they do -------------------------------------------------------------------------------------------------


async def malformed(server: LiveServer) -> None:
    """A hundred things that are no events, then events with odd values; each is answered by an error."""
    chance = random.Random(5)
    odd = ["", "{", "[]", "null", "1", '"x"', "\x00", "{}", '{"type":7}', '{"type":"x"}', "[" * 5000, '{"a":' * 5000]
    noise = ["".join(chr(chance.randrange(32, 0x2FF)) for _ in range(50)) for _ in range(60)]
    async with session(server) as connection:
        await event(connection, "session.created")
        for text in [*odd, *noise]:
            await connection.send(text)
            await event(connection, "error")
        await connection.send(b"\x00\xff" * 100)
        await event(connection, "error")


async def oversized(server: LiveServer) -> None:
    """An append of 15.5 MiB of audio is refused and the session goes on; a frame of 30 MiB ends it."""
    audio = base64.b64encode(bytes(31 * 512 * 1024)).decode()
    async with session(server) as connection:
        await connection.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
        assert "15 MiB" in (await event(connection, "error"))["error"]["message"]
        await connection.send(json.dumps({"type": "input_audio_buffer.clear"}))
        await event(connection, "input_audio_buffer.cleared")
        with suppress(ConnectionClosed):
            await connection.send("x" * 30 * 1024 * 1024)
            await connection.wait_closed()
    async with httpx.AsyncClient() as client:
        with suppress(httpx.TransportError):  # it may hang up before all has been sent
            response = await client.post(f"{server.api}/realtime/calls", content=bytes(50 * 1024 * 1024))
            assert response.status_code == 413


async def flooding(server: LiveServer) -> None:
    """Audio and events as fast as the socket takes them, for a while."""
    append = json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(48_000)).decode()})

    async def pour(connection: ClientConnection) -> None:
        while True:
            await connection.send(append)
            await connection.send('{"type":"input_audio_buffer.clear"}')
            await connection.send('{"type":"nonsense"}')

    async with session(server, close_timeout=1) as connection:
        reading = asyncio.create_task(_read(connection))
        with suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                await pour(connection)
        reading.cancel()


async def _read(connection: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in connection:
            pass


async def crowding(server: LiveServer) -> None:
    """Three times as many sockets as there are places: the others are told so and closed."""

    everybody = asyncio.Barrier(3 * SESSIONS)

    async def one() -> str:
        async with session(server) as connection:
            first = await event(connection, "session.created", "error")
            await everybody.wait()
            return str(first.get("error", {}).get("code", "created"))

    codes = await asyncio.gather(*(one() for _ in range(3 * SESSIONS)))
    assert codes.count("created") == SESSIONS
    assert set(codes) == {"created", "engine_busy"}


async def abandoned(server: LiveServer) -> None:
    """Sockets that are cut in the middle of an answer, handshakes that never end, calls that nobody takes up."""
    for _ in range(10):
        async with session(server) as connection:
            await connection.send(json.dumps(STORY))
            await event(connection, "response.created")
            connection.transport.abort()
    host, port = server.url.removeprefix("http://").split(":")
    for _ in range(20):
        half = socket.create_connection((host, int(port)))
        half.sendall(b"GET /v1/realtime HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n")
        half.close()
    headers = {"Authorization": f"Bearer {server.engine_key}", "Content-Type": "application/sdp"}
    async with httpx.AsyncClient() as client:
        for _ in range(5):
            caller = Caller()
            answer = await client.post(f"{server.api}/realtime/calls", content=await caller.offer(), headers=headers)
            assert answer.status_code == 201
            await client.post(server.url + answer.headers["Location"] + "/hangup", headers=headers)
            await caller.hang_up()


async def deaf(server: LiveServer) -> None:
    """Clients that never read: their sessions end while their sockets stay."""
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(session(server, close_timeout=0.1)) for _ in range(4)]
        for connection in connections:
            await flood_with_answers(connection)
        await all_gone(server)
        for connection in connections:
            connection.transport.abort()


async def until_dropped(connection: ClientConnection) -> None:
    """Sends on until the far end is gone."""
    with suppress(ConnectionClosed):
        while True:
            await connection.send('{"type":"input_audio_buffer.clear"}')
            await asyncio.sleep(0.5)


async def flood_with_answers(connection: ClientConnection) -> None:
    """Stops reading, and asks for a long recording again and again."""
    audio = base64.b64encode(bytes(10 * 48_000)).decode()
    content = [{"type": "input_audio", "audio": audio}]
    item = {"type": "message", "id": "item_long", "role": "user", "content": content}
    await connection.send(json.dumps({"type": "conversation.item.create", "item": item}))
    await event(connection, "conversation.item.done")
    connection.transport.pause_reading()
    for _ in range(40):
        await connection.send('{"type":"conversation.item.retrieve","item_id":"item_long"}')


async def crashing_workers(server: LiveServer) -> None:
    """Recogniser and voice hang, get work, and are killed: the response fails and says why."""
    async with session(server) as connection:
        await event(connection, "session.created")
        victims = workers(server)
        for worker in victims:
            os.kill(worker, signal.SIGSTOP)
        await connection.send(json.dumps(text_message("Tell me a long story.")))
        await connection.send(json.dumps({"type": "response.create"}))
        await event(connection, "response.content_part.added")  # the voice has its first sentence
        for worker in victims:
            os.kill(worker, signal.SIGKILL)
        done = await event(connection, "response.done")
    assert done["response"]["status"] == "failed"
    assert done["response"]["status_details"]["error"]["code"] == "worker_crashed"


Abuse = Callable[[LiveServer], Awaitable[None]]
ABUSES: tuple[Abuse, ...] = (
    malformed, oversized, flooding, crowding, abandoned, deaf, *([crashing_workers] if sys.platform == "linux" else []),
)  # fmt: skip


@pytest.fixture(scope="module")
def suffered() -> set[Abuse]:
    """What the server went through already: it has taken the memory it needs for that."""
    return set()


@pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse.__name__)
async def test_server_serves_on(server: LiveServer, suffered: set[Abuse], abuse: Abuse) -> None:
    await abuse(server)
    suffered.add(abuse)
    await all_gone(server)
    await normal_turn(server)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
async def test_memory_is_where_it_was(server: LiveServer, suffered: set[Abuse]) -> None:
    for abuse in set(ABUSES) - suffered:
        await abuse(server)
    await all_gone(server)
    before = resident_mib(server)
    for abuse in ABUSES:
        await abuse(server)
    await all_gone(server)
    assert resident_mib(server) - before < MARGIN_MIB
    await normal_turn(server)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told to drop such a connection")
async def test_connection_of_a_client_that_never_reads_is_dropped(server: LiveServer) -> None:
    async with session(server, close_timeout=0.1, ping_interval=None) as connection:
        await flood_with_answers(connection)
        async with asyncio.timeout(STALL_SECONDS + PATIENCE):
            await until_dropped(connection)


async def test_log_tells_who_was_cut_off_and_no_key(server: LiveServer) -> None:
    await deaf(server)
    await all_gone(server)
    log = server.log.read_text()
    assert "a client that reads too slowly was cut off" in log
    assert server.engine_key not in log
    assert "a session failed" not in log
    assert "Exception in ASGI application" not in log
