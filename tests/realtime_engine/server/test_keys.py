"""Ephemeral keys: hashed, bound to a configuration, valid until they expire."""

from __future__ import annotations

import re

import pytest

from realtime_api.beta import BETA
from realtime_api.config import SemanticVad, SessionConfig
from realtime_api.dialect import Dialect
from realtime_api.ga import GA
from realtime_engine.server import keys
from realtime_engine.server.models import EphemeralKey

NOW = 1_700_000_000
CONFIG = SessionConfig(voice="cedar", turn_detection=SemanticVad(eagerness="low"), tools=[])

pytestmark = pytest.mark.django_db


def test_key_is_ek_and_32_characters() -> None:
    issued = keys.issue(CONFIG, GA, 60, NOW)
    assert re.fullmatch(r"ek_[0-9A-Za-z]{32}", issued.value)
    assert issued.expires_at == NOW + 60


def test_key_grants_the_configuration_and_dialect_it_was_issued_for() -> None:
    grant = keys.find(keys.issue(CONFIG, BETA, 60, NOW).value, NOW)
    assert grant is not None
    assert (grant.config, grant.dialect, grant.is_ephemeral) == (CONFIG, BETA, True)


@pytest.mark.parametrize("dialect", [GA, BETA], ids=["GA", "beta"])
def test_key_for_no_model_in_particular_has_the_dialects_own(dialect: Dialect) -> None:
    config = CONFIG.model_copy(update={"model": dialect.default_model})
    grant = keys.find(keys.issue(config, dialect, 60, NOW, pins_model=False).value, NOW)
    assert grant is not None
    assert (grant.config, grant.pins_model) == (config, False)


def test_key_opens_several_sessions() -> None:
    value = keys.issue(CONFIG, GA, 60, NOW).value
    assert all(keys.find(value, NOW + second) for second in (0, 1, 59))


@pytest.mark.parametrize(("seconds", "valid"), [(59.9, True), (60, False), (3600, False)])
def test_key_ends_with_its_lifetime(seconds: float, valid: bool) -> None:
    value = keys.issue(CONFIG, GA, 60, NOW).value
    assert (keys.find(value, NOW + seconds) is not None) is valid


def test_database_holds_no_key() -> None:
    secret = keys.issue(CONFIG, GA, 60, NOW).value.removeprefix("ek_")
    row = EphemeralKey.objects.values_list().get()
    assert not any(secret in str(value) for value in row)


def test_configuration_survives_any_text() -> None:
    odd = SessionConfig(instructions="nul \x00, emoji \U0001f600, quote ' \" \\")
    grant = keys.find(keys.issue(odd, GA, 60, NOW).value, NOW)
    assert grant is not None
    assert grant.config == odd


def test_expired_keys_are_purged_when_the_next_is_issued() -> None:
    for _ in range(3):
        keys.issue(CONFIG, GA, 10, NOW)
    keys.issue(CONFIG, GA, 60, NOW + 10)
    assert EphemeralKey.objects.count() == 1


def test_purging_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "PURGED_AT_ONCE", 2)
    for _ in range(5):
        keys.issue(CONFIG, GA, 10, NOW)
    keys.issue(CONFIG, GA, 60, NOW + 10)
    assert EphemeralKey.objects.count() == 4


def test_long_lived_key_may_do_anything(settings: object) -> None:
    grant = keys.find(settings.ENGINE_API_KEY, NOW)  # type: ignore[attr-defined]
    assert grant is not None
    assert not grant.is_ephemeral


@pytest.mark.parametrize("key", ["", "ek_", "ek_" + "a" * 32, "ek_" + "é" * 32, "sk-wrong", "\ud800"])
def test_wrong_key_grants_nothing(key: str) -> None:
    keys.issue(CONFIG, GA, 60, NOW)
    assert keys.find(key, NOW) is None


def test_empty_engine_key_admits_nobody(settings: object) -> None:
    settings.ENGINE_API_KEY = ""  # type: ignore[attr-defined]
    assert keys.find("", NOW) is None


@pytest.mark.parametrize(
    ("key", "shown"), [("ek_" + "a" * 28 + "wxyz", "ek_aa***wxyz"), ("sk-short", "***"), ("", "***")]
)
def test_masked_key_cannot_be_used(key: str, shown: str) -> None:
    assert keys.masked(key) == shown
