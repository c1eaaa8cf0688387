"""What the settings name in place of the engine's own parts is checked at start."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from tests.realtime_demo.test_checks import KEY, findings, ids


@pytest.mark.parametrize(
    "url",
    [
        *("127.0.0.1:11434/v1", "http://user:key@host/v1", "http://host/v1/chat/completions", "http://:80/v1"),
        *("http://host:0/v1", "http://host:65536/v1", "http://host:port/v1", "http://[::1/v1"),
    ],
)
def test_language_model_that_is_no_base_url_is_an_error(settings: Any, url: str) -> None:
    settings.ENGINE_LLM_URL = url
    assert ids() == ["realtime_demo.E010"]


@pytest.mark.parametrize("url", ["http://host:65535/v1", "https://host", "http://[::1]:8080/v1/", "http://host:/v1"])
def test_language_model_s_base_url_is_taken(settings: Any, url: str) -> None:
    settings.ENGINE_LLM_URL = url
    assert ids() == []


def test_two_recognisers_are_an_error(settings: Any) -> None:
    settings.ENGINE_STT_URL, settings.ENGINE_WHISPER_MODEL = "http://stt.example/v1", "small"
    assert "realtime_demo.E011" in ids()


def test_key_without_a_server_is_a_warning(settings: Any) -> None:
    settings.ENGINE_LLM_API_KEY = SecretStr(KEY)
    assert ids() == ["realtime_demo.W010"]


@pytest.mark.parametrize("setting", ["ENGINE_WHISPER_MODEL", "ENGINE_PIPER_VOICE"])
def test_model_that_cannot_be_there_is_an_error(settings: Any, setting: str) -> None:
    setattr(settings, setting, "/no/such/model")
    (error,) = findings()
    assert error.id in ("realtime_demo.E012", "realtime_demo.E013")  # by whether the extra is installed here
    assert setting.replace("ENGINE", "REALTIME") in str(error)


def test_a_public_site_whose_engine_pays_a_language_model_is_an_error(settings: Any) -> None:
    settings.HOST, settings.IS_PUBLIC = "192.168.1.2", True
    settings.ENGINE_LLM_URL, settings.ENGINE_LLM_API_KEY = "http://llm.example/v1", SecretStr(KEY)
    (error,) = findings()
    assert error.id == "realtime_demo.E003"
    assert "REALTIME_LLM_API_KEY" in str(error)
