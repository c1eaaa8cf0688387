"""Server events of the shells themselves: what goes wrong outside a session is told in the same words."""

from __future__ import annotations

from typing import Any

from realtime_api.errors import ApiError
from realtime_api.ga import GA
from realtime_api.server_events import Error
from realtime_engine.server.ids import new_id


def error_event(error: ApiError) -> dict[str, Any]:
    """An ``error`` event; both dialects know it in the same shape."""
    event = Error(error=error).to_wire(GA, new_id("event"))
    assert event is not None
    return event


def close_reason(error: ApiError) -> str:
    """The reason of a close frame: ``<type>.<code>``."""
    return f"{error.type}.{error.code}"
