"""The ``input`` of a response.create: its own context, instead of the conversation's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from realtime_api import errors
from realtime_api.item_params import decode_item
from realtime_api.items import FunctionCallOutput
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.outbox import Outbox


def read_input(documents: list[dict[str, Any]], conversation: Conversation, outbox: Outbox) -> list[Entry]:
    """Items given in full, or by reference to the conversation. Raises InvalidRequest."""
    return [
        _entry(document, f"response.input[{index}]", conversation, outbox) for index, document in enumerate(documents)
    ]


def _entry(document: dict[str, Any], param: str, conversation: Conversation, outbox: Outbox) -> Entry:
    if document.get("type") == "item_reference":
        unexpected = document.keys() - {"type", "id"}
        if unexpected:
            raise errors.unknown(f"{param}.{min(unexpected)}")
        if not isinstance(document.get("id"), str):
            raise errors.missing(f"{param}.id")
        return conversation.entry(document["id"], f"{param}.id")
    decoded = decode_item(document, outbox.dialect, param)
    if decoded.audio:
        message = "Audio in a response's input is not supported: create the item first and refer to it."
        raise errors.InvalidRequest(message, "invalid_value", f"{param}.content")
    item = decoded.item
    if isinstance(item, FunctionCallOutput) or item.id:
        return Entry(item)
    return Entry(replace(item, id=outbox.new_id("item")))
