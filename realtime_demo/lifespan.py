"""What happens when the server's process starts and stops; nothing of it in other manage.py commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.core import checks

from realtime_demo import engine
from sessions_app import registry


async def lifespan(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """The ASGI lifespan protocol. A site that is misconfigured says so and does not start."""
    await receive()
    if faults := await sync_to_async(serious_faults)():
        await send({"type": "lifespan.startup.failed", "message": "\n".join(faults)})
        return
    async with _running():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


def serious_faults() -> list[str]:
    """Django's system checks, as far as they forbid a start."""
    return [str(message) for message in checks.run_checks() if message.is_serious() and not message.is_silenced()]


@asynccontextmanager
async def _running() -> AsyncIterator[None]:
    """The parts of a running site, in the order in which they need each other."""
    providers = registry.current()
    try:
        if engine.unavailable_reason() is None:
            async with _engine():
                yield
        else:
            yield
    finally:
        await providers.aclose()


@asynccontextmanager
async def _engine() -> AsyncIterator[None]:
    from realtime_engine.server import lifespan as engine_lifespan

    await engine_lifespan.startup()
    try:
        yield
    finally:
        await engine_lifespan.shutdown()
