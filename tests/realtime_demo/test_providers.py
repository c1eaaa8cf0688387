from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pydantic import SecretStr

from realtime_demo import engine, providers
from sessions_app.providers import RealtimeProvider

HERE = RequestFactory(HTTP_HOST="localhost").get("/")


def offered(request: HttpRequest = HERE) -> list[RealtimeProvider]:
    return providers.registry().offered(request)


def test_without_any_setting_the_local_engine_is_offered_in_both_dialects() -> None:
    found = [(each.id, each.label, each.dialect.name, each.is_local, each.paid) for each in offered()]
    assert found == [
        ("local", "Local engine", "ga", True, False),
        ("local-beta", "Local engine, beta dialect", "beta", True, False),
    ]


def test_with_a_key_openai_appears_in_ga_only(settings: Any) -> None:
    settings.OPENAI_API_KEY = SecretStr("sk-1")
    openai = offered()[-1]
    assert (openai.id, openai.dialect.name, openai.base_url) == ("openai", "ga", "https://api.openai.com/v1")
    assert openai.paid
    assert openai.is_openai


def test_servers_of_the_settings_come_with_their_dialect(settings: Any) -> None:
    entry = {"id": "lab", "label": "Lab", "base_url": "http://lab.example/v1/", "dialect": "beta"}
    settings.REALTIME_PROVIDERS = SecretStr(json.dumps([entry]))
    lab = offered()[-1]
    assert (lab.id, lab.dialect.name, lab.base_url, lab.paid) == ("lab", "beta", "http://lab.example/v1", False)


def test_the_page_says_that_the_guide_answers() -> None:
    assert "not from a language model" in offered()[0].notes["realtime"]


def test_where_nothing_replies_the_page_speaks_of_no_replies() -> None:
    assert offered()[0].notes["transcription"] == "Turn detection and speech recognition run on this machine's CPU."


def test_the_page_says_which_language_model_answers_and_who_hears(settings: Any) -> None:
    settings.ENGINE_LLM_URL, settings.ENGINE_LLM_MODEL = "http://llm.example/v1", "llama3.2"
    settings.ENGINE_STT_URL = settings.ENGINE_TTS_URL = "http://speech.example/v1"
    assert offered()[0].notes["realtime"] == (
        "Turn detection runs on this machine's CPU. The replies come from a language model (llama3.2). "
        "What you say is transcribed by another server. The voice comes from another server."
    )
    assert offered()[0].notes["transcription"] == (
        "Turn detection runs on this machine's CPU. What you say is transcribed by another server."
    )


def test_engine_that_pays_a_language_model_is_a_paid_provider(settings: Any) -> None:
    settings.ENGINE_LLM_URL, settings.ENGINE_LLM_API_KEY = "http://llm.example/v1", SecretStr("sk-1")
    assert offered()[0].paid


@pytest.fixture
def _without_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "aiortc", None)  # to Python, as if it were not installed
    engine.unavailable_reason.cache_clear()
    yield
    engine.unavailable_reason.cache_clear()


@pytest.mark.usefixtures("_without_engine")
def test_without_the_engine_extra_the_reason_is_shown_instead() -> None:
    registry = providers.registry()
    assert registry.offered(HERE) == []
    (local,) = registry.unavailable(HERE)
    assert local.label == "Local engine"
    assert "missing: aiortc" in local.reason
    assert "[engine]" in local.reason


def test_with_the_engine_extra_nothing_is_missing() -> None:
    assert engine.unavailable_reason() is None


def test_the_page_is_told_what_the_local_engine_cannot_honour(settings: Any) -> None:
    settings.ENGINE_LLM_URL = settings.ENGINE_STT_URL = settings.ENGINE_WHISPER_MODEL = ""
    effects = offered()[0].without_effect
    assert {kind: set(fields) for kind, fields in effects.items()} == {
        "realtime": {"model", "instructions", "temperature"},
        "transcription": {"model", "language", "prompt"},
    }


def test_a_language_model_and_another_recogniser_honour_more(settings: Any) -> None:
    settings.ENGINE_LLM_URL = settings.ENGINE_STT_URL = "http://127.0.0.1:9/v1"
    assert offered()[0].without_effect == {"realtime": {}, "transcription": {}}
