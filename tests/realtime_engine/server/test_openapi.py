"""The description of the REST endpoints: valid, complete, and true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator

from realtime_engine.core.capabilities import without_effect
from realtime_engine.server import calls, rest
from realtime_engine.server.http import BASE, Response
from realtime_engine.server.openapi.document import document

Ask = Callable[..., Response]

DOCUMENT = document(without_effect(answerer=False, recogniser=False))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
MINTS = ("create-realtime-client-secret", "create-realtime-session", "create-realtime-transcription-session")
EXAMPLES = [
    pytest.param(operation_id, name, id=f"{operation_id} {name}")
    for operation_id in MINTS
    for name in OPERATIONS[operation_id][2]["requestBody"]["content"]["application/json"]["examples"]
]


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether the value is of the schema, whose references are into DOCUMENT."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}).is_valid(value)


def json_of(part: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = part["content"]["application/json"]
    return content


def marks(node: Any) -> Iterator[str]:
    """Every x-effect below the node."""
    if isinstance(node, Mapping):
        if isinstance(node.get("x-effect"), str):
            yield node["x-effect"]
        for child in node.values():
            yield from marks(child)
    elif isinstance(node, list):
        for child in node:
            yield from marks(child)


def test_the_document_is_valid_openapi() -> None:
    openapi_spec_validator.validate(json.loads(json.dumps(DOCUMENT)))
    assert DOCUMENT["openapi"].startswith("3.1")


def test_it_needs_no_key(ask: Ask) -> None:
    response = ask("GET", "openapi.json", key=None)
    assert (response.status, json.loads(response.body)) == (200, DOCUMENT)


def test_every_endpoint_is_described() -> None:
    described = {BASE + path for path in DOCUMENT["paths"]}
    parameterised = {f"{BASE}/models/{{model}}", f"{BASE}/realtime/calls/{{call_id}}/hangup"}
    assert described == {*rest.ENDPOINTS, calls.CALLS_PATH, calls.BETA_PATH, *parameterised}


def test_operations_are_named_as_in_the_api() -> None:
    assert {name: path for name, (_, path, _) in OPERATIONS.items() if name.startswith("create-realtime-")} == {
        "create-realtime-session": "/realtime/sessions",
        "create-realtime-transcription-session": "/realtime/transcription_sessions",
        "create-realtime-client-secret": "/realtime/client_secrets",
        "create-realtime-call": "/realtime/calls",
        "create-realtime-beta-call": "/realtime",
    }


@pytest.mark.parametrize(("operation_id", "name"), EXAMPLES)
def test_an_example_gets_the_answer_that_is_shown(ask: Ask, operation_id: str, name: str) -> None:
    method, path, operation = OPERATIONS[operation_id]
    sent = json_of(operation["requestBody"])
    answer = json_of(operation["responses"]["200"])
    response = ask(method, path.removeprefix("/"), sent["examples"][name]["value"])
    given, shown = json.loads(response.body), answer["examples"][name]["value"]
    assert response.status == 200
    assert fits(sent["examples"][name]["value"], sent["schema"])
    assert fits(given, answer["schema"])
    assert without_secrets(given) == without_secrets(shown)


def without_secrets(minted: dict[str, Any]) -> Any:
    """What a minted answer says apart from key, id and time."""
    session = minted.get("session", minted)
    return {key: value for key, value in session.items() if key not in ("id", "expires_at", "client_secret")}


@pytest.mark.parametrize("operation_id", MINTS)
def test_a_refusal_is_as_described(ask: Ask, operation_id: str) -> None:
    method, path, operation = OPERATIONS[operation_id]
    described = json_of(operation["responses"]["400"])
    refusal = json.loads(ask(method, path.removeprefix("/"), {"tempo": 1}).body)
    assert refusal == described["example"]
    assert fits(refusal, described["schema"])


def test_the_models_are_as_described(ask: Ask) -> None:
    for path, name in (("models", "ModelList"), ("models/gpt-realtime", "Model")):
        assert fits(json.loads(ask("GET", path).body), {"$ref": f"#/components/schemas/{name}"})


SILENT = {"tempo": 1}, {"session": {"type": "realtime", "temperature": 1}}, {"session": {"audio": {}}}


@pytest.mark.parametrize("body", SILENT)
def test_the_schema_refuses_what_the_endpoint_refuses(ask: Ask, body: dict[str, Any]) -> None:
    assert not fits(body, json_of(OPERATIONS["create-realtime-client-secret"][2]["requestBody"])["schema"])
    assert ask("POST", "realtime/client_secrets", body).status == 400


@pytest.mark.parametrize(("answerer", "recogniser"), [(False, False), (True, False), (False, True), (True, True)])
def test_every_field_without_effect_is_marked(answerer: bool, recogniser: bool) -> None:
    effects = dict(without_effect(answerer, recogniser))
    effects.pop("input_image", None)  # a content part: no field of any of these bodies
    assert set(effects.values()) <= set(marks(document(effects)))


def test_what_answers_and_listens_decides_what_has_no_effect() -> None:
    guide, full = without_effect(answerer=False, recogniser=False), without_effect(answerer=True, recogniser=True)
    assert {"model", "instructions", "temperature", "transcription.prompt"} <= guide.keys() - full.keys()
    assert "tracing" in full


def test_a_diarizing_model_says_in_the_session_that_there_are_no_speakers(ask: Ask) -> None:
    model = {"model": "gpt-4o-transcribe-diarize"}
    beta = json.loads(ask("POST", "realtime/transcription_sessions", {"input_audio_transcription": model}).body)
    session = {"type": "transcription", "audio": {"input": {"transcription": model}}}
    ga = json.loads(ask("POST", "realtime/client_secrets", {"session": session}).body)["session"]
    assert "without speakers" in beta["x-effect"]["input_audio_transcription.model"]
    assert "without speakers" in ga["x-effect"]["audio.input.transcription.model"]


def test_the_readme_lists_what_has_no_effect() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    section = readme.partition("### What the local engine cannot honour")[2].partition("\n#")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    listed = {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}
    assert listed == set(without_effect(answerer=False, recogniser=False))


SELF_EVIDENT = {"type", "object", "rate"}


def test_every_field_is_described() -> None:
    """Where the property says nothing, what it refers to does."""
    schemas = DOCUMENT["components"]["schemas"]
    silent = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, node in schema.get("properties", {}).items()
        if field not in SELF_EVIDENT and not described(node)
    }
    assert silent == set()


def described(node: Mapping[str, Any]) -> bool:
    referred = node.get("$ref", "").rpartition("/")[2]
    target = DOCUMENT["components"]["schemas"].get(referred, {})
    choices = (*node.get("anyOf", ()), *node.get("oneOf", ()))
    return "description" in node or "description" in target or any(described(choice) for choice in choices)
