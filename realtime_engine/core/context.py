"""What a response is given of the conversation: turns for the replier, token counts for the usage."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from realtime_api.config import SemanticVad, ServerVad, SessionConfig
from realtime_api.items import FunctionCall, FunctionCallOutput, Message
from realtime_api.responses import USER_AUDIO_MS_PER_TOKEN, Usage, text_tokens
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


def input_usage(entries: Iterable[Entry], instructions: str) -> Usage:
    """Estimated input tokens: user audio at 100 ms a token, text at four characters a token."""
    text, audio = text_tokens(instructions), 0
    for entry in entries:
        if isinstance(entry.item, Message) and entry.item.role == "user" and entry.audio is not None:
            audio += math.ceil(entry.audio_ms / USER_AUDIO_MS_PER_TOKEN)
        else:
            text += text_tokens(_turn(entry).text)
    return Usage(input_text=text, input_audio=audio)


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
