"""Server events, one frozen class each, named as in GA; a dialect gives the beta names and shapes.

``to_wire`` is on the hot path (audio deltas), so events are plain dataclasses, not validated models.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Literal

from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.errors import ApiError
from realtime_api.items import Content, Item
from realtime_api.responses import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """Base of all; ``type`` is the GA name."""

    type: ClassVar[str]

    def to_wire(self, dialect: Dialect, event_id: str) -> dict[str, Any] | None:
        """The event as JSON-able data, or None where the dialect has no such event."""
        name = dialect.event_name(self.type)
        return None if name is None else {"type": name, "event_id": event_id, **self.payload(dialect)}

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        """All fields under their own names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(ServerEvent):
    type = "error"
    error: ApiError
    client_event_id: str | None = None

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"error": {**self.error.body(), "event_id": self.client_event_id}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent(ServerEvent):
    """Both session events; the beta dialect names those of transcription sessions differently.

    ``effects`` is added to the session: what the server cannot honour of it.
    """

    config: SessionConfig
    session_id: str
    expires_at: int
    effects: Mapping[str, Any] = field(default_factory=dict)

    def to_wire(self, dialect: Dialect, event_id: str) -> dict[str, Any] | None:
        transcription = dialect.name == "beta" and self.config.kind == "transcription"
        name = f"transcription_{self.type}" if transcription else self.type
        session = dialect.describe_session(self.config, self.session_id, self.expires_at)
        return {"type": name, "event_id": event_id, "session": {**session, **self.effects}}


class SessionCreated(SessionEvent):
    __slots__ = ()
    type = "session.created"


class SessionUpdated(SessionEvent):
    __slots__ = ()
    type = "session.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationCreated(ServerEvent):
    type = "conversation.created"
    conversation_id: str

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"conversation": {"id": self.conversation_id, "object": "realtime.conversation"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEvent(ServerEvent):
    item: Item
    previous_item_id: str | None

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"previous_item_id": self.previous_item_id, "item": self.item.to_wire(dialect)}


class ItemAdded(ItemEvent):
    __slots__ = ()
    type = "conversation.item.added"


class ItemDone(ItemEvent):
    __slots__ = ()
    type = "conversation.item.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRetrieved(ServerEvent):
    """``audio`` maps a content index to the base64 audio of that part."""

    type = "conversation.item.retrieved"
    item: Item
    audio: Mapping[int, str]

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        wire = self.item.to_wire(dialect)
        for index, encoded in self.audio.items():
            wire["content"][index]["audio"] = encoded
        return {"item": wire}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTruncated(ServerEvent):
    type = "conversation.item.truncated"
    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeleted(ServerEvent):
    type = "conversation.item.deleted"
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionDelta(ServerEvent):
    type = "conversation.item.input_audio_transcription.delta"
    item_id: str
    content_index: int
    delta: str
    logprobs: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionCompleted(ServerEvent):
    """``languages`` are codes; a GA member, and only where they were asked for."""

    type = "conversation.item.input_audio_transcription.completed"
    item_id: str
    content_index: int
    transcript: str
    usage: Mapping[str, Any]
    logprobs: Sequence[Mapping[str, Any]] | None = None
    languages: Sequence[str] | None = None

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        document = ServerEvent.payload(self, dialect)
        codes = document.pop("languages")
        if codes is None or dialect.name == "beta":
            return document
        return {**document, "languages": [{"code": code} for code in codes]}


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionFailed(ServerEvent):
    type = "conversation.item.input_audio_transcription.failed"
    item_id: str
    content_index: int
    error: ApiError

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"item_id": self.item_id, "content_index": self.content_index, "error": self.error.body()}


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferCommitted(ServerEvent):
    type = "input_audio_buffer.committed"
    item_id: str
    previous_item_id: str | None


class BufferCleared(ServerEvent):
    __slots__ = ()
    type = "input_audio_buffer.cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(ServerEvent):
    type = "input_audio_buffer.speech_started"
    item_id: str
    audio_start_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStopped(ServerEvent):
    type = "input_audio_buffer.speech_stopped"
    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutTriggered(ServerEvent):
    type = "input_audio_buffer.timeout_triggered"
    item_id: str
    audio_start_ms: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputBufferEvent(ServerEvent):
    """WebRTC only: what the model's audio track is doing."""

    response_id: str


class OutputBufferStarted(OutputBufferEvent):
    __slots__ = ()
    type = "output_audio_buffer.started"


class OutputBufferStopped(OutputBufferEvent):
    __slots__ = ()
    type = "output_audio_buffer.stopped"


class OutputBufferCleared(OutputBufferEvent):
    __slots__ = ()
    type = "output_audio_buffer.cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEvent(ServerEvent):
    response: Response

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"response": dialect.encode_response(self.response)}


class ResponseCreated(ResponseEvent):
    __slots__ = ()
    type = "response.created"


class ResponseDone(ResponseEvent):
    __slots__ = ()
    type = "response.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What may still be asked for, and in how many seconds all of it again."""

    name: Literal["requests", "tokens"]
    limit: int
    remaining: int
    reset_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitsUpdated(ServerEvent):
    type = "rate_limits.updated"
    rate_limits: Sequence[RateLimit]

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {"rate_limits": [asdict(limit) for limit in self.rate_limits]}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputItemEvent(ServerEvent):
    response_id: str
    output_index: int
    item: Item

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        item = self.item.to_wire(dialect)
        return {"response_id": self.response_id, "output_index": self.output_index, "item": item}


class OutputItemAdded(OutputItemEvent):
    __slots__ = ()
    type = "response.output_item.added"


class OutputItemDone(OutputItemEvent):
    __slots__ = ()
    type = "response.output_item.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEvent(ServerEvent):
    """Base of the events about one content part of a response."""

    response_id: str
    item_id: str
    output_index: int
    content_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPartEvent(PartEvent):
    part: Content

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            "content_index": self.content_index,
            "part": self.part.to_part(),
        }


class ContentPartAdded(ContentPartEvent):
    __slots__ = ()
    type = "response.content_part.added"


class ContentPartDone(ContentPartEvent):
    __slots__ = ()
    type = "response.content_part.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta(PartEvent):
    type = "response.output_text.delta"
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDone(PartEvent):
    type = "response.output_text.done"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDelta(PartEvent):
    type = "response.output_audio_transcript.delta"
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDone(PartEvent):
    type = "response.output_audio_transcript.done"
    transcript: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDelta(PartEvent):
    """``audio`` is wire bytes in the session's output format."""

    type = "response.output_audio.delta"
    audio: bytes

    def payload(self, dialect: Dialect) -> dict[str, Any]:
        return {
            "response_id": self.response_id,
            "item_id": self.item_id,
            "output_index": self.output_index,
            "content_index": self.content_index,
            "delta": base64.b64encode(self.audio).decode(),
        }


class AudioDone(PartEvent):
    __slots__ = ()
    type = "response.output_audio.done"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionArgumentsDelta(ServerEvent):
    type = "response.function_call_arguments.delta"
    response_id: str
    item_id: str
    output_index: int
    call_id: str
    delta: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionArgumentsDone(ServerEvent):
    type = "response.function_call_arguments.done"
    response_id: str
    item_id: str
    output_index: int
    call_id: str
    name: str
    arguments: str
