"""Items the client puts into the conversation, or asks to see."""

from __future__ import annotations

import base64
from dataclasses import replace

from realtime_api import errors
from realtime_api.client_events import ItemCreate
from realtime_api.config import SessionConfig
from realtime_api.items import FunctionCallOutput, Item, Message
from realtime_api.server_events import ItemAdded, ItemDone, ItemRetrieved
from realtime_engine.core.conversation import Conversation, Entry
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import Media
from realtime_engine.core.ports import Samples, SpeechPorts

DATA_CHANNEL_AUDIO = 180_000
"""Bytes of audio that fit, as base64 and with the item around them, into the 256 KiB a browser's data channel takes."""


class ItemDesk:
    """conversation.item.create and .retrieve."""

    def __init__(self, outbox: Outbox, conversation: Conversation, ports: SpeechPorts, media: Media) -> None:
        self._most_audio = DATA_CHANNEL_AUDIO if media == "track" else None
        self._outbox = outbox
        self._conversation = conversation
        self._ports = ports

    def create(self, event: ItemCreate, config: SessionConfig) -> None:
        """Raises InvalidRequest, and then nothing has changed."""
        self._conversation.check_room()
        item = self._with_id(event.item.item)
        entry = Entry(item, self._decode(event.item.audio, config))
        previous = self._conversation.insert(entry, event.previous_item_id)
        self._outbox.emit(ItemAdded(item=item, previous_item_id=previous))
        self._outbox.emit(ItemDone(item=item, previous_item_id=previous))

    def retrieve(self, item_id: str, config: SessionConfig) -> None:
        """The item, its audio in the session's formats if a data channel can carry it. Raises InvalidRequest."""
        entry = self._conversation.entry(item_id)
        audio: dict[int, str] = {}
        if isinstance(entry.item, Message) and entry.audio is not None:
            wire_format = config.output_format if entry.item.role == "assistant" else config.input_format
            encoded = self._ports.encoder(wire_format).encode(entry.audio)
            index = next(i for i, part in enumerate(entry.item.content) if part.kind in ("audio", "input_audio"))
            if self._most_audio is None or len(encoded) <= self._most_audio:
                audio[index] = base64.b64encode(encoded).decode()
        self._outbox.emit(ItemRetrieved(item=entry.item, audio=audio))

    def _with_id(self, item: Item) -> Item:
        if isinstance(item, FunctionCallOutput):
            chosen: Item = FunctionCallOutput(item.id or self._outbox.new_id("item"), item.call_id, item.output)
        else:
            chosen = replace(item, id=item.id or self._outbox.new_id("item"))
        if chosen.id in self._conversation:
            message = f"An item with id '{chosen.id}' is already in the conversation."
            raise errors.invalid_value("item.id", message)
        return chosen

    def _decode(self, audio: dict[int, bytes], config: SessionConfig) -> Samples | None:
        """The audio of an item's one audio part. Raises InvalidRequest."""
        if len(audio) > 1:
            raise errors.invalid_value("item.content", "An item holds at most one input_audio part.")
        for index, data in audio.items():
            try:
                return self._ports.decoder(config.input_format).decode(data)
            except ValueError as error:
                param = f"item.content[{index}].audio"
                raise errors.invalid_value(param, f"Invalid '{param}': {error}") from None
        return None
