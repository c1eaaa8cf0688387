"""A conversation as a person has it, through the page, on both transports."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.sound import envelope, likeness, recording, silence, spoken, write_microphone

TRANSPORTS = pytest.mark.parametrize("transport", ["WebRTC", "WebSocket"])
LONG = 60_000  # milliseconds


def start(page: Page, transport: str = "WebRTC") -> None:
    page.get_by_role("radio", name=transport, exact=True).check(force=True)
    page.get_by_role("button", name="Start talking").click()


def turns(page: Page, role: str):
    return page.get_by_role("log", name="Conversation").locator(f"li.turn.{role}")


@TRANSPORTS
def test_a_person_talks_and_hears_the_answer(chromium, open_page, question, transport):
    with chromium(question) as browser:
        page = open_page(browser)
        start(page, transport)
        expect(page.locator("body")).to_have_attribute("data-state", "model", timeout=LONG)
        expect(page.locator("body")).to_have_attribute("data-state", "listening", timeout=LONG)
        expect(turns(page, "user").first).to_contain_text("day")
        answer = turns(page, "model").last
        expect(answer).to_contain_text("Today is")
        heard = page.evaluate("window.heard")
        said = answer.locator("p").first.inner_text()
        page.get_by_role("button", name="Hang up").click()
        expect(page.locator("body")).to_have_attribute("data-state", "idle")
    assert max(level for _, level in heard) > 0.02
    assert likeness(envelope(spoken(said)), heard) > 0.8


REQUESTS = {
    "Please count to five.": re.compile("one, two, three, four, five", re.IGNORECASE),
    "What is twelve times seven?": re.compile("84|eighty.four", re.IGNORECASE),
}


@pytest.mark.parametrize(("request_", "answer"), REQUESTS.items(), ids=REQUESTS)
def test_a_spoken_request_is_understood(chromium, open_page, tmp_path, request_, answer):
    microphone = write_microphone(tmp_path / "request.wav", silence(3), spoken(request_, "onyx"), silence(20))
    with chromium(microphone) as browser:
        page = open_page(browser)
        start(page)
        expect(turns(page, "model").first).to_contain_text(answer, timeout=LONG)


@TRANSPORTS
def test_a_recorded_person_is_heard_and_transcribed(chromium, open_page, reader, transport):
    with chromium(reader) as browser:
        page = open_page(browser)
        start(page, transport)
        expect(turns(page, "user").first).to_contain_text(re.compile(r"\w+ \w+ \w+"), timeout=LONG)
        expect(turns(page, "model").first).to_contain_text(re.compile(r"\w+ \w+"), timeout=LONG)


@TRANSPORTS
def test_speech_over_the_model_silences_it_and_cuts_its_turn(chromium, open_page, clips, tmp_path, transport):
    interruption = recording(clips / "dev05_three_commands.wav")[: 24_000 * 3]
    parts = silence(3), spoken("Tell me a long story.", "marin"), silence(7), interruption, silence(20)
    with chromium(write_microphone(tmp_path / "barge-in.wav", *parts)) as browser:
        page = open_page(browser)
        start(page, transport)
        expect(page.locator("body")).to_have_attribute("data-state", "model", timeout=LONG)
        expect(page.locator("body")).to_have_attribute("data-state", "user", timeout=LONG)
        silenced = page.evaluate("performance.now()")
        page.wait_for_timeout(1000)
        heard = [level for at, level in page.evaluate("window.heard") if at > silenced + 250]
        expect(turns(page, "model").first).to_contain_text("You interrupted here")
    assert len(heard) > 5
    assert max(heard) < 0.005


@TRANSPORTS
def test_typing_needs_no_microphone(chromium, open_page, transport):
    with chromium(microphone="none") as browser:
        page = open_page(browser)
        page.get_by_role("radio", name=transport, exact=True).check(force=True)
        page.get_by_label("Message").fill("What is twelve times seven?")
        page.keyboard.press("Enter")
        expect(turns(page, "user").first).to_contain_text("twelve times seven")
        expect(turns(page, "model").first).to_contain_text(re.compile("84|eighty", re.IGNORECASE), timeout=LONG)


def lead_nowhere(route: Route) -> None:
    """An answer whose packets nobody will accept: as behind a firewall."""
    response = route.fetch()
    route.fulfill(response=response, body=re.sub(r"a=ice-pwd:\S+", "a=ice-pwd:" + "x" * 24, response.text()))


def test_without_a_udp_path_the_call_falls_back_to_websocket_and_says_so(chromium, open_page, tmp_path):
    late = silence(9), spoken("What day is it today?", "echo"), silence(20)
    with chromium(write_microphone(tmp_path / "late.wav", *late)) as browser:
        page = open_page(browser)
        page.route("**/v1/realtime/calls", lead_nowhere)
        start(page, "WebRTC")
        expect(page.get_by_text("WebRTC could not connect, using WebSocket")).to_be_visible(timeout=LONG)
        expect(turns(page, "model").first).to_contain_text("Today is", timeout=LONG)


@pytest.mark.parametrize(
    ("microphone", "title"),
    [("denied", "The browser blocked the microphone"), ("none", "No microphone")],
    ids=["permission denied", "no device"],
)
def test_a_missing_microphone_is_named_with_a_remedy(chromium, open_page, microphone, title):
    with chromium(microphone=microphone) as browser:
        page = open_page(browser)
        start(page)
        expect(page.get_by_role("alert")).to_contain_text(title)
        expect(page.locator("body")).to_have_attribute("data-state", "error")
        expect(page.get_by_role("status").first).to_contain_text(title)


def test_muting_sends_silence_and_says_so(chromium, open_page, question):
    with chromium(question) as browser:
        page = open_page(browser)
        start(page, "WebSocket")
        expect(page.locator("body")).to_have_attribute("data-state", "listening")
        mute = page.get_by_role("button", name="Mute")
        mute.click()
        expect(mute).to_have_attribute("aria-pressed", "true")
        expect(page.locator("body")).to_have_attribute("data-state", "muted")
        page.wait_for_timeout(5000)
        assert turns(page, "user").count() == 0


def test_muted_nobody_is_invited_to_talk_over_the_model(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser)
        start(page, "WebSocket")
        expect(page.locator("body")).to_have_attribute("data-state", "listening")
        page.get_by_role("button", name="Mute").click()
        page.get_by_label("Message").fill("Tell me a long story.")
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-state", "model", timeout=LONG)
        expect(page.locator("#status")).to_contain_text("Your microphone is muted.")


def test_that_changes_wait_is_said_once_and_moves_nothing(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser, viewport={"width": 1440, "height": 900})
        said = page.get_by_text("Changes apply to the next call.").filter(visible=True)
        fixed = page.locator("#settings form, #composer, .quick, .seg >> visible=true")
        expect(said).to_have_count(0)
        before = [each.bounding_box() for each in fixed.all()]
        page.get_by_role("button", name="Start talking").click()
        expect(page.locator("body")).to_have_attribute("data-state", "listening")
        expect(said).to_have_count(1)
        assert [each.bounding_box() for each in fixed.all()] == before


def test_a_call_that_was_hung_up_is_shown_as_ended(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser)
        start(page, "WebSocket")
        clock = page.locator("#call-clock")
        expect(clock).to_contain_text("WebSocket")
        expect(clock).not_to_contain_text("ended", use_inner_text=True)
        page.get_by_role("button", name="Hang up").click()
        expect(clock).to_contain_text("ended", use_inner_text=True)


def test_the_keyboard_alone_suffices(chromium, open_page, question):
    with chromium(question) as browser:
        page = open_page(browser)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Start talking")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_have_attribute("data-state", "model", timeout=LONG)
        page.get_by_role("button", name="Hang up").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Start talking")).to_be_focused()


def test_a_refused_setting_is_shown_at_its_field(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser)
        threshold = page.locator("[name=threshold]")
        threshold.evaluate("(field) => { field.removeAttribute('max'); field.value = '7'; }")
        start(page)
        expect(threshold).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("alert").first).to_be_visible()


def test_without_scripts_the_form_makes_a_key(chromium, open_page):
    with chromium() as browser:
        page = open_page(browser, java_script_enabled=False)
        page.get_by_role("button", name=re.compile("key", re.IGNORECASE)).click()
        expect(page.locator("main")).to_contain_text(re.compile(r"ek_\w{32}"))
        expect(page.locator("main")).to_contain_text("gpt-realtime")


def test_the_page_stays_within_its_budget(chromium, site):
    sizes: dict[str, list[int]] = {"script": [], "stylesheet": [], "all": []}
    with chromium() as browser:
        page = browser.new_page()

        def count(response) -> None:
            size = response.request.sizes()["responseBodySize"]
            sizes["all"].append(size)
            sizes.setdefault(response.request.resource_type, []).append(size)

        page.on("requestfinished", lambda request: count(request.response()))
        page.goto(site.url, wait_until="networkidle")
    assert len(sizes["all"]) <= 40
    assert 0 < sum(sizes["script"]) <= 45_000
    assert 0 < sum(sizes["stylesheet"]) <= 12_000
    assert np.sum(sizes["all"]) < 120_000
