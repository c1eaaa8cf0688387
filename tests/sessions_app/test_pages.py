from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from sessions_app.registry import Unavailable
from tests.sessions_app.conftest import Install, MakeProvider


def providers_in(html: str) -> list[dict[str, object]]:
    found = re.search(r'<script id="providers" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    described: list[dict[str, object]] = json.loads(found[1])
    return described


@pytest.mark.parametrize("path", ["/", "/transcribe"])
def test_it_works(browser: Client, install: Install, make_provider: MakeProvider, path: str) -> None:
    install(make_provider())
    answer = browser.get(path)
    assert answer.status_code == 200
    assert 'name="csrfmiddlewaretoken"' in answer.content.decode()


def test_the_page_tells_its_script_what_a_provider_offers(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    told = {"notes": {"realtime": "On this machine."}, "without_effect": {"realtime": {"model": "Any name."}}}
    install(make_provider(is_local=True, **told))
    (lab,) = providers_in(browser.get("/").content.decode())
    assert (lab["id"], lab["label"], lab["dialect"], lab["is_local"]) == ("lab", "Lab", "ga", True)
    assert (lab["note"], lab["without_effect"]) == ("On this machine.", {"model": "Any name."})
    assert lab["unsupported"] == {
        "temperature": "The GA API has no temperature. Providers of the beta dialect take it."
    }
    assert {"id": "marin", "label": "Marin"} in lab["voices"]  # type: ignore[operator]


def test_what_is_told_of_a_provider_depends_on_the_kind_of_session(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(notes={"realtime": "It replies."}, without_effect={"realtime": {"model": "Any name."}}))
    (lab,) = providers_in(browser.get("/transcribe").content.decode())
    assert (lab["note"], lab["without_effect"]) == ("", {})


def test_a_model_with_a_shutdown_date_says_so(browser: Client, install: Install, make_provider: MakeProvider) -> None:
    install(make_provider())
    (lab,) = providers_in(browser.get("/").content.decode())
    notes = {model["id"]: model["note"] for model in lab["models"]}  # type: ignore[attr-defined]
    assert notes["gpt-realtime-2.1"] == ""
    assert notes["gpt-4o-realtime-preview"] == "OpenAI stopped serving this model on 2026-05-07."


def test_a_missing_engine_is_shown_with_the_reason(browser: Client, install: Install) -> None:
    install(unavailable=(Unavailable("Local engine", "It is not installed."),))
    html = browser.get("/").content.decode()
    assert "Local engine is not available" in html
    assert "It is not installed." in html


def test_a_withheld_provider_is_named_but_not_offered(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(id="local", label="Local engine", is_local=True), make_provider())
    html = browser.get("/", REMOTE_ADDR="192.168.1.7").content.decode()
    assert [provider["id"] for provider in providers_in(html)] == ["local"]
    assert "Lab is not available" in html


def test_a_page_may_connect_to_this_site_and_its_providers_only(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider(id="local", is_local=True), make_provider())
    policy = browser.get("/")["Content-Security-Policy"]
    (sources,) = re.findall(r"connect-src ([^;]+)", policy)
    assert sources.split() == [
        "'self'", "http://localhost:8000", "ws://localhost:8000", "https://lab.example", "wss://lab.example",
    ]  # fmt: skip


def test_the_policy_allows_no_inline_script_or_style(browser: Client, install: Install) -> None:
    install()
    policy = browser.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert directive in policy


def test_the_pages_have_no_inline_script_or_style(
    browser: Client, install: Install, make_provider: MakeProvider
) -> None:
    install(make_provider())
    for path in ("/", "/transcribe"):
        html = browser.get(path).content.decode()
        scripts = re.findall(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", html)
        assert not scripts
        assert not re.findall(r"<style\b|\sstyle=|\son[a-z]+=", html)
