"""The engine's HTTP endpoints, to be mounted at ``/v1/``."""

from __future__ import annotations

from django.urls import re_path

from realtime_engine.server import views

urlpatterns = [
    re_path(r"^realtime(?:/calls(?:/[^/]+/hangup)?)?$", views.answer_call),
    re_path(r"", views.answer),
]
