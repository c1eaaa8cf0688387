"""What has no effect in this installation: it depends on what answers and what listens."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from realtime_engine.core import capabilities


def without_effect() -> Mapping[str, str]:
    """Path in SessionConfig -> reason, for the parts this installation is set up with."""
    return {
        **capabilities.without_effect(has_language_model(), has_other_recogniser()),
        **_named_models(),
        **_several_languages(),
        **_named_voice(),
    }


def has_language_model() -> bool:
    """Whether a language model answers in place of the guide."""
    return bool(settings.ENGINE_LLM_URL)


def has_other_recogniser() -> bool:
    """Whether something else than the built-in recogniser, which knows English only, listens."""
    return bool(settings.ENGINE_STT_URL or settings.ENGINE_WHISPER_MODEL)


def _named_models() -> Mapping[str, str]:
    """A model that the settings name is used whatever a session asks for."""
    named = {
        "model": settings.ENGINE_LLM_URL and settings.ENGINE_LLM_MODEL,
        "transcription.model": (settings.ENGINE_STT_URL and settings.ENGINE_STT_MODEL) or settings.ENGINE_WHISPER_MODEL,
    }
    return {path: "The settings of this site name the model." for path, model in named.items() if model}


def _several_languages() -> Mapping[str, str]:
    reason = "One language is passed on; where there are several, the recogniser finds out by itself."
    return {"transcription.languages": reason} if has_other_recogniser() else {}


def _named_voice() -> Mapping[str, str]:
    named = (settings.ENGINE_TTS_URL and settings.ENGINE_TTS_VOICE) or settings.ENGINE_PIPER_VOICE
    return {"voice": "The settings of this site name the voice."} if named else {}
