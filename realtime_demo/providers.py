"""Puts the site's providers together: OpenAI where there is a key, the embedded engine where it is installed, and the
servers that ``REALTIME_PROVIDERS`` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import httpx
from django.conf import settings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from realtime_api.dialects import DIALECTS
from realtime_demo import engine
from realtime_demo.addresses import is_base_url
from sessions_app.providers import RealtimeProvider, new_client
from sessions_app.registry import Registry, Unavailable

RESERVED_IDS = ("local", "local-beta", "openai")


def _base_url(text: str) -> str:
    if not is_base_url(text):
        raise ValueError("write it like http://lab:9000/v1, without a key")
    return text


class ProviderSettings(BaseModel):
    """One entry of REALTIME_PROVIDERS."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    label: Annotated[str, Field(min_length=1, max_length=64)]
    base_url: Annotated[str, Field(max_length=512), AfterValidator(_base_url)]
    api_key: SecretStr = SecretStr("")
    dialect: Literal["beta", "ga"] = "ga"


SETTINGS = TypeAdapter(list[ProviderSettings])


def registry() -> Registry:
    """The providers of this process, with one HTTP client for all."""
    reason = engine.unavailable_reason()
    client = new_client({} if reason else _engine_mount())
    providers = [*([] if reason else _local(client)), *_openai(client), *configured(client)]
    return Registry(providers, client, [Unavailable("Local engine", reason)] if reason else [])


def configured(client: httpx.AsyncClient) -> Iterator[RealtimeProvider]:
    """The servers of REALTIME_PROVIDERS. Raises pydantic's ValidationError; a system check reports it at start."""
    for entry in SETTINGS.validate_json(settings.REALTIME_PROVIDERS.get_secret_value()):
        yield RealtimeProvider(
            id=entry.id,
            label=entry.label,
            dialect=DIALECTS[entry.dialect],
            base_url=entry.base_url.rstrip("/"),
            client=client,
            api_key=entry.api_key,
        )


def _openai(client: httpx.AsyncClient) -> Iterator[RealtimeProvider]:
    """OpenAI speaks GA only: its beta endpoints are gone since May 2026."""
    if settings.OPENAI_API_KEY.get_secret_value():
        yield RealtimeProvider(
            id="openai",
            label="OpenAI",
            dialect=DIALECTS["ga"],
            base_url=settings.OPENAI_BASE_URL.rstrip("/"),
            client=client,
            api_key=settings.OPENAI_API_KEY,
            is_openai=True,
        )


def _local(client: httpx.AsyncClient) -> Iterator[RealtimeProvider]:
    from realtime_demo.transport import BASE_URL

    for provider_id, label, dialect in (
        ("local", "Local engine", "ga"),
        ("local-beta", "Local engine, beta dialect", "beta"),
    ):
        yield RealtimeProvider(
            id=provider_id,
            label=label,
            dialect=DIALECTS[dialect],
            base_url=BASE_URL,
            client=client,
            api_key=SecretStr(settings.ENGINE_API_KEY),
            is_local=True,
            notes=engine.notes(),
            costs=bool(engine.paid_settings()),
            without_effect=engine.without_effect(),
        )


def _engine_mount() -> dict[str, httpx.AsyncBaseTransport]:
    from realtime_demo.transport import BASE_URL, EngineTransport

    return {BASE_URL.removesuffix("/v1"): EngineTransport()}
