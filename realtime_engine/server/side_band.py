"""Side-band connections: WebSockets that follow a WebRTC call and speak in it; its audio stays on the track."""

from __future__ import annotations

from typing import Any, Protocol

from realtime_api.errors import InvalidRequest
from realtime_engine.server.ids import new_id

MAX_SIDE_BANDS = 4


def not_found() -> InvalidRequest:
    """There is no such call, or no longer."""
    return InvalidRequest("There is no such call.", "call_not_found", "call_id", status=404)


class Follower(Protocol):
    """What a call asks of a side-band connection. Nothing here blocks."""

    def send(self, event: dict[str, Any]) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class SideBands:
    """The side-band connections of one call."""

    def __init__(self) -> None:
        self._connections: list[Follower] = []
        self._session: dict[str, Any] | None = None  # as the session's last event about itself showed it
        self._over = False

    def join(self, connection: Follower) -> None:
        """One more, greeted with the session as it is by now. Raises InvalidRequest (429, or 404 after the end)."""
        if self._over:
            raise not_found()
        if len(self._connections) >= MAX_SIDE_BANDS:
            message = f"This call already has {MAX_SIDE_BANDS} side-band connections. Close one of them first."
            raise InvalidRequest(message, "rate_limit_exceeded", "call_id", status=429)
        self._connections.append(connection)
        if self._session is not None:
            connection.send({"type": "session.created", "event_id": new_id("event"), "session": self._session})

    def leave(self, connection: Follower) -> None:
        """It is gone; the call goes on."""
        if connection in self._connections:
            self._connections.remove(connection)

    def send(self, event: dict[str, Any]) -> None:
        """A server event of the call, for everybody."""
        if "session" in event:
            self._session = event["session"]
        for connection in self._connections:
            connection.send(event)

    def close(self, code: int, reason: str) -> None:
        """The call is over."""
        self._over = True
        for connection in self._connections:
            connection.close(code, reason)
