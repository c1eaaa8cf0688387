"""The agents SDK, unchanged, against the whole site: over a WebSocket in Node, over WebRTC in Chromium.

Its schemas judge every event of the server: none may be downgraded to one it does not know.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.sound import recording, silence
from tests.live import REPOSITORY, LiveServer

AGENTS = Path(__file__).parent / "agents"
WITH_NODE = REPOSITORY / "scripts" / "with-node"
PATIENCE_SECONDS = 120
SENTENCE = "dev03_librivox_0870.wav"

ANSWERED = {
    "session.created",
    "session.updated",
    "conversation.item.added",
    "conversation.item.done",
    "response.created",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio_transcript.done",
    "response.output_audio.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.done",
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SDK and the conversations as one script."""
    if not (REPOSITORY / "node_modules" / "@openai").is_dir():
        pytest.skip("the SDK is not installed: run make node_modules")
    path = tmp_path_factory.mktemp("bundle") / "page.js"
    esbuild = REPOSITORY / "node_modules" / ".bin" / "esbuild"
    command = [WITH_NODE, esbuild, AGENTS / "page.js", "--bundle", "--format=iife", "--log-level=warning"]
    subprocess.run([*command, f"--outfile={path}"], check=True, timeout=PATIENCE_SECONDS)
    return path.read_text()


@pytest.fixture(scope="module", params=["WebSocket in Node", "WebRTC in Chromium"])
def hold(request: pytest.FixtureRequest, site: LiveServer, bundle: str) -> Iterator[Any]:
    """Holds the named conversation with a key of its own, and returns the SDK's side of it."""
    if request.param == "WebSocket in Node":
        yield partial(in_node, site)
        return
    start = request.getfixturevalue("chromium")
    yield partial(in_chromium, site, bundle, start)


def minted(site: LiveServer) -> str:
    headers = {"Authorization": f"Bearer {site.engine_key}"}
    answer = httpx.post(f"{site.api}/realtime/client_secrets", headers=headers, json={"session": {"type": "realtime"}})
    key: str = answer.raise_for_status().json()["value"]
    return key


def in_node(site: LiveServer, scenario: str, microphone: Path | None = None, audio: Path | None = None) -> Any:
    url = f"{site.api.replace('http', 'ws')}/realtime"
    command = [WITH_NODE, "node", AGENTS / "node.js", scenario, url, minted(site), audio or ""]
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def in_chromium(
    site: LiveServer, bundle: str, start: Any, scenario: str, microphone: Path | None = None, audio: Path | None = None
) -> Any:
    with start(microphone) as browser:
        page = browser.new_page()
        page.route("**/agents.js", lambda route: route.fulfill(body=bundle, content_type="text/javascript"))
        page.goto(site.url)
        page.add_script_tag(url=f"{site.url}/agents.js")  # under the site's own Content Security Policy
        return page.evaluate("([scenario, key]) => holdByWebRTC(scenario, key)", [scenario, minted(site)])


@pytest.fixture
def sentence(clips: Path, tmp_path: Path) -> Path:
    """A person's sentence and as much silence as the slowest turn detection waits for, as raw pcm16."""
    path = tmp_path / "sentence.pcm"
    path.write_bytes(recording(clips / SENTENCE).tobytes() + silence(8).tobytes())
    return path


def assert_understood(report: Any) -> None:
    assert report["downgraded"] == []
    assert report["errors"] == []


def test_conversation(hold: Any) -> None:
    report = hold("conversation")
    assert_understood(report)
    assert set(report["types"]) >= ANSWERED
    assert any("five" in turn for turn in report["said"])
    assert report["usage"]["outputTokens"] > 0


def test_tool_round_trip(hold: Any) -> None:
    report = hold("tool")
    assert_understood(report)
    assert [call.lower() for call in report["calls"]] == ["paris"]
    assert any("21 degrees" in turn or "sunny" in turn for turn in report["said"])


def test_interruption_cuts_the_turn_and_the_conversation_goes_on(hold: Any) -> None:
    report = hold("interruption")
    assert_understood(report)
    assert "conversation.item.truncated" in report["types"]
    assert any("five" in turn for turn in report["said"])


def test_spoken_turn_is_transcribed_and_answered(hold: Any, sentence: Path, reader: Path) -> None:
    report = hold("speech", microphone=reader, audio=sentence)
    assert_understood(report)
    assert set(report["types"]) >= {"input_audio_buffer.speech_started", "conversation.item.retrieved"}
    assert any(turn.startswith("user: ") and len(turn) > 20 for turn in report["said"])
