"""Keys: the long-lived one of the settings, and ephemeral ones issued for a configuration.

An ephemeral key opens sessions until it expires, as often as its holder likes; running sessions outlive it. The
database keeps a hash, so nobody who reads it can open a session.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

from django.conf import settings

from realtime_api.config import SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.dialects import DIALECTS
from realtime_engine.server.ids import BASE62, new_id, random_base62
from realtime_engine.server.models import EphemeralKey

PREFIX = "ek_"
SECRET_CHARACTERS = 32
PURGED_AT_ONCE = 200  # expired keys removed with each new one: more than come in, so they never pile up


@dataclass(frozen=True, slots=True)
class Issued:
    """A new ephemeral key; ``value`` is shown to its holder once. ``expires_at`` is unix seconds."""

    value: str
    session_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid key lets its holder do.

    ``owner`` names the key without giving it away. The long-lived key has neither configuration nor dialect: it may
    mint, and open sessions of any kind. ``pins_model``: the configuration names its model, so an address cannot.
    """

    owner: str
    config: SessionConfig | None = None
    dialect: Dialect | None = None
    pins_model: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return self.config is not None


def issue(config: SessionConfig, dialect: Dialect, ttl_s: int, now: float, *, pins_model: bool = True) -> Issued:
    """A new key for sessions of this configuration, valid for ``ttl_s`` seconds from ``now`` (unix).

    Without ``pins_model``, the model is the one of the address that the key is used at, or the dialect's own.
    """
    _purge(now)
    issued = Issued(PREFIX + random_base62(SECRET_CHARACTERS), new_id("sess"), int(now) + ttl_s)
    EphemeralKey.objects.create(
        digest=_digest(issued.value),
        session_id=issued.session_id,
        dialect=dialect.name,
        config=json.dumps(config.model_dump(exclude=None if pins_model else {"model"})),
        expires_at=issued.expires_at,
    )
    return issued


def find(value: str, now: float) -> Grant | None:
    """What this key grants at ``now`` (unix seconds); None for a wrong or expired one."""
    if _is_long_lived(value):
        return Grant(_digest(value))
    return _ephemeral(value, now) if _looks_ephemeral(value) else None


def masked(value: str) -> str:
    """Enough of a key to recognise it in a message, never enough to use it."""
    return f"{value[:5]}***{value[-4:]}" if len(value) >= 20 else "***"


def _ephemeral(value: str, now: float) -> Grant | None:
    digest = _digest(value)
    key = EphemeralKey.objects.filter(digest=digest, expires_at__gt=int(now)).first()
    if key is None:
        return None
    dialect, stored = DIALECTS[key.dialect], json.loads(key.config)
    config = SessionConfig.model_validate({"model": dialect.default_model} | stored)
    return Grant(digest, config, dialect, pins_model="model" in stored)


def _is_long_lived(value: str) -> bool:
    key: str = settings.ENGINE_API_KEY
    return bool(key) and secrets.compare_digest(value.encode(errors="replace"), key.encode())


def _looks_ephemeral(value: str) -> bool:
    """Spares the database what cannot be a key."""
    secret = value.removeprefix(PREFIX)
    return len(secret) == SECRET_CHARACTERS == len(value) - len(PREFIX) and all(c in BASE62 for c in secret)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()


def _purge(now: float) -> None:
    expired = EphemeralKey.objects.filter(expires_at__lte=int(now)).values_list("digest", flat=True)
    EphemeralKey.objects.filter(digest__in=list(expired[:PURGED_AT_ONCE])).delete()
