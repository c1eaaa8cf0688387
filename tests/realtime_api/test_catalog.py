"""The catalog against the enums of the official SDK."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import pytest
from openai.types.realtime.audio_transcription import AudioTranscription
from openai.types.realtime.realtime_session_create_request import RealtimeSessionCreateRequest

from realtime_api import catalog


def named(annotation: Any) -> set[str]:
    """The values that an annotation spells out."""
    arguments = get_args(annotation)
    return set(arguments) if get_origin(annotation) is Literal else set().union(*map(named, arguments))


@pytest.mark.parametrize(
    ("model", "kind"), [(RealtimeSessionCreateRequest, "realtime"), (AudioTranscription, "transcription")]
)
def test_every_model_that_the_sdk_names_is_known(model, kind):
    enum = named(model.model_fields["model"].annotation)
    assert enum
    assert enum <= {known.id for known in catalog.models(kind)}
