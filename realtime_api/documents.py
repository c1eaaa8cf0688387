"""JSON as clients send it."""

from __future__ import annotations

import json
from typing import Any

from realtime_api.errors import InvalidRequest

MAX_DIGITS = 400
"""Of a whole number; more than the longest that a double holds has."""


class _TooLong(ValueError):
    """A whole number of more digits than are read."""


def parse(text: str | bytes, code: str, complaint: str) -> Any:
    """The document. Raises InvalidRequest with ``code``: with ``complaint`` where it is no JSON or nested without end,
    and with a message of its own where it is JSON, but a number in it is too long to be read.
    """
    try:
        return _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8-sig"))
    except _TooLong as error:
        raise InvalidRequest(str(error), code) from None
    except (ValueError, RecursionError):
        raise InvalidRequest(complaint, code) from None


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        message = (
            f"The number {digits[:20]}... is too large: {len(digits)} digits, where at most {MAX_DIGITS} are read."
        )
        raise _TooLong(message)
    return int(digits)


_DECODER = json.JSONDecoder(parse_int=_whole)
