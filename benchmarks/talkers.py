"""Many people who talk to a server at once, in a process of their own.

    python -m benchmarks.talkers '{"address": ..., "sessions": 8, ...}'

Each session opens a WebSocket, sends ``first`` (if any), and then a recording over and over, 20 ms of pcm16 in an
input_audio_buffer.append every 20 ms, while it notes when which event arrived. The result is one line of JSON:
per session the times of speech_stopped, and how late the talkers themselves were.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.clips import RATE, load

CHUNK = RATE // 50
CHUNK_SECONDS = CHUNK / RATE
STOPPED = "input_audio_buffer.speech_stopped"


@dataclass(frozen=True, slots=True)
class Task:
    """What the talkers are to do."""

    address: str
    sessions: int
    seconds: float
    folder: str
    clip: str
    headers: dict[str, str] = field(default_factory=dict)
    first: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A speech_stopped as it was waited for: seconds after two samples were sent."""

    after_audio_end: float | None  # the sample at audio_end_ms, where the server says which that is
    after_last_word: float  # the last labelled sample of speech


class Talker:
    """One session."""

    def __init__(self, task: Task, number: int, chunks: list[str], word_ends: list[float]) -> None:
        self._task = task
        self._delay = 5.0 * number / task.sessions + 0.02 * number / task.sessions  # neither in step nor in phase
        self._chunks = chunks
        self._word_ends = word_ends
        self._sent_at: list[float] = []
        self.stops: list[Stop] = []
        self.errors: list[str] = []
        self.latest_slip = 0.0

    async def run(self, begin: float) -> None:
        options: dict[str, Any] = {"compression": None, "max_queue": None}
        async with connect(self._task.address, additional_headers=self._task.headers, **options) as socket:
            if self._task.first is not None:
                await socket.send(json.dumps(self._task.first))
            listening = asyncio.create_task(self._listen(socket))
            await self._talk(socket, begin + self._delay, begin + self._task.seconds)
            listening.cancel()

    async def _talk(self, socket: ClientConnection, start: float, end: float) -> None:
        while (due := start + (len(self._sent_at) + 1) * CHUNK_SECONDS) < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await socket.send(self._chunks[len(self._sent_at) % len(self._chunks)])
            self._sent_at.append(time.monotonic())
            self.latest_slip = max(self.latest_slip, self._sent_at[-1] - due)

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            arrived = time.monotonic()
            event = json.loads(text)
            if event["type"] == STOPPED:
                self.stops.append(self._stop(event.get("audio_end_ms"), arrived))
            elif event["type"] == "error":
                self.errors.append(event["error"]["message"])

    def _stop(self, audio_end_ms: int | None, arrived: float) -> Stop:
        """Against the chunks that carried the two samples."""
        at_end = None if audio_end_ms is None else arrived - self._sent(audio_end_ms / 1000)
        length = len(self._chunks) * CHUNK_SECONDS
        spoken = len(self._sent_at) * CHUNK_SECONDS
        loops = (spoken // length, spoken // length - 1)
        last_word = max(n * length + end for n in loops for end in self._word_ends if n * length + end < spoken)
        return Stop(at_end, arrived - self._sent(last_word))

    def _sent(self, seconds: float) -> float:
        """When the sample at this time of the stream was sent."""
        return self._sent_at[min(int((seconds - 1e-6) / CHUNK_SECONDS), len(self._sent_at) - 1)]


async def talk(task: Task) -> dict[str, Any]:
    """Runs all sessions to their end."""
    clip = next(each for each in load(Path(task.folder)) if each.id == task.clip)
    samples = clip.samples()
    whole = samples[: len(samples) - len(samples) % CHUNK].reshape(-1, CHUNK)
    chunks = [append(chunk.tobytes()) for chunk in whole]
    talkers = [Talker(task, n, chunks, [turn.end for turn in clip.turns]) for n in range(task.sessions)]
    begin = time.monotonic()
    await asyncio.gather(*(talker.run(begin) for talker in talkers))
    return {
        "stops": [asdict(stop) for talker in talkers for stop in talker.stops],
        "errors": [error for talker in talkers for error in talker.errors],
        "latest_slip": max(talker.latest_slip for talker in talkers),
    }


def append(pcm: bytes) -> str:
    """One input_audio_buffer.append."""
    return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()})


if __name__ == "__main__":
    print(json.dumps(asyncio.run(talk(Task(**json.loads(sys.argv[1]))))))
