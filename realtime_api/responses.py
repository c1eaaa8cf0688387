"""Responses and their usage, and what response.create may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from realtime_api.config import AudioFormat, Modality, Reasoning
from realtime_api.items import Item

ResponseStatus = Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]

USER_AUDIO_MS_PER_TOKEN = 100
MODEL_AUDIO_MS_PER_TOKEN = 50
CHARACTERS_PER_TOKEN = 4  # the usual rule of thumb for English text; usage of a local engine is an estimate


def text_tokens(text: str) -> int:
    """Estimated tokens of a text."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one response."""

    input_text: int = 0
    input_audio: int = 0
    input_image: int = 0
    output_text: int = 0
    output_audio: int = 0

    def to_wire(self) -> dict[str, Any]:
        received = self.input_text + self.input_audio + self.input_image
        sent = self.output_text + self.output_audio
        return {
            "total_tokens": received + sent,
            "input_tokens": received,
            "output_tokens": sent,
            "input_token_details": {
                "text_tokens": self.input_text,
                "audio_tokens": self.input_audio,
                "image_tokens": self.input_image,
                "cached_tokens": 0,
                "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
            },
            "output_token_details": {"text_tokens": self.output_text, "audio_tokens": self.output_audio},
        }


@dataclass(frozen=True, slots=True)
class ResponseParams:
    """What one response.create overrides; None keeps the session's value."""

    output_modality: Modality | None = None
    instructions: str | None = None
    voice: str | None = None
    output_format: AudioFormat | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None
    max_output_tokens: int | Literal["inf"] | None = None
    temperature: float | None = None
    reasoning: Reasoning | None = None
    parallel_tool_calls: bool | None = None
    out_of_band: bool = False
    input: list[Any] | None = None
    metadata: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """One response as the wire shows it; dialects arrange the modality and audio fields."""

    id: str
    conversation_id: str | None
    output_modality: Modality
    voice: str
    output_format: AudioFormat
    temperature: float
    max_output_tokens: int | Literal["inf"]
    metadata: Mapping[str, str] | None = None
    status: ResponseStatus = "in_progress"
    status_details: Mapping[str, Any] | None = None
    output: tuple[Item, ...] = field(default=())
    usage: Usage | None = None
