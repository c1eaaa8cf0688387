"""The engine of a process: what it does with a session that breaks, and before it has been started."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pytest
from django.core.management import call_command

from realtime_api.config import SessionConfig
from realtime_api.errors import ServerError
from realtime_api.ga import GA
from realtime_demo.logs import JsonFormatter
from realtime_engine.core.ports import Samples
from realtime_engine.server import engine
from realtime_engine.server.backends import Backends
from realtime_engine.server.engine import Engine
from realtime_engine.server.opening import Opening
from realtime_engine.speech.ports import LocalSpeechPorts
from tests.realtime_engine.server.support import ENGINE_KEY, Client, append, until


class BrokenDetector:
    """A model that fails in the middle of a session."""

    release_ms = 0

    def probabilities(self, frames: Sequence[Samples]) -> Sequence[float]:
        raise RuntimeError("broken")


class BrokenPorts(LocalSpeechPorts):
    def voice_activity_detector(self) -> BrokenDetector:
        return BrokenDetector()


def test_nothing_runs_before_the_start() -> None:
    with pytest.raises(ServerError) as refused:
        engine.current()
    assert (refused.value.status, refused.value.code) == (503, "engine_not_running")


def test_command_shows_the_engine_key() -> None:
    output = io.StringIO()
    call_command("engine_key", stdout=output)
    assert output.getvalue().strip() == ENGINE_KEY


async def test_fault_in_a_session_is_told_logged_and_ends_it_alone(caplog: pytest.LogCaptureFixture) -> None:
    broken = Engine(BrokenPorts(None, {}), Backends(Client(), Client(), Client()))
    client, left = Client(), []
    running = broken.driver(Opening("owner", SessionConfig(), GA), client, "events")
    broken.run(running, client, lambda: left.append("place"))
    await running.receive(append(1))
    await until(lambda: client.closed is not None)
    assert client.events[-1]["error"]["code"] == "internal_error"
    assert client.closed == (1011, "server_error.internal_error")
    assert left == ["place"]
    assert "RuntimeError: broken" in caplog.text


async def test_log_says_which_session_failed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    broken = Engine(BrokenPorts(None, {}), Backends(Client(), Client(), Client()))
    client = Client()
    running = broken.driver(Opening("owner", SessionConfig(), GA), client, "events")
    broken.run(running, client, lambda: None)
    await running.receive(append(1))
    await until(lambda: client.closed is not None)
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    (failed,) = (line for line in lines if line["message"] == "a session failed")
    assert failed["session"] == running.session.session_id
