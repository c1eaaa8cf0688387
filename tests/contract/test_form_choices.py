"""Every choice of the forms, in both dialects: it is encoded, the embedded engine accepts it and echoes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from realtime_api import catalog
from realtime_api.dialects import DIALECTS
from sessions_app.forms import (
    AUDIO_FORMATS,
    EAGERNESS,
    MODALITIES,
    NOISE_REDUCTIONS,
    TURN_DETECTIONS,
    TalkForm,
    TranscribeForm,
)
from sessions_app.params import FIELDS
from tests.sessions_app.conftest import new_loopback_address

PROVIDERS = {"ga": "local", "beta": "local-beta"}

COMMON = {
    "turn_detection": [value for value, _ in TURN_DETECTIONS],
    "noise_reduction": [value for value, _ in NOISE_REDUCTIONS],
    "threshold": ["0", "0.35", "1"],
    "prefix_padding_ms": ["0", "10000"],
    "silence_duration_ms": ["0", "200", "10000"],
}
TALK: Mapping[str, list[str]] = {
    **COMMON,
    "model": [model.id for model in catalog.models("realtime")],
    "transcription": ["on"],
    "instructions": ["", "Answer in rhyme.\nSay “hello”."],
    "max_output_tokens": ["", "1", "4096"],
    "input_format": [value for value, _ in AUDIO_FORMATS],
    "output_format": [value for value, _ in AUDIO_FORMATS],
    "output_modality": [value for value, _ in MODALITIES],
}
CAPTIONS: Mapping[str, list[str]] = {
    **COMMON,
    "language": ["", "en", "en-GB"],
    "prompt": ["", "Names: Ada, Grace."],
    "logprobs": ["on"],
}


def rows(kind: str, dialect: str) -> list[dict[str, str]]:
    choices = {"realtime": TALK, "transcription": CAPTIONS}[kind]
    found = [{name: value} for name, values in choices.items() for value in values]
    found += [{"turn_detection": "semantic_vad", "eagerness": value} for value, _ in EAGERNESS]
    if kind == "transcription":
        return found + [_captions_by(model.id) for model in catalog.models("transcription")]
    found += [{"voice": voice} for voice in DIALECTS[dialect].voices]
    return found + [{"temperature": value} for value in ("0.6", "0.8", "1.2") if dialect == "beta"]


def _captions_by(model: str) -> dict[str, str]:
    return {"model": model, **({"turn_detection": "off"} if model in catalog.MANUAL_ONLY_MODELS else {})}


CASES = [
    pytest.param(kind, dialect, row, id=f"{kind}-{dialect}-{'-'.join(f'{k}={v[:40]!a}' for k, v in row.items())}")
    for kind in ("realtime", "transcription")
    for dialect in PROVIDERS
    for row in rows(kind, dialect)
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "dialect", "row"), CASES)
def test_a_choice_is_accepted_and_echoed(kind: str, dialect: str, row: dict[str, str]) -> None:
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT="application/json", REMOTE_ADDR=new_loopback_address())
    answer = client.post("/sessions/", {"kind": kind, "provider": PROVIDERS[dialect], **row})
    assert answer.status_code == 200, answer.content
    session = answer.json()["session"]
    for field, value in row.items():
        assert echo_of(session, dialect, kind, field) == on_the_wire(dialect, field, value)


def echo_of(session: Any, dialect: str, kind: str, field: str) -> Any:
    """The value of the session object at the param that the form's field stands for."""
    aliases = TranscribeForm.field_of_param if kind == "transcription" else {}
    (path,) = {
        param for param, name in FIELDS[dialect].items() if aliases.get(name, name) == field and name in NAMES[kind]
    }
    for part in path.split("."):
        session = session[part]
    return _essential(field, session)


NAMES = {
    "realtime": {*TalkForm.base_fields},
    "transcription": {*TranscribeForm.base_fields, "transcription_model"} - {"model"},
}


def _essential(field: str, value: Any) -> Any:
    """Objects are named by what the form chooses of them."""
    if field in ("turn_detection", "noise_reduction") and value is not None:
        return value["type"]
    return value["model"] if field == "transcription" else value


def on_the_wire(dialect: str, field: str, value: str) -> Any:
    """How the dialect writes this choice."""
    match field:
        case "threshold" | "temperature":
            return float(value)
        case "prefix_padding_ms" | "silence_duration_ms":
            return int(value)
        case "max_output_tokens":
            return int(value) if value else "inf"
        case "turn_detection" | "noise_reduction":
            return None if value == "off" else value
        case "input_format" | "output_format":
            return GA_FORMATS[value] if dialect == "ga" else value
        case "output_modality":
            return ["text", "audio"] if dialect == "beta" and value == "audio" else [value]
        case "transcription":
            return catalog.DEFAULT_TRANSCRIPTION_MODEL
        case "language":
            return value or None
        case "prompt":
            return value or (None if dialect == "ga" else "")
        case "logprobs":
            return ["item.input_audio_transcription.logprobs"]
    return value


GA_FORMATS = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
