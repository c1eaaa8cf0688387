"""Runs one session: gives the sans-I/O core messages, audio, job results and the time, and carries out what it says.

One task owns the session. Messages keep their order; while the core still has audio to process, none is fed, but job
results and timers come through.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol

from realtime_engine.core.outputs import (
    CloseSession,
    Output,
    PlayAudio,
    SendEvent,
    ShowDecision,
    StartJob,
    StopPlayback,
)
from realtime_engine.core.ports import CancelJob, JobResult, Samples
from realtime_engine.core.session import RealtimeSession
from realtime_engine.server.jobs import Jobs
from realtime_engine.server.metrics import SessionMeter
from realtime_engine.server.session_log import session_id
from realtime_engine.speech.worker_process import Deliver

logger = logging.getLogger(__name__)

MAX_WAITING = 1024 * 1024  # characters of messages (or samples) taken in ahead of the core
INPUT_OVERHEAD = 1024  # what one more input counts besides its length
TOGETHER = 4  # inputs taken before other sessions have their turn

Input = str | bytes | Samples
"""A client event as JSON, or audio of the client's track."""


class Connection(Protocol):
    """What the driver asks of a transport. Nothing here blocks."""

    def send(self, event: dict[str, Any]) -> None:
        """Queue one server event."""

    def show_decision(self, event: dict[str, Any]) -> None:
        """Queue an event about turn detection, where the client asked for those."""

    def play(self, audio: Samples) -> None:
        """Append to the track's queue (transports whose media is a track)."""

    def stop_playback(self) -> None:
        """Drop what the track has queued."""

    def rest(self, patience_ms: float) -> None:
        """All that came is done; what comes next may be so late."""

    def close(self, code: int, reason: str) -> None:
        """Close once everything queued has been sent."""


class Driver:
    """Runs a session over a connection until either ends."""

    def __init__(
        self, session: RealtimeSession, connection: Connection, make_jobs: Callable[[Deliver], Jobs], transport: str
    ) -> None:
        self.session = session
        self._connection = connection
        self._jobs = make_jobs(self.job_done)
        self._transport = transport
        self._meter = SessionMeter(transport)
        self._sent: Counter[str] = Counter()  # server events by type
        self._loop = asyncio.get_running_loop()
        self._inputs: deque[Input] = deque()
        self._waiting = 0
        self._results: deque[JobResult] = deque()
        self._wake = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at: float | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._over = False

    # --- what comes in ---

    async def receive(self, received: Input) -> None:
        """Take in a message or audio, in order; waits while the core is behind."""
        while not self.receive_nowait(received):
            await self._room.wait()

    def receive_nowait(self, received: Input) -> bool:
        """As ``receive`` for callers that cannot wait; False where the core is behind and nothing was taken in."""
        if not self._room.is_set():
            return False
        if self._over:
            return True  # nobody is there to take it
        self._inputs.append(received)
        self._count(len(received) + INPUT_OVERHEAD)
        self._wake.set()
        return True

    def _count(self, change: int) -> None:
        self._waiting += change
        if self._waiting < MAX_WAITING or self._over:
            self._room.set()
        else:
            self._room.clear()

    def job_done(self, result: JobResult) -> None:
        """A result of a job; to be called in the loop's thread."""
        self._results.append(result)
        self._wake.set()

    def stop(self) -> None:
        """The connection is gone: what is queued no longer matters."""
        self._over = True
        self._room.set()
        self._wake.set()

    # --- the task ---

    async def run(self) -> None:
        """Until the session closes or ``stop`` is called; the session's jobs are cancelled in any case."""
        started = self._loop.time()
        session_id.set(self.session.session_id)
        self._meter.begin()
        try:
            self.session.start(started)
            self._carry_out()
            while not self._over:
                await self._step()
        finally:
            self.stop()
            self._set_alarm(None)
            self.session.end(self._loop.time())
            self._cancel_jobs()
            self._meter.end()
            self._log(self._loop.time() - started)
            await self._jobs.close()

    async def _step(self) -> None:
        if self._feed(self._loop.time()):
            self._carry_out()
        if self._may_take_input or self._results or self.session.backlog:
            await asyncio.sleep(0)  # other sessions want their turn
        elif not self._over:
            await self._wait()

    def _feed(self, now: float) -> bool:
        """Gives the core one thing, the most pressing first; False when there is nothing to do."""
        session = self.session
        if self._results:
            session.job_done(self._results.popleft(), now)
        elif (timer := session.next_timer) is not None and now >= timer:
            session.handle_timer(now)
        elif session.backlog:
            session.process_backlog(now)
        elif self._may_take_input:
            self._feed_inputs(now)
        else:
            return False
        return True

    @property
    def _may_take_input(self) -> bool:
        return bool(self._inputs) and not self.session.holding

    def _feed_inputs(self, now: float) -> None:
        """A few inputs until one makes work, and in the same breath the first 200 ms of it: most appends hold less."""
        for _ in range(TOGETHER):
            self._feed_input(self._inputs.popleft(), now)
            if self.session.backlog or not self._may_take_input:
                break
        self.session.process_backlog(now)

    def _feed_input(self, received: Input, now: float) -> None:
        self._count(-len(received) - INPUT_OVERHEAD)
        if isinstance(received, str | bytes):
            self.session.receive_message(received, now)
        else:
            self.session.receive_audio(received, now)

    async def _wait(self) -> None:
        self._set_alarm(self.session.next_timer)
        self._connection.rest(self.session.patience_ms)
        await self._wake.wait()
        self._wake.clear()

    def _set_alarm(self, timer: float | None) -> None:
        """From one append to the next the timer mostly stays where it was."""
        if timer == self._alarm_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at, self._alarm = timer, None if timer is None else self._loop.call_at(timer, self._ring)

    def _ring(self) -> None:
        self._alarm_at = self._alarm = None
        self._wake.set()

    # --- what goes out ---

    def _carry_out(self) -> None:
        for output in self.session.take_outputs():
            self._carry_out_one(output)

    def _carry_out_one(self, output: Output) -> None:
        match output:
            case SendEvent(event):
                self._sent[event["type"]] += 1
                self._meter.sent(event, self._loop.time())
                self._connection.send(event)
            case ShowDecision(event):
                self._connection.show_decision(event)
            case PlayAudio(audio):
                self._meter.played(self._loop.time())
                self._connection.play(audio)
            case StopPlayback():
                self._connection.stop_playback()
            case StartJob(job):
                self._jobs.start(job)
            case CloseSession(code, reason):
                self._connection.close(code, reason)
                self._over = True

    def _cancel_jobs(self) -> None:
        """Of what an ended session still says, only this matters."""
        for output in self.session.take_outputs():
            if isinstance(output, StartJob) and isinstance(output.job, CancelJob):
                self._jobs.start(output.job)

    def _log(self, seconds: float) -> None:
        turns, responses = self._sent["input_audio_buffer.committed"], self._sent["response.done"]
        line = "session %s over %s lasted %.1f s: %d spoken turns, %d responses, %d errors"
        logger.info(line, self.session.session_id, self._transport, seconds, turns, responses, self._sent["error"])
