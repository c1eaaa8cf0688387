"""What a provider offers, as the pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from realtime_api import catalog
from realtime_api.config import Kind
from sessions_app.providers import RealtimeProvider

UNSUPPORTED = {
    "ga": {"temperature": "The GA API has no temperature. Providers of the beta dialect take it."},
    "beta": {},
}
"""Per dialect, the form fields it has no place for."""


def models(provider: RealtimeProvider, kind: Kind, today: str) -> Iterable[catalog.Model]:
    """The models to choose from; where OpenAI itself answers, only those it still serves on ``today`` (ISO date)."""
    return (model for model in catalog.models(kind) if not (provider.is_openai and _is_shut_down(model, today)))


def default_model(provider: RealtimeProvider, kind: Kind, today: str) -> str:
    """The documented default; once that one is gone, the newest model that takes turn detection."""
    default = provider.dialect.default_model if kind == "realtime" else catalog.DEFAULT_TRANSCRIPTION_MODEL
    names = [model.id for model in models(provider, kind, today)]
    return default if default in names else next(name for name in names if name not in catalog.MANUAL_ONLY_MODELS)


def unsupported(provider: RealtimeProvider) -> Mapping[str, str]:
    """Form fields that have no place in the provider's dialect, with the reason."""
    return UNSUPPORTED[provider.dialect.name]


def describe(provider: RealtimeProvider, kind: Kind, today: str) -> dict[str, Any]:
    """The provider as the page's script reads it."""
    return {
        "id": provider.id,
        "label": provider.label,
        "dialect": provider.dialect.name,
        "is_local": provider.is_local,
        "note": provider.notes.get(kind, ""),
        "models": _choices(provider, "realtime", today),
        "transcription_models": _choices(provider, "transcription", today),
        "voices": [{"id": voice, "label": voice.capitalize()} for voice in provider.dialect.voices],
        "unsupported": dict(unsupported(provider)),
        "without_effect": dict(provider.without_effect.get(kind, {})),
    }


def _choices(provider: RealtimeProvider, kind: Kind, today: str) -> list[dict[str, str]]:
    return [{"id": model.id, "label": model.id, "note": _note(model, today)} for model in models(provider, kind, today)]


def _note(model: catalog.Model, today: str) -> str:
    if model.id in catalog.MANUAL_ONLY_MODELS:
        return "This model takes no turn detection: choose Off, and press Send turn after each sentence."
    if model.shutdown is None:
        return ""
    if _is_shut_down(model, today):
        return f"OpenAI stopped serving this model on {model.shutdown}."
    return f"OpenAI stops serving this model on {model.shutdown}."


def _is_shut_down(model: catalog.Model, today: str) -> bool:
    return model.shutdown is not None and model.shutdown <= today
