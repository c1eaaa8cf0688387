"""What the embedded engine cannot do, said before a session starts rather than ignored in it."""

from __future__ import annotations

from realtime_api import errors
from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect

TRANSCRIPTION_PARAM = {"ga": "audio.input.transcription", "beta": "input_audio_transcription"}


def check(config: SessionConfig, dialect: Dialect, prefix: str = "session.") -> None:
    """Raises InvalidRequest, with the dialect's dotted param, for a valid configuration this engine cannot honour.

    ``prefix`` is where the session lies in what the client sent; empty where it is the whole body (beta mints).
    The recogniser knows English only, so any other language is refused: it would be answered with nonsense.
    """
    asked = config.transcription
    if asked is None:
        return
    param = prefix + TRANSCRIPTION_PARAM[dialect.name]
    if asked.language is not None and not _is_english(asked.language):
        raise _english_only(f"{param}.language", asked.language)
    if asked.languages is not None and not any(_is_english(language) for language in asked.languages):
        raise _english_only(f"{param}.languages", ", ".join(asked.languages))


def _is_english(language: str) -> bool:
    return language == "en" or language.startswith("en-")


def _english_only(param: str, asked: str) -> errors.InvalidRequest:
    return errors.invalid_value(param, f"Unsupported language: '{asked}'. This engine transcribes English ('en') only.")
