from __future__ import annotations

import pytest

from .talk import answer_to

SETTINGS = {
    "model": "gpt-realtime",
    "voice": "marin",
    "speed": 1.0,
    "turn_detection": "server_vad",
    "noise_reduction": None,
    "transcription": "gpt-4o-transcribe",
    "output_modality": "audio",
    "max_output_tokens": "inf",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("which voice are you using", "The voice is marin.", id="voice"),
        pytest.param("is noise reduction on", "Noise reduction is off.", id="off"),
        pytest.param("what is the threshold", "The threshold is zero point five.", id="decimal"),
        pytest.param(
            "what is the silence duration", "The silence before a turn ends is five hundred milliseconds.", id="ms"
        ),
        pytest.param("is transcription on", "Transcription is gpt-4o-transcribe.", id="transcription"),
        pytest.param("what is the token limit", "The limit of output tokens is infinite.", id="inf"),
        pytest.param("what is the eagerness", "This session has no setting for eagerness.", id="not in this session"),
        pytest.param(
            "what turn detection is it",
            "Turn detection is server VAD, the threshold is zero point five, the prefix padding is three hundred "
            "milliseconds, the silence before a turn ends is five hundred milliseconds.",
            id="turn detection with its values",
        ),
    ],
)
def test_one_setting(question: str, answer: str) -> None:
    assert answer_to(question, settings=SETTINGS) == answer


def test_the_model_is_only_a_name() -> None:
    assert answer_to("what model is this", settings=SETTINGS).endswith("because a script answers you and no model.")


@pytest.mark.parametrize("question", ["what are my settings", "tell me the current settings please", "settings"])
def test_all_settings_are_told(question: str) -> None:
    answer = answer_to(question, settings=SETTINGS)
    for part in ("gpt-realtime", "marin", "the speed is one", "server VAD", "noise reduction is off", "three hundred"):
        assert part in answer


def test_groups_of_settings_are_taken_apart() -> None:
    grouped = {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}
    answer = answer_to("what are the settings", settings=grouped)
    assert answer == "Turn detection is semantic VAD, the eagerness is low."


def test_values_of_other_types_are_said() -> None:
    answer = answer_to(
        "what are the settings", settings={"create_response": True, "output_modalities": ["audio", "text"]}
    )
    assert answer == "Create response is on, output modalities is audio and text."


def test_without_settings_it_says_so() -> None:
    assert answer_to("what are my settings") == "I was not told any settings of this session."
