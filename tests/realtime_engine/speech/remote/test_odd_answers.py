"""Whatever a server sends, a job ends, and its failure has a name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_engine.core.ports import (
    Job,
    JobFailed,
    Reply,
    Speak,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    Turn,
)
from realtime_engine.speech.client import Runner
from realtime_engine.speech.remote.language_model import LanguageModel
from realtime_engine.speech.remote.service import LANGUAGE_MODEL, SPEECH, TRANSCRIPTION
from realtime_engine.speech.remote.speech import Speaker
from realtime_engine.speech.remote.transcription import Transcriber
from tests.realtime_engine.speech.remote.support import Handler, make_service, run

JOBS: dict[str, tuple[Callable[[Handler], Runner], tuple[Job, ...]]] = {
    "reply": (
        lambda handler: LanguageModel(make_service(LANGUAGE_MODEL, handler)),
        (Reply("j", (Turn("user", "Hi"),), "", tools=(), tool_choice="auto"),),
    ),
    "speech": (
        lambda handler: Speaker(make_service(SPEECH, handler)),
        (Speak("j", "Hello.", "ash", 1.0),),
    ),
    "transcript": (
        lambda handler: Transcriber(make_service(TRANSCRIPTION, handler)),
        (
            Transcribe("j", None, None, None, for_guide=False),
            TranscribeAudio("j", np.zeros(160, np.int16)),
            TranscribeEnd("j"),
        ),
    ),
}

NAMES = (
    *("choices", "delta", "content", "tool_calls", "function", "name", "arguments", "index", "id", "usage"),
    *("error", "message", "detail", "text", "type", "logprobs", "token", "logprob", "finish_reason"),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=15,
)
DOCUMENTS = VALUES.map(lambda value: json.dumps(value).encode())
EVENTS = st.lists(DOCUMENTS, max_size=4).map(lambda sent: b"".join(b"data: " + event + b"\n\n" for event in sent))
BODIES = st.binary(max_size=200) | DOCUMENTS | EVENTS
TYPES = st.sampled_from(["text/event-stream", "application/json", "audio/pcm", "text/html", "", "\x80"])


@pytest.mark.parametrize("kind", JOBS)
@settings(max_examples=60)
@given(status=st.sampled_from([200, 200, 200, 204, 301, 400, 401, 429, 500, 503]), content_type=TYPES, body=BODIES)
def test_odd_answer_never_breaks_a_job(kind: str, status: int, content_type: str, body: bytes) -> None:
    make, jobs = JOBS[kind]
    headers = {"Content-Type": content_type.encode("latin-1")}
    last = asyncio.run(run(make(lambda request: httpx.Response(status, headers=headers, content=body)), *jobs))[-1]
    assert not isinstance(last, JobFailed) or last.code.split("_")[0] in ("llm", "tts", "stt")


@pytest.mark.parametrize("kind", JOBS)
def test_deeply_nested_refusal_is_still_a_refusal(kind: str) -> None:
    make, jobs = JOBS[kind]
    last = asyncio.run(run(make(lambda request: httpx.Response(400, content=b"[" * 10_000)), *jobs))[-1]
    assert isinstance(last, JobFailed)
    assert last.code.endswith("_refused")
