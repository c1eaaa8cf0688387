"""Messages on the pipe between engine and worker."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest

from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    Speak,
    SpeechChunk,
    SpeechMark,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscriptDone,
)
from realtime_engine.speech import messages

MESSAGES = {
    "a request": Speak("j", "Grüße, \0 and 😀", "alloy", 1.0),
    "a transcription": Transcribe("j", None, "en", None, True),
    "tokens": TranscriptDone("j", "one two", (Token("one", -0.1), Token(" two", -2.0)), None),
    "a cancellation": CancelJob("j"),
    "a failure": JobFailed("j", "timeout", "Too late."),
    "readiness": messages.Ready(),
    "readiness of a recogniser": messages.Ready(("en", "de")),
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_a_message_survives_the_pipe(message):
    assert messages.read(io.BytesIO(messages.encode(message))) == message


def test_audio_survives_the_pipe():
    sent = SpeechChunk("j", np.arange(-500, 500, dtype=np.int16), (SpeechMark(0, 3, 12),))
    received = messages.read(io.BytesIO(messages.encode(sent)))
    assert isinstance(received, SpeechChunk)
    assert received.marks == sent.marks
    assert np.array_equal(received.audio, sent.audio)


def test_messages_keep_their_order():
    sent = [CancelJob(str(number)) for number in range(3)]
    stream = io.BytesIO(b"".join(map(messages.encode, sent)))
    assert [messages.read(stream) for _ in range(4)] == [*sent, None]


def test_a_stream_that_ends_within_a_message_has_ended():
    assert messages.read(io.BytesIO(messages.encode(CancelJob("j"))[:-1])) is None


async def test_an_asyncio_stream_is_read_alike():
    stream = asyncio.StreamReader()
    stream.feed_data(messages.encode(CancelJob("j")))
    stream.feed_eof()
    assert [await messages.receive(stream) for _ in range(2)] == [CancelJob("j"), None]


BROKEN = {
    "lengths beyond the bounds": b"\xff" * 8,
    "no JSON": b"\0\0\0\2\0\0\0\0{]",
    "no object": b"\0\0\0\2\0\0\0\0[]",
    "no such message": b'\0\0\0\x0d\0\0\0\0{"kind": "X"}',
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_nonsense_is_noticed(data):
    with pytest.raises(messages.BadMessage):
        messages.read(io.BytesIO(data))


def test_an_endless_message_is_not_sent():
    with pytest.raises(messages.BadMessage):
        messages.encode(TranscribeAudio("j", np.zeros(messages.MAX_PAYLOAD, dtype=np.int16)))
