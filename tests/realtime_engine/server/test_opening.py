"""What a connection asks for: model, intent and dialect."""

from __future__ import annotations

import pytest

from realtime_api.beta import BETA
from realtime_api.config import SessionConfig, Transcription
from realtime_api.dialect import Dialect
from realtime_api.errors import InvalidRequest
from realtime_api.ga import GA
from realtime_engine.server import opening
from realtime_engine.server.keys import Grant

OWN_KEY = Grant("owner")
REALTIME = SessionConfig(model="gpt-realtime", voice="cedar")
TRANSCRIPTION = SessionConfig(kind="transcription", transcription=Transcription(model="whisper-1"))
REALTIME_KEY = Grant("owner", REALTIME, GA, pins_model=True)
OPEN_KEY = Grant("owner", REALTIME, GA)
TRANSCRIPTION_KEY = Grant("owner", TRANSCRIPTION, BETA)

ACCEPTED: dict[str, tuple[Grant, str, SessionConfig]] = {
    "own key, model": (OWN_KEY, "model=gpt-realtime-2", SessionConfig(model="gpt-realtime-2")),
    "own key, transcription": (
        OWN_KEY, "intent=transcription", SessionConfig(kind="transcription", transcription=Transcription()),
    ),
    "realtime key alone": (REALTIME_KEY, "", REALTIME),
    "realtime key and its model": (REALTIME_KEY, "model=gpt-realtime", REALTIME),
    "realtime key, another model: the key decides": (REALTIME_KEY, "model=gpt-realtime-2.1", REALTIME),
    "key without a model: the address decides": (
        OPEN_KEY, "model=gpt-realtime-mini", SessionConfig(model="gpt-realtime-mini", voice="cedar"),
    ),
    "key without a model, none asked": (OPEN_KEY, "", REALTIME),
    "realtime key and its intent": (REALTIME_KEY, "intent=realtime", REALTIME),
    "transcription key alone": (TRANSCRIPTION_KEY, "", TRANSCRIPTION),
    "transcription key and its intent": (TRANSCRIPTION_KEY, "intent=transcription", TRANSCRIPTION),
}  # fmt: skip

REFUSED: dict[str, tuple[Grant, str, str, str]] = {
    # name: (key, query, code, param)
    "own key, nothing else": (OWN_KEY, "", "missing_model", "model"),
    "own key, intent without model": (OWN_KEY, "intent=realtime", "missing_model", "model"),
    "unknown intent": (OWN_KEY, "intent=dance", "invalid_value", "intent"),
    "unknown model": (OWN_KEY, "model=gpt-9", "model_not_found", "model"),
    "recogniser as model": (OWN_KEY, "model=whisper-1", "invalid_model", "model"),
    "unknown model with a key that names one": (REALTIME_KEY, "model=gpt-9", "model_not_found", "model"),
    "unknown model with a key that names none": (OPEN_KEY, "model=gpt-9", "model_not_found", "model"),
    "recogniser as model of a realtime key": (REALTIME_KEY, "model=whisper-1", "invalid_model", "model"),
    "model beside transcription": (OWN_KEY, "intent=transcription&model=gpt-realtime", "invalid_model", "model"),
    "model with a transcription key": (TRANSCRIPTION_KEY, "model=whisper-1", "invalid_model", "model"),
    "intent against the key": (TRANSCRIPTION_KEY, "intent=realtime", "invalid_value", "intent"),
}


@pytest.mark.parametrize(("key", "query", "config"), ACCEPTED.values(), ids=ACCEPTED)
def test_connection_starts_with(key: Grant, query: str, config: SessionConfig) -> None:
    assert opening.choose_config(key, query) == config


@pytest.mark.parametrize(("key", "query", "code", "param"), REFUSED.values(), ids=REFUSED)
def test_connection_is_refused(key: Grant, query: str, code: str, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        opening.choose_config(key, query)
    assert (refused.value.code, refused.value.param) == (code, param)


DIALECTS: dict[str, tuple[Grant, str | None, list[str], bool, Dialect]] = {
    "nothing said": (OWN_KEY, None, ["realtime"], False, GA),
    "GA key": (REALTIME_KEY, None, [], False, GA),
    "beta key": (TRANSCRIPTION_KEY, None, [], False, BETA),
    "beta header": (OWN_KEY, "realtime=v1", [], False, BETA),
    "another beta header": (OWN_KEY, "assistants=v2", [], False, GA),
    "beta subprotocol": (REALTIME_KEY, None, ["realtime", "openai-beta.realtime-v1"], False, BETA),
    "beta address": (REALTIME_KEY, None, [], True, BETA),
}


@pytest.mark.parametrize(("key", "header", "offered", "path", "dialect"), DIALECTS.values(), ids=DIALECTS)
def test_dialect(key: Grant, header: str | None, offered: list[str], path: bool, dialect: Dialect) -> None:
    assert opening.choose_dialect(key, header, offered, beta_path=path) is dialect


def test_key_of_a_browser_comes_as_a_subprotocol() -> None:
    assert opening.subprotocol_key(["realtime", "openai-insecure-api-key.ek_1", "x"]) == "ek_1"
    assert opening.subprotocol_key(["realtime"]) is None


def test_decisions_are_shown_to_those_who_ask() -> None:
    assert opening.shows_decisions("model=gpt-realtime&debug=turn_detection")
    assert not opening.shows_decisions("model=gpt-realtime")


def test_decisions_of_a_call_are_not_shown_beside_it() -> None:
    with pytest.raises(InvalidRequest) as refused:
        opening.side_band_call("call_id=rtc_1&debug=turn_detection")
    assert (refused.value.code, refused.value.param) == ("invalid_value", "debug")


def test_nothing_else_can_be_debugged() -> None:
    with pytest.raises(InvalidRequest) as refused:
        opening.shows_decisions("debug=everything")
    assert refused.value.param == "debug"
