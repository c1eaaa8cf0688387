"""The ``input`` of a response.create: its own context, instead of the conversation's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from realtime_api import errors
from realtime_api.item_params import decode_item
from realtime_api.items import Message
from realtime_engine.core import wire_audio
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.outbox import Outbox


@dataclass(slots=True)
class ResponseInput:
    """Items given in full, or by reference to the conversation."""

    entries: list[Entry] = field(default_factory=list)
    sounds: list[tuple[Entry, bytes]] = field(default_factory=list)
    """Audio, in the session's format, that is still to be decoded."""


def read_input(
    documents: list[dict[str, Any]], conversation: Conversation, outbox: Outbox, audio_format: str, longest_ms: int
) -> ResponseInput:
    """Raises InvalidRequest, also for audio longer than ``longest_ms``."""
    given = ResponseInput()
    for index, document in enumerate(documents):
        param = f"response.input[{index}]"
        if document.get("type") == "item_reference":
            given.entries.append(_referred(document, param, conversation))
            continue
        decoded = decode_item(document, outbox.dialect, param)
        item = decoded.item
        if isinstance(item, Message):  # it is in no conversation, whatever its id
            item = replace(item, id=outbox.new_id("item"))
        given.entries.append(Entry(item))
        audio = wire_audio.of_item(decoded.audio, audio_format, param, longest_ms)
        if audio is not None:
            given.sounds.append((given.entries[-1], audio))
    return given


def _referred(document: dict[str, Any], param: str, conversation: Conversation) -> Entry:
    unexpected = document.keys() - {"type", "id"}
    if unexpected:
        raise errors.unknown(f"{param}.{min(unexpected)}")
    if not isinstance(document.get("id"), str):
        raise errors.missing(f"{param}.id")
    return conversation.entry(document["id"], f"{param}.id")
