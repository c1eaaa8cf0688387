"""Who is asking: bearer keys of requests and sockets turned into grants, or refused in the API's words."""

from __future__ import annotations

from realtime_api.errors import InvalidRequest
from realtime_engine.server import keys
from realtime_engine.server.http import Request


def authenticate(key: str | None, now: float) -> keys.Grant:
    """What the key grants at ``now`` (unix seconds). Raises InvalidRequest (401)."""
    if not key:
        message = "You didn't provide an API key. Send it in an Authorization header: 'Authorization: Bearer YOUR_KEY'."
        raise InvalidRequest(message, "invalid_api_key", status=401)
    grant = keys.find(key, now)
    if grant is None:
        message = f"Incorrect API key provided: {keys.masked(key)}. It is wrong, or it has expired: ask for a new one."
        raise InvalidRequest(message, "invalid_api_key", status=401)
    return grant


def authenticate_request(request: Request, now: float) -> keys.Grant:
    """As ``authenticate``, for the Authorization header."""
    return authenticate(bearer(request.header("authorization")), now)


def bearer(authorization: str | None) -> str | None:
    """The key of an Authorization header; None where there is none."""
    scheme, _, key = (authorization or "").strip().partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def require_minting(grant: keys.Grant) -> None:
    """Raises InvalidRequest (403): a browser's key must not beget keys."""
    if grant.is_ephemeral:
        message = "An ephemeral key opens sessions; it cannot make keys. Use the engine's own API key on your server."
        raise InvalidRequest(message, "insufficient_permissions", status=403)
