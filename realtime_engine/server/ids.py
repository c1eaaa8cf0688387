"""Random identifiers in the API's shapes."""

from __future__ import annotations

import secrets
import string

BASE62 = string.digits + string.ascii_letters
ID_CHARACTERS = 21


def random_base62(length: int) -> str:
    """That many characters from a cryptographic source."""
    return "".join(secrets.choice(BASE62) for _ in range(length))


def new_id(prefix: str) -> str:
    """``sess_``, ``item_``, ``event_`` ... and 21 random characters."""
    return f"{prefix}_{random_base62(ID_CHARACTERS)}"
