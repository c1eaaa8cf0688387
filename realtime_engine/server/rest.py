"""The engine's REST endpoints as one plain function: models, the three that issue ephemeral keys, their description.

The Django view calls ``handle``, and so does the in-process httpx transport of the site. Calls, which need a running
loop, are in ``calls``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from realtime_api import catalog
from realtime_api.beta import BETA
from realtime_api.config import Kind
from realtime_api.dialect import Dialect
from realtime_api.errors import ApiError, InvalidRequest
from realtime_api.ga import GA
from realtime_engine.core import capabilities
from realtime_engine.server import admission, auth, effects, engine, keys
from realtime_engine.server.cors import preflight, with_cors
from realtime_engine.server.http import (
    BASE,
    Clock,
    Request,
    Response,
    error_response,
    json_body,
    json_response,
    method_not_allowed,
    unknown_url,
)
from realtime_engine.server.openapi.document import document

MODELS_PATH = f"{BASE}/models"
DOCUMENT_PATH = f"{BASE}/openapi.json"
Handler = Callable[[Request, float], Response]


def handle(request: Request, clock: Clock = time.time) -> Response:
    """Answers a request to any endpoint below ``/v1`` but the calls. Reads and writes the database; blocking."""
    return with_cors(request, _answer(request, clock))


def _answer(request: Request, clock: Clock) -> Response:
    methods = _methods(request.path)
    if methods is None:
        return error_response(unknown_url(request))
    if request.method == "OPTIONS":
        return preflight(request, methods)
    handler = methods.get(request.method)
    if handler is None:
        return method_not_allowed(request, methods)
    try:
        return handler(request, clock())
    except ApiError as error:
        return error_response(error)


def _methods(path: str) -> Mapping[str, Handler] | None:
    if path.startswith(f"{MODELS_PATH}/"):
        return {"GET": _model}
    return ENDPOINTS.get(path)


def _models(request: Request, now: float) -> Response:
    auth.authenticate_request(request, now)
    return json_response({"object": "list", "data": [_described(model) for model in catalog.MODELS]})


def _model(request: Request, now: float) -> Response:
    auth.authenticate_request(request, now)
    wanted = request.path.removeprefix(f"{MODELS_PATH}/")
    for model in catalog.MODELS:
        if model.id == wanted:
            return json_response(_described(model))
    message = f"The model '{wanted[:80]}' does not exist or you do not have access to it."
    raise InvalidRequest(message, "model_not_found", "model", status=404)


def _described(model: catalog.Model) -> dict[str, Any]:
    """A model object. Every name is served by the same local engine, since no date that is known; ``shutdown_date``
    is when the provider of that name stops serving it.
    """
    return {
        "id": model.id,
        "object": "model",
        "created": 0,
        "owned_by": "local-engine",
        "shutdown_date": model.shutdown,
    }


def _document(request: Request, now: float) -> Response:
    """Without a key: it says how to use one."""
    return json_response(_description(tuple(effects.without_effect().items())))


@cache
def _description(without_effect: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Made once: it takes tens of milliseconds, and anybody may ask."""
    return document(dict(without_effect))


@dataclass(frozen=True, slots=True)
class Mint:
    """A mint endpoint: issues a key for the configuration in the body."""

    dialect: Dialect
    kind: Kind

    def __call__(self, request: Request, now: float) -> Response:
        auth.require_minting(auth.authenticate_request(request, now))
        body = json_body(request)
        asked = self.dialect.decode_mint(body, self.kind)
        prefix, wanted = ("", body) if self.dialect is BETA else ("session.", body.get("session") or {})
        capabilities.check(asked.config, self.dialect, prefix, languages=engine.languages())
        admission.of_this_process().check()
        issued = keys.issue(asked.config, self.dialect, asked.ttl_s, now, pins_model="model" in wanted)
        session = self.dialect.describe_session(asked.config, issued.session_id, 0)
        session |= capabilities.effects(asked.config, self.dialect)
        return json_response(self.dialect.encode_minted(session, issued.value, issued.expires_at))


ENDPOINTS: Mapping[str, Mapping[str, Handler]] = {
    MODELS_PATH: {"GET": _models},
    DOCUMENT_PATH: {"GET": _document},
    BASE + BETA.mint_path("realtime"): {"POST": Mint(BETA, "realtime")},
    BASE + BETA.mint_path("transcription"): {"POST": Mint(BETA, "transcription")},
    BASE + GA.mint_path("realtime"): {"POST": Mint(GA, "realtime")},
}
