"""Conversation items and their content, the same for both dialects but for the names of assistant content."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from realtime_api.dialect import Dialect

Role = Literal["system", "user", "assistant"]
Status = Literal["in_progress", "completed", "incomplete"]
ContentKind = Literal["input_text", "input_audio", "input_image", "text", "audio"]


@dataclass(frozen=True, slots=True)
class Content:
    """One content part. ``text`` and ``audio`` are the assistant's; audio bytes are kept by the conversation."""

    kind: ContentKind
    text: str | None = None
    transcript: str | None = None
    image_url: str | None = None
    detail: str | None = None

    def to_wire(self, dialect: Dialect) -> dict[str, Any]:
        """The part as it stands inside an item."""
        if self.kind == "input_audio":
            return {"type": "input_audio", "transcript": self.transcript}
        if self.kind == "input_image":
            return {"type": "input_image", "image_url": self.image_url, "detail": self.detail}
        if self.kind == "audio":
            return {"type": dialect.assistant_audio, "transcript": self.transcript}
        kind = "input_text" if self.kind == "input_text" else dialect.assistant_text
        return {"type": kind, "text": self.text}

    def to_part(self) -> dict[str, Any]:
        """The part as it stands in response.content_part events, alike in both dialects."""
        if self.kind == "audio":
            return {"type": "audio", "transcript": self.transcript}
        return {"type": "text", "text": self.text}


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    role: Role
    content: tuple[Content, ...] = ()
    status: Status = "completed"

    def to_wire(self, dialect: Dialect) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "message",
            "status": self.status,
            "role": self.role,
            "content": [part.to_wire(dialect) for part in self.content],
        }

    def with_content(self, index: int, content: Content) -> Message:
        """The same message with one part replaced."""
        return replace(self, content=(*self.content[:index], content, *self.content[index + 1 :]))


@dataclass(frozen=True, slots=True)
class FunctionCall:
    id: str
    call_id: str
    name: str
    arguments: str = ""
    status: Status = "completed"

    def to_wire(self, dialect: Dialect) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "function_call",
            "status": self.status,
            "name": self.name,
            "call_id": self.call_id,
            "arguments": self.arguments,
        }


@dataclass(frozen=True, slots=True)
class FunctionCallOutput:
    id: str
    call_id: str
    output: str
    status: Status = field(default="completed", init=False)

    def to_wire(self, dialect: Dialect) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "realtime.item",
            "type": "function_call_output",
            "status": self.status,
            "call_id": self.call_id,
            "output": self.output,
        }


Item = Message | FunctionCall | FunctionCallOutput
