"""How long after the end of speech the first audio of the answer arrives.

    python -m benchmarks.first_audio [--url http://127.0.0.1:8000/v1 --key KEY] [--turns 10] [--silence 200 500]
                                     [--json FILE]

Talks to a server over a WebSocket in real time, 20 ms at a time: to one that runs already, or to one of its own. The
question is spoken by the server itself, so nothing but the API is needed. A turn's figures, in milliseconds from the
moment its last sample of speech was sent:
``stopped`` to input_audio_buffer.speech_stopped, ``audio`` to the first response.output_audio.delta.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from tests.live import ENGINE_KEY, live_server

RATE = 24_000
FRAME = RATE // 50
QUESTION = "What time is it?"
AUDIBLE = 200  # of 32768: below it the end of the spoken question is silence
MODEL = "gpt-realtime-2.1"


@dataclass(frozen=True, slots=True)
class Turn:
    stopped_ms: float
    audio_ms: float


@asynccontextmanager
async def session(url: str, key: str, **audio_input: Any) -> AsyncIterator[ClientConnection]:
    """A connected session with the given audio.input settings."""
    address = f"{url.replace('http', 'ws', 1)}/realtime?model={MODEL}"
    headers = {"Authorization": f"Bearer {key}"}
    async with connect(address, additional_headers=headers, max_size=None, max_queue=None) as socket:
        await send(socket, type="session.update", session={"type": "realtime", "audio": {"input": audio_input}})
        await until(socket, "session.updated")
        yield socket


async def send(socket: ClientConnection, **event: Any) -> None:
    await socket.send(json.dumps(event))


async def until(socket: ClientConnection, event_type: str) -> dict[str, Any]:
    """The next event of a type. Raises RuntimeError at an error event."""
    while True:
        event: dict[str, Any] = json.loads(await socket.recv())
        if event["type"] == "error":
            raise RuntimeError(event["error"]["message"])
        if event["type"] == event_type:
            return event


async def spoken(url: str, key: str, text: str) -> np.ndarray:
    """The text in the server's own voice, without the silence at its end."""
    async with session(url, key, turn_detection=None) as socket:
        content = [{"type": "input_text", "text": f"Repeat after me: {text}"}]
        await send(
            socket, type="conversation.item.create", item={"type": "message", "role": "user", "content": content}
        )
        await send(socket, type="response.create")
        audio = b""
        while (event := json.loads(await socket.recv()))["type"] != "response.done":
            if event["type"] == "response.output_audio.delta":
                audio += base64.b64decode(event["delta"])
    samples = np.frombuffer(audio, dtype="<i2")
    return samples[: np.flatnonzero(np.abs(samples) > AUDIBLE)[-1] + 1]


async def measure(url: str, key: str, question: np.ndarray, silence_ms: int) -> Turn:
    """One turn in a session of its own."""
    policy = {"type": "server_vad", "silence_duration_ms": silence_ms}
    async with session(url, key, turn_detection=policy) as socket:
        talking = asyncio.create_task(talk(socket, question))
        await until(socket, "input_audio_buffer.speech_stopped")
        stopped = time.monotonic()
        await until(socket, "response.output_audio.delta")
        first = time.monotonic()
        spoken_until = await talking
    return Turn((stopped - spoken_until) * 1000, (first - spoken_until) * 1000)


async def talk(socket: ClientConnection, question: np.ndarray) -> float:
    """Half a second of silence, the question, two of silence; returns when the question's last sample was sent."""
    before, after = np.zeros(RATE // 2, np.int16), np.zeros(2 * RATE, np.int16)
    audio = np.concatenate((before, question, after))
    begin = time.monotonic()
    for start in range(0, len(audio), FRAME):
        await asyncio.sleep(max(0.0, begin + start / RATE - time.monotonic()))
        frame = base64.b64encode(audio[start : start + FRAME].astype("<i2").tobytes()).decode()
        await send(socket, type="input_audio_buffer.append", audio=frame)
    return begin + (len(before) + len(question)) / RATE


def summary(values: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(values), float(np.percentile(values, 95))


async def compare(url: str, key: str, silences: Sequence[int], turns: int, file: Path | None) -> None:
    """A row for each length of silence."""
    question = await spoken(url, key, QUESTION)
    print(f"{'silence':>8} {'n':>3} {'stopped p50':>12} {'p95':>6} {'audio p50':>10} {'p95':>6}   (ms)")
    for silence in silences:
        measured = [await measure(url, key, question, silence) for _ in range(turns)]
        report(silence, measured, file)


def report(silence_ms: int, turns: Sequence[Turn], file: Path | None) -> None:
    stopped, audio = summary([turn.stopped_ms for turn in turns]), summary([turn.audio_ms for turn in turns])
    print(f"{silence_ms:>8} {len(turns):>3} {stopped[0]:>12.0f} {stopped[1]:>6.0f} {audio[0]:>10.0f} {audio[1]:>6.0f}")
    if file:
        row = {"silence_ms": silence_ms, "n": len(turns), "stopped_ms": stopped, "audio_ms": audio}
        with file.open("a") as lines:
            lines.write(json.dumps(row) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="base URL of a running server, with --key")
    parser.add_argument("--key", help="its bearer key")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--silence", type=int, nargs="+", default=[200, 500])
    parser.add_argument("--json", type=Path, help="also append one line of JSON per row to this file")
    options = parser.parse_args()
    if (options.url is None) != (options.key is None):
        parser.error("--url and --key go together; without both a server is started")
    how = (options.silence, options.turns, options.json)
    if options.url:
        asyncio.run(compare(options.url, options.key, *how))
        return
    with tempfile.TemporaryDirectory() as folder, live_server(Path(folder)) as site:
        asyncio.run(compare(site.api, ENGINE_KEY, *how))


if __name__ == "__main__":
    main()
