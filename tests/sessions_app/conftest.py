"""Providers whose server is a function of the test."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.test import Client
from pydantic import SecretStr

from realtime_api.dialects import DIALECTS
from sessions_app.providers import RealtimeProvider
from sessions_app.registry import Registry, Unavailable

KEY = "sk-secret-0123456789"
HERE = "localhost:8000"

Handler = Callable[[httpx.Request], httpx.Response]
MakeProvider = Callable[..., RealtimeProvider]
Install = Callable[..., None]


def answer_with_key(request: httpx.Request) -> httpx.Response:
    """A server that makes every key asked of it, in the dialect of the path."""
    secret = {"value": "ek_made", "expires_at": 1_800_000_000}
    if request.url.path.endswith("/client_secrets"):
        return httpx.Response(200, json={**secret, "session": {"id": "sess_1", "type": "realtime"}})
    return httpx.Response(200, json={"id": "sess_1", "client_secret": secret})


def refuse(status: int, code: str | None = None, param: str | None = None, **headers: str) -> Handler:
    """A server that refuses in the API's words."""
    error = {"message": "The provider's words.", "type": "invalid_request_error", "code": code, "param": param}
    return lambda request: httpx.Response(status, json={"error": error}, headers=headers)


def new_loopback_address() -> str:
    """One of the millions that lead to this machine, so that tests which count keys do not meet in a shared cache."""
    return str(IPv4Address("127.0.0.2") + secrets.randbelow(2**24 - 3))


@pytest.fixture
def make_provider() -> MakeProvider:
    def make(handler: Handler = answer_with_key, dialect: str = "ga", **fields: Any) -> RealtimeProvider:
        client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
        known = {"id": "lab", "label": "Lab", "base_url": "https://lab.example/v1", "api_key": SecretStr(KEY)}
        return RealtimeProvider(dialect=DIALECTS[dialect], client=client, **(known | fields))

    return make


@pytest.fixture
def install() -> Iterator[Install]:
    """Gives the site these providers, for one test."""
    config: Any = apps.get_app_config("sessions_app")

    def put(*providers: RealtimeProvider, unavailable: tuple[Unavailable, ...] = ()) -> None:
        config.registry = Registry(
            providers, httpx.AsyncClient(transport=httpx.MockTransport(refuse(404))), unavailable
        )

    yield put
    del config.registry


@pytest.fixture
def browser() -> Client:
    """A client on the machine itself, at the address the site prints; nobody else has used its address before."""
    return Client(HTTP_HOST=HERE, REMOTE_ADDR=new_loopback_address())


@pytest.fixture
def script(browser: Client) -> Client:
    """As ``browser``, asking for JSON."""
    browser.defaults["HTTP_ACCEPT"] = "application/json"
    return browser
