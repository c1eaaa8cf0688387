from __future__ import annotations

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings

from realtime_demo.transport import BASE_URL, EngineTransport


def ask(method: str, path: str, key: str = "", **options: object) -> httpx.Response:
    @async_to_sync
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=EngineTransport()) as client:
            headers = {"Authorization": f"Bearer {key}"}
            return await client.request(method, BASE_URL + path, headers=headers, **options)  # type: ignore[arg-type]

    return send()


@pytest.mark.django_db
def test_the_engine_answers_in_process() -> None:
    answer = ask("POST", "/realtime/client_secrets", settings.ENGINE_API_KEY, json={"session": {"type": "realtime"}})
    assert answer.status_code == 200
    assert answer.json()["value"].startswith("ek_")


def test_its_refusals_come_through_with_status_and_headers() -> None:
    answer = ask("POST", "/realtime/client_secrets", json={})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"]["code"] == "invalid_api_key"


def test_it_answers_models_like_any_server() -> None:
    models = ask("GET", "/models", settings.ENGINE_API_KEY).json()["data"]
    assert "gpt-realtime" in {model["id"] for model in models}


@pytest.mark.django_db
def test_calls_are_reached_as_well() -> None:
    refusal = ask("POST", "/realtime/calls/rtc_nobody/hangup", settings.ENGINE_API_KEY)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (404, "call_not_found")
