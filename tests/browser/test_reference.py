"""The reference page in a browser: requests are edited, sent and answered, with scripts and without."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_looks import SIZES, findings

SECRET, SESSION, HANGUP = "create-realtime-client-secret", "create-realtime-session", "hangup-realtime-call"


def opened(page: Page, operation: str) -> Locator:
    """The form of an operation, its test request opened by keyboard."""
    section = page.locator(f"#{operation}")
    summary = section.locator("summary", has_text="Test request")
    summary.focus()
    page.keyboard.press("Enter")
    return section.locator("form")


def send(form: Locator) -> None:
    form.get_by_role("button", name="Send request").press("Enter")


def test_an_edited_request_is_answered_in_place(chromium, open_page, site):
    with chromium() as browser:
        page = open_page(browser, "/reference")
        form = opened(page, SESSION)
        form.get_by_label("Body").fill('{"voice": "coral"}')
        send(form)
        expect(form.locator(".status")).to_have_text("200 OK")
        answered = json.loads(form.locator("[data-answer] pre").inner_text())
        assert answered["voice"] == "coral"
        assert answered["client_secret"]["value"].startswith("ek_")
        assert page.url.endswith("/reference")
        assert site.engine_key not in page.content()


def test_a_refusal_names_the_field(chromium, open_page):
    with chromium() as browser:
        form = opened(open_page(browser, "/reference"), SESSION)
        form.get_by_label("Body").fill('{"temperature": 9}')
        send(form)
        expect(form.locator(".status")).to_have_text("400 Bad Request")
        expect(form.locator("[data-answer] pre")).to_contain_text('"param": "temperature"')


def test_an_example_is_put_into_the_body(chromium, open_page):
    with chromium() as browser:
        form = opened(open_page(browser, "/reference"), SECRET)
        form.get_by_label("Start from").select_option(label="Captions")
        expect(form.get_by_label("Body")).to_have_value(re.compile("gpt-live-transcribe"))
        send(form)
        expect(form.locator("[data-answer] pre")).to_contain_text('"object": "realtime.transcription_session"')


def test_a_parameter_goes_into_the_address(chromium, open_page):
    with chromium() as browser:
        form = opened(open_page(browser, "/reference"), HANGUP)
        form.get_by_label("call_id").fill("rtc_nobody")
        send(form)
        expect(form.locator(".status")).to_have_text("404 Not Found")
        expect(form.locator("[data-answer] pre")).to_contain_text("call_not_found")


def test_without_scripts_the_page_comes_back_with_the_answer(chromium, open_page):
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(open_page(browser, "/reference").url)
        section = page.locator(f"#{SESSION}")
        section.locator("summary", has_text="Test request").click()
        expect(section.get_by_label("Start from")).to_be_hidden()
        section.get_by_role("button", name="Send request").click()
        expect(page.locator(f"#{SESSION} .status")).to_have_text("200 OK")
        expect(page.locator(f"#{SESSION} [data-answer] pre")).to_contain_text("ek_")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_with_everything_open(chromium, open_page, size, theme):
    with chromium() as browser:
        page = open_page(browser, "/reference", viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")
        form = opened(page, SESSION)
        send(form)
        expect(form.locator(".status")).to_have_text("200 OK")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert findings(page) == []
        assert page.evaluate("document.querySelector('main').scrollWidth") <= SIZES[size]["width"]
