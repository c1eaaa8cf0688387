"""The reference page: what it makes of an OpenAPI document, and the requests it sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client
from pydantic import SecretStr

from sessions_app import reference
from sessions_app.reference import Field
from sessions_app.registry import Unavailable
from tests.sessions_app.conftest import KEY, Install, MakeProvider

VOICES = {"type": "string", "enum": ["ash", "coral"], "default": "ash", "description": "The `voice`."}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/talks": {
            "post": {
                "operationId": "create-talk",
                "tags": ["GA"],
                "summary": "Make a talk",
                "description": "Makes one.",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Talk"},
                            "examples": {"short": {"value": {"voice": "ash"}}},
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "The talk.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "string"}, "voice": {"type": "string"}},
                                }
                            }
                        },
                    },
                    "400": {"description": "Refused."},
                },
            }
        },
        "/talks/{talk_id}": {
            "get": {
                "operationId": "show-talk",
                "security": [],
                "parameters": [
                    {"name": "talk_id", "in": "path", "example": "talk_1", "schema": {"type": "string"}},
                    {"name": "part", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {"200": {"description": "The talk."}},
            }
        },
    },
    "components": {
        "schemas": {
            "Talk": {
                "type": "object",
                "required": ["voice"],
                "properties": {
                    "voice": VOICES,
                    "speed": {"anyOf": [{"type": "number", "minimum": 0.5, "maximum": 2}, {"type": "null"}]},
                    "model": {"type": "string", "maxLength": 1000, "x-effect": "One model talks."},
                    "turns": {
                        "oneOf": [{"$ref": "#/components/schemas/Timed"}, {"$ref": "#/components/schemas/Judged"}]
                    },
                    "words": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
                },
            },
            "Timed": {
                "type": "object",
                "properties": {"type": {"const": "timed", "type": "string"}, "wait_ms": {"type": "integer"}},
            },
            "Judged": {"type": "object", "properties": {"type": {"const": "judged", "type": "string"}}},
        }
    },
}


def fields() -> dict[str, Field]:
    return {field.name: field for field in reference.operations(DOCUMENT)[0].fields}


def test_operations_are_in_the_documents_order() -> None:
    made, shown = reference.operations(DOCUMENT)
    assert (made.id, made.method, made.path, made.needs_key) == ("create-talk", "POST", "/talks", True)
    assert (shown.id, shown.method, shown.path, shown.needs_key) == ("show-talk", "GET", "/talks/{talk_id}", False)


def test_a_field_tells_type_choices_default_and_whether_it_is_required() -> None:
    assert fields()["voice"] == Field(
        name="voice",
        types=("string",),
        choices=('"ash"', '"coral"'),
        required=True,
        default='"ash"',
        description="The voice.",
    )


def test_a_field_that_may_be_null_tells_its_range() -> None:
    speed = fields()["speed"]
    assert (speed.types, speed.nullable, speed.limits) == (("number",), True, ("0.5 to 2",))


def test_a_field_without_effect_says_why() -> None:
    assert (fields()["model"].effect, fields()["model"].limits) == ("One model talks.", ("at most 1,000 characters",))


def test_variants_are_told_apart_by_their_type() -> None:
    assert fields()["turns.type"].choices == ('"timed"', '"judged"')
    assert fields()["turns.wait_ms"].variant == "timed"


def test_what_an_array_holds_is_shown() -> None:
    assert fields()["words"].types == ("array of objects",)
    assert "words[].text" in fields()


def test_of_the_answer_only_new_fields_are_shown() -> None:
    assert [field.name for field in reference.operations(DOCUMENT)[0].answer_fields] == ["id"]


def test_a_schema_that_holds_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    post = {"operationId": "x", "requestBody": body, "responses": {}}
    document = {"paths": {"/x": {"post": post}}, "components": {"schemas": {"Node": node}}}
    assert len(reference.operations(document)[0].fields) <= reference.MAX_DEPTH + 1


# --- the page ---

Log = list[httpx.Request]


@pytest.fixture
def sent(install: Install, make_provider: MakeProvider) -> Log:
    """Installs a local engine that describes itself by DOCUMENT; what else it is sent."""
    log: Log = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/openapi.json":
            return httpx.Response(200, json=DOCUMENT)
        log.append(request)
        headers = {"Location": "/v1/talks/talk_1", "Set-Cookie": "a=b", "X-Key": KEY}
        return httpx.Response(201, json={"value": "ek_made", "authorised_by": KEY}, headers=headers)

    install(make_provider(handle, id="local", is_local=True))
    return log


TALK = {"operation": "create-talk", "provider": "local", "body": '{"voice": "ash"}'}
ADDRESS = "/reference/requests"


def test_the_page_shows_every_operation(browser: Client, sent: Log) -> None:
    html = browser.get("/reference").content.decode()
    assert {f'id="{name}"' in html for name in ("create-talk", "show-talk")} == {True}
    assert "One model talks." in html
    assert sent == []


def test_each_operation_has_a_command_to_copy(browser: Client, sent: Log) -> None:
    html = browser.get("/reference").content.decode()
    assert 'curl http://localhost:8000/v1/talks -H "Authorization: Bearer $KEY"' in html
    assert "curl http://localhost:8000/v1/talks/{talk_id}</code>" in html


def test_a_script_gets_the_answer(script: Client, sent: Log) -> None:
    answer = script.post(ADDRESS, TALK)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": 201,
        "reason": "Created",
        "headers": {"Content-Type": "application/json", "Location": "/v1/talks/talk_1"},
        "body": '{\n  "value": "ek_made",\n  "authorised_by": "[key]"\n}',
    }
    assert "no-store" in answer["Cache-Control"]


def test_an_answer_that_would_grow_beyond_measure_is_shown_as_it_came(
    script: Client, install: Install, make_provider: MakeProvider
) -> None:
    nested = "[" * 900 + ",".join("1" * 5_000) + "]" * 900  # indented, each of its numbers takes 1.8 kB

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=DOCUMENT) if request.url.path == "/v1/openapi.json" else answer

    answer = httpx.Response(200, text=nested, headers={"Content-Type": "application/json"})
    install(make_provider(handle, id="local", is_local=True))
    assert script.post(ADDRESS, TALK).json()["body"] == nested


def test_the_request_is_sent_as_it_was_typed_with_the_servers_key(script: Client, sent: Log) -> None:
    script.post(ADDRESS, TALK | {"body": '{"voice": '})
    (request,) = sent
    assert (request.method, request.url.path, request.content) == ("POST", "/v1/talks", b'{"voice": ')
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["Content-Type"] == "application/json"


def test_without_scripts_the_page_shows_the_answer_at_its_operation(browser: Client, sent: Log) -> None:
    answer = browser.post(ADDRESS, TALK)
    html = answer.content.decode()
    assert "ek_made" in html
    assert "<strong>201</strong> Created" in html
    assert KEY not in html
    assert "no-store" in answer["Cache-Control"]


def test_parameters_are_put_into_the_address(script: Client, sent: Log) -> None:
    asked = {"operation": "show-talk", "provider": "local", "parameter-talk_id": "talk_7", "parameter-part": "a&b"}
    script.post(ADDRESS, asked)
    assert str(sent[0].url) == "https://lab.example/v1/talks/talk_7?part=a%26b"


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "an unknown operation": ({**TALK, "operation": "delete-everything"}, "operations on the page"),
    "an unknown provider": ({**TALK, "provider": "elsewhere"}, "providers listed"),
    "a long body": ({**TALK, "body": "x" * 100_001}, "100,000 characters"),
    "a path that leads up": ({"operation": "show-talk", "provider": "local", "parameter-talk_id": ".."}, "talk_id"),
    "a path of several parts": ({"operation": "show-talk", "provider": "local", "parameter-talk_id": "a/b"}, "talk_id"),
    "no parameter": ({"operation": "show-talk", "provider": "local"}, "talk_id"),
    "a long parameter": (
        {"operation": "show-talk", "provider": "local", "parameter-talk_id": "x" * 129}, "128 characters",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_sent_is_refused(script: Client, sent: Log, asked: dict[str, str], remedy: str) -> None:
    answer = script.post(ADDRESS, asked)
    assert answer.status_code == 400
    assert remedy in answer.json()["error"]["message"]
    assert sent == []


def test_a_request_of_no_operation_is_refused_above_the_page(browser: Client, sent: Log) -> None:
    html = browser.post(ADDRESS, TALK | {"operation": "delete-everything"}).content.decode()
    assert "Choose one of the operations on the page." in html.partition('id="create-talk"')[0]


def test_another_sites_page_sends_nothing(script: Client, sent: Log) -> None:
    answer = script.post(ADDRESS, TALK, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, sent) == (403, [])


def test_a_token_is_needed(sent: Log) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost:8000", HTTP_ACCEPT="application/json")
    assert (strict.post(ADDRESS, TALK).status_code, sent) == (403, [])


def test_requests_are_counted_like_keys(script: Client, sent: Log, settings: Any) -> None:
    settings.REALTIME_MINTS_PER_MINUTE = 1
    assert [script.post(ADDRESS, TALK).status_code for _ in range(2)] == [200, 429]


@pytest.fixture
def with_paid(install: Install, make_provider: MakeProvider) -> None:
    describe: Callable[[httpx.Request], httpx.Response] = lambda request: httpx.Response(200, json=DOCUMENT)  # noqa: E731
    paid = make_provider(describe, id="paid", label="Paid one", api_key=SecretStr(KEY))
    install(make_provider(describe, id="local", is_local=True), paid)


def test_a_provider_that_costs_money_is_offered_on_this_machine(script: Client, with_paid: None) -> None:
    assert script.post(ADDRESS, TALK | {"provider": "paid"}).status_code == 200


@pytest.mark.parametrize("open_mint", [False, True])
def test_it_is_never_offered_to_anybody_else(with_paid: None, settings: Any, open_mint: bool) -> None:
    settings.REALTIME_ALLOW_OPEN_MINT = open_mint
    away = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="192.0.2.7", HTTP_ACCEPT="application/json")
    assert away.post(ADDRESS, TALK | {"provider": "paid"}).status_code in (400, 403)
    assert "Paid one" not in away.get("/reference", HTTP_ACCEPT="text/html").content.decode().partition("<form")[2]


def test_without_an_engine_the_page_says_why_it_is_empty(browser: Client, install: Install) -> None:
    install(unavailable=(Unavailable("Local engine", "It is not installed."),))
    answer = browser.get("/reference")
    assert answer.status_code == 200
    assert "It is not installed." in answer.content.decode()


def test_an_engine_that_does_not_answer_is_named(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    install(make_provider(fail, is_local=True))
    answer = browser.get("/reference")
    assert (answer.status_code, "cannot be reached" in answer.content.decode()) == (502, True)


def test_an_engine_that_fails_is_named(browser: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider(lambda request: httpx.Response(500), is_local=True))
    answer = browser.get("/reference")
    assert (answer.status_code, "Lab failed (HTTP 500)" in answer.content.decode()) == (502, True)


def test_the_body_typed_is_kept_with_the_refusal(browser: Client, sent: Log) -> None:
    html = browser.post(ADDRESS, TALK | {"provider": "elsewhere", "body": "<kept>"}).content.decode()
    assert "&lt;kept&gt;" in html
    assert "Choose one of the providers listed." in html


def test_examples_are_json(sent: Log) -> None:
    assert json.loads(reference.operations(DOCUMENT)[0].examples[0].body) == {"voice": "ash"}
