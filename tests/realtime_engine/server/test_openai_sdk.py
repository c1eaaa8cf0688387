"""The openai Python SDK, unchanged, against the whole site."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from realtime_engine.core.ports import SESSION_RATE
from tests.live import LiveServer, live_server
from tests.realtime_engine.server.caller import Caller
from tests.realtime_engine.speech.recordings import label, recording


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("var")) as running:
        yield running


@pytest.fixture
async def client(server: LiveServer) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=server.api, api_key=server.engine_key, max_retries=0) as client:
        yield client


def with_key(client: AsyncOpenAI, key: str) -> AsyncOpenAI:
    return client.with_options(api_key=key)


async def say(connection: AsyncRealtimeConnection, text: str) -> str:
    """The model's answer to a text, in text."""
    content = [{"type": "input_text", "text": text}]
    await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})  # type: ignore[arg-type]
    await connection.response.create()
    answer = ""
    async for event in connection:
        if event.type == "response.output_text.delta":
            answer += event.delta
        if event.type in ("response.done", "error"):
            break
    return answer


def first_turn(clips: Path) -> str:
    """The first turn of a recording and a second of silence, as base64."""
    end = label(clips, "dev09_count2")["speech_segments"][0][1]
    audio = recording(clips, "dev09_count2")[: int(end * SESSION_RATE)]
    return base64.b64encode(audio.tobytes() + bytes(2 * SESSION_RATE)).decode()


SPOKEN_TURN = (
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "response.created",
    "response.output_audio.delta",
    "response.done",
)


async def test_client_secret_opens_a_text_conversation(client: AsyncOpenAI) -> None:
    minted = await client.realtime.client_secrets.create(session={"type": "realtime", "output_modalities": ["text"]})
    async with with_key(client, minted.value).realtime.connect() as connection:
        created = await connection.recv()
        assert created.type == "session.created"
        assert "five" in await say(connection, "What is two plus three?")


async def test_spoken_turn_is_heard_transcribed_and_answered(client: AsyncOpenAI, clips: Path) -> None:
    transcribed = {"input": {"transcription": {"model": "gpt-4o-transcribe", "language": "en"}}}
    minted = await client.realtime.client_secrets.create(session={"type": "realtime", "audio": transcribed})  # type: ignore[typeddict-item]
    types: list[str] = []
    async with with_key(client, minted.value).realtime.connect() as connection:
        await connection.input_audio_buffer.append(audio=first_turn(clips))
        async for event in connection:
            types.append(event.type)
            if event.type == "response.done":
                break
    assert [name for name in dict.fromkeys(types) if name in SPOKEN_TURN] == list(SPOKEN_TURN)
    assert "conversation.item.input_audio_transcription.completed" in types


async def test_own_key_connects_with_a_model(client: AsyncOpenAI) -> None:
    async with client.realtime.connect(model="gpt-realtime") as connection:
        created = await connection.recv()
        assert created.type == "session.created"
        assert created.session.model == "gpt-realtime"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("minted_for", "model"),
    [({}, "gpt-realtime-mini"), ({"model": "gpt-realtime"}, "gpt-realtime")],
    ids=["secret without a model", "secret with a model"],
)
async def test_model_of_the_address_counts_where_the_secret_names_none(
    client: AsyncOpenAI, minted_for: dict[str, Any], model: str
) -> None:
    minted = await client.realtime.client_secrets.create(session={"type": "realtime", **minted_for})
    async with with_key(client, minted.value).realtime.connect(model="gpt-realtime-mini") as connection:
        created = await connection.recv()
        assert created.session.model == model  # type: ignore[union-attr]


async def test_transcription_secret_opens_a_transcription_session(client: AsyncOpenAI) -> None:
    minted = await client.realtime.client_secrets.create(session={"type": "transcription"})
    assert minted.session.type == "transcription"
    async with with_key(client, minted.value).realtime.connect() as connection:
        created = await connection.recv()
        assert created.session.type == "transcription"  # type: ignore[union-attr]


async def test_beta_session_speaks_beta_on_its_socket(client: AsyncOpenAI, server: LiveServer) -> None:
    session = await client.beta.realtime.sessions.create(modalities=["text"], voice="shimmer")
    sockets = server.api.replace("http", "ws")
    socket = with_key(client, session.client_secret.value).with_options(websocket_base_url=sockets)
    async with socket.beta.realtime.connect(model="gpt-4o-mini-realtime-preview") as connection:
        created = await connection.recv()
        assert created.session.voice == "shimmer"  # type: ignore[union-attr]
        assert created.session.model == "gpt-4o-mini-realtime-preview"  # type: ignore[union-attr]
        assert (await connection.recv()).type == "conversation.created"


async def test_beta_transcription_session_is_issued(client: AsyncOpenAI) -> None:
    session = await client.beta.realtime.transcription_sessions.create(input_audio_format="g711_alaw")
    assert session.client_secret.value.startswith("ek_")
    assert session.input_audio_format == "g711_alaw"


@pytest.mark.parametrize("session", [{}, {"session": {"type": "realtime"}}], ids=["SDP alone", "form"])
async def test_call_is_made_and_hung_up(client: AsyncOpenAI, session: dict[str, Any]) -> None:
    caller = Caller()
    answer = await client.realtime.calls.create(sdp=await caller.offer(), **session)
    await caller.accept(answer.text)
    assert (await caller.event("session.created"))["session"]["type"] == "realtime"
    await client.realtime.calls.hangup(answer.response.headers["location"].rpartition("/")[2])
    await caller.closed.wait()
    await caller.hang_up()


async def test_server_follows_a_call_on_a_side_band_connection(client: AsyncOpenAI) -> None:
    caller = Caller()
    answer = await client.realtime.calls.create(sdp=await caller.offer())
    await caller.accept(answer.text)
    call_id = answer.response.headers["location"].rpartition("/")[2]
    async with client.realtime.connect(call_id=call_id) as connection:
        assert (await connection.recv()).type == "session.created"
        await connection.session.update(session={"type": "realtime", "instructions": "Be kind."})
        updated = await caller.event("session.updated")
    assert updated["session"]["instructions"] == "Be kind."
    await caller.hang_up()


async def test_refusals_are_the_sdk_s_own_exceptions(client: AsyncOpenAI) -> None:
    with pytest.raises(AuthenticationError):
        await with_key(client, "sk-wrong").realtime.client_secrets.create()
    onyx = {"output": {"voice": "onyx"}}
    with pytest.raises(BadRequestError) as refused:
        await client.realtime.client_secrets.create(session={"type": "realtime", "audio": onyx})  # type: ignore[typeddict-item]
    assert refused.value.param == "session.audio.output.voice"
