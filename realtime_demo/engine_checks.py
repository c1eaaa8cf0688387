"""System checks of what the settings name in place of the engine's own parts. No message holds an address or a key."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from realtime_demo.addresses import is_base_url

ENDPOINTS = ("/completions", "/speech", "/transcriptions")
"""What the engine itself puts behind a base URL."""


@register
def check_engine_backends(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """What answers, listens or speaks in place of the engine's own is named by an address, and only once."""
    urls = {
        "REALTIME_LLM_URL": settings.ENGINE_LLM_URL,
        "REALTIME_STT_URL": settings.ENGINE_STT_URL,
        "REALTIME_TTS_URL": settings.ENGINE_TTS_URL,
    }
    hint = "Leave it out, or write it like http://127.0.0.1:11434/v1, without a key, and without /chat or /audio."
    bad = [name for name, url in urls.items() if url and (url.endswith(ENDPOINTS) or not is_base_url(url))]
    found: list[CheckMessage] = [Error(f"{name} is no base URL.", hint=hint, id="realtime_demo.E010") for name in bad]
    twice = (("REALTIME_STT_URL", "REALTIME_WHISPER_MODEL"), ("REALTIME_TTS_URL", "REALTIME_PIPER_VOICE"))
    for url, model in twice:
        if urls[url] and getattr(settings, model.replace("REALTIME", "ENGINE", 1)):
            message, remedy = f"{url} and {model} are both set.", "Leave one of them out."
            found.append(Error(message, hint=remedy, id="realtime_demo.E011"))
    return found


@register
def check_engine_keys(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A key or a model for a server that is not named is probably a slip."""
    return [
        Warning(
            f"REALTIME_{service}_{what} has no effect.", hint=f"Set REALTIME_{service}_URL.", id="realtime_demo.W010"
        )
        for service in ("LLM", "STT", "TTS")
        for what in ("MODEL", "API_KEY", "VOICE")
        if getattr(settings, f"ENGINE_{service}_{what}", "") and not getattr(settings, f"ENGINE_{service}_URL")
    ]


@register
def check_engine_models(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """What shall run in the worker processes is installed, and where the settings say."""
    models = (
        ("REALTIME_WHISPER_MODEL", settings.ENGINE_WHISPER_MODEL, "faster_whisper", "whisper"),
        ("REALTIME_PIPER_VOICE", settings.ENGINE_PIPER_VOICE, "piper", "piper"),
    )
    found: list[CheckMessage] = []
    for name, model, package, extra in models:
        if model and find_spec(package) is None:
            message, hint = f"{name} needs a package that is not installed.", f'Run: pip install -e ".[{extra}]"'
            found.append(Error(message, hint=hint, id="realtime_demo.E012"))
        elif model.startswith(("/", "~", ".")) and not Path(model).exists():
            hint = "Write the whole path, without ~."
            found.append(Error(f"{name} names a path that does not exist.", hint=hint, id="realtime_demo.E013"))
    return found
