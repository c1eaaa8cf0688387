"""The server ends in the middle of a call: the page says so, and a new call works when the server is back."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

from tests.live import live_server


@pytest.mark.parametrize("transport", ["WebRTC", "WebSocket"])
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_server_that_ends_in_mid_call_is_noticed(chromium, open_page, question, tmp_path, transport, end):
    with live_server(tmp_path) as server, chromium(question) as browser:
        page = open_page(browser, server=server)
        page.get_by_role("radio", name=transport, exact=True).check(force=True)
        page.get_by_role("button", name="Start talking").click()
        expect(page.locator("body")).to_have_attribute("data-state", "listening")
        server.process.send_signal(end)
        expect(page.locator("body")).to_have_attribute("data-state", "error", timeout=30_000)
        expect(page.get_by_role("alert").first).to_be_visible()
        expect(page.get_by_role("button", name="Try again").first).to_be_visible()
