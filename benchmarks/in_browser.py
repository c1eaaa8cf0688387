"""What a person in front of the talk page waits for, measured in Chromium on both transports.

    python -m benchmarks.in_browser [--turns 5]

Starts the site itself, on a free port with a folder of its own, and gives a headless Chromium a wav as its microphone;
page, microphone and loudspeaker share one clock. All figures are milliseconds:

``listening``  from the click on "Start talking" to the page's state "listening" (the page was open before: warm)
``audible``    from the last loud 10 ms of the question at the microphone to the first loud 10 ms of the answer
``silenced``   from the arrival of input_audio_buffer.speech_started, in mid-answer, to the answer's last loud 10 ms
``barge_in``   from the interruption's first loud 10 ms at the microphone to that same silence
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import QUIET, system_chromium
from tests.browser.sound import silence, spoken, write_microphone
from tests.live import LiveServer, live_server

MEASURE = (Path(__file__).parent / "in_browser.js").read_text()
LOUD = 0.005  # RMS of 10 ms; the rooms of this benchmark are at 0.0001
TURN_MS = 30_000
SPEECH_STARTED = "input_audio_buffer.speech_started"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as folder, live_server(Path(folder)) as server:
        question = write_microphone(
            Path(folder) / "question.wav", silence(2), spoken("What day is it today?", "echo"), silence(30)
        )
        interruption = write_microphone(
            Path(folder) / "interruption.wav",
            *(silence(2), spoken("Tell me a long story.", "marin")),
            *(silence(6), spoken("Please stop now, that is enough for today.", "cedar"), silence(30)),
        )
        print(f"{'transport':>10} {'figure':>10} {'n':>3} {'p50':>6} {'p95':>6} {'max':>6}   (ms)")
        for transport in ("WebRTC", "WebSocket"):
            answered = [answered_turn(server, question, transport) for _ in range(turns)]
            interrupted = [interrupted_turn(server, interruption, transport) for _ in range(turns)]
            report(transport, answered)
            report(transport, interrupted)


def answered_turn(server: LiveServer, microphone: Path, transport: str) -> dict[str, float]:
    """One question, answered, in a browser of its own."""
    with Talk(server, microphone, transport) as talk:
        talk.until_state("model")
        talk.page.wait_for_timeout(500)
        asked = talk.bursts("microphone")[0][1]
        return {"listening": talk.listening_ms, "audible": talk.bursts("loudspeaker")[0][0] - asked}


def interrupted_turn(server: LiveServer, microphone: Path, transport: str) -> dict[str, float]:
    """A story that is interrupted."""
    with Talk(server, microphone, transport) as talk:
        talk.until_state("model")
        talk.until_state("user")
        talk.page.wait_for_timeout(800)
        started = [at for at, event in talk.measured("events") if event == SPEECH_STARTED][1]
        story = [end for begin, end in talk.bursts("loudspeaker") if begin < started][-1]
        interruption = next(begin for begin, end in talk.bursts("microphone", gap_ms=1500)[1:])
        return {"silenced": max(0.0, story - started), "barge_in": story - interruption}


class Talk:
    """A call on the talk page, measured."""

    def __init__(self, server: LiveServer, microphone: Path, transport: str) -> None:
        self._server, self._microphone, self._transport = server, microphone, transport
        self._playwright = sync_playwright()

    def __enter__(self) -> Talk:
        arguments = (
            *QUIET,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={self._microphone}%noloop",
        )
        running = self._playwright.__enter__()
        self._browser = running.chromium.launch(executable_path=system_chromium(), args=list(arguments))
        self.page: Page = self._browser.new_page()
        self.page.add_init_script(MEASURE)
        self.page.goto(self._server.url, wait_until="networkidle")
        self.page.get_by_role("radio", name=self._transport, exact=True).check(force=True)
        clicked = self.page.evaluate("performance.now()")
        self.page.get_by_role("button", name="Start talking").click()
        self.until_state("listening")
        self.listening_ms: float = self.page.evaluate("performance.now()") - clicked
        return self

    def __exit__(self, *error: object) -> None:
        self._browser.close()
        self._playwright.__exit__(*error)

    def until_state(self, state: str) -> None:
        expect(self.page.locator("body")).to_have_attribute("data-state", state, timeout=TURN_MS)

    def measured(self, what: str) -> list[Any]:
        return list(self.page.evaluate(f"window.measured.{what}"))

    def bursts(self, where: str, gap_ms: float = 700) -> list[tuple[float, float]]:
        """Begin and end of each stretch of sound, told apart by ``gap_ms`` of quiet."""
        loud = [at for at, level in self.measured(where) if level > LOUD]
        edges = np.flatnonzero(np.diff(loud) > gap_ms)
        return list(zip([loud[0], *(loud[i + 1] for i in edges)], [*(loud[i] for i in edges), loud[-1]], strict=True))


def report(transport: str, turns: Sequence[dict[str, float]]) -> None:
    """Prints a table row and a JSON line for each figure."""
    for figure in turns[0]:
        values = [turn[figure] for turn in turns]
        p50, p95, worst = statistics.median(values), float(np.percentile(values, 95)), max(values)
        print(f"{transport:>10} {figure:>10} {len(values):>3} {p50:>6.0f} {p95:>6.0f} {worst:>6.0f}")
        print(json.dumps({"transport": transport, "figure": figure, "ms": [round(value, 1) for value in values]}))


if __name__ == "__main__":
    main()
