"""The conversation: items in order, with the audio that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from realtime_api import errors
from realtime_api.items import Content, Item, Message
from realtime_engine.core.input_buffer import AUDIO_PER_MS
from realtime_engine.core.limits import Limits
from realtime_engine.core.ports import Samples, SpeechMark


@dataclass(slots=True)
class Entry:
    """One item and what the wire does not show of it."""

    item: Item
    audio: Samples | None = None  # at SESSION_RATE
    marks: tuple[SpeechMark, ...] = ()  # where each word of an assistant's transcript begins
    guide_text: str | None = None
    inaudible: bool = False  # its words could not be recognised, and are not asked for again

    @property
    def audio_ms(self) -> int:
        return 0 if self.audio is None else len(self.audio) // AUDIO_PER_MS

    def heard_text(self, audio_end_ms: int) -> str:
        """The part of the transcript whose words begin before ``audio_end_ms``."""
        assert isinstance(self.item, Message)
        transcript = self.item.content[0].transcript or ""
        heard = [mark.end for mark in self.marks if mark.sample < audio_end_ms * AUDIO_PER_MS]
        return transcript[: max(heard, default=0)]


class Conversation:
    """Items in order. Misuse by the client raises InvalidRequest and changes nothing."""

    def __init__(self, conversation_id: str, limits: Limits) -> None:
        self.id = conversation_id
        self._limits = limits
        self._entries: dict[str, Entry] = {}
        self._order: list[str] = []

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._entries

    @property
    def entries(self) -> list[Entry]:
        """All entries in conversation order."""
        return [self._entries[item_id] for item_id in self._order]

    @property
    def last_id(self) -> str | None:
        return self._order[-1] if self._order else None

    def entry(self, item_id: str, param: str = "item_id") -> Entry:
        """The entry of an item. Raises InvalidRequest (item_not_found)."""
        try:
            return self._entries[item_id]
        except KeyError:
            message = f"Item with id '{item_id[:80]}' not found in the conversation."
            raise errors.InvalidRequest(message, "item_not_found", param) from None

    def check_room(self) -> None:
        """Raises InvalidRequest where no further item fits."""
        if len(self._order) >= self._limits.items:
            message = (
                f"The conversation holds its {self._limits.items} items: delete some with conversation.item.delete."
            )
            raise errors.InvalidRequest(message, "too_many_items")

    def insert(self, entry: Entry, previous_item_id: str | None = None) -> str | None:
        """Add an item at the end, or after ``previous_item_id`` ("root": at the front); returns its predecessor."""
        position = len(self._order)
        if previous_item_id == "root":
            position = 0
        elif previous_item_id is not None:
            self.entry(previous_item_id, "previous_item_id")
            position = self._order.index(previous_item_id) + 1
        self._order.insert(position, entry.item.id)
        self._entries[entry.item.id] = entry
        self._bound_audio()
        return self.previous_of(entry.item.id)

    def previous_of(self, item_id: str) -> str | None:
        """The id of the item before; None for the first."""
        position = self._order.index(item_id)
        return self._order[position - 1] if position else None

    def delete(self, item_id: str) -> None:
        """Remove an item."""
        self.entry(item_id)
        del self._entries[item_id]
        self._order.remove(item_id)

    def check_truncation(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Raises InvalidRequest unless the model's audio can be cut there."""
        entry = self.entry(item_id)
        item = entry.item
        if not isinstance(item, Message) or content_index >= len(item.content) or item.content[0].kind != "audio":
            raise errors.invalid_value("item_id", "Only model output audio messages can be truncated.")
        if audio_end_ms > entry.audio_ms:
            message = f"Audio content of {entry.audio_ms}ms is already shorter than {audio_end_ms}ms"
            raise errors.invalid_value("audio_end_ms", message)

    def truncate(self, item_id: str, audio_end_ms: int) -> None:
        """Cut the model's audio and transcript to what was heard."""
        entry = self._entries[item_id]
        assert isinstance(entry.item, Message)
        heard = Content("audio", transcript=entry.heard_text(audio_end_ms))
        entry.item = entry.item.with_content(0, heard)
        cut = audio_end_ms * AUDIO_PER_MS
        entry.marks = tuple(mark for mark in entry.marks if mark.sample < cut)
        entry.audio = entry.audio[:cut].copy() if entry.audio is not None else None

    def set_transcript(self, item_id: str, content_index: int, transcript: str, guide_text: str | None) -> None:
        """What was recognised in a user's audio."""
        entry = self._entries.get(item_id)
        if entry is None or not isinstance(entry.item, Message):
            return
        heard = replace(entry.item.content[content_index], transcript=transcript)
        entry.item = entry.item.with_content(content_index, heard)
        entry.guide_text = guide_text

    def _bound_audio(self) -> None:
        """Let go of the oldest audio when the conversation holds more than it may."""
        excess = sum(entry.audio_ms for entry in self._entries.values()) - self._limits.item_audio_ms
        for item_id in self._order:
            if excess <= 0:
                return
            excess -= self._entries[item_id].audio_ms
            self._entries[item_id].audio = None
