"""What the embedded engine cannot do, said before a session starts rather than ignored in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from realtime_api import catalog, errors
from realtime_api.config import SemanticVad, SessionConfig
from realtime_api.dialect import Dialect
from realtime_engine.core.ports import ENGLISH

GUIDE = {
    "model": "The built-in guide answers under any model name.",
    "instructions": "The built-in guide can read them back, but it does not follow them.",
    "temperature": "The built-in guide does not sample.",
    "reasoning": "The built-in guide does not reason.",
    "parallel_tool_calls": "The built-in guide calls one tool at a time.",
    "input_image": "Kept in the conversation; the built-in guide does not look at it.",
}
"""What only a language model could honour."""

RECOGNISER = {
    "transcription.model": "One recogniser for English listens under any model name.",
    "transcription.prompt": "The recogniser takes no hints.",
    "transcription.keywords": "The recogniser takes no hints.",
    "transcription.language": "English alone is recognised, and any other language is refused.",
    "transcription.languages": "English must be among them, and nothing else is recognised.",
}
"""What only another recogniser could honour."""

ALWAYS = {
    "truncation": "The engine cuts no history off.",
    "tracing": "Nothing is traced.",
    "transcription.delay": "Captions come as soon as they are stable.",
}
"""What nothing in this engine honours."""


IN_TRANSCRIPTION = {
    "output_modality": "A transcription session has no answers.",
    "turn_detection": "It only cuts turns: create_response, interrupt_response and idle_timeout_ms are about answers.",
}
"""What the API itself gives no meaning in a transcription session, though it takes the field there."""

NO_JUDGE = "Nothing here tells whether a turn sounds complete, so it ends after one second of silence."
NO_SPEAKERS = "Transcripts come without speakers: nothing here tells one voice from another."


def without_effect(answerer: bool, recogniser: bool) -> Mapping[str, str]:
    """The fields that are checked, echoed and then without effect: path in ``SessionConfig`` -> reason, a sentence.

    ``answerer`` tells whether a language model answers in place of the guide, ``recogniser`` whether another recogniser
    listens. ``input_image`` is a content part and no field of the session.
    """
    return {**({} if answerer else GUIDE), **ALWAYS, **({} if recogniser else RECOGNISER)}


def effects(
    config: SessionConfig, dialect: Dialect, degraded: Mapping[str, str] | None = None
) -> dict[str, Mapping[str, str]]:
    """What to add to the effective session: ``{"x-effect": {dotted field: reason}}``, or nothing.

    Only what a client could not know from the API's own documentation of the value it chose. ``degraded`` names what
    is missing on this machine, or replaced by something simpler, and why: turn_judge, noise_reduction.
    """
    missing = degraded or {}
    found: dict[str, str] = {}
    if config.transcription is not None and config.transcription.model == catalog.DIARIZE_MODEL:
        found["transcription.model"] = NO_SPEAKERS
    if isinstance(config.turn_detection, SemanticVad) and "turn_judge" in missing:
        found["turn_detection.type"] = f"{NO_JUDGE} {missing['turn_judge']}"
    if config.noise_reduction is not None and "noise_reduction" in missing:
        found["noise_reduction.type"] = missing["noise_reduction"]
    return {"x-effect": {dialect.param(path): reason for path, reason in found.items()}} if found else {}


def check(
    config: SessionConfig, dialect: Dialect, prefix: str = "session.", *, languages: Collection[str] | None = ENGLISH
) -> None:
    """Raises InvalidRequest, with the dialect's dotted param, for a valid configuration this engine cannot honour.

    ``prefix`` is where the session lies in what the client sent; empty where it is the whole body (beta mints).
    A language the recogniser does not know (``languages``; None: nobody can tell) would be answered with nonsense.
    """
    asked = config.transcription
    if asked is None or languages is None:
        return
    param = prefix + dialect.param("transcription")
    if asked.language is not None and not _knows(languages, asked.language):
        raise _unknown(f"{param}.language", asked.language, languages)
    if asked.languages is not None and not any(_knows(languages, language) for language in asked.languages):
        raise _unknown(f"{param}.languages", ", ".join(asked.languages), languages)


def _knows(languages: Collection[str], asked: str) -> bool:
    return asked.partition("-")[0] in languages


def _unknown(param: str, asked: str, languages: Collection[str]) -> errors.InvalidRequest:
    known = "English ('en') only" if set(languages) == {"en"} else f"only {', '.join(map(repr, sorted(languages)))}"
    return errors.invalid_value(param, f"Unsupported language: '{asked}'. This engine transcribes {known}.")
