"""Conversation items as clients create them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from realtime_api import errors
from realtime_api.config import Wire
from realtime_api.dialect import Dialect, validated
from realtime_api.items import Content, FunctionCall, FunctionCallOutput, Item, Message

Id = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=262_144)]
Parts = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class ItemParams:
    """A decoded item: ``id`` is empty where the server is to choose one; ``audio`` maps content index to wire bytes."""

    item: Item
    audio: dict[int, bytes]


class MessageParams(Wire):
    type: Literal["message"]
    id: Id = ""
    object: Literal["realtime.item"] = "realtime.item"
    status: Literal["completed", "incomplete", "in_progress"] = "completed"
    role: Literal["system", "user", "assistant"]
    content: Parts


class FunctionCallParams(Wire):
    type: Literal["function_call"]
    id: Id = ""
    object: Literal["realtime.item"] = "realtime.item"
    status: Literal["completed", "incomplete", "in_progress"] = "completed"
    name: Annotated[str, Field(max_length=64)]
    call_id: Id
    arguments: Text


class FunctionCallOutputParams(Wire):
    type: Literal["function_call_output"]
    id: Id = ""
    object: Literal["realtime.item"] = "realtime.item"
    status: Literal["completed", "incomplete", "in_progress"] = "completed"
    call_id: Id
    output: Text


class TextPart(Wire):
    type: str
    text: Text


class InputAudio(Wire):
    type: Literal["input_audio"]
    audio: str
    transcript: Text | None = None


SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}
"""What a file of each kind begins with."""


class InputImage(Wire):
    type: Literal["input_image"]
    image_url: Annotated[str, Field(max_length=20 * 1024 * 1024, pattern=r"^data:image/(png|jpeg);base64,")]
    detail: Literal["auto", "low", "high"] = "auto"

    @field_validator("image_url")
    @classmethod
    def _holds_an_image(cls, url: str) -> str:
        head, _, encoded = url.partition(",")
        kind = head.removeprefix("data:image/").removesuffix(";base64")
        try:
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise ValueError("expected base64 behind the comma.") from None
        if not data.startswith(SIGNATURES[kind]):
            raise ValueError(f"the data does not begin as a {kind.upper()} file does.")
        return url


KINDS: dict[str, type[MessageParams] | type[FunctionCallParams] | type[FunctionCallOutputParams]] = {
    "message": MessageParams,
    "function_call": FunctionCallParams,
    "function_call_output": FunctionCallOutputParams,
}

MCP_KINDS = {"mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response"}
"""The API's items of tools that the provider calls."""


def decode_item(document: dict[str, Any], dialect: Dialect, prefix: str) -> ItemParams:
    """An item of conversation.item.create. Raises InvalidRequest with the dotted param."""
    kind = document.get("type")
    if kind is None:
        raise errors.missing(f"{prefix}.type")
    if isinstance(kind, str) and kind in MCP_KINDS:
        message = "MCP tools are not available on this server: define a function tool instead."
        raise errors.InvalidRequest(message, "mcp_not_supported", f"{prefix}.type")
    if not isinstance(kind, str) or kind not in KINDS:
        names = ", ".join(f"'{name}'" for name in KINDS)
        message = f"Invalid value: {errors.shown(kind)}. Supported values are: {names}."
        raise errors.invalid_value(f"{prefix}.type", message)
    params = validated(KINDS[kind], document, prefix)
    if isinstance(params, FunctionCallParams):
        return ItemParams(FunctionCall(params.id, params.call_id, params.name, params.arguments), {})
    if isinstance(params, FunctionCallOutputParams):
        return ItemParams(FunctionCallOutput(params.id, params.call_id, params.output), {})
    assert isinstance(params, MessageParams)
    return _message(params, dialect, prefix)


def _message(params: MessageParams, dialect: Dialect, prefix: str) -> ItemParams:
    content: list[Content] = []
    audio: dict[int, bytes] = {}
    for index, part in enumerate(params.content):
        decoded, sound = _part(part, params.role, dialect, f"{prefix}.content[{index}]")
        content.append(decoded)
        if sound is not None:
            audio[index] = sound
    return ItemParams(Message(params.id, params.role, tuple(content)), audio)


def _part(part: dict[str, Any], role: str, dialect: Dialect, prefix: str) -> tuple[Content, bytes | None]:
    allowed = _allowed(role, dialect)
    kind = part.get("type")
    if kind is None:
        raise errors.missing(f"{prefix}.type")
    if not isinstance(kind, str) or kind not in allowed:
        names = ", ".join(f"'{name}'" for name in allowed)
        message = f"Invalid value: {errors.shown(kind)}. Supported values for role '{role}' are: {names}."
        raise errors.invalid_value(f"{prefix}.type", message)
    if kind == "input_audio":
        sound = validated(InputAudio, part, prefix)
        return Content("input_audio", transcript=sound.transcript), _base64(sound.audio, f"{prefix}.audio")
    if kind == "input_image":
        image = validated(InputImage, part, prefix)
        return Content("input_image", image_url=image.image_url, detail=image.detail), None
    text = validated(TextPart, part, prefix)
    return Content("text" if role == "assistant" else "input_text", text=text.text), None


def _allowed(role: str, dialect: Dialect) -> tuple[str, ...]:
    if role == "assistant":
        return (dialect.assistant_text,)
    if role == "system":
        return ("input_text",)
    return ("input_text", "input_audio") if dialect.name == "beta" else ("input_text", "input_audio", "input_image")


def _base64(encoded: str, param: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise errors.invalid_value(param, f"Invalid '{param}': expected a base64 string.") from None
