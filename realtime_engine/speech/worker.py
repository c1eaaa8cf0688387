"""A worker process: ``python -m realtime_engine.speech.worker KIND [ARGUMENTS]``.

One mechanism for three reasons: pocketsphinx holds the interpreter's lock while it decodes, espeak-ng is GPL and stays
at arm's length, and what crashes takes only its own process along. Requests come on stdin and answers leave on stdout
(``messages``); the process ends when stdin does, and leaves SIGINT to its parent.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from realtime_engine.core.ports import CancelJob
from realtime_engine.speech import messages
from realtime_engine.speech.messages import Answer, Message, Request


class Requests:
    """What the parent asks, read by a thread so that a cancellation arrives while the work goes on."""

    def __init__(self, stream: BinaryIO) -> None:
        self._inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def __iter__(self) -> Iterator[Request]:
        while (request := self._inbox.get()) is not None:
            yield request  # type: ignore[misc]  # the parent sends nothing else
            if isinstance(request, CancelJob):
                self._cancelled.discard(request.job_id)

    def cancelled(self, job_id: str) -> bool:
        """Whether a cancellation of this job waits to be handled."""
        return job_id in self._cancelled

    def waiting(self) -> bool:
        """Whether there is something to read: a request, or the end of them."""
        return not self._inbox.empty()

    def _read(self, stream: BinaryIO) -> None:
        try:
            while (request := messages.read(stream)) is not None:
                if isinstance(request, CancelJob):
                    self._cancelled.add(request.job_id)
                self._inbox.put(request)
        finally:  # also where the parent sends nonsense
            self._inbox.put(None)


def main(kind: str, *arguments: str) -> None:
    """Serve until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = _guarded_stdout()

    def send(answer: Answer) -> None:
        out.write(messages.encode(answer))
        out.flush()

    requests = Requests(sys.stdin.buffer)
    with suppress(BrokenPipeError):  # the parent is gone
        if kind == "voice":  # each worker imports only what it needs
            from realtime_engine.speech import voice

            voice.serve(requests, requests.cancelled, send)
        elif kind == "recogniser":
            from realtime_engine.speech import recogniser

            recogniser.serve(requests, requests.cancelled, requests.waiting, send)
        elif kind == "faster_whisper":
            from realtime_engine.speech import faster_whisper

            faster_whisper.serve(requests, requests.cancelled, send, *arguments)
        elif kind == "piper":
            from realtime_engine.speech import piper

            piper.serve(requests, requests.cancelled, send, *arguments)
        else:
            raise SystemExit(f"unknown kind of worker: {kind}")


def _guarded_stdout() -> BinaryIO:
    """The real stdout for our messages; whatever a library prints goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


if __name__ == "__main__":
    main(*sys.argv[1:])
