"""A worker process: ``python -m realtime_engine.speech.worker recogniser|voice``.

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
from collections.abc import Callable
from typing import BinaryIO

from realtime_engine.speech import messages
from realtime_engine.speech.messages import Header

Send = Callable[[Header, bytes], None]
Inbox = queue.SimpleQueue[tuple[Header, bytes] | None]


class Requests:
    """What the parent asks, read by a thread so that a cancellation arrives while the work goes on."""

    def __init__(self, stream: BinaryIO) -> None:
        self.inbox: Inbox = queue.SimpleQueue()
        self.cancelled: set[str] = set()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: BinaryIO) -> None:
        while (message := messages.read(stream)) is not None:
            if message[0]["op"] == "cancel":
                self.cancelled.add(message[0]["job_id"])
            self.inbox.put(message)
        self.inbox.put(None)


def main(kind: str) -> None:
    """Serve until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = _guarded_stdout()

    def send(header: Header, payload: bytes = b"") -> None:
        out.write(messages.encode(header, payload))
        out.flush()

    serve = _service(kind)
    requests = Requests(sys.stdin.buffer)
    try:
        serve(requests, send)
    except BrokenPipeError:
        pass  # the parent is gone


def _guarded_stdout() -> BinaryIO:
    """The real stdout for our messages; whatever a library prints goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _service(kind: str) -> Callable[[Requests, Send], None]:
    """Import only what this worker needs."""
    if kind == "voice":
        from realtime_engine.speech.voice_service import serve
    elif kind == "recogniser":
        from realtime_engine.speech.recogniser_service import serve
    else:
        raise SystemExit(f"unknown kind of worker: {kind}")
    return serve


if __name__ == "__main__":
    main(sys.argv[1])
