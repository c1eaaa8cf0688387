"""A site of two processes: a call that one of them answered is followed and hung up through the other."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
from openai import AsyncOpenAI, NotFoundError
from websockets.exceptions import ConnectionClosed

from tests.live import LiveServer, live_server
from tests.realtime_engine.server.caller import Caller
from tests.realtime_engine.server.support import text_message

START_SECONDS = 5

Clients = tuple[AsyncOpenAI, AsyncOpenAI]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the tests' own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    folder = str(tmp_path_factory.mktemp("redis"))
    command = [program, "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as redis:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            redis.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def site(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, LiveServer]]:
    options = {"REDIS_URL": redis_url, "REALTIME_RECOGNISERS": "1", "REALTIME_VOICES": "1"}
    with (
        live_server(tmp_path_factory.mktemp("one"), **options) as one,
        live_server(tmp_path_factory.mktemp("other"), **options) as other,
    ):
        yield one, other


@pytest.fixture
async def clients(site: tuple[LiveServer, LiveServer]) -> AsyncIterator[Clients]:
    """One client of each process."""
    one, other = (AsyncOpenAI(base_url=server.api, api_key=server.engine_key, max_retries=0) for server in site)
    async with one, other:
        yield one, other


async def call(client: AsyncOpenAI) -> tuple[Caller, str]:
    caller = Caller()
    answer = await client.realtime.calls.create(sdp=await caller.offer())
    await caller.accept(answer.text)
    await caller.event("session.created")
    return caller, answer.response.headers["location"].rpartition("/")[2]


async def test_side_band_connection_reaches_the_call(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    async with clients[1].realtime.connect(call_id=call_id) as connection:
        assert (await connection.recv()).type == "session.created"
        await connection.send(text_message("What is two plus three?"))  # type: ignore[arg-type]
        await connection.response.create(response={"output_modalities": ["text"]})
        done = await caller.event("response.done")
        async with asyncio.timeout(5):
            while (event := await connection.recv()).type != "response.done":
                pass
        assert event.event_id == done["event_id"]
    caller.send(type="input_audio_buffer.clear")
    await caller.event("input_audio_buffer.cleared")
    await caller.hang_up()


async def test_side_band_connection_ends_with_the_call(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    async with clients[1].realtime.connect(call_id=call_id) as connection:
        await connection.recv()
        await caller.hang_up()
        async with asyncio.timeout(10):
            with pytest.raises(ConnectionClosed):
                await _read_all(connection)


async def _read_all(connection: object) -> None:
    while True:
        await connection.recv()  # type: ignore[attr-defined]


async def test_hangup_reaches_the_call(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    await clients[1].realtime.calls.hangup(call_id)
    await asyncio.wait_for(caller.closed.wait(), 5)
    await caller.hang_up()


async def test_call_that_has_ended_is_not_found(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    await clients[0].realtime.calls.hangup(call_id)
    await caller.closed.wait()
    await caller.hang_up()
    await asyncio.sleep(1)  # the other process tells nobody when it has tidied up
    with pytest.raises(NotFoundError):
        await clients[1].realtime.calls.hangup(call_id)
