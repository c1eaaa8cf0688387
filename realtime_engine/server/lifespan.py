"""What the ASGI lifespan does for the engine; no other management command needs any of it.

Importing this module brings in the WebRTC libraries: half a second that the first call must not wait for.
"""

from __future__ import annotations

from realtime_engine.server import calls, distant, engine


async def startup() -> None:
    """Warms the engine: models and workers."""
    await distant.start()
    await engine.start()


async def shutdown() -> None:
    """Ends every session and call, quickly."""
    await engine.stop()
    await calls.hang_up_all()
    await distant.stop()
