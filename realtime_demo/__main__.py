"""Runs the site: ``python -m realtime_demo``. Where it listens is in the settings (HOST, PORT)."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import sys

import uvicorn
from django.conf import settings

from realtime_demo import engine
from realtime_demo.pacing import PacedSocket

MAX_MESSAGE_BYTES = 21 * 1024 * 1024  # the API takes 15 MiB of audio in one event; base64 makes it a third more
DEAF_SECONDS = 5  # after the session itself has given up


class Server(uvicorn.Server):
    """Says where to go once it really answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            for listener in (listener for server in self.servers for listener in server.sockets):
                limit_deafness(listener.fileno())
            gc.freeze()  # what is loaded now stays: collecting what ended sessions leave need not look through it
            sys.stdout.write(f"\n{invitation()}\n\n")
            sys.stdout.flush()


def limit_deafness(descriptor: int) -> None:
    """Has the system drop connections of this listening socket whose peer takes nothing for too long (on Linux).

    A session with such a peer ends by itself, but its socket cannot be closed: what was sent still waits for the peer.
    """
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    milliseconds = 1000 * (settings.ENGINE_MAX_STALL_SECONDS + DEAF_SECONDS)
    with socket.socket(fileno=os.dup(descriptor)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def invitation() -> str:
    """The address, and what answers there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/"
    local = engine.unavailable_reason() is None
    note = (
        "The local engine answers; it needs no key and no account." if local else "The local engine is not available."
    )
    return f"Realtime Demo: {address}\n{note} Ctrl-C stops it."


def config() -> uvicorn.Config:
    """How uvicorn serves the site."""
    return uvicorn.Config(
        "realtime_demo.asgi:application",
        host=settings.HOST,
        port=settings.PORT,
        lifespan="on",
        # At DEBUG the WebSocket library writes down handshakes, keys and all.
        # Its own lines are coloured and for people; in JSON they go where all others go.
        log_config=None if settings.LOG_FORMAT == "json" else uvicorn.config.LOGGING_CONFIG,
        log_level="info" if settings.LOG_LEVEL == "DEBUG" else settings.LOG_LEVEL.lower(),
        access_log=settings.DEBUG,
        server_header=False,
        proxy_headers=False,  # the guards need the address of the peer; settings say whose X-Forwarded-Proto counts
        timeout_graceful_shutdown=5,
        ws=PacedSocket,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "realtime_demo.settings")
    server = Server(config())
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again after it has shut down
        server.run()
    sys.exit(0 if server.started else 3)


if __name__ == "__main__":
    main()
