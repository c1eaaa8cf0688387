"""The engine's WebSocket endpoints, for Channels' URLRouter."""

from __future__ import annotations

from typing import Any

from django.urls import re_path

from realtime_engine.server.consumer import RealtimeConsumer

consumer: Any = RealtimeConsumer.as_asgi()  # Channels puts ASGI applications where Django has views
websocket_urlpatterns = [re_path(r"^v1/realtime/?$", consumer)]
