"""What one session may hold, and leave unread, by the settings."""

from __future__ import annotations

from django.conf import settings

from realtime_engine.core.limits import Limits

MIB = 1024 * 1024


def limits() -> Limits:
    """For the session itself."""
    return Limits(
        append_bytes=settings.ENGINE_MAX_APPEND_MIB * MIB,
        items=settings.ENGINE_MAX_ITEMS,
        conversation_bytes=settings.ENGINE_MAX_CONVERSATION_MIB * MIB,
    )


def unread() -> int:
    """Characters of events that may wait for their reader."""
    characters: int = settings.ENGINE_MAX_UNREAD_MIB * MIB
    return characters
