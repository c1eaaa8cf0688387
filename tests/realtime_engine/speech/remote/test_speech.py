"""Speech as it streams in from a speech server."""

from __future__ import annotations

import json

import httpx
import numpy as np
import pytest

from realtime_engine.core.ports import JobFailed, JobResult, Speak, SpeechChunk, SpeechDone
from realtime_engine.speech.remote.service import SPEECH
from realtime_engine.speech.remote.speech import Speaker
from tests.realtime_engine.speech.remote.support import make_service, run, stream

SPEAK = Speak("s", " One two three.", "cedar", 1.25)
SECOND = np.arange(24_000, dtype="<i2").tobytes()


async def spoken(*pieces: bytes, job: Speak = SPEAK, content_type: str = "audio/pcm") -> list[JobResult]:
    return await run(Speaker(make_service(SPEECH, lambda request: stream(pieces, content_type))), job)


def samples(results: list[JobResult]) -> bytes:
    return b"".join(result.audio.tobytes() for result in results if isinstance(result, SpeechChunk))


async def test_it_asks_for_raw_samples_of_this_voice() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return stream([SECOND], "audio/pcm")

    await run(Speaker(make_service(SPEECH, handle)), SPEAK)
    assert asked[0].url.path == "/v1/audio/speech"
    assert json.loads(asked[0].content) == {
        "model": "m",
        "input": "One two three.",
        "voice": "cedar",
        "response_format": "pcm",
        "speed": 1.25,
    }


async def test_speech_arrives_piece_by_piece() -> None:
    results = await spoken(SECOND[:4000], SECOND[4000:])
    assert [len(result.audio) for result in results[:2] if isinstance(result, SpeechChunk)] == [2000, 22_000]
    assert results[-1] == SpeechDone("s")


async def test_samples_cut_in_two_by_the_network() -> None:
    assert samples(await spoken(SECOND[:1], SECOND[1:4], SECOND[4:1001], SECOND[1001:])) == SECOND


async def test_every_word_is_marked_once_within_the_audio() -> None:
    marks = [mark for result in await spoken(SECOND) if isinstance(result, SpeechChunk) for mark in result.marks]
    assert [SPEAK.text[mark.start : mark.end] for mark in marks] == ["One", "two", "three."]
    places = [mark.sample for mark in marks]
    assert places == sorted(places)
    assert places[-1] < 24_000


async def test_text_without_a_word_is_not_sent() -> None:
    assert await spoken(job=Speak("s", " - ", "cedar", 1.0)) == [SpeechDone("s")]


@pytest.mark.parametrize(
    ("pieces", "content_type"),
    [((b"ID3",), "audio/mpeg"), ((b"{}",), "application/json"), ((), "audio/pcm")],
    ids=["file", "document", "nothing"],
)
async def test_what_is_no_speech_is_refused(pieces: tuple[bytes, ...], content_type: str) -> None:
    last = (await spoken(*pieces, content_type=content_type))[-1]
    assert isinstance(last, JobFailed)
    assert (last.code, "REALTIME_TTS_URL" in last.message) == ("tts_bad_answer", True)


async def test_speech_without_end_is_refused() -> None:
    last = (await spoken(*[bytes(1 << 20)] * 30))[-1]
    assert isinstance(last, JobFailed)
    assert last.code == "tts_bad_answer"
