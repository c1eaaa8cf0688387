"""What watches the site: alive, ready, figures; and who may read them."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError, connection, connections
from django.test import Client

from realtime_engine.server import engine

KEY = "sk-local-test"


def test_process_that_answers_is_alive(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "pod-7.cluster.internal"])
def test_probe_may_ask_by_an_address_that_is_not_the_site_s(client: Client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.django_db
def test_site_whose_engine_has_not_started_is_not_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["engine"] == "The engine is not running on this server."


@pytest.mark.django_db(transaction=True)
async def test_site_with_database_and_engine_is_ready(async_client: Any) -> None:
    await engine.start()
    try:
        assert (await async_client.get("/readyz")).json() == {"status": "ready"}
    finally:
        await engine.stop()
        await database_sync_to_async(connections.close_all)()  # else the database cannot be dropped


def test_site_without_its_database_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OperationalError("gone: postgres://user:password@host")

    monkeypatch.setattr(connection, "ensure_connection", fails)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "it does not answer"


def test_figures_are_open_to_the_machine_itself(client: Client) -> None:
    response = client.get("/metrics", headers={"host": "localhost"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert b"# HELP realtime_first_audio_seconds " in response.content


@pytest.mark.parametrize("sent", [{}, {"authorization": "Bearer wrong"}], ids=["no key", "wrong key"])
def test_figures_are_closed_to_a_proxy_s_clients(client: Client, sent: dict[str, str]) -> None:
    headers = {"host": "localhost", "x-forwarded-for": "203.0.113.9", **sent}
    assert client.get("/metrics", headers=headers).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_engine_s_key_opens_the_figures_from_anywhere(client: Client, scheme: str) -> None:
    headers = {"x-forwarded-for": "203.0.113.9", "authorization": f"{scheme} {KEY}"}
    assert client.get("/metrics", headers=headers).status_code == 200
