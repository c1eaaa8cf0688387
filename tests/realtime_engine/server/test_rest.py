"""The REST endpoints: what they issue, and every way they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from realtime_engine.server import admission, keys
from realtime_engine.server.admission import Admission
from realtime_engine.server.http import Response
from realtime_engine.server.keys import Grant

Ask = Callable[..., Response]
NOW = 1_700_000_000
MINT_PATHS = ("realtime/client_secrets", "realtime/sessions", "realtime/transcription_sessions")


def document(response: Response) -> Any:
    return json.loads(response.body)


def test_client_secret_is_issued_with_the_effective_session(ask: Ask) -> None:
    body = {"expires_after": {"seconds": 30}, "session": {"type": "realtime", "audio": {"output": {"voice": "marin"}}}}
    response = ask("POST", "realtime/client_secrets", body)
    minted = document(response)
    assert (response.status, minted["expires_at"]) == (200, NOW + 30)
    assert minted["session"]["audio"]["output"]["voice"] == "marin"
    assert keys.find(minted["value"], NOW) is not None


@pytest.mark.parametrize(
    ("path", "kind", "ttl"),
    [("realtime/sessions", "realtime", 60), ("realtime/transcription_sessions", "transcription", 600)],
)
def test_beta_session_carries_its_client_secret(ask: Ask, path: str, kind: str, ttl: int) -> None:
    minted = document(ask("POST", path, {"input_audio_format": "g711_ulaw"}))
    grant = keys.find(minted["client_secret"]["value"], NOW)
    assert minted["client_secret"]["expires_at"] == NOW + ttl
    assert grant is not None
    assert grant.config is not None
    assert (grant.config.kind, grant.config.input_format) == (kind, "g711_ulaw")


@pytest.mark.parametrize("path", MINT_PATHS)
def test_absent_body_means_defaults(ask: Ask, path: str) -> None:
    assert ask("POST", path).status == 200


def test_models_are_listed_for_either_kind_of_key(ask: Ask) -> None:
    ephemeral = document(ask("POST", "realtime/client_secrets"))["value"]
    listed = document(ask("GET", "models", key=ephemeral))
    described = {model["id"]: model for model in listed["data"]}
    assert described["gpt-realtime"] == {
        "id": "gpt-realtime",
        "object": "model",
        "created": 0,
        "owned_by": "local-engine",
        "shutdown_date": "2027-01-20",
    }
    assert described["gpt-live-transcribe"]["shutdown_date"] is None


def test_one_model_is_shown(ask: Ask) -> None:
    assert document(ask("GET", "models/whisper-1"))["id"] == "whisper-1"


GERMAN = {"session": {"type": "transcription", "audio": {"input": {"transcription": {"language": "de"}}}}}
DUTCH_OR_FRENCH = {
    "session": {
        "type": "realtime",
        "audio": {"input": {"transcription": {"model": "gpt-transcribe", "languages": ["nl", "fr"]}}},
    }
}
MINT, BETA_MINT = "realtime/client_secrets", "realtime/sessions"
TRANSCRIPTION = "session.audio.input.transcription"
BETA_FRENCH = {"input_audio_transcription": {"language": "fr"}}
TEXT = {"content_type": "text/plain"}

REFUSALS: dict[str, tuple[tuple[Any, ...], dict[str, Any], int, str, str | None]] = {
    # name: (arguments, keyword arguments, status, code, param)
    "no key": (("POST", MINT), {"key": None}, 401, "invalid_api_key", None),
    "wrong key": (("POST", MINT), {"key": "sk-wrong"}, 401, "invalid_api_key", None),
    "another scheme": (("GET", "models"), {"key": None, "authorization": "Basic x"}, 401, "invalid_api_key", None),
    "unknown path": (("POST", "chat/completions"), {}, 404, "unknown_url", None),
    "unknown model": (("GET", "models/gpt-9"), {}, 404, "model_not_found", "model"),
    "wrong method": (("GET", MINT), {}, 405, "method_not_allowed", None),
    "text body": (("POST", BETA_MINT, b"a=1"), TEXT, 415, "unsupported_content_type", None),
    "broken JSON": (("POST", BETA_MINT, b"{"), {}, 400, "invalid_json", None),
    "a number of 5000 digits": (
        ("POST", BETA_MINT, b'{"speed": ' + b"9" * 5000 + b"}"), {}, 400, "invalid_json", None,
    ),
    "a tool that is not defined": (
        ("POST", BETA_MINT, {"tool_choice": {"type": "function", "name": "go"}}), {}, 400, "invalid_value",
        "tool_choice",
    ),
    "not UTF-8": (("POST", BETA_MINT, b"\xff\xfe{}"), {}, 400, "invalid_json", None),
    "endless nesting": (("POST", BETA_MINT, b"[" * 100_000), {}, 400, "invalid_json", None),
    "deep nesting": (("POST", BETA_MINT, b"[" * 70 + b"]" * 70), {}, 400, "invalid_json", None),
    "not an object": (("POST", MINT, []), {}, 400, "invalid_type", None),
    "too large": (("POST", BETA_MINT, b" " * (1024 * 1024 + 1)), {}, 413, "request_too_large", None),
    "unknown field": (("POST", BETA_MINT, {"tempo": 1}), {}, 400, "unknown_parameter", "tempo"),
    "no type": (("POST", MINT, {"session": {}}), {}, 400, "missing_required_parameter", "session.type"),
    "short lifetime": (
        ("POST", MINT, {"expires_after": {"seconds": 9}}), {}, 400, "invalid_value", "expires_after.seconds",
    ),
    "German": (("POST", MINT, GERMAN), {}, 400, "invalid_value", f"{TRANSCRIPTION}.language"),
    "Dutch or French": (("POST", MINT, DUTCH_OR_FRENCH), {}, 400, "invalid_value", f"{TRANSCRIPTION}.languages"),
    "French, beta": (
        ("POST", BETA_MINT, BETA_FRENCH), {}, 400, "invalid_value", "input_audio_transcription.language",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "options", "status", "code", "param"), REFUSALS.values(), ids=REFUSALS)
def test_refusal(
    ask: Ask, arguments: tuple[Any, ...], options: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    response = ask(*arguments, **options)
    error = document(response)["error"]
    assert (response.status, error["code"], error["param"]) == (status, code, param)
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("language", ["en", "en-GB"])
def test_english_is_transcribed(ask: Ask, language: str) -> None:
    body = {"input_audio_transcription": {"model": "whisper-1", "language": language}}
    assert ask("POST", "realtime/transcription_sessions", body).status == 200


@pytest.mark.parametrize("path", MINT_PATHS)
def test_ephemeral_key_makes_no_keys(ask: Ask, path: str) -> None:
    ephemeral = document(ask("POST", "realtime/client_secrets"))["value"]
    response = ask("POST", path, key=ephemeral)
    assert (response.status, document(response)["error"]["code"]) == (403, "insufficient_permissions")


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("realtime/sessions", 60), ("realtime/transcription_sessions", 600), ("realtime/client_secrets", 600)],
)
def test_a_key_works_until_it_expires(ask: Ask, path: str, seconds: int) -> None:
    minted = document(ask("POST", path))
    key = minted["value"] if "value" in minted else minted["client_secret"]["value"]
    last, late = (ask("GET", "models", key=key, now=NOW + after) for after in (seconds - 1, seconds))
    assert (last.status, late.status, document(late)["error"]["code"]) == (200, 401, "invalid_api_key")


def test_the_description_is_readable_across_origins(ask: Ask) -> None:
    headers = ask("GET", "openapi.json", key=None, origin="https://page.example").headers
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_refused_key_is_shown_masked_only(ask: Ask) -> None:
    key = "sk-secret-of-somebody-else-0123456789"
    assert key.encode() not in ask("GET", "models", key=key).body


def test_full_engine_says_when_to_come_again(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Admission(max_sessions=1, max_per_key=1)
    full.admit(Grant("somebody"))
    monkeypatch.setattr(admission, "of_this_process", lambda: full)
    response = ask("POST", "realtime/client_secrets")
    assert (response.status, document(response)["error"]["code"]) == (503, "engine_busy")
    assert int(response.headers["Retry-After"]) > 0


def test_405_names_the_allowed_methods(ask: Ask) -> None:
    assert ask("DELETE", "models").headers["Allow"] == "GET, OPTIONS"


def test_preflight_allows_the_headers_of_the_sdks_and_those_asked_for(ask: Ask) -> None:
    response = ask(
        "OPTIONS",
        "realtime/client_secrets",
        key=None,
        origin="https://page.example",
        access_control_request_headers="Content-Type, X-Stainless-OS, bad name",
    )
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Methods"] == "POST"
    assert allowed == ["authorization", "content-type", "openai-beta", "x-openai-agents-sdk", "x-stainless-os"]


def test_answers_and_refusals_are_readable_across_origins(ask: Ask) -> None:
    for key in (None, "sk-wrong"):
        headers = ask("GET", "models", key=key, origin="https://page.example").headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Location" in headers["Access-Control-Expose-Headers"]


def test_answers_with_keys_are_not_stored(ask: Ask) -> None:
    assert ask("POST", "realtime/client_secrets").headers["Cache-Control"] == "no-store"
