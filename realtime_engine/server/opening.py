"""What a connection asks for: the session's configuration and dialect, from key, address, headers and subprotocols.

The rules are those of the API's WebSocket: ``model`` for realtime sessions, ``intent=transcription`` (and no model) for
transcription, neither where an ephemeral key already says it; ``call_id`` joins a running call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from realtime_api import catalog, errors
from realtime_api.beta import BETA
from realtime_api.config import Kind, SessionConfig, Transcription
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.server.keys import Grant

SUBPROTOCOL = "realtime"
KEY_SUBPROTOCOL = "openai-insecure-api-key."
BETA_SUBPROTOCOL = "openai-beta.realtime-v1"
BETA_HEADER = "realtime=v1"


@dataclass(frozen=True, slots=True)
class Opening:
    """How a session begins; ``owner`` names the key it is counted on."""

    owner: str
    config: SessionConfig
    dialect: Dialect


def subprotocol_key(offered: Sequence[str]) -> str | None:
    """The key a browser, which cannot set headers, sends as a subprotocol."""
    keys = (name.removeprefix(KEY_SUBPROTOCOL) for name in offered if name.startswith(KEY_SUBPROTOCOL))
    return next(keys, None)


def choose_dialect(
    grant: Grant, beta_header: str | None, offered: Sequence[str] = (), *, beta_path: bool = False
) -> Dialect:
    """Beta where the key, the header, the subprotocol or the address says so; else GA."""
    said = beta_path or BETA_SUBPROTOCOL in offered or BETA_HEADER in (beta_header or "")
    return BETA if said or grant.dialect is BETA else GA


def side_band_call(query: str) -> str | None:
    """The call a side-band connection is for; None for a session of its own. Raises InvalidRequest."""
    asked = _asked(query)
    if "call_id" in asked and "model" in asked:
        message = "You must provide either 'call_id', for a running call, or 'model', for a new session; not both."
        raise errors.invalid_value("call_id", message)
    if "call_id" in asked and "debug" in asked:
        message = "You must not provide 'debug' with 'call_id': a call shows it on a data channel 'turn_detection'."
        raise errors.invalid_value("debug", message)
    return asked.get("call_id")


def choose_config(grant: Grant, query: str) -> SessionConfig:
    """The configuration a connection with this query string starts with. Raises InvalidRequest."""
    asked = _asked(query)
    kind = _kind(grant, asked)
    if kind == "transcription":
        _refuse_model(asked)
        return grant.config or SessionConfig(kind="transcription", transcription=Transcription())
    if "model" not in asked and grant.config is None:
        raise errors.InvalidRequest("You must provide a model parameter.", "missing_model", "model")
    return with_model(grant.config or SessionConfig(), asked.get("model"), pinned=grant.pins_model)


def with_model(config: SessionConfig, asked: str | None, *, pinned: bool) -> SessionConfig:
    """The configuration with the model of the address, which counts where the configuration ``pinned`` none.

    Official clients always send one, of their own default; so beside a pinned model it is checked and no more, and
    beside a transcription session it does nothing. Raises InvalidRequest.
    """
    if asked is None or config.kind == "transcription":
        return config
    check_model(asked)
    return config if pinned else config.model_copy(update={"model": asked})


def shows_decisions(query: str) -> bool:
    """Whether events about how turn detection decided are wanted; they are not the API's. Raises InvalidRequest."""
    asked = _asked(query).get("debug")
    if asked not in (None, "turn_detection"):
        raise errors.invalid_value("debug", f"Invalid value: '{asked[:80]}'. Supported values are: 'turn_detection'.")
    return asked is not None


def _asked(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _kind(grant: Grant, asked: Mapping[str, str]) -> Kind:
    intent = asked.get("intent")
    if intent not in (None, "realtime", "transcription"):
        message = f"Invalid value: '{intent[:80]}'. Supported values are: 'realtime', 'transcription'."
        raise errors.invalid_value("intent", message)
    if grant.config is None:
        return "transcription" if intent == "transcription" else "realtime"
    if intent not in (None, grant.config.kind):
        message = f"This key was made for a {grant.config.kind} session, not for intent '{intent}'."
        raise errors.invalid_value("intent", message)
    return grant.config.kind


def _refuse_model(asked: Mapping[str, str]) -> None:
    if "model" in asked:
        message = "You must not provide a model parameter for transcription sessions."
        raise errors.InvalidRequest(message, "invalid_model", "model")


def check_model(model: str) -> None:
    """Raises InvalidRequest (400, 404) for a model that cannot hold a realtime session."""
    if catalog.is_known(model, "transcription"):
        message = f"Model '{model}' is not supported in realtime mode."
        raise errors.InvalidRequest(message, "invalid_model", "model")
    if not catalog.is_known(model, "realtime"):
        message = f"The model '{model[:80]}' does not exist or you do not have access to it."
        raise errors.InvalidRequest(message, "model_not_found", "model", status=404)
