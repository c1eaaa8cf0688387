"""Addresses of the site's pages."""

from __future__ import annotations

from django.urls import path

from sessions_app import views

urlpatterns = [
    path("", views.talk, name="talk"),
    path("transcribe", views.transcribe, name="transcribe"),
    path("sessions/", views.create_session, name="create_session"),
]
