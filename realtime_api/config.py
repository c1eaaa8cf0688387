"""The session configuration: one canonical, immutable model that both dialects encode and decode.

Ranges, defaults and enums stand here once; ``beta`` and ``ga`` only arrange them. Field truth: the Realtime API
reference (defaults as documented, e.g. silence_duration_ms 500).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

from realtime_api import catalog

Kind = Literal["realtime", "transcription"]
AudioFormat = Literal["pcm16", "g711_ulaw", "g711_alaw"]
Modality = Literal["audio", "text"]

MAX_INSTRUCTIONS = 65_536  # characters; the API's bound is 16,384 tokens of instructions and tools


class Wire(BaseModel):
    """What every object of the wire has in common: no coercion, no unknown fields, no NaN, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ServerVad(Wire):
    """Ends the turn after a fixed silence."""

    type: Literal["server_vad"] = "server_vad"
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    prefix_padding_ms: Annotated[int, Field(ge=0, le=10_000)] = 300
    silence_duration_ms: Annotated[int, Field(ge=0, le=10_000)] = 500
    idle_timeout_ms: Annotated[int, Field(ge=5_000, le=30_000)] | None = None
    create_response: bool = True
    interrupt_response: bool = True


class SemanticVad(Wire):
    """Ends the turn when the utterance sounds finished; eagerness caps the wait."""

    type: Literal["semantic_vad"] = "semantic_vad"
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True


def _turn_detection_type(value: Any) -> Any:
    return value.get("type", "server_vad") if isinstance(value, dict) else getattr(value, "type", None)


TurnDetection = Annotated[
    Annotated[ServerVad, Tag("server_vad")] | Annotated[SemanticVad, Tag("semantic_vad")],
    Discriminator(_turn_detection_type),
]


class NoiseReduction(Wire):
    """Noise reduction before voice activity detection; ``strength`` (GA only) mixes dry and wet."""

    type: Literal["near_field", "far_field"]
    strength: Annotated[float, Field(ge=0, le=1)] | None = None


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]


class Transcription(Wire):
    """Transcription of the user's audio."""

    model: str = catalog.DEFAULT_TRANSCRIPTION_MODEL
    language: Language | None = None
    prompt: Annotated[str, Field(max_length=MAX_INSTRUCTIONS)] | None = None
    languages: Annotated[list[Language], Field(min_length=1, max_length=16)] | None = None
    keywords: Annotated[list[Annotated[str, Field(max_length=256)]], Field(max_length=256)] | None = None
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None

    @field_validator("model")
    @classmethod
    def _known_model(cls, model: str) -> str:
        if not catalog.is_known(model, "transcription"):
            raise ValueError(f"{model[:80]!a} is not a transcription model.")
        return model


class FunctionTool(Wire):
    """A function the model may call; ``parameters`` is a JSON Schema."""

    type: Literal["function"] = "function"
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    description: Annotated[str, Field(max_length=16_384)] = ""
    parameters: dict[str, Any] = Field(default_factory=dict)


class FunctionChoice(Wire):
    """Forces one function."""

    type: Literal["function"]
    name: str


ToolChoice = Literal["auto", "none", "required"] | FunctionChoice


class TracingDetails(Wire):
    workflow_name: str | None = None
    group_id: str | None = None
    metadata: dict[str, Any] | None = None


class Reasoning(Wire):
    effort: Literal["minimal", "low", "medium", "high", "xhigh"] = "low"


class TokenLimits(Wire):
    post_instructions: Annotated[int, Field(ge=0)] | None = None


class RetentionRatio(Wire):
    type: Literal["retention_ratio"]
    retention_ratio: Annotated[float, Field(ge=0, le=1)]
    token_limits: TokenLimits | None = None


Model = Annotated[str, Field(min_length=1, max_length=128)]
Instructions = Annotated[str, Field(max_length=MAX_INSTRUCTIONS)]
Voice = Annotated[str, Field(min_length=1, max_length=64)]
Speed = Annotated[float, Field(ge=0.25, le=1.5)]
Temperature = Annotated[float, Field(ge=0.6, le=1.2)]
MaxOutputTokens = Annotated[int, Field(ge=1, le=4096)] | Literal["inf"]
Tools = Annotated[list[FunctionTool], Field(max_length=128)]
Include = Annotated[list[Literal["item.input_audio_transcription.logprobs"]], Field(max_length=8)]
Tracing = Literal["auto"] | TracingDetails
Truncation = Literal["auto", "disabled"] | RetentionRatio
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]

DEFAULT_INSTRUCTIONS = (
    "You are the guide of a realtime voice demo. Answer briefly and plainly, and say so when you did not understand."
)


class SessionConfig(Wire):
    """What a session is asked to be. ``kind`` transcription uses only the input side and ``include``."""

    kind: Kind = "realtime"
    model: Model = catalog.DEFAULT_MODEL
    output_modality: Modality = "audio"
    instructions: Instructions = DEFAULT_INSTRUCTIONS
    voice: Voice = catalog.DEFAULT_VOICE
    speed: Speed = 1.0
    input_format: AudioFormat = "pcm16"
    output_format: AudioFormat = "pcm16"
    transcription: Transcription | None = None
    noise_reduction: NoiseReduction | None = None
    turn_detection: TurnDetection | None = Field(default_factory=ServerVad)
    tools: Tools = Field(default_factory=list)
    tool_choice: ToolChoice = "auto"
    temperature: Temperature = 0.8
    max_output_tokens: MaxOutputTokens = "inf"
    include: Include = Field(default_factory=list)
    parallel_tool_calls: bool | None = None
    reasoning: Reasoning | None = None
    truncation: Truncation = "auto"
    tracing: Tracing | None = None

    @property
    def wants_logprobs(self) -> bool:
        """Whether transcription events carry log probabilities."""
        return "item.input_audio_transcription.logprobs" in self.include
