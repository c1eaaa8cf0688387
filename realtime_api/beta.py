"""The beta dialect: flat sessions, ``POST /realtime/sessions`` and ``/realtime/transcription_sessions``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

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

DEFAULT_TTL_S: dict[Kind, int] = {"realtime": 60, "transcription": 600}

Modalities = Annotated[
    list[config.Modality],
    Field(
        max_length=8,
        description='What the model answers with: ["text", "audio"], or ["text"], which switches audio off.',
        json_schema_extra={"contains": {"const": "text"}, "minItems": 1},
    ),
]
Voice = Annotated[config.Voice, Field(json_schema_extra={"enum": list(catalog.BETA_VOICES)})]


MODALITIES: dict[config.Modality, list[config.Modality]] = {"audio": ["text", "audio"], "text": ["text"]}
CAPTION_MODALITIES: dict[config.Modality, list[config.Modality]] = {"audio": ["audio", "text"], "text": ["text"]}
"""As transcription sessions show them."""
ABOUT_ANSWERS = {"create_response", "interrupt_response", "idle_timeout_ms"}
"""Members of turn detection that transcription sessions take without effect, and do not show."""


class Transcription(Wire):
    """Transcription of the user's audio."""

    # languages, keywords and delay came with GA
    model: config.TranscriptionModel = catalog.DEFAULT_TRANSCRIPTION_MODEL
    language: config.Language | None = None
    prompt: config.Prompt | None = None

    def canonical(self) -> config.Transcription:
        """An empty prompt is none: this dialect shows none so."""
        return config.Transcription(model=self.model, language=self.language, prompt=self.prompt or None)


class NoiseReduction(Wire):
    """Noise reduction before voice activity detection."""

    type: config.NoiseProfile


class InputFields(Wire):
    """What both kinds of beta session say about the user's audio."""

    input_audio_format: config.AudioFormat = "pcm16"
    input_audio_transcription: Transcription | None = None
    input_audio_noise_reduction: NoiseReduction | None = None
    turn_detection: config.TurnDetection | None = Field(default_factory=config.ServerVad)
    include: config.Include | None = None
    modalities: Modalities = Field(default=["text", "audio"])

    def canonical(self) -> dict[str, Any]:
        """The same as fields of SessionConfig."""
        transcription, reduction = self.input_audio_transcription, self.input_audio_noise_reduction
        return {
            "input_format": self.input_audio_format,
            "transcription": transcription.canonical() if transcription else None,
            "noise_reduction": config.NoiseReduction(type=reduction.type) if reduction else None,
            "turn_detection": self.turn_detection,
            "include": self.include or [],
        }


class RealtimeSession(InputFields):
    """A conversation."""

    model: config.Model = catalog.DEFAULT_BETA_MODEL
    instructions: config.Instructions = config.DEFAULT_INSTRUCTIONS
    voice: Voice = catalog.DEFAULT_VOICE
    output_audio_format: config.AudioFormat = "pcm16"
    tools: config.Tools = Field(default_factory=list)
    tool_choice: config.ToolChoice = "auto"
    temperature: config.Temperature = 0.8
    max_response_output_tokens: config.MaxOutputTokens = "inf"
    speed: config.Speed = 1.0
    truncation: config.Truncation = "auto"
    tracing: config.Tracing | None = None
    prompt: config.HostedPrompt = None


class TranscriptionSession(InputFields):
    """Captions only: no answers. ``modalities`` has no meaning here."""

    include: config.Include | None = Field(default_factory=list)
    modalities: Modalities = Field(default=["audio", "text"])


class RealtimeExpiry(Wire):
    """How long the key opens sessions."""

    anchor: TTL_ANCHOR = "created_at"
    seconds: TTL_SECONDS = DEFAULT_TTL_S["realtime"]


class TranscriptionExpiry(Wire):
    """How long the key opens sessions."""

    anchor: TTL_ANCHOR = "created_at"
    seconds: TTL_SECONDS = DEFAULT_TTL_S["transcription"]


class RealtimeSecret(Wire):
    """The key to be made."""

    expires_after: RealtimeExpiry = Field(default_factory=RealtimeExpiry)


class TranscriptionSecret(Wire):
    """The key to be made; this endpoint names the object ``expires_at``."""

    expires_at: TranscriptionExpiry = Field(default_factory=TranscriptionExpiry)


class RealtimeSessionCreate(RealtimeSession):
    """The body of ``POST /realtime/sessions``."""

    client_secret: RealtimeSecret = Field(default_factory=RealtimeSecret)


class TranscriptionSessionCreate(TranscriptionSession):
    """The body of ``POST /realtime/transcription_sessions``."""

    client_secret: TranscriptionSecret = Field(default_factory=TranscriptionSecret)


class ClientSecret(Wire):
    """An ephemeral key."""

    value: SECRET_VALUE
    expires_at: EXPIRES_AT


class RealtimeSessionCreated(RealtimeSession):
    """The effective session with its ephemeral key."""

    id: SESSION_ID
    object: Literal["realtime.session"]
    expires_at: SESSION_EXPIRES_AT
    client_secret: ClientSecret
    effects: EFFECTS = Field(default_factory=dict)


class TranscriptionSessionCreated(TranscriptionSession):
    """The effective session with its ephemeral key."""

    id: SESSION_ID
    object: Literal["realtime.transcription_session"]
    expires_at: EXPIRES_AT
    client_secret: ClientSecret
    effects: EFFECTS = Field(default_factory=dict)


class ResponseCreate(ResponseFields):
    modalities: Modalities | None = None
    voice: Voice | None = None
    output_audio_format: config.AudioFormat | None = None
    temperature: config.Temperature | None = None
    max_response_output_tokens: config.MaxOutputTokens | None = None


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
    assistant_text = "text"
    assistant_audio = "audio"
    renamed = {  # noqa: RUF012 - typed and never changed
        "output_modality": "modalities",
        "input_format": "input_audio_format",
        "output_format": "output_audio_format",
        "transcription": "input_audio_transcription",
        "noise_reduction": "input_audio_noise_reduction",
        "max_output_tokens": "max_response_output_tokens",
    }

    def encode_session(self, config: SessionConfig) -> dict[str, Any]:
        captions = config.kind == "transcription"
        shared = {
            "modalities": (CAPTION_MODALITIES if captions else MODALITIES)[config.output_modality],
            "input_audio_format": config.input_format,
            "input_audio_transcription": _transcription(config),
            "input_audio_noise_reduction": ({"type": config.noise_reduction.type} if config.noise_reduction else None),
            "turn_detection": (
                config.turn_detection.model_dump(exclude=ABOUT_ANSWERS if captions else None)
                if config.turn_detection
                else None
            ),
            "include": config.include if captions else config.include or None,
        }
        if captions:
            return shared
        return {
            "model": config.model,
            "instructions": config.instructions,
            "voice": config.voice,
            "output_audio_format": config.output_format,
            **shared,
            "tools": [tool.model_dump() for tool in config.tools],
            "tool_choice": dump(config.tool_choice),
            "temperature": config.temperature,
            "max_response_output_tokens": config.max_output_tokens,
            "speed": config.speed,
            "truncation": dump(config.truncation),
            "tracing": dump(config.tracing),
            "prompt": None,
        }

    def decode_session(self, document: Any, kind: Kind, prefix: str = "") -> SessionConfig:
        _refuse_early(document, prefix)
        if kind == "transcription":
            return self._canonical(validated(TranscriptionSession, document, prefix), prefix)
        return self._canonical(validated(RealtimeSession, document, prefix), prefix)

    def _canonical(self, session: RealtimeSession | TranscriptionSession, prefix: str) -> SessionConfig:
        modality = _modality(session.modalities, join(prefix, "modalities"))
        if isinstance(session, RealtimeSession):
            check_voice(session.voice, self.voices, join(prefix, "voice"))
            decoded = SessionConfig(
                model=session.model,
                output_modality=modality,
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
                **session.canonical(),
            )
        else:
            fields = session.canonical()
            fields["transcription"] = fields["transcription"] or config.Transcription()
            decoded = SessionConfig(kind="transcription", output_modality=modality, **fields)
        check_config(decoded, self, prefix)
        return decoded

    def mint_path(self, kind: Kind) -> str:
        return "/realtime/sessions" if kind == "realtime" else "/realtime/transcription_sessions"

    def decode_mint(self, body: Any, kind: Kind) -> MintRequest:
        _refuse_early(body, "")
        if kind == "realtime":
            realtime = validated(RealtimeSessionCreate, body, "")
            return MintRequest(self._canonical(realtime, ""), realtime.client_secret.expires_after.seconds)
        captions = validated(TranscriptionSessionCreate, body, "")
        return MintRequest(self._canonical(captions, ""), captions.client_secret.expires_at.seconds)

    def encode_mint(self, config: SessionConfig, ttl_s: int) -> dict[str, Any]:
        """Only the fields of the documented endpoints; lifetimes that are the default are left unsaid."""
        body = self.encode_session(config)
        for unasked in ("prompt", "tracing", "include", "truncation"):
            if body.get(unasked) in (None, "auto", []):
                body.pop(unasked, None)
        if body.get("turn_detection") and body["turn_detection"].get("idle_timeout_ms", 0) is None:
            del body["turn_detection"]["idle_timeout_ms"]
        if ttl_s != DEFAULT_TTL_S[config.kind]:
            expiry = {"anchor": "created_at", "seconds": ttl_s}
            body["client_secret"] = {"expires_after" if config.kind == "realtime" else "expires_at": expiry}
        return body

    def encode_minted(self, session: dict[str, Any], value: str, expires_at: int) -> dict[str, Any]:
        known = {"expires_at": expires_at} if session["object"] == "realtime.transcription_session" else {}
        return {**session, **known, "client_secret": {"value": value, "expires_at": expires_at}}

    def decode_minted(self, body: Any) -> Minted:
        try:
            secret = body["client_secret"]
            session = {key: value for key, value in body.items() if key != "client_secret"}
            return Minted(str(secret["value"]), int(secret["expires_at"]), session)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a session with a client_secret: {error}") from error

    def decode_response(self, document: Any) -> ResponseParams:
        refuse_hosted(document, "response")
        params = validated(ResponseCreate, document, "response")
        if params.voice is not None:
            check_voice(params.voice, self.voices, "response.voice")
        shared = params.canonical()
        if params.max_response_output_tokens is not None:
            shared["max_output_tokens"] = params.max_response_output_tokens
        return ResponseParams(
            output_modality=_modality(params.modalities, "response.modalities") if params.modalities else None,
            voice=params.voice,
            output_format=params.output_audio_format,
            temperature=params.temperature,
            **shared,
        )

    def encode_output(self, response: Response) -> dict[str, Any]:
        return {
            "modalities": MODALITIES[response.output_modality],
            "voice": response.voice,
            "output_audio_format": response.output_format,
            "temperature": response.temperature,
        }

    def event_name(self, name: str) -> str | None:
        return EVENT_NAMES.get(name, name)


def _modality(modalities: Modalities, param: str) -> config.Modality:
    if set(modalities) == {"text"}:
        return "text"
    if set(modalities) == {"audio", "text"}:
        return "audio"
    message = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['text', 'audio']."
    raise errors.invalid_value(param, message)


def _transcription(session: SessionConfig) -> dict[str, Any] | None:
    if session.transcription is None:
        return None
    asked = session.transcription
    return {"model": asked.model, "language": asked.language, "prompt": asked.prompt or ""}


def _refuse_early(document: Any, prefix: str) -> None:
    """What would otherwise be called unknown, though the API knows it: ``delay`` came with GA."""
    refuse_hosted(document, prefix)
    transcription = document.get("input_audio_transcription") if isinstance(document, Mapping) else None
    if isinstance(transcription, Mapping) and transcription.get("delay") is not None:
        param = join(prefix, "input_audio_transcription.delay")
        raise errors.invalid_value(param, f"'{param}' is only supported in GA Realtime sessions.")


BETA = Beta()
