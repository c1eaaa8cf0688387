"""Addresses of the site's pages."""

from __future__ import annotations

from django.urls import path

from sessions_app import reference_views, views

urlpatterns = [
    path("", views.talk, name="talk"),
    path("transcribe", views.transcribe, name="transcribe"),
    path("reference", reference_views.reference_page, name="reference"),
    path("reference/requests", reference_views.send_request, name="send_request"),
    path("sessions/", views.create_session, name="create_session"),
]
