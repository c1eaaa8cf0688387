"""Messages between the engine and its worker processes: the jobs and results of the core, on a pipe.

A message is two big-endian lengths (header, payload), a JSON header and a raw payload. The header names the message and
holds its fields; the payload holds its audio, 16-bit little-endian mono. Both lengths are bounded, so neither end can
make the other take in more than it wants.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from struct import Struct
from typing import Any, BinaryIO

import numpy as np

from realtime_engine.core.ports import (
    CancelJob,
    JobFailed,
    Speak,
    SpeechChunk,
    SpeechDone,
    SpeechMark,
    Token,
    Transcribe,
    TranscribeAudio,
    TranscribeEnd,
    TranscriptDone,
    TranscriptStable,
)

MAX_HEADER = 1 << 20
"""Bytes of a header: a text to speak, or the tokens of a long transcript."""

MAX_PAYLOAD = 1 << 20
"""Bytes of audio in one message: half a minute at 16 kHz."""

_LENGTHS = Struct(">II")
_AUDIO = np.dtype("<i2")


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has loaded its models; ``languages`` are those a recogniser knows (ISO 639: en, de, yue)."""

    languages: tuple[str, ...] = ()


Request = Transcribe | TranscribeAudio | TranscribeEnd | Speak | CancelJob
Answer = Ready | TranscriptStable | TranscriptDone | SpeechChunk | SpeechDone | JobFailed
Message = Request | Answer

_MESSAGES: dict[str, Callable[..., Message]] = {
    kind.__name__: kind
    for kind in (
        *(Transcribe, TranscribeAudio, TranscribeEnd, Speak, CancelJob),
        *(Ready, TranscriptStable, TranscriptDone, SpeechChunk, SpeechDone, JobFailed),
    )
}
_PARTS: dict[str, Callable[..., Any]] = {"tokens": Token, "marks": SpeechMark}


class BadMessage(ValueError):
    """The bytes are no message, or one beyond the bounds."""


def encode(message: Message) -> bytes:
    """The message as it goes through the pipe. Raises BadMessage where it is beyond the bounds."""
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    audio = values.pop("audio", None)
    payload = b"" if audio is None else np.asarray(audio, _AUDIO).tobytes()
    header = json.dumps({"kind": type(message).__name__, **values}, default=astuple).encode()
    _check(len(header), len(payload))
    return _LENGTHS.pack(len(header), len(payload)) + header + payload


def read(stream: BinaryIO) -> Message | None:
    """The next message of a blocking stream; None where the stream has ended. Raises BadMessage."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_length, payload_length = _check(*_LENGTHS.unpack(lengths))
    body = stream.read(header_length + payload_length)
    return _decode(body[:header_length], body[header_length:]) if len(body) == header_length + payload_length else None


async def receive(stream: asyncio.StreamReader) -> Message | None:
    """The next message of an asyncio stream; None where the stream has ended. Raises BadMessage."""
    try:
        lengths = await stream.readexactly(_LENGTHS.size)
        header_length, payload_length = _check(*_LENGTHS.unpack(lengths))
        header = await stream.readexactly(header_length)
        return _decode(header, await stream.readexactly(payload_length))
    except asyncio.IncompleteReadError:
        return None


def _check(header_length: int, payload_length: int) -> tuple[int, int]:
    if header_length > MAX_HEADER or payload_length > MAX_PAYLOAD:
        raise BadMessage(f"A message of {header_length} + {payload_length} bytes is beyond the bounds.")
    return header_length, payload_length


def _decode(header: bytes, payload: bytes) -> Message:
    try:
        values = json.loads(header)
        kind = values.pop("kind")
        for name in _PARTS.keys() & values.keys():
            values[name] = tuple(_PARTS[name](*part) for part in values[name])
        if kind in ("TranscribeAudio", "SpeechChunk"):
            values["audio"] = np.frombuffer(payload, _AUDIO).astype(np.int16, copy=False)
        if kind == "Ready":
            values["languages"] = tuple(values["languages"])
        return _MESSAGES[kind](**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadMessage(f"Not a message: {error}") from error
