from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SETTINGS = Path(__file__).parents[2] / "realtime_demo/settings.py"

Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """The settings as an environment makes them."""

    def run(**environment: str) -> dict[str, Any]:
        for name, value in {"DATABASE_URL": "", "REDIS_URL": "", "VAR_DIR": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_debug_is_off_unless_asked_for(load: Load) -> None:
    assert load()["DEBUG"] is False
    assert load(DEBUG="1")["DEBUG"] is True


def test_secrets_are_made_where_the_environment_has_none(load: Load, tmp_path: Path) -> None:
    made = load(SECRET_KEY="", REALTIME_ENGINE_API_KEY="")
    assert made["SECRET_KEY"] == (tmp_path / "secret_key").read_text()
    assert made["ENGINE_API_KEY"] == (tmp_path / "engine_key").read_text()
    assert len(made["SECRET_KEY"]) >= 50
    assert made["ENGINE_API_KEY"].startswith("sk-local-")


def test_secrets_of_the_environment_are_not_written_down(load: Load, tmp_path: Path) -> None:
    load(SECRET_KEY="mine", REALTIME_ENGINE_API_KEY="sk-mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "is_public"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.2", True),
        ("demo.example", True),
    ],
)
def test_a_host_that_others_reach_is_public(load: Load, host: str, is_public: bool) -> None:
    assert load(HOST=host)["IS_PUBLIC"] is is_public


def test_sqlite_takes_several_writers(load: Load) -> None:
    options = load()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 5
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=NORMAL" in options["init_command"]


def test_postgresql_has_a_pool(load: Load) -> None:
    database = load(DATABASE_URL="postgres://someone@db.example/demo")["DATABASES"]["default"]
    assert (database["ENGINE"], database["NAME"]) == ("django.db.backends.postgresql", "demo")
    assert database["OPTIONS"]["pool"] is True


def test_redis_holds_the_limits_of_all_processes(load: Load) -> None:
    shared = load(REDIS_URL="redis://redis.example/2")
    assert shared["CACHES"]["default"]["LOCATION"] == "redis://redis.example/2"


def test_https_is_only_asked_for_where_it_is_configured(load: Load) -> None:
    plain, secure = load(), load(HTTPS="1", TRUST_X_FORWARDED_PROTO="1")
    names = ("SECURE_SSL_REDIRECT", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER")
    assert [bool(plain[name]) for name in names] == [False] * 4
    assert [bool(secure[name]) for name in names] == [True] * 4


def test_keys_are_shown_by_no_setting(load: Load) -> None:
    key = "sk-secret-0123456789"
    provider = f'[{{"id": "lab", "label": "Lab", "base_url": "http://lab/v1", "api_key": "{key}"}}]'
    shown = load(OPENAI_API_KEY=key, REALTIME_PROVIDERS=provider)
    assert key not in repr({name: value for name, value in shown.items() if name.isupper()})
