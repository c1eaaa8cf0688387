from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import checks
from pydantic import SecretStr

KEY = "sk-secret-0123456789"
LAB = {"id": "lab", "label": "Lab", "base_url": "http://lab.example:9000/v1"}


def findings() -> list[checks.CheckMessage]:
    return [each for each in checks.run_checks() if str(each.id).startswith("realtime_demo.")]


def ids() -> list[str | None]:
    return [each.id for each in findings()]


@pytest.fixture
def configure(settings: Any) -> Any:
    def put(*entries: Any) -> None:
        settings.REALTIME_PROVIDERS = SecretStr(json.dumps(list(entries)))

    return put


def test_the_settings_as_shipped_are_faultless() -> None:
    assert ids() == []


def test_a_server_with_the_least_it_needs_is_taken(configure: Any) -> None:
    configure(LAB)
    assert ids() == []


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("lab", id="not an object"),
        pytest.param({**LAB, "base_url": "lab.example"}, id="no scheme"),
        pytest.param({**LAB, "base_url": "http://user:pass@lab.example/v1"}, id="password in the address"),
        pytest.param({**LAB, "base_url": "http://lab.example/v1?key=1"}, id="query in the address"),
        pytest.param({**LAB, "base_url": "http://lab.example:99999/v1"}, id="no such port"),
        pytest.param({**LAB, "dialect": "gamma"}, id="unknown dialect"),
        pytest.param({**LAB, "id": "L A B"}, id="id with spaces"),
        pytest.param({**LAB, "label": ""}, id="no label"),
        pytest.param({**LAB, "apikey": KEY}, id="misspelt field"),
        pytest.param({**LAB, "api_key": [KEY]}, id="key of another type"),
        pytest.param({"id": "lab"}, id="fields missing"),
    ],
)
def test_a_wrong_entry_is_reported_by_place_and_without_its_key(configure: Any, entry: Any) -> None:
    configure(LAB, entry)
    messages = findings()
    assert {message.id for message in messages} == {"realtime_demo.E001"}
    assert all("REALTIME_PROVIDERS[1]" in message.msg for message in messages)
    assert KEY not in "".join(map(str, messages))


@pytest.mark.parametrize("text", ["{", '{"id": "lab"}', "null"])
def test_what_is_no_json_list_is_reported(settings: Any, text: str) -> None:
    settings.REALTIME_PROVIDERS = SecretStr(text)
    assert ids() == ["realtime_demo.E001"]


@pytest.mark.parametrize("taken", ["lab", "local", "local-beta", "openai"])
def test_an_id_belongs_to_one_provider(configure: Any, taken: str) -> None:
    configure(LAB, {**LAB, "id": taken})
    assert ids() == ["realtime_demo.E002"]


def test_a_public_site_with_an_openai_key_is_an_error(settings: Any) -> None:
    settings.HOST, settings.IS_PUBLIC, settings.OPENAI_API_KEY = "192.168.1.2", True, SecretStr(KEY)
    (error,) = findings()
    assert (error.id, error.is_serious()) == ("realtime_demo.E003", True)
    assert "REALTIME_ALLOW_OPEN_MINT=1" in str(error)
    assert KEY not in str(error)


def test_a_public_site_with_the_key_of_another_server_is_an_error(settings: Any, configure: Any) -> None:
    settings.HOST, settings.IS_PUBLIC = "192.168.1.2", True
    configure({**LAB, "api_key": KEY})
    assert ids() == ["realtime_demo.E003"]


def test_a_public_site_may_be_opened_on_purpose(settings: Any) -> None:
    settings.HOST, settings.IS_PUBLIC, settings.OPENAI_API_KEY = "192.168.1.2", True, SecretStr(KEY)
    settings.REALTIME_ALLOW_OPEN_MINT = True
    assert ids() == []


def test_a_public_site_without_keys_is_free_for_all(settings: Any, configure: Any) -> None:
    settings.HOST, settings.IS_PUBLIC = "192.168.1.2", True
    configure(LAB)
    assert ids() == []


@pytest.mark.parametrize("url", ["api.openai.com/v1", "https://api.openai.com:99999999/v1", "https://[::1/v1"])
def test_a_base_url_nothing_can_be_sent_to_is_an_error(settings: Any, url: str) -> None:
    settings.OPENAI_BASE_URL = url
    assert ids() == ["realtime_demo.E004"]


def test_https_without_a_proxy_to_believe_is_a_warning(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert ids() == ["realtime_demo.W002"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert ids() == []


def test_listening_to_the_network_without_names_is_a_warning(settings: Any) -> None:
    settings.HOST, settings.IS_PUBLIC = "0.0.0.0", True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
    assert ids() == ["realtime_demo.W001"]
    settings.ALLOWED_HOSTS = ["demo.example"]
    assert ids() == []


def test_bound_of_nothing_is_an_error(settings: Any) -> None:
    settings.ENGINE_MAX_SESSIONS = 0
    assert ids() == ["realtime_demo.E009"]


@pytest.mark.parametrize("ports", ["50000", "50100-50000", "80-90", "60000-70000", "a-b"])
def test_udp_ports_that_are_no_range_are_an_error(settings: Any, ports: str) -> None:
    settings.ENGINE_UDP_PORTS = ports
    assert ids() == ["realtime_demo.E007"]


def test_announced_address_that_is_a_name_is_an_error(settings: Any) -> None:
    settings.ENGINE_ANNOUNCED_ADDRESS = "demo.example"
    assert ids() == ["realtime_demo.E008"]
