"""The engine's server as a Django app: its one model and its management command."""

from __future__ import annotations

from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "realtime_engine.server"
    label = "engine"
    verbose_name = "Realtime engine"
