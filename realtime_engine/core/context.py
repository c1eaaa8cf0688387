"""What a response is given of the conversation: turns for the replier, token counts for the usage."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from realtime_api.config import SemanticVad, ServerVad, SessionConfig
from realtime_api.images import image_tokens
from realtime_api.items import FunctionCall, FunctionCallOutput, Message
from realtime_api.responses import MODEL_AUDIO_MS_PER_TOKEN, USER_AUDIO_MS_PER_TOKEN, Usage, text_tokens
from realtime_engine.core.conversation import Entry
from realtime_engine.core.ports import Image, ReplyParameters, Turn


def turns(entries: Iterable[Entry]) -> tuple[Turn, ...]:
    """The conversation as the replier sees it."""
    return tuple(_turn(entry) for entry in entries)


def _turn(entry: Entry) -> Turn:
    item = entry.item
    if isinstance(item, FunctionCall):
        return Turn("tool_call", item.arguments, call_id=item.call_id, name=item.name)
    if isinstance(item, FunctionCallOutput):
        return Turn("tool_output", item.output, call_id=item.call_id)
    images = tuple(Image(part.image_url, part.detail) for part in item.content if part.image_url)
    return Turn(item.role, message_text(item), guide_text=entry.guide_text, images=images)


def message_text(message: Message) -> str:
    """All words of a message, written or spoken."""
    return " ".join(filter(None, (part.text or part.transcript for part in message.content)))


def input_usage(entries: Iterable[Entry], instructions: str, tools: Sequence[Mapping[str, Any]] = ()) -> Usage:
    """Estimated input tokens of all that is sent to the model again with each response.

    The user's audio counts at 100 ms a token and the model's at 50, text at four characters a token, images by tiles.
    """
    said = list(entries)
    written = [instructions, *map(json.dumps, tools), *map(_written, said)]
    return Usage(
        input_text=sum(map(text_tokens, written)),
        input_audio=sum(_audio_tokens(entry) for entry in said),
        input_image=sum(image_tokens(image.url, image.detail) for entry in said for image in _turn(entry).images),
    )


def _written(entry: Entry) -> str:
    """What of an item the model reads: of the user's speech it has the sound, of its own the words as well."""
    item = entry.item
    if isinstance(item, Message) and item.role == "user" and entry.audio is not None:
        return " ".join(part.text for part in item.content if part.text)
    return _turn(entry).text


def _audio_tokens(entry: Entry) -> int:
    if entry.audio is None or not isinstance(entry.item, Message):
        return 0
    ms_per_token = USER_AUDIO_MS_PER_TOKEN if entry.item.role == "user" else MODEL_AUDIO_MS_PER_TOKEN
    return math.ceil(entry.audio_ms / ms_per_token)


def parameters(config: SessionConfig) -> ReplyParameters:
    """What a language model is asked to honour.

    The API's default temperature is left out, so that models which take none, or one of their own, can be used. It is
    left out where a client wrote it, too: every beta session shows it, and the page's form sends it with each key.
    """
    default = SessionConfig.model_fields["temperature"].default
    return ReplyParameters(
        model=config.model,
        spoken=config.output_modality == "audio",
        temperature=None if config.temperature == default else config.temperature,
        max_output_tokens=None if config.max_output_tokens == "inf" else config.max_output_tokens,
        reasoning_effort=config.reasoning.effort if config.reasoning else None,
        parallel_tool_calls=config.parallel_tool_calls,
    )


def settings(config: SessionConfig) -> dict[str, Any]:
    """Flat facts about the session, for "what are my settings?"."""
    policy = config.turn_detection
    facts: dict[str, Any] = {
        "model": config.model,
        "voice": config.voice,
        "speed": config.speed,
        "turn_detection": policy.type if policy else None,
        "noise_reduction": config.noise_reduction.type if config.noise_reduction else None,
        "transcription": config.transcription.model if config.transcription else None,
        "output_modality": config.output_modality,
        "input_format": config.input_format,
        "output_format": config.output_format,
        "max_output_tokens": config.max_output_tokens,
    }
    if isinstance(policy, ServerVad):
        facts["threshold"] = policy.threshold
        facts["prefix_padding_ms"] = policy.prefix_padding_ms
        facts["silence_duration_ms"] = policy.silence_duration_ms
    if isinstance(policy, SemanticVad):
        facts["eagerness"] = policy.eagerness
    return facts
