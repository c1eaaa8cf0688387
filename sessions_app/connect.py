"""Where a browser connects with its new key, and how."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest

from realtime_api.config import SessionConfig
from realtime_api.dialect import Minted
from sessions_app.providers import RealtimeProvider

LOCAL_BASE_PATH = "/v1"
KEY_PROTOCOL = "openai-insecure-api-key."
BETA_PROTOCOL = "openai-beta.realtime-v1"


def answer(request: HttpRequest, provider: RealtimeProvider, config: SessionConfig, minted: Minted) -> dict[str, Any]:
    """What the mint endpoint returns: the key, the effective session, and where to connect."""
    return {
        "value": minted.value,
        "expires_at": minted.expires_at,
        "session": minted.session,
        "connect": _connect(public_base_url(request, provider), provider, config, minted.value),
    }


def public_base_url(request: HttpRequest, provider: RealtimeProvider) -> str:
    """The API's base URL as the browser reaches it: the local engine answers where this site does."""
    return f"{request.scheme}://{request.get_host()}{LOCAL_BASE_PATH}" if provider.is_local else provider.base_url


def sources(request: HttpRequest, provider: RealtimeProvider) -> list[str]:
    """The origins a page connects to for this provider, as http(s) and ws(s)."""
    url = urlsplit(public_base_url(request, provider))
    return [f"{url.scheme}://{url.netloc}", f"{_websocket(url.scheme)}://{url.netloc}"]


def _connect(base: str, provider: RealtimeProvider, config: SessionConfig, key: str) -> dict[str, Any]:
    realtime = f"{base}/realtime?{_query(config)}"
    scheme, _, rest = realtime.partition("://")
    is_beta = provider.dialect.name == "beta"
    return {
        "provider": provider.id,
        "provider_label": provider.label,
        "dialect": provider.dialect.name,
        "kind": config.kind,
        "model": model_of(config),
        "webrtc_url": realtime if is_beta else f"{base}/realtime/calls",
        "websocket_url": f"{_websocket(scheme)}://{rest}",
        "websocket_protocols": ["realtime", f"{KEY_PROTOCOL}{key}", *([BETA_PROTOCOL] if is_beta else [])],
        "input_format": config.input_format,
        "output_format": config.output_format,
    }


def model_of(config: SessionConfig) -> str:
    """The model the session is named by: a transcription session has only a recogniser's."""
    if config.kind == "transcription" and config.transcription:
        return config.transcription.model
    return config.model


def _query(config: SessionConfig) -> str:
    """A transcription session is opened by intent: the API refuses a model there."""
    return urlencode({"intent": "transcription"} if config.kind == "transcription" else {"model": config.model})


def _websocket(scheme: str) -> str:
    return {"http": "ws", "https": "wss"}[scheme]
