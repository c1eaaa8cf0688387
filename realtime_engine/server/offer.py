"""The body of a call request: the SDP offer alone, or a form of the offer and a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from realtime_api import errors
from realtime_engine.server.http import Request, check_size, parse_json, unsupported_content_type

SDP, FORM = "application/sdp", "multipart/form-data"
PARTS = {"sdp", "session"}


@dataclass(frozen=True, slots=True)
class Offer:
    """``session`` is the document of the session part, or None without one."""

    sdp: str
    session: Mapping[str, Any] | None = None


def read_offer(request: Request) -> Offer:
    """Raises InvalidRequest (413, 415, 400)."""
    check_size(request)
    if request.content_type == SDP:
        return Offer(request.body.decode(errors="replace"))
    if request.content_type != FORM:
        raise unsupported_content_type(request, SDP, FORM)
    parts = _parts(request)
    unexpected = parts.keys() - PARTS
    if unexpected:
        raise errors.unknown(min(unexpected)[:80])
    if "sdp" not in parts:
        raise errors.missing("sdp")
    return Offer(parts["sdp"], _session(parts["session"]) if "session" in parts else None)


def _session(text: str) -> Mapping[str, Any]:
    """The session part: an object, whose fields are not checked here. Raises InvalidRequest."""
    try:
        document = parse_json(text)
    except errors.InvalidRequest as error:
        raise errors.InvalidRequest("Invalid 'session': the part must be JSON.", error.code, "session") from None
    if not isinstance(document, dict):
        raise errors.InvalidRequest("Invalid 'session': expected an object.", "invalid_type", "session")
    return document


def _parts(request: Request) -> Mapping[str, str]:
    """The fields of the form, once each; a part with a file name (curl sends one) counts the same."""
    meta = {"CONTENT_TYPE": request.header("content-type") or "", "CONTENT_LENGTH": len(request.body)}
    try:
        fields, files = MultiPartParser(meta, BytesIO(request.body), [MemoryFileUploadHandler()]).parse()
    except (MultiPartParserError, SuspiciousOperation):
        raise errors.InvalidRequest("We could not parse the form in your request.", "invalid_form") from None
    twice = [str(name) for name in (*fields, *files) if len(fields.getlist(name)) + len(files.getlist(name)) > 1]
    if twice:
        message = f"The form has more than one part '{twice[0][:80]}'."
        raise errors.InvalidRequest(message, "invalid_form", twice[0][:80])
    return {str(name): str(text) for name, text in fields.items()} | {
        str(name): cast("UploadedFile[bytes]", file).read().decode(errors="replace") for name, file in files.items()
    }
