"""POST /sessions/ as a script and as a browser without scripts sees it."""

from __future__ import annotations

import logging

import httpx
import pytest
from django.test import Client

from tests.sessions_app.conftest import KEY, Install, MakeProvider, refuse

TALK = {"kind": "realtime", "provider": "lab", "transcription": "on"}
CAPTIONS = {"kind": "transcription", "provider": "lab"}


def test_a_script_gets_key_session_and_where_to_connect(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider())
    answer = script.post("/sessions/", TALK)
    assert answer.status_code == 200
    assert answer.json() == {
        "value": "ek_made",
        "expires_at": 1_800_000_000,
        "session": {"id": "sess_1", "type": "realtime"},
        "connect": {
            "provider": "lab",
            "provider_label": "Lab",
            "dialect": "ga",
            "kind": "realtime",
            "model": "gpt-realtime-2.1",
            "webrtc_url": "https://lab.example/v1/realtime/calls",
            "websocket_url": "wss://lab.example/v1/realtime?model=gpt-realtime-2.1",
            "websocket_protocols": ["realtime", "openai-insecure-api-key.ek_made"],
            "input_format": "pcm16",
            "output_format": "pcm16",
        },
    }


def test_a_key_is_kept_in_no_cache(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    assert "no-store" in script.post("/sessions/", TALK)["Cache-Control"]


def test_the_local_engine_is_reached_where_the_site_is(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(is_local=True, base_url="http://engine.invalid/v1"))
    connect = script.post("/sessions/", TALK).json()["connect"]
    assert connect["webrtc_url"] == "http://localhost:8000/v1/realtime/calls"
    assert connect["websocket_url"] == "ws://localhost:8000/v1/realtime?model=gpt-realtime-2.1"


def test_behind_https_the_local_engine_is_reached_by_https(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(is_local=True))
    connect = script.post("/sessions/", TALK, secure=True).json()["connect"]
    assert connect["webrtc_url"].startswith("https://localhost:8000/")
    assert connect["websocket_url"].startswith("wss://localhost:8000/")


def test_the_beta_dialect_connects_by_its_own_urls_and_protocol(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(dialect="beta"))
    connect = script.post("/sessions/", TALK).json()["connect"]
    assert connect["webrtc_url"] == "https://lab.example/v1/realtime?model=gpt-4o-realtime-preview"
    assert connect["websocket_protocols"][-1] == "openai-beta.realtime-v1"


def test_a_transcription_session_is_opened_by_intent(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider())
    connect = script.post("/sessions/", CAPTIONS).json()["connect"]
    assert (connect["kind"], connect["model"]) == ("transcription", "gpt-4o-transcribe")
    assert connect["websocket_url"] == "wss://lab.example/v1/realtime?intent=transcription"


def test_a_browser_without_scripts_gets_a_page_with_the_key(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider())
    answer = browser.post("/sessions/", TALK)
    assert answer.templates[0].name == "sessions_app/key.html"
    assert "ek_made" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_wrong_field_is_named_to_the_script(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    answer = script.post("/sessions/", TALK | {"threshold": "7"})
    assert answer.status_code == 400
    assert answer.json() == {
        "errors": {"threshold": [{"message": "Enter a number from 0 to 1 for Threshold.", "code": "max_value"}]}
    }


def test_a_wrong_field_comes_back_in_the_page(browser: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    answer = browser.post("/sessions/", TALK | {"threshold": "7"})
    assert answer.status_code == 400
    assert answer.templates[0].name == "sessions_app/talk.html"
    assert "Enter a number from 0 to 1 for Threshold." in answer.content.decode()


def test_the_providers_complaint_is_put_at_its_field(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(refuse(400, "invalid_value", "session.audio.output.voice")))
    answer = script.post("/sessions/", TALK)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"voice": [{"message": "The provider's words.", "code": "rejected"}]}


def test_a_complaint_about_no_field_is_put_above_the_form(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(refuse(400, "invalid_value", "session.tools")))
    assert list(script.post("/sessions/", TALK).json()["errors"]) == ["__all__"]


def test_in_a_transcription_session_the_recogniser_is_the_model(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(refuse(400, "invalid_value", "session.audio.input.transcription.model")))
    assert list(script.post("/sessions/", CAPTIONS).json()["errors"]) == ["model"]


def test_a_refused_key_is_told_in_json(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider(refuse(401)))
    answer = script.post("/sessions/", TALK)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "provider_refused_key"


def test_a_busy_engine_says_when_to_come_back(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider(refuse(503, "engine_busy", **{"Retry-After": "5"}), is_local=True))
    answer = script.post("/sessions/", TALK)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_refusal_comes_back_in_the_page(browser: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider(refuse(503, **{"Retry-After": "5"})))
    answer = browser.post("/sessions/", CAPTIONS)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.templates[0].name == "sessions_app/transcribe.html"
    assert "Lab has no room" in answer.content.decode()


def test_a_form_without_the_csrf_token_is_refused(install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000")
    answer = strict.post("/sessions/", TALK, headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"
    assert "reload" in answer.json()["error"]["message"]


def test_without_scripts_a_missing_csrf_token_is_explained_on_a_page(install: Install) -> None:
    install()
    answer = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000").post("/sessions/", TALK)
    assert answer.status_code == 403
    assert "403_csrf.html" in [template.name for template in answer.templates]


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_gets_no_key(
    script: Client, install: Install, make_provider: MakeProvider, headers: dict[str, str]
) -> None:
    install(make_provider())
    answer = script.post("/sessions/", TALK, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_a_withheld_provider_gives_no_key(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    answer = script.post("/sessions/", TALK, REMOTE_ADDR="192.168.1.7")
    assert answer.status_code == 403
    assert "costs money" in answer.json()["error"]["message"]


def test_too_many_keys_in_a_minute_are_refused(
    script: Client, install: Install, make_provider: MakeProvider, settings: object
) -> None:
    settings.REALTIME_PAID_MINTS_PER_MINUTE = 1  # type: ignore[attr-defined]
    install(make_provider(), make_provider(id="local", is_local=True))
    assert script.post("/sessions/", TALK).status_code == 200
    answer = script.post("/sessions/", TALK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited")
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert script.post("/sessions/", TALK | {"provider": "local"}).status_code == 200


def test_only_posting_makes_keys(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    assert script.get("/sessions/").status_code == 405


def test_an_unknown_kind_is_an_error(script: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    assert list(script.post("/sessions/", TALK | {"kind": "translation"}).json()["errors"]) == ["kind"]


@pytest.mark.parametrize("debug", [False, True])
def test_the_api_key_is_not_in_the_page_of_a_server_error(
    install: Install, make_provider: MakeProvider, settings: object, caplog: pytest.LogCaptureFixture, debug: bool
) -> None:
    def break_down(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("unforeseen")

    settings.DEBUG = debug  # type: ignore[attr-defined]
    caplog.set_level(logging.DEBUG)
    install(make_provider(break_down))
    client = Client(raise_request_exception=False, HTTP_HOST="localhost:8000")
    answer = client.post("/sessions/", TALK)
    assert answer.status_code == 500
    assert KEY not in answer.content.decode()
    assert KEY not in caplog.text
