"""One configuration, two shapes."""

from __future__ import annotations

import pytest

from realtime_api import catalog
from realtime_api.beta import BETA
from realtime_api.config import NoiseReduction, SemanticVad, ServerVad, SessionConfig, Transcription
from realtime_api.dialects import DIALECTS
from realtime_api.errors import InvalidRequest
from realtime_api.ga import GA

CONFIGS = {
    "defaults": SessionConfig(),
    "everything off": SessionConfig(turn_detection=None),
    "semantic": SessionConfig(turn_detection=SemanticVad(eagerness="low", interrupt_response=False)),
    "tuned": SessionConfig(turn_detection=ServerVad(threshold=0.7, idle_timeout_ms=6000)),
    "phone": SessionConfig(input_format="g711_ulaw", output_format="g711_alaw"),
    "text only": SessionConfig(output_modality="text", max_output_tokens=100),
    "heard": SessionConfig(
        transcription=Transcription(model="whisper-1", language="en"), noise_reduction=NoiseReduction(type="far_field")
    ),
    "tools": SessionConfig(
        tools=[{"type": "function", "name": "go", "description": "", "parameters": {}}], tool_choice="required"
    ),
    "transcription": SessionConfig(kind="transcription", transcription=Transcription()),
}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_configuration_survives_the_round_trip(dialect, config):
    document = dialect.encode_session(config)
    decoded = dialect.decode_session(document, config.kind)
    assert decoded.model_copy(update={"model": config.model}) == config


def test_beta_is_flat_and_ga_is_nested():
    config = SessionConfig(voice="ash", max_output_tokens=7)
    assert BETA.encode_session(config)["max_response_output_tokens"] == 7
    assert GA.encode_session(config)["audio"]["output"]["voice"] == "ash"


def test_the_documented_defaults_hold():
    beta, ga = BETA.decode_mint({}, "realtime"), GA.decode_mint({}, "realtime")
    transcription = BETA.decode_mint({}, "transcription")
    assert (beta.ttl_s, transcription.ttl_s, ga.ttl_s) == (60, 600, 600)
    assert beta.config.turn_detection == ga.config.turn_detection == ServerVad(silence_duration_ms=500)
    assert (beta.config.temperature, beta.config.voice) == (0.8, "alloy")


def test_every_voice_of_a_dialect_is_accepted_there():
    for voice in catalog.BETA_VOICES:
        assert BETA.decode_mint({"voice": voice}, "realtime").config.voice == voice
    for voice in catalog.GA_VOICES:
        session = {"type": "realtime", "audio": {"output": {"voice": voice}}}
        assert GA.decode_mint({"session": session}, "realtime").config.voice == voice


def nested(**audio_input):
    return {"session": {"type": "realtime", "audio": {"input": audio_input}}}


GA_REFUSALS = {
    "no type": ({"session": {}}, "missing_required_parameter", "session.type"),
    "an unknown type": ({"session": {"type": "chat"}}, "invalid_value", "session.type"),
    "a flat field": ({"session": {"type": "realtime", "voice": "ash"}}, "unknown_parameter", "session.voice"),
    "temperature": ({"session": {"type": "realtime", "temperature": 1}}, "unknown_parameter", "session.temperature"),
    "an unknown model": ({"session": {"type": "realtime", "model": "gpt-9"}}, "model_not_found", "session.model"),
    "both modalities": (
        {"session": {"type": "realtime", "output_modalities": ["text", "audio"]}},
        "invalid_value",
        "session.output_modalities",
    ),
    "a beta voice": (
        {"session": {"type": "realtime", "audio": {"output": {"voice": "fable"}}}},
        "invalid_value",
        "session.audio.output.voice",
    ),
    "a high threshold": (
        nested(turn_detection={"type": "server_vad", "threshold": 1.5}),
        "invalid_value",
        "session.audio.input.turn_detection.threshold",
    ),
    "an infinite threshold": (
        nested(turn_detection={"type": "server_vad", "threshold": float("nan")}),
        "invalid_value",
        "session.audio.input.turn_detection.threshold",
    ),
    "an unknown VAD": (
        nested(turn_detection={"type": "psychic"}),
        "invalid_value",
        "session.audio.input.turn_detection.type",
    ),
    "eagerness for server_vad": (
        nested(turn_detection={"type": "server_vad", "eagerness": "low"}),
        "unknown_parameter",
        "session.audio.input.turn_detection.eagerness",
    ),
    "16 kHz": (
        nested(format={"type": "audio/pcm", "rate": 16000}),
        "invalid_value",
        "session.audio.input.format.rate",
    ),
    "an MCP tool": (
        {"session": {"type": "realtime", "tools": [{"type": "mcp", "server_label": "x"}]}},
        "mcp_not_supported",
        "session.tools[0].type",
    ),
    "a hosted prompt": (
        {"session": {"type": "realtime", "prompt": {"id": "p"}}},
        "prompt_not_supported",
        "session.prompt",
    ),
    "a short lifetime": ({"expires_after": {"seconds": 9}}, "invalid_value", "expires_after.seconds"),
    "an array": ([], "invalid_type", None),
    "turn detection for a streaming recogniser": (
        {
            "session": {
                "type": "transcription",
                "audio": {"input": {"transcription": {"model": "gpt-live-transcribe"}}},
            }
        },
        "invalid_value",
        "session.audio.input.turn_detection",
    ),
}

BETA_REFUSALS = {
    "a nested field": ({"audio": {}}, "unknown_parameter", "audio"),
    "a long lifetime": (
        {"client_secret": {"expires_after": {"seconds": 7201}}},
        "invalid_value",
        "client_secret.expires_after.seconds",
    ),
    "audio alone": ({"modalities": ["audio"]}, "invalid_value", "modalities"),
    "a hot temperature": ({"temperature": 1.3}, "invalid_value", "temperature"),
    "a temperature in words": ({"temperature": "hot"}, "invalid_type", "temperature"),
    "delay": (
        {"input_audio_transcription": {"model": "gpt-realtime-whisper", "delay": "low"}},
        "invalid_value",
        "input_audio_transcription.delay",
    ),
    "no tokens": ({"max_response_output_tokens": 0}, "invalid_value", "max_response_output_tokens"),
    "a boolean for a number": ({"speed": True}, "invalid_type", "speed"),
}


@pytest.mark.parametrize(("body", "code", "param"), GA_REFUSALS.values(), ids=GA_REFUSALS)
def test_ga_refuses(body, code, param):
    with pytest.raises(InvalidRequest) as refused:
        GA.decode_mint(body, "realtime")
    assert (refused.value.code, refused.value.param) == (code, param)


@pytest.mark.parametrize(("body", "code", "param"), BETA_REFUSALS.values(), ids=BETA_REFUSALS)
def test_beta_refuses(body, code, param):
    with pytest.raises(InvalidRequest) as refused:
        BETA.decode_mint(body, "realtime")
    assert (refused.value.code, refused.value.param) == (code, param)


def test_an_update_keeps_what_it_does_not_name():
    before = SessionConfig(turn_detection=ServerVad(threshold=0.7, silence_duration_ms=900))
    patch = {"type": "realtime", "audio": {"input": {"turn_detection": {"threshold": 0.4}}}}
    assert GA.merge(before, patch).turn_detection == ServerVad(threshold=0.4, silence_duration_ms=900)


def test_another_turn_detection_type_brings_its_own_fields():
    patch = {"turn_detection": {"type": "semantic_vad"}}
    assert BETA.merge(SessionConfig(), patch).turn_detection == SemanticVad()


def test_strength_and_type_of_noise_reduction_keep_each_other():
    before = SessionConfig(noise_reduction=NoiseReduction(type="near_field", strength=0.4))
    for patch, after in (({"strength": 0.7}, ("near_field", 0.7)), ({"type": "far_field"}, ("far_field", 0.4))):
        asked = {"type": "realtime", "audio": {"input": {"noise_reduction": patch}}}
        reduction = GA.merge(before, asked).noise_reduction
        assert (reduction.type, reduction.strength) == after


def test_a_chosen_tool_cannot_be_taken_away():
    tool = {"type": "function", "name": "go", "description": "", "parameters": {}}
    before = SessionConfig(tools=[tool], tool_choice={"type": "function", "name": "go"})
    with pytest.raises(InvalidRequest, match="'go' is not among the tools") as refused:
        GA.merge(before, {"type": "realtime", "tools": []})
    assert refused.value.param == "session.tool_choice"


def test_a_provider_is_asked_for_nothing_that_is_unset():
    config = SessionConfig(transcription=Transcription(), noise_reduction=NoiseReduction(type="near_field"))
    asked = GA.encode_mint(config, 60)["session"]["audio"]["input"]
    assert asked["transcription"] == {"model": catalog.DEFAULT_TRANSCRIPTION_MODEL}
    assert asked["noise_reduction"] == {"type": "near_field"}


def test_null_switches_off():
    before = SessionConfig(transcription=Transcription(), noise_reduction=NoiseReduction(type="near_field"))
    off = {"turn_detection": None, "input_audio_transcription": None, "input_audio_noise_reduction": None}
    after = BETA.merge(before, off)
    assert (after.turn_detection, after.transcription, after.noise_reduction) == (None, None, None)


def test_a_realtime_session_refuses_a_transcription_update():
    with pytest.raises(InvalidRequest, match="not allowed"):
        GA.merge(SessionConfig(), {"type": "transcription"})


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("kind", ["realtime", "transcription"])
def test_what_the_site_asks_for_is_what_a_server_understands(dialect, kind):
    config = SessionConfig(kind=kind, transcription=Transcription(language="en"), noise_reduction=None)
    request = dialect.decode_mint(dialect.encode_mint(config, 120), kind)
    assert request.ttl_s == 120
    assert request.config == config


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_minted_key_is_read_where_the_dialect_puts_it(dialect):
    session = dialect.describe_session(SessionConfig(), "sess_1", 0)
    minted = dialect.decode_minted(dialect.encode_minted(session, "ek_secret", 1_800_000_000))
    assert (minted.value, minted.expires_at) == ("ek_secret", 1_800_000_000)
    assert "ek_secret" not in str(minted.session)


@pytest.mark.parametrize("body", [None, [], {}, {"value": "x"}, {"client_secret": None}])
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_an_answer_of_another_shape_is_not_taken_for_a_key(dialect, body):
    with pytest.raises(ValueError, match="not a"):
        dialect.decode_minted(body)
