"""The GA dialect: nested sessions, ``POST /realtime/client_secrets``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

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

DEFAULT_TTL_S = 600


class PcmFormat(Wire):
    type: Literal["audio/pcm"] = "audio/pcm"
    rate: Literal[24000] = 24000


class G711Format(Wire):
    type: Literal["audio/pcmu", "audio/pcma"]


def _format_tag(value: Any) -> str:
    kind = value.get("type", "audio/pcm") if isinstance(value, dict) else getattr(value, "type", None)
    return "g711" if kind in ("audio/pcmu", "audio/pcma") else "pcm"


Format = Annotated[Annotated[PcmFormat, Tag("pcm")] | Annotated[G711Format, Tag("g711")], Discriminator(_format_tag)]

WIRE_FORMATS: dict[str, dict[str, Any]] = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
CANONICAL_FORMATS = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}


class AudioInput(Wire):
    format: Format = Field(default_factory=PcmFormat)
    transcription: config.Transcription | None = None
    noise_reduction: config.NoiseReduction | None = None
    turn_detection: config.TurnDetection | None = Field(default_factory=config.ServerVad)


class AudioOutput(Wire):
    format: Format = Field(default_factory=PcmFormat)
    voice: config.Voice = catalog.DEFAULT_VOICE
    speed: config.Speed = 1.0


class Audio(Wire):
    input: AudioInput = Field(default_factory=AudioInput)
    output: AudioOutput = Field(default_factory=AudioOutput)


class TranscriptionAudio(Wire):
    input: AudioInput = Field(default_factory=AudioInput)


class RealtimeSession(Wire):
    type: Literal["realtime"]
    model: config.Model = catalog.DEFAULT_MODEL
    output_modalities: Annotated[list[config.Modality], Field(min_length=1, max_length=1)] = Field(default=["audio"])
    instructions: config.Instructions = config.DEFAULT_INSTRUCTIONS
    audio: Audio = Field(default_factory=Audio)
    include: config.Include | None = None
    tools: config.Tools = Field(default_factory=list)
    tool_choice: config.ToolChoice = "auto"
    parallel_tool_calls: bool | None = None
    reasoning: config.Reasoning | None = None
    max_output_tokens: config.MaxOutputTokens = "inf"
    truncation: config.Truncation = "auto"
    tracing: config.Tracing | None = None
    prompt: None = None


class TranscriptionSession(Wire):
    type: Literal["transcription"]
    audio: TranscriptionAudio = Field(default_factory=TranscriptionAudio)
    include: config.Include | None = None


class ExpiresAfter(Wire):
    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Field(ge=MIN_TTL_S, le=MAX_TTL_S)] = DEFAULT_TTL_S


class ClientSecretRequest(Wire):
    expires_after: ExpiresAfter = Field(default_factory=ExpiresAfter)
    session: dict[str, Any] = Field(default_factory=lambda: {"type": "realtime"})


class ResponseAudioOutput(Wire):
    format: Format | None = None
    voice: config.Voice | None = None


class ResponseAudio(Wire):
    output: ResponseAudioOutput = Field(default_factory=ResponseAudioOutput)


class ResponseCreate(Wire):
    output_modalities: Annotated[list[config.Modality], Field(min_length=1, max_length=1)] | None = None
    instructions: config.Instructions | None = None
    audio: ResponseAudio = Field(default_factory=ResponseAudio)
    tools: config.Tools | None = None
    tool_choice: config.ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    reasoning: config.Reasoning | None = None
    max_output_tokens: config.MaxOutputTokens | None = None
    conversation: Literal["auto", "none"] = "auto"
    metadata: config.Metadata | None = None
    prompt: None = None
    input: Annotated[list[dict[str, Any]], Field(max_length=1024)] | None = None


class Ga(Dialect):
    name = "ga"
    default_model = catalog.DEFAULT_MODEL
    voices = catalog.GA_VOICES
    voice_param = "session.audio.output.voice"
    assistant_text = "output_text"
    assistant_audio = "output_audio"

    def encode_session(self, config: SessionConfig) -> dict[str, Any]:
        audio_input = {
            "format": WIRE_FORMATS[config.input_format],
            "transcription": _transcription(config),
            "noise_reduction": config.noise_reduction.model_dump(exclude_none=True) if config.noise_reduction else None,
            "turn_detection": config.turn_detection.model_dump() if config.turn_detection else None,
        }
        if config.kind == "transcription":
            return {
                "type": "transcription",
                "include": config.include or None,
                "audio": {"input": audio_input},
            }
        optional = {"parallel_tool_calls": config.parallel_tool_calls, "reasoning": _dump(config.reasoning)}
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
            "tool_choice": _dump(config.tool_choice),
            "max_output_tokens": config.max_output_tokens,
            "truncation": _dump(config.truncation),
            "tracing": _dump(config.tracing),
            "prompt": None,
            **{key: value for key, value in optional.items() if value is not None},
        }

    def decode_session(self, document: Any, kind: Kind, prefix: str = "session") -> SessionConfig:
        if kind == "transcription":
            return self._transcription_session(validated(TranscriptionSession, document, prefix), prefix)
        _refuse_hosted(document, prefix)
        session = validated(RealtimeSession, document, prefix)
        check_voice(session.audio.output.voice, self.voices, f"{prefix}.audio.output.voice")
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
        check_config(decoded, f"{prefix}.model", f"{prefix}.audio.input.turn_detection")
        return decoded

    def _transcription_session(self, session: TranscriptionSession, prefix: str) -> SessionConfig:
        fields = _input(session.audio.input)
        fields["transcription"] = fields["transcription"] or config.Transcription()
        decoded = SessionConfig(kind="transcription", include=session.include or [], **fields)
        check_config(decoded, f"{prefix}.model", f"{prefix}.audio.input.turn_detection")
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
        request = validated(ClientSecretRequest, body, "")
        session = self.decode_session(request.session, session_kind(request.session))
        return MintRequest(session, request.expires_after.seconds)

    def encode_mint(self, config: SessionConfig, ttl_s: int) -> dict[str, Any]:
        session = self.encode_session(config)
        for unasked in ("prompt", "tracing", "include"):
            if session.get(unasked) is None:
                session.pop(unasked, None)
        return {"expires_after": {"anchor": "created_at", "seconds": ttl_s}, "session": session}

    def encode_minted(self, config: SessionConfig, session_id: str, value: str, expires_at: int) -> dict[str, Any]:
        return {
            "value": value,
            "expires_at": expires_at,
            "session": self.describe_session(config, session_id, 0),
        }

    def decode_minted(self, body: Any) -> Minted:
        try:
            return Minted(str(body["value"]), int(body["expires_at"]), dict(body["session"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a client_secrets answer: {error}") from error

    def decode_response(self, document: Any) -> ResponseParams:
        params = validated(ResponseCreate, document, "response")
        output = params.audio.output
        if output.voice is not None:
            check_voice(output.voice, self.voices, "response.audio.output.voice")
        return ResponseParams(
            output_modality=params.output_modalities[0] if params.output_modalities else None,
            instructions=params.instructions,
            voice=output.voice,
            output_format=_canonical(output.format) if output.format else None,
            tools=[tool.model_dump() for tool in params.tools] if params.tools is not None else None,
            tool_choice=_dump(params.tool_choice),
            max_output_tokens=params.max_output_tokens,
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
            "output_modalities": [response.output_modality],
            "max_output_tokens": response.max_output_tokens,
            "audio": {"output": {"format": WIRE_FORMATS[response.output_format], "voice": response.voice}},
            "usage": response.usage.to_wire() if response.usage else None,
            "metadata": response.metadata,
        }

    def event_name(self, name: str) -> str | None:
        return None if name == "conversation.created" else name  # documented, but never seen in GA captures


def session_kind(session: Mapping[str, Any]) -> Kind:
    """The kind a session object says it is. Raises InvalidRequest: GA requires ``type`` everywhere."""
    kind = session.get("type")
    if kind is None:
        raise errors.missing("session.type")
    if kind not in ("realtime", "transcription"):
        message = f"Invalid value: {str(kind)[:80]!r}. Supported values are: 'realtime', 'transcription'."
        raise errors.invalid_value("session.type", message)
    return kind  # type: ignore[no-any-return]


def _dump(value: Any) -> Any:
    return value.model_dump(exclude_none=True) if isinstance(value, Wire) else value


def _canonical(wire_format: PcmFormat | G711Format) -> config.AudioFormat:
    return CANONICAL_FORMATS[wire_format.type]  # type: ignore[return-value]


def _transcription(session: SessionConfig) -> dict[str, Any] | None:
    if session.transcription is None:
        return None
    always = {"model": None, "language": None, "prompt": None}
    return always | session.transcription.model_dump(exclude_none=True)


def _input(audio: AudioInput) -> dict[str, Any]:
    return {
        "input_format": _canonical(audio.format),
        "transcription": audio.transcription,
        "noise_reduction": audio.noise_reduction,
        "turn_detection": audio.turn_detection,
    }


def _refuse_hosted(document: Any, prefix: str) -> None:
    """MCP tools and hosted prompts live at the provider; no other server can honour them."""
    if not isinstance(document, Mapping):
        return
    if document.get("prompt") is not None:
        message = "Hosted prompts are not available on this server: send 'instructions' instead."
        raise errors.InvalidRequest(message, "prompt_not_supported", f"{prefix}.prompt")
    tools = document.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else []):
        if isinstance(tool, Mapping) and tool.get("type") == "mcp":
            message = "MCP tools are not available on this server: define a function tool instead."
            raise errors.InvalidRequest(message, "mcp_not_supported", f"{prefix}.tools[{index}].type")


GA = Ga()
