"""Items the client puts into the conversation, or asks to see."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from realtime_api import errors
from realtime_api.client_events import ItemCreate
from realtime_api.config import SessionConfig
from realtime_api.items import FunctionCallOutput, Item, Message
from realtime_api.server_events import ItemAdded, ItemDone, ItemRetrieved
from realtime_engine.core import wire_audio
from realtime_engine.core.chores import Chore, Chores, one_by_one
from realtime_engine.core.conversation import Conversation, Entry, item_bytes
from realtime_engine.core.input_buffer import AUDIO_PER_MS
from realtime_engine.core.limits import Limits
from realtime_engine.core.outbox import Outbox
from realtime_engine.core.outputs import Media
from realtime_engine.core.ports import SpeechPorts
from realtime_engine.core.samples import cut

DATA_CHANNEL_AUDIO = 180_000
"""Bytes of audio that fit, as base64 and with the item around them, into the 256 KiB a browser's data channel takes."""

DATA_CHANNEL_ITEM = 260_000
"""Characters of an item, as JSON, that fit with the event around it."""

PIECE = wire_audio.PIECE_MS * AUDIO_PER_MS


class ItemDesk:
    """conversation.item.create and .retrieve."""

    def __init__(
        self,
        outbox: Outbox,
        conversation: Conversation,
        ports: SpeechPorts,
        media: Media,
        limits: Limits,
        chores: Chores,
    ) -> None:
        self._outbox = outbox
        self._conversation = conversation
        self._ports = ports
        self._on_data_channel = media == "track"
        self._limits = limits
        self._chores = chores

    def create(self, event: ItemCreate, config: SessionConfig) -> None:
        """Raises InvalidRequest, and then nothing has changed."""
        item = self._with_id(event.item.item)
        self._conversation.check_room(item_bytes(item))
        if event.previous_item_id not in (None, "root"):
            self._conversation.entry(event.previous_item_id, "previous_item_id")
        self._check_size(item)
        audio = wire_audio.of_item(event.item.audio, config.input_format, "item", self._limits.buffer_ms)
        self._chores.start(self._insert(item, audio, config.input_format, event.previous_item_id))

    def retrieve(self, item_id: str, config: SessionConfig) -> None:
        """The item, its audio in the session's formats if a data channel can carry it. Raises InvalidRequest."""
        self._chores.start(self._send(self._conversation.entry(item_id), config))

    def _insert(self, item: Item, audio: bytes | None, audio_format: str, previous_item_id: str | None) -> Chore:
        entry = Entry(item)
        if audio is not None:
            entry.audio = yield from wire_audio.decoded(audio, audio_format, self._ports.decoder(audio_format))
        previous = self._conversation.insert(entry, previous_item_id)
        self._outbox.emit(ItemAdded(item=item, previous_item_id=previous))
        self._outbox.emit(ItemDone(item=item, previous_item_id=previous))

    def _send(self, entry: Entry, config: SessionConfig) -> Chore:
        item, audio = entry.item, entry.audio
        sent: dict[int, str] = {}
        if isinstance(item, Message) and audio is not None:
            index = next(i for i, part in enumerate(item.content) if part.kind in ("audio", "input_audio"))
            wire_format = config.output_format if item.role == "assistant" else config.input_format
            size = len(audio) // AUDIO_PER_MS * wire_audio.BYTES_PER_MS[wire_format]
            if not self._on_data_channel or size <= DATA_CHANNEL_AUDIO:
                encoded = yield from one_by_one(self._ports.encoder(wire_format).encode, cut(audio, PIECE))
                sent[index] = base64.b64encode(b"".join(encoded)).decode()
        self._outbox.emit(ItemRetrieved(item=item, audio=sent))

    def _with_id(self, item: Item) -> Item:
        if isinstance(item, FunctionCallOutput):
            chosen: Item = FunctionCallOutput(item.id or self._outbox.new_id("item"), item.call_id, item.output)
        else:
            chosen = replace(item, id=item.id or self._outbox.new_id("item"))
        if chosen.id in self._conversation:
            message = f"An item with id '{chosen.id}' is already in the conversation."
            raise errors.invalid_value("item.id", message)
        return chosen

    def _check_size(self, item: Item) -> None:
        """Raises InvalidRequest for an item whose echo a browser's data channel could not carry."""
        if self._on_data_channel and len(json.dumps(item.to_wire(self._outbox.dialect))) > DATA_CHANNEL_ITEM:
            message = (
                f"Invalid 'item': at most {DATA_CHANNEL_ITEM} characters as JSON in a WebRTC call, which is what a "
                "data channel carries. Send a smaller image or text, or connect by WebSocket."
            )
            raise errors.invalid_value("item", message)
