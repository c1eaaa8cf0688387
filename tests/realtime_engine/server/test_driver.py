"""The driver: one session in order, many sessions fairly, and an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial

import pytest

from realtime_api.config import SessionConfig
from realtime_api.ga import GA
from realtime_engine.core.ports import CancelJob, Speak
from realtime_engine.core.session import RealtimeSession
from realtime_engine.server import driver
from realtime_engine.server.driver import Driver
from realtime_engine.server.ids import new_id
from realtime_engine.server.jobs import Jobs, Workshop
from realtime_engine.speech.ports import LocalSpeechPorts
from tests.patience import PATIENCE
from tests.realtime_engine.server.support import TEXT_SESSION, Client, append, text_message, until

Make = Callable[..., tuple[Driver, Client]]


@pytest.fixture(scope="module")
def ports() -> LocalSpeechPorts:
    return LocalSpeechPorts.load()


@pytest.fixture
def make(ports: LocalSpeechPorts) -> Make:
    """Makes a driver of a real session, and the client at its other end."""

    def make(config: SessionConfig = TEXT_SESSION, seconds: float = 60) -> tuple[Driver, Client]:
        client = Client()
        now = asyncio.get_running_loop().time()
        session = RealtimeSession(
            config, GA, ports=ports, new_id=new_id, media="events", now=now, expires_at=0, session_seconds=seconds
        )
        workshop = Workshop(None, recogniser=client, voice=client)
        return Driver(session, client, partial(Jobs, workshop), "websocket"), client

    return make


async def test_messages_are_answered_in_order(make: Make) -> None:
    running, client = make()
    task = asyncio.create_task(running.run())
    for number in range(20):
        await running.receive(json.dumps({"type": "no such event", "event_id": str(number)}))
    await until(lambda: len(client.events) == 21)
    running.stop()
    await task
    assert [event["error"]["event_id"] for event in client.events[1:]] == [str(number) for number in range(20)]


async def test_message_waits_until_the_audio_before_it_is_processed(make: Make) -> None:
    running, client = make()
    running.receive_nowait(append(5))
    running.receive_nowait(json.dumps({"type": "input_audio_buffer.clear"}))
    task = asyncio.create_task(running.run())
    async with asyncio.timeout(PATIENCE):
        while not running.session.backlog:  # noqa: ASYNC110 - it lasts a few turns of the loop only
            await asyncio.sleep(0)
    assert not client.has("input_audio_buffer.cleared")
    await until(lambda: client.has("input_audio_buffer.cleared"))
    running.stop()
    await task


async def test_long_append_of_one_session_does_not_hold_up_another(make: Make) -> None:
    busy, _ = make()
    quick, client = make()
    busy.receive_nowait(append(120))
    tasks = [asyncio.create_task(one.run()) for one in (busy, quick)]
    await until(lambda: busy.session.backlog)
    quick.receive_nowait(json.dumps(text_message("Hello")))
    quick.receive_nowait(json.dumps({"type": "response.create"}))
    await until(lambda: client.has("response.done"))
    assert busy.session.backlog
    for one in (busy, quick):
        one.stop()
    await asyncio.gather(*tasks)


async def test_who_brings_more_than_the_core_takes_has_to_wait(make: Make) -> None:
    running, _ = make()
    while running.receive_nowait("x" * 10_000):
        pass
    waiting = asyncio.create_task(running.receive("y"))
    await asyncio.sleep(0)
    assert not waiting.done()
    task = asyncio.create_task(running.run())
    await waiting
    running.stop()
    await task


async def test_timer_of_the_session_is_kept(make: Make) -> None:
    running, client = make(seconds=0.05)
    await asyncio.wait_for(running.run(), PATIENCE)
    assert client.events[-1]["error"]["code"] == "session_expired"
    assert client.closed == (4000, "invalid_request_error.session_expired")


async def test_the_connection_is_told_at_rest_by_how_much_audio_may_be_late(make: Make) -> None:
    running, client = make(SessionConfig())
    running.receive_nowait(append(1))
    task = asyncio.create_task(running.run())
    await until(lambda: client.patience_ms == 60)  # after silence
    running.stop()
    await task


async def test_end_cancels_what_runs(make: Make) -> None:
    running, client = make(SessionConfig())
    task = asyncio.create_task(running.run())
    await running.receive(json.dumps(text_message("Hello")))
    await running.receive(json.dumps({"type": "response.create"}))
    await until(lambda: any(isinstance(job, Speak) for job in client.jobs))
    running.stop()
    await task
    assert CancelJob(client.jobs[0].job_id) in client.jobs


async def test_log_tells_of_the_session_and_of_no_key(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    running, _ = make(seconds=0)
    with caplog.at_level("INFO", logger=driver.__name__):
        await running.run()
    assert f"session {running.session.session_id} over websocket lasted " in caplog.text
