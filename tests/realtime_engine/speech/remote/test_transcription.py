"""Words from a transcription server, whole or as they stream in."""

from __future__ import annotations

import io
import wave
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import numpy as np
import pytest

from realtime_engine.core.ports import (
    ANALYSIS_RATE,
    CancelJob,
    JobFailed,
    JobResult,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)
from realtime_engine.speech.remote.service import TRANSCRIPTION
from realtime_engine.speech.remote.transcription import MAX_SAMPLES, Transcriber
from tests.realtime_engine.speech.remote.support import make_service, run, sse, stream

AUDIO = np.arange(1600, dtype=np.int16)


def job(**fields: Any) -> Transcribe:
    asked = {"model": "whisper-1", "language": None, "prompt": None, "for_guide": False} | fields
    return Transcribe("t", **asked)


async def heard(answer: httpx.Response, **fields: Any) -> list[JobResult]:
    listener = Transcriber(make_service(TRANSCRIPTION, lambda request: answer))
    return await run(listener, job(**fields), TranscribeAudio("t", AUDIO), TranscribeEnd("t"))


async def form(model: str = "m", **fields: Any) -> dict[str, Any]:
    """The fields of the form the server gets."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"text": ""})

    listener = Transcriber(make_service(TRANSCRIPTION, handle, model=model))
    await run(listener, job(**fields), TranscribeAudio("t", AUDIO), TranscribeAudio("t", AUDIO), TranscribeEnd("t"))
    assert asked[0].url.path == "/v1/audio/transcriptions"
    head = f"Content-Type: {asked[0].headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + asked[0].content)  # type: ignore[arg-type]
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in message.iter_parts()
    }


async def test_all_audio_is_sent_as_a_wav_file() -> None:
    with wave.open(io.BytesIO((await form())["file"])) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, ANALYSIS_RATE)
        assert file.readframes(10_000) == AUDIO.tobytes() * 2


async def test_language_and_prompt_are_passed_on() -> None:
    fields = await form(language="pt-BR", prompt="names: Ana")
    assert (fields["language"], fields["prompt"], fields["response_format"]) == (b"pt", b"names: Ana", b"json")


@pytest.mark.parametrize(("setting", "sent"), [("m", b"m"), ("", b"whisper-1")])
async def test_session_names_the_model_where_the_settings_do_not(setting: str, sent: bytes) -> None:
    assert (await form(setting))["model"] == sent


@pytest.mark.parametrize(("model", "asked"), [("gpt-4o-transcribe", True), ("whisper-1", False)])
async def test_log_probabilities_are_asked_of_models_that_know_them(model: str, asked: bool) -> None:
    assert ("include[]" in await form(model, logprobs=True)) == asked


async def test_whole_answer() -> None:
    assert await heard(httpx.Response(200, json={"text": " Hello there. "})) == [
        TranscriptDone("t", "Hello there.", ())
    ]


async def test_tokens_come_with_their_log_probabilities() -> None:
    logprobs = [{"token": "Hello", "logprob": -0.1, "bytes": []}, {"token": " you", "logprob": -2.5, "bytes": []}]
    done = (await heard(httpx.Response(200, json={"text": "Hello you", "logprobs": logprobs}), logprobs=True))[-1]
    assert done == TranscriptDone("t", "Hello you", (Token("Hello", -0.1), Token(" you", -2.5)))


async def test_streamed_words_arrive_before_the_end() -> None:
    events = sse(
        {"type": "transcript.text.delta", "delta": "Hello"},
        {"type": "transcript.text.delta", "delta": " there"},
        {"type": "transcript.text.done", "text": "Hello there"},
    )
    assert await heard(stream(events)) == [
        TranscriptStable("t", "Hello"),
        TranscriptStable("t", "Hello there"),
        TranscriptDone("t", "Hello there", ()),
    ]


FAILURES: dict[str, tuple[httpx.Response, str]] = {
    "no transcript": (httpx.Response(200, json={"words": []}), "stt_bad_answer"),
    "cut off": (stream(sse({"type": "transcript.text.delta", "delta": "Hel"}, done=False)), "stt_bad_answer"),
    "refused": (httpx.Response(400, json={"error": {"message": "audio too short"}}), "stt_refused"),
}


@pytest.mark.parametrize(("answer", "code"), FAILURES.values(), ids=FAILURES)
async def test_failure_is_delivered_with_its_code(answer: httpx.Response, code: str) -> None:
    last = (await heard(answer))[-1]
    assert isinstance(last, JobFailed)
    assert last.code == code


async def test_too_much_audio_is_refused() -> None:
    listener = Transcriber(make_service(TRANSCRIPTION, lambda request: httpx.Response(500)))
    last = (await run(listener, job(), TranscribeAudio("t", np.zeros(MAX_SAMPLES + 1, np.int16))))[-1]
    assert isinstance(last, JobFailed)
    assert last.code == "stt_too_long"


async def test_cancelled_utterance_is_never_sent() -> None:
    asked: list[httpx.Request] = []
    listener = Transcriber(make_service(TRANSCRIPTION, lambda request: asked.append(request) or httpx.Response(500)))
    for each in (job(), TranscribeAudio("t", AUDIO), CancelJob("t"), TranscribeEnd("t")):
        listener.handle(each, lambda result: None)
    await listener.aclose()
    assert asked == []
