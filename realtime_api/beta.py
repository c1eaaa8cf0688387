"""The beta dialect: flat sessions, ``POST /realtime/sessions`` and ``/realtime/transcription_sessions``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from realtime_api import catalog, config, errors
from realtime_api.config import Kind, SessionConfig, Wire
from realtime_api.dialect import (
    MAX_TTL_S,
    MIN_TTL_S,
    Dialect,
    Minted,
    MintRequest,
    check_config,
    check_voice,
    validated,
)
from realtime_api.responses import Response, ResponseParams

DEFAULT_TTL_S: dict[Kind, int] = {"realtime": 60, "transcription": 600}

Modalities = Annotated[list[config.Modality], Field(max_length=8)]


class Transcription(Wire):
    """As in GA, without what came later."""

    model: str = catalog.DEFAULT_TRANSCRIPTION_MODEL
    language: config.Language | None = None
    prompt: Annotated[str, Field(max_length=config.MAX_INSTRUCTIONS)] | None = None

    def canonical(self, prefix: str) -> config.Transcription:
        fields = {key: value or None for key, value in self.model_dump().items()}
        return validated(config.Transcription, fields, _join(prefix, "input_audio_transcription"))


class NoiseReduction(Wire):
    type: Literal["near_field", "far_field"]


class InputFields(Wire):
    """What both kinds of beta session say about the user's audio."""

    input_audio_format: config.AudioFormat = "pcm16"
    input_audio_transcription: Transcription | None = None
    input_audio_noise_reduction: NoiseReduction | None = None
    turn_detection: config.TurnDetection | None = Field(default_factory=config.ServerVad)
    include: config.Include | None = None
    modalities: Modalities = Field(default=["audio", "text"])

    def canonical(self, prefix: str) -> dict[str, Any]:
        """The same as fields of SessionConfig."""
        transcription, reduction = self.input_audio_transcription, self.input_audio_noise_reduction
        return {
            "input_format": self.input_audio_format,
            "transcription": transcription.canonical(prefix) if transcription else None,
            "noise_reduction": config.NoiseReduction(type=reduction.type) if reduction else None,
            "turn_detection": self.turn_detection,
            "include": self.include or [],
        }


class RealtimeSession(InputFields):
    model: config.Model = catalog.DEFAULT_BETA_MODEL
    instructions: config.Instructions = config.DEFAULT_INSTRUCTIONS
    voice: config.Voice = catalog.DEFAULT_VOICE
    output_audio_format: config.AudioFormat = "pcm16"
    tools: config.Tools = Field(default_factory=list)
    tool_choice: config.ToolChoice = "auto"
    temperature: config.Temperature = 0.8
    max_response_output_tokens: config.MaxOutputTokens = "inf"
    speed: config.Speed = 1.0
    truncation: config.Truncation = "auto"
    tracing: config.Tracing | None = None
    prompt: None = None


class TranscriptionSession(InputFields):
    pass


class Expiry(Wire):
    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Field(ge=MIN_TTL_S, le=MAX_TTL_S)] | None = None


class RealtimeSecret(Wire):
    expires_after: Expiry = Field(default_factory=Expiry)


class TranscriptionSecret(Wire):
    expires_at: Expiry = Field(default_factory=Expiry)  # sic: this endpoint names the object expires_at


class ResponseCreate(Wire):
    modalities: Modalities | None = None
    instructions: config.Instructions | None = None
    voice: config.Voice | None = None
    output_audio_format: config.AudioFormat | None = None
    tools: config.Tools | None = None
    tool_choice: config.ToolChoice | None = None
    temperature: config.Temperature | None = None
    max_response_output_tokens: config.MaxOutputTokens | None = None
    max_output_tokens: config.MaxOutputTokens | None = None
    conversation: Literal["auto", "none"] = "auto"
    metadata: config.Metadata | None = None
    input: Annotated[list[dict[str, Any]], Field(max_length=1024)] | None = None


EVENT_NAMES: dict[str, str | None] = {
    "conversation.item.added": "conversation.item.created",
    "conversation.item.done": None,
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
"""Where the beta name differs from the GA name; None: the beta dialect has no such event."""


class Beta(Dialect):
    name = "beta"
    default_model = catalog.DEFAULT_BETA_MODEL
    voices = catalog.BETA_VOICES
    voice_param = "session.voice"
    assistant_text = "text"
    assistant_audio = "audio"

    def encode_session(self, config: SessionConfig) -> dict[str, Any]:
        shared = {
            "modalities": ["audio", "text"] if config.output_modality == "audio" else ["text"],
            "input_audio_format": config.input_format,
            "input_audio_transcription": _transcription(config),
            "input_audio_noise_reduction": ({"type": config.noise_reduction.type} if config.noise_reduction else None),
            "turn_detection": config.turn_detection.model_dump() if config.turn_detection else None,
            "include": config.include or None,
        }
        if config.kind == "transcription":
            return shared
        return {
            "model": config.model,
            "instructions": config.instructions,
            "voice": config.voice,
            "output_audio_format": config.output_format,
            **shared,
            "tools": [tool.model_dump() for tool in config.tools],
            "tool_choice": _dump(config.tool_choice),
            "temperature": config.temperature,
            "max_response_output_tokens": config.max_output_tokens,
            "speed": config.speed,
            "truncation": _dump(config.truncation),
            "tracing": _dump(config.tracing),
            "prompt": None,
        }

    def decode_session(self, document: Any, kind: Kind, prefix: str = "") -> SessionConfig:
        _refuse_delay(document, prefix)
        if kind == "transcription":
            return self._transcription_session(validated(TranscriptionSession, document, prefix), prefix)
        session = validated(RealtimeSession, document, prefix)
        check_voice(session.voice, self.voices, _join(prefix, "voice"))
        decoded = SessionConfig(
            model=session.model,
            output_modality=_modality(session.modalities, _join(prefix, "modalities")),
            instructions=session.instructions,
            voice=session.voice,
            speed=session.speed,
            output_format=session.output_audio_format,
            tools=session.tools,
            tool_choice=session.tool_choice,
            temperature=session.temperature,
            max_output_tokens=session.max_response_output_tokens,
            truncation=session.truncation,
            tracing=session.tracing,
            **session.canonical(prefix),
        )
        check_config(decoded, _join(prefix, "model"), _join(prefix, "turn_detection"))
        return decoded

    def _transcription_session(self, session: TranscriptionSession, prefix: str) -> SessionConfig:
        fields = session.canonical(prefix)
        fields["transcription"] = fields["transcription"] or config.Transcription()
        decoded = SessionConfig(kind="transcription", **fields)
        check_config(decoded, _join(prefix, "model"), _join(prefix, "turn_detection"))
        return decoded

    def mint_path(self, kind: Kind) -> str:
        return "/realtime/sessions" if kind == "realtime" else "/realtime/transcription_sessions"

    def decode_mint(self, body: Any, kind: Kind) -> MintRequest:
        if not isinstance(body, Mapping):
            raise errors.InvalidRequest("The request body must be a JSON object.", "invalid_type")
        secret = body.get("client_secret", {})
        expiry = (
            validated(RealtimeSecret, secret, "client_secret").expires_after
            if kind == "realtime"
            else validated(TranscriptionSecret, secret, "client_secret").expires_at
        )
        session = {key: value for key, value in body.items() if key != "client_secret"}
        ttl = DEFAULT_TTL_S[kind] if expiry.seconds is None else expiry.seconds
        return MintRequest(self.decode_session(session, kind, prefix=""), ttl)

    def encode_mint(self, config: SessionConfig, ttl_s: int) -> dict[str, Any]:
        """Only the fields of the documented endpoints; lifetimes that are the default are left unsaid."""
        body = self.encode_session(config)
        for unasked in ("prompt", "tracing", "include", "truncation"):
            if body.get(unasked) in (None, "auto"):
                body.pop(unasked, None)
        if body.get("turn_detection") and body["turn_detection"].get("idle_timeout_ms", 0) is None:
            del body["turn_detection"]["idle_timeout_ms"]
        if ttl_s != DEFAULT_TTL_S[config.kind]:
            expiry = {"anchor": "created_at", "seconds": ttl_s}
            body["client_secret"] = {"expires_after" if config.kind == "realtime" else "expires_at": expiry}
        return body

    def encode_minted(self, config: SessionConfig, session_id: str, value: str, expires_at: int) -> dict[str, Any]:
        session = self.describe_session(config, session_id, expires_at if config.kind == "transcription" else 0)
        return {**session, "client_secret": {"value": value, "expires_at": expires_at}}

    def decode_minted(self, body: Any) -> Minted:
        try:
            secret = body["client_secret"]
            session = {key: value for key, value in body.items() if key != "client_secret"}
            return Minted(str(secret["value"]), int(secret["expires_at"]), session)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a session with a client_secret: {error}") from error

    def decode_response(self, document: Any) -> ResponseParams:
        params = validated(ResponseCreate, document, "response")
        if params.voice is not None:
            check_voice(params.voice, self.voices, "response.voice")
        return ResponseParams(
            output_modality=_modality(params.modalities, "response.modalities") if params.modalities else None,
            instructions=params.instructions,
            voice=params.voice,
            output_format=params.output_audio_format,
            tools=[tool.model_dump() for tool in params.tools] if params.tools is not None else None,
            tool_choice=_dump(params.tool_choice),
            max_output_tokens=params.max_response_output_tokens or params.max_output_tokens,
            temperature=params.temperature,
            out_of_band=params.conversation == "none",
            input=params.input,
            metadata=params.metadata,
        )

    def encode_response(self, response: Response) -> dict[str, Any]:
        return {
            "object": "realtime.response",
            "id": response.id,
            "status": response.status,
            "status_details": response.status_details,
            "output": [item.to_wire(self) for item in response.output],
            "conversation_id": response.conversation_id,
            "modalities": ["text", "audio"] if response.output_modality == "audio" else ["text"],
            "voice": response.voice,
            "output_audio_format": response.output_format,
            "temperature": response.temperature,
            "max_output_tokens": response.max_output_tokens,
            "usage": response.usage.to_wire() if response.usage else None,
            "metadata": response.metadata,
        }

    def event_name(self, name: str) -> str | None:
        return EVENT_NAMES.get(name, name)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _dump(value: Any) -> Any:
    return value.model_dump(exclude_none=True) if isinstance(value, Wire) else value


def _modality(modalities: Modalities, param: str) -> config.Modality:
    if set(modalities) == {"text"}:
        return "text"
    if set(modalities) == {"audio", "text"}:
        return "audio"
    message = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio', 'text']."
    raise errors.invalid_value(param, message)


def _transcription(session: SessionConfig) -> dict[str, Any] | None:
    if session.transcription is None:
        return None
    asked = session.transcription
    return {"model": asked.model, "language": asked.language, "prompt": asked.prompt or ""}


def _refuse_delay(document: Any, prefix: str) -> None:
    """``delay`` came with GA; the beta endpoints name it in their refusal rather than calling it unknown."""
    transcription = document.get("input_audio_transcription") if isinstance(document, Mapping) else None
    if isinstance(transcription, Mapping) and transcription.get("delay") is not None:
        param = _join(prefix, "input_audio_transcription.delay")
        raise errors.invalid_value(param, f"'{param}' is only supported in GA Realtime sessions.")


BETA = Beta()
