from __future__ import annotations

from typing import Any

import pytest

from realtime_api.config import SemanticVad, SessionConfig, Transcription
from realtime_api.dialects import DIALECTS
from sessions_app.forms import TalkForm, TranscribeForm
from sessions_app.params import FIELDS, field_for

TALK_FIELDS = [*TalkForm.base_fields]


@pytest.mark.parametrize(
    ("dialect", "param", "field"),
    [
        ("ga", "session.audio.input.turn_detection.threshold", "threshold"),
        ("ga", "audio.output.voice", "voice"),
        ("ga", "session.audio.input.turn_detection.idle_timeout_ms", "turn_detection"),
        ("ga", "session.audio.input.transcription.model", "transcription"),
        ("ga", "session.audio.output.format.type", "output_format"),
        ("ga", "session.tools[0].name", None),
        ("ga", "expires_after.seconds", None),
        ("beta", "turn_detection.silence_duration_ms", "silence_duration_ms"),
        ("beta", "session.turn_detection.eagerness", "eagerness"),
        ("beta", "modalities", "output_modality"),
        ("beta", "max_response_output_tokens", "max_output_tokens"),
        ("beta", "input_audio_noise_reduction.type", "noise_reduction"),
        ("beta", "", None),
    ],
)
def test_a_dotted_param_finds_its_field(dialect: str, param: str, field: str | None) -> None:
    assert field_for(dialect, param, TALK_FIELDS) == field


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_every_row_of_the_table_is_a_param_the_dialect_sends(dialect: str) -> None:
    talk = SessionConfig(transcription=Transcription())
    bodies = [DIALECTS[dialect].encode_session(config) for config in (talk, semantic(talk))]
    sent = {path for body in bodies for path in _paths(body)}
    assert {path for path in FIELDS[dialect] if path != "temperature" or dialect == "beta"} <= sent


@pytest.mark.parametrize("dialect", ["ga", "beta"])
def test_every_row_of_the_table_names_a_field_of_a_form(dialect: str) -> None:
    names = {*TalkForm.base_fields, *TranscribeForm.base_fields, *TranscribeForm.field_of_param}
    assert set(FIELDS[dialect].values()) <= names


def semantic(config: SessionConfig) -> SessionConfig:
    return config.model_copy(update={"turn_detection": SemanticVad()})


def _paths(document: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for key, value in document.items():
        found.add(prefix + key)
        if isinstance(value, dict):
            found |= _paths(value, f"{prefix}{key}.")
    return found
