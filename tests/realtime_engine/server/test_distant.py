"""A site of two processes: a call that one of them answered is followed and hung up through the other."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from openai import AsyncOpenAI, NotFoundError
from websockets.exceptions import ConnectionClosed

from realtime_api.errors import InvalidRequest
from realtime_engine.server import distant
from realtime_engine.server.distant import DistantCall, Shared
from realtime_engine.server.relay import Relay
from realtime_engine.server.side_band import Follower, SideBands
from tests.live import LiveServer, live_server
from tests.patience import PATIENCE
from tests.realtime_engine.server.caller import Caller
from tests.realtime_engine.server.support import Client, text_message, until

Clients = tuple[AsyncOpenAI, AsyncOpenAI]


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Redis of REDIS_URL, else one of the tests' own."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no REDIS_URL, and no redis-server on this machine")
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
    deadline = time.monotonic() + PATIENCE
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
        async with asyncio.timeout(PATIENCE):
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
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ConnectionClosed):
                await _read_all(connection)


async def _read_all(connection: object) -> None:
    while True:
        await connection.recv()  # type: ignore[attr-defined]


async def test_hangup_reaches_the_call(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    await clients[1].realtime.calls.hangup(call_id)
    await asyncio.wait_for(caller.closed.wait(), PATIENCE)
    await caller.hang_up()


async def test_call_that_has_ended_is_not_found(clients: Clients) -> None:
    caller, call_id = await call(clients[0])
    await clients[0].realtime.calls.hangup(call_id)
    await caller.closed.wait()
    await caller.hang_up()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(NotFoundError):
            await _hang_up_for_ever(clients[1], call_id)


async def _hang_up_for_ever(client: AsyncOpenAI, call_id: str) -> None:
    while True:  # the other process tells nobody when it has tidied up
        await client.realtime.calls.hangup(call_id)


class SlowCall:
    """Takes in its events when told to, and tells whoever follows it how many those were."""

    owner = "key"

    def __init__(self) -> None:
        self.side_bands = SideBands()
        self.received: list[str] = []
        self.awake = asyncio.Event()

    async def join(self, connection: Follower) -> Callable[[], None]:
        self.side_bands.join(connection)
        return lambda: self.side_bands.leave(connection)

    async def receive(self, message: str) -> None:
        await self.awake.wait()
        self.received.append(message)

    async def hang_up(self) -> None: ...


@asynccontextmanager
async def relay_to(url: str) -> AsyncIterator[Relay]:
    relay = Relay(url)
    await relay.start()
    yield relay
    await relay.stop()


@asynccontextmanager
async def shared_call(url: str, call_id: str) -> AsyncIterator[tuple[SlowCall, Shared, DistantCall]]:
    """A call, how it is shared by its process, and as another process reaches it."""
    async with relay_to(url) as here, relay_to(url) as there:
        call = SlowCall()
        sharing = Shared(call_id, call, here)
        opening = asyncio.create_task(sharing.stay_open())
        while (owner := await there.kept(f"realtime:{call_id}")) is None:  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.01)
        yield call, sharing, DistantCall(f"realtime:{call_id}", owner, there)
        opening.cancel()
        await sharing.close()


async def test_side_band_waits_while_the_call_is_behind_and_nothing_is_lost(redis_url: str) -> None:
    async with shared_call(redis_url, "rtc_slow") as (call, _, other):
        leave = await other.join(Client())
        sending = asyncio.create_task(_send_all(other, 200))
        await asyncio.sleep(0.2)
        assert not sending.done()
        call.awake.set()
        await asyncio.wait_for(sending, PATIENCE)
        assert call.received == [str(number) for number in range(200)]
        leave()


async def _send_all(call: DistantCall, count: int) -> None:
    for number in range(count):
        await call.receive(str(number))


async def test_burst_of_events_reaches_the_side_band_in_order(redis_url: str) -> None:
    async with shared_call(redis_url, "rtc_burst") as (call, _, other):
        client = Client()
        await other.join(client)
        await until(lambda: bool(call.side_bands._connections))
        for number in range(1000):
            call.side_bands.send({"type": "burst", "number": number})
        call.side_bands.close(1000, "over")
        await until(lambda: client.closed is not None)
        assert [event["number"] for event in client.events] == list(range(1000))
        assert client.closed == (1000, "over")


async def test_side_band_that_does_not_keep_up_is_cut_off(redis_url: str, settings: Any) -> None:
    settings.ENGINE_MAX_UNREAD_MIB = 1
    async with shared_call(redis_url, "rtc_flood") as (call, _, other):
        client = Client()
        await other.join(client)
        await until(lambda: bool(call.side_bands._connections))
        for _ in range(5):
            call.side_bands.send({"type": "long", "text": "x" * 400_000})
        await until(lambda: client.closed is not None)
        assert client.closed == (4008, "client_error.too_slow")


async def test_whoever_joins_a_call_that_is_ending_is_told_so(redis_url: str) -> None:
    async with shared_call(redis_url, "rtc_ending") as (call, _, other):
        call.side_bands.close(1000, "over")
        client = Client()
        await other.join(client)
        await until(lambda: client.closed is not None)
        assert client.closed == (4000, "invalid_request_error.call_not_found")


async def test_call_whose_process_was_killed_is_not_found(redis_url: str) -> None:
    async with relay_to(redis_url) as relay:
        orphan = DistantCall("realtime:rtc_orphan", "key", relay)  # its note is still there
        with pytest.raises(InvalidRequest, match="no such call"):
            await orphan.hang_up()
        with pytest.raises(InvalidRequest, match="no such call"):
            await orphan.join(Client())


async def test_side_band_learns_that_the_process_of_its_call_is_gone(redis_url: str) -> None:
    async with shared_call(redis_url, "rtc_gone") as (call, sharing, other):
        client = Client()
        await other.join(client)
        call.awake.set()
        await other.receive("heard")
        await sharing._relay.forget("realtime:rtc_gone")
        await other.receive("unheard")
        assert client.closed == (4000, "server_error.call_unreachable")


async def test_side_band_that_only_listens_learns_it_too(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distant, "REFRESH_SECONDS", 0.05)
    async with relay_to(redis_url) as relay, relay_to(redis_url) as killed:
        await killed.listen("realtime:rtc_killed", lambda _: None)
        client = Client()
        leave = await DistantCall("realtime:rtc_killed", "key", relay).join(client)
        await asyncio.sleep(0.3)
        assert client.closed is None
        await killed.forget("realtime:rtc_killed")
        await until(lambda: client.closed == (4000, "server_error.call_unreachable"))
        leave()
        await asyncio.sleep(0.1)  # the goodbye


async def test_message_that_cannot_be_handled_ends_nothing(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with shared_call(redis_url, "rtc_broken") as (call, sharing, other):
        assert await sharing._relay.tell("realtime:rtc_broken", "{")
        call.awake.set()
        await other.join(Client())
        await other.receive("after")
        assert call.received == ["after"]
    assert "could not be handled" in caplog.text
