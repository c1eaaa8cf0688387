"""Whether the engine of this process can take a session."""

from __future__ import annotations

from realtime_api.errors import ServerError
from realtime_engine.server import engine


def fault() -> str | None:
    """Why it cannot, in a few words; None where it can. A full engine is ready: it says so itself."""
    try:
        idle = [pool.kind for pool in engine.current().pools if not pool.workers]
    except ServerError as error:
        return str(error)
    return f"no {idle[0]} process runs" if idle else None
