"""Whether the embedded engine can run here, and how the site shows it.

Nothing of ``realtime_engine`` is imported before its packages are known to be installed: without the engine extra the
site runs all the same, with other providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec

from django.conf import settings

from realtime_api.config import Kind

PACKAGES = (
    *("aiortc", "espeakng_loader", "numpy", "onnx", "onnxruntime", "pipecat", "pocketsphinx", "prometheus_client"),
    *("soxr", "threadpoolctl"),
)
"""What the engine extra installs, by import name; webrtc-noise-gain is absent because the engine runs without it."""

GUIDE = "The replies come from a small built-in guide, not from a language model: ask it what it can do."
ELSEWHERE = "What you say is transcribed by another server."

FORM_FIELDS: Mapping[Kind, Mapping[str, str]] = {
    "realtime": {name: name for name in ("model", "instructions", "temperature", "voice")},
    "transcription": {f"transcription.{name}": name for name in ("model", "language", "prompt")},
}
"""Per kind of session, the form's name of the fields that may be without effect."""


def without_effect() -> Mapping[Kind, Mapping[str, str]]:
    """Per kind of session, the form fields that the engine takes and cannot honour as it is set up, with the reason."""
    from realtime_engine.server import effects

    reasons = effects.without_effect()
    return {
        kind: {
            field: f"No effect with the local engine. {reasons[path]}"
            for path, field in fields.items()
            if path in reasons
        }
        for kind, fields in FORM_FIELDS.items()
    }


def missing_packages() -> list[str]:
    """Import names of the engine's packages that are not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


@cache
def unavailable_reason() -> str | None:
    """Why the engine cannot run in this process, and the remedy; None where it can."""
    if missing := missing_packages():
        return f'It is not installed (missing: {", ".join(missing)}). Install it with: pip install -e ".[engine]"'
    from realtime_engine.speech import models

    try:
        models.read(models.SILERO_VAD)
    except models.ModelMissing as error:
        return str(error)
    return None


def notes() -> Mapping[Kind, str]:
    """Per kind of session, who answers, listens and speaks in this installation, for the people who use it."""
    return {"realtime": _talk_note(), "transcription": _transcription_note()}


def _talk_note() -> str:
    elsewhere = {
        "speech recognition": settings.ENGINE_STT_URL,
        "replies": settings.ENGINE_LLM_URL,
        "voice": settings.ENGINE_TTS_URL,
    }
    here = ["turn detection", *(part for part, url in elsewhere.items() if not url)]
    model = settings.ENGINE_LLM_MODEL
    sentences = [
        _running_here(here),
        f"The replies come from a language model{f' ({model})' if model else ''}." if elsewhere["replies"] else GUIDE,
        ELSEWHERE if elsewhere["speech recognition"] else "",
        "The voice comes from another server." if elsewhere["voice"] else "",
    ]
    return " ".join(filter(None, sentences))


def _transcription_note() -> str:
    if settings.ENGINE_STT_URL:
        return f"{_running_here(['turn detection'])} {ELSEWHERE}"
    return _running_here(["turn detection", "speech recognition"])


def _running_here(parts: list[str]) -> str:
    return f"{_listed(parts).capitalize()} {'run' if len(parts) > 1 else 'runs'} on this machine's CPU."


def paid_settings() -> list[str]:
    """The settings by which somebody's key pays for what the engine answers, hears or says."""
    services = {
        "REALTIME_LLM_API_KEY": (settings.ENGINE_LLM_URL, settings.ENGINE_LLM_API_KEY),
        "REALTIME_STT_API_KEY": (settings.ENGINE_STT_URL, settings.ENGINE_STT_API_KEY),
        "REALTIME_TTS_API_KEY": (settings.ENGINE_TTS_URL, settings.ENGINE_TTS_API_KEY),
    }
    return [name for name, (url, key) in services.items() if url and key]


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
