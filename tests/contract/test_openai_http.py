"""What the engine sends to a language model, a recogniser and a voice is what the openai package would send, and what
that package can receive, the engine understands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_type_hints

import httpx
import numpy as np
import pytest
from openai.types.audio import TranscriptionTextDeltaEvent, TranscriptionTextDoneEvent
from openai.types.audio.speech_create_params import SpeechCreateParams
from openai.types.audio.transcription_create_params import TranscriptionCreateParamsStreaming
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from pydantic import TypeAdapter

from realtime_engine.core.ports import (
    Image,
    Reply,
    ReplyDone,
    ReplyParameters,
    ReplyText,
    ReplyToolCall,
    ReplyUsage,
    Speak,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
    Turn,
)
from realtime_engine.speech.remote import chat
from realtime_engine.speech.remote.completion import Chunk, Completion
from realtime_engine.speech.remote.service import SPEECH, TRANSCRIPTION
from realtime_engine.speech.remote.speech import Speaker
from realtime_engine.speech.remote.transcription import Transcriber
from tests.realtime_engine.speech.remote.support import make_service, run, sse, stream
from tests.realtime_engine.speech.remote.test_transcription import form

REPLY = Reply(
    "r",
    turns=(
        Turn("user", "What is this?", images=(Image("data:image/png;base64,AA==", "low"),)),
        Turn("assistant", "A lamp."),
        Turn("tool_call", '{"on": true}', call_id="call_1", name="light"),
        Turn("tool_output", "done", call_id="call_1"),
        Turn("system", "Be brief."),
        Turn("user", ""),
    ),
    instructions="Be kind.",
    tools=({"type": "function", "name": "light", "description": "Switches.", "parameters": {"type": "object"}},),
    tool_choice={"type": "function", "name": "light"},
    parameters=ReplyParameters("gpt", True, 0.6, 100, "low", parallel_tool_calls=False),
)


def check(body: Mapping[str, Any], params: type) -> None:
    """No field the package does not know, and every value of a type it would send."""
    hints = get_type_hints(params)
    assert body.keys() <= hints.keys()
    for name, value in body.items():
        TypeAdapter(hints[name]).validate_python(value)


@pytest.mark.parametrize("is_openai", [True, False])
def test_request_for_a_reply(is_openai: bool) -> None:
    body = chat.request(REPLY, "gpt", is_openai=is_openai)
    check(body, CompletionCreateParamsStreaming)
    TypeAdapter(list[ChatCompletionMessageParam]).validate_python(body["messages"])
    TypeAdapter(list[ChatCompletionToolParam]).validate_python(body["tools"])


async def test_request_for_speech() -> None:
    asked: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return stream([bytes(4800)], "audio/pcm")

    await run(Speaker(make_service(SPEECH, handle)), Speak("s", "Hello.", "marin", 1.5))
    check(asked[0], SpeechCreateParams)


async def test_fields_of_a_transcription_form() -> None:
    sent = await form("gpt-4o-transcribe", language="de", prompt="Wien", logprobs=True)
    assert {name.removesuffix("[]") for name in sent} <= get_type_hints(TranscriptionCreateParamsStreaming).keys()


def chunk(delta: dict[str, Any], **more: Any) -> Chunk:
    """A chunk with every field the package knows."""
    choice = {"index": 0, "delta": delta, "finish_reason": more.pop("finish_reason", None), "logprobs": None}
    sent = ChatCompletionChunk.model_validate(
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt", "choices": [choice], **more}
    )
    return Chunk.model_validate_json(sent.model_dump_json())


def test_chunks_of_a_reply() -> None:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "light", "arguments": "{}"}}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    completion = Completion("r", spoken=False)
    sent = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hello"}),
        chunk({"tool_calls": [call]}, finish_reason="tool_calls", usage=usage),
    ]
    results = [result for each in sent for result in completion.take(each)] + list(completion.close())
    assert results == [
        ReplyText("r", "Hello"),
        ReplyToolCall("r", "light", "{}"),
        ReplyDone("r", usage=ReplyUsage(9, 3)),
    ]


async def test_events_of_a_transcript() -> None:
    delta = TranscriptionTextDeltaEvent(type="transcript.text.delta", delta="Hello")
    logprobs = [{"token": "Hello", "logprob": -0.5, "bytes": [72]}]
    done = TranscriptionTextDoneEvent.model_validate(
        {"type": "transcript.text.done", "text": "Hello", "logprobs": logprobs}
    )
    events = sse(delta.model_dump(), done.model_dump(), done=False)
    listener = Transcriber(make_service(TRANSCRIPTION, lambda request: stream(events)))
    start = Transcribe("t", None, None, None, for_guide=False)
    results = await run(listener, start, TranscribeAudio("t", np.zeros(160, np.int16)), TranscribeEnd("t"))
    assert results == [TranscriptStable("t", "Hello"), TranscriptDone("t", "Hello", (Token("Hello", -0.5),))]
