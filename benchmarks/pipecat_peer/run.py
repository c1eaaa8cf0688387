"""Installs the pipeline into an environment of its own (var/pipecat_peer, about 800 MB) and starts it."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / "var" / "pipecat_peer"
START_SECONDS = 60.0
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A running pipeline."""

    pid: int
    address: str


@contextmanager
def peer(kind: str) -> Iterator[Peer]:
    """Starts the pipeline on a free port; ``kind`` is vad or smart_turn. Raises RuntimeError."""
    python, port = install(), _free_port()
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "1"}  # as in the engine
    process = subprocess.Popen([python, HERE / "server.py", str(port), kind], env=environment)
    try:
        _wait_until_ready(process, port)
        yield Peer(process.pid, f"ws://127.0.0.1:{port}/")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def install() -> Path:
    """The environment's Python; installs it where it is missing or the requirements have changed."""
    requirements = HERE / "requirements.txt"
    wanted, installed = hashlib.sha256(requirements.read_bytes()).hexdigest(), ENVIRONMENT / "installed"
    python = ENVIRONMENT / "bin" / "python"
    if not installed.is_file() or installed.read_text() != wanted:
        print(f"installing pipecat into {ENVIRONMENT} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        installed.write_text(wanted)
    return python


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the pipecat pipeline did not start")
