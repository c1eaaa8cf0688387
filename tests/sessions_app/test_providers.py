from __future__ import annotations

import json
import logging

import httpx
import pytest
from pydantic import SecretStr

from realtime_api.config import SessionConfig
from sessions_app.errors import MintError, ProviderError, Rejected
from sessions_app.providers import MAX_ANSWER_BYTES, RealtimeProvider, new_client
from tests.sessions_app.conftest import KEY, MakeProvider, answer_with_key, refuse

TALK, CAPTIONS = SessionConfig(), SessionConfig(kind="transcription")


class Recorder:
    """A server that keeps the last request."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        return answer_with_key(request)

    @property
    def body(self) -> dict[str, object]:
        content: dict[str, object] = json.loads(self.request.content)
        return content


async def refusal(provider: RealtimeProvider) -> MintError:
    with pytest.raises(ProviderError) as caught:
        await provider.create_key(TALK)
    return caught.value


@pytest.mark.parametrize(
    ("dialect", "config", "path"),
    [
        ("ga", TALK, "/v1/realtime/client_secrets"),
        ("ga", CAPTIONS, "/v1/realtime/client_secrets"),
        ("beta", TALK, "/v1/realtime/sessions"),
        ("beta", CAPTIONS, "/v1/realtime/transcription_sessions"),
    ],
)
async def test_a_key_is_asked_of_the_dialects_endpoint(
    make_provider: MakeProvider, dialect: str, config: SessionConfig, path: str
) -> None:
    server = Recorder()
    minted = await make_provider(server, dialect).create_key(config)
    assert (minted.value, minted.expires_at, minted.session["id"]) == ("ek_made", 1_800_000_000, "sess_1")
    assert (server.request.method, server.request.url.path) == ("POST", path)
    assert server.request.headers["Authorization"] == f"Bearer {KEY}"


async def test_a_paid_key_lives_no_longer_than_connecting_takes(make_provider: MakeProvider) -> None:
    server = Recorder()
    await make_provider(server).create_key(TALK)
    assert server.body["expires_after"] == {"anchor": "created_at", "seconds": 60}


async def test_a_free_key_lives_long_enough_to_be_copied(make_provider: MakeProvider) -> None:
    server = Recorder()
    await make_provider(server, is_local=True).create_key(TALK)
    assert server.body["expires_after"] == {"anchor": "created_at", "seconds": 600}


async def test_a_server_without_a_key_gets_no_authorization(make_provider: MakeProvider) -> None:
    server = Recorder()
    provider = make_provider(server, api_key=SecretStr(""))
    await provider.create_key(TALK)
    assert "Authorization" not in server.request.headers
    assert not provider.paid


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        pytest.param(401, "invalid_api_key", (401, "provider_refused_key"), id="wrong key"),
        pytest.param(403, None, (401, "provider_refused_key"), id="key without permission"),
        pytest.param(404, "unknown_url", (502, "provider_answer"), id="no such endpoint"),
        pytest.param(307, None, (502, "provider_answer"), id="redirect"),
        pytest.param(429, "rate_limit_exceeded", (429, "rate_limited"), id="too many requests"),
        pytest.param(429, "insufficient_quota", (429, "insufficient_quota"), id="no credit"),
        pytest.param(500, None, (502, "provider_failed"), id="server error"),
        pytest.param(503, None, (503, "provider_busy"), id="overloaded"),
    ],
)
async def test_a_refusal_becomes_cause_and_remedy(
    make_provider: MakeProvider, status: int, code: str | None, expected: tuple[int, str]
) -> None:
    error = await refusal(make_provider(refuse(status, code)))
    assert (error.status, error.code) == expected
    assert error.message.startswith(("Lab", "The account at Lab"))
    assert "The provider's words." not in error.message


async def test_a_full_local_engine_is_busy(make_provider: MakeProvider) -> None:
    error = await refusal(make_provider(refuse(503, "engine_busy"), is_local=True))
    assert (error.status, error.code) == (503, "engine_busy")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 10), ("-3", 10), ("", 10)],
)
async def test_the_wait_is_a_sane_number_of_seconds(make_provider: MakeProvider, header: str, seconds: int) -> None:
    error = await refusal(make_provider(refuse(429, **{"Retry-After": header})))
    assert error.retry_after == seconds


async def test_a_refused_field_keeps_the_providers_words_and_param(make_provider: MakeProvider) -> None:
    error = await refusal(make_provider(refuse(400, "invalid_value", "session.audio.output.voice")))
    assert isinstance(error, Rejected)
    assert (error.status, error.param, error.message) == (400, "session.audio.output.voice", "The provider's words.")


async def test_an_unknown_model_is_about_the_model(make_provider: MakeProvider) -> None:
    error = await refusal(make_provider(refuse(404, "model_not_found")))
    assert isinstance(error, Rejected)
    assert error.param == "model"


async def test_a_server_that_dropped_the_beta_dialect_says_what_to_set(make_provider: MakeProvider) -> None:
    error = await refusal(make_provider(refuse(400, "beta_api_shape_disabled"), "beta"))
    assert "dialect to ga" in error.message


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(200, text="<html>"), id="not JSON"),
        pytest.param(httpx.Response(200, json=[]), id="not an object"),
        pytest.param(httpx.Response(200, json={"value": "ek_1"}), id="incomplete"),
        pytest.param(httpx.Response(200, json={"value": "ek_1", "expires_at": "soon", "session": {}}), id="wrong type"),
    ],
)
@pytest.mark.parametrize("dialect", ["ga", "beta"])
async def test_an_answer_that_is_no_key_is_an_error(
    make_provider: MakeProvider, dialect: str, answer: httpx.Response
) -> None:
    error = await refusal(make_provider(lambda _: answer, dialect))
    assert (error.status, error.code) == (502, "provider_answer")


async def test_an_endless_answer_is_not_read_to_its_end(make_provider: MakeProvider) -> None:
    error = await refusal(make_provider(lambda _: httpx.Response(200, content=b" " * (MAX_ANSWER_BYTES + 1))))
    assert error.code == "provider_unreachable"


@pytest.mark.parametrize(
    ("failure", "code"),
    [(httpx.ConnectError("refused"), "provider_unreachable"), (httpx.ReadTimeout("slow"), "provider_timeout")],
)
async def test_no_answer_is_told_apart_from_a_refusal(
    make_provider: MakeProvider, failure: httpx.HTTPError, code: str
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise failure

    error = await refusal(make_provider(fail))
    assert (error.status, error.code) == (502, code)


async def test_a_redirect_does_not_carry_the_key_away() -> None:
    asked: list[str] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://elsewhere.example/"})

    client = new_client({"all://": httpx.MockTransport(redirect)})
    answer = await client.post("https://lab.example/v1/realtime/client_secrets")
    assert (answer.status_code, asked) == (307, ["lab.example"])


async def test_a_provider_that_quotes_the_key_is_not_repeated(make_provider: MakeProvider) -> None:
    def quote(request: httpx.Request) -> httpx.Response:
        message = f"Invalid value with {request.headers['Authorization']}"
        return httpx.Response(400, json={"error": {"message": message, "param": "voice"}})

    assert (await refusal(make_provider(quote))).message == "Invalid value with Bearer [key]"


async def test_the_key_is_in_no_log_and_no_representation(
    make_provider: MakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = make_provider(refuse(500))
    error = await refusal(provider)
    shown = [caplog.text, repr(provider), str(provider), repr(error), repr(error.__context__), repr(error.__cause__)]
    assert not any(KEY in text for text in shown)
