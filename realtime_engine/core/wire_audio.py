"""Audio as it comes in client events: how long it is, and in which pieces it is decoded."""

from __future__ import annotations

from collections.abc import Iterator

from realtime_api import errors

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


def pieces(audio: bytes, audio_format: str) -> Iterator[bytes]:
    """The audio in pieces of PIECE_MS."""
    size = PIECE_MS * BYTES_PER_MS[audio_format]
    return (audio[start : start + size] for start in range(0, len(audio), size))
