"""What one session may hold at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session."""

    buffer_ms: int = 360_000
    """Uncommitted input audio; the largest append the API allows (15 MiB of pcm16) just fits."""

    turn_ms: int = 300_000
    """Length of one detected turn; a longer one is committed as it is."""

    items: int = 1_000
    """Conversation items."""

    item_audio_ms: int = 900_000
    """Audio kept for conversation.item.retrieve, over all items; the oldest audio goes first."""

    out_of_band_responses: int = 4
    """Responses with conversation "none" that may run at the same time."""
