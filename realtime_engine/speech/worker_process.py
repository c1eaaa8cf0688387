"""One worker process as the server sees it: its pipe, and the job it has."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import realtime_engine
from realtime_engine.core.ports import JobFailed, JobResult, TranscribeAudio
from realtime_engine.speech import messages
from realtime_engine.speech.messages import BadMessage, Message, Ready, Request

READY_SECONDS = 60.0
STOP_SECONDS = 2.0

ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What a worker inherits: nothing of the server's keys."""

Deliver = Callable[[JobResult], None]


@dataclass(slots=True)
class Task:
    """A job and what is still to be sent of it."""

    job_id: str
    deliver: Deliver
    outbox: deque[Request] = field(default_factory=deque)
    behind: int = 0  # bytes of audio not sent yet
    deadline: asyncio.TimerHandle | None = None

    def add(self, requests: Iterable[Request]) -> None:
        """More to be sent."""
        for request in requests:
            self.outbox.append(request)
            self.behind += _audio_bytes(request)

    def close(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()


class Worker:
    """One process and the job it has."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self.task: Task | None = None
        self.languages: tuple[str, ...] = ()
        self._sending: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, program: Sequence[str]) -> Worker:
        """Returns when the worker is ready for jobs. Raises RuntimeError where it does not come up, with its reason."""
        worker = cls(await _process(program))
        ready = None
        try:
            with suppress(TimeoutError, BadMessage):
                async with asyncio.timeout(READY_SECONDS):
                    ready = await worker.read()
        finally:
            if not isinstance(ready, Ready):
                await worker.stop()
        if not isinstance(ready, Ready):
            reason = ready.message if isinstance(ready, JobFailed) else f"the {program[0]} worker did not start"
            raise RuntimeError(reason)
        worker.languages = ready.languages
        return worker

    async def read(self) -> Message | None:
        """Its next message; None when it has ended."""
        return await messages.receive(self._stdout)

    def flush(self) -> None:
        """Send what the job has to say, as fast as the worker takes it."""
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        with suppress(ConnectionError):  # the worker has ended; its keeper will notice
            while (task := self.task) is not None and task.outbox:
                request = task.outbox.popleft()
                task.behind -= _audio_bytes(request)
                self.send(request)
                await self._stdin.drain()

    def send(self, request: Request) -> None:
        """Nothing reaches a worker that has just ended; its keeper will notice."""
        if not self._stdin.is_closing():
            self._stdin.write(messages.encode(request))

    def kill(self) -> None:
        """End it at once; its keeper will notice."""
        with suppress(ProcessLookupError):  # it has ended by itself
            self.process.kill()

    async def stop(self) -> None:
        """Let it end, or make it."""
        if self._sending is not None:
            self._sending.cancel()
        self._stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.kill()
            await self.process.wait()
        with suppress(OSError):  # the pipe broke
            await self._stdin.wait_closed()


async def _process(program: Sequence[str]) -> asyncio.subprocess.Process:
    """A worker process, out of reach of the Ctrl-C that is meant for its parent."""
    packages = str(Path(realtime_engine.__file__).parents[1])
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | {"PYTHONPATH": packages}
    command = (sys.executable, "-m", "realtime_engine.speech.worker", *program)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, env=environment, start_new_session=True
    )


def _audio_bytes(request: Request) -> int:
    return request.audio.nbytes if isinstance(request, TranscribeAudio) else 0
