"""What one session may hold at most."""

from __future__ import annotations

from dataclasses import dataclass

from realtime_api.client_events import MAX_APPEND_BYTES


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session."""

    append_bytes: int = MAX_APPEND_BYTES
    """Audio in one input_audio_buffer.append; more than the API's 15 MiB is refused in any case."""

    buffer_ms: int = 360_000
    """Uncommitted input audio, of which the oldest is dropped; also the longest audio in one client event."""

    turn_ms: int = 300_000
    """Length of one detected turn; a longer one is committed as it is."""

    items: int = 1_000
    """Conversation items; told to the client as the requests of rate_limits.updated."""

    conversation_bytes: int = 64 * 1024 * 1024
    """Items with their audio (48 bytes a millisecond), images and texts. Beyond it the oldest audio is dropped."""

    response_tokens: int = 8_192
    """Output of one response whose max_output_tokens is "inf": about five minutes of speech with its words."""

    out_of_band_responses: int = 4
    """Responses with conversation "none" that may run at the same time."""
