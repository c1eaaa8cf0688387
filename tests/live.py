"""The whole site as a process of its own: what a browser or an SDK meets."""

from __future__ import annotations

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

import httpx

REPOSITORY = Path(__file__).parents[1]
ENGINE_KEY = "sk-local-key-of-the-live-tests"
START_SECONDS = 60.0
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running site; ``log`` is what its process printed so far."""

    url: str
    engine_key: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def api(self) -> str:
        """The engine's base URL, as SDKs want it."""
        return f"{self.url}/v1"


@contextmanager
def live_server(var: Path, *, with_pages: bool = False, **environment: str) -> Iterator[LiveServer]:
    """Starts the site on a free port with ``var`` as its folder; ends it as Ctrl-C does, and sees that it ends.

    ``with_pages`` collects the static files, which pages need and the engine's API does not. ``environment`` holds
    further settings, e.g. ``REALTIME_MAX_SESSIONS="1"``.
    """
    port = _free_port()
    settings = {
        "DJANGO_SETTINGS_MODULE": "realtime_demo.settings",
        "VAR_DIR": str(var),
        "DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "REALTIME_ENGINE_API_KEY": ENGINE_KEY,
        "OPENAI_API_KEY": "",
        "REALTIME_PROVIDERS": "[]",
        "REALTIME_LLM_URL": "",
        "REALTIME_STT_URL": "",
        "REALTIME_TTS_URL": "",
        "REALTIME_TTS_VOICE": "",
        "REALTIME_WHISPER_MODEL": "",
        "REALTIME_PIPER_VOICE": "",
    }
    variables = os.environ | settings | environment
    _manage(variables, "migrate", "--verbosity=0")
    if with_pages:
        _manage(variables, "collectstatic", "--no-input", "--verbosity=0")
    log = var / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "realtime_demo"]
        process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stdout=output, stderr=subprocess.STDOUT)
    server = LiveServer(f"http://127.0.0.1:{port}", ENGINE_KEY, process, log)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        _stop(server)


def _manage(variables: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=REPOSITORY, env=variables, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: LiveServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            httpx.get(f"{server.api}/models", headers={"Authorization": f"Bearer {server.engine_key}"})
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")


def _stop(server: LiveServer) -> None:
    server.process.send_signal(signal.SIGINT)
    try:
        server.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise RuntimeError(f"the server did not stop:\n{server.log.read_text()}") from None
