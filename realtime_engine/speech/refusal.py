"""How a worker that cannot work says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from realtime_engine.core.ports import JobFailed
from realtime_engine.speech.messages import Answer, Request


def refuse(requests: Iterable[Request], send: Callable[[Answer], None], reason: str) -> None:
    """Tells the parent why there will be no Ready, and lets it close the pipe."""
    send(JobFailed("", "model_missing", reason))
    for _ in requests:
        pass
