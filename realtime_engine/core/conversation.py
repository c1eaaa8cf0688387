"""The conversation: items in order, with the audio that belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from realtime_api import errors
from realtime_api.items import Content, FunctionCall, FunctionCallOutput, Item, Message
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
    dropped_ms: int = 0  # length of audio that is no longer kept
    cut_ms: int | None = None  # how much of the model's audio was heard, where it was truncated

    @property
    def audio_ms(self) -> int:
        return self.dropped_ms if self.audio is None else len(self.audio) // AUDIO_PER_MS

    @property
    def bytes(self) -> int:
        """What it counts towards Limits.conversation_bytes."""
        return item_bytes(self.item) + (0 if self.audio is None else self.audio.nbytes)

    def drop_audio(self) -> None:
        """Let go of the sound; the words stay."""
        self.dropped_ms, self.audio = self.audio_ms, None

    def set_transcript(self, content_index: int, transcript: str, guide_text: str | None) -> None:
        """What was recognised in a user's audio."""
        assert isinstance(self.item, Message)
        heard = replace(self.item.content[content_index], transcript=transcript)
        self.item = self.item.with_content(content_index, heard)
        self.guide_text = guide_text

    def heard_text(self, audio_end_ms: int) -> str:
        """The part of the transcript whose words begin before ``audio_end_ms``."""
        assert isinstance(self.item, Message)
        transcript = self.item.content[0].transcript or ""
        heard = [mark.end for mark in self.marks if mark.sample < audio_end_ms * AUDIO_PER_MS]
        return transcript[: max(heard, default=0)]


def item_bytes(item: Item) -> int:
    """Characters of all texts and images of an item."""
    if isinstance(item, FunctionCall):
        return len(item.arguments)
    if isinstance(item, FunctionCallOutput):
        return len(item.output)
    return sum(len(text or "") for part in item.content for text in (part.text, part.transcript, part.image_url))


class Conversation:
    """Items in order. Misuse by the client raises InvalidRequest and changes nothing.

    ``on_dropped`` is told the id of each item whose audio had to give way to newer audio.
    """

    def __init__(self, conversation_id: str, limits: Limits, on_dropped: Callable[[str], None]) -> None:
        self.id = conversation_id
        self._limits = limits
        self._on_dropped = on_dropped
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

    @property
    def items_left(self) -> int:
        """How many more items fit."""
        return max(0, self._limits.items - len(self._order))

    def check_room(self, more_bytes: int = 0) -> None:
        """Raises InvalidRequest where no further item fits, with so many bytes besides its audio."""
        remedy = "delete some with conversation.item.delete."
        if not self.items_left:
            message = f"The conversation holds its {self._limits.items} items: {remedy}"
            raise errors.InvalidRequest(message, "too_many_items")
        held = more_bytes and sum(item_bytes(entry.item) for entry in self._entries.values())
        if held + more_bytes > self._limits.conversation_bytes:
            message = (
                f"The conversation holds its {self._limits.conversation_bytes} bytes of texts and images: {remedy}"
            )
            raise errors.InvalidRequest(message, "conversation_full")

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
        self._bound_audio(entry)
        return self.previous_of(entry.item.id)

    def update(self, entry: Entry) -> None:
        """Replace an item by what became of it; ``entry`` is cut where the client truncated the item in the making."""
        cut_ms = self._entries[entry.item.id].cut_ms
        self._entries[entry.item.id] = entry
        if cut_ms is not None:
            self.truncate(entry.item.id, cut_ms)
        self._bound_audio(entry)

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
        if not isinstance(item, Message) or not item.content or item.content[0].kind != "audio":
            raise errors.invalid_value("item_id", "Only model output audio messages can be truncated.")
        if content_index >= len(item.content):
            message = f"Invalid 'content_index': the item has no content part {content_index}; its audio is part 0."
            raise errors.invalid_value("content_index", message)
        if audio_end_ms > entry.audio_ms:
            message = f"Audio content of {entry.audio_ms}ms is already shorter than {audio_end_ms}ms"
            raise errors.invalid_value("audio_end_ms", message)

    def reaches(self, item_id: str, audio_end_ms: int) -> bool:
        """Whether the item is there and has so much audio, or is still being made and was not truncated."""
        entry = self._entries.get(item_id)
        if entry is None:
            return False
        return (entry.item.status == "in_progress" and entry.cut_ms is None) or audio_end_ms <= entry.audio_ms

    def truncate(self, item_id: str, audio_end_ms: int) -> None:
        """Cut the model's audio and transcript to what was heard."""
        entry = self._entries[item_id]
        assert isinstance(entry.item, Message)
        heard = Content("audio", transcript=entry.heard_text(audio_end_ms))
        entry.item = entry.item.with_content(0, heard)
        cut = audio_end_ms * AUDIO_PER_MS
        entry.marks = tuple(mark for mark in entry.marks if mark.sample < cut)
        entry.audio = entry.audio[:cut].copy() if entry.audio is not None else None
        entry.dropped_ms = min(entry.dropped_ms, audio_end_ms)
        entry.cut_ms = audio_end_ms

    def set_transcript(self, item_id: str, content_index: int, transcript: str, guide_text: str | None) -> None:
        """What was recognised in a user's audio, if the item is still there."""
        entry = self._entries.get(item_id)
        if entry is not None and isinstance(entry.item, Message):
            entry.set_transcript(content_index, transcript, guide_text)

    def _bound_audio(self, newest: Entry) -> None:
        """Let go of the oldest audio when the conversation holds more than it may; of the newest last."""
        excess = sum(entry.bytes for entry in self._entries.values()) - self._limits.conversation_bytes
        for entry in [*(entry for entry in self.entries if entry is not newest), newest]:
            if excess <= 0:
                return
            if entry.audio is not None:
                excess -= entry.audio.nbytes
                entry.drop_audio()
                self._on_dropped(entry.item.id)
