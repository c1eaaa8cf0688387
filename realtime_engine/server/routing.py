"""The engine's WebSocket endpoints, for Channels' URLRouter."""

from __future__ import annotations

from django.urls import re_path

from realtime_engine.server.consumer import RealtimeConsumer

websocket_urlpatterns = [
    re_path(r"^v1/realtime/?$", RealtimeConsumer.as_asgi()),
]
