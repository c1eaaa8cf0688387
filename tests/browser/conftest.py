"""Headless Chromium with a wav file as its microphone, in front of a running site."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.sound import recording, silence, spoken, write_microphone
from tests.live import LiveServer, live_server

HEARD = (Path(__file__).parent / "heard.js").read_text()
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

Chromium = Callable[..., AbstractContextManager[Browser]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
    # Together, in their random order: else site and browser start anew whenever another package comes in between.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The whole site, its static files collected."""
    with live_server(tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=30_000)  # its own 5 s are few for a busy machine
    with sync_playwright() as running:
        yield running


def launch(playwright: Playwright, hears: Path | None, microphone: str) -> Browser:
    """The system's browser where there is one, else Playwright's own."""
    arguments = [*QUIET]
    if microphone in ("granted", "denied"):
        arguments.append("--use-fake-device-for-media-stream")
    if microphone == "granted":
        arguments.append("--use-fake-ui-for-media-stream")
    if hears is not None:
        arguments.append(f"--use-file-for-fake-audio-capture={hears}%noloop")
    return playwright.chromium.launch(executable_path=system_chromium(), args=arguments)


@pytest.fixture(scope="package")
def deaf(playwright: Playwright) -> Iterator[Browser]:
    """The browser of all tests that say nothing: it takes a second to start, and its contexts share nothing."""
    browser = launch(playwright, None, "granted")
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def chromium(playwright: Playwright, deaf: Browser) -> Chromium:
    """Gives a browser: ``hears`` is the wav of its microphone, ``microphone`` what happens when a page asks for it."""

    @contextmanager
    def start(hears: Path | None = None, microphone: str = "granted") -> Iterator[Browser]:
        is_deaf = hears is None and microphone == "granted"
        browser = deaf if is_deaf else launch(playwright, hears, microphone)
        try:
            yield browser
        finally:
            for context in browser.contexts:
                context.close()
            if not is_deaf:
                browser.close()

    return start


def system_chromium() -> str | None:
    """The system's browser, where there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def open_page(site: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site; the test fails when the page reports an error of its own."""
    faults: list[str] = []

    def open_(browser: Browser, path: str = "/", server: LiveServer = site, **context: Any) -> Page:
        page = browser.new_context(**context).new_page()
        page.add_init_script(HEARD)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.goto(server.url + path)
        return page

    yield open_
    assert faults == []


@pytest.fixture(scope="package")
def question(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A microphone into which somebody asks for the day."""
    path = tmp_path_factory.mktemp("microphone") / "question.wav"
    return write_microphone(path, silence(3), spoken("What day is it today?", "echo"), silence(20))


@pytest.fixture(scope="package")
def reader(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A microphone into which a person (a real recording) reads a sentence."""
    path = tmp_path_factory.mktemp("microphone") / "reader.wav"
    return write_microphone(path, silence(2), recording(clips / "dev03_librivox_0870.wav"), silence(20))
