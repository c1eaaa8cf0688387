"""What may be transcribed is what the recogniser in use has said it knows, from the key on."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from realtime_engine.server import engine
from realtime_engine.server.consumer import RealtimeConsumer
from realtime_engine.server.http import Response
from realtime_engine.speech import messages
from tests.realtime_engine.server.support import MANUAL, Socket, issue

pytestmark = pytest.mark.django_db(transaction=True)

PARAM = "session.audio.input.transcription.language"


def session(language: str) -> dict[str, Any]:
    transcription = {"model": "whisper-1", "language": language}
    return {"type": "realtime", "audio": {"input": {"transcription": transcription}}}


@pytest.fixture
async def french_and_english(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[None]:
    """An engine whose workers are a program that says so much, and nothing else."""
    ready, program = tmp_path / "ready", tmp_path / "program"
    ready.write_bytes(messages.encode(messages.Ready(("en", "fr"))))
    program.write_text(f"#!/bin/sh\ncat '{ready}'\nwhile read -r request; do :; done\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    settings.ENGINE_WHISPER_MODEL = "small"
    await engine.start()
    yield
    await engine.stop()


@pytest.mark.usefixtures("french_and_english")
async def test_key_for_a_language_the_model_lacks_is_refused(ask: Callable[..., Response]) -> None:
    mint = sync_to_async(ask)
    refused = await mint("POST", "realtime/client_secrets", {"session": session("de")})
    assert (refused.status, PARAM in refused.body.decode()) == (400, True)
    assert (await mint("POST", "realtime/client_secrets", {"session": session("fr")})).status == 200


@pytest.mark.usefixtures("french_and_english")
async def test_update_to_a_language_the_model_lacks_is_refused() -> None:
    socket = Socket(
        RealtimeConsumer.as_asgi(), "/v1/realtime", [(b"authorization", f"Bearer {await issue(MANUAL)}".encode())]
    )
    await socket.connect()
    for language in ("de", "fr"):
        await socket.send_json_to({"type": "session.update", "session": session(language)})
    events = [await socket.receive_json_from() for _ in range(3)]
    await socket.disconnect()
    assert [event["type"] for event in events[1:]] == ["error", "session.updated"]
    assert events[1]["error"]["param"] == PARAM


def test_before_a_recogniser_has_said_anything_any_language_may_be_asked_for(settings: Any) -> None:
    assert engine.languages() == ("en",)
    settings.ENGINE_WHISPER_MODEL = "small"
    assert engine.languages() is None
