"""What axe finds on every page, in both themes and sizes; and the picture for the README."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE

SCREENSHOT = Path(__file__).parents[2] / "docs" / "screenshots" / "talk.png"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # all of them; of what passes, axe need not describe every element
}
STATES = ("idle", "connecting", "listening", "user", "thinking", "model", "muted", "error")
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def findings(page: Page) -> list[str]:
    """What axe has to say against the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    result = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    return [f"{fault['id']}: {node['html'][:120]}" for fault in result["violations"] for node in fault["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/", "/transcribe", "/reference", "/nowhere"])
def test_axe_finds_nothing(chromium, open_page, path, size, theme):
    with chromium() as browser:
        page = open_page(browser, path, viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")
        assert findings(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state_of_a_call(chromium, open_page, theme):
    with chromium() as browser:
        page = open_page(browser, viewport=SIZES["desktop"], color_scheme=theme, reduced_motion="reduce")
        found = {}
        for state in STATES:
            page.evaluate("(state) => { document.body.dataset.state = state; }", state)
            found[state] = findings(page)
        assert found == {state: [] for state in STATES}


def test_nothing_is_wider_than_a_phone(chromium, open_page):
    with chromium() as browser:
        for path in ("/", "/transcribe", "/reference"):
            page = open_page(browser, path, viewport=SIZES["phone"])
            for width in (320, 360, 390, 412):
                page.set_viewport_size({"width": width, "height": 844})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_the_readme_shows_a_real_conversation(chromium, open_page, question):
    with chromium(question) as browser:
        page = open_page(browser, viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.get_by_role("button", name="Got it").click()
        page.get_by_label("Message").fill("What is twelve times seven?")
        page.keyboard.press("Enter")
        expect(page.locator("li.turn.model").first).to_contain_text("eighty", timeout=60_000)
        page.get_by_role("button", name="Start talking").click()
        expect(page.locator("body")).to_have_attribute("data-state", "model", timeout=60_000)
        expect(page.locator("li.turn.model").last).to_contain_text("Today is", timeout=60_000)
        SCREENSHOT.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOT)
    assert SCREENSHOT.stat().st_size > 10_000
