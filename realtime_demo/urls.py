"""All addresses: the site, and the embedded engine's API below ``/v1/``."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from realtime_demo import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    *([path("metrics", health.metrics)] if settings.ENGINE_INSTALLED else []),
    path("", include("sessions_app.urls")),
    *([path("v1/", include("realtime_engine.server.urls"))] if settings.ENGINE_INSTALLED else []),
]
