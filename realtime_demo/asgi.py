"""The site as an ASGI application: pages, the engine's API, its WebSockets, start and stop."""

from __future__ import annotations

import os
import warnings
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "realtime_demo.settings")

# WhiteNoise hands Django a file's iterator; the files are small and read in a thread.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

pages = get_asgi_application()  # sets Django up, so it comes before what needs models

from realtime_demo.lifespan import lifespan  # noqa: E402
from realtime_demo.upload_limit import UploadLimit  # noqa: E402


async def refuse(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """There is no WebSocket at this address: 403 at the handshake."""
    await send({"type": "websocket.close", "code": 1000, "reason": ""})


def websocket_routes() -> list[Any]:
    """The engine's, and an end for every other address. (Channels puts ASGI applications where Django has views.)"""
    refused: Any = refuse
    if not settings.ENGINE_INSTALLED:
        return [re_path(r"", refused)]
    from realtime_engine.server.routing import websocket_urlpatterns

    return [*websocket_urlpatterns, re_path(r"", refused)]


# No check of the Origin header: a socket is opened with a bearer key that no browser sends by itself, so pages of
# other sites may connect if they were given one, as with the real API; clients that are no browser send no Origin.
application = ProtocolTypeRouter(
    {
        "http": UploadLimit(pages),
        "websocket": URLRouter(websocket_routes()),
        "lifespan": lifespan,
    }
)
