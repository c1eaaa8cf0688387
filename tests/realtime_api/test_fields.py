"""Every field of the mint endpoints: its default, what it takes, and how each wrong value is refused."""

from __future__ import annotations

from typing import Any

import pytest

from realtime_api import catalog
from realtime_api.beta import BETA
from realtime_api.config import DEFAULT_INSTRUCTIONS, MAX_INSTRUCTIONS, Kind
from realtime_api.dialect import Dialect
from realtime_api.errors import InvalidRequest
from realtime_api.ga import GA

INVALID, TYPE, UNKNOWN, MISSING = "invalid_value", "invalid_type", "unknown_parameter", "missing_required_parameter"
NAN = float("nan")
LOGPROBS = "item.input_audio_transcription.logprobs"
SERVER_VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
PCM = {"type": "audio/pcm", "rate": 24000}


def body(path: str, value: Any) -> dict[str, Any]:
    """A body with ``value`` at the dotted path; what is required on the way is added."""
    head, _, rest = path.partition(".")
    inner = body(rest, value) if rest else value
    if head == "session" and isinstance(inner, dict):
        inner = {"type": "realtime"} | inner
    if head == "turn_detection" and rest == "eagerness":
        inner = {"type": "semantic_vad"} | inner
    return {head: inner}


def effective(dialect: Dialect, kind: Kind, sent: dict[str, Any]) -> dict[str, Any]:
    """The session that the endpoint echoes."""
    return dialect.describe_session(dialect.decode_mint(sent, kind).config, "sess_1", 0)


def at(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document[part]
    return document


def refusal(dialect: Dialect, kind: Kind, sent: Any) -> tuple[str | None, str | None]:
    with pytest.raises(InvalidRequest) as refused:
        dialect.decode_mint(sent, kind)
    return refused.value.param, refused.value.code


# --- defaults ---

BETA_INPUT = {
    "modalities": ["text", "audio"],
    "input_audio_format": "pcm16",
    "input_audio_transcription": None,
    "input_audio_noise_reduction": None,
    "turn_detection": SERVER_VAD,
    "include": None,
}
DEFAULTS: dict[str, tuple[Dialect, Kind, dict[str, Any], dict[str, Any]]] = {
    "beta realtime": (
        BETA,
        "realtime",
        {},
        {
            "id": "sess_1",
            "object": "realtime.session",
            "expires_at": 0,
            **BETA_INPUT,
            "model": "gpt-4o-realtime-preview",
            "instructions": DEFAULT_INSTRUCTIONS,
            "voice": "alloy",
            "output_audio_format": "pcm16",
            "tools": [],
            "tool_choice": "auto",
            "temperature": 0.8,
            "max_response_output_tokens": "inf",
            "speed": 1.0,
            "truncation": "auto",
            "tracing": None,
            "prompt": None,
        },
    ),
    "beta transcription": (
        BETA,
        "transcription",
        {},
        {
            "id": "sess_1",
            "object": "realtime.transcription_session",
            "expires_at": 0,
            **BETA_INPUT,
            "modalities": ["audio", "text"],
            "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": None, "prompt": ""},
            "turn_detection": {
                "type": "server_vad",
                "threshold": 0.5,
                "prefix_padding_ms": 300,
                "silence_duration_ms": 500,
            },
            "include": [],
        },
    ),
    "GA realtime": (
        GA,
        "realtime",
        {},
        {
            "id": "sess_1",
            "object": "realtime.session",
            "expires_at": 0,
            "type": "realtime",
            "model": "gpt-realtime-2.1",
            "output_modalities": ["audio"],
            "instructions": DEFAULT_INSTRUCTIONS,
            "audio": {
                "input": {
                    "format": PCM,
                    "transcription": None,
                    "noise_reduction": None,
                    "turn_detection": SERVER_VAD,
                },
                "output": {"format": PCM, "voice": "alloy", "speed": 1.0},
            },
            "include": None,
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "truncation": "auto",
            "tracing": None,
            "prompt": None,
        },
    ),
    "GA transcription": (
        GA,
        "realtime",
        {"session": {"type": "transcription"}},
        {
            "id": "sess_1",
            "object": "realtime.transcription_session",
            "expires_at": 0,
            "type": "transcription",
            "include": None,
            "audio": {
                "input": {
                    "format": PCM,
                    "transcription": {"model": "gpt-4o-transcribe", "language": None, "prompt": None},
                    "noise_reduction": None,
                    "turn_detection": SERVER_VAD,
                }
            },
        },
    ),
}


@pytest.mark.parametrize(("dialect", "kind", "sent", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults_are_the_documented_ones(
    dialect: Dialect, kind: Kind, sent: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert effective(dialect, kind, sent) == expected


# --- what is taken is echoed ---

TOOL = {"type": "function", "name": "go", "description": "Go.", "parameters": {"type": "object"}}
RATIO = {"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 100}}
SHARED_TAKEN: dict[str, list[Any]] = {
    "instructions": ["", "Be kind."],
    "include": [[LOGPROBS], None],
    "tools": [[TOOL], []],
    "tool_choice": ["auto", "none", "required"],
    "truncation": ["auto", "disabled", RATIO],
    "tracing": ["auto", None, {"workflow_name": "w", "group_id": "g", "metadata": {"a": 1}}],
    "prompt": [None],
}
TURN_DETECTION_TAKEN: dict[str, list[Any]] = {
    "threshold": [0, 0.35, 1],
    "prefix_padding_ms": [0, 10_000],
    "silence_duration_ms": [0, 200, 10_000],
    "idle_timeout_ms": [5_000, 30_000, None],
    "create_response": [True, False],
    "interrupt_response": [True, False],
    "eagerness": ["low", "medium", "high", "auto"],
}
TURN_TAKING_MODELS = [
    model.id for model in catalog.models("transcription") if model.id not in catalog.MANUAL_ONLY_MODELS
]
BETA_TAKEN: dict[str, list[Any]] = {
    **SHARED_TAKEN,
    "model": [model.id for model in catalog.models("realtime")],
    "voice": [
        "alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin",
        "cedar",
    ],
    "modalities": [["text"], ["text", "audio"]],
    "speed": [0.25, 1, 1.5],
    "temperature": [0.6, 1, 1.2],
    "max_response_output_tokens": [1, 4096, "inf"],
    "input_audio_format": ["pcm16", "g711_ulaw", "g711_alaw"],
    "output_audio_format": ["pcm16", "g711_ulaw", "g711_alaw"],
    "input_audio_noise_reduction": [{"type": "near_field"}, {"type": "far_field"}, None],
    "input_audio_transcription": [None],
    "input_audio_transcription.model": TURN_TAKING_MODELS,
    "input_audio_transcription.language": ["en", "en-GB", None],
    "input_audio_transcription.prompt": ["Ada", ""],
    "turn_detection": [None],
    **{f"turn_detection.{name}": values for name, values in TURN_DETECTION_TAKEN.items()},
}  # fmt: skip
GA_TAKEN: dict[str, list[Any]] = {
    **SHARED_TAKEN,
    "model": [model.id for model in catalog.models("realtime")],
    "output_modalities": [["audio"], ["text"]],
    "parallel_tool_calls": [True, False],
    "reasoning": [{"effort": effort} for effort in ("minimal", "low", "medium", "high", "xhigh")],
    "max_output_tokens": [1, 4096, "inf"],
    "audio.input.format": [PCM, {"type": "audio/pcmu"}, {"type": "audio/pcma"}],
    "audio.output.format": [PCM, {"type": "audio/pcmu"}, {"type": "audio/pcma"}],
    "audio.output.voice": [
        "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
    ],
    "audio.output.speed": [0.25, 1, 1.5],
    "audio.input.noise_reduction": [{"type": "far_field", "strength": 0.5}, None],
    "audio.input.transcription": [
        None,
        {"model": "gpt-transcribe", "language": None, "prompt": None, "languages": ["en"], "keywords": ["Ada"]},
    ],
    "audio.input.transcription.model": TURN_TAKING_MODELS,
    "audio.input.transcription.language": ["en", "en-GB", None],
    "audio.input.transcription.prompt": ["Ada"],
    "audio.input.turn_detection": [None],
    **{f"audio.input.turn_detection.{name}": values for name, values in TURN_DETECTION_TAKEN.items()},
}  # fmt: skip
TAKEN = [
    pytest.param(dialect, path, value, id=f"{dialect.name} {path}={str(value)[-40:]!a}")
    for dialect, fields in ((BETA, BETA_TAKEN), (GA, GA_TAKEN))
    for path, values in fields.items()
    for value in values
]


@pytest.mark.parametrize(("dialect", "path", "value"), TAKEN)
def test_what_is_taken_is_echoed(dialect: Dialect, path: str, value: Any) -> None:
    sent = body(path if dialect is BETA else f"session.{path}", value)
    assert at(effective(dialect, "realtime", sent), path) == value


@pytest.mark.parametrize("modalities", [["text"], ["audio", "text"]])
def test_a_beta_transcription_session_echoes_its_modalities(modalities: list[str]) -> None:
    assert effective(BETA, "transcription", {"modalities": modalities})["modalities"] == modalities


# --- what is refused ---

LONG = "x" * (MAX_INSTRUCTIONS + 1)
SHARED_REFUSED: list[tuple[str, Any, str, str]] = [
    # (field, value, param below the field, code)
    ("model", "gpt-9", "", "model_not_found"),
    ("model", "whisper-1", "", "model_not_found"),
    ("model", "", "", INVALID),
    ("model", None, "", TYPE),
    ("instructions", 5, "", TYPE),
    ("instructions", None, "", TYPE),
    ("instructions", LONG, "", INVALID),
    ("include", ["item.audio"], "[0]", INVALID),
    ("include", LOGPROBS, "", TYPE),
    ("tools", {}, "", TYPE),
    ("tools", None, "", TYPE),
    ("tools", [TOOL] * 129, "", INVALID),
    ("tools", [{"type": "function"}], "[0].name", MISSING),
    ("tools", [{"name": "two words"}], "[0].name", INVALID),
    ("tools", [{"name": "go", "type": "code"}], "[0].type", INVALID),
    ("tools", [{"name": "go", "parameters": []}], "[0].parameters", TYPE),
    ("tools", [{"name": "go", "strict": True}], "[0].strict", UNKNOWN),
    ("tools", [TOOL, {"type": "mcp", "server_label": "x"}], "[1].type", "mcp_not_supported"),
    ("tool_choice", "maybe", "", INVALID),
    ("tool_choice", None, "", INVALID),
    ("tool_choice", {"type": "function", "name": "go"}, "", INVALID),
    ("tool_choice", {"type": "function"}, ".name", MISSING),
    ("tool_choice", {"type": "function", "function": {"name": "go"}}, ".name", MISSING),
    ("tool_choice", {"type": "mcp", "server_label": "x"}, ".type", "mcp_not_supported"),
    ("truncation", "sometimes", "", INVALID),
    ("truncation", {"type": "retention_ratio"}, ".retention_ratio", MISSING),
    ("truncation", {"type": "retention_ratio", "retention_ratio": 1.1}, ".retention_ratio", INVALID),
    ("tracing", "always", "", INVALID),
    ("tracing", {"workflow": "w"}, ".workflow", UNKNOWN),
    ("prompt", {"id": "pmpt_1"}, "", "prompt_not_supported"),
]
TURN_DETECTION_REFUSED: list[tuple[str, Any, str, str]] = [
    ("", {"type": "psychic"}, ".type", INVALID),
    ("", {"type": "none"}, ".type", INVALID),
    ("", "server_vad", "", TYPE),
    ("", {"type": "server_vad", "eagerness": "low"}, ".eagerness", UNKNOWN),
    ("", {"type": "semantic_vad", "threshold": 0.5}, ".threshold", UNKNOWN),
    (".threshold", 1.01, "", INVALID),
    (".threshold", -0.01, "", INVALID),
    (".threshold", NAN, "", INVALID),
    (".threshold", "0.5", "", TYPE),
    (".threshold", None, "", TYPE),
    (".prefix_padding_ms", -1, "", INVALID),
    (".prefix_padding_ms", 10_001, "", INVALID),
    (".prefix_padding_ms", 1.5, "", TYPE),
    (".silence_duration_ms", -1, "", INVALID),
    (".silence_duration_ms", 10**30, "", INVALID),
    (".idle_timeout_ms", 4_999, "", INVALID),
    (".idle_timeout_ms", 30_001, "", INVALID),
    (".create_response", "yes", "", TYPE),
    (".create_response", None, "", TYPE),
    (".interrupt_response", 1, "", TYPE),
    (".eagerness", "keen", "", INVALID),
]
TRANSCRIPTION_REFUSED: list[tuple[str, Any, str, str]] = [
    ("", "whisper-1", "", TYPE),
    (".model", "gpt-9", "", INVALID),
    (".model", 1, "", TYPE),
    (".language", "english please", "", INVALID),
    (".language", 7, "", TYPE),
    (".prompt", LONG, "", INVALID),
    (".temperature", 0, "", UNKNOWN),
    ("", {"model": "gpt-4o-transcribe-diarize", "prompt": "Ada"}, ".prompt", INVALID),
    ("", {"model": "gpt-realtime-whisper", "prompt": "Ada"}, ".prompt", INVALID),
]
NOISE_REDUCTION_REFUSED: list[tuple[str, Any, str, str]] = [
    ("", "near_field", "", TYPE),
    ("", {}, ".type", MISSING),
    (".type", "mid_field", "", INVALID),
]


def below(path: str, rows: list[tuple[str, Any, str, str]]) -> list[tuple[str, Any, str, str]]:
    return [(path + field, value, param, code) for field, value, param, code in rows]


BETA_INPUT_REFUSED = [
    ("modalities", ["audio"], "", INVALID),
    ("modalities", [], "", INVALID),
    ("modalities", ["video"], "[0]", INVALID),
    ("modalities", "text", "", TYPE),
    ("input_audio_format", "pcm24", "", INVALID),
    ("input_audio_format", None, "", INVALID),
    *below("turn_detection", TURN_DETECTION_REFUSED),
    *below("input_audio_transcription", TRANSCRIPTION_REFUSED),
    ("input_audio_transcription", {"model": "gpt-realtime-whisper", "delay": "low"}, ".delay", INVALID),
    ("input_audio_transcription.languages", ["en"], "", UNKNOWN),
    ("input_audio_transcription.keywords", ["Ada"], "", UNKNOWN),
    *below("input_audio_noise_reduction", NOISE_REDUCTION_REFUSED),
    ("input_audio_noise_reduction", {"type": "near_field", "strength": 0.5}, ".strength", UNKNOWN),
    ("audio", {}, "", UNKNOWN),
    ("type", "realtime", "", UNKNOWN),
]
BETA_REFUSED = [
    *SHARED_REFUSED,
    *BETA_INPUT_REFUSED,
    ("voice", "zoe", "", INVALID),
    ("voice", {"id": "voice_1"}, "", TYPE),
    ("voice", None, "", TYPE),
    ("output_audio_format", "mp3", "", INVALID),
    ("temperature", 0.59, "", INVALID),
    ("temperature", 1.21, "", INVALID),
    ("temperature", "hot", "", TYPE),
    ("temperature", None, "", TYPE),
    ("max_response_output_tokens", 0, "", INVALID),
    ("max_response_output_tokens", 4097, "", INVALID),
    ("max_response_output_tokens", "infinite", "", TYPE),
    ("speed", 0.24, "", INVALID),
    ("speed", 1.51, "", INVALID),
    ("speed", True, "", TYPE),
    ("client_secret.expires_after.seconds", 9, "", INVALID),
    ("client_secret.expires_after.seconds", 7201, "", INVALID),
    ("client_secret.expires_after.seconds", "60", "", TYPE),
    ("client_secret.expires_after.anchor", "now", "", INVALID),
    ("client_secret.expires_at", {"seconds": 60}, "", UNKNOWN),
    ("max_output_tokens", 5, "", UNKNOWN),
    ("output_modalities", ["text"], "", UNKNOWN),
    ("reasoning", {"effort": "low"}, "", UNKNOWN),
]
BETA_TRANSCRIPTION_REFUSED = [
    *BETA_INPUT_REFUSED,
    ("include", ["item.audio"], "[0]", INVALID),
    ("client_secret.expires_at.seconds", 9, "", INVALID),
    ("client_secret.expires_at.seconds", 7201, "", INVALID),
    ("client_secret.expires_after", {"seconds": 60}, "", UNKNOWN),
    ("voice", "ash", "", UNKNOWN),
    ("model", "whisper-1", "", UNKNOWN),
    ("instructions", "Hello", "", UNKNOWN),
    ("temperature", 0.8, "", UNKNOWN),
]
GA_REFUSED = [
    ("expires_after.seconds", 9, "", INVALID),
    ("expires_after.seconds", 7201, "", INVALID),
    ("expires_after.seconds", 60.5, "", TYPE),
    ("expires_after.anchor", "now", "", INVALID),
    ("expires_after", None, "", TYPE),
    ("client_secret", {}, "", UNKNOWN),
    ("session", None, "", TYPE),
    *below(
        "session.",
        [
            *SHARED_REFUSED,
            ("type", "chat", "", INVALID),
            ("type", None, "", INVALID),
            ("output_modalities", ["text", "audio"], "", INVALID),
            ("output_modalities", [], "", INVALID),
            ("output_modalities", ["video"], "[0]", INVALID),
            ("parallel_tool_calls", "yes", "", TYPE),
            ("reasoning", {"effort": "max"}, ".effort", INVALID),
            ("reasoning", "low", "", TYPE),
            ("max_output_tokens", 0, "", INVALID),
            ("max_output_tokens", 4097, "", INVALID),
            ("audio", [], "", TYPE),
            ("audio.input.format", {"type": "audio/pcm", "rate": 16_000}, ".rate", INVALID),
            ("audio.input.format", {"type": "audio/mp3"}, ".type", INVALID),
            ("audio.input.format", {"type": "audio/pcmu", "rate": 8_000}, ".rate", UNKNOWN),
            ("audio.input.format", "pcm16", "", TYPE),
            ("audio.output.format", {"type": "audio/opus"}, ".type", INVALID),
            ("audio.output.voice", "fable", "", INVALID),
            ("audio.output.voice", "onyx", "", INVALID),
            ("audio.output.voice", "nova", "", INVALID),
            ("audio.output.voice", {"id": "voice_1"}, "", "custom_voice_not_supported"),
            ("audio.output.speed", 0.24, "", INVALID),
            ("audio.output.speed", 1.51, "", INVALID),
            *below("audio.input.turn_detection", TURN_DETECTION_REFUSED),
            *below("audio.input.transcription", TRANSCRIPTION_REFUSED),
            ("audio.input.transcription", {"model": "gpt-transcribe", "languages": []}, ".languages", INVALID),
            ("audio.input.transcription", {"model": "whisper-1", "languages": ["en"]}, ".languages", INVALID),
            ("audio.input.transcription", {"model": "gpt-transcribe", "keywords": [1]}, ".keywords[0]", TYPE),
            ("audio.input.transcription", {"model": "whisper-1", "keywords": ["Ada"]}, ".keywords", INVALID),
            ("audio.input.transcription", {"model": "gpt-realtime-whisper", "delay": "none"}, ".delay", INVALID),
            ("audio.input.transcription", {"model": "gpt-4o-transcribe", "delay": "low"}, ".delay", INVALID),
            *below("audio.input.noise_reduction", NOISE_REDUCTION_REFUSED),
            ("audio.input.noise_reduction", {"type": "near_field", "strength": 1.1}, ".strength", INVALID),
            ("voice", "ash", "", UNKNOWN),
            ("temperature", 0.8, "", UNKNOWN),
            ("modalities", ["text"], "", UNKNOWN),
            ("input_audio_format", "pcm16", "", UNKNOWN),
            ("turn_detection", None, "", UNKNOWN),
            ("max_response_output_tokens", 5, "", UNKNOWN),
            ("id", "sess_1", "", UNKNOWN),
        ],
    ),
]
REFUSED = [
    pytest.param(dialect, kind, row, id=f"{dialect.name} {kind} {row[0]}={str(row[1])[-60:]!a}")
    for dialect, kind, rows in (
        (BETA, "realtime", BETA_REFUSED),
        (BETA, "transcription", BETA_TRANSCRIPTION_REFUSED),
        (GA, "realtime", GA_REFUSED),
    )
    for row in rows
]


@pytest.mark.parametrize(("dialect", "kind", "row"), REFUSED)
def test_a_wrong_value_is_refused_by_its_name(dialect: Dialect, kind: Kind, row: tuple[str, Any, str, str]) -> None:
    path, value, param, code = row
    assert refusal(dialect, kind, body(path, value)) == (path + param, code)


@pytest.mark.parametrize("model", ["gpt-live-transcribe", "gpt-realtime-whisper"])
@pytest.mark.parametrize("kind", ["realtime", "transcription"])
def test_a_streaming_recogniser_takes_no_turn_detection(kind: Kind, model: str) -> None:
    sent: dict[str, Any] = {"input_audio_transcription": {"model": model}}
    assert refusal(BETA, kind, sent) == ("turn_detection", INVALID)
    heard = {"transcription": {"model": model}}
    session: dict[str, Any] = {"type": kind, "audio": {"input": heard}}
    assert refusal(GA, "realtime", {"session": session}) == ("session.audio.input.turn_detection", INVALID)
    without: dict[str, Any] = {"type": kind, "audio": {"input": {**heard, "turn_detection": None}}}
    assert at(effective(GA, "realtime", {"session": without}), "audio.input.transcription.model") == model


def test_a_tool_that_is_defined_can_be_chosen() -> None:
    chosen = {"type": "function", "name": "go"}
    assert effective(BETA, "realtime", {"tools": [TOOL], "tool_choice": chosen})["tool_choice"] == chosen
    session = {"type": "realtime", "tools": [TOOL], "tool_choice": chosen}
    assert effective(GA, "realtime", {"session": session})["tool_choice"] == chosen


def test_16384_tokens_of_instructions_are_taken() -> None:
    instructions = "hello " * 16_384
    assert effective(BETA, "realtime", {"instructions": instructions})["instructions"] == instructions


def test_instructions_and_tools_are_bounded_together() -> None:
    half = "x" * (MAX_INSTRUCTIONS // 2)
    tools = [{**TOOL, "description": half}]
    assert refusal(BETA, "realtime", {"instructions": half, "tools": tools}) == ("tools", INVALID)
    assert refusal(BETA, "realtime", {"instructions": half + "x" * 200, "tools": tools}) == ("instructions", INVALID)
    assert effective(BETA, "realtime", {"instructions": half, "tools": [TOOL]})["tools"] == [TOOL]


def test_noise_reduction_is_of_full_strength_unless_told() -> None:
    session = {"type": "realtime", "audio": {"input": {"noise_reduction": {"type": "near_field"}}}}
    shown = at(effective(GA, "realtime", {"session": session}), "audio.input.noise_reduction")
    assert shown == {"type": "near_field", "strength": 1.0}


HINTS_UNSET = {
    "gpt-transcribe": {"language", "languages", "prompt", "keywords"},
    "whisper-1": {"language", "prompt"},
}


@pytest.mark.parametrize(("model", "unset"), HINTS_UNSET.items())
def test_hints_that_the_model_takes_are_null_when_unset(model: str, unset: set[str]) -> None:
    session = {"type": "realtime", "audio": {"input": {"transcription": {"model": model}}}}
    shown = at(effective(GA, "realtime", {"session": session}), "audio.input.transcription")
    assert shown == {"model": model, **dict.fromkeys(unset)}


WORDS = [
    (BETA, {"model": None}, "Invalid 'model': expected a string, but got null instead."),
    (BETA, {"turn_detection": {"threshold": NAN}}, "but got NaN instead."),
    (BETA, {"turn_detection": {"create_response": 1}}, "expected a boolean, but got 1 instead."),
    (BETA, {"speed": True}, "expected a number, but got true instead."),
    (BETA, {"client_secret": {"expires_after": 60}}, "expected an object, but got 60 instead."),
    (BETA, {"tools": [TOOL] * 129}, "Invalid 'tools': expected at most 128 members, but got 129."),
    (GA, {"session": {"type": "realtime", "audio": {"input": "x"}}}, "expected an object, but got 'x' instead."),
    (
        GA,
        {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "x"}}}}},
        "Invalid value: 'x'. Supported values are: 'audio/pcm', 'audio/pcmu', 'audio/pcma'.",
    ),
    (
        GA,
        {"session": {"type": "realtime", "output_modalities": ["text", "audio"]}},
        "Invalid 'session.output_modalities': choose one: ['audio'], which brings a transcript along, or ['text'].",
    ),
]


@pytest.mark.parametrize(("dialect", "sent", "words"), WORDS)
def test_a_refusal_speaks_of_json(dialect: Dialect, sent: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        dialect.decode_mint(sent, "realtime")
    assert refused.value.message.endswith(words)


GA_TRANSCRIPTION_REFUSED = {
    "a model": ({"model": "gpt-realtime"}, "session.model", UNKNOWN),
    "instructions": ({"instructions": "Hello"}, "session.instructions", UNKNOWN),
    "output": ({"audio": {"output": {"voice": "ash"}}}, "session.audio.output", UNKNOWN),
    "turn detection for a streaming recogniser": (
        {"audio": {"input": {"transcription": {"model": "gpt-live-transcribe"}}}},
        "session.audio.input.turn_detection",
        INVALID,
    ),
}


@pytest.mark.parametrize(("session", "param", "code"), GA_TRANSCRIPTION_REFUSED.values(), ids=GA_TRANSCRIPTION_REFUSED)
def test_a_transcription_session_has_only_its_input(session: dict[str, Any], param: str, code: str) -> None:
    assert refusal(GA, "realtime", {"session": {"type": "transcription", **session}}) == (param, code)


@pytest.mark.parametrize("dialect", [BETA, GA])
@pytest.mark.parametrize("kind", ["realtime", "transcription"])
@pytest.mark.parametrize("sent", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_is_refused(dialect: Dialect, kind: Kind, sent: Any) -> None:
    assert refusal(dialect, kind, sent) == (None, TYPE)


def test_a_session_without_its_type_is_refused() -> None:
    assert refusal(GA, "realtime", {"session": {}}) == ("session.type", MISSING)


LIFETIMES = {
    "sessions": (BETA, "realtime", {}, 60),
    "transcription_sessions": (BETA, "transcription", {}, 600),
    "client_secrets": (GA, "realtime", {}, 600),
    "sessions, shortest": (BETA, "realtime", body("client_secret.expires_after.seconds", 10), 10),
    "transcription_sessions, longest": (BETA, "transcription", body("client_secret.expires_at.seconds", 7200), 7200),
    "client_secrets, longest": (GA, "realtime", body("expires_after.seconds", 7200), 7200),
}


@pytest.mark.parametrize(("dialect", "kind", "sent", "seconds"), LIFETIMES.values(), ids=LIFETIMES)
def test_a_key_lives_as_long_as_documented(dialect: Dialect, kind: Kind, sent: Any, seconds: int) -> None:
    assert dialect.decode_mint(sent, kind).ttl_s == seconds


@pytest.mark.parametrize("dialect", [BETA, GA])
def test_a_response_refuses_what_is_hosted_elsewhere(dialect: Dialect) -> None:
    with pytest.raises(InvalidRequest) as refused:
        dialect.decode_response({"prompt": {"id": "pmpt_1"}})
    assert (refused.value.param, refused.value.code) == ("response.prompt", "prompt_not_supported")


@pytest.mark.parametrize("sent", [{"x" * 100_000: 1}, {"session": {"type": "x" * 100_000}}])
def test_a_refusal_quotes_no_more_than_a_line(sent: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        GA.decode_mint(sent, "realtime")
    assert len(str(refused.value.body())) < 500
