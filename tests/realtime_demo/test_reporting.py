from __future__ import annotations

import pytest

from realtime_demo.reporting import SecretsFilter


@pytest.mark.parametrize("name", ["REALTIME_PROVIDERS", "DATABASE_URL", "REDIS_URL", "CACHES", "OPENAI_API_KEY"])
def test_error_reports_hide_settings_that_may_hold_a_secret(name: str) -> None:
    shown = SecretsFilter().cleanse_setting(name, "redis://:secret@host/0")
    assert "secret" not in str(shown)
