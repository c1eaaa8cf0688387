"""The session configuration: one canonical, immutable model that both dialects encode and decode.

Ranges, defaults and enums stand here once; ``beta`` and ``ga`` only arrange them. Field truth: the Realtime API
reference (defaults as documented, e.g. silence_duration_ms 500).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from realtime_api import catalog

Kind = Literal["realtime", "transcription"]
AudioFormat = Annotated[
    Literal["pcm16", "g711_ulaw", "g711_alaw"],
    Field(description="pcm16: 16-bit little-endian mono at 24 kHz; g711_ulaw and g711_alaw: 8 kHz mono."),
]
Modality = Literal["audio", "text"]

NoiseProfile = Annotated[
    Literal["near_field", "far_field"],
    Field(description="near_field for headsets, far_field for laptops and rooms."),
]

MAX_PROMPT_TOKENS = 16_384
"""The API's bound of instructions and tools together."""

LONG_TOKEN = 8  # characters: twice the average, as nothing here counts tokens and no text within the bound is refused
MAX_INSTRUCTIONS = MAX_PROMPT_TOKENS * LONG_TOKEN


class Wire(BaseModel):
    """What every object of the wire has in common: no coercion, no unknown fields, no NaN, never changed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


VAD_TYPE = Field(
    description="server_vad ends a turn after a fixed silence, semantic_vad when the utterance sounds finished."
)
CreateResponse = Annotated[
    bool,
    Field(description="Answer when a turn ends. Without effect in transcription sessions."),
]
InterruptResponse = Annotated[
    bool, Field(description="Stop a running answer when speech starts. Without effect in transcription sessions.")
]


class ServerVad(Wire):
    """Ends the turn after a fixed silence."""

    type: Annotated[Literal["server_vad"], VAD_TYPE] = "server_vad"
    threshold: Annotated[float, Field(ge=0, le=1, description="Speech probability above which audio is speech.")] = 0.5
    prefix_padding_ms: Annotated[
        int, Field(ge=0, le=10_000, description="Audio kept from before the detected speech, in ms.")
    ] = 300
    silence_duration_ms: Annotated[
        int, Field(ge=0, le=10_000, description="Silence that ends a turn, in ms; less answers sooner.")
    ] = 500
    idle_timeout_ms: (
        Annotated[
            int,
            Field(ge=5_000, le=30_000, description="Answer by itself after this long without speech; null: never."),
        ]
        | None
    ) = None
    create_response: CreateResponse = True
    interrupt_response: InterruptResponse = True


class SemanticVad(Wire):
    """Ends the turn when the utterance sounds finished; eagerness caps the wait."""

    model_config = ConfigDict(json_schema_extra={"required": ["type"]})

    type: Annotated[Literal["semantic_vad"], VAD_TYPE] = "semantic_vad"
    eagerness: Annotated[
        Literal["low", "medium", "high", "auto"],
        Field(description="The longest wait: low 8 s, medium 4 s, high 2 s; auto is medium."),
    ] = "auto"
    create_response: CreateResponse = True
    interrupt_response: InterruptResponse = True


def _known_transcription_model(model: str) -> str:
    if not catalog.is_known(model, "transcription"):
        raise ValueError(f"{model[:80]!a} is not a transcription model.")
    return model


def _turn_detection_type(value: Any) -> Any:
    return value.get("type", "server_vad") if isinstance(value, dict) else getattr(value, "type", None)


TurnDetection = Annotated[
    Annotated[ServerVad, Tag("server_vad")] | Annotated[SemanticVad, Tag("semantic_vad")],
    Discriminator(_turn_detection_type),
    Field(description="Who says when the user's turn is over; null: the client, by committing the buffer."),
]


class NoiseReduction(Wire):
    """Noise reduction before voice activity detection; ``strength`` (GA only) mixes dry and wet."""

    type: NoiseProfile
    strength: Annotated[float, Field(ge=0, le=1, description="0 leaves the audio as it is.")] = 1.0


Language = Annotated[
    str,
    Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", description="Language code such as en; null: the model finds out."),
]
TranscriptionModel = Annotated[
    str,
    AfterValidator(_known_transcription_model),
    Field(
        description="The model that transcribes.",
        json_schema_extra={"enum": [model.id for model in catalog.models("transcription")]},
    ),
]
Prompt = Annotated[
    str,
    Field(
        max_length=MAX_INSTRUCTIONS,
        description="Words to expect. Refused for gpt-realtime-whisper and gpt-4o-transcribe-diarize.",
    ),
]


class Transcription(Wire):
    """Transcription of the user's audio."""

    model: TranscriptionModel = catalog.DEFAULT_TRANSCRIPTION_MODEL
    language: Language | None = None
    prompt: Prompt | None = None
    languages: (
        Annotated[
            list[Language],
            Field(min_length=1, max_length=16, description="Languages to expect; gpt-transcribe, gpt-live-transcribe."),
        ]
        | None
    ) = None
    keywords: (
        Annotated[
            list[Annotated[str, Field(max_length=256)]],
            Field(max_length=256, description="Words to expect; gpt-transcribe and gpt-live-transcribe only."),
        ]
        | None
    ) = None
    delay: (
        Annotated[
            Literal["minimal", "low", "medium", "high", "xhigh"],
            Field(description="How long to wait for context; gpt-realtime-whisper and gpt-live-transcribe only."),
        ]
        | None
    ) = None


class FunctionTool(Wire):
    """A function the model may call."""

    type: Literal["function"] = "function"
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Letters, digits, _ and -.")]
    description: Annotated[str, Field(max_length=65_536, description="When and how to call it.")] = ""
    parameters: Annotated[dict[str, Any], Field(description="JSON Schema of its arguments.")] = Field(
        default_factory=dict
    )


class FunctionChoice(Wire):
    """Forces one function."""

    type: Literal["function"]
    name: Annotated[str, Field(max_length=64, description="Name of one of the tools.")]


class TracingDetails(Wire):
    """Where traces are filed."""

    workflow_name: Annotated[str, Field(max_length=512, description="Name of the workflow.")] | None = None
    group_id: Annotated[str, Field(max_length=512, description="Traces of one group share it.")] | None = None
    metadata: Annotated[dict[str, Any], Field(description="Anything to file with the trace.")] | None = None


class Reasoning(Wire):
    """How hard a reasoning model thinks."""

    effort: Annotated[
        Literal["minimal", "low", "medium", "high", "xhigh"], Field(description="More effort answers later.")
    ] = "low"


class TokenLimits(Wire):
    """Bounds of the history that is kept."""

    post_instructions: Annotated[int, Field(ge=0, description="Most tokens after the instructions.")] | None = None


class RetentionRatio(Wire):
    """Cuts history to a share of the model's window."""

    type: Literal["retention_ratio"]
    retention_ratio: Annotated[float, Field(ge=0, le=1, description="The share of the history that is kept.")]
    token_limits: TokenLimits | None = None


Model = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        description="The realtime model.",
        json_schema_extra={"enum": [model.id for model in catalog.models("realtime")]},
    ),
]
Instructions = Annotated[
    str,
    Field(
        max_length=MAX_INSTRUCTIONS,
        description="The system message; its bound is that of instructions and tools together. Empty: none.",
    ),
]
Voice = Annotated[
    str, Field(min_length=1, max_length=64, description="The model's voice; fixed once it has been heard.")
]
Speed = Annotated[float, Field(ge=0.25, le=1.5, description="Speed of speech; 1 is normal.")]
Temperature = Annotated[float, Field(ge=0.6, le=1.2, description="Sampling temperature.")]
MaxOutputTokens = Annotated[
    Annotated[int, Field(ge=1, le=4096)] | Literal["inf"],
    Field(description="Most tokens of one answer, tool calls included; inf: no limit."),
]
Tools = Annotated[list[FunctionTool], Field(max_length=128, description="Functions the model may call; [] clears.")]
ToolChoice = Annotated[
    Literal["auto", "none", "required"] | FunctionChoice, Field(description="How the model chooses tools.")
]
Include = Annotated[
    list[Literal["item.input_audio_transcription.logprobs"]],
    Field(max_length=8, description="What else to send: log probabilities of the transcript."),
]
ParallelToolCalls = Annotated[bool, Field(description="Whether a reasoning model may call several tools at once.")]
Tracing = Annotated[Literal["auto"] | TracingDetails, Field(description="Traces of the session; null: none.")]
Truncation = Annotated[
    Literal["auto", "disabled"] | RetentionRatio, Field(description="What happens to history that exceeds the window.")
]
HostedPrompt = Annotated[None, Field(description="Only null: hosted prompts are refused (prompt_not_supported).")]
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
    parallel_tool_calls: ParallelToolCalls | None = None
    reasoning: Reasoning | None = None
    truncation: Truncation = "auto"
    tracing: Tracing | None = None

    @property
    def wants_logprobs(self) -> bool:
        """Whether transcription events carry log probabilities."""
        return "item.input_audio_transcription.logprobs" in self.include
