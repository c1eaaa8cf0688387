"""The site as a Django app; it holds the registry of providers of this process."""

from __future__ import annotations

from functools import cached_property

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string

from sessions_app.registry import Registry


class SessionsAppConfig(AppConfig):
    name = "sessions_app"

    @cached_property
    def registry(self) -> Registry:
        """Made by the composition root (``settings.PROVIDER_REGISTRY``) when it is first needed, so never in
        management commands.
        """
        registry: Registry = import_string(settings.PROVIDER_REGISTRY)()
        return registry
