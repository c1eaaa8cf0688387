"""Client events: decoded and validated before the session sees them.

``decode`` either returns one of the classes below or raises ClientEventError, which remembers the event_id the client
gave, as the API's error events do.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from realtime_api import documents, errors
from realtime_api.config import Wire
from realtime_api.dialect import Dialect, validated
from realtime_api.item_params import ItemParams, decode_item
from realtime_api.responses import ResponseParams

MAX_APPEND_BYTES = 15 * 1024 * 1024
"""Most audio in one append, in bytes of the decoded audio."""

MAX_EVENT_ID = 512  # characters
EventId = Annotated[str, Field(max_length=MAX_EVENT_ID)]
ItemId = Annotated[str, Field(min_length=1, max_length=512)]


class ClientEventError(Exception):
    """A client event that cannot be served; ``error`` is what the client is told."""

    def __init__(self, error: errors.ApiError, event_id: str | None) -> None:
        super().__init__(error.message)
        self.error = error
        self.event_id = event_id


@dataclass(frozen=True, slots=True)
class SessionUpdate:
    patch: Mapping[str, Any]
    event_id: str | None = None
    of_transcription: bool = False  # sent as transcription_session.update


@dataclass(frozen=True, slots=True)
class BufferAppend:
    audio: bytes
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class BufferCommit:
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class BufferClear:
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutputBufferClear:
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemCreate:
    item: ItemParams
    previous_item_id: str | None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRetrieve:
    item_id: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemTruncate:
    item_id: str
    content_index: int
    audio_end_ms: int
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ItemDelete:
    item_id: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseCreate:
    params: ResponseParams
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseCancel:
    response_id: str | None
    event_id: str | None = None


ClientEvent = (
    SessionUpdate
    | BufferAppend
    | BufferCommit
    | BufferClear
    | OutputBufferClear
    | ItemCreate
    | ItemRetrieve
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
)


def decode(text: str | bytes, dialect: Dialect) -> ClientEvent:
    """One message of the client. Raises ClientEventError."""
    event = _parsed(text)
    event_id = event.get("event_id")
    known = event_id[:MAX_EVENT_ID] if isinstance(event_id, str) else None
    try:
        _check_event_id(event_id)
        return _decoder(event, dialect)(event, dialect)
    except errors.ApiError as error:
        raise ClientEventError(error, known) from None


def _check_event_id(event_id: Any) -> None:
    if event_id is not None and not isinstance(event_id, str):
        message = f"Invalid 'event_id': expected a string, but got {errors.shown(event_id)} instead."
        raise errors.InvalidRequest(message, "invalid_type", "event_id")
    if event_id is not None and len(event_id) > MAX_EVENT_ID:
        message = (
            f"Invalid 'event_id': it has {len(event_id)} characters; at most {MAX_EVENT_ID} are taken, and that many "
            "of them are returned here."
        )
        raise errors.invalid_value("event_id", message)


def _parsed(text: str | bytes) -> dict[str, Any]:
    try:
        event = documents.parse(text, "invalid_event", "Could not parse the message: it is not valid JSON.")
    except errors.InvalidRequest as error:
        raise ClientEventError(error, None) from None
    if not isinstance(event, dict):
        raise ClientEventError(errors.InvalidRequest("A client event must be a JSON object.", "invalid_event"), None)
    return event


Decoder = Callable[[dict[str, Any], Dialect], ClientEvent]


def _decoder(event: dict[str, Any], dialect: Dialect) -> Decoder:
    if "type" not in event:
        raise errors.InvalidRequest("Missing required parameter: 'type'.", "missing_required_parameter", "type")
    decoders = DECODERS | BETA_DECODERS if dialect.name == "beta" else DECODERS
    decoder = decoders.get(event["type"]) if isinstance(event["type"], str) else None
    if decoder is None:
        names = ", ".join(f"'{name}'" for name in decoders)
        shown = errors.shown(event["type"])
        raise errors.invalid_value("type", f"Invalid value: {shown}. Supported values are: {names}.")
    return decoder


class _Bare(Wire):
    type: str
    event_id: EventId | None = None


class _Update(_Bare):
    session: dict[str, Any]


class _Create(_Bare):
    item: dict[str, Any]
    previous_item_id: ItemId | None = None


class _OneItem(_Bare):
    item_id: ItemId


class _Truncate(_OneItem):
    content_index: Annotated[int, Field(ge=0)]
    audio_end_ms: Annotated[int, Field(ge=0)]


class _Respond(_Bare):
    response: dict[str, Any] | None = None


class _Cancel(_Bare):
    response_id: ItemId | None = None


def _session_update(event: dict[str, Any], dialect: Dialect) -> SessionUpdate:
    update = validated(_Update, event, "")
    return SessionUpdate(update.session, update.event_id, update.type == "transcription_session.update")


def _append(event: dict[str, Any], dialect: Dialect) -> BufferAppend:
    """The hot path: checked by hand."""
    if "audio" not in event:
        raise errors.missing("audio")
    unexpected = event.keys() - {"type", "event_id", "audio"}
    if unexpected:
        raise errors.unknown(min(unexpected))
    encoded = event["audio"]
    if not isinstance(encoded, str):
        raise errors.InvalidRequest("Invalid 'audio': expected a base64 string.", "invalid_type", "audio")
    return BufferAppend(decode_audio(encoded, "audio"), event.get("event_id"))


def decode_audio(encoded: str, param: str) -> bytes:
    """Base64 audio of at most MAX_APPEND_BYTES. Raises InvalidRequest."""
    if len(encoded) > MAX_APPEND_BYTES * 4 // 3 + 4:
        message = f"Invalid '{param}': at most 15 MiB of audio in one event."
        raise errors.invalid_value(param, message)
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except (binascii.Error, ValueError):
        raise errors.invalid_value(param, f"Invalid '{param}': expected a base64 string.") from None


def _commit(event: dict[str, Any], dialect: Dialect) -> BufferCommit:
    return BufferCommit(validated(_Bare, event, "").event_id)


def _clear(event: dict[str, Any], dialect: Dialect) -> BufferClear:
    return BufferClear(validated(_Bare, event, "").event_id)


def _clear_output(event: dict[str, Any], dialect: Dialect) -> OutputBufferClear:
    return OutputBufferClear(validated(_Bare, event, "").event_id)


def _create_item(event: dict[str, Any], dialect: Dialect) -> ItemCreate:
    create = validated(_Create, event, "")
    return ItemCreate(decode_item(create.item, dialect, "item"), create.previous_item_id, create.event_id)


def _retrieve(event: dict[str, Any], dialect: Dialect) -> ItemRetrieve:
    one = validated(_OneItem, event, "")
    return ItemRetrieve(one.item_id, one.event_id)


def _truncate(event: dict[str, Any], dialect: Dialect) -> ItemTruncate:
    cut = validated(_Truncate, event, "")
    return ItemTruncate(cut.item_id, cut.content_index, cut.audio_end_ms, cut.event_id)


def _delete(event: dict[str, Any], dialect: Dialect) -> ItemDelete:
    one = validated(_OneItem, event, "")
    return ItemDelete(one.item_id, one.event_id)


def _respond(event: dict[str, Any], dialect: Dialect) -> ResponseCreate:
    respond = validated(_Respond, event, "")
    return ResponseCreate(dialect.decode_response(respond.response or {}), respond.event_id)


def _cancel(event: dict[str, Any], dialect: Dialect) -> ResponseCancel:
    cancel = validated(_Cancel, event, "")
    return ResponseCancel(cancel.response_id, cancel.event_id)


DECODERS: dict[str, Decoder] = {
    "session.update": _session_update,
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
    "output_audio_buffer.clear": _clear_output,
    "conversation.item.create": _create_item,
    "conversation.item.retrieve": _retrieve,
    "conversation.item.truncate": _truncate,
    "conversation.item.delete": _delete,
    "response.create": _respond,
    "response.cancel": _cancel,
}
BETA_DECODERS: dict[str, Decoder] = {"transcription_session.update": _session_update}
