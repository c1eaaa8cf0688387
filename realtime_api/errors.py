"""Errors as the API words them, and pydantic's complaints translated into them.

ApiError                 anything that ends as {"error": {...}} or an ``error`` event
├── InvalidRequest       the client's doing: 400, or ``status`` where the API uses another
└── ServerError          ours: 5xx
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MAX_NAME = 80  # characters of a client's own field name in a message

EXPECTED = {
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
    "list_type": "an array",
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "bool_type": "a boolean",
}
"""Pydantic's kinds of complaint about a type, in the words of JSON."""


class ApiError(Exception):
    """One error of the API. ``param`` is the dotted path of the offending field, or None."""

    type = "api_error"

    def __init__(self, message: str, code: str | None = None, param: str | None = None, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status

    def body(self) -> dict[str, Any]:
        """The object under ``error``: always all four keys."""
        return {"message": self.message, "type": self.type, "param": self.param, "code": self.code}


class InvalidRequest(ApiError):
    """The request cannot be served as sent."""

    type = "invalid_request_error"


class ServerError(ApiError):
    """The server could not do what it should have."""

    type = "server_error"

    def __init__(self, message: str, code: str | None = None, *, status: int = 500) -> None:
        super().__init__(message, code, status=status)


def missing(param: str) -> InvalidRequest:
    """The error for an absent required field."""
    return InvalidRequest(f"Missing required parameter: '{param}'.", "missing_required_parameter", param)


def unknown(param: str) -> InvalidRequest:
    """The error for a field the API does not have here."""
    return InvalidRequest(f"Unknown parameter: '{param}'.", "unknown_parameter", param)


def invalid_value(param: str, message: str) -> InvalidRequest:
    """The error for a value outside its range or enum."""
    return InvalidRequest(message, "invalid_value", param)


def from_validation(error: ValidationError, document: Any, prefix: str = "") -> InvalidRequest:
    """The first complaint of pydantic about ``document``, in the API's words.

    ``prefix`` is put before the dotted path (``session`` for the ``session`` object of a larger body).
    """
    complaint = _most_useful(error.errors(include_url=False), document)
    param = _dotted(complaint["loc"], document, prefix, missing_field=complaint["type"] == "missing")
    return _translate(complaint, param)


def _most_useful(complaints: Sequence[ErrorDetails], document: Any) -> ErrorDetails:
    """Of a union's complaints (one per member) the one that lies deepest in the document says most.

    A missing field lies one step deeper than the object that lacks it.
    """
    return max(
        complaints, key=lambda complaint: len(_path(complaint["loc"], document)) + (complaint["type"] == "missing")
    )


def _translate(complaint: ErrorDetails, param: str) -> InvalidRequest:
    kind, context = complaint["type"], complaint.get("ctx", {})
    if kind == "missing":
        return missing(param)
    if kind == "extra_forbidden":
        return unknown(param)
    if kind in ("literal_error", "enum"):
        return invalid_value(
            param,
            f"Invalid value: {shown(complaint['input'])}. Supported values are: {context['expected']}.",
        )
    if kind == "union_tag_invalid":
        supported = f"Supported values are: {context['expected_tags']}."
        return invalid_value(f"{param}.type", f"Invalid value: {shown(context['tag'])}. {supported}")
    if kind == "union_tag_not_found":
        return missing(f"{param}.type") if isinstance(complaint["input"], Mapping) else _another(param, complaint)
    if kind == "value_error":
        return invalid_value(param, f"Invalid '{param}': {context['error']}")
    if kind in ("too_long", "too_short"):
        bound = f"at most {context['max_length']}" if kind == "too_long" else f"at least {context['min_length']}"
        return invalid_value(param, f"Invalid '{param}': expected {bound} members, but got {context['actual_length']}.")
    return _another(param, complaint)


def _another(param: str, complaint: ErrorDetails) -> InvalidRequest:
    kind = complaint["type"]
    wanted = "an object" if kind == "union_tag_not_found" else EXPECTED.get(kind)
    code, said = ("invalid_type", f"expected {wanted}") if wanted else ("invalid_value", complaint["msg"])
    return InvalidRequest(f"Invalid '{param}': {said}, but got {shown(complaint['input'])} instead.", code, param)


def shown(value: Any) -> str:
    """A value of a JSON document, short enough to stand in a message; never a whole document."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "an array"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _path(loc: Sequence[int | str], document: Any) -> list[int | str]:
    """The part of ``loc`` that really is in the document: union tags and model names are not."""
    path: list[int | str] = []
    node = document
    for part in loc:
        if isinstance(node, Mapping) and part in node:
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            continue
        path.append(part)
    return path


def _dotted(loc: Sequence[int | str], document: Any, prefix: str, *, missing_field: bool) -> str:
    path = _path(loc, document)
    if missing_field and loc:
        path.append(loc[-1])
    dotted = prefix
    for part in path:
        name = str(part)[:MAX_NAME]
        dotted += f"[{name}]" if isinstance(part, int) else f".{name}" if dotted else name
    return dotted
