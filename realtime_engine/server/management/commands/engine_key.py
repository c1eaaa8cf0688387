"""``manage.py engine_key``: shows the long-lived key that the engine's REST endpoints accept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Shows the bearer key of the embedded engine's REST endpoints."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(settings.ENGINE_API_KEY)
