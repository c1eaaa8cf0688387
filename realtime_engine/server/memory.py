"""Has what ended sessions held go back to the system.

A session, what runs it and its connection refer to each other, so that only the garbage collector frees them; it comes
after many objects, however large they are. And the C library keeps what is freed, unless it is asked to trim.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc

TIDY_SECONDS = 2.0


class Tidying:
    """Tidies up once some sessions have ended; many that end together cost no more than one."""

    def __init__(self, seconds: float = TIDY_SECONDS) -> None:
        self._seconds = seconds
        self._alarm: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """After some seconds; to be called in the loop's thread."""
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(self._seconds, self._tidy)

    def stop(self) -> None:
        """Do without it: the process ends."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _tidy(self) -> None:
        self._alarm = None
        gc.collect()
        _trim()


def _trim() -> None:
    """Where the C library is one that can: GNU's."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
