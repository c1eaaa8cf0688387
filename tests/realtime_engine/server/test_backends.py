"""Sessions whose language model, recogniser and voice are servers reached by URL."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from realtime_api.config import FunctionTool, ServerVad, SessionConfig, Transcription
from realtime_engine.server import effects, engine
from realtime_engine.server.backends import Backends
from realtime_engine.server.consumer import RealtimeConsumer
from realtime_engine.speech.client import Recogniser, Voice
from realtime_engine.speech.guide.runner import Guide
from realtime_engine.speech.remote.language_model import LanguageModel
from realtime_engine.speech.remote.transcription import Transcriber
from tests.patience import PATIENCE
from tests.realtime_engine.server.fake_openai import STOP, FakeOpenAI, call, fake_openai, say
from tests.realtime_engine.server.support import Socket, issue, text_message
from tests.realtime_engine.speech.recordings import recording

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "sk-secret-of-the-language-model"
TALK = SessionConfig(instructions="Be brief.", turn_detection=None, transcription=Transcription(language="de"))


class Talk:
    """A client's end of a session."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self.events: list[dict[str, Any]] = []

    async def send(self, **event: Any) -> None:
        await self._socket.send_json_to(event)

    async def until(self, event_type: str) -> dict[str, Any]:
        """The next event of this type."""
        while True:
            event: dict[str, Any] = await self._socket.receive_json_from()
            self.events.append(event)
            if event["type"] == event_type:
                return event

    async def ask(self, text: str) -> None:
        await self._socket.send_json_to(text_message(text))
        await self.send(type="response.create")

    async def say(self) -> None:
        """Half a second of sound as the user's turn."""
        audio = (8_000 * np.sin(np.arange(12_000) / 20)).astype("<i2").tobytes()
        await self.send(type="input_audio_buffer.append", audio=base64.b64encode(audio).decode())
        await self.send(type="input_audio_buffer.commit")
        await self.send(type="response.create")


Open = Callable[..., Awaitable[Talk]]


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def talk(server: FakeOpenAI, settings: Any) -> AsyncIterator[Open]:
    """Opens a session on an engine that answers, listens and speaks by the fake server."""
    for service in ("LLM", "STT", "TTS"):
        setattr(settings, f"ENGINE_{service}_URL", server.url)
        setattr(settings, f"ENGINE_{service}_API_KEY", SecretStr(KEY))
    settings.ENGINE_LLM_MODEL = "llama"
    await engine.start()
    sockets: list[Socket] = []

    async def open_session(config: SessionConfig = TALK) -> Talk:
        headers = [(b"authorization", f"Bearer {await issue(config)}".encode())]
        socket = Socket(RealtimeConsumer.as_asgi(), "/v1/realtime", headers)
        assert (await socket.connect())[0]
        sockets.append(socket)
        return Talk(socket)

    yield open_session
    for socket in sockets:
        await socket.disconnect()
    await engine.stop()


async def test_spoken_turn_is_heard_answered_and_spoken_by_the_servers(server: FakeOpenAI, talk: Open) -> None:
    server.replies = [[say("It is noon. "), say("Enjoy your meal."), STOP]]
    client = await talk()
    await client.say()
    heard = await client.until("conversation.item.input_audio_transcription.completed")
    done = (await client.until("response.done"))["response"]
    assert heard["transcript"] == "what time is it"
    assert server.chats[0]["model"] == "llama"
    assert [message["content"] for message in server.chats[0]["messages"]][1:] == ["what time is it"]
    assert [spoken["input"] for spoken in server.spoken] == ["It is noon.", "Enjoy your meal."]
    assert done["output"][0]["content"][0]["transcript"].strip() == "It is noon. Enjoy your meal."
    assert server.keys == {f"Bearer {KEY}"}


async def test_first_audio_is_sent_before_the_last_token_was(server: FakeOpenAI, talk: Open) -> None:
    go_on = asyncio.Event()
    server.replies = [[say("It is noon. "), go_on, say("Enjoy your meal."), STOP]]
    client = await talk()
    await client.ask("What time is it?")
    await client.until("response.output_audio.delta")
    assert not server.last_token_sent
    go_on.set()
    assert (await client.until("response.done"))["response"]["status"] == "completed"


async def test_tool_round_trip(server: FakeOpenAI, talk: Open) -> None:
    server.replies = [[call("clock", '{"zone": "UTC"}'), STOP], [say("It is noon."), STOP]]
    client = await talk(TALK.model_copy(update={"tools": [FunctionTool(name="clock")]}))
    await client.ask("What time is it?")
    called = await client.until("response.function_call_arguments.done")
    await client.until("response.done")
    output = {"type": "function_call_output", "call_id": called["call_id"], "output": "12:00"}
    await client.send(type="conversation.item.create", item=output)
    await client.send(type="response.create")
    await client.until("response.done")
    assert json.loads(called["arguments"]) == {"zone": "UTC"}
    assert [message["role"] for message in server.chats[1]["messages"]] == ["system", "user", "assistant", "tool"]
    assert server.chats[1]["messages"][-1]["content"] == "12:00"


async def test_cancelled_response_closes_the_language_model_stream(server: FakeOpenAI, talk: Open) -> None:
    server.replies = [[say("Once upon a time. "), asyncio.Event()], [say("Yes?"), STOP]]
    client = await talk()
    await client.ask("Tell me a story.")
    await client.until("response.output_audio.delta")
    await client.send(type="response.cancel")
    assert (await client.until("response.done"))["response"]["status"] == "cancelled"
    async with asyncio.timeout(PATIENCE):
        await server.left.wait()
    await client.ask("Stop.")
    await client.until("response.done")
    assert server.chats[1]["messages"][-2]["content"].strip() == "Once upon a time."


async def test_truncated_reply_stays_in_the_history_as_far_as_it_was_heard(server: FakeOpenAI, talk: Open) -> None:
    server.replies = [[say("It is noon. "), say("Enjoy your meal."), STOP], [say("Yes?"), STOP]]
    client = await talk()
    await client.ask("What time is it?")
    item = (await client.until("response.done"))["response"]["output"][0]
    await client.send(type="conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=150)
    await client.ask("Say it again.")
    await client.until("response.done")
    heard = server.chats[1]["messages"][2]
    assert heard["role"] == "assistant"
    assert "It is noon. Enjoy your meal.".startswith(heard["content"])
    assert "Enjoy" not in heard["content"]


async def test_user_who_interrupts_closes_the_language_model_stream(
    server: FakeOpenAI, talk: Open, clips: Path
) -> None:
    server.replies = [[say("Once upon a time. "), asyncio.Event()]]
    client = await talk(TALK.model_copy(update={"turn_detection": ServerVad(create_response=False)}))
    await client.ask("Tell me a story.")
    await client.until("response.output_audio.delta")
    speech = recording(clips, "dev01_jfk")[: 24_000 * 4].tobytes()
    await client.send(type="input_audio_buffer.append", audio=base64.b64encode(speech).decode())
    response = (await client.until("response.done"))["response"]
    assert (response["status"], response["status_details"]["reason"]) == ("cancelled", "turn_detected")
    async with asyncio.timeout(PATIENCE):
        await server.left.wait()


async def test_text_streams_token_by_token(server: FakeOpenAI, talk: Open) -> None:
    server.replies = [[say("It is"), say(" noon."), STOP]]
    client = await talk(TALK.model_copy(update={"output_modality": "text"}))
    await client.ask("What time is it?")
    await client.until("response.done")
    deltas = [event["delta"] for event in client.events if event["type"] == "response.output_text.delta"]
    assert deltas == ["It is", " noon."]
    assert server.spoken == []


FAILURES = {"/chat/completions": "llm_refused", "/audio/speech": "tts_refused", "/audio/transcriptions": "stt_refused"}


@pytest.mark.parametrize(("path", "code"), FAILURES.items(), ids=FAILURES.values())
async def test_server_that_refuses_fails_the_response_with_the_reason(
    server: FakeOpenAI, talk: Open, path: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.refusals, server.replies = {path: 403}, [[say("It is noon."), STOP]]
    client = await talk()
    await client.say()
    response = (await client.until("response.done"))["response"]
    error = response["status_details"]["error"]
    assert (response["status"], error["code"]) == ("failed", code)
    assert f"REALTIME_{code[:3].upper()}_API_KEY" in error["message"]
    assert KEY not in caplog.text + json.dumps(client.events)


async def test_failed_transcription_is_told_and_the_session_goes_on(server: FakeOpenAI, talk: Open) -> None:
    server.refusals, server.replies = {"/audio/transcriptions": 500}, [[say("I did not hear you."), STOP]]
    client = await talk()
    await client.say()
    failed = await client.until("conversation.item.input_audio_transcription.failed")
    await client.until("response.done")
    await client.send(type="response.create")
    assert (await client.until("response.done"))["response"]["status"] == "completed"
    assert failed["error"]["code"] == "stt_refused"
    assert "could not be recognised" in server.chats[0]["messages"][-1]["content"]


def test_without_settings_everything_is_built_in() -> None:
    backends = Backends.from_settings()
    built_in = (backends.answerer, backends.recogniser, backends.voice)
    assert [type(each) for each in built_in] == [Guide, Recogniser, Voice]
    assert [pool.kind for pool in backends.pools] == ["recogniser", "voice"]


async def test_what_has_a_server_needs_no_worker(settings: Any) -> None:
    settings.ENGINE_LLM_URL = settings.ENGINE_STT_URL = "http://127.0.0.1:9/v1"
    backends = Backends.from_settings()
    assert isinstance(backends.answerer, LanguageModel)
    assert isinstance(backends.recogniser, Transcriber)
    assert [pool.kind for pool in backends.pools] == ["voice"]
    await backends.stop()


async def test_other_recogniser_is_not_kept_to_english(server: FakeOpenAI, talk: Open) -> None:
    client = await talk()
    session = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1", "language": "fr"}}}}
    await client.send(type="session.update", session=session)
    updated = (await client.until("session.updated"))["session"]
    assert updated["audio"]["input"]["transcription"]["language"] == "fr"
    await client.say()
    await client.until("conversation.item.input_audio_transcription.completed")
    assert b'name="language"\r\n\r\nfr\r\n' in server.transcribed[0]


def test_what_a_language_model_honours_is_no_longer_without_effect(settings: Any) -> None:
    settings.ENGINE_LLM_URL = "http://127.0.0.1:9/v1"
    assert {"model", "instructions", "temperature"} & effects.without_effect().keys() == set()
    settings.ENGINE_LLM_MODEL = "llama"
    assert "name the model" in effects.without_effect()["model"]


def test_voice_of_the_settings_leaves_the_choice_of_the_session_without_effect(settings: Any) -> None:
    settings.ENGINE_TTS_URL = "http://127.0.0.1:9/v1"
    assert "voice" not in effects.without_effect()
    settings.ENGINE_TTS_VOICE = "af_heart"
    assert "name the voice" in effects.without_effect()["voice"]
