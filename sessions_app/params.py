"""Dotted parameters of the API's errors, and the form fields they are about: one table per dialect."""

from __future__ import annotations

from collections.abc import Collection, Mapping

TURN_DETECTION = ("threshold", "prefix_padding_ms", "silence_duration_ms", "eagerness")

GA: Mapping[str, str] = {
    "model": "model",
    "instructions": "instructions",
    "output_modalities": "output_modality",
    "max_output_tokens": "max_output_tokens",
    "temperature": "temperature",
    "include": "logprobs",
    "audio.output.voice": "voice",
    "audio.output.format": "output_format",
    "audio.input.format": "input_format",
    "audio.input.noise_reduction": "noise_reduction",
    "audio.input.transcription": "transcription",
    "audio.input.transcription.model": "transcription_model",
    "audio.input.transcription.language": "language",
    "audio.input.transcription.prompt": "prompt",
    "audio.input.turn_detection": "turn_detection",
    **{f"audio.input.turn_detection.{name}": name for name in TURN_DETECTION},
}

BETA: Mapping[str, str] = {
    "model": "model",
    "instructions": "instructions",
    "modalities": "output_modality",
    "max_response_output_tokens": "max_output_tokens",
    "temperature": "temperature",
    "include": "logprobs",
    "voice": "voice",
    "output_audio_format": "output_format",
    "input_audio_format": "input_format",
    "input_audio_noise_reduction": "noise_reduction",
    "input_audio_transcription": "transcription",
    "input_audio_transcription.model": "transcription_model",
    "input_audio_transcription.language": "language",
    "input_audio_transcription.prompt": "prompt",
    "turn_detection": "turn_detection",
    **{f"turn_detection.{name}": name for name in TURN_DETECTION},
}

FIELDS: Mapping[str, Mapping[str, str]] = {"ga": GA, "beta": BETA}


def field_for(dialect: str, param: str, fields: Collection[str]) -> str | None:
    """The form field (one of ``fields``) an error about ``param`` belongs to; None where the form has none.

    A parameter the table does not name belongs to the object it is in, so ``turn_detection.idle_timeout_ms`` is an
    error of turn detection.
    """
    table = FIELDS[dialect]
    path = param.removeprefix("session.")
    while path:
        if (field := table.get(path)) in fields:
            return field
        path, _, _ = path.rpartition(".")
    return None
