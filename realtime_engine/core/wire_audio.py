"""Audio as it comes in client events: how long it may be, and how it is decoded piece by piece."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from realtime_api import errors
from realtime_engine.core.chores import one_by_one
from realtime_engine.core.ports import Decoder, Samples
from realtime_engine.core.samples import joined

BYTES_PER_MS = {"pcm16": 48, "g711_ulaw": 8, "g711_alaw": 8}
PIECE_MS = 10_000


def check(audio: bytes, audio_format: str, param: str, longest_ms: int) -> None:
    """Raises InvalidRequest for audio that cannot be decoded, or is longer than ``longest_ms``."""
    if audio_format == "pcm16" and len(audio) % 2:
        message = f"Invalid '{param}': pcm16 audio must have an even number of bytes, got {len(audio)}."
        raise errors.invalid_value(param, message)
    if len(audio) > longest_ms * BYTES_PER_MS[audio_format]:
        message = f"Invalid '{param}': at most {longest_ms // 1000} s of audio in one event. Send it in several."
        raise errors.invalid_value(param, message)


def is_one_piece(audio: bytes, audio_format: str) -> bool:
    """Whether it is decoded in one go."""
    return len(audio) <= PIECE_MS * BYTES_PER_MS[audio_format]


def pieces(audio: bytes, audio_format: str) -> Iterator[bytes]:
    """The audio in pieces of PIECE_MS."""
    size = PIECE_MS * BYTES_PER_MS[audio_format]
    return (audio[start : start + size] for start in range(0, len(audio), size))


def of_item(parts: Mapping[int, bytes], audio_format: str, param: str, longest_ms: int) -> bytes | None:
    """The audio of an item's one audio part, if it has one; ``param`` is where the item lies. Raises InvalidRequest."""
    if len(parts) > 1:
        raise errors.invalid_value(f"{param}.content", "An item holds at most one input_audio part.")
    for index, audio in parts.items():
        check(audio, audio_format, f"{param}.content[{index}].audio", longest_ms)
        return audio
    return None


def decoded(audio: bytes, audio_format: str, decoder: Decoder) -> Generator[None, None, Samples]:
    """The samples at SESSION_RATE, with a pause between any two pieces."""
    return joined((yield from one_by_one(decoder.decode, pieces(audio, audio_format))))
