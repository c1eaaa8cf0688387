"""One WebRTC call: a peer connection, and the session that runs over it.

Events go over the data channel ``oai-events`` as JSON text, audio over one track each way. The call lives in the
process that answered it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any

from aiortc import MediaStreamTrack, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from django.conf import settings

from realtime_api.errors import ApiError, InvalidRequest, ServerError
from realtime_engine.core.ports import Samples
from realtime_engine.server import bounds, ice, metrics, udp_ports
from realtime_engine.server.driver import Driver, Input
from realtime_engine.server.engine import BROKEN, Engine
from realtime_engine.server.events import close_reason, error_event
from realtime_engine.server.opening import Opening
from realtime_engine.server.sdp import invalid_offer
from realtime_engine.server.session_log import session_id
from realtime_engine.server.side_band import Follower, SideBands
from realtime_engine.server.track import ModelTrack, incoming

logger = logging.getLogger(__name__)

LABEL = "oai-events"
DECISIONS_LABEL = "turn_detection"  # a second channel, for those who want to see how turns are decided
MAX_MESSAGE_BYTES = 262_144  # of a data channel in browsers; a longer one would break the channel
CONNECT_SECONDS = 20.0
CHECK_SECONDS = 1.0
FLUSH_SECONDS = 1.0

TOO_LARGE = InvalidRequest("An event was too large for the data channel (256 KiB) and was not sent.", "event_too_large")
TOO_SLOW = InvalidRequest("Events are not read fast enough.", "too_slow")
BEHIND = ServerError("The engine cannot keep up with this call.", "overloaded", status=503)
NO_ADDRESS = "This server has no network address, or no free UDP port, for audio. Use a WebSocket."
WRONG_LABEL = InvalidRequest(f"The data channel must be labelled '{LABEL}'.", "invalid_value", "label")
BINARY_MESSAGE = InvalidRequest("Events are JSON text; binary messages are not used.", "invalid_event")


class Call:
    """A call from its offer to its end; ``leave`` gives its place back."""

    def __init__(self, call_id: str, engine: Engine, opening: Opening, leave: Callable[[], None]) -> None:
        self.id = call_id
        self.owner = opening.owner
        self._engine = engine
        self._opening = opening
        self._leave = leave
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._track = ModelTrack()
        self._channel: RTCDataChannel | None = None
        self._decisions: RTCDataChannel | None = None
        self._driver: Driver | None = None
        self._connecting = asyncio.get_running_loop().call_later(CONNECT_SECONDS, self._never_connected)
        self._begun = asyncio.Event()  # set when the session starts, and when there will be none
        self._closing = asyncio.Event()
        self._farewell = (1000, "")
        self._side_bands = SideBands()
        self._plays = False  # whether the client's offer takes audio at all
        self._helpers: list[asyncio.Task[None]] = []
        self._context = copy_context()  # the helpers', some of which begin before the session they log about
        self._peer.on("datachannel", self._on_channel)
        self._peer.on("track", self._on_track)
        self._peer.on("connectionstatechange", self._on_state)

    # --- signalling ---

    async def answer(self, offer: str) -> str:
        """The SDP answer, with this machine's candidates. Raises ApiError (invalid_offer, no_media_address)."""
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            self._peer.addTrack(self._track)
            if (ports := udp_ports.parse(settings.ENGINE_UDP_PORTS)) is not None:
                ice.confine(self._peer, ports)
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except Exception as error:  # what is wrong with an offer shows in many types
            self.close(4000, "invalid_offer")
            logger.info("call %s: its offer could not be answered: %r", self.id, error)
            raise invalid_offer("no call that this server can answer is in it.") from error
        if "a=candidate" not in self._peer.localDescription.sdp:
            unreachable = ServerError(NO_ADDRESS, "no_media_address", status=503)
            self.close(4000, close_reason(unreachable))
            raise unreachable
        self._plays = self._peer.getTransceivers()[0].currentDirection in ("sendrecv", "sendonly")
        address = settings.ENGINE_ANNOUNCED_ADDRESS
        sdp: str = self._peer.localDescription.sdp
        return ice.announced(sdp, address) if address else sdp

    async def run(self) -> None:
        """From before the answer to the end of the call; ends it when nobody connects."""
        try:
            await self._closing.wait()
        finally:
            await self._end()

    def _never_connected(self) -> None:
        logger.info("call %s was answered, but its data channel never opened", self.id)
        self._closing.set()

    async def _end(self) -> None:
        self._connecting.cancel()
        self._stop_driver()
        for helper in self._helpers:
            helper.cancel()
        self._leave()
        self._begun.set()
        self._side_bands.close(*self._farewell)
        await self._flush()
        await self._peer.close()

    def _stop_driver(self) -> None:
        if self._driver is not None:
            self._driver.stop()

    async def _flush(self) -> None:
        """Lets the last events leave: a data channel closes after what it has queued."""
        if self._channel is None or self._channel.readyState != "open":
            return
        closed = asyncio.Event()
        self._channel.on("close", closed.set)
        self._channel.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(closed.wait(), FLUSH_SECONDS)

    # --- side-band connections ---

    async def join(self, connection: Follower) -> Callable[[], None]:
        """Lets a side-band connection see the call's events; returns what ends that. Raises InvalidRequest (4xx)."""
        self._side_bands.join(connection)
        return partial(self._side_bands.leave, connection)

    async def receive(self, message: str) -> None:
        """A client event from a side-band connection; waits while the session has not begun, or is behind."""
        await self._begun.wait()
        if self._driver is not None:
            await self._driver.receive(message)

    async def hang_up(self) -> None:
        self.close(1000, "hangup")

    # --- the driver's connection ---

    def send(self, event: dict[str, Any]) -> None:
        self._side_bands.send(event)
        self._send_on_channel(event)

    def _send_on_channel(self, event: dict[str, Any]) -> None:
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return
        text = json.dumps(event, separators=(",", ":"))
        if len(text) > MAX_MESSAGE_BYTES:
            text = json.dumps(error_event(TOO_LARGE))
        if channel.bufferedAmount <= bounds.unread():
            channel.send(text)
        elif not self._closing.is_set():
            metrics.rejected(TOO_SLOW)
            self.close(4008, close_reason(TOO_SLOW))

    def show_decision(self, event: dict[str, Any]) -> None:
        """For those who watch: one who does not keep up misses some, and the call goes on."""
        channel = self._decisions
        if channel is not None and channel.readyState == "open" and channel.bufferedAmount <= bounds.unread():
            channel.send(json.dumps(event, separators=(",", ":")))

    def play(self, audio: Samples) -> None:
        if self._plays:
            self._track.queue.append(audio)

    def stop_playback(self) -> None:
        self._track.queue.cut()

    def rest(self, patience_ms: float) -> None:
        """A track's audio comes when it comes."""

    def close(self, code: int, reason: str) -> None:
        """Ends the call once what is queued has been sent; a data channel has no close codes."""
        if not self._closing.is_set():
            logger.debug("call %s closes: %d %s", self.id, code, reason)
            self._farewell = (code, reason)
        self._closing.set()

    # --- what comes in ---

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if self._closing.is_set():
            return
        if channel.label == DECISIONS_LABEL and self._decisions is None:
            self._decisions = channel
            return
        if channel.label != LABEL or self._channel is not None:
            channel.send(json.dumps(error_event(WRONG_LABEL)))
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._on_message)
        channel.on("close", self._closing.set)
        self._driver = self._engine.driver(self._opening, self, "track")
        self._context.run(session_id.set, self._driver.session.session_id)
        self._engine.run(self._driver, self, self._leave)
        self._help(self._watch())
        self._begun.set()
        self._connecting.cancel()

    def _on_message(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._take_in(message)
        else:
            self._send_on_channel(error_event(BINARY_MESSAGE))

    def _help(self, work: Coroutine[Any, Any, None]) -> None:
        helper = asyncio.create_task(work, context=self._context)
        helper.add_done_callback(self._helped, context=self._context)
        self._helpers.append(helper)

    def _helped(self, helper: asyncio.Task[None]) -> None:
        if not helper.cancelled() and (error := helper.exception()) is not None:
            logger.error("call %s failed", self.id, exc_info=error)
            self._fail(BROKEN)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._help(self._hear(track))

    def _on_state(self) -> None:
        if self._peer.connectionState in ("failed", "closed"):
            self._closing.set()

    def _take_in(self, received: Input) -> None:
        if self._driver is not None and not self._driver.receive_nowait(received):
            self._fail(BEHIND)

    def _fail(self, error: ApiError) -> None:
        self.send(error_event(error))
        self.close(4000, close_reason(error))

    async def _hear(self, track: MediaStreamTrack) -> None:
        async for audio in incoming(track):
            self._take_in(audio)

    async def _watch(self) -> None:
        """Ends the call when its peer has gone without a word; ICE alone would notice after 30 s."""
        quiet, received = 0.0, -1
        while quiet < settings.ENGINE_CALL_QUIET_SECONDS:
            await asyncio.sleep(CHECK_SECONDS)
            before, received = received, await self._bytes_received()
            quiet = quiet + CHECK_SECONDS if received == before else 0.0
        logger.info("call %s ends: nothing came from its peer for %.0f s", self.id, quiet)
        self.close(1001, "peer_gone")

    async def _bytes_received(self) -> int:
        report = await self._peer.getStats()
        return sum(stats.bytesReceived for stats in report.values() if stats.type == "transport")
