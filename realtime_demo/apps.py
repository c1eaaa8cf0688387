"""The composition root as a Django app: it brings the system checks."""

from __future__ import annotations

from django.apps import AppConfig


class RealtimeDemoConfig(AppConfig):
    name = "realtime_demo"

    def ready(self) -> None:
        from realtime_demo import checks, engine_checks  # noqa: F401 (they register themselves)
