from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
    return dict(Client(HTTP_HOST="localhost").get("/nothing-here").headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_has_the_secure_headers(headers: dict[str, str], name: str, value: str) -> None:
    assert headers[name] == value


def test_only_this_site_may_use_the_microphone(headers: dict[str, str]) -> None:
    policies = headers["Permissions-Policy"].split(", ")
    assert "microphone=(self)" in policies
    assert "camera=()" in policies


def test_error_pages_connect_to_nothing_else(headers: dict[str, str]) -> None:
    assert "connect-src 'self';" in headers["Content-Security-Policy"] + ";"
