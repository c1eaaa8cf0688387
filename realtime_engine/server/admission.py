"""How many sessions this process takes on: a full one says so at once, it never makes for a slow call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from django.conf import settings

from realtime_api.errors import ApiError, InvalidRequest, ServerError
from realtime_engine.server.keys import Grant


class Admission:
    """Counts the sessions of one process, in all and by ephemeral key.

    The long-lived key is bounded by the process alone: all of an operator's own clients share it.
    """

    def __init__(self, max_sessions: int, max_per_key: int) -> None:
        self._max_sessions = max_sessions
        self._max_per_key = max_per_key
        self._by_owner: Counter[str] = Counter()

    @property
    def sessions(self) -> int:
        return self._by_owner.total()

    def check(self) -> None:
        """Raises ServerError (503) when there is no place for one more session."""
        if self.sessions >= self._max_sessions:
            message = f"All {self._max_sessions} sessions of this engine are taken. Try again in a few seconds."
            raise ServerError(message, "engine_busy", status=503)

    def admit(self, grant: Grant) -> Callable[[], None]:
        """Takes a place and returns what gives it back (once, however often it is called). Raises ApiError."""
        self.check()
        if grant.is_ephemeral and self._by_owner[grant.owner] >= self._max_per_key:
            raise self._too_many()
        self._by_owner[grant.owner] += 1
        places = [grant.owner]

        def leave() -> None:
            if places:
                self._by_owner[places.pop()] -= 1
                self._by_owner += Counter()  # forgets the owners without sessions

        return leave

    def _too_many(self) -> ApiError:
        message = f"This key already has {self._max_per_key} sessions open. End one of them, or ask for another key."
        return InvalidRequest(message, "rate_limit_exceeded", status=429)


@cache
def of_this_process() -> Admission:
    """The one count of this process, with the limits of the settings."""
    return Admission(settings.ENGINE_MAX_SESSIONS, settings.ENGINE_MAX_SESSIONS_PER_KEY)
