"""The endpoints: what each takes, answers and refuses. Ids are those of the API's own documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from realtime_api import beta, catalog, ga
from realtime_api.beta import BETA
from realtime_api.config import Kind, Wire
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.server.openapi import examples
from realtime_engine.server.openapi.schemas import COMPONENTS, ref

Operation = dict[str, Any]

JSON, SDP, FORM = "application/json", "application/sdp", "multipart/form-data"

REFUSALS = {
    400: "The body is refused; `param` names the field. So is a language that the recogniser does not know.",
    401: "The key is missing, wrong or expired.",
    403: "An ephemeral key cannot make keys.",
    404: "There is no such thing.",
    413: "The body is larger than 1 MiB.",
    415: "The body is of another content type.",
    429: "This key has as many sessions as it may have.",
    503: "The engine is full or shutting down; Retry-After says when to come again.",
}


def operations() -> Mapping[str, Mapping[str, Operation]]:
    """Path below ``/v1`` -> method -> operation."""
    return {
        "/realtime/client_secrets": {"post": _client_secret()},
        "/realtime/calls": {"post": _call()},
        "/realtime/calls/{call_id}/hangup": {"post": _hangup()},
        "/realtime/sessions": {"post": _beta_session()},
        "/realtime/transcription_sessions": {"post": _beta_transcription_session()},
        "/realtime": {"post": _beta_call()},
        "/models": {"get": _models()},
        "/models/{model}": {"get": _model()},
        "/openapi.json": {"get": _document()},
    }


def _client_secret() -> Operation:
    return {
        "operationId": "create-realtime-client-secret",
        "tags": ["GA"],
        "summary": "Make an ephemeral key",
        "description": (
            "Makes a key with which a browser opens sessions of this configuration. By default it works for ten "
            "minutes, as often as its holder likes; running sessions outlive it."
        ),
        **_mint(GA, "realtime", ga.ClientSecretCreate, ga.ClientSecretCreated, examples.CLIENT_SECRETS),
    }


def _beta_session() -> Operation:
    return {
        "operationId": "create-realtime-session",
        "tags": ["Beta"],
        "summary": "Make an ephemeral key for a conversation",
        "description": (
            "Takes the same parameters as the session.update event and answers with the session and its "
            "`client_secret`, a key for a browser. By default it works for one minute."
        ),
        **_mint(BETA, "realtime", beta.RealtimeSessionCreate, beta.RealtimeSessionCreated, examples.BETA_SESSIONS),
    }


def _beta_transcription_session() -> Operation:
    return {
        "operationId": "create-realtime-transcription-session",
        "tags": ["Beta"],
        "summary": "Make an ephemeral key for captions",
        "description": (
            "Takes the same parameters as the transcription_session.update event and answers with the session and its "
            "`client_secret`, a key for a browser. By default it works for ten minutes."
        ),
        **_mint(
            BETA,
            "transcription",
            beta.TranscriptionSessionCreate,
            beta.TranscriptionSessionCreated,
            examples.BETA_TRANSCRIPTION_SESSIONS,
        ),
    }


def _mint(
    dialect: Dialect, kind: Kind, body: type[Wire], answer: type[Wire], bodies: Mapping[str, dict[str, Any]]
) -> Operation:
    answers = {name: {"value": examples.minted(dialect, kind, each)} for name, each in bodies.items()}
    operation = {
        "requestBody": {
            "description": "Every field is optional; no body at all means the defaults.",
            "content": {
                JSON: {"schema": ref(body), "examples": {name: {"value": each} for name, each in bodies.items()}}
            },
        },
        "responses": {
            **_ok("The key, and the session in effect.", ref(answer), examples=answers),
            **_refusals(400, 401, 403, 413, 415, 503),
        },
    }
    refusal = examples.refused(dialect, kind, examples.UNKNOWN_FIELD)
    operation["responses"]["400"]["content"][JSON]["example"] = refusal
    return operation


def _call() -> Operation:
    return {
        "operationId": "create-realtime-call",
        "tags": ["GA"],
        "summary": "Start a WebRTC call",
        "description": (
            "Answers an SDP offer. With an ephemeral key the session is the key's; a server may send its own key and "
            "the session as the second part of a form."
        ),
        "parameters": [_model_parameter(catalog.DEFAULT_MODEL)],
        "requestBody": {
            "required": True,
            "content": {
                **_offer(),
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["sdp"],
                        "additionalProperties": False,
                        "properties": {
                            "sdp": {"type": "string", "description": "The offer."},
                            "session": ref(ga.RealtimeSession),
                        },
                    },
                    "encoding": {"sdp": {"contentType": SDP}, "session": {"contentType": JSON}},
                },
            },
        },
        "responses": _call_responses(),
    }


def _beta_call() -> Operation:
    return {
        "operationId": "create-realtime-beta-call",
        "tags": ["Beta"],
        "summary": "Start a WebRTC call in the beta dialect",
        "description": "Answers an SDP offer; with an ephemeral key the session is the key's.",
        "parameters": [_model_parameter(catalog.DEFAULT_BETA_MODEL)],
        "requestBody": {"required": True, "content": _offer()},
        "responses": _call_responses(),
    }


def _offer() -> dict[str, Any]:
    return {SDP: {"schema": {"type": "string"}, "example": examples.OFFER}}


def _call_responses() -> dict[str, Any]:
    location = {
        "description": "The call's address; its last part is the call id.",
        "schema": {"type": "string"},
        "example": f"/v1/realtime/calls/{examples.CALL_ID}",
    }
    return {
        "201": {
            "description": "The SDP answer.",
            "headers": {"Location": location},
            "content": {SDP: {"schema": {"type": "string"}}},
        },
        **_refusals(400, 401, 404, 413, 415, 429, 503),
    }


def _hangup() -> Operation:
    return {
        "operationId": "hangup-realtime-call",
        "tags": ["GA"],
        "summary": "End a call",
        "description": "Ends a call of this key; the engine's own key ends any.",
        "parameters": [_path_parameter("call_id", "Last part of the call's Location.", examples.CALL_ID)],
        "responses": {"200": {"description": "The call has ended."}, **_refusals(401, 404)},
    }


def _models() -> Operation:
    return {
        "operationId": "listModels",
        "tags": ["Models"],
        "summary": "List the models",
        "description": "The names that sessions may ask for. One engine answers under all of them.",
        "responses": {
            **_ok("All models, newest first of each kind.", {"$ref": f"{COMPONENTS}ModelList"}),
            **_refusals(401),
        },
    }


def _model() -> Operation:
    return {
        "operationId": "retrieveModel",
        "tags": ["Models"],
        "summary": "Show one model",
        "description": "One of the names that sessions may ask for.",
        "parameters": [_path_parameter("model", "Name of a model.", catalog.DEFAULT_MODEL)],
        "responses": {**_ok("The model.", {"$ref": f"{COMPONENTS}Model"}), **_refusals(401, 404)},
    }


def _document() -> Operation:
    return {
        "operationId": "getOpenApiDocument",
        "tags": ["Models"],
        "summary": "This document",
        "description": "Needs no key.",
        "security": [],
        "responses": _ok("An OpenAPI 3.1 document.", {"type": "object"}),
    }


def _ok(description: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The 200 of an endpoint; ``more`` stands beside the schema."""
    return {"200": {"description": description, "content": {JSON: {"schema": schema, **more}}}}


def _model_parameter(default: str) -> dict[str, Any]:
    return {
        "name": "model",
        "in": "query",
        "description": "The realtime model, where neither key nor body names one.",
        "schema": {"type": "string", "default": default},
    }


def _path_parameter(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _refusals(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": REFUSALS[status],
            "content": {JSON: {"schema": {"$ref": f"{COMPONENTS}Error"}}},
            **({"headers": {"Retry-After": RETRY_AFTER}} if status in (429, 503) else {}),
        }
        for status in statuses
    }


RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
