"""A WebRTC client as a browser is one: a microphone, a data channel, and ears."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from tests.patience import PATIENCE

RATE = 48_000
FRAME = RATE // 50
Audio = npt.NDArray[np.int16]


class Microphone(MediaStreamTrack):
    """Plays samples at 48 kHz in real time, then silence; or nothing at all once it is paused."""

    kind = "audio"

    def __init__(self, audio: Audio | None = None) -> None:
        super().__init__()
        self.paused = asyncio.Event()
        self._audio = np.zeros(0, np.int16) if audio is None else audio
        self._sent = 0
        self._start: float | None = None

    @property
    def seconds(self) -> float:
        """How much was sent."""
        return self._sent / RATE

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._start = loop.time() if self._start is None else self._start
        await asyncio.sleep(self._start + self._sent / RATE - loop.time())
        if self.paused.is_set():
            await asyncio.Event().wait()
        samples = self._audio[self._sent : self._sent + FRAME]
        samples = np.pad(samples, (0, FRAME - len(samples)))
        frame = AudioFrame.from_ndarray(np.repeat(samples, 2)[None], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, Fraction(1, RATE)
        self._sent += FRAME
        return frame


class Caller:
    """One side of a call; ``events`` and ``heard`` fill as they arrive."""

    def __init__(self, microphone: Microphone | None = None, label: str = "oai-events") -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel = self.peer.createDataChannel(label)
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed = asyncio.Event()
        self.heard: list[Audio] = []  # the left channel of each frame, at 48 kHz
        self._listening: list[asyncio.Task[None]] = []
        self.peer.addTrack(microphone or Microphone())
        self.peer.on("track", lambda track: self._listening.append(asyncio.create_task(self._listen(track))))
        self.channel.on("message", lambda text: self.events.put_nowait(json.loads(text)))
        self.channel.on("close", self.closed.set)

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def accept(self, answer: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def send(self, **event: Any) -> None:
        self.channel.send(json.dumps(event))

    async def event(self, *types: str, within: float = PATIENCE) -> dict[str, Any]:
        """The next event of one of these types; others are passed over."""
        async with asyncio.timeout(within):
            while (event := await self.events.get())["type"] not in types:
                pass
        return event

    async def hang_up(self) -> None:
        for ears in self._listening:  # a track of a call that never connected would keep them waiting
            ears.cancel()
        await self.peer.close()

    async def _listen(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                self.heard.append((await track.recv()).to_ndarray()[0, ::2])
