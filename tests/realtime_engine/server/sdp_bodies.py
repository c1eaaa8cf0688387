"""Tells schemathesis how an SDP body is written. It finds this module by SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import schemathesis


@schemathesis.serializer("application/sdp")
def text(context: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
