"""All addresses: the site, and the embedded engine's API below ``/v1/``."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("sessions_app.urls")),
    *([path("v1/", include("realtime_engine.server.urls"))] if settings.ENGINE_INSTALLED else []),
]
