"""The GA dialect: nested sessions, ``POST /realtime/client_secrets``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag

from realtime_api import catalog, config, errors
from realtime_api.config import Kind, SessionConfig, Wire
from realtime_api.dialect import (
    EFFECTS,
    EXPIRES_AT,
    SECRET_VALUE,
    SESSION_EXPIRES_AT,
    SESSION_ID,
    TTL_ANCHOR,
    TTL_SECONDS,
    Dialect,
    Minted,
    MintRequest,
    ResponseFields,
    check_config,
    check_voice,
    dump,
    join,
    refuse_hosted,
    validated,
)
from realtime_api.responses import Response, ResponseParams

DEFAULT_TTL_S = 600


def _one_modality(modalities: list[config.Modality]) -> list[config.Modality]:
    if len(modalities) != 1:
        raise ValueError("choose one: ['audio'], which brings a transcript along, or ['text'].")
    return modalities


Voice = Annotated[config.Voice, Field(json_schema_extra={"enum": list(catalog.GA_VOICES)})]
OutputModalities = Annotated[
    list[config.Modality],
    AfterValidator(_one_modality),
    Field(
        description='["audio"], which brings a transcript along, or ["text"].',
        json_schema_extra={"minItems": 1, "maxItems": 1},
    ),
]


class PcmFormat(Wire):
    """16-bit little-endian mono at 24 kHz."""

    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24000] = 24000


class G711Format(Wire):
    """mu-law (audio/pcmu) or A-law (audio/pcma) mono at 8 kHz."""

    model_config = ConfigDict(json_schema_extra={"required": ["type"]})

    type: Literal["audio/pcmu", "audio/pcma"]


def _format_type(value: Any) -> Any:
    return value.get("type", "audio/pcm") if isinstance(value, dict) else getattr(value, "type", None)


Format = Annotated[
    Annotated[PcmFormat, Tag("audio/pcm")]
    | Annotated[G711Format, Tag("audio/pcmu")]
    | Annotated[G711Format, Tag("audio/pcma")],
    Discriminator(_format_type),
    Field(description="audio/pcm: 16-bit little-endian mono at 24 kHz; audio/pcmu and audio/pcma: G.711 at 8 kHz."),
]

WIRE_FORMATS: dict[str, dict[str, Any]] = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
CANONICAL_FORMATS = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}


class AudioInput(Wire):
    """The user's audio."""

    format: Format = Field(default_factory=PcmFormat)
    transcription: config.Transcription | None = None
    noise_reduction: config.NoiseReduction | None = None
    turn_detection: config.TurnDetection | None = Field(default_factory=config.ServerVad)


class AudioOutput(Wire):
    """The model's audio."""

    format: Format = Field(default_factory=PcmFormat)
    voice: Voice = catalog.DEFAULT_VOICE
    speed: config.Speed = 1.0


class Audio(Wire):
    """Both directions."""

    input: AudioInput = Field(default_factory=AudioInput)
    output: AudioOutput = Field(default_factory=AudioOutput)


class TranscriptionInput(AudioInput):
    """The user's audio, in a session without answers."""


class TranscriptionAudio(Wire):
    """The user's audio only."""

    input: TranscriptionInput = Field(default_factory=TranscriptionInput)


class RealtimeSession(Wire):
    """A conversation."""

    type: Literal["realtime"]
    model: config.Model = catalog.DEFAULT_MODEL
    output_modalities: OutputModalities = Field(default=["audio"])
    instructions: config.Instructions = config.DEFAULT_INSTRUCTIONS
    audio: Audio = Field(default_factory=Audio)
    include: config.Include | None = None
    tools: config.Tools = Field(default_factory=list)
    tool_choice: config.ToolChoice = "auto"
    parallel_tool_calls: config.ParallelToolCalls | None = None
    reasoning: config.Reasoning | None = None
    max_output_tokens: config.MaxOutputTokens = "inf"
    truncation: config.Truncation = "auto"
    tracing: config.Tracing | None = None
    prompt: config.HostedPrompt = None


class TranscriptionSession(Wire):
    """Captions only: no answers."""

    type: Literal["transcription"]
    audio: TranscriptionAudio = Field(default_factory=TranscriptionAudio)
    include: config.Include | None = None


class ExpiresAfter(Wire):
    """How long the key opens sessions."""

    anchor: TTL_ANCHOR = "created_at"
    seconds: TTL_SECONDS = DEFAULT_TTL_S


class ClientSecretCreate(Wire):
    """The body of ``POST /realtime/client_secrets``."""

    expires_after: ExpiresAfter = Field(default_factory=ExpiresAfter)
    session: Annotated[
        RealtimeSession | TranscriptionSession,
        Field(discriminator="type", description="The session that the key opens: a conversation, or captions only."),
    ] = RealtimeSession(type="realtime")


class EffectiveSession(RealtimeSession):
    """The session in effect; ``expires_at`` is 0 before it has begun."""

    id: SESSION_ID
    object: Literal["realtime.session"]
    expires_at: SESSION_EXPIRES_AT
    effects: EFFECTS = Field(default_factory=dict)


class EffectiveTranscriptionSession(TranscriptionSession):
    """The transcription session in effect."""

    id: SESSION_ID
    object: Literal["realtime.transcription_session"]
    expires_at: SESSION_EXPIRES_AT
    effects: EFFECTS = Field(default_factory=dict)


class ClientSecretCreated(Wire):
    """An ephemeral key and the session it opens."""

    value: SECRET_VALUE
    expires_at: EXPIRES_AT
    session: Annotated[EffectiveSession | EffectiveTranscriptionSession, Field(discriminator="type")]


class ResponseAudioOutput(Wire):
    format: Format | None = None
    voice: Voice | None = None


class ResponseAudio(Wire):
    output: ResponseAudioOutput = Field(default_factory=ResponseAudioOutput)


class ResponseCreate(ResponseFields):
    output_modalities: OutputModalities | None = None
    audio: ResponseAudio = Field(default_factory=ResponseAudio)
    parallel_tool_calls: config.ParallelToolCalls | None = None
    reasoning: config.Reasoning | None = None


class Ga(Dialect):
    name = "ga"
    default_model = catalog.DEFAULT_MODEL
    voices = catalog.GA_VOICES
    assistant_text = "output_text"
    assistant_audio = "output_audio"
    renamed = {  # noqa: RUF012 - typed and never changed
        "output_modality": "output_modalities",
        "input_format": "audio.input.format",
        "transcription": "audio.input.transcription",
        "noise_reduction": "audio.input.noise_reduction",
        "turn_detection": "audio.input.turn_detection",
        "output_format": "audio.output.format",
        "voice": "audio.output.voice",
        "speed": "audio.output.speed",
    }

    def encode_session(self, config: SessionConfig) -> dict[str, Any]:
        audio_input = {
            "format": WIRE_FORMATS[config.input_format],
            "transcription": _transcription(config),
            "noise_reduction": dump(config.noise_reduction),
            "turn_detection": config.turn_detection.model_dump() if config.turn_detection else None,
        }
        if config.kind == "transcription":
            return {
                "type": "transcription",
                "include": config.include or None,
                "audio": {"input": audio_input},
            }
        optional = {"parallel_tool_calls": config.parallel_tool_calls, "reasoning": dump(config.reasoning)}
        return {
            "type": "realtime",
            "model": config.model,
            "output_modalities": [config.output_modality],
            "instructions": config.instructions,
            "audio": {
                "input": audio_input,
                "output": {
                    "format": WIRE_FORMATS[config.output_format],
                    "voice": config.voice,
                    "speed": config.speed,
                },
            },
            "include": config.include or None,
            "tools": [tool.model_dump() for tool in config.tools],
            "tool_choice": dump(config.tool_choice),
            "max_output_tokens": config.max_output_tokens,
            "truncation": dump(config.truncation),
            "tracing": dump(config.tracing),
            "prompt": None,
            **{key: value for key, value in optional.items() if value is not None},
        }

    def decode_session(self, document: Any, kind: Kind, prefix: str = "session") -> SessionConfig:
        _refuse_hosted(document, prefix)
        if kind == "transcription":
            return self._canonical(validated(TranscriptionSession, document, prefix), prefix)
        return self._canonical(validated(RealtimeSession, document, prefix), prefix)

    def _canonical(self, session: RealtimeSession | TranscriptionSession, prefix: str) -> SessionConfig:
        if isinstance(session, RealtimeSession):
            check_voice(session.audio.output.voice, self.voices, join(prefix, "audio.output.voice"))
            decoded = SessionConfig(
                model=session.model,
                output_modality=session.output_modalities[0],
                instructions=session.instructions,
                voice=session.audio.output.voice,
                speed=session.audio.output.speed,
                output_format=_canonical(session.audio.output.format),
                tools=session.tools,
                tool_choice=session.tool_choice,
                max_output_tokens=session.max_output_tokens,
                parallel_tool_calls=session.parallel_tool_calls,
                reasoning=session.reasoning,
                truncation=session.truncation,
                tracing=session.tracing,
                include=session.include or [],
                **_input(session.audio.input),
            )
        else:
            fields = _input(session.audio.input)
            fields["transcription"] = fields["transcription"] or config.Transcription()
            decoded = SessionConfig(kind="transcription", include=session.include or [], **fields)
        check_config(decoded, self, prefix)
        return decoded

    def merge(self, config: SessionConfig, patch: Any) -> SessionConfig:
        kind = session_kind(patch) if isinstance(patch, Mapping) else config.kind
        if kind != config.kind:
            message = f"Passing a {kind} session update event to a {config.kind} session is not allowed."
            raise errors.invalid_value("session.type", message)
        return super().merge(config, patch)

    def mint_path(self, kind: Kind) -> str:
        return "/realtime/client_secrets"

    def decode_mint(self, body: Any, kind: Kind) -> MintRequest:
        if isinstance(body, Mapping):
            _refuse_hosted(body.get("session"), "session")
        request = validated(ClientSecretCreate, body, "")
        return MintRequest(self._canonical(request.session, "session"), request.expires_after.seconds)

    def encode_mint(self, config: SessionConfig, ttl_s: int) -> dict[str, Any]:
        session = self.encode_session(config)
        for unasked in ("prompt", "tracing", "include"):
            if session.get(unasked) is None:
                session.pop(unasked, None)
        heard = session["audio"]["input"]
        heard["transcription"] = dump(config.transcription)
        if config.noise_reduction and config.noise_reduction.strength == 1:
            del heard["noise_reduction"]["strength"]  # the default, and a newer field than some servers
        return {"expires_after": {"anchor": "created_at", "seconds": ttl_s}, "session": session}

    def encode_minted(self, session: dict[str, Any], value: str, expires_at: int) -> dict[str, Any]:
        return {"value": value, "expires_at": expires_at, "session": session}

    def decode_minted(self, body: Any) -> Minted:
        try:
            return Minted(str(body["value"]), int(body["expires_at"]), dict(body["session"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a client_secrets answer: {error}") from error

    def decode_response(self, document: Any) -> ResponseParams:
        _refuse_hosted(document, "response")
        params = validated(ResponseCreate, document, "response")
        output = params.audio.output
        if output.voice is not None:
            check_voice(output.voice, self.voices, "response.audio.output.voice")
        return ResponseParams(
            output_modality=params.output_modalities[0] if params.output_modalities else None,
            voice=output.voice,
            output_format=_canonical(output.format) if output.format else None,
            reasoning=params.reasoning,
            parallel_tool_calls=params.parallel_tool_calls,
            **params.canonical(),
        )

    def encode_output(self, response: Response) -> dict[str, Any]:
        return {
            "output_modalities": [response.output_modality],
            "audio": {"output": {"format": WIRE_FORMATS[response.output_format], "voice": response.voice}},
        }

    def event_name(self, name: str) -> str | None:
        return None if name == "conversation.created" else name  # documented, but never seen in GA captures


def session_kind(session: Mapping[str, Any]) -> Kind:
    """The kind a session object says it is. Raises InvalidRequest: GA requires ``type`` everywhere."""
    kind = session.get("type")
    if kind is None:
        raise errors.missing("session.type")
    if kind not in ("realtime", "transcription"):
        message = f"Invalid value: {errors.shown(kind)}. Supported values are: 'realtime', 'transcription'."
        raise errors.invalid_value("session.type", message)
    return kind  # type: ignore[no-any-return]


def _canonical(wire_format: PcmFormat | G711Format) -> config.AudioFormat:
    return CANONICAL_FORMATS[wire_format.type]  # type: ignore[return-value]


def _transcription(session: SessionConfig) -> dict[str, Any] | None:
    if session.transcription is None:
        return None
    asked = session.transcription
    unset = {"model": None, "language": None, "prompt": None}
    if asked.model in catalog.HINTED_MODELS:
        unset |= {"languages": None, "keywords": None}
    return unset | asked.model_dump(exclude_none=True)


def _refuse_hosted(document: Any, prefix: str) -> None:
    """What only the provider holds, voices of one's own among it. Raises InvalidRequest."""
    refuse_hosted(document, prefix)
    voice = document
    for name in ("audio", "output", "voice"):
        voice = voice.get(name) if isinstance(voice, Mapping) else None
    if isinstance(voice, Mapping):
        message = "Custom voices are not available on this server: name one of its voices instead."
        raise errors.InvalidRequest(message, "custom_voice_not_supported", join(prefix, "audio.output.voice"))


def _input(audio: AudioInput) -> dict[str, Any]:
    return {
        "input_format": _canonical(audio.format),
        "transcription": audio.transcription,
        "noise_reduction": audio.noise_reduction,
        "turn_detection": audio.turn_detection,
    }


GA = Ga()
