"""Speech as it streams in from a speech server."""

from __future__ import annotations

import io
import json
import wave

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


async def test_voice_of_the_settings_is_asked_for_instead() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return stream([SECOND], "audio/pcm")

    await run(Speaker(make_service(SPEECH, handle), "af_heart"), SPEAK)
    assert json.loads(asked[0].content)["voice"] == "af_heart"


async def test_speech_arrives_piece_by_piece() -> None:
    results = await spoken(SECOND[:4000], SECOND[4000:])
    assert [len(result.audio) for result in results[:2] if isinstance(result, SpeechChunk)] == [2000, 22_000]
    assert results[-1] == SpeechDone("s")


async def test_samples_cut_in_two_by_the_network() -> None:
    assert samples(await spoken(SECOND[:1], SECOND[1:4], SECOND[4:1001], SECOND[1001:])) == SECOND


def wav(rate: int, channels: int = 1, seconds: float = 1.0) -> bytes:
    """A file with a hum in it."""
    hum = np.round(8_000 * np.sin(np.arange(round(rate * seconds)) / 10)).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(hum, channels).tobytes())
    return content.getvalue()


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100])
@pytest.mark.parametrize("step", [7, 100_000])
async def test_server_that_sends_a_file_is_understood(rate: int, step: int) -> None:
    file = wav(rate)
    results = await spoken(*(file[at : at + step] for at in range(0, len(file), step)), content_type="audio/wav")
    assert abs(len(samples(results)) // 2 - 24_000) <= 2
    assert results[-1] == SpeechDone("s")


async def test_file_of_unknown_length_and_what_stands_behind_the_sound() -> None:
    file = wav(24_000)
    streamed = file.replace((48_000).to_bytes(4, "little"), b"\xff\xff\xff\xff")
    assert len(samples(await spoken(streamed, content_type="audio/x-wav"))) == 48_000
    assert len(samples(await spoken(file + b"LIST\x04\x00\x00\x00note", content_type="audio/wav"))) == 48_000


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100])
@pytest.mark.parametrize("step", [7, 100_000])
async def test_raw_samples_are_played_at_the_rate_their_type_names(rate: int, step: int) -> None:
    sound = wav(rate)[44:]
    pieces = (sound[at : at + step] for at in range(0, len(sound), step))
    results = await spoken(*pieces, content_type=f'audio/pcm; Rate="{rate}"; channels=1')
    assert abs(len(samples(results)) // 2 - 24_000) <= 2
    assert results[-1] == SpeechDone("s")


async def test_a_word_shorter_than_the_resampler_holds_back_is_still_heard() -> None:
    assert len(samples(await spoken(wav(16_000)[44:84], content_type="audio/l16;rate=16000"))) == 60


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
    [
        ((b"ID3",), "audio/mpeg"),
        ((b"{}",), "application/json"),
        ((), "audio/pcm"),
        ((wav(24_000, channels=2),), "audio/wav"),
        ((b"RIFF" + bytes(10_000),), "audio/wav"),
        ((wav(24_000)[:40],), "audio/wav"),
        ((SECOND,), "audio/pcm;rate=192000"),
        ((SECOND,), "audio/pcm;rate=fast"),
        ((SECOND,), "audio/pcm;rate=24000;channels=2"),
    ],
    ids=[
        *("mp3", "document", "nothing", "stereo", "no WAV", "only a header"),
        *("raw at a rate too high", "raw at no rate", "raw stereo"),
    ],
)
async def test_what_is_no_speech_is_refused(pieces: tuple[bytes, ...], content_type: str) -> None:
    last = (await spoken(*pieces, content_type=content_type))[-1]
    assert isinstance(last, JobFailed)
    assert (last.code, "REALTIME_TTS_URL" in last.message) == ("tts_bad_answer", True)


async def test_speech_without_end_is_refused() -> None:
    last = (await spoken(*[bytes(1 << 20)] * 30))[-1]
    assert isinstance(last, JobFailed)
    assert last.code == "tts_bad_answer"
