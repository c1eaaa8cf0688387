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
    session: Any = None


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
    return Offer(parts["sdp"], parse_json(parts["session"]) if "session" in parts else None)


def _parts(request: Request) -> Mapping[str, str]:
    """The fields of the form; a part with a file name (curl sends one) counts the same."""
    meta = {"CONTENT_TYPE": request.header("content-type") or "", "CONTENT_LENGTH": len(request.body)}
    try:
        fields, files = MultiPartParser(meta, BytesIO(request.body), [MemoryFileUploadHandler()]).parse()
    except (MultiPartParserError, SuspiciousOperation):
        raise errors.InvalidRequest("We could not parse the form in your request.", "invalid_form") from None
    return {str(name): str(text) for name, text in fields.items()} | {
        str(name): cast("UploadedFile[bytes]", file).read().decode(errors="replace") for name, file in files.items()
    }
