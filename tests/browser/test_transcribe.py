"""Live captions through the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

LONG = 60_000  # milliseconds


@pytest.mark.parametrize("transport", ["WebRTC", "WebSocket"])
def test_a_reader_is_captioned(chromium, open_page, reader, transport):
    with chromium(reader) as browser:
        page = open_page(browser, "/transcribe")
        page.get_by_role("radio", name=transport, exact=True).check(force=True)
        page.get_by_role("button", name="Start").click()
        segments = page.get_by_role("list", name="Segments").get_by_role("listitem")
        expect(segments.first).to_contain_text(re.compile(r"\w+ \w+ \w+"), timeout=LONG)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_uncertain_words_are_marked_and_the_legend_says_how(chromium, open_page, reader):
    with chromium(reader) as browser:
        page = open_page(browser, "/transcribe")
        page.get_by_role("button", name="Start").click()
        marked = page.get_by_role("list", name="Segments").locator("[title*=onfidence]")
        expect(marked.first).to_be_visible(timeout=LONG)
        expect(page.get_by_role("list", name="Confidence of a word")).to_be_visible()


def test_without_a_microphone_nobody_is_invited_to_type(chromium, open_page):
    with chromium(microphone="denied") as browser:
        page = open_page(browser, "/transcribe")
        page.get_by_role("button", name="Start").click()
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text("The browser blocked the microphone")
        expect(notice).not_to_contain_text("type")


def test_that_the_engine_knows_english_alone_stands_at_the_field(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser, "/transcribe")
        expect(page.get_by_label("Language")).to_have_accessible_description(re.compile("English alone"))


def test_a_language_the_engine_lacks_is_refused_at_its_field(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser, "/transcribe")
        page.get_by_label("Language").fill("de")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_label("Language")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("transcribes English").first).to_be_visible()
