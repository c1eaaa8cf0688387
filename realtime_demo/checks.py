"""System checks: what is misconfigured is said at start, not at the first request. No message ever holds a key."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from pydantic import ValidationError

from realtime_demo import engine
from realtime_demo.addresses import is_base_url
from realtime_demo.providers import RESERVED_IDS, SETTINGS, ProviderSettings
from realtime_engine.server import udp_ports

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@register
def check_providers(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """REALTIME_PROVIDERS has the form ``.env.example`` describes."""
    try:
        entries = SETTINGS.validate_json(settings.REALTIME_PROVIDERS.get_secret_value())
    except ValidationError as error:
        return [_invalid(detail["loc"], detail["msg"]) for detail in error.errors(include_input=False)]
    return _taken_ids(entries)


@register
def check_open_mint(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A public site must not hand out somebody's paid keys by oversight."""
    paid = _paid_settings()
    if not paid or not settings.IS_PUBLIC or settings.REALTIME_ALLOW_OPEN_MINT:
        return []
    return [
        Error(
            f"HOST={settings.HOST} is public and {' and '.join(paid)} would let every visitor open paid sessions.",
            hint="Set HOST=127.0.0.1, or REALTIME_ALLOW_OPEN_MINT=1 if visitors may spend that money.",
            id="realtime_demo.E003",
        )
    ]


@register
def check_openai_base_url(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """OPENAI_BASE_URL is an address."""
    if is_base_url(settings.OPENAI_BASE_URL):
        return []
    hint = "Leave it out, or write it like https://api.openai.com/v1."
    return [Error("OPENAI_BASE_URL is not an http(s) address.", hint=hint, id="realtime_demo.E004")]


@register
def check_hosts(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A server that listens everywhere needs to know its names."""
    if settings.HOST not in ("0.0.0.0", "::") or set(settings.ALLOWED_HOSTS) - {*LOCAL_NAMES, settings.HOST}:
        return []
    hint = "Set ALLOWED_HOSTS to the names and addresses visitors use, separated by commas."
    message = f"HOST={settings.HOST} listens to the network, but ALLOWED_HOSTS only lets this machine in."
    return [Warning(message, hint=hint, id="realtime_demo.W001")]


@register
def check_https(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The site's own server speaks plain HTTP, so a redirect to HTTPS needs a proxy that says what the visitor used."""
    if not settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER:
        return []
    hint = "Behind a proxy that always sets X-Forwarded-Proto, set TRUST_X_FORWARDED_PROTO=1."
    message = "HTTPS=1 redirects every request to HTTPS, and no header says when one came by HTTPS."
    return [Warning(message, hint=hint, id="realtime_demo.W002")]


@register
def check_bounds(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A bound of nothing would refuse everything."""
    bounds = {name for name in dir(settings) if name.startswith(("ENGINE_MAX_", "ENGINE_SESSION_", "ENGINE_CALL_"))}
    return [
        Error(f"{name.replace('ENGINE', 'REALTIME', 1)} must be at least 1.", id="realtime_demo.E009")
        for name in sorted(bounds)
        if getattr(settings, name) < 1
    ]


@register
def check_media_addresses(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """REALTIME_UDP_PORTS is a range of ports, REALTIME_ANNOUNCED_ADDRESS an IP address."""
    faults: list[CheckMessage] = []
    try:
        udp_ports.parse(settings.ENGINE_UDP_PORTS)
    except ValueError as error:
        hint = "Leave it out, or write it like 50000-50100."
        faults.append(Error(f"REALTIME_UDP_PORTS: {error}.", hint=hint, id="realtime_demo.E007"))
    try:
        ip_address(settings.ENGINE_ANNOUNCED_ADDRESS or "127.0.0.1")
    except ValueError:
        hint = "Leave it out, or write it like 203.0.113.7; a name is not enough."
        message = "REALTIME_ANNOUNCED_ADDRESS is not an IP address."
        faults.append(Error(message, hint=hint, id="realtime_demo.E008"))
    return faults


def _paid_settings() -> list[str]:
    """The settings that bring a provider with a key of its own."""
    try:
        entries = SETTINGS.validate_json(settings.REALTIME_PROVIDERS.get_secret_value())
    except ValidationError:
        entries = []  # reported by check_providers
    keys = {
        "OPENAI_API_KEY": bool(settings.OPENAI_API_KEY.get_secret_value()),
        "REALTIME_PROVIDERS": any(entry.api_key.get_secret_value() for entry in entries),
    }
    return [*(name for name, is_set in keys.items() if is_set), *engine.paid_settings()]


def _invalid(location: tuple[int | str, ...], message: str) -> CheckMessage:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    hint = 'It is a JSON list like [{"id": "lab", "label": "Lab", "base_url": "http://lab:9000/v1", "dialect": "ga"}].'
    return Error(f"REALTIME_PROVIDERS{place}: {message}.", hint=hint, id="realtime_demo.E001")


def _taken_ids(entries: Sequence[ProviderSettings]) -> list[CheckMessage]:
    ids = [*RESERVED_IDS, *(entry.id for entry in entries)]
    return [
        Error(
            f"REALTIME_PROVIDERS: the id '{taken}' is used twice.",
            hint=f"Give each provider an id of its own, other than {', '.join(RESERVED_IDS)}.",
            id="realtime_demo.E002",
        )
        for taken in sorted({name for name in ids if ids.count(name) > 1})
    ]
