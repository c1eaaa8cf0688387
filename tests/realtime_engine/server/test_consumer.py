"""The WebSocket shell over the real engine: how it greets, refuses and lets go."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import OperationalError

from realtime_api.beta import BETA
from realtime_api.config import SessionConfig, Transcription
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.server import admission, keys
from realtime_engine.server.admission import Admission
from tests.realtime_engine.server.support import ENGINE_KEY, TEXT_SESSION, Connect, closed, issue, text_message
from tests.realtime_engine.speech.recordings import recording

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.django_db(transaction=True)]

TRANSCRIPTION = SessionConfig(kind="transcription", transcription=Transcription())


async def test_it_works_for_a_browser(connect: Connect) -> None:
    key = await issue(TEXT_SESSION)
    socket = await connect(offered=("realtime", f"openai-insecure-api-key.{key}", "openai-agents-sdk.0.20.0"))
    created = await socket.receive_json_from()
    assert socket.subprotocol == "realtime"
    assert created["type"] == "session.created"
    assert created["session"]["output_modalities"] == ["text"]


async def test_client_that_offers_no_subprotocol_gets_none(connect: Connect) -> None:
    socket = await connect("model=gpt-realtime", key=ENGINE_KEY)
    assert socket.subprotocol is None


async def test_text_turn_is_answered(connect: Connect) -> None:
    socket = await connect(key=await issue(TEXT_SESSION))
    await socket.send_json_to(text_message("What is two plus three?"))
    await socket.send_json_to({"type": "response.create"})
    types: list[str] = []
    while "response.done" not in types:
        types.append((await socket.receive_json_from())["type"])
    assert "response.output_text.delta" in types


async def test_binary_frame_is_refused_and_the_session_goes_on(connect: Connect) -> None:
    socket = await connect(key=await issue(TEXT_SESSION))
    await socket.receive_json_from()
    await socket.send_to(bytes_data=b"\0\0")
    assert (await socket.receive_json_from())["error"]["code"] == "invalid_event"
    await socket.send_json_to({"type": "input_audio_buffer.clear"})
    assert (await socket.receive_json_from())["type"] == "input_audio_buffer.cleared"


async def say_a_command(socket: WebsocketCommunicator, clips: Path, silence: float) -> None:
    """A spoken command and so many seconds of silence, to a session with semantic_vad."""
    turn = {"type": "semantic_vad", "create_response": False}
    update = {"type": "realtime", "audio": {"input": {"turn_detection": turn}}}
    await socket.send_json_to({"type": "session.update", "session": update})
    command = recording(clips, "dev05_three_commands")[: int((2.4 + silence) * 24_000)]
    audio = base64.b64encode(command.tobytes()).decode()
    await socket.send_json_to({"type": "input_audio_buffer.append", "audio": audio})


async def test_a_stock_connection_sees_events_of_the_api_alone(connect: Connect, clips: Path) -> None:
    socket = await connect("model=gpt-realtime", key=ENGINE_KEY)
    await say_a_command(socket, clips, silence=0.4)
    await asyncio.sleep(1)  # the judge has long answered
    await socket.send_json_to({"type": "input_audio_buffer.commit"})
    types: list[str] = []
    while "input_audio_buffer.committed" not in types:
        types.append((await socket.receive_json_from())["type"])
    assert "input_audio_buffer.speech_started" in types
    assert not [name for name in types if name.startswith("local.")]


async def test_whoever_asks_sees_how_turns_are_decided(connect: Connect, clips: Path) -> None:
    socket = await connect("model=gpt-realtime&debug=turn_detection", key=ENGINE_KEY)
    await say_a_command(socket, clips, silence=0.4)
    while (event := await socket.receive_json_from())["type"] != "local.turn_detection.judged":
        pass
    assert 0 <= event["probability"] <= 1
    assert 600 <= event["timeout_ms"] <= 4000


DIALECTS: dict[str, tuple[Dialect, dict[str, Any], str]] = {
    "GA key": (GA, {}, "output_modalities"),
    "beta key": (BETA, {}, "modalities"),
    "beta header": (GA, {"openai_beta": "realtime=v1"}, "modalities"),
    "beta subprotocol": (GA, {"offered": ("realtime", "openai-beta.realtime-v1")}, "modalities"),
}


@pytest.mark.parametrize(("minted", "options", "field"), DIALECTS.values(), ids=DIALECTS)
async def test_dialect_of_the_connection(
    connect: Connect, minted: Dialect, options: dict[str, Any], field: str
) -> None:
    socket = await connect(key=await issue(TEXT_SESSION, minted), **options)
    assert field in (await socket.receive_json_from())["session"]


REFUSED: dict[str, tuple[str | None, str, str]] = {
    # name: (key, query, code)
    "no key": (None, "model=gpt-realtime", "invalid_api_key"),
    "wrong key": ("ek_" + "0" * 32, "", "invalid_api_key"),
    "no model": (ENGINE_KEY, "", "missing_model"),
    "model beside transcription": (ENGINE_KEY, "intent=transcription&model=whisper-1", "invalid_model"),
    "recogniser as model": (ENGINE_KEY, "model=whisper-1", "invalid_model"),
}


@pytest.mark.parametrize(("key", "query", "code"), REFUSED.values(), ids=REFUSED)
async def test_refusal_is_told_and_then_closed(connect: Connect, key: str | None, query: str, code: str) -> None:
    socket = await connect(query, key=key)
    error = await socket.receive_json_from()
    assert (error["type"], error["error"]["code"]) == ("error", code)
    assert await closed(socket) == (4000, f"invalid_request_error.{code}")


async def test_expired_key_is_refused(connect: Connect) -> None:
    issued = await database_sync_to_async(keys.issue)(TEXT_SESSION, GA, 60, 1_000_000_000)
    socket = await connect(key=issued.value)
    assert (await socket.receive_json_from())["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("dialect", "session", "param"),
    [
        (
            GA,
            {"type": "realtime", "audio": {"input": {"transcription": {"language": "de"}}}},
            "audio.input.transcription",
        ),
        (BETA, {"input_audio_transcription": {"language": "de"}}, "input_audio_transcription"),
    ],
    ids=["GA", "beta"],
)
async def test_language_that_nobody_here_knows_is_refused_in_an_update(
    connect: Connect, dialect: Dialect, session: dict[str, Any], param: str
) -> None:
    socket = await connect(key=await issue(TEXT_SESSION, dialect))
    await socket.send_json_to({"type": "session.update", "session": session})
    while (event := await socket.receive_json_from())["type"] != "error":
        assert event["type"] != "session.updated"
    assert event["error"]["param"] == f"session.{param}.language"


async def test_transcription_key_opens_a_transcription_session(connect: Connect) -> None:
    socket = await connect("intent=transcription", key=await issue(TRANSCRIPTION))
    assert (await socket.receive_json_from())["session"]["type"] == "transcription"


async def test_full_engine_refuses_until_a_place_is_free(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Admission(max_sessions=1, max_per_key=1)
    monkeypatch.setattr(admission, "of_this_process", lambda: places)
    key = await issue(TEXT_SESSION)
    first = await connect(key=key)
    second = await connect(key=key)
    assert (await second.receive_json_from())["error"]["code"] == "engine_busy"
    assert await closed(second) == (4000, "server_error.engine_busy")
    await first.disconnect()
    assert (await (await connect(key=key)).receive_json_from())["type"] == "session.created"


async def test_fault_before_the_session_is_told_and_closed(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked() -> Admission:
        raise OperationalError("database is locked")

    monkeypatch.setattr(admission, "of_this_process", locked)
    socket = await connect(key=await issue(TEXT_SESSION))
    assert (await socket.receive_json_from())["error"]["code"] == "internal_error"
    assert await closed(socket) == (1011, "server_error.internal_error")
    assert "database is locked" in caplog.text


async def test_session_ends_at_its_time(connect: Connect, settings: Any) -> None:
    settings.ENGINE_SESSION_SECONDS = 0
    socket = await connect(key=await issue(TEXT_SESSION))
    events = [await socket.receive_json_from() for _ in range(2)]
    assert events[-1]["error"]["code"] == "session_expired"
    assert await closed(socket) == (4000, "invalid_request_error.session_expired")


async def test_disconnect_ends_the_session_at_once(connect: Connect) -> None:
    socket = await connect(key=await issue(TEXT_SESSION))
    await socket.receive_json_from()
    before = admission.of_this_process().sessions
    await socket.disconnect()
    assert admission.of_this_process().sessions == before - 1
